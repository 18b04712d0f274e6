"""Expressions of functions, evaluated in a second way (SRC-2, SRC-5)."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loaders.cloudformation.stacks import values

PARAMETERS = {"P": "prod", "Q": "a/b", "N": "2"}
UNKNOWN = {"U", "V"}
MAPPING = {"k": {"x": "1", "y": "two"}, "prod": {"x": "3", "y": "a/b"}}
CONDITIONS = {"Yes1": True, "No1": False}

_LITERALS = st.sampled_from(("a", "b/c", "x", "", "ü", "$"))
_REFS = st.builds(lambda name: {"Ref": name}, st.sampled_from((*PARAMETERS, *UNKNOWN)))
_SUBS = st.lists(
    st.sampled_from(("${P}", "${Q}", "${U}", "${!aws:x}", "${V}", "lit", "$", "-")), min_size=1, max_size=4
).map(lambda parts: {"Fn::Sub": "".join(parts)})


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    texts = st.lists(inner, max_size=3)
    return st.one_of(
        st.builds(lambda between, items: {"Fn::Join": [between, items]}, st.sampled_from(("", "/", "-")), texts),
        st.builds(lambda name, yes, no: {"Fn::If": [name, yes, no]}, st.sampled_from(sorted(CONDITIONS)), inner, inner),
        st.builds(lambda text: {"Fn::Base64": text}, inner),
        st.builds(lambda text: {"Fn::Select": [0, {"Fn::Split": ["/", text]}]}, inner),
        st.builds(lambda items: {"Fn::Select": [len(items), [*items, "last"]]}, texts),
        st.builds(lambda text: {"Fn::Sub": ["<${Own}|${P}>", {"Own": text}]}, inner),
        st.builds(lambda key: {"Fn::FindInMap": ["Map", key, "x"]}, st.sampled_from(("k", {"Ref": "P"}))),
    )


EXPRESSIONS = st.recursive(_LITERALS | _REFS | _SUBS, _deeper, max_leaves=8)


class NotKnownError(Exception):
    """The naive evaluation of a text that is not known as a whole."""


def naive(expression: Any) -> str:
    """The text of an expression, with ``<the parameter U>`` for a part that is not known."""
    if isinstance(expression, str):
        return expression
    ((name, argument),) = expression.items()
    if name == "Ref":
        return PARAMETERS.get(str(argument), f"<the parameter {argument}>")
    if name == "Fn::Sub":
        text, own = argument if isinstance(argument, list) else (argument, {})
        known = {**PARAMETERS, **{each: f"<the parameter {each}>" for each in UNKNOWN}}
        known.update({each: naive(value) for each, value in own.items()})
        parts = text.split("${")
        found = str(parts[0])
        for part in parts[1:]:
            variable, _, rest = part.partition("}")
            found += (f"${{{variable[1:]}}}" if variable.startswith("!") else known[variable]) + rest
        return found
    if name == "Fn::Join":
        return str(argument[0]).join(naive(item) for item in argument[1])
    if name == "Fn::If":
        return naive(argument[1] if CONDITIONS[str(argument[0])] else argument[2])
    if name == "Fn::FindInMap":
        return MAPPING[naive(argument[1])][argument[2]]
    if name == "Fn::Select" and isinstance(argument[1], list):
        return naive(argument[1][argument[0]])
    text = naive(argument[1]["Fn::Split"][1] if name == "Fn::Select" else argument)
    if "<the parameter" in text:
        raise NotKnownError
    return b64encode(text.encode()).decode() if name == "Fn::Base64" else text.split("/")[0]


def template(expression: Any) -> str:
    return json.dumps(
        {
            "Parameters": {
                **{name: {"Type": "String", "Default": value} for name, value in PARAMETERS.items()},
                **{name: {"Type": "String"} for name in UNKNOWN},
            },
            "Mappings": {"Map": MAPPING},
            "Conditions": {"Yes1": {"Fn::Equals": ["a", "a"]}, "No1": {"Fn::Equals": ["a", {"Ref": "P"}]}},
            "Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"P": expression}}},
        }
    )


@given(EXPRESSIONS)
@pytest.mark.rule("SRC-2", "SRC-5")
def test_an_expression_has_the_value_of_its_definition(expression: Any) -> None:
    (found,) = values(template(expression))
    assert isinstance(found, dict)
    try:
        expected = naive(expression)
    except NotKnownError:
        # What is made of an unknown value is unknown, and its name says of what.
        assert "<" in found["P"]
        assert any(f"the parameter {name}" in found["P"] for name in UNKNOWN)
    else:
        assert found["P"] == expected
