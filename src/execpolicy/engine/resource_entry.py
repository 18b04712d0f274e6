"""An entry of Resource or NotResource: a pattern of a whole ARN or of a short form, with what is not known in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import NEW_VERSION
from execpolicy.engine.view import View
from execpolicy.language.arn import (
    COMPLETED,
    SHORT_FORM,
    WIDE,
    WRITTEN,
    bounded_in_resource,
    whole_patterns,
)
from execpolicy.language.glob import ANY, ONE, Matcher, Tokens, matcher, normalised, tokens_of, without_case
from execpolicy.language.truth import Truth, kleene_all, kleene_any
from execpolicy.language.variables import COLONS_BEFORE_RESOURCE, TextWithVariables, Unresolved

#: Documents of the caller's side: an ARN cut short in them is completed (RES-2).
_COMPLETING_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP})
#: Documents in which a short form means an ARN (GW-7).
SHORT_FORM_KINDS = frozenset({PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME})


def readings_of(kind: PolicyKind, *, strict: bool) -> tuple[str, ...]:
    """How documents of a kind read whole ARNs: first the reading that is used, then the other possible ones (RES-2).

    An entry that grants is strict and reads narrowly, one that denies reads widely. AWS documents only of identity
    policies that an ARN cut short is completed.
    """
    narrow: tuple[str, ...] = (COMPLETED, WRITTEN) if kind in _COMPLETING_KINDS else (WRITTEN, COMPLETED)
    narrow = narrow[:1] if kind is PolicyKind.IDENTITY else narrow
    return (*narrow, WIDE) if strict else (WIDE, *narrow)


def _normalised(tokens: Tokens) -> Tokens:
    """The tokens of a text, normalised: its literals are joined already, so only runs of ``*`` are left."""
    return tokens if tokens.count(ANY) < 2 else normalised(tokens)


def plain_patterns(text: str, *, kind: PolicyKind, strict: bool) -> tuple[bool, tuple[Tokens, ...]]:
    """A value without variables, as its entry reads it: whether it is a short form, and its patterns, normalised."""
    if kind in SHORT_FORM_KINDS and text.startswith(SHORT_FORM):
        return True, (_normalised(tokens_of(text[len(SHORT_FORM) - 1 :])),)
    tokens = tokens_of(text)
    first = tokens[0] if tokens else ""
    if isinstance(first, str) and first.count(":") >= 5:
        # Its five fields are written in full: there is only one reading.
        return False, (_normalised(tokens),)
    patterns = whole_patterns(tokens, readings_of(kind, strict=strict)[0])
    return False, tuple(normalised(pattern) for pattern in patterns)


def _without_begun_short_form(template: TextWithVariables) -> TextWithVariables:
    """The text without the beginning of a short form that an unknown value may complete (SRC-10).

    What a short form matches is the end of an ARN, so that the rest matches with the value as ``*``.
    """
    first = template.parts[0]
    return template.without_first(len(first)) if isinstance(first, str) and SHORT_FORM.startswith(first) else template


class ResourceEntry:
    """One value of Resource or NotResource: a pattern of the whole ARN, or of the part that a short form means.

    A strict entry grants, any other denies. Where AWS's pages allow two readings, a strict entry matches less (RES-2).
    With a variable before the fifth colon a strict entry matches nothing; any other reads it as ``*`` (POL-14). A
    wildcard that a variable puts in is literal text in a strict entry only (VAR-4). The empty text as the value of a
    variable is a value, and none: both readings must match in a strict entry, and one of them in any other (VAR-3).
    """

    __slots__ = (
        "_filled",
        "_head_without_case",
        "_otherwise",
        "_without_case",
        "explained_pattern",
        "fixed",
        "in_deny",
        "misplaced",
        "of_rcp",
        "readings",
        "short",
        "short_without_case",
        "strict",
        "template",
        "text",
    )

    def __init__(self, text: str, *, kind: PolicyKind, version: str, strict: bool, in_deny: bool) -> None:
        self.text = text
        self.strict = strict
        #: Whether its statement is a Deny.
        self.in_deny = in_deny
        self.of_rcp = kind is PolicyKind.RCP and version == NEW_VERSION
        self.short = kind in SHORT_FORM_KINDS and text.startswith(SHORT_FORM)
        #: Whether it is a short form if case has no meaning (RES-7).
        self.short_without_case = kind in SHORT_FORM_KINDS and text[: len(SHORT_FORM)].lower() == SHORT_FORM
        self.readings = readings_of(kind, strict=strict)
        body = text[len(SHORT_FORM) - 1 :] if self.short else text
        template = TextWithVariables(body, variables=version == NEW_VERSION, wildcards=True)
        self.template = template if self.short or not template.variables else template.without_misplaced_variables()
        #: Whether there is surely a variable before the fifth colon.
        self.misplaced = self.template is not template and not self.template.is_unknown
        if self.template.unknown and not self.short and kind in SHORT_FORM_KINDS:
            self.template = _without_begun_short_form(self.template)
        #: The patterns with their matchers, where they are the same for every request.
        self.fixed: tuple[tuple[Tokens, Matcher], ...] | None = None
        #: The latest patterns with the values of variables: for one caller they are mostly the same.
        self._filled: tuple[Tokens, tuple[tuple[Tokens, Matcher], ...]] | None = None
        #: The matchers of the other readings (RES-2) that differ, made when they are first needed.
        self._otherwise: dict[str, tuple[Matcher, ...]] | None = None
        #: The text before the first wildcard, and the matchers, without regard to case (RES-7), made when first needed.
        self._head_without_case: str | None = None
        self._without_case: tuple[Matcher, ...] | None = None
        #: The pattern in the form that explanations need; explain/resource_reason.py stores it here.
        self.explained_pattern: object = None
        if self.matches_nothing:
            self.fixed = ()
        elif self.template.tokens is not None:
            self.fixed = tuple(
                (pattern, matcher(pattern)) for pattern in self.patterns(self.template.tokens, self.readings[0])
            )

    @property
    def matches_nothing(self) -> bool:
        """Whether the entry matches no resource, because of the place of a variable (POL-14)."""
        return self.misplaced and self.strict

    def patterns(self, tokens: Tokens, reading: str) -> tuple[Tokens, ...]:
        """The patterns of the tokens in one reading, once variables have values."""
        return (tokens,) if self.short else whole_patterns(tokens, reading)

    def widest_patterns(self, tokens: Tokens, reading: str) -> tuple[Tokens, ...]:
        """The patterns of the tokens in which ``*`` stands for what is not known.

        An unknown value may have colons, so that it is not known of which fields the rest is (SRC-10).
        """
        if not self.template.unknown:
            return self.patterns(tokens, reading)
        colons = sum(token.count(":") for token in tokens if isinstance(token, str))
        may_be_cut_short = not self.short and colons < COLONS_BEFORE_RESOURCE and reading != WRITTEN
        return (tokens, (*tokens, ":", ANY)) if may_be_cut_short else (tokens,)

    def widest_patterns_of_all(self) -> tuple[Tokens, ...]:
        """The patterns that match whatever the entry matches for some request; it has variables or unknown values.

        Its variables are after the fifth colon, so no such ARN is cut short (RES-2, POL-14).
        """
        widest = self.template.widest_tokens()
        patterns = self.widest_patterns(widest, self.readings[0]) if self.template.unknown else (widest,)
        return tuple(map(normalised, patterns))

    def resolved(
        self, view: View, *, empty: bool = False, otherwise: str = "", widest: bool = False
    ) -> Tokens | Unresolved:
        """The tokens of the text for a request; what a variable puts in has wildcards where it denies (VAR-4)."""
        denies = not self.strict
        return self.template.resolve(view.values, denies=denies, empty=empty, otherwise=otherwise, widest=widest)

    def reads_both(self, view: View) -> bool:
        """Whether a variable has the empty text as its value, which the entry reads both ways (VAR-3)."""
        return self.template.has_empty(view.values)

    def _in_all(self, by_reading: Callable[[bool], Truth | Unresolved]) -> Truth | Unresolved:
        """The result of both readings of the empty text: whether it is a value is the argument of ``by_reading``."""
        as_none, as_value = by_reading(False), by_reading(True)
        if isinstance(as_none, Unresolved) or isinstance(as_value, Unresolved):
            # What an Allow excludes is then not known (VAR-5), and a Deny excludes nothing.
            return as_none if self.strict or not self.in_deny else as_value
        return kleene_all((as_none, as_value)) if self.strict else kleene_any((as_none, as_value))

    def subject(self, view: View) -> str | None:
        """The text of the request that the entry is matched against."""
        return view.arn.after_api if self.short else view.resource

    def test(self, view: View) -> Truth | Unresolved:
        """Whether the entry matches. Unresolved.MISSING: a variable has no value, so it matches no resource (VAR-3).

        With a variable whose value is not known the result is None only if some value makes the entry match.
        """
        if self.fixed is None and self.reads_both(view):
            return self._in_all(lambda empty: self.test_once(view, empty=empty))
        return self.test_once(view, empty=False)

    def test_once(self, view: View, *, empty: bool) -> Truth | Unresolved:
        """As ``test``, by one reading of the empty text: whether it is a value (VAR-3)."""
        fixed = self.fixed
        if fixed is None:
            tokens = self.resolved(view, empty=empty)
            if isinstance(tokens, Unresolved):
                return self._unresolved(tokens, view, self.readings[0], empty=empty)
            filled = self._filled
            if filled is None or filled[0] != tokens:
                patterns = self.patterns(tokens, self.readings[0])
                self._filled = filled = tokens, tuple((pattern, matcher(pattern)) for pattern in patterns)
            fixed = filled[1]
        subject = self.subject(view)
        return subject is not None and any(match(subject) for _, match in fixed)

    def _unresolved(
        self, reason: Unresolved, view: View, reading: str, *, empty: bool, otherwise: str = ""
    ) -> Truth | Unresolved:
        """The result where variables have no known value: false if no value of the unknown ones makes it match."""
        if reason is Unresolved.MISSING:
            return reason
        subject = self.subject(view)
        tokens = self.resolved(view, empty=empty, otherwise=otherwise, widest=True)
        assert not isinstance(tokens, Unresolved), "no variable is without a value, or the entry would match nothing"
        return self._may_match(tokens, subject, reading)

    def _may_match(self, widest: Tokens, subject: str | None, reading: str) -> Truth:
        """Unknown if the tokens, in which ``*`` stands for what is not known, match; otherwise false."""
        patterns = self.widest_patterns(widest, reading)
        return None if subject is not None and any(matcher(pattern)(subject) for pattern in patterns) else False

    def can_rest_on(self, rule: str) -> bool:
        """Whether a rule of status A can decide for some request whether the entry matches."""
        if rule == "POL-14" or self.matches_nothing:
            return rule == "POL-14" and self.misplaced
        if rule == "RES-1":
            return bool(self.template.variables) or any(part is ANY or part is ONE for part in self.template.parts)
        if rule == "VAR-1":
            return self.of_rcp and "${" in self.text
        if self.fixed is None:
            return True
        if rule == "RES-7":
            return any(isinstance(part, str) and part.lower() != part.upper() for part in self.template.parts)
        return rule == "RES-2" and bool(self._read_otherwise())

    def _read_otherwise(self) -> dict[str, tuple[Matcher, ...]]:
        """The matchers of an entry without variables in those other readings (RES-2) that differ."""
        found = self._otherwise
        if found is None:
            tokens = self.template.tokens
            assert tokens is not None, "an entry without variables has its tokens"
            as_read, *others = ([normalised(each) for each in self.patterns(tokens, way)] for way in self.readings)
            different = [pair for pair in zip(self.readings[1:], others, strict=True) if pair[1] != as_read]
            found = {reading: tuple(map(matcher, patterns)) for reading, patterns in different}
            self._otherwise = found
        return found

    def otherwise(self, view: View, rule: str, reading: str) -> Truth | Unresolved:
        """As ``test``, by the other reading of an assumption; ``reading`` says how the fields of an ARN are read."""
        if not self.can_rest_on(rule):
            return self.test(view)
        if rule == "POL-14" and not self.strict:
            return False
        if self.reads_both(view):
            return self._in_all(lambda empty: self._otherwise_once(view, rule, reading, empty=empty))
        return self._otherwise_once(view, rule, reading, empty=False)

    def _otherwise_once(self, view: View, rule: str, reading: str, *, empty: bool) -> Truth | Unresolved:
        if rule == "RES-7":
            return self._test_without_case(view, reading, empty=empty)
        subject = self.subject(view)
        if self.fixed is not None and rule == "RES-2":
            found = self._read_otherwise().get(reading)
            if found is None:
                return self.test(view)
            matchers: Iterable[Matcher] = found
        else:
            if rule == "VAR-1":
                plain = TextWithVariables(self.text, variables=False, wildcards=True)
                tokens = plain.resolve(view.values)
                if isinstance(tokens, Unresolved):
                    return self._may_match(plain.widest_tokens(), subject, reading)
            else:
                tokens = self.resolved(view, empty=empty, otherwise=rule)
            if isinstance(tokens, Unresolved):
                return self._unresolved(tokens, view, reading, empty=empty, otherwise=rule)
            patterns = self.patterns(tokens, reading)
            if rule == "RES-1":
                patterns = tuple(bounded_in_resource(pattern, short=self.short) for pattern in patterns)
            matchers = map(matcher, patterns)
        return subject is not None and any(match(subject) for match in matchers)

    def may_match_without_case(self, view: View) -> bool:
        """Whether the text before the first wildcard matches without regard to case: a quick test for most entries."""
        tokens = self.template.tokens
        if tokens is None or self.short is not self.short_without_case:
            return True
        subject = self.subject(view)
        if subject is None:
            return False
        head = self._head_without_case
        if head is None:
            first = tokens[0] if tokens else ""
            self._head_without_case = head = without_case(first) if isinstance(first, str) else ""
        return without_case(subject[: len(head)]) == head

    def _test_without_case(self, view: View, reading: str, *, empty: bool) -> Truth | Unresolved:
        """As ``test_once``, without regard to case (RES-7)."""
        tokens = self.resolved(view, empty=empty)
        if tokens is Unresolved.MISSING:
            return tokens
        if self.template.tokens is not None:
            matchers = self.matchers_without_case()
        else:
            widest = self.resolved(view, empty=empty, widest=True)
            assert not isinstance(widest, Unresolved), "no variable is without a value"
            matchers = self._matchers_without_case(widest, reading)
        subject = view.arn.after_api if self.short_without_case else view.resource
        if subject is None or not any(match(without_case(subject)) for match in matchers):
            return False
        return None if tokens is Unresolved.UNKNOWN else True

    def matchers_without_case(self) -> tuple[Matcher, ...]:
        """The matchers without regard to case, of an entry whose text is known (RES-7)."""
        matchers = self._without_case
        if matchers is None:
            assert self.template.tokens is not None, "a text that is known has its tokens"
            self._without_case = matchers = self._matchers_without_case(self.template.tokens, self.readings[0])
        return matchers

    def _matchers_without_case(self, tokens: Tokens, reading: str) -> tuple[Matcher, ...]:
        folded = normalised(without_case(token) if isinstance(token, str) else token for token in tokens)
        if self.short or not self.short_without_case:
            return tuple(map(matcher, self.widest_patterns(folded, reading)))
        first, *others = folded
        assert isinstance(first, str), "a short form begins with text"
        return (matcher((first[len(SHORT_FORM) - 1 :], *others)),)
