"""The ``execpolicy check`` command that simulates the call of a pasted text."""

from __future__ import annotations

from execpolicy.diagnose.access_denied import is_arn_of_principal
from execpolicy.diagnose.diagnosis import Diagnosis
from execpolicy.diagnose.log_line import ABSENT
from execpolicy.diagnose.logged_call import METHOD, LoggedCall
from execpolicy.diagnose.with_api import Destination
from execpolicy.document.action_name import INVOKE
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import AuthType
from execpolicy.language.operators import is_private, read_address

#: The placeholder of a file that only the reader has.
FILE = "FILE"


def check_command(
    meaning: Diagnosis, call: LoggedCall, api: ApiDefinition | None, api_file: str, at: Destination
) -> tuple[str, ...]:
    """The words of the command; none if the text does not name method, path and caller.

    Args:
        meaning: the meaning of the text.
        call: the call that the text is about.
        api: the API that was called, if it is given.
        api_file: the name of its file.
        at: the stage, path and domain of the call.
    """
    if not call.is_complete:
        return ()
    if api is None and meaning.resource and not meaning.is_masked:
        policies = ("--resource", FILE) if call.caller == ABSENT else ("--identity", FILE)
        caller = "anonymous" if call.caller == ABSENT else call.caller
        action = () if meaning.action == INVOKE else ("--action", meaning.action)
        return ("execpolicy", "check", "--as", caller, "--on", meaning.resource, *action, *policies)
    words = ["execpolicy", "check", call.method, at.path or _without_stage(call), "--api", api_file or FILE]
    if at.stage or (api is None and call.stage):
        words += ["--stage", at.stage or call.stage]
    if at.domain:
        words += ["--domain", at.domain]
    if call.caller != ABSENT:
        words += ["--as", call.caller]
    if _is_public(call.source_ip):
        words += ["--context", f"aws:SourceIp={call.source_ip}"]
    return (*words, *_files(call, api, at))


def call_of_message(meaning: Diagnosis) -> LoggedCall:
    """The call that an access denied message names, with its path as it was sent after the stage."""
    api, _, rest = meaning.resource.split(":", 5)[-1].partition("/")
    stage, _, rest = rest.partition("/")
    method, slash, path = rest.partition("/")
    is_anonymous = meaning.principal == "anonymous"
    if meaning.action != INVOKE or not (api and stage and METHOD.fullmatch(method) and slash and _is_sent(path)):
        return LoggedCall()
    caller = ABSENT if is_anonymous else meaning.principal if is_arn_of_principal(meaning.principal) else ""
    return LoggedCall(method, f"/{stage}/{path}", caller, stage=stage)


def _is_sent(path: str) -> bool:
    return path.isascii() and path.isprintable() and not {"?", "*", " "} & set(path)


def _without_stage(call: LoggedCall) -> str:
    """The path of a call without the stage, if the text names the stage."""
    first, _, rest = call.path[1:].partition("/")
    return f"/{rest}" if call.stage and first == call.stage else call.path


def _is_public(address: str) -> bool:
    """Whether an address can be aws:SourceIp; private ones are those of a VPC."""
    found = read_address(address)
    return found is not None and not is_private(found)


def _files(call: LoggedCall, api: ApiDefinition | None, at: Destination) -> tuple[str, ...]:
    """Options for the files that the route of the call needs."""
    if api is None or at.route is None:
        return ()
    auth = api.auth_of(at.route)
    if auth is AuthType.AWS_IAM and call.caller != ABSENT:
        return ("--identity", FILE)
    if auth is AuthType.CUSTOM:
        return ("--authorizer-output", FILE)
    return ("--claims", FILE) if auth in (AuthType.COGNITO_USER_POOLS, AuthType.JWT) else ()
