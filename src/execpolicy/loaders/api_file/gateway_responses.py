"""The gateway responses of an API file (MSG-4)."""

from __future__ import annotations

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import JsonNull, Member
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.gateway_responses import OWN_TEXT, CustomGatewayResponse
from execpolicy.loaders.api_file.assembly import name_node

GATEWAY_RESPONSE_FIELDS = ("status", "message")


def read_gateway_responses(file: Fields) -> tuple[CustomGatewayResponse, ...] | None:
    """The gateway responses that the API sets itself; None if one is invalid."""
    before = file.problems.count
    expected = "an object of gateway responses by name"
    found = [_response(file, name, member) for name, member in file.members("gateway_responses", expected)]
    return None if file.problems.count > before else tuple(each for each in found if each is not None)


def _response(file: Fields, name: str, member: Member) -> CustomGatewayResponse | None:
    fields = entry(file.problems, member[2], "a gateway response", GATEWAY_RESPONSE_FIELDS)
    if fields is None:
        return None
    before = file.problems.count
    status = fields.count("status", least=100)
    message = None if isinstance(fields.value("message"), JsonNull) else fields.text("message")
    if file.problems.count > before:
        return None
    own = message if fields.has("message") else OWN_TEXT
    try:
        return CustomGatewayResponse(name, status, own)
    except ExecPolicyError as error:
        about = fields.value("status") if error.message.startswith("status") else None
        file.problems.refused(about or name_node(name, member), error)
        return None
