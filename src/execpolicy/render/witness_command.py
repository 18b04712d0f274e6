"""The command that decides the request or the call of a witness again, as it is typed in a shell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from shlex import join, quote
from typing import Any

from execpolicy._base.characters import command_in_log
from execpolicy.analysis.invariants.call_pattern import CONNECT
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.witness import Witness, WitnessCall
from execpolicy.document.action_name import INVOKE
from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.caller import Caller
from execpolicy.engine.request import Request
from execpolicy.language.arn import read_resource
from execpolicy.language.principal import ANONYMOUS

#: The arguments of a call that are documents: a command reads them from standard input.
_DOCUMENTS = {"claims": "--claims", "authorizer_output": "--authorizer-output"}
_ALLOWS_EVERYTHING = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def command_of(witness: Witness, beginning: Sequence[str], callers: Mapping[str, Caller] | None = None) -> str:
    """The command; empty if no command says the same.

    Policies that are taken for granted of a caller, claims and the answer of an authorizer are given on standard input.

    Args:
        witness: the request or the call.
        beginning: the beginning of the command, up to what it decides by; empty if there is none.
        callers: all callers that there are, by what the command names them; None if there may be any.
    """
    if not beginning or "-" in beginning:
        return ""
    if witness.request is not None:
        return command_in_log(join(_of_request(witness.request, beginning)))
    assert witness.call is not None, "a witness has a request or a call"
    words, document = _of_call(witness.call, beginning, callers)
    if not words:
        return ""
    given = f"echo {quote(json.dumps(document))} | " if document is not None else ""
    return command_in_log(given + join(words))


def _of_request(request: Request, beginning: Sequence[str]) -> list[str]:
    """The words for a request, if the policy that decides it is all that ``check`` needs to decide it alike."""
    who = request.caller.principal
    is_alone = {
        f"--{PolicyKind.IDENTITY}": who.account == read_resource(request.resource).account,
        f"--{PolicyKind.RESOURCE}": not who.is_iam,
    }
    if not any(is_alone.get(word, False) for word in beginning):
        return []
    words = [*beginning, "--as", who.arn, "--on", request.resource]
    words += ["--action", request.action] if request.action != INVOKE else []
    return [*words, *_context(request.context.values)]


def _of_call(
    call: WitnessCall, beginning: Sequence[str], callers: Mapping[str, Caller] | None
) -> tuple[list[str], Any]:
    """The words for a call, and the document on its standard input; no words if there are two documents."""
    given = dict(call.arguments)
    documents = {option: given.pop(name) for name, option in _DOCUMENTS.items() if name in given}
    caller = permitted(call.principal)
    given_as = next((name for name, each in (callers or {}).items() if each.principal == call.principal), None)
    if given_as is not None:
        caller = Caller(call.principal)  # the command reads the policies from its file
    if caller.identity:
        documents["--identity"] = _ALLOWS_EVERYTHING
    host = given.pop("domain_name", None)
    if host is None:
        called = [call.method, call.path] if call.path else [call.method]
        words = [*beginning[:2], *called, *beginning[2:], "--stage", call.stage]
    elif call.method == CONNECT:
        words = [*beginning[:2], f"wss://{host}{call.path}", *beginning[2:]]
    else:
        words = [*beginning[:2], f"https://{host}{call.path}", "-X", call.method, *beginning[2:]]
    words += ["--client-certificate", given.pop("client_certificate")] if "client_certificate" in given else []
    words += ["--as", given_as or call.principal.arn] if call.principal.kind != ANONYMOUS else []
    words += [part for name, value in given.pop("headers", {}).items() for part in ("-H", f"{name}: {value}")]
    words += [part for name, value in given.pop("query", {}).items() for part in ("--query", f"{name}={value}")]
    words += ["--at", _time(given.pop("at"))] if "at" in given else []
    words += _context(call.context)
    if given or len(documents) > 1 or caller.session:
        return [], None
    for option, document in documents.items():
        return [*words, option, "-"], document
    return words, None


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _context(values: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for key, each in values.items():
        for value in each:
            yield from ("--context", f"{key}={value}")
