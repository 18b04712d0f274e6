"""Policies as people write them: JSON on one line or on several, YAML in both styles, with other ends of lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import yaml

STYLES = ("one line", "compact", "indented", "tabs", "windows", "yaml", "yaml flow", "yaml windows", "escaped")


def written(random: Random, document: Mapping[str, Any], *, plain: bool = True) -> tuple[str, str]:
    """The text of a policy in some style, and the ending of the name of its file.

    Args:
        random: chooses the style, and which lists of one value stand without brackets.
        document: the policy.
        plain: whether such lists may stand without brackets.
    """
    found = _without_brackets(random, document) if plain else document
    style = random.choice(STYLES)
    if style == "one line":
        return json.dumps(found), "json"
    if style == "compact":
        return json.dumps(found, separators=(",", ":")), "json"
    if style == "tabs":
        return json.dumps(found, indent="\t") + "\n", "json"
    if style == "windows":
        return json.dumps(found, indent=4).replace("\n", "\r\n") + "\r\n", "json"
    if style == "escaped":
        return json.dumps(found, indent=2).replace("Statement", "\\u0053tatement"), "json"
    if style.startswith("yaml"):
        text = yaml.safe_dump(found, sort_keys=False, default_flow_style=style == "yaml flow", width=1000)
        return (text.replace("\n", "\r\n") if style == "yaml windows" else text), "yaml"
    return json.dumps(found, indent=2), "json"


def _without_brackets(random: Random, value: Any) -> Any:
    """The same document; some lists of one value are that value."""
    if isinstance(value, Mapping):
        return {name: _without_brackets(random, each) for name, each in value.items()}
    if isinstance(value, list):
        if len(value) == 1 and random.randrange(2):
            return _without_brackets(random, value[0])
        return [_without_brackets(random, each) for each in value]
    return value
