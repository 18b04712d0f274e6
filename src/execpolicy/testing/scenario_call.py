"""The steps of a scenario that describe a call: what is sent, by which host, when, and what the authorizer returns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import mapping_or_none
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.cache import AuthorizerCache
from execpolicy.testing.raised_at_call import raising_at_call

if TYPE_CHECKING:
    from execpolicy.literals import CallLimits, ClientCertificate


@raising_at_call
class CallSteps(Frozen):
    """The steps about a call to an API. Each returns a new scenario."""

    __slots__ = ()
    _call: Mapping[str, Any]

    @abstractmethod
    def _with(self, **changes: Any) -> Self:
        """The same scenario with other values in some slots."""

    def with_headers(self, headers: Mapping[str, str | Sequence[str]]) -> Self:
        """Add headers of the call. A list of values is sent as several headers."""
        given = _given(headers, "headers")
        names = {name.lower() for name in given}
        kept = {name: value for name, value in self._call.get("headers", {}).items() if name.lower() not in names}
        return self._with(_call={**self._call, "headers": {**kept, **given}})

    def with_query(self, query: Mapping[str, str | Sequence[str]]) -> Self:
        """Add query parameters of the call."""
        return self._with(_call={**self._call, "query": {**self._call.get("query", {}), **_given(query, "query")}})

    def with_claims(self, claims: Mapping[str, object]) -> Self:
        """Add verified claims of the token in the call."""
        return self._with(_call={**self._call, "claims": {**self._call.get("claims", {}), **_given(claims, "claims")}})

    def authorizer_answers(self, answer: object) -> Self:
        """Set what the route's Lambda authorizer returns.

        Args:
            answer: a mapping, JSON text, an AuthorizerOutput, an exception that the function raises, or the handler,
                which is called with the event.
        """
        if answer is None:
            advice = 'give "null" for a function that returns nothing'
            raise UsageError("the output of an authorizer is a mapping, JSON, an exception or a handler", advice=advice)
        return self._with(_call={**self._call, "authorizer_output": answer})

    def at(self, time: object) -> Self:
        """Set the time of the call: a ``datetime``, ISO 8601 text or epoch seconds."""
        return self._with(_call={**self._call, "at": time})

    def on_domain(self, name: str, *, client_certificate: ClientCertificate | None = None) -> Self:
        """Set the host of the call: a custom domain.

        Args:
            name: the host.
            client_certificate: ``valid`` or ``absent``, for a domain that requires a client certificate (GW-31).
        """
        certificate = {} if client_certificate is None else {"client_certificate": client_certificate}
        return self._with(_call={**self._call, "domain_name": name, **certificate})

    def with_cache(self, cache: AuthorizerCache | None = None) -> Self:
        """Set the authorizer cache, by default a new one, in which calls without ``at`` are one second apart."""
        return self._with(_call={**self._call, "cache": AuthorizerCache() if cache is None else cache})

    def with_limits(self, limits: CallLimits) -> Self:
        """Set which limits the call exceeds (GW-35).

        Args:
            limits: ``within``; ``throttled`` for a call above a rate, ``quota_exceeded`` for one above the quota of its
                API key.
        """
        return self._with(_call={**self._call, "limits": limits})


#: The steps about a call, where their names are not those of the arguments of ``Api.invoke``.
STEPS = {
    "authorizer_output": "authorizer_answers",
    "cache": "with_cache",
    "claims": "with_claims",
    "domain_name": "on_domain",
    "headers": "with_headers",
    "limits": "with_limits",
    "query": "with_query",
}


def _given(values: object, name: str) -> dict[Any, Any]:
    if values is None:
        raise UsageError(f"{name} is a mapping, found None", advice="omit the step")
    return dict(mapping_or_none(values, name) or {})
