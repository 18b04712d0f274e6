"""Valid settings of an authorizer in place of settings that are not known (SRC-9)."""

from __future__ import annotations

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_value import has_unknown

#: The setting that may stay unknown: it decides no call (ANA-3).
FUNCTION = "function_arn"
_SOURCES = {
    "REST": "method.request.header.Authorization",
    "HTTP": "$request.header.Authorization",
    "WEBSOCKET": "route.request.header.Authorization",
}
_USER_POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_notknown"
_ISSUER = "https://not-known.invalid"


def with_known_settings(authorizer: Node, api_type: str) -> Node | None:
    """The authorizer with valid settings in place of unknown ones, itself if all that decide a call are known.

    None for an authorizer whose type is not known: what it is for is not known either.
    """
    if not isinstance(authorizer, JsonObject):
        return authorizer
    settings = ((name, value) for name, (_, _, value) in authorizer.members.items() if name != FUNCTION)
    unknown = {name: value for name, value in settings if _is_unknown(value)}
    if not unknown:
        return authorizer
    if "type" in unknown:
        return None
    known = dict(authorizer.members)
    for name, value in unknown.items():
        start, end, _ = known.pop(name)
        made = _stand_in(name, value, api_type)
        if made is not None:
            known[name] = (start, end, made)
    return authorizer._replace(members=known)


def _is_unknown(node: Node) -> bool:
    if isinstance(node, Text):
        return has_unknown(node.value)
    if isinstance(node, JsonArray):
        return any(map(_is_unknown, node.items))
    if isinstance(node, JsonObject):
        return any(has_unknown(name) or _is_unknown(value) for name, (_, _, value) in node.members.items())
    return False


def _stand_in(name: str, value: Node, api_type: str) -> Node | None:
    """A valid value for a setting; None to leave it out."""

    def text(content: str) -> Text:
        return Text(content, value.start, value.end)

    match name:
        case "identity_sources":
            return text(_SOURCES.get(api_type, ""))
        case "payload_format":
            return text("2.0")
        case "user_pools":
            return text(_USER_POOL)
        case "issuers":
            at = (value.start, value.end)
            issuer = JsonObject({"url": (*at, text(_ISSUER)), "audiences": (*at, text("not-known"))}, *at)
            return JsonArray([issuer], *at)
        case _:
            return None
