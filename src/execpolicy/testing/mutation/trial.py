"""Every mutant of the policies of some items, and whether one of the items notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.testing.case_file.model import Item
from execpolicy.testing.mutation import tree
from execpolicy.testing.mutation.change import Change
from execpolicy.testing.mutation.changes import changes
from execpolicy.testing.mutation.documents import Changed, Document, changed, documents
from execpolicy.testing.mutation.equivalence import proof
from execpolicy.testing.mutation.kills import Notice
from execpolicy.testing.mutation.mutant import Killer, Mutant
from execpolicy.testing.mutation.operators import advice
from execpolicy.testing.mutation.replaced_policies import Substitution
from execpolicy.testing.mutation.report import MutationReport
from execpolicy.testing.mutation.versions import Compiler, Versions
from execpolicy.testing.run.items import run_item

#: Is told how many mutants are done, and of how many.
ProgressCallback = Callable[[int, int], object]

#: As many failing items are named in an error.
_NAMED = 5


def mutate(items: Sequence[Item], *, progress: ProgressCallback | None = None) -> MutationReport:
    """Change the policies of items in small ways, one at a time, and see which changes no item notices.

    The policies of callers, targets, APIs, their domains, and VPC endpoints are changed; not what authorizers answer,
    nor documents that are tested themselves. The items must pass as they are.

    Args:
        items: from ``load_cases(path).items``; they may come from several files.
        progress: is called after each mutant with the number of mutants done, and of all.

    Returns:
        Every mutant and what became of it, in the order of policies, statements and operators.

    Raises:
        UsageError: an item fails as it is.

    >>> from execpolicy.testing import parse_cases
    >>> from execpolicy.testing.mutation import mutate
    >>> file = parse_cases('''{"schema": "execpolicy/cases/1", "title": "Everybody comes in",
    ...     "policies": {"open": {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}},
    ...     "cases": [{"name": "a call", "expect": "allow",
    ...         "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets",
    ...         "caller": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": ["open"]}}]}''')
    >>> [mutant.words for mutant in mutate(file.items).survived]
    ['widen an action: "execute-api:Invoke" → "execute-api:*"']
    """
    _refuse_failing(items)
    planned = [(document, list(changes(document.policy))) for document in documents(items)]
    total = sum(len(found) for _, found in planned)
    mutants: list[Mutant] = []
    done = 0
    for document, found in planned:
        trial = _Trial(document, [items[number] for number in document.items])
        for change in found:
            mutant = trial.of(change)
            if mutant is not None:
                mutants.append(mutant)
            done += 1
            if progress is not None:
                progress(done, total)
    return MutationReport(mutants)


def _refuse_failing(items: Sequence[Item]) -> None:
    failing = [item for item in items if not run_item(item).passed]
    if failing:
        named = listed([f"{item.place} ({item.name})" for item in failing[:_NAMED]], "and")
        more = f" and {len(failing) - _NAMED} more" if len(failing) > _NAMED else ""
        verb = "fails" if len(failing) == 1 else "fail"
        raise UsageError(
            f"{named}{more} {verb} with the policies as they are: no mutant can be told from them",
            advice="let all cases pass first",
        )


class _Trial:
    """All that is tried with one document."""

    def __init__(self, document: Document, items: Sequence[Item]) -> None:
        self._document = document
        self._items = items
        self._in_place = document.in_place()
        self._compiler = Compiler(document.policies)
        self._notice = Notice()

    def of(self, change: Change) -> Mutant | None:
        """What becomes of a change; None where it leaves no policy that could be read."""
        policy, statement = self._document.policy, change.statement
        made = changed(self._document, change.root, in_place=self._in_place)
        if made is None:
            return None
        versions = self._compiler.versions(made.policies, statement.number)
        killer = self._killer(made, versions)
        return Mutant(
            operator=change.operator.name,
            policy=policy.name,
            statement=statement.number,
            sid=statement.sid.value if statement.sid is not None else None,
            place=policy.place(change.node, tree.spelled(change.path)),
            words=change.words,
            advice=advice(change.operator, statement.effect, change.reach),
            diff=made.diff,
            killed_by=killer,
            equivalent=proof(self._compiler, versions) if killer is None else None,
        )

    def _killer(self, made: Changed, versions: Sequence[Versions]) -> Killer | None:
        pairs = zip(self._document.policies, made.policies, strict=True)
        substitution = Substitution({id(old): new for old, new in pairs})
        for item in self._items:
            if self._notice.may(item, versions) and not run_item(substitution.item(item)).passed:
                return Killer(item.name, item.place)
        return None
