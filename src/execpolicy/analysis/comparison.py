"""The result of a comparison of two versions over all requests (ANA-1)."""

from __future__ import annotations

from enum import StrEnum

from execpolicy._base.characters import printable
from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.analysis.witness import Witness


class ComparisonVerdict(StrEnum):
    """How a version compares with the one before it.

    >>> ComparisonVerdict.LAXER.value
    'laxer'
    """

    EQUAL = "equal"
    STRICTER = "stricter"
    LAXER = "laxer"
    #: It allows some requests that were denied, and denies others that were allowed.
    BOTH = "both"
    UNKNOWN = "unknown"


class Difference(NamedTuple):
    """What was found in one direction: witnesses, and why requests that may be others are not known."""

    witnesses: tuple[Witness, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether it is not known that there is a difference."""
        return bool(self.unknown) and not self.witnesses


class Comparison(Frozen):
    """The result of ``compare``. It has no truth value.

    Attributes:
        verdict: how the version after the change compares with the one before it.
        newly_allowed: requests that are allowed now and were denied before.
        newly_denied: requests that are denied now and were allowed before.
        unknown: why a verdict is UNKNOWN, one reason each.
        assumptions: what the comparison takes for granted.
        explicit_denies: how the versions compare in what their Deny statements refuse, apart from what is newly allowed
            or denied: ``newly_allowed`` are requests that no Deny refuses any more, and ``newly_denied`` those that one
            refuses now. Another policy may allow them. None where no other policy may, as for two APIs.

    >>> from execpolicy import Policy
    >>> def reads(resource: str) -> Policy:
    ...     return Policy.parse({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
    ...         "Resource": resource}}, kind="resource")
    >>> from execpolicy import compare
    >>> found = compare(reads("execute-api:/*/GET/*"), reads("execute-api:/*"))
    >>> found.verdict.value, found.newly_allowed[0].request.resource.partition("/")[2]
    ('laxer', 'prod/POST/')
    """

    __slots__ = ("assumptions", "explicit_denies", "newly_allowed", "newly_denied", "unknown", "verdict")
    verdict: ComparisonVerdict
    newly_allowed: tuple[Witness, ...]
    newly_denied: tuple[Witness, ...]
    unknown: tuple[str, ...]
    assumptions: tuple[str, ...]
    explicit_denies: Comparison | None

    def __init__(
        self,
        laxer: Difference,
        stricter: Difference,
        assumptions: tuple[str, ...],
        explicit_denies: Comparison | None = None,
    ) -> None:
        verdict = _VERDICTS[bool(laxer.witnesses), bool(stricter.witnesses)]
        if laxer.is_unknown or stricter.is_unknown:
            verdict = ComparisonVerdict.UNKNOWN
        self._set(
            verdict=verdict,
            newly_allowed=laxer.witnesses,
            newly_denied=stricter.witnesses,
            unknown=tuple(dict.fromkeys((*laxer.unknown, *stricter.unknown))),
            assumptions=assumptions,
            explicit_denies=explicit_denies,
        )

    def __bool__(self) -> bool:
        raise UsageError(
            "a Comparison is neither true nor false", advice="compare its verdict, such as ComparisonVerdict.EQUAL"
        )

    def _repr_html_(self) -> str:
        from execpolicy._base.notebook_html import html_of  # only notebooks need it

        lines = [(0, _STYLES[self.verdict], f"after the change: {self.verdict.value}")]
        denies = self.explicit_denies
        no_longer, newly = ((), ()) if denies is None else (denies.newly_allowed, denies.newly_denied)
        for title, style, witnesses in (
            ("newly allowed", "explicit_deny", self.newly_allowed),
            ("newly denied", "note", self.newly_denied),
            ("no longer denied: another policy may allow it", "explicit_deny", no_longer),
            ("newly denied explicitly", "note", newly),
        ):
            for witness in witnesses:
                lines.append((0, style, title))
                lines += [(1, "fact", line) for line in str(witness).splitlines()]
        lines += [(0, "unknown", reason) for reason in self.unknown]
        lines += [(0, "assumed", assumption) for assumption in self.assumptions]
        return html_of((depth, style, printable(text), 0) for depth, style, text in lines)


#: What a change lets in stands out; nothing does where it lets in nothing.
_STYLES = {
    ComparisonVerdict.EQUAL: "allow",
    ComparisonVerdict.STRICTER: "note",
    ComparisonVerdict.LAXER: "explicit_deny",
    ComparisonVerdict.BOTH: "explicit_deny",
    ComparisonVerdict.UNKNOWN: "unknown",
}
_VERDICTS = {
    (False, False): ComparisonVerdict.EQUAL,
    (True, False): ComparisonVerdict.LAXER,
    (False, True): ComparisonVerdict.STRICTER,
    (True, True): ComparisonVerdict.BOTH,
}
