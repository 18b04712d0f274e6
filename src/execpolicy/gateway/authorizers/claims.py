"""Whether API Gateway accepts a token, by its verified claims (AUT-7, AUT-8, AUT-9).

The signature, the key id and the algorithm are not claims; they are assumed to be verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import NamedTuple

from execpolicy._base.characters import printable
from execpolicy.arguments import as_builtin, encodable, items, mapping_or_none
from execpolicy.errors import RequestError
from execpolicy.gateway.arn.execute_api_arn import dns_suffix
from execpolicy.gateway.model.authorizer import USER_POOL, Authorizer, Claim, Issuer
from execpolicy.gateway.model.names import ResponseType
from execpolicy.gateway.model.validation_expression.expression import may_match_a_part, read_expression

#: The maximum length of a number in bits: 64 digits, as in documents (POL-11).
_LARGEST_BITS = 213
#: The message of a Cognito authorizer for an expired token.
_EXPIRED = "The incoming token has expired"


class TokenCheck(NamedTuple):
    """The result of checking a token.

    ``passed`` is True for a token that is accepted at any time, or at the given one. ``unknown`` is True for a token
    that is accepted unless its times exclude it: no time was given, so that ``exp``, ``nbf`` and ``iat`` could not be
    compared; ``status`` and the next fields are then those of a token that is refused for its times. ``untimely`` is
    True for a token that is refused for its scopes when no time was given: the times are checked first, and may refuse
    it with 401.
    """

    passed: bool
    #: None for a token that passed, and ``response_type`` also for HTTP APIs, which have no gateway responses.
    status: int | None = None
    response_type: ResponseType | None = None
    #: The ``message`` in the body of the response.
    message: str = ""
    #: What was found and what was expected, in a sentence without a full stop.
    reason: str = ""
    #: Rules whose assumptions the result depends on.
    assumed: tuple[str, ...] = ()
    #: Whether it is assumed that the token is refused, and not only with which status.
    refusal_is_assumed: bool = False
    unknown: bool = False
    untimely: bool = False
    #: What an HTTP API says of the token in the header ``www-authenticate``, where AWS's words are known (MSG-5).
    description: str = ""


class _TokenFault(NamedTuple):
    """Why a token is refused, and whether AWS documents it."""

    reason: str
    documented: bool = True
    message: str = "Unauthorized"
    description: str = ""


def check_http_jwt(
    authorizer: Authorizer, route_scopes: Iterable[str], claims: Mapping[str, object], now: float | None
) -> TokenCheck:
    """Check a token by the JWT authorizer of an HTTP API (AUT-8).

    Args:
        authorizer: an authorizer of type JWT; the first of its issuers is used, because an HTTP API has one.
        route_scopes: the scopes of the route; without any, every valid token is accepted.
        claims: the token's verified claims.
        now: seconds since 1970; None if the time is not known.

    Raises:
        RequestError: the claims are not a mapping of names.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

    >>> from execpolicy.gateway.model.authorizer import Authorizer, Issuer
    >>> tokens = Authorizer("tokens", type="JWT", issuers=[Issuer("https://idp.example", ("orders",))])
    >>> check_http_jwt(tokens, (), {"iss": "https://idp.example", "aud": "orders", "exp": 20}, 10).passed
    True
    """
    checked = check_claims(claims)
    issuer = authorizer.issuers[0]
    fault = _issuer_fault((issuer.url,), checked) or _audience_fault(issuer, checked) or _time_fault(checked, now)
    if fault is not None:
        return _refused(fault, None, "AUT-8")
    missing = _scope_fault(route_scopes, checked)
    if missing is not None:
        return TokenCheck(False, 403, None, "Forbidden", missing, untimely=now is None)
    return _unless_the_time_is_unknown(now, checked, None)


def check_rest_jwt(
    authorizer: Authorizer, route_scopes: Iterable[str], claims: Mapping[str, object], now: float | None
) -> TokenCheck:
    """Check a token by the JWT authorizer of a REST API: several issuers, each with audiences and claims (AUT-9).

    Args:
        authorizer: an authorizer of type JWT.
        route_scopes: the scopes of the method; without any, every valid token is accepted.
        claims: the token's verified claims.
        now: seconds since 1970; None if the time is not known.

    Raises:
        RequestError: the claims are not a mapping of names.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer.html

    >>> from execpolicy.gateway.model.authorizer import Authorizer, Issuer
    >>> tokens = Authorizer("tokens", type="JWT", issuers=[Issuer("https://idp.example", ("orders",))])
    >>> check_rest_jwt(tokens, ["read"], {"iss": "https://idp.example", "aud": "orders", "exp": 20}, 10).status
    403
    """
    checked = check_claims(claims)
    trusted = {issuer.url: issuer for issuer in authorizer.issuers}
    unauthorized = ResponseType.UNAUTHORIZED
    fault = _issuer_fault(tuple(trusted), checked)
    if fault is None:
        issuer = trusted[str(checked["iss"])]
        fault = _aud_fault(issuer, checked) or _time_fault(checked, now) or _claims_fault(issuer.claims, checked)
    if fault is not None:
        # No page of AWS says that the status of a refused token is 401.
        return _refused(fault, unauthorized, "AUT-9")._replace(assumed=("AUT-9",))
    missing = _scope_fault(route_scopes, checked)
    if missing is not None:
        return TokenCheck(False, 403, ResponseType.ACCESS_DENIED, "Forbidden", missing, untimely=now is None)
    return _unless_the_time_is_unknown(now, checked, unauthorized)


def check_cognito(
    authorizer: Authorizer, route_scopes: Iterable[str], claims: Mapping[str, object], now: float | None
) -> TokenCheck:
    """Check a token by the Cognito authorizer of a REST API: an ID token, or an access token with a scope (AUT-7).

    Args:
        authorizer: an authorizer of type COGNITO_USER_POOLS.
        route_scopes: the scopes of the method; with any, the token must be an access token that has one of them.
        claims: the token's verified claims.
        now: seconds since 1970; None if the time is not known.

    Raises:
        RequestError: the claims are not a mapping of names.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html

    >>> from execpolicy.gateway.model.authorizer import Authorizer
    >>> pool = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Staff"
    >>> staff = Authorizer("staff", type="COGNITO_USER_POOLS", user_pools=[pool])
    >>> token = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff", "token_use": "id", "exp": 20}
    >>> check_cognito(staff, (), token, 10).passed, check_cognito(staff, ["read"], token, 10).status
    (True, 401)
    """
    checked = check_claims(claims)
    scopes = tuple(route_scopes)
    fault = (
        _issuer_fault(tuple(map(pool_issuer, authorizer.user_pools)), checked)
        or _token_use_fault(scopes, checked)
        or _expression_fault(authorizer.validation_expression, checked)
        or _expiry_fault(checked, now)
    )
    if checked.get("iss") in [_newer_issuer(pool) for pool in authorizer.user_pools]:
        fault = _TokenFault(f"iss is {checked['iss']!r}, of the newer issuer type of user pools", documented=False)
    if fault is None:
        missing = _scope_fault(scopes, checked)
        fault = None if missing is None else _TokenFault(missing)
    if fault is not None:
        return _refused(fault, ResponseType.UNAUTHORIZED, "AUT-7")
    found = _unless_the_time_is_unknown(now, checked, ResponseType.UNAUTHORIZED)
    return found._replace(message=_EXPIRED) if found.unknown else found


def pool_issuer(pool: str) -> str:
    """The issuer of the tokens of a user pool, by the ARN of the pool.

    >>> pool_issuer("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Staff")
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff'
    """
    match = USER_POOL.fullmatch(pool)
    assert match is not None, "an authorizer has no other user pools"
    return f"https://cognito-idp.{match['region']}.{dns_suffix(match['partition'])}/{match['id']}"


def _newer_issuer(pool: str) -> str:
    """The issuer of a pool of the newer issuer type, which no page says a Cognito authorizer accepts."""
    return pool_issuer(pool).replace("https://", "https://issuer-", 1)


def check_claims(claims: object) -> Mapping[str, object]:
    """The claims as built-in types.

    Raises:
        RequestError: a name is not text, UTF-8 cannot encode a text, or a number is too large (POL-11).
    """
    checked: dict[str, object] = {}
    for name, value in (mapping_or_none(claims, "claims") or {}).items():
        if not isinstance(name, str):
            raise RequestError(f"the name of a claim is a text, found {name!r}", rule="AUT-8")
        claim = encodable(as_builtin(name), "claims")
        checked[claim] = _builtin_claim(value)
        _check_size(claim, checked[claim])
        for each in _texts(checked[claim]):
            encodable(each, f"the claim {claim}")
    return checked


def _check_size(claim: str, value: object) -> None:
    """Refuse a number that is larger than any time, and that may be too long to compare or to print."""
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, int) and each.bit_length() > _LARGEST_BITS:
            message = f"the claim {printable(claim)} is a number of more than {_LARGEST_BITS} bits"
            raise RequestError(message, advice="a time is a number of seconds since 1970", rule="AUT-8")


def _builtin_claim(value: object) -> object:
    """A claim as built-in types: a text, or a list of texts."""
    found = as_builtin(value)
    return [as_builtin(each) for each in items(found)] if isinstance(found, (list, tuple)) else found


def _refused(fault: _TokenFault, response_type: ResponseType | None, rule: str) -> TokenCheck:
    assumed = () if fault.documented else (rule,)
    return TokenCheck(
        False,
        401,
        response_type,
        fault.message,
        fault.reason,
        assumed,
        not fault.documented,
        description=fault.description,
    )


def _unless_the_time_is_unknown(
    now: float | None, claims: Mapping[str, object], response_type: ResponseType | None
) -> TokenCheck:
    if now is not None:
        return TokenCheck(True)
    reason = f"exp is {claims['exp']!r}, and the time of the call is not known"
    return TokenCheck(False, 401, response_type, "Unauthorized", reason, unknown=True)


def _issuer_fault(trusted: tuple[str, ...], claims: Mapping[str, object]) -> _TokenFault | None:
    found = claims.get("iss")
    if found in trusted:
        return None
    listed = " or ".join(map(repr, trusted))
    if "iss" not in claims:
        return _TokenFault(f"the token has no iss, the authorizer trusts {listed}")
    near = isinstance(found, str) and any(found.rstrip("/") == each.rstrip("/") for each in trusted)
    hint = ": they differ in the slash at the end" if near else ""
    return _TokenFault(f"iss is {found!r}, the authorizer trusts {listed}{hint}")


def _audience_fault(issuer: Issuer, claims: Mapping[str, object]) -> _TokenFault | None:
    """An HTTP API compares aud, or client_id if there is no aud (AUT-8)."""
    if "aud" in claims:
        return _not_among("aud", issuer, claims, "; client_id would be one, but is used only if there is no aud")
    return _not_among("client_id", issuer, claims, absent="neither aud nor client_id")


def _aud_fault(issuer: Issuer, claims: Mapping[str, object]) -> _TokenFault | None:
    """A REST API compares aud only (AUT-9)."""
    return _not_among("aud", issuer, claims, "; client_id would be one, but a REST API compares aud only")


def _not_among(
    name: str, issuer: Issuer, claims: Mapping[str, object], hint: str = "", *, absent: str = "no aud"
) -> _TokenFault | None:
    """Why a claim has none of the audiences.

    ``hint`` is added if client_id has one of them; ``absent`` describes a missing claim.
    """
    if any(each in issuer.audiences for each in _texts(claims.get(name))):
        return None
    found = f"{name} is {claims[name]!r}" if name in claims else f"the token has {absent}"
    ignored = hint if any(each in issuer.audiences for each in _texts(claims.get("client_id"))) else ""
    reason = f"{found}, the authorizer's audiences are {' or '.join(map(repr, issuer.audiences))}{ignored}"
    return _TokenFault(reason, description="the token does not have a valid audience")


def _time_fault(claims: Mapping[str, object], now: float | None) -> _TokenFault | None:
    """The token has not expired, and is valid already."""
    return (
        _expiry_fault(claims, now, "Unauthorized")
        or _start_fault("nbf", claims, now)
        or _start_fault("iat", claims, now)
    )


def _expiry_fault(claims: Mapping[str, object], now: float | None, message: str = _EXPIRED) -> _TokenFault | None:
    if "exp" not in claims:
        return _TokenFault("the token has no exp, so it never expires", documented=False)
    expires = _seconds(claims["exp"])
    if expires is None:
        return _TokenFault(f"exp is {claims['exp']!r}, expected a number of seconds since 1970")
    if now is not None and now >= expires:
        reason = f"the token has expired: exp is {claims['exp']!r}, now is {now!r}"
        return _TokenFault(reason, message=message, description="the token has expired")
    return None


def _start_fault(name: str, claims: Mapping[str, object], now: float | None) -> _TokenFault | None:
    if name not in claims:
        return None
    start = _seconds(claims[name])
    if start is None:
        return _TokenFault(f"{name} is {claims[name]!r}, expected a number of seconds since 1970")
    if now is not None and now <= start:
        return _TokenFault(f"the token is not valid yet: {name} is {claims[name]!r}, now is {now!r}")
    return None


def _claims_fault(required: tuple[Claim, ...], claims: Mapping[str, object]) -> _TokenFault | None:
    for claim in required:
        if claim.name not in claims:
            if claim.required:
                return _TokenFault(f"the token has no {claim.name}, which its issuer's tokens must have")
            continue
        found = claims[claim.name]
        if not isinstance(found, str):
            return _TokenFault(f"{claim.name} is {found!r}, expected one text")
        if claim.expected and found not in claim.expected:
            expected = " or ".join(map(repr, claim.expected))
            return _TokenFault(f"{claim.name} is {found!r}, expected {expected}", documented=claim.required)
    return None


def _token_use_fault(scopes: tuple[str, ...], claims: Mapping[str, object]) -> _TokenFault | None:
    expected, why = ("access", "has scopes") if scopes else ("id", "has no scopes")
    found = claims.get("token_use")
    if found == expected:
        return None
    found_use = f"token_use is {found!r}" if "token_use" in claims else "the token has no token_use"
    return _TokenFault(
        f"{found_use}; the method {why}, so it takes {'access' if scopes else 'ID'} tokens: token_use {expected}"
    )


def _expression_fault(expression: str | None, claims: Mapping[str, object]) -> _TokenFault | None:
    """A validation expression of a Cognito authorizer is matched with aud, which access tokens do not have."""
    if expression is None:
        return None
    read = read_expression(expression)
    if any(read.matches(each) for each in _texts(claims.get("aud"))):
        return None
    found = f"aud is {claims['aud']!r}" if "aud" in claims else "the token has no aud, as Cognito's access tokens"
    in_part = any(may_match_a_part(expression, each) for each in _texts(claims.get("aud")))
    reason = f"{found}; the authorizer's validation expression for it is {expression!r}"
    return _TokenFault(reason, documented=not in_part)


def _scope_fault(scopes: Iterable[str], claims: Mapping[str, object]) -> str | None:
    required = tuple(scopes)
    if not required:
        return None
    held = [scope for name in ("scope", "scp") for text in _texts(claims.get(name)) for scope in text.split()]
    if any(scope in held for scope in required):
        return None
    found = f"the token's scopes are {', '.join(held)}" if held else "the token has no scopes"
    return f"{found}; the route requires {' or '.join(required)}"


def _texts(value: object) -> tuple[str, ...]:
    """The texts of a claim; a value that is neither a text nor a list has none."""
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, (list, tuple)) else ()


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return value
