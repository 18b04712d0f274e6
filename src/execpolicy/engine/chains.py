"""One layer of policies made ready to be decided fast: what is left to ask once resource, action and caller are known.

Which statements a resource concerns is its *hit*: there are few, however many resources. For each hit, action and set
of principal clauses that hold, the statements become a *chain*: Denies first, then Allows from the strongest, cut after
the first that needs no condition. To decide is to look up, and to run the conditions of the chain.

The answer is that of ``evaluate``, or none: what is not known is left to it. Tables are bounded; one that is full is
replaced by an empty one. Reading takes no lock: an entry is complete before it is published, and never changed after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from execpolicy.engine.chain import DENY, NOT_KNOWN, Chain, Check, Checks, KnownKeys, Subject, chain_of, denied, granted
from execpolicy.engine.clauses import PrincipalClause, ResourceClause
from execpolicy.engine.filing import Filing, Rule, rule_of
from execpolicy.engine.index import Pattern
from execpolicy.engine.view import Setting, View
from execpolicy.language.condition import Truth
from execpolicy.language.glob import matcher, normalised
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from execpolicy.engine.compile import CompiledPolicies

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
        "_clauses",
        "_guard",
        "_hits",
        "_names",
        "_negated",
        "_only",
        "_resource_checks",
        "_rules",
        "_seen",
        "_short_filing",
        "_who",
        "_whole_filing",
        "_whos",
        "levels",
        "limit",
        "short",
        "whole",
    )

    def __init__(self, policies: CompiledPolicies) -> None:
        self.levels = len(policies.levels)
        self._clauses: list[ResourceClause] = []
        self._rules: list[list[Rule]] = []
        self._names: list[PrincipalClause] = []
        self._whole_filing, self._short_filing = Filing(), Filing()
        #: Clauses to be looked at for every resource.
        self._negated: list[int] = []
        self._file(policies)
        self.whole, self.short = self._whole_filing.index(), self._short_filing.index()
        self._resource_checks: list[Checks] = [
            (Check(clause),) if any(entry.fixed is None for entry in clause.entries) else () for clause in self._clauses
        ]
        variables: set[str] = set()
        for clause in self._clauses:
            variables.update(clause.keys())
        self._guard = KnownKeys(frozenset(variables)) if variables else None
        self.limit = TABLE + FOR_EACH_PATTERN * (len(self._whole_filing) + len(self._short_filing))
        self._hits: dict[object, _Hit] = {}
        self._seen: dict[str, _Hit] = {}
        #: The hits without and with a path after the API, where policies tell no more resources apart.
        self._only: tuple[_Hit, _Hit] | None = None
        if self._whole_filing.tells_nothing and self._short_filing.tells_nothing:
            self._only = self._hit("arn:aws:execute-api:::"), self._hit("arn:aws:execute-api:::/")
        self._who: dict[int, tuple[object, _Who]] = {}
        self._whos: dict[object, _Who] = {}

    def _file(self, policies: CompiledPolicies) -> None:
        numbers: dict[int, int] = {}
        names: dict[int, PrincipalClause] = {}
        checks: dict[int, Check] = {}
        for level, compiled in enumerate(policies.levels):
            for policy in compiled:
                for statement in policy.statements:
                    rule, resource = rule_of(statement, level, checks)
                    if rule.principal is not None:
                        names[id(rule.principal)] = rule.principal
                    number = numbers.setdefault(id(resource), len(numbers))
                    if number == len(self._clauses):
                        self._clauses.append(resource)
                        self._rules.append([])
                        self._file_resource(number, resource)
                    self._rules[number].append(rule)
        self._names = list(names.values())

    def _file_resource(self, number: int, clause: ResourceClause) -> None:
        for entry in clause.entries:
            filing = self._short_filing if entry.short else self._whole_filing
            if entry.fixed is not None:
                for tokens, match in entry.fixed:
                    filing.add(Pattern(normalised(tokens), match), number, loose=False)
                continue
            # Variables stand after the fifth colon only, so no ARN that holds one is cut short (RES-2).
            loose = entry.template.loose()
            filing.add(Pattern(loose, matcher(loose)), number, loose=True)
        if clause.negated:
            self._negated.append(number)

    def code(self, text: str, setting: Setting, subject: Subject) -> int | None:
        """DENY where a Deny applies, else the Grant of the strongest Allow; None where that is not known."""
        hit = self._seen.get(text) if self._only is None else self._only[_after_api(text) >= 0]
        if hit is None:
            hit = self._hit(text)
        key: object = setting.action
        if self._names:
            key = (key, self._asker(setting, subject))
        chain = hit.chains.get(key)
        if chain is None:
            chain = self._chain(hit, key, setting, subject)
        guard = self._guard
        if guard is not None and setting.truths.get(guard) is None and guard.find(setting, subject) is None:
            return None
        if chain.sure is not None:
            return chain.sure
        if chain.denies:
            denial = denied(chain.denies, setting, subject)
            if denial is not False:
                return None if denial is None else DENY
        return granted(chain.levels, setting, subject)

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
            slash = _after_api(text)
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
        plain: dict[int, None] = {}
        loose: dict[int, None] = {}
        for filing, numbers in ((self._whole_filing, whole), (self._short_filing, short)):
            for number in numbers:
                plain.update(dict.fromkeys(filing.plain[number]))
                loose.update(dict.fromkeys(filing.loose[number]))
        concerned = [(clause, ()) for clause in plain if not self._clauses[clause].negated]
        left = {**loose, **dict.fromkeys(self._negated)}
        checked = [(clause, self._resource_checks[clause]) for clause in left if clause not in plain]
        return [(rule, checks) for clause, checks in (*concerned, *checked) for rule in self._rules[clause]]

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


def _after_api(text: str) -> int:
    """Where the part begins that a short form speaks of; -1 where there is none (GW-7)."""
    slash = text.find("/")
    # The service is the third field, and no field before the resource holds a slash.
    return slash if slash >= 0 and text.startswith(":execute-api:", text.find(":", 4)) else -1


_EVERYBODY: tuple[Truth, Grant, Grant] = (True, Grant.DIRECT, Grant.DIRECT)


def _grants(clause: PrincipalClause, view: View) -> tuple[Grant, Grant]:
    return (Grant.DIRECT, Grant.DIRECT) if clause.negated else clause.grant(view)
