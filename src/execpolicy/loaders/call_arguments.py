"""What a call that a text describes says of who signed it, where it comes from and when (LOG-5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from execpolicy._base.characters import UNKNOWN_START
from execpolicy.document.syntax.wording import quoted
from execpolicy.engine.caller import Caller
from execpolicy.errors import RequestError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.context import Context
from execpolicy.language.context_keys import TIME_KEYS
from execpolicy.language.principal import ANONYMOUS, ROLE, SESSION, Principal
from execpolicy.loaders.call_destination import RULE, refused

if TYPE_CHECKING:
    from datetime import datetime

_SOURCE_IP, _VPC_SOURCE_IP = "aws:SourceIp", "aws:VpcSourceIp"
_OF_SIGNED: Final = frozenset({"aws:principalorgid"})
_WHO: Final = "give caller= or --as, the user or the role session that signed it"


class NotSaidError(RequestError):
    """The text of a call lacks something on which the answer depends.

    Attributes:
        part: what it lacks: ``signer``, ``signature``, ``headers`` or ``query parameters``.
    """

    def __init__(self, part: str, message: str, *, advice: str) -> None:
        super().__init__(message, advice=advice, rule=RULE)
        self.part = part


def check_api(api: ApiDefinition, found: Mapping[str, str | None]) -> None:
    """Refuse a call to another API.

    Args:
        api: the API.
        found: the ``api_id``, the ``account`` and the ``region`` of the call, as far as its text says them.

    Raises:
        RequestError: one of them is that of another API.
    """
    own = {"api_id": ("API", api.id), "account": ("account", api.account), "region": ("region", api.region)}
    for part, (what, expected) in own.items():
        value = found.get(part)
        if value is not None and value != expected:
            raise refused(part, value, f"the call is one to the {what} {value}, and the file describes {expected}")


def caller_of(caller: Any, arn: str | None, unique_id: str | None, *, is_signed: bool | None) -> Any:
    """Who signed the call: as given, else as the text says; None if nobody did.

    Raises:
        RequestError: the text says something else, or that somebody signed the call without saying who.
    """
    if caller is not None:
        _check_caller(caller, arn, is_signed=is_signed)
        return caller
    if arn is not None:
        return arn
    if is_signed:
        who = "" if unique_id is None else f" by {unique_id}"
        raise NotSaidError(
            "signer", f"the call is signed{who}, and the text does not say the caller's ARN", advice=_WHO
        )
    return None


def _check_caller(caller: Any, arn: str | None, *, is_signed: bool | None) -> None:
    """Refuse a caller who is not the one of the text. A role whose session is not known can be that of a session."""
    if isinstance(caller, Variants):
        for each in caller.values:
            # The name of a caller of a template may hold a value that is not known (SRC-10).
            if UNKNOWN_START not in each.principal.arn:
                _check_caller(each, arn, is_signed=is_signed)
        return
    if not isinstance(caller, (Caller, Principal, str)):
        return  # a value of a wrong type, which the call refuses
    given = Caller(caller).principal if not isinstance(caller, Caller) else caller.principal
    is_anonymous = given.kind == ANONYMOUS
    if arn is None:
        if is_signed is True and is_anonymous:
            raise RequestError("the caller is given as anonymous, and the text says that the call is signed", rule=RULE)
        return
    if not _is_same(given, Principal.parse(arn)):
        raise refused(
            "caller_arn", arn, f"the caller is given as {given.arn}, and the text has {arn}", "keep one of them"
        )


def _is_same(given: Principal, known: Principal) -> bool:
    """Whether a caller is the one of the text: the session too, and the path where both have one."""
    if (given.account, given.name) != (known.account, known.name):
        return False
    if (given.kind, known.kind) == (ROLE, SESSION):
        return True
    is_path_of_another = bool(given.path and known.path and given.path != known.path)
    return given.kind == known.kind and given.session_name == known.session_name and not is_path_of_another


#: The gates that read headers and query parameters.
_OF_HEADERS: Final = ("identity source", "API key")
#: The gate that reads a token, and its claims, which are given beside it.
_TOKEN: Final = "token"
_CLAIMS: Final = "; claims= or --claims has the claims of a valid token"


def check_is_known(
    response: GatewayResponse, *, is_signed: bool | None, has_headers: bool, has_query: bool, may_be_preflight: bool
) -> None:
    """Refuse a response that depends on what the text does not say.

    Args:
        response: the response, for a call without what the text does not say.
        is_signed: whether the call is signed; None if it is not known.
        has_headers: whether the text has the headers.
        has_query: whether the text has the query parameters.
        may_be_preflight: whether the headers can make it a preflight that the API answers itself.

    Raises:
        RequestError: it depends on that.
    """
    gates = {step.gate for step in response.steps if step.passed is not True}
    if is_signed is None and "signature" in gates:
        raise NotSaidError(
            "signature",
            "the text does not say whether the call was signed, and its route requires a signature",
            advice=f"{_WHO}, or the word anonymous for a call that nobody signed; a log says it in "
            "$context.identity.userArn",
        )
    missing = "headers" if not has_headers else "query parameters" if not has_query else ""
    # A token is in a header, but may be in the query of a JWT authorizer. What it says is given with it.
    readers = gates.intersection(_OF_HEADERS) | (gates & {_TOKEN} if not has_headers else set())
    if missing and (readers or may_be_preflight):
        read = "a preflight is known by them" if may_be_preflight else f"the gate {min(readers)} reads them"
        raise NotSaidError(
            missing,
            f"the text does not have the {missing} of the call, and {read}",
            advice=f"give {missing.partition(' ')[0]}=, or -H and --query: logs do not have them"
            f"{_CLAIMS if _TOKEN in readers else ''}",
        )


def context_of(
    given: Context | Mapping[str, Any] | None,
    api: ApiDefinition,
    source_ip: str | None,
    keys: Mapping[str, str],
    absent: tuple[str, ...],
    *,
    time: datetime | None,
    is_signed: bool,
    is_of_client: bool,
) -> Context:
    """The condition keys of a call.

    What a log or an event does not say is unknown, unless a complete Context is given. Of what a client sends, keys
    that are not given are absent, as in any other call.

    Args:
        given: keys that are given besides the text.
        api: the API.
        source_ip: the address of the client; in a private API it is that in the VPC.
        keys: other keys of the text.
        absent: the keys that the text says the call does not have.
        time: the time of the call.
        is_signed: whether somebody signed the call.
        is_of_client: whether the text is what a client sends.

    Raises:
        RequestError: a key is given with another value than the text has.
    """
    found: dict[str, Any] = {name: value for name, value in keys.items() if is_signed or name.lower() not in _OF_SIGNED}
    if source_ip is not None:
        found[_VPC_SOURCE_IP if api.is_private else _SOURCE_IP] = source_ip
    found |= {name: [] for name in absent if is_signed or name.lower() not in _OF_SIGNED}
    base = given if isinstance(given, Context) else Context(given or {}, complete=is_of_client)
    clock = next((key for key in TIME_KEYS if base.given(key)), None)
    if time is not None and clock is not None:
        message = f"{clock} is given, and the text has the time of the call, {time.isoformat()}"
        raise refused("context", clock, message, "leave the key or --at out")
    for name, value in found.items():
        known = base.given(name.lower())
        expected = () if value == [] else (value,)
        if known is not None and tuple(known) != expected:
            what = f"the value {quoted(value)}" if value else "no such key"
            raise refused(
                "context", name, f"{name} is given as {', '.join(known) or 'absent'}, and the text has {what}"
            )
    more = {name: value for name, value in found.items() if base.given(name.lower()) is None}
    return base.with_keys(more) if more else base
