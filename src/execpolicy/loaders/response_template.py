"""The message in a template of a gateway response (MSG-4)."""

from __future__ import annotations

import json
from typing import Final

from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.gateway.model.gateway_responses import OWN_TEXT

#: Variables for AWS's own text.
_OWN_TEXTS: Final = (OWN_TEXT, "$context.error.message")


def message_of_template(template: str) -> str | None:
    r"""The text of the member ``message`` of a template; None if it has none.

    A template that is no JSON is a program: with a variable its message is not known (MSG-4), which the text says.

    >>> message_of_template('{"message": "No entry"}')
    'No entry'
    >>> message_of_template('{"message": $context.error.messageString}')
    '$context.error.messageString'
    """
    # The variable stands for a text that has its quotes already.
    in_quotes = json.dumps(OWN_TEXT)
    root, faults = read_json(template.replace(in_quotes, OWN_TEXT).replace(OWN_TEXT, in_quotes))
    if root is None or faults:
        return template if "$" in template else None
    if not isinstance(root, JsonObject) or "message" not in root.members:
        return None
    _, _, message = root.members["message"]
    if not isinstance(message, Text) or not message.value:
        return None
    return OWN_TEXT if message.value in _OWN_TEXTS else message.value
