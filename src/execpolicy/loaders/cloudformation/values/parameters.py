"""The parameters of a template: their values, and what is not known of them (SRC-5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import Source, UsageError
from execpolicy.loaders.cloudformation.values.parameter_limits import ParameterLimits, limits_of
from execpolicy.loaders.cloudformation.values.pseudo_parameters import UNKNOWN_PSEUDO
from execpolicy.loaders.cloudformation.values.scalars import scalar_text

_FIELDS: Final = (
    *("Type", "Default", "AllowedValues", "AllowedPattern", "ConstraintDescription", "Description", "MaxLength"),
    *("MaxValue", "MinLength", "MinValue", "NoEcho"),
)
_TYPE = re.compile(r"(?P<ssm>AWS::SSM::Parameter::Value<)?(?P<list>CommaDelimitedList|List<[\w:]+>)?[\w:]*>?")


class Parameter(NamedTuple):
    """A parameter.

    Attributes:
        name: the name in the template.
        value: the text that is given, else the default; None if it is not known.
        is_list: whether the text is a list with commas.
        allowed: the values that it may have; empty if any.
        reason: why the value is not known.
        stored: the name in AWS Systems Manager under which the value is stored; None if it is not stored there.
    """

    name: str
    value: str | None
    is_list: bool
    allowed: tuple[str, ...]
    reason: str
    stored: str | None = None

    @property
    def unknown_name(self) -> str:
        return f"the parameter {self.name}"

    def items(self) -> list[str]:
        """The items of the value of a list."""
        return split_list(self.value or "")


def split_list(value: str) -> list[str]:
    """The items of the text of a list: CloudFormation removes space around each.

    >>> split_list("a, b,c")
    ['a', 'b', 'c']
    """
    return [item.strip() for item in value.split(",")] if value else []


def read_parameters(
    problems: Problems, section: JsonObject, given: Mapping[str, str], ignore: Callable[[Node, str], None]
) -> dict[str, Parameter]:
    """The parameters of a template.

    Args:
        problems: collects what is wrong in the section.
        section: the section Parameters.
        given: the values that the user gives.
        ignore: lists a pattern of a parameter that is not checked.

    Raises:
        UsageError: a value is given that the template has no parameter for, or does not allow. Its source has the name
            ``<parameters NAME>`` and the value as text, or ``<parameters>`` and the name.
    """
    for name in given:
        if name not in section.members and name not in UNKNOWN_PSEUDO:
            known = (*section.members, *UNKNOWN_PSEUDO)
            source = Source("<parameters>", name)
            raise UsageError(
                f"the template has no parameter {quoted(name)}",
                source=source,
                span=source.span(0, len(name)),
                advice=did_you_mean(name, known),
            )
    found: dict[str, Parameter] = {}
    for name, (_, _, node) in section.members.items():
        fields = entry(problems, node, "a parameter", _FIELDS)
        if fields is not None:
            found[name] = _parameter(fields, name, given.get(name), ignore)
    return found


def _parameter(fields: Fields, name: str, given: str | None, ignore: Callable[[Node, str], None]) -> Parameter:
    fields.must("Type")
    written = fields.text("Type") or "String"
    match = _TYPE.fullmatch(written)
    if match is None:
        fields.wrong(fields.node.members["Type"][2], "Type", "a type of parameters such as String")
    is_list = match is not None and match["list"] is not None
    is_stored = match is not None and match["ssm"] is not None
    limits, unread = limits_of(fields, is_number=written in ("Number", "List<Number>"), is_list=is_list)
    if unread is not None:
        ignore(unread, f"the AllowedPattern of {name}, which is not understood: values are not compared with it")
    default = _default(fields, is_list=is_list)
    value = given if given is not None else default
    # The limits of a stored parameter are those of its name.
    is_checked = given is None or not is_stored
    expected = _expected(value, limits, is_list=is_list) if value is not None and is_checked else None
    if value is not None and expected is not None:
        shown = quoted(value) if not _is_hidden(fields) else "that is not shown"
        if given is not None:
            message = f"the parameter {name} has the value {shown}, expected {expected}"
            source = None if _is_hidden(fields) else Source(f"<parameters {name}>", given)
            span = None if source is None else source.span(0, len(given))
            raise UsageError(message, source=source, span=span, advice="correct it")
        node = fields.node.members["Default"][2]
        fields.problems.report(node, f"found {shown} as Default, expected {expected}", "correct it")
    allowed = limits.allowed
    if is_stored and (given is None or given == default or given.startswith("/")):
        reason = "its value is stored in AWS Systems Manager: give the stored value with --parameter"
        return Parameter(name, None, is_list, (), reason, value)
    if value is None and len(allowed) == 1 and not is_list:
        value = allowed[0]
    reason = "" if value is not None else f"it has no Default: give it with --parameter {name}=…"
    return Parameter(name, value, is_list, () if is_list else allowed, reason)


def _is_hidden(fields: Fields) -> bool:
    """Whether AWS does not show the value; messages do not either."""
    return scalar_text(fields.value("NoEcho")) == "true"


def _default(fields: Fields, *, is_list: bool) -> str | None:
    node = fields.value("Default")
    if node is None:
        return None
    text = scalar_text(node)
    if text is None and is_list and isinstance(node, JsonArray):
        items = [scalar_text(item) for item in node.items]
        text = ",".join(item for item in items if item is not None) if None not in items else None
    if text is None:
        fields.wrong(node, "Default", "a string")
    return text


def _expected(value: str, limits: ParameterLimits, *, is_list: bool) -> str | None:
    """What is expected instead of a value; None if it fits."""
    found = (limits.expected(item) for item in (split_list(value) if is_list else (value,)))
    return next((expected for expected in found if expected is not None), None)
