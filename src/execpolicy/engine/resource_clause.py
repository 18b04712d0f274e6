"""The clause of Resource or NotResource: patterns of whole ARNs or of short forms, with policy variables."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Element
from execpolicy.document.unknown_value import unknown_text
from execpolicy.engine.clause import Clause, assumptions_of_keys, spelled
from execpolicy.engine.resource_entry import SHORT_FORM_KINDS, ResourceEntry, readings_of
from execpolicy.engine.view import View
from execpolicy.language.arn import WIDE
from execpolicy.language.glob import normalised
from execpolicy.language.truth import Truth, kleene_any, kleene_not
from execpolicy.language.variables import COLONS_BEFORE_RESOURCE, Unresolved

#: The rules of status A that can decide whether a resource matches.
_ASSUMED_OF_RESOURCES = ("POL-13", "POL-14", "RES-1", "RES-2", "RES-7", "VAR-1", "VAR-2", "VAR-3", "VAR-4", "VAR-5")


class ResourceClause(Clause):
    """Resource or NotResource (RES, ACT-3, VAR-3, VAR-5)."""

    __slots__ = (
        "_doubtful",
        "_readings",
        "entries",
        "grants",
        "kind",
        "negated",
        "never_matches",
        "takes_short_forms",
    )

    def __init__(self, element: Element, *, effect: str, kind: PolicyKind, version: str) -> None:
        #: The rules of status A that can decide for some request, found when they are first needed.
        self._doubtful: tuple[str, ...] | None = None
        self.element = element.name
        self.negated = element.negated
        self.grants = effect == "Allow"
        self.kind = kind
        self.takes_short_forms = kind in SHORT_FORM_KINDS
        self.values = tuple(text.value for text in element.values)
        #: An Allow with an empty NotResource does not apply (POL-13).
        self.never_matches = self.grants and self.negated and not self.values
        self.identity = (self.element, self.values, effect, kind, version)
        # Where a pattern has two readings, an Allow matches less and a Deny matches more (RES-2).
        strict = self.grants is not self.negated
        self._readings = readings_of(kind, strict=strict)
        self.entries = tuple(
            ResourceEntry(each, kind=kind, version=version, strict=strict, in_deny=not self.grants)
            for each in self.values
        )

    @property
    def exact_text(self) -> str | None:
        """The only text that it matches; None where it may match several, or the end of an ARN."""
        if self.negated or len(self.entries) != 1 or self.entries[0].short:
            return None
        match [normalised(tokens) for tokens, _ in self.entries[0].fixed or ()]:
            case [(str(text),)]:
                return text
        return None

    def keys_of_variables(self) -> tuple[str, ...]:
        return self.keys()

    def keys(self) -> tuple[str, ...]:
        return tuple(name for entry in self.entries if entry.fixed is None for name in entry.template.variables)

    def unknown(self, view: View) -> tuple[str, ...]:
        names = super().unknown(view)
        with_unknown = (entry for entry in self.entries if entry.template.unknown)
        # What an Allow excludes may depend on a value that holds a variable, whatever it matches (VAR-5).
        decides = self.negated and self.grants
        deciding = (entry for entry in with_unknown if decides or entry.test(view) is None)
        return (*names, *(unknown_text(name) for entry in deciding for name in entry.template.unknown))

    def test(self, view: View, doubted: str = "") -> Truth:
        result = self._combined([entry.test(view) for entry in self.entries], view)
        if not doubted or result is None:
            return result
        if doubted == "POL-13":
            otherwise = None
        elif doubted == "VAR-5":
            entries = (entry.test(view) for entry in self.entries)
            otherwise = self._combined([None if each is Unresolved.MISSING else each for each in entries], view)
        else:
            return result if all(each is result for each in self._by_others(view, doubted)) else None
        return result if otherwise is result else None

    def _by_others(self, view: View, rule: str) -> Iterable[Truth]:
        """The results by the other readings of an assumption."""
        if rule == "VAR-3":
            for empty in (False, True):
                yield self._combined([entry.test_once(view, empty=empty) for entry in self.entries], view)
            return
        for reading in {"RES-2": self._readings[1:], "POL-14": (WIDE,)}.get(rule, self._readings[:1]):
            yield self._combined([entry.otherwise(view, rule, reading) for entry in self.entries], view)

    def _combined(self, results: list[Truth | Unresolved], view: View) -> Truth:
        """The combined result of the entries."""
        if self.negated and self.grants:
            if self.never_matches:
                return False
            # VAR-5: where a variable has no value, it is not known what an Allow excludes.
            if Unresolved.MISSING in results:
                return False
            if True not in results and any(
                entry.fixed is None and entry.template.may_lack_value(view.key_values) for entry in self.entries
            ):
                return None
        matched = kleene_any(False if isinstance(result, Unresolved) else result for result in results)
        return kleene_not(matched) if self.negated else matched

    def without_value(self, view: View) -> tuple[str, ...]:
        """The keys of variables that have no value here, as AWS spells them (VAR-3)."""
        entries = (entry for entry in self.entries if entry.fixed is None)
        names = (name for entry in entries for name in entry.template.without_value(view.values))
        return tuple(dict.fromkeys(map(spelled, names)))

    @property
    def doubtful_rules(self) -> tuple[str, ...]:
        """The rules of status A that can decide for some request."""
        rules = self._doubtful
        if rules is None:
            self._doubtful = rules = tuple(rule for rule in _ASSUMED_OF_RESOURCES if self._can_rest_on(rule))
        return rules

    def assumptions(self, view: View) -> tuple[str, ...]:
        rules = self.doubtful_rules
        keys = self.keys()
        if view.resource.count(":") == COLONS_BEFORE_RESOURCE:
            rules = tuple(rule for rule in rules if rule != "RES-1")
        if "RES-7" in rules and not any(entry.may_match_without_case(view) for entry in self.entries):
            rules = tuple(rule for rule in rules if rule != "RES-7")
        if not (rules or keys):
            return ()
        matched = [entry.test(view) for entry in self.entries]
        if self._combined(matched, view) is None:
            return ()
        if True in matched:
            # An entry that matches does so without regard to case, too.
            rules = tuple(rule for rule in rules if rule != "RES-7")
        return (*[rule for rule in rules if self.test(view, rule) is None], *assumptions_of_keys(keys, view))

    def _can_rest_on(self, rule: str) -> bool:
        """Whether a rule of status A can decide for some request."""
        if rule == "POL-13":
            return self.negated and not self.values
        if rule == "VAR-5":
            return self.negated and bool(self.keys())
        return any(entry.can_rest_on(rule) for entry in self.entries)
