"""A request that is to be allowed, in the words of policies: who calls, which action, which resource, from where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.unknown_value import has_unknown
from execpolicy.errors import RequestError
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.model.route_path import STATIC, route_segments
from execpolicy.language.principal import ANONYMOUS, ROLE, SERVICE, SESSION
from execpolicy.language.request_details import FALSE_OR_ABSENT

if TYPE_CHECKING:
    from execpolicy.engine.view import View
    from execpolicy.gateway.model.route import Route
    from execpolicy.suggestions.node_change import JsonValue

PRINCIPAL_ARN, SOURCE_IP, SOURCE_VPCE = "aws:PrincipalArn", "aws:SourceIp", "aws:SourceVpce"
SOURCE_ACCOUNT = "aws:SourceAccount"


class WantedCondition(NamedTuple):
    """A property of the request as a condition that holds for it: an operator, a key and a value."""

    operator: str
    key: str
    value: str

    def element(self) -> JsonValue:
        """The Condition element that has nothing else."""
        return {self.operator: {self.key: self.value}}


class WantedRequest(NamedTuple):
    """A request as a layer sees it.

    Attributes:
        view: the request.
        route: the route of the call, where it is known.
        stand_ins: texts in the request that only stand for what is not known, such as the id of an API that AWS gives.
    """

    view: View
    route: Route | None = None
    stand_ins: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """The action, as it is spelled in the request."""
        return self.view.key_values.action

    def values(self, key: str) -> tuple[str, ...]:
        """The values of a context key that are known; none if it is absent or not known."""
        found = self.view.values(key.lower())
        return () if found is None or found is FALSE_OR_ABSENT else tuple(found)

    def principals(self) -> Iterator[tuple[str, str]]:
        """The names by which a policy can name the caller, each with its type."""
        who = self.view.principal
        if who.kind == ANONYMOUS:
            yield "*", "*"
        elif who.kind == SERVICE:
            yield "Service", who.name
        elif who.kind in (SESSION, ROLE):
            yield "AWS", who.role_arn
            if who.kind == SESSION:
                yield "AWS", who.arn
        else:
            yield "AWS", who.arn

    def source(self) -> WantedCondition | None:
        """Where the call comes from: the VPC endpoint or the address; for a service, the account that it calls for."""
        for key in (SOURCE_ACCOUNT,) if self.view.principal.kind == SERVICE else (SOURCE_VPCE, SOURCE_IP):
            found = self.condition(key)
            if found is not None:
                return found
        return None

    def condition(self, key: str) -> WantedCondition | None:
        """A condition that only requests with the same value of a key meet; None where it has no single value."""
        values = self.values(key)
        if len(values) != 1 or "${" in values[0] or has_unknown(values[0]):
            return None
        operator = _OPERATORS[key]
        return WantedCondition(operator, key, network_of(values[0]) if operator == "IpAddress" else values[0])

    def resource(self, kind: PolicyKind, others: Iterable[str] = ()) -> str:
        """The resource as a pattern: the calls of the route where it is known, else this call.

        Args:
            kind: the kind of the policy that names it: a resource policy has a short form for its own API.
            others: the resources that the policy has: the form is that of the others.
        """
        short = kind is PolicyKind.RESOURCE and not any(each.startswith("arn:") for each in others)
        text = self.view.resource
        try:
            arn = ExecuteApiArn.parse(text)
        except RequestError:
            return literal(text)
        if arn.api_id is None:
            return literal(text)
        before, _, after = text.partition("/")
        short = short or (kind is PolicyKind.RESOURCE and self.stands_in(before))
        after = f"{arn.stage}/{arn.method}{self._path(arn)}" if arn.kind == "http" else literal(after)
        return f"execute-api:/{after}" if short else f"{before}/{after}"

    def stands_in(self, text: str) -> bool:
        """Whether a text has a part that only stands for what is not known."""
        return any(each in text for each in self.stand_ins)

    def _path(self, arn: ExecuteApiArn) -> str:
        path = literal(arn.path or "")
        if self.route is None or not self.route.path.startswith("/"):
            return path
        segments = route_segments(self.route.path)
        if all(segment.kind == STATIC for segment in segments):
            return path
        return "".join(f"/{literal(each.text) if each.kind == STATIC else '*'}" for each in segments)


_OPERATORS = {
    PRINCIPAL_ARN: "ArnEquals",
    SOURCE_ACCOUNT: "StringEquals",
    SOURCE_VPCE: "StringEquals",
    SOURCE_IP: "IpAddress",
}


def network_of(address: str) -> str:
    """The range of a single address.

    >>> network_of("198.51.100.7"), network_of("2001:db8::1")
    ('198.51.100.7/32', '2001:db8::1/128')
    """
    return address if "/" in address else f"{address}/{128 if ':' in address else 32}"


def literal(text: str) -> str:
    """A text as a pattern: what would be a wildcard or a variable is any one character.

    >>> literal("/orders/*")
    '/orders/?'
    """
    return text.replace("*", "?").replace("${", "?{")
