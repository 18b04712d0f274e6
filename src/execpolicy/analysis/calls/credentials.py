"""What a call presents besides its signature: the answer of a Lambda authorizer, a token, an API key (ANA-3).

A Lambda authorizer may answer anything, so its answer is a dimension of its own. Two authorizers with equal definitions
give equal answers, others answer independently. The scopes of a token are dimensions too; everything else of a token is
good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.calls.matching_texts import text_for
from execpolicy.analysis.calls.token_kinds import (
    HAS_SCOPE,
    LACKS_SCOPE,
    claims_of,
    is_never_good,
    kind_dimension,
    kinds_of,
    presented_kind,
    scope_dimension,
    token_kinds,
)
from execpolicy.gateway.authorizers.identity_sources import needs_sources
from execpolicy.gateway.model.names import AuthorizerType, AuthType, KeySource

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.box import Box
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.authorizer import Authorizer
    from execpolicy.gateway.model.route import Route

#: The answers of a Lambda authorizer, one bit each: its policy allows the call, says nothing of it, or denies it.
ALLOWS, SAYS_NOTHING, DENIES = 1, 2, 4
ANY_ANSWER = ALLOWS | SAYS_NOTHING | DENIES
#: The dimension of whether a call presents what a Lambda authorizer or the authorizer of a token reads, one bit each.
TOKEN = "token"
HAS_TOKEN, NO_TOKEN = 1, 2
#: The bit of what is good in each of these dimensions: an answer that allows, a scope, a token.
GOOD_ANSWERS = 1
#: What a call sends where nothing is said of it.
_SOME_TOKEN = "x"
#: The time of a call whose time no condition reads.
_SOME_TIME = 1_800_000_000

_SOURCES = {
    "method.request.header.": "headers",
    "method.request.multivalueheader.": "headers",
    "$request.header.": "headers",
    "route.request.header.": "headers",
    "method.request.querystring.": "query",
    "method.request.multivaluequerystring.": "query",
    "$request.querystring.": "query",
    "route.request.querystring.": "query",
}


#: The fields of a Lambda authorizer that its answer depends on: which function it calls, what the function receives,
#: and in which form it answers. How long an answer is cached and who may call the function change no answer (ANA-3).
_ANSWER_FIELDS = (
    *("name", "type", "function_arn", "identity_sources", "validation_expression", "payload_format"),
    "simple_responses",
)


def answer_dimension(authorizer: Authorizer) -> str:
    """The name of the dimension of an authorizer's answer, the same for definitions that give equal answers."""
    return f"answer of {[getattr(authorizer, field) for field in _ANSWER_FIELDS]!r}"


def dimensions_of(api: ApiDefinition) -> dict[str, int]:
    """The dimensions of what calls to an API present, each with all of its values."""
    found: dict[str, int] = {TOKEN: HAS_TOKEN | NO_TOKEN}
    for route in api.routes:
        kind = api.auth_of(route)
        if kind is AuthType.CUSTOM:
            found[answer_dimension(authorizer_of(api, route))] = ANY_ANSWER
        elif kind in (AuthType.COGNITO_USER_POOLS, AuthType.JWT):
            authorizer = authorizer_of(api, route)
            names = [scope_dimension(authorizer, scope) for scope in route.scopes]
            names += map(kind_dimension, token_kinds(authorizer, route))
            found.update(dict.fromkeys(names, HAS_SCOPE | LACKS_SCOPE))
    return found


def good_answers(api: ApiDefinition) -> dict[str, int]:
    """The same dimensions, each with what is good: an answer that allows, a token of a kind that there is."""
    never = [kind_dimension(kind) for kind in kinds_of(api) if is_never_good(kind)]
    return dict.fromkeys(dimensions_of(api), GOOD_ANSWERS) | dict.fromkeys(never, LACKS_SCOPE)


def needs_token(api: ApiDefinition, authorizer: Authorizer) -> bool:
    """Whether an authorizer lets no call through that presents nothing (AUT-4).

    A REQUEST authorizer may, if it reads only what every call has, such as a stage variable, or if its sources need not
    be there: those of a REST API without a cache.
    """
    return needs_sources(authorizer, api.type) and _reads_token(authorizer)


def _reads_token(authorizer: Authorizer) -> bool:
    sources = authorizer.identity_sources
    return authorizer.type is not AuthorizerType.REQUEST or any(each.startswith(tuple(_SOURCES)) for each in sources)


def reads_token(api: ApiDefinition, route: Route) -> bool:
    """Whether an authorizer of a route reads something that a call presents; else every unsigned call is anonymous."""
    return api.auth_of(route) not in (AuthType.NONE, AuthType.AWS_IAM) and _reads_token(authorizer_of(api, route))


def credentials(  # noqa: PLR0917  # all but the last are what every call has
    api: ApiDefinition,
    route: Route,
    box: Box,
    time: float | None,
    api_key: str | None = None,
    others: Sequence[tuple[ApiDefinition, Route]] = (),
) -> dict[str, Any]:
    """The arguments of ``Api.invoke`` for what a call of a box presents.

    Args:
        api: the API.
        route: the route that the call reaches.
        box: the calls.
        time: the time of the call in seconds since 1970; None for any time.
        api_key: the API key of the call; None if it has none.
        others: the other versions, each with the route that the call reaches there: it presents the same to all.
    """
    kind = api.auth_of(route)
    by_authorizer = api.api_key_source is KeySource.AUTHORIZER
    given: dict[str, Any] = {"headers": {}, "query": {}}
    if kind not in (AuthType.NONE, AuthType.AWS_IAM):
        authorizer = authorizer_of(api, route)
        is_lambda = kind is AuthType.CUSTOM
        if box.get(TOKEN, HAS_TOKEN) & HAS_TOKEN:
            if is_lambda or presented_kind(authorizer, route, box) is not None:
                _add_sources(given, authorizer, _token_for(authorizer, others))
        elif needs_token(api, authorizer):
            return {}
        if is_lambda:
            output = _output(authorizer, _answer(box, authorizer))
            has_key = by_authorizer and api_key is not None and route.api_key_required
            given["authorizer_output"] = {**output, "usageIdentifierKey": api_key} if has_key else output
        else:
            now = _SOME_TIME if time is None else time
            claims = claims_of(route, authorizer, box, now, [api, *(each for each, _ in others)])
            if claims is not None:
                given["claims"] = claims
                given |= {} if time is not None else {"at": now}
    if route.api_key_required and api_key is not None and not by_authorizer:
        given["headers"]["x-api-key"] = api_key
    return {name: value for name, value in given.items() if value != {}}


def api_key_of(apis: Sequence[ApiDefinition], stage: str) -> str | None:
    """An API key that opens a stage, in all versions of an API if there is one; None if none is described."""
    found = [{each.value: None for each in api.api_keys if each.enabled and stage in each.stages} for api in apis]
    in_all = [key for key in found[0] if all(key in each for each in found)]
    return next(iter((*in_all, *(key for each in reversed(found) for key in each))), None)


def authorizer_of(api: ApiDefinition, route: Route) -> Authorizer:
    """The authorizer of a route that has one."""
    assert route.authorizer is not None, "a route with such an authorization names its authorizer"
    return api.authorizer(route.authorizer)


def _add_sources(given: dict[str, Any], authorizer: Authorizer, token: str) -> None:
    """Give each identity source of an authorizer a value."""
    for source in authorizer.identity_sources:
        for prefix, where in _SOURCES.items():
            if source.startswith(prefix):
                given[where][source.removeprefix(prefix)] = token


def _token_for(authorizer: Authorizer, others: Iterable[tuple[ApiDefinition, Route]]) -> str:
    """A token that the validation expressions of a TOKEN authorizer match, those of other versions too if one is found.

    Of a Cognito authorizer the expression is about a claim of the token.
    """
    if authorizer.type is not AuthorizerType.TOKEN:
        return _SOME_TOKEN
    own = [authorizer.validation_expression] if authorizer.validation_expression is not None else []
    more = [
        each.validation_expression
        for api, route in others
        if api.auth_of(route) is AuthType.CUSTOM
        and (each := authorizer_of(api, route)).validation_expression is not None
        and each.identity_sources == authorizer.identity_sources
    ]
    return text_for([*own, *more]) or text_for(own) or _SOME_TOKEN


def _answer(box: Box, authorizer: Authorizer) -> int:
    """The best answer of a box: one that allows, else one that says nothing."""
    answers = box.get(answer_dimension(authorizer), ANY_ANSWER)
    return next(answer for answer in (ALLOWS, SAYS_NOTHING, DENIES) if answers & answer)


def _output(authorizer: Authorizer, answer: int) -> Mapping[str, Any]:
    """What the function of an authorizer returns for an answer."""
    if authorizer.simple_responses:
        return {"isAuthorized": answer == ALLOWS}
    statement = {
        "Effect": "Deny" if answer == DENIES else "Allow",
        "Action": "execute-api:Invoke",
        # Nothing else than a call to no API: the policy says nothing of the call.
        "Resource": "arn:aws:execute-api:*:*:none/none/GET/none" if answer == SAYS_NOTHING else "*",
    }
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
