"""Identifies the function that an authorizer of a template calls, equally in all versions of it (ANA-3, SRC-2).

A function of the template is identified by its logical id, whatever its name is. An unknown value identifies a function
if the same text means the same value in every version: a parameter, an import, an attribute of a resource. The result
of a mapping or a macro does not: another version may have another mapping.
"""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.unknown_value import UnknownName, has_unknown, parts_of, unknown_text, with_unknown_in_words
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION, function_of_uri
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.cloudformation.values.pseudo_parameters import PLACED_PSEUDO, UNKNOWN_PSEUDO
from execpolicy.loaders.described_functions import BEFORE_NAME, DescribedFunction, with_described_function

_FUNCTIONS: Final = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_PARAMETER: Final = "the parameter "
#: The beginnings of names of unknown values that mean the same value in every version, if the rest of the name does.
_REFERENCE: Final = re.compile("the (?:parameter|import|dynamic reference|reference|attribute) ")
#: The name of an unknown value within the name of another one.
_INNER: Final = re.compile("<([^<>]*)>")
_OF_THE_STACK: Final = (*UNKNOWN_PSEUDO.values(), *PLACED_PSEUDO.values())


def identified_function(stack: Stack, written: str) -> str:
    """The text that identifies a function.

    Args:
        stack: the template.
        written: the resolved ARN or URI.
    """
    text = function_of_uri(written) or written
    if not has_unknown(text):
        return _by_logical_id(stack, text)
    parts = [_part(stack, part) for part in parts_of(text)]
    return UNKNOWN_FUNCTION if None in parts else "".join(part or "" for part in parts)


def _part(stack: Stack, part: str | UnknownName) -> str | None:
    """A part of a text; None if its value may differ in another version."""
    if isinstance(part, str):
        return part
    stored = _stored(stack, part.name)
    if stored is not None:
        return unknown_text(f"{part.name}, stored as {stored}")
    return unknown_text(part.name) if _is_same_value(stack, part.name) else None


def _stored(stack: Stack, name: str) -> str | None:
    """The name under which the value of a parameter is stored; None for everything else."""
    return stack.stored_parameter(name.removeprefix(_PARAMETER)) if name.startswith(_PARAMETER) else None


def _is_same_value(stack: Stack, name: str) -> bool:
    """Whether an unknown value of this name is the same value in every version."""
    if name in _OF_THE_STACK:
        return True
    begin = _REFERENCE.match(name)
    if begin is None or _stored(stack, name) is not None:
        return False
    rest = name[begin.end() :]
    # The name of a value that is looked up may be, or contain, the name of another unknown value.
    if not all(_is_same_value(stack, inner) for inner in _INNER.findall(rest)):
        return False
    literal = _INNER.sub("", rest)
    return " " not in literal or _is_same_value(stack, rest)


def _by_logical_id(stack: Stack, arn: str) -> str:
    """The ARN with the logical id in place of the name, if it is that of a function of the template."""
    fields = arn.split(":")
    if len(fields) <= BEFORE_NAME or fields[2] != "lambda":
        return with_described_function(_described(stack), arn)
    named = [":".join(fields[: BEFORE_NAME + 1])]
    if fields[3:5] == [stack.region, stack.account]:  # a version or an alias names its function by its name
        named.append(fields[BEFORE_NAME])
    found = [stack.referred(Text(text), *_FUNCTIONS) for text in named]
    function = next((each for each in found if each is not None and each.type in _FUNCTIONS), None)
    if function is None:
        return with_described_function(_described(stack), arn)
    fields[BEFORE_NAME] = unknown_text(f"the function {function.logical_id}")
    return ":".join(fields)


def _described(stack: Stack) -> list[DescribedFunction]:
    """The functions of a template that have names, in its region and account if these are given.

    In another region or account another function may have the name: both identify the function then.
    """
    place = stack.region if stack.region_is_given else "", stack.account if stack.account_is_given else ""
    return [
        DescribedFunction(
            f"the function {each.logical_id}, if it is {with_unknown_in_words(name.value)}", name.value, *place
        )
        for each in stack.resources.values()
        if each.type in _FUNCTIONS and isinstance(name := member(each.properties, "FunctionName"), Text)
    ]
