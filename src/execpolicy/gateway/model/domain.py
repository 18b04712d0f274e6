"""Custom domain names, public and private, and their base path mappings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Self

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import flag, instance_or_none, instances, text, text_or_none, texts
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import endpoint_access_mode_or_none, ip_address_type_or_none
from execpolicy.gateway.model.routing_rule import MAPPINGS_ONLY, RULES_ONLY, RULES_THEN_MAPPINGS, RoutingRule
from execpolicy.gateway.model.routing_rule import routing_mode as checked_routing_mode

if TYPE_CHECKING:
    from execpolicy.literals import EndpointAccessMode, IpAddressType, RoutingMode

#: The id of a VPC endpoint.
_ENDPOINT = re.compile("vpce-[0-9A-Za-z]+")
#: The empty base path in API Gateway's notation.
_NO_BASE_PATH = "(none)"


class _Mapped(NamedTuple):
    path: str
    stage: str
    api_id: str | None


class Mapped(_Mapped):
    """A base path of a custom domain and the stage that it is mapped to. The empty path matches all other paths.

    Args:
        path: the base path.
        stage: the name of the stage.
        api_id: the id of the API, if it is another one.

    Raises:
        UsageError: an argument is of the wrong type.
        RequestError: UTF-8 cannot encode a text.

    >>> Mapped("orders", stage="prod").path
    'orders'
    """

    __slots__ = ()

    def __new__(cls, path: str, stage: str, api_id: str | None = None) -> Self:
        return super().__new__(
            cls, text(path, "a base path"), text(stage, "a mapping's stage"), text_or_none(api_id, "api_id")
        )


def base_of(mapping: Mapped) -> list[str]:
    """The segments of a base path; the empty one has none."""
    path = mapping.path.strip("/")
    return path.split("/") if path not in ("", _NO_BASE_PATH) else []


class _Domain(NamedTuple):
    name: str
    mappings: tuple[Mapped, ...]
    id: str | None
    policy: Policy | None
    associated_endpoints: tuple[str, ...]
    mutual_tls: bool
    ip_address_type: IpAddressType | None
    endpoint_access_mode: EndpointAccessMode | None
    routing_mode: RoutingMode
    routing_rules: tuple[RoutingRule, ...]


class Domain(_Domain):
    """A custom domain name.

    Args:
        name: the domain name; the first label of a public one may be ``*``.
        mappings: its base paths, a list of Mapped.
        id: the id of a private domain; a public one has none.
        policy: the policy of a private domain, of kind ``domain_name``.
        associated_endpoints: the ids of the VPC endpoints through which a private domain can be called.
        mutual_tls: whether it requires a client certificate (GW-31); only public domains do.
        ip_address_type: ``ipv4`` or ``dualstack``, the addresses that can call it; None if it is not known (GW-34).
        endpoint_access_mode: ``BASIC`` or ``STRICT``, for REST APIs and with an enhanced security policy (GW-33).
        routing_mode: what selects the stage: ``API_MAPPING_ONLY``, ``ROUTING_RULE_ONLY``, or
            ``ROUTING_RULE_THEN_API_MAPPING`` (GW-32).
        routing_rules: its routing rules, a list of RoutingRule, in any order.

    Raises:
        UsageError: an argument is of the wrong type, or the parts do not fit together.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html

    >>> Domain("api.example.com", mappings=[Mapped("", stage="prod")]).is_private
    False
    """

    __slots__ = ()

    def __new__(  # noqa: PLR0917  # a record is made of its fields in order
        cls,
        name: str,
        mappings: Iterable[Mapped] = (),
        id: str | None = None,
        policy: Policy | None = None,
        associated_endpoints: str | Iterable[str] = (),
        mutual_tls: bool = False,
        ip_address_type: IpAddressType | None = None,
        endpoint_access_mode: EndpointAccessMode | None = None,
        routing_mode: RoutingMode = MAPPINGS_ONLY,
        routing_rules: Iterable[RoutingRule] = (),
    ) -> Self:
        domain = super().__new__(
            cls,
            text(name, "a domain's name"),
            instances(mappings, Mapped, "mappings"),
            text_or_none(id, "a domain's id"),
            instance_or_none(policy, Policy, "a domain's policy"),
            texts(associated_endpoints, "associated_endpoints"),
            flag(mutual_tls, "mutual_tls"),
            ip_address_type_or_none(ip_address_type, private=id is not None),
            endpoint_access_mode_or_none(endpoint_access_mode),
            checked_routing_mode(routing_mode),
            tuple(sorted(instances(routing_rules, RoutingRule, "routing_rules"), key=attrgetter("priority"))),
        )
        domain._check()
        return domain

    def _check(self) -> None:
        if self.id == "":
            raise UsageError("a domain's id is empty", advice="a public domain has none: leave it out", rule="GW-20")
        if self.policy is not None and self.policy.kind is not PolicyKind.DOMAIN_NAME:
            raise UsageError("the policy of a domain is parsed with kind domain_name", rule="POL-8")
        if self.id is None and (self.policy is not None or self.associated_endpoints):
            raise UsageError(
                f"{self.name} has no id, so it is public, and public domains have no policy and no endpoints",
                advice="give its id",
                rule="GW-20",
            )
        if self.is_private and not self.associated_endpoints:
            raise UsageError(
                f"associated_endpoints is empty, and {self.name} is private: calls reach it only through VPC endpoints "
                "that it is associated with",
                advice='name the endpoints: associated_endpoints=["vpce-…"]',
                rule="GW-20",
            )
        if self.is_private and self.name.startswith("*"):
            raise UsageError(
                f"{self.name} has an id, so it is private, and the name of a private domain has no wildcard",
                advice="name each domain",
                rule="GW-20",
            )
        if self.is_private and self.mutual_tls:
            raise UsageError(
                f"mutual_tls of {self.name} is for public domains: a domain with an id is private",
                advice="leave it out",
                rule="GW-31",
            )
        if self.mutual_tls and self.endpoint_access_mode is not None:
            raise UsageError(
                f"mutual_tls of {self.name} is for domains without an endpoint access mode",
                advice="leave one of the two out",
                rule="GW-33",
            )
        wrong = next((each for each in self.associated_endpoints if _ENDPOINT.fullmatch(each) is None), None)
        if wrong is not None:
            raise UsageError(
                f"associated_endpoints of {self.name} are ids of VPC endpoints, found {wrong!r}",
                advice="such as vpce-0123456789abcdef0",
                rule="GW-20",
            )
        self._check_mappings()
        self._check_rules()

    def _check_rules(self) -> None:
        if self.routing_rules and self.routing_mode == MAPPINGS_ONLY:
            raise UsageError(
                f"routing_rules of {self.name} have no effect with the routing mode {MAPPINGS_ONLY}",
                advice=f"give the routing mode {RULES_ONLY} or {RULES_THEN_MAPPINGS}",
                rule="GW-32",
            )
        priorities = [rule.priority for rule in self.routing_rules]
        twice = next((each for each, after in pairwise(priorities) if each == after), None)
        if twice is not None:
            raise UsageError(
                f"routing_rules of {self.name} has the priority {twice} twice",
                advice="each rule has a priority of its own",
                rule="GW-32",
            )

    def _check_mappings(self) -> None:
        paths = [base_of(mapping) for mapping in self.mappings]
        twice = next((path for path in paths if paths.count(path) > 1), None)
        if twice is not None:
            raise UsageError(
                f"mappings of {self.name} has the base path {'/'.join(twice)!r} twice",
                advice="keep one of them",
                rule="GW-28",
            )
        deep = next((path for path in paths if len(path) > 1), None)
        if self.is_private and deep is not None:
            raise UsageError(
                f"mappings of {self.name} has the base path {'/'.join(deep)!r}, and a base path of a private domain "
                "has one segment",
                advice="use a routing rule for a longer one",
                rule="GW-20",
            )

    @property
    def is_private(self) -> bool:
        """Whether it can be called only through VPC endpoints."""
        return self.id is not None
