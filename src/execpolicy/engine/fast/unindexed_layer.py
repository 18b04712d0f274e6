"""One layer of policies for its first requests: the statements are tried one after the other.

An index is made of all statements, which takes as long as some requests take without it. Here a statement is prepared
when its resource matches, and most resources are excluded by how they begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import NEW_VERSION, Element
from execpolicy.document.policy import Policy
from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.fast.prepared_statement import PreparedStatement, StatementPreparer, checks_left, naming_of
from execpolicy.engine.fast.remaining_checks import (
    DENY,
    UNKNOWN_CHECK,
    Checks,
    any_deny_applies,
    strongest_first,
    weakest_level,
)
from execpolicy.engine.resource_entry import SHORT_FORM_KINDS, plain_patterns
from execpolicy.engine.view import SharedCache, View
from execpolicy.language.arn import SHORT_FORM, index_after_api
from execpolicy.language.glob import Matcher, matcher
from execpolicy.language.grant import NAMED_OTHERWISE_BY_STAR, Grant
from execpolicy.language.truth import Truth
from execpolicy.language.variables import COLONS_BEFORE_RESOURCE

if TYPE_CHECKING:
    from execpolicy.engine.view import RequestOrView


class UnindexedLayer:
    """A layer's policies, decided without an index. Its methods do what those of ``PreparedLayer`` do.

    Args:
        levels: the policies of each level.
        table: where equal clauses are one object.
    """

    __slots__ = ("_levels", "_matchers", "_preparer", "_table")

    def __init__(self, levels: Sequence[Sequence[Policy]], table: ClauseTable) -> None:
        self._levels = levels
        self._table = table
        self._preparer = StatementPreparer(table)
        #: By kind, whether the entry is strict, and text.
        self._matchers: dict[tuple[PolicyKind, bool, str], tuple[Matcher, ...]] = {}

    def code(self, text: str, cache: SharedCache, subject: RequestOrView) -> int | None:
        """DENY where a Deny applies, else the Grant of the strongest Allow; None where that is not known."""
        denies, allows = self._checks_left(text, subject.view())
        if denies:
            applies = any_deny_applies(denies, cache, subject)
            if applies is not False:
                return None if applies is None else DENY
        return weakest_level(map(strongest_first, allows), cache, subject)

    def answer(self, text: str, cache: SharedCache, subject: RequestOrView) -> tuple[bool, Grant] | None:
        """Whether a Deny applies, and the strongest Allow whether or not one does; None where that is not known."""
        denies, allows = self._checks_left(text, subject.view())
        applies = any_deny_applies(denies, cache, subject)
        if applies is None:
            return None
        grant = weakest_level(map(strongest_first, allows), cache, subject)
        return None if grant is None else (applies, Grant(grant))

    def _checks_left(self, text: str, view: View) -> tuple[tuple[Checks, ...], list[list[tuple[int, Checks]]]]:
        return checks_left(self._matching(text, view), len(self._levels), lambda clause: naming_of(clause, view), view)

    def _matching(self, text: str, view: View) -> Iterator[tuple[PreparedStatement, Checks]]:
        """The statements whose resource matches, or may match."""
        slash = index_after_api(text)
        after_api = text[slash:] if slash >= 0 else None
        evaluates_everybody = view.principal.kind in NAMED_OTHERWISE_BY_STAR
        for level, policies in enumerate(self._levels):
            for policy in policies:
                tried = _Tried(policy, text, after_api)
                for statement in policy.statements_without_places:
                    matches = self._test(statement.resource, statement.effect, tried, view)
                    if matches is not False:
                        prepared = self._preparer.prepared(
                            statement, level, policy, evaluates_everybody=evaluates_everybody
                        )
                        yield prepared, () if matches else (UNKNOWN_CHECK,)

    def _test(self, element: Element, effect: str, tried: _Tried, view: View) -> Truth:
        """Whether a resource matches."""
        if not element.negated:
            possible = [text.value for text in element.values if tried.may_match(text.value)]
            if not possible:
                return False
            if not any(map(tried.depends_on_request, possible)):
                return any(self._matches(value, tried, effect == "Allow") for value in possible)
        kind, version = tried.policy.kind, tried.policy.version
        return self._table.resource(element, effect=effect, kind=kind, version=version).test(view)

    def _matches(self, value: str, tried: _Tried, strict: bool) -> bool:
        """Whether a value without variables matches; as in the index, an Allow is strict (RES-2)."""
        simple = tried.matches_simply(value)
        if simple is not None:
            return simple
        kind = tried.policy.kind
        matchers = self._matchers.get((kind, strict, value))
        if matchers is None:
            matchers = tuple(map(matcher, plain_patterns(value, kind=kind, strict=strict)[1]))
            self._matchers[kind, strict, value] = matchers
        subject = tried.subject(value)
        return subject is not None and any(match(subject) for match in matchers)


class _Tried:
    """A policy whose resources are tried. ``after_api`` is what short forms are matched against."""

    __slots__ = ("after_api", "has_short_forms", "has_variables", "policy", "text")

    def __init__(self, policy: Policy, text: str, after_api: str | None) -> None:
        self.policy = policy
        self.text = text
        self.after_api = after_api
        self.has_short_forms = policy.kind in SHORT_FORM_KINDS
        self.has_variables = policy.version == NEW_VERSION

    def subject(self, value: str) -> str | None:
        """The text that a value is matched against."""
        return self.after_api if self.has_short_forms and value.startswith(SHORT_FORM) else self.text

    def depends_on_request(self, value: str) -> bool:
        """Whether a value has variables, or unknown values (SRC-10)."""
        return (self.has_variables and "${" in value) or has_unknown(value)

    def matches_simply(self, value: str) -> bool | None:
        """Whether a value matches that has no wildcard but a ``*`` at its end, and one reading; None for any other."""
        beginning, star, rest = value.partition("*")
        if rest or "?" in beginning:
            return None
        subject: str | None = self.text
        if self.has_short_forms and value.startswith(SHORT_FORM):
            subject, beginning = self.after_api, beginning[len(SHORT_FORM) - 1 :]
        elif beginning.count(":") < COLONS_BEFORE_RESOURCE:
            return None
        return subject is not None and (subject.startswith(beginning) if star else subject == beginning)

    def may_match(self, value: str) -> bool:
        """Whether a value can match by how it begins: before a wildcard or a variable, by any reading.

        An unknown value may complete the text before it to a short form (SRC-10).
        """
        subject, beginning = self.text, value.partition("*")[0]
        if self.has_short_forms and value.startswith(SHORT_FORM):
            if self.after_api is None:
                return False
            subject, beginning = self.after_api, beginning[len(SHORT_FORM) - 1 :]
        if subject.startswith(beginning):
            return True
        if not ("?" in beginning or "$" in beginning or has_unknown(value)):
            return False
        return has_unknown(value) or subject.startswith(re.split("[?$]", beginning, maxsplit=1)[0])
