"""The result of a request or call of a scenario, and the assertions on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from execpolicy._base.characters import printable
from execpolicy.arguments import text
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.errors import UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.testing.assertions import SidOrLayer, assert_allowed, assert_denied, assert_status
from execpolicy.testing.raised_at_call import raising_at_call
from execpolicy.testing.result_view import ResultView

if TYPE_CHECKING:
    from execpolicy.literals import DenialName


@raising_at_call
class Checked:
    """The result of a request or call of a scenario.

    ``decision`` is the decision of a request, or the decision that refused a call, or None. ``response`` is the
    response to a call, or None for a request. The assertions return the result, so that they can be chained.

    >>> from execpolicy.testing import Scenario
    >>> checked = Scenario().acting_as("arn:aws:iam::111122223333:user/Ann").request(
    ...     "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders")
    >>> checked.assert_denied("implicit", by="identity").allowed
    False
    """

    __slots__ = ("decision", "name", "response")

    def __init__(self, name: str, result: Decision | GatewayResponse) -> None:
        ResultView.of(result)  # which checks its type
        self.name = text(name, "name")
        self.response = result if isinstance(result, GatewayResponse) else None
        self.decision = result if isinstance(result, Decision) else result.decision

    @property
    def allowed(self) -> bool:
        """Whether the request or call is allowed."""
        return self._result.allowed

    @property
    def status(self) -> int | None:
        """The status of the response to a call; None if more than one is possible.

        Raises:
            UsageError: it is the result of a request, not of a call.
        """
        if self.response is None:
            raise UsageError("a decision has no status", advice="use .allowed or .decision.outcome")
        return self.response.status

    def explain(self) -> str:
        """The explanation, with the lines of the policies."""
        return ResultView.of(self._result).text

    def assert_allowed(self, by: SidOrLayer | None = None) -> Self:
        """Assert that it is allowed: see ``execpolicy.testing.assert_allowed``."""
        __tracebackhide__ = True
        assert_allowed(self._result, by=by)
        return self

    def assert_denied(
        self, kind: DenialName | int | Outcome | None = None, by: SidOrLayer | None = None, *, gate: str | None = None
    ) -> Self:
        """Assert that it is denied: see ``execpolicy.testing.assert_denied``."""
        __tracebackhide__ = True
        assert_denied(self._result, kind, by, gate=gate)
        return self

    def assert_status(self, status: int, *, gate: str | None = None) -> Self:
        """Assert that the response has a status: see ``execpolicy.testing.assert_status``."""
        __tracebackhide__ = True
        if self.response is None:
            advice = "use assert_allowed or assert_denied"
            raise UsageError("a request without an API has no status", advice=advice)
        assert_status(self.response, status, gate=gate)
        return self

    @property
    def _result(self) -> Decision | GatewayResponse:
        if self.response is not None:
            return self.response
        assert self.decision is not None
        return self.decision

    def __bool__(self) -> bool:
        raise UsageError(
            "a Checked is neither true nor false",
            advice="use .assert_allowed() or .allowed: a denied request would count as true",
        )

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        return f"<Checked {printable(self.name)}: {ResultView.of(self._result).outcome}>"
