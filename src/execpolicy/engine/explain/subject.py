"""A request in a line: what is called, and by whom."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.request import Request

if TYPE_CHECKING:
    from execpolicy.language.arn import Arn
    from execpolicy.language.principal import Principal

_SEPARATOR = " · "
#: A longer part is cut: AWS's message has the whole.
_MAX_LENGTH = 120


def subject(request: Request, *, with_action: bool = False) -> str:
    """Method and path, API and stage, and the caller; ``with_action`` adds the action.

    >>> from execpolicy import Request
    >>> subject(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets/7"))
    'GET /pets/7 · a1b2c3/prod · user/Ann'
    """
    first, *others = resource_parts(request.arn)
    first = f"{request.action} {first}" if with_action else first
    parts = (first, *others, caller_name(request.caller.principal, request.account))
    return _SEPARATOR.join(part if len(part) <= _MAX_LENGTH else f"{part[:_MAX_LENGTH]}…" for part in parts)


def resource_parts(arn: Arn) -> tuple[str, ...]:
    """Method and path, and API and stage, of the ARN of a call; of any other resource its ARN."""
    parts = arn.resource.split("/", 3)
    if arn.service != "execute-api" or len(parts) < 3:
        return (arn.text,)
    call = f"{parts[2]} /{parts[3]}" if len(parts) > 3 else parts[2]
    return call, f"{parts[0]}/{parts[1]}"


def caller_name(caller: Principal, account: str) -> str:
    """The part of the caller's ARN after the account, which is added if it is not that of the resource."""
    _, colon, name = caller.arn.rpartition(":")
    if not colon or not caller.account:
        return caller.arn
    return name if caller.account == account else f"{name} of account {caller.account}"
