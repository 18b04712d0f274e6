"""APIs over a small alphabet, the same with one change, and all calls to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from random import Random
from typing import Any, NamedTuple

from execpolicy import Api, AuthType, Caller, GatewayResponse, Policy, RequestError, Route
from execpolicy.analysis.permitted import permitted
from execpolicy.language.principal import Principal
from tests.analysis.alphabet import APIS, CALLERS, HERE, NETWORKS, OUTSIDE, KeyValues
from tests.analysis.policy_pairs import Document, Words, changed, document, words

REGION, _, API_ID = APIS[0].split(":")
STAGE = "prod"
_ROUTES = (
    *(("GET", "/orders"), ("GET", "/orders/{id}"), ("POST", "/orders"), ("DELETE", "/orders/{id}"), ("GET", "/open")),
    *(("ANY", "/admin/{proxy+}"), ("GET", "/admin/health"), ("GET", "/x/GET/y")),
)
METHODS = ("GET", "POST", "DELETE")
PATHS = ("/orders", "/orders/7", "/orders/7/lines", "/open", "/admin/users", "/admin/health", "/x/GET/y", "/nowhere")
#: What statements about calls to the API name.
RESOURCES = (
    *("execute-api:/*", "execute-api:/prod/GET/*", "execute-api:/*/GET/*", "execute-api:/prod/*/orders/*"),
    *("execute-api:/prod/DELETE/*", "execute-api:/*/*/admin/*", "execute-api:/prod/GET/orders*", "execute-api:/dev/*"),
    *(f"arn:aws:execute-api:{APIS[0]}/*", f"arn:aws:execute-api:{APIS[0]}/prod/POST/orders", "*"),
)
KEYS = (
    *("aws:SourceIp", "aws:UserAgent", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:CurrentTime"),
    *("aws:PrincipalTag/team", "aws:MultiFactorAuthPresent", "aws:PrincipalOrgPaths", "aws:PrincipalType"),
)


class ApiParts(NamedTuple):
    """What an API of the alphabet is made of: its routes with whether they need a signature, and its policy."""

    routes: dict[tuple[str, str], str]
    policy: Document | None

    def api(self) -> Api:
        """The API, with the stage that is called."""
        routes = [Route(method, path, auth=AuthType(auth)) for (method, path), auth in self.routes.items()]
        policy = None if self.policy is None else Policy.parse(self.policy, kind="resource", name="p")
        return Api(
            id=API_ID,
            type="REST",
            region=REGION,
            account=HERE,
            stages=[STAGE],
            stage=STAGE,
            routes=routes,
            resource_policy=policy,
        )


class Call(NamedTuple):
    """A call of the alphabet."""

    method: str
    path: str
    who: Principal
    context: KeyValues

    def response(self, api: Api, caller: Caller | None = None) -> GatewayResponse | None:
        """What an API answers; None if such a call cannot be made. A caller that is not given may do everything."""
        context: dict[str, Any] = {key: each[0] if len(each) == 1 else list(each) for key, each in self.context}
        try:
            return api.invoke(self.method, self.path, caller=caller or _permitted(self.who), context=context)
        except RequestError:
            return None


#: One caller with its policies for each principal.
_permitted = cache(permitted)


def api_words(random: Random) -> Words:
    """The words of the policy of an API."""
    return words(random, keys=KEYS)._replace(resources=random.sample(RESOURCES, 4))


def api_parts(random: Random, of: Words) -> ApiParts:
    """An API."""
    routes = {route: random.choice(("NONE", "AWS_IAM")) for route in random.sample(_ROUTES, random.randint(2, 5))}
    return ApiParts(routes, document(random, of, most=3) if random.randrange(6) else None)


def changed_api(random: Random, given: ApiParts, of: Words) -> ApiParts:
    """An API with one change: of its policy, or of a route."""
    routes = dict(given.routes)
    route = random.choice([*routes])
    change = random.choice(("policy", "policy", "policy", "add", "drop", "auth"))
    if change == "add":
        routes[random.choice(_ROUTES)] = random.choice(("NONE", "AWS_IAM"))
    elif change == "drop" and len(routes) > 1:
        del routes[route]
    elif change == "auth":
        routes[route] = "NONE" if routes[route] == "AWS_IAM" else "AWS_IAM"
    else:
        policy = None if given.policy is None else changed(random, given.policy, of)
        return given._replace(policy=document(random, of, most=3) if policy is None else policy)
    return given._replace(routes=routes)


def calls(random: Random) -> Iterator[Call]:
    """All calls of some callers with some values of other keys."""
    who = [*random.sample(CALLERS, 3), *OUTSIDE]
    networks: Sequence[KeyValues] = NETWORKS[:3]
    others: KeyValues = (("aws:CurrentTime", (random.choice(("2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z")),)),)
    for key, values in (("aws:UserAgent", ("curl", "")), ("aws:PrincipalTag/team", ("red", "blue"))):
        if random.randrange(3) == 0:
            others = (*others, (key, (random.choice(values),)))
    for method, path, caller, network in product(METHODS, PATHS, who, networks):
        yield Call(method, path, caller.principal, (*network, *others))
