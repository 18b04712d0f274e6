"""One layer of policies made ready to be decided fast: what is left to ask once resource, action and caller are known.

Which statements a resource concerns is its *hit*: there are few, however many resources. For each hit, action and set
of principal clauses that hold, the statements become a *chain*: Denies first, then Allows from the strongest, cut after
the first that needs no condition. To decide is to look up, and to run the conditions of the chain.

The answer is that of ``evaluate``, or none: what is not known is left to it. Tables are bounded; one that is full is
replaced by an empty one. Reading takes no lock: an entry is complete before it is published, and never changed after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable, PrincipalClause
from execpolicy.engine.fast.chain import DENY, NOT_KNOWN, Chain, Checks, chain_of, granted, keep
from execpolicy.engine.fast.statement_index import Filed, Rule
from execpolicy.engine.view import Setting, View
from execpolicy.language.arn import index_after_api
from execpolicy.language.condition import Truth
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from execpolicy.engine.fast.chain import Subject

#: As many entries as a table holds, and as many more for each pattern: memory grows with policies, not with traffic.
TABLE = 1024
FOR_EACH_PATTERN = 4
#: As many chains as a hit holds.
CHAINS = 256


class _Hit:
    """The statements that a resource concerns, each with the check of a resource that holds variables, or none."""

    __slots__ = ("chains", "rules")

    def __init__(self, rules: Sequence[tuple[Rule, Checks]]) -> None:
        self.rules = rules
        self.chains: dict[object, Chain] = {}


class _Who:
    """What the principal clauses of a layer come to for a caller: truth, sure and possible grant of each."""

    __slots__ = ("results",)

    def __init__(self, results: tuple[tuple[Truth, Grant, Grant], ...]) -> None:
        self.results = results


class Chains:
    """A layer's policies, ready to be decided fast."""

    __slots__ = (
        "_filed",
        "_hits",
        "_names",
        "_only",
        "_seen",
        "_who",
        "_whos",
        "has_everybody",
        "levels",
        "limit",
        "short",
        "whole",
    )

    def __init__(self, levels: Sequence[Sequence[Policy]], table: ClauseTable, *, asks_everybody: bool = False) -> None:
        self.levels = len(levels)
        filed = Filed(levels, table, asks_everybody=asks_everybody)
        self._filed = filed
        #: A statement names everybody, and is taken to name each caller as strongly as can be.
        self.has_everybody = filed.has_everybody
        self._names = filed.names
        self.whole, self.short = filed.whole.index(), filed.short.index()
        self.limit = TABLE + FOR_EACH_PATTERN * (len(filed.whole) + len(filed.short))
        self._hits: dict[object, _Hit] = {}
        self._seen: dict[str, _Hit] = {}
        #: The hits without and with a path after the API, where policies tell no more resources apart.
        self._only: tuple[_Hit, _Hit] | None = None
        if filed.whole.tells_nothing and filed.short.tells_nothing:
            self._only = self._hit("arn:aws:execute-api:::"), self._hit("arn:aws:execute-api:::/")
        self._who: dict[int, tuple[object, _Who]] = {}
        self._whos: dict[object, _Who] = {}

    def code(self, text: str, setting: Setting, subject: Subject) -> int | None:
        """DENY where a Deny applies, else the Grant of the strongest Allow; None where that is not known."""
        if self._only is None:
            hit = self._seen.get(text) or self._hit(text)
        else:
            hit = self._only["/" in text and (text.startswith(_MOST) or index_after_api(text) >= 0)]
        key: object = setting.action
        if self._names:
            key = (key, self._asker(setting, subject))
        chain = hit.chains.get(key)
        if chain is None:
            chain = self._chain(hit, key, setting, subject)
        if chain.sure is not None:
            return chain.sure
        code: int | None = setting.truths.get(chain)
        if code is None:
            code = chain.find(setting, subject)
            if chain.lasting and code is not None:
                keep(setting, chain, code)
        return code

    def answer(self, text: str, setting: Setting, subject: Subject) -> tuple[bool, Grant] | None:
        """Whether a Deny applies, and the strongest Allow whether or not one does; None where that is not known."""
        code = self.code(text, setting, subject)
        if code is None:
            return None
        if code != DENY:
            return False, Grant(code)
        hit = self._hit(text)
        key = (setting.action, self._asker(setting, subject)) if self._names else setting.action
        chain = hit.chains.get(key) or self._chain(hit, key, setting, subject)
        grant = granted(chain.levels, setting, subject)
        return None if grant is None else (True, Grant(grant))

    def sizes(self) -> tuple[int, ...]:
        """How many entries each table holds: resources seen, hits, callers, sets of principal clauses."""
        return len(self._seen), len(self._hits), len(self._who), len(self._whos)

    def _hit(self, text: str) -> _Hit:
        """Find what concerns a resource, and remember it."""
        whole = self.whole.look(text) if self.whole is not None else ()
        short: tuple[int, ...] = ()
        if self.short is not None:
            slash = index_after_api(text)
            if slash >= 0:
                short = self.short.look(text[slash:])
        key = (whole, short)
        hit = self._hits.get(key)
        if hit is None:
            hit = _Hit(self._concerned(whole, short))
            if len(self._hits) >= self.limit:
                self._hits = {}
            self._hits[key] = hit
        if len(self._seen) >= self.limit:
            self._seen = {}
        self._seen[text] = hit
        return hit

    def _concerned(self, whole: Iterable[int], short: Iterable[int]) -> list[tuple[Rule, Checks]]:
        """The statements whose resource matches, or may once variables are filled."""
        filed = self._filed
        plain: dict[int, None] = {}
        widest_tokens: dict[int, None] = {}
        for filing, numbers in ((filed.whole, whole), (filed.short, short)):
            for number in numbers:
                plain.update(dict.fromkeys(filing.plain[number]))
                widest_tokens.update(dict.fromkeys(filing.widest_tokens.get(number, ())))
        concerned = [(resource, ()) for resource in plain if resource not in filed.negated]
        left = {**widest_tokens, **filed.negated}
        checked = [(resource, filed.resource_checks.get(resource, ())) for resource in left if resource not in plain]
        return [(rule, checks) for resource, checks in (*concerned, *checked) for rule in filed.rules[resource]]

    def _asker(self, setting: Setting, subject: Subject) -> _Who:
        """What the principal clauses come to for the caller: one object for all callers who are named alike."""
        number = id(setting.principal) * 2 + setting.has_boundary
        entry = self._who.get(number)
        if entry is not None and entry[0] is setting.principal:
            return entry[1]
        view = subject.view()
        results = tuple((clause.test(view), *_grants(clause, view)) for clause in self._names)
        if len(self._whos) >= self.limit:
            self._whos = {}
        who = self._whos.setdefault(results, _Who(results))
        if len(self._who) >= self.limit:
            self._who = {}
        self._who[number] = (setting.principal, who)
        return who

    def _chain(self, hit: _Hit, key: object, setting: Setting, subject: Subject) -> Chain:
        view = subject.view()
        acts: dict[int, bool] = {}
        results = {}
        if self._names:
            who = self._asker(setting, subject)
            results = {id(clause): result for clause, result in zip(self._names, who.results, strict=True)}
        denies: dict[Checks, None] = {}
        levels: list[list[tuple[int, Checks]]] = [[] for _ in range(self.levels)]
        for rule, more in hit.rules:
            acting = acts.get(id(rule.action))
            if acting is None:
                acting = acts[id(rule.action)] = rule.action.test(view)
            if not acting:
                continue
            truth, sure, possible = _EVERYBODY if rule.principal is None else results[id(rule.principal)]
            if truth is False:
                continue
            checks = (*rule.checks, *more)
            if rule.denies:
                denies[checks if truth else (*checks, NOT_KNOWN)] = None
                continue
            if sure:
                levels[rule.level].append((sure, checks))
            if possible > sure:
                levels[rule.level].append((possible, (*checks, NOT_KNOWN)))
        chain = chain_of(tuple(denies), levels)
        if len(hit.chains) >= CHAINS:
            hit.chains = {}
        hit.chains[key] = chain
        return chain


#: How nearly all texts begin for which a short form can speak.
_MOST = "arn:aws:execute-api:"


_EVERYBODY: tuple[Truth, Grant, Grant] = (True, Grant.DIRECT, Grant.DIRECT)


def _grants(clause: PrincipalClause, view: View) -> tuple[Grant, Grant]:
    return (Grant.DIRECT, Grant.DIRECT) if clause.negated else clause.grant(view)
