"""A result as JSON: a decision by the schema ``docs/schemas/decision-1.json``, a response by ``response-1.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from execpolicy.engine.decision import Decision
    from execpolicy.gateway.flow.response import GatewayResponse


def to_json(result: Decision | GatewayResponse) -> str:
    """A decision or response, with its explanation, as JSON text, indented, with its end of line.

    ``schema_version`` comes first, and the order of names is fixed, so that two texts can be compared. The text is
    ASCII, whatever the encoding of the output.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="anonymous", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> print(to_json(decision)[:24])
    {
      "schema_version": 1,
    """
    return data_to_json(result.to_dict())


def data_to_json(data: Mapping[str, Any]) -> str:
    """Plain data as JSON text, indented, in ASCII, with its end of line."""
    return json.dumps(data, indent=2) + "\n"
