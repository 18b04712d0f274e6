"""The part of all requests that a comparison is limited to: a method and path, an ARN pattern, or tests of keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.call_arns import ANY_API_BEFORE_STAGE
from execpolicy.analysis.calls.claimed_calls import ApiNames, ClaimedCalls, check_calls
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.limits import limit
from execpolicy.analysis.search import search
from execpolicy.arguments import text_or_none
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import ExecPolicyError, Source, Span, UsageError

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.dimensions.arn_region import ArnRegion
    from execpolicy.analysis.space import Space
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.gateway.model.api_definition import ApiDefinition


class NoCallsWithinError(UsageError):
    """An API has none of the calls that a comparison is limited to: it would be equal whatever changes."""


class Within:
    """What a comparison is limited to.

    Args:
        given: None for all requests; ``METHOD /path`` with a path as people write it; a pattern of ARNs; or the part of
            an invariant from ``when``, ``from``, ``through`` or ``on`` on.
        names: what names the calls to the API.
        apis: the versions of the API, if there is one.

    Raises:
        UsageError: it is not a text, or the API has no such calls.
        ExecPolicyError: the text is none of these; the error has the place.
    """

    def __init__(self, given: object, names: ApiNames, apis: Sequence[ApiDefinition] = ()) -> None:
        self._text = text = text_or_none(given, "within")
        self._arns = limit({"Resource": text}) if text is not None and text.startswith("arn:") else None
        self._calls: ClaimedCalls | None = None
        if text is not None and self._arns is None:
            about = _about(text)
            if apis:
                check_calls(about.calls, apis)
            self._calls = ClaimedCalls(about, names)

    @property
    def regions(self) -> tuple[ArnRegion, ...]:
        """The regions of ARNs that a space must tell apart."""
        return () if self._calls is None else self._calls.regions

    def statements(self) -> Iterator[CompiledStatement]:
        """The statements that a space must tell apart."""
        if self._arns is not None:
            yield self._arns
        if self._calls is not None:
            yield from self._calls.statements()

    def check_calls_to(self, api: ApiDefinition, space: Space, budget: Budget) -> None:
        """Check that a space of the calls to an API has some that are compared.

        Raises NoCallsWithinError: it has none, as of a stage that no version has.
        """
        if self._text is not None and next(self.boxes(space.everything, space, budget), None) is None:
            stages = listed(stage.name for stage in api.stages)
            raise NoCallsWithinError(
                f"no call to {api.id} is one of these",
                source=Source(_NAME, self._text),
                span=Span(1, 1, 1, len(self._text) + 1),
                advice=f"name a stage that it has ({stages}), or a pattern of its ARNs",
                rule="ANA-5",
            )

    def boxes(self, start: Box, space: Space, budget: Budget) -> Iterator[Box]:
        """The part of a box, as disjoint boxes."""
        if self._arns is not None:
            box = space.box(self._arns)
            inside = None if box is None else intersection(start, box)
            yield from () if inside is None else (inside,)
        elif self._calls is not None:
            claimed = self._calls.boxes(space)
            yield from search(start, claimed.needed, claimed.excluded, budget)
        else:
            yield start


def checked_within(text: str | None) -> Within:
    """What a text limits a comparison to; an error is found before anything is compared.

    Raises:
        ExecPolicyError: the text cannot be read; the error has the place in it.
    """
    return Within(text, ApiNames("111122223333", "aws", ANY_API_BEFORE_STAGE))


def _about(text: str) -> Invariant:
    """An invariant about the requests that a text names.

    Raises:
        ExecPolicyError: the text cannot be read; the error has the place in it.
    """
    before = _CLAIM + ("anything " if text.split(" ", 1)[0] in _LIMITS else "")
    try:
        return Invariant.parse(before + text)
    except ExecPolicyError as error:
        span = error.span
        if span is None or span.line != 1 or span.end_line != 1:
            raise
        source = Source(_NAME, text)
        moved = Span(1, max(span.column - len(before), 1), 1, max(span.end_column - len(before), 1))
        raise ExecPolicyError(
            error.message, source=source, span=moved, advice=error.advice, rule=error.diagnostic.rule
        ) from error


#: The name of the text in errors.
_NAME = "<within>"
#: What makes a sentence of a text that names requests.
_CLAIM = "nobody may call "
#: The words with which the limits of an invariant begin.
_LIMITS = frozenset({"on", "from", "through", "when"})
