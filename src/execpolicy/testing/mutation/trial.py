"""Makes all mutants of the policies of items, and runs the items with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from execpolicy.document.syntax.wording import listed
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.model import Item
from execpolicy.testing.mutation import tree
from execpolicy.testing.mutation.change import Change
from execpolicy.testing.mutation.changes import changes
from execpolicy.testing.mutation.documents import SharedDocument, change_document, shared_documents
from execpolicy.testing.mutation.equivalence import EquivalenceProver
from execpolicy.testing.mutation.kills import KillCandidates
from execpolicy.testing.mutation.missing_cases import MissingCase, Survivor, find_missing_cases
from execpolicy.testing.mutation.mutant import Killer, Mutant
from execpolicy.testing.mutation.operators import advice
from execpolicy.testing.mutation.replaced_policies import ReplacedPolicies
from execpolicy.testing.mutation.report import MutationReport
from execpolicy.testing.mutation.versions import StatementCompiler, StatementVersions
from execpolicy.testing.run.items import run_item

#: Is called with the number of mutants done and the number of all.
ProgressCallback = Callable[[int, int], object]

#: The maximum number of failing items in an error.
_NAMED = 5


def mutate(items: Sequence[Item], *, progress: ProgressCallback | None = None) -> MutationReport:
    """Change the policies of items in small ways, one at a time, and find the changes that no item detects.

    The policies of callers, targets, APIs, domains and VPC endpoints are changed, but not the output of authorizers
    and documents that are tested themselves. All items must pass with the unchanged policies. Invariants take no part:
    they are neither proven, nor do they detect changes.

    Args:
        items: from ``load_cases(path).items``; they can come from several files.
        progress: is called after each mutant with the number of mutants done and the number of all.

    Returns:
        All mutants with their results, in the order of policies, statements and operators.

    Raises:
        UsageError: an item fails with the unchanged policies.
        ExecPolicyError: a policy has values that are not known.

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
    items = [item for item in items if not isinstance(item, InvariantCase)]
    _refuse_failing(items)
    documents = shared_documents(items)
    _refuse_unknown_values(documents)
    planned = [(document, list(changes(document.policy))) for document in documents]
    total = sum(len(found) for _, found in planned)
    mutants: list[Mutant] = []
    missing: list[MissingCase] = []
    prover = EquivalenceProver()
    done = 0
    for document, found in planned:
        trial = _DocumentTrial(document, [items[number] for number in document.items], prover)
        for change in found:
            mutant = trial.of(change)
            if mutant is not None:
                mutants.append(mutant)
            done += 1
            if progress is not None:
                progress(done, total)
        missing.extend(trial.missing_cases())
    return MutationReport(mutants, missing=missing)


def _refuse_unknown_values(documents: Iterable[SharedDocument]) -> None:
    """Refuse policies with values that are not known (SRC-10): they decide whether a test detects a change."""
    for document in documents:
        policy = document.policy
        if policy.unknown_values:
            raise ExecPolicyError(
                f"found a policy with values that are not known: {listed(policy.unknown_values, 'and')}",
                source=policy.source,
                span=policy.span(policy.root),
                advice="give the values where the file is read, or test the policy without mutations",
                rule="SRC-10",
            )


def _refuse_failing(items: Sequence[Item]) -> None:
    failing = [item for item in items if not run_item(item).passed]
    if failing:
        named = listed([f"{item.place} ({item.name})" for item in failing[:_NAMED]], "and")
        more = f" and {len(failing) - _NAMED} more" if len(failing) > _NAMED else ""
        verb = "fails" if len(failing) == 1 else "fail"
        raise UsageError(
            f"{named}{more} {verb} with the unchanged policies, so mutants cannot be detected",
            advice="fix the cases first",
        )


class _DocumentTrial:
    """Runs all changes of one document."""

    def __init__(self, document: SharedDocument, items: Sequence[Item], prover: EquivalenceProver) -> None:
        self._document = document
        self._items = items
        self._in_place = document.in_place()
        self._compiler = StatementCompiler(document.policies)
        self._candidates = KillCandidates()
        self._prover = prover
        self._survivors: list[Survivor] = []

    def of(self, change: Change) -> Mutant | None:
        """The mutant of a change; None if the changed document is not a valid policy."""
        policy, statement = self._document.policy, change.statement
        made = change_document(self._document, change.root, in_place=self._in_place)
        if made is None:
            return None
        versions = self._compiler.versions(made.policies, statement.number)
        pairs = zip(self._document.policies, made.policies, strict=True)
        replaced = ReplacedPolicies({id(old): new for old, new in pairs})
        killer = self._killer(replaced, versions)
        mutant = Mutant(
            operator=change.operator.name,
            policy=policy.name,
            statement=statement.number,
            sid=statement.sid.value if statement.sid is not None else None,
            place=policy.place(change.node, tree.spelled(change.path)),
            words=change.words,
            advice=advice(change.operator, statement.effect, change.reach),
            diff=made.diff,
            killed_by=killer,
            equivalent=self._prover.prove(versions) if killer is None else None,
        )
        if mutant.fate == "survived":
            self._survivors.append(Survivor(mutant, versions, replaced))
        return mutant

    def missing_cases(self) -> list[MissingCase]:
        """Cases that detect mutants that survived."""
        policies = {id(policy) for policy in self._document.policies}
        return find_missing_cases(self._items, self._survivors, policies)

    def _killer(self, replaced: ReplacedPolicies, versions: Sequence[StatementVersions]) -> Killer | None:
        for item in self._items:
            if self._candidates.may_fail(item, versions) and not run_item(replaced.item(item)).passed:
                return Killer(item.name, item.place)
        return None
