"""The short forms of CloudFormation's functions in YAML, and how a template is read (SRC-2)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from execpolicy.document.syntax.rules import SyntaxRules

_FUNCTIONS: Final = (
    *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not"),
    *("Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
)
#: The function of each tag.
TAGS: Final = MappingProxyType(
    {"!Ref": "Ref", "!Condition": "Condition", **{f"!{name}": f"Fn::{name}" for name in _FUNCTIONS}}
)
#: A template has the document of an API in it, whose schemas nest.
TEMPLATE_RULES: Final = SyntaxRules(tags=TAGS, max_depth=100, is_yaml_1_1=True)

#: A section at the beginning of a line, or any of them in JSON.
_SECTION: Final = re.compile(r"^(?:Resources|AWSTemplateFormatVersion|Transform)[\"']?\s*:", re.MULTILINE)
_SECTION_OF_JSON: Final = re.compile(r"\"(?:Resources|AWSTemplateFormatVersion)\"\s*:")


def is_template_text(text: str) -> bool:
    r"""Whether a text is read by the rules of templates.

    >>> is_template_text("Resources:\n  Api: ..."), is_template_text('{"schema": "execpolicy/api/1"}')
    (True, False)
    """
    pattern = _SECTION_OF_JSON if text.lstrip().startswith("{") else _SECTION
    return pattern.search(text) is not None
