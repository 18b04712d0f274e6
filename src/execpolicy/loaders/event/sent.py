"""Headers, query parameters and body of an event (LOG-3)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.document.syntax.nodes import JsonBoolean
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.event.kinds import RULE
from execpolicy.loaders.json_members import JsonMembers


def sent_by_name(event: JsonMembers, single: str, several: str, *, case_matters: bool) -> dict[str, list[str]] | None:
    """Headers or query parameters with all their values; None if the event does not have them.

    An event with null has none.

    Args:
        event: the event.
        single: the member with one value for each name, which is the last one.
        several: the member with all values.
        case_matters: whether names differ by case.

    Raises:
        RequestError: the two members contradict each other, or are of a wrong type.
    """
    if not (event.has(single) or event.has(several)):
        return None
    one, all_values = event.texts_by_name(single), event.texts_by_name(several)
    if one is None or all_values is None:
        return dict(all_values or one or {})
    plain = {name if case_matters else name.lower(): values for name, values in all_values.items()}
    for name, values in one.items():
        known = plain.get(name if case_matters else name.lower())
        if known is None or any(value not in known for value in values):
            inner = event.object_of(single)
            assert inner is not None, "the member is there"
            raise inner.place_of(name).error(
                f"found {quoted(name)} in {single}, and {several} does not have its value",
                f"leave {single} out, or give the event as the function got it",
                RULE,
            )
    return all_values


def body_of(event: JsonMembers) -> str | None:
    """The body as text; None if there is none, or if it is no text.

    Raises:
        RequestError: it is of a wrong type, or no Base64 though the event says so.
    """
    body = event.text_of("body")
    if body is None:
        return None
    node = event.node_of("isBase64Encoded")
    if node is not None and not isinstance(node, JsonBoolean):
        raise event.wrong("isBase64Encoded", node, "true or false")
    if node is None or node.text == "false":
        return body.value
    from base64 import b64decode

    try:
        return b64decode(body.value, validate=True).decode("utf-8")
    except UnicodeDecodeError:
        return None
    except ValueError:
        message = "found a body that is no Base64, and isBase64Encoded is true"
        raise event.place_of("body").error(message, 'write "isBase64Encoded": false', RULE) from None


def one_header(headers: Mapping[str, list[str]] | None, name: str) -> str | None:
    """The last value of a header."""
    values = [value for each, sent in (headers or {}).items() if each.lower() == name for value in sent]
    return values[-1] if values else None
