"""Narrows the meaning of a response by the API that sent it: causes that the API excludes are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.known_messages import (
    DEFAULT_ENDPOINT_OF_HTTP,
    DEFAULT_ENDPOINT_OF_REST,
    GATES_OF_CHECKS,
    LOG,
    OR_DISABLED,
    ROUTING_RULES_CHECK,
)
from execpolicy.diagnose.logged_call import LoggedCall, api_of_host
from execpolicy.engine.layers import Layer
from execpolicy.errors import RequestError
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.names import STRICT, ApiType, AuthType
from execpolicy.gateway.model.route import Route

_NOT_OF_THIS_API = (
    "which API answered: this API does not give such a response; it is another API, a proxy, or an older deployment"
)
_PRIVATE_WITHOUT_POLICY = "the resource policy: the API is PRIVATE and has none, which denies every call; attach one"
_TOKENS = (AuthType.COGNITO_USER_POOLS, AuthType.JWT)


class Destination(NamedTuple):
    """The stage, path and domain of a call, from the text and the API; a part that is not known is empty."""

    stage: str = ""
    path: str = ""
    domain: str = ""
    route: Route | None = None


def destination(call: LoggedCall, api: ApiDefinition, domain: str | None = None) -> Destination:
    """The stage, path, custom domain and route of a logged call.

    Args:
        call: the call.
        api: the API that was called.
        domain: the custom domain that was called, if it is given.
    """
    if not (call.method and call.path):
        return Destination()
    host = domain or call.host
    if host in {each.name for each in api.domains}:
        return Destination(path=call.path, domain=host)
    stages = {stage.name for stage in api.stages}
    first, _, rest = call.path[1:].partition("/")
    if first in stages:
        stage, path = first, f"/{rest}"
    else:
        stage, path = call.stage if call.stage in stages else "", call.path
    return Destination(stage, path, route=_route(api, call.method, path))


def _route(api: ApiDefinition, method: str, path: str) -> Route | None:
    if api.type is ApiType.WEBSOCKET:
        return None
    found = find_route(api, method, path)
    return None if found is None else found.route


def excluded_layers(api: ApiDefinition) -> frozenset[Layer]:
    """The layers of policies that an API does not have."""
    excluded = set()
    if api.resource_policy is None and not api.is_private:
        excluded.add(Layer.RESOURCE)
    if not api.is_private:
        excluded.add(Layer.VPC_ENDPOINT)
    if not any(domain.is_private for domain in api.domains):
        excluded.add(Layer.DOMAIN_NAME)
    return frozenset(excluded)


def check_is_of(api: ApiDefinition, meaning: Diagnosis, host: str) -> None:
    """Check that a response can be about an API.

    Raises:
        RequestError: the text names another API, region or account.
    """
    pairs: list[tuple[str, str, str]] = []
    named = api_of_host(host)
    if named is not None:
        pairs += [("API", named.id, api.id), ("region", named.region, api.region)]
    fields = meaning.resource.split(":", 5)
    if len(fields) > 5 and fields[2] == "execute-api":
        pairs.append(("region", fields[3], api.region))
        if not fields[5].startswith("/"):
            pairs.append(("API", fields[5].partition("/")[0], api.id))
        if not api.account.endswith(meaning.account_digits):
            pairs.append(("account", fields[4], api.account))
    for what, found, expected in pairs:
        if found != expected:
            raise RequestError(
                f"the response is about the {what} {found}, the API file describes {expected}",
                advice="give the file of the API that was called",
                rule="MSG-2",
            )


def narrow(meaning: Diagnosis, api: ApiDefinition, call: LoggedCall, at: Destination) -> Diagnosis:
    """The meaning of a response, given the API.

    Causes that the API excludes are left out, with the reason. Those that the API shows for the route of the call come
    first, then those that it shows for any route. If no cause remains, all are kept, and the meaning says so.

    Args:
        meaning: the meaning without the API.
        api: the API that was called.
        call: the parts of the call that the text has.
        at: the stage, path and domain of the call.
    """
    view = _View(meaning, api, call, at)
    reasons = {gate: reason for gate in meaning.gates if (reason := view.excluded(gate))}
    gates = tuple(sorted((gate for gate in meaning.gates if gate not in reasons), key=view.rank))
    resource = _with_account(meaning, api.account)
    if not gates or not view.is_of_type:
        return meaning.changed(resource=resource, leaves_open=(_NOT_OF_THIS_API, *meaning.leaves_open))
    left_out = [f"{gate}, {reason}" for gate, reason in reasons.items()]
    checks = [text for text in meaning.check_next if GATES_OF_CHECKS.get(text) not in reasons]
    for texts, applies, reason in view.exclusions_of_checks():
        if applies and any(text in texts for text in checks):
            checks = [text for text in checks if text not in texts]
            left_out.append(reason)
    if view.needs_resource_policy:
        checks.insert(0, _PRIVATE_WITHOUT_POLICY)
    return meaning.changed(
        summary=meaning.summary if api.disable_execute_api_endpoint else meaning.summary.removesuffix(OR_DISABLED),
        gates=gates,
        resource=resource,
        leaves_open=tuple(
            text for text in meaning.leaves_open if resource == meaning.resource or _ACCOUNTS not in text
        ),
        check_next=tuple(sorted(checks, key=view.rank_of_check)) or meaning.check_next,
        left_out=tuple(left_out),
    )


_ACCOUNTS = "whether caller and API belong to one account"
_DEFAULT_ENDPOINT = (DEFAULT_ENDPOINT_OF_REST, DEFAULT_ENDPOINT_OF_HTTP)


def _with_account(meaning: Diagnosis, account: str) -> str:
    """The resource with the account in place of its mask."""
    if not meaning.is_masked:
        return meaning.resource
    fields = meaning.resource.split(":", 5)
    return ":".join([*fields[:4], account, fields[5]])


class _View:
    """What an API shows of the causes of a response."""

    def __init__(self, meaning: Diagnosis, api: ApiDefinition, call: LoggedCall, at: Destination) -> None:
        self._meaning, self._api, self._call, self._at = meaning, api, call, at
        self._routes: Iterable[Route] = api.routes if at.route is None else (at.route,)
        self._of = "no route" if at.route is None else f"the route {at.route.method} {at.route.path}".rstrip()
        self._verbs = ("requires", "has") if at.route is None else ("does not require", "does not have")

    @property
    def is_of_type(self) -> bool:
        """Whether the API is of the type that gives the response; HTTP APIs do not name callers (MSG-2)."""
        names_a_caller = bool(self._meaning.principal) and self._meaning.action.startswith("execute-api:")
        if self._api.type is ApiType.HTTP and names_a_caller:
            return False
        return self._meaning.api_type in (None, self._api.type)

    @property
    def needs_resource_policy(self) -> bool:
        """Whether every call is denied because a PRIVATE API has no resource policy."""
        return self._api.is_private and self._api.resource_policy is None and Layer.RESOURCE in self._meaning.layers

    def excluded(self, gate: Gate) -> str:
        """Why the API excludes a gate; empty if it does not."""
        return next((reason for of, applies, reason in self._exclusions() if of is gate and applies), "")

    def _exclusions(self) -> Iterator[tuple[Gate, bool, str]]:
        """Each gate that an API can exclude, whether this API does, and why."""
        requires, has = self._verbs
        meaning, api = self._meaning, self._api
        yield Gate.API_KEY, meaning.status == 403 and not self._needs_key(), f"{self._of} {requires} one"
        yield Gate.AUTHORIZER, not self._has(AuthType.CUSTOM), f"{self._of} {has} one"
        yield from self._exclusions_of_callers()
        yield Gate.MUTUAL_TLS, not self._has_mutual_tls(), "no custom domain of the API requires a certificate"
        yield Gate.MUTUAL_TLS, api_of_host(self._call.host) is not None, "the host is the default endpoint"
        yield Gate.ACCESS_MODE, not self._is_strict(), "neither the API nor a custom domain of it is STRICT"
        yield Gate.VPC_ENDPOINT, not api.is_private, "the API is not PRIVATE"
        no_domain = meaning.status == 404 and not api.domains and not api.disable_execute_api_endpoint
        yield Gate.DOMAIN, no_domain, "the API has none, and its default endpoint is not disabled"
        has_private = any(domain.is_private for domain in api.domains)
        yield Gate.PRIVATE_DOMAIN, not has_private, "the API has no private custom domain"

    def exclusions_of_checks(self) -> Iterator[tuple[Sequence[str], bool, str]]:
        """Checks that an API can exclude by themselves, whether this API does, and what and why."""
        disabled = self._api.disable_execute_api_endpoint
        yield _DEFAULT_ENDPOINT, not disabled, "default endpoint, it is not disabled"
        on_default = api_of_host(self._call.host) is not None
        ruled = not on_default and any(domain.routing_rules for domain in self._domains())
        yield (ROUTING_RULES_CHECK,), not ruled, "routing rules, the custom domain of the call has none"

    def _exclusions_of_callers(self) -> Iterator[tuple[Gate, bool, str]]:
        """The gates that identify or authorize the caller."""
        requires, has = self._verbs
        meaning = self._meaning
        wants_signature = meaning.response_type == "MISSING_AUTHENTICATION_TOKEN"
        is_forbidden = meaning.status == 403 and meaning.message.rstrip(".") == "Forbidden"
        has_scopes = any(route.scopes for route in self._routes)
        no_policy = "" if self._api.type is ApiType.HTTP else ", and the API has no resource policy"
        unauthorized = not meaning.principal and not self._is_authorized()
        yield Gate.AUTHORIZATION, unauthorized, f"{self._of} {requires} AWS_IAM{no_policy}"
        yield Gate.AUTHENTICATION, wants_signature and not self._has(AuthType.AWS_IAM), f"{self._of} {requires} AWS_IAM"
        no_tokens = meaning.status == 401 and not self._has(*_TOKENS)
        yield Gate.AUTHENTICATION, no_tokens, f"{self._of} {has} an authorizer for tokens"
        yield Gate.AUTHENTICATION, is_forbidden and not has_scopes, f"{self._of} {requires} scopes"

    def rank(self, gate: Gate) -> int:
        """The order of gates: first what the API shows for this route, then for any route, then all others."""
        if gate is Gate.DOMAIN:
            return 0 if self._api.disable_execute_api_endpoint and not self._at.domain else 2
        if gate is Gate.ROUTE:
            is_missing = bool(self._at.path and not self._at.domain) and self._at.route is None
            return 0 if is_missing else 2
        if gate is Gate.MUTUAL_TLS and self._at.domain:
            return 0
        if gate in (Gate.API_KEY, Gate.AUTHORIZER, Gate.AUTHENTICATION, Gate.AUTHORIZATION):
            return 1 if self._at.route is None else 0
        return 2

    def rank_of_check(self, text: str) -> int:
        """The order of checks: as that of their gates; the log is last, and a check of no gate is among the first."""
        if text == LOG:
            return 3
        gate = GATES_OF_CHECKS.get(text)
        return 0 if gate is None else self.rank(gate)

    def _domains(self) -> list[Domain]:
        """The custom domain of the call; all of them if it is not known."""
        return [domain for domain in self._api.domains if self._at.domain in ("", domain.name)]

    def _has_mutual_tls(self) -> bool:
        return any(domain.mutual_tls for domain in self._domains())

    def _is_strict(self) -> bool:
        """Whether the access mode of the API, or of a domain that the call can have, is STRICT (GW-33)."""
        return STRICT in (self._api.endpoint_access_mode, *(each.endpoint_access_mode for each in self._domains()))

    def _needs_key(self) -> bool:
        return any(route.api_key_required for route in self._routes)

    def _has(self, *kinds: AuthType) -> bool:
        return any(self._api.auth_of(route) in kinds for route in self._routes)

    def _is_authorized(self) -> bool:
        has_policy = self._api.resource_policy is not None or self._api.is_private
        return self._has(AuthType.AWS_IAM) or has_policy
