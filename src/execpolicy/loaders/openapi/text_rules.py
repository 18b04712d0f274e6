"""How the text of an OpenAPI file is read: deeper than a policy, and with the numbers that name responses."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.rules import SyntaxRules

#: Schemas nest deeper than policies. Responses are named by a status, and tools for OpenAPI read YAML 1.1.
OPENAPI_RULES: Final = SyntaxRules(max_depth=100, is_yaml_1_1=True)

#: The version at the beginning of a line, or anywhere in JSON.
_VERSION: Final = re.compile(r"^[\"']?(?:openapi|swagger)[\"']?\s*:", re.MULTILINE)
_VERSION_OF_JSON: Final = re.compile(r"\"(?:openapi|swagger)\"\s*:")


def is_openapi_text(text: str) -> bool:
    r"""Whether a text is read by the rules of OpenAPI.

    >>> is_openapi_text("openapi: 3.0.1\npaths: {}"), is_openapi_text('{"schema": "execpolicy/api/1"}')
    (True, False)
    """
    pattern = _VERSION_OF_JSON if text.lstrip().startswith("{") else _VERSION
    return pattern.search(text) is not None
