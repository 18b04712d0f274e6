"""That the calls of a text are calls to one API, where the file of the API does not say which one it is (LOG-5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from execpolicy.call import Call
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.template import GivenFile
from execpolicy.errors import Diagnostic
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.loaders.placeholders import placeholders_of
from execpolicy.loaders.read_call import ReadCall

#: The parts of a call that name its API, with the options that give them, and what they are in words.
_PARTS: Final = (("api_id", "--api-id", "API"), ("account", "--account", "account"), ("region", "--region", "region"))


def check_one_api(inputs: Inputs, given: GivenFile, calls: Sequence[ReadCall]) -> bool:
    """Whether the calls can be calls to one API; if not, that is reported at the first that differs.

    A template takes the id, the account and the region that a call names in place of its placeholders. Calls that name
    two cannot both be calls to its API.

    Args:
        inputs: collects the errors.
        given: the file of the API.
        calls: the calls of the text.
    """
    placeholders = {
        option
        for name, variants in given.contents.apis.items()
        for option in placeholders_of(name, variants.values[0], given.contents.kind, given.options)
    }
    for part, option, what in _PARTS:
        named = [(named_part(call, part), call) for call in calls] if part in placeholders else []
        known = [(value, call) for value, call in named if value]
        other = next((each for each in known if each[0] != known[0][0]), None)
        if other is not None:
            value, call = other
            place = (
                call.written.get(part) or call.written.get("host") or call.text.part(0, min(1, len(call.text.value)))
            )
            inputs.faults.append(
                Diagnostic(
                    f"found a call to the {what} {value}, and a call before it is to {known[0][0]}: "
                    "the file does not say which one it describes",
                    place.source,
                    place.span,
                    advice=f"give {option}, then calls to others are errors or are left out",
                    rule="LOG-5",
                )
            )
            return False
    return True


def named_part(call: ReadCall | Call, part: str) -> str | None:
    """What a call says of its API, by itself or by its host.

    Args:
        call: the call.
        part: ``api_id``, ``account`` or ``region``.
    """
    said: str | None = getattr(call, part)
    own = None if call.host is None else parse_own_host(call.host.lower())
    if said is not None or own is None:
        return said
    return {"api_id": own["api"], "region": own["region"]}.get(part)
