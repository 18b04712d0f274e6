"""Checks every call of a function in a template once, before any value is resolved (SRC-2).

Names that the template does not have, functions that do not exist, and calls of a wrong form are errors in each part of
the template, also where nothing bears on authorization: CloudFormation refuses such a template.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import MAX_FAULTS, JsonArray, JsonObject, Member, Node, Text, describe
from execpolicy.document.syntax.wording import did_you_mean, listed, nearest, quoted
from execpolicy.loaders.cloudformation.values.conditions import CONDITION_FUNCTIONS
from execpolicy.loaders.cloudformation.values.cycles import report_cycles
from execpolicy.loaders.cloudformation.values.functions import FUNCTIONS
from execpolicy.loaders.cloudformation.values.pseudo_parameters import PSEUDO_PARAMETERS
from execpolicy.loaders.cloudformation.values.substitution import SubVariable, parts_of_sub

#: Functions of the transform AWS::LanguageExtensions.
_OF_EXTENSIONS: Final = ("Fn::Length", "Fn::ToJsonString")
#: The forms of the functions whose argument is a list: how many items, and what they are.
_FORMS: Final[Mapping[str, tuple[Collection[int], str]]] = {
    "Fn::Cidr": ((2, 3), "a list of an address block, a count and a number of bits"),
    "Fn::FindInMap": ((3, 4), "a list of a mapping and two keys"),
    "Fn::If": ((3,), "a list of a condition and two values"),
    "Fn::Join": ((2,), "a list of a delimiter and a list"),
    "Fn::Select": ((2,), "a list of an index and a list"),
    "Fn::Split": ((2,), "a list of a delimiter and a string"),
    "Fn::And": (range(2, 11), "a list of 2 to 10 conditions"),
    "Fn::Or": (range(2, 11), "a list of 2 to 10 conditions"),
    "Fn::Not": ((1,), "a list of one condition"),
    "Fn::Equals": ((2,), "a list of two values"),
}
_GET_ATT: Final = "a resource and an attribute, such as Orders.Arn"
#: The most names that are searched for the one that is meant, and the most that an error lists.
_SEARCHED: Final = 1000
_LISTED: Final = 8
_SUB: Final = "a string, or a list of a string and an object of variables"


class Names(NamedTuple):
    """What a template has by name."""

    parameters: Collection[str]
    resources: Collection[str]
    conditions: Collection[str]
    mappings: Collection[str]
    has_extensions: bool


class _References(NamedTuple):
    """What a part of the template refers to: each name, and where; those inside of Fn::If are left out."""

    found: dict[str, Node]
    is_certain: bool = True

    def add(self, name: str, at: Node) -> None:
        if self.is_certain:
            self.found.setdefault(name, at)

    def uncertain(self) -> _References:
        return _References(self.found, False)


class FunctionCheck:
    """Reports what is wrong with the calls of functions in a template.

    Args:
        problems: collects it.
        names: what the template has.
    """

    def __init__(self, problems: Problems, names: Names) -> None:
        self._problems = problems
        self._names = names
        self._in_condition = False

    def resources(self, section: JsonObject) -> None:
        """Check all resources, and that they do not depend on each other in a cycle."""
        edges: dict[str, Mapping[str, Node]] = {}
        for logical_id, (_, _, node) in section.members.items():
            if not isinstance(node, JsonObject):
                continue
            references = _References({})
            for name in ("Properties", "UpdatePolicy", "CreationPolicy"):
                if name in node.members:
                    self._value(node.members[name][2], references)
            self._condition_of(node)
            self._depends(node, references)
            type_name = node.members["Type"][2] if "Type" in node.members else None
            # The transform of SAM makes several resources of one, and their references are others.
            if not (isinstance(type_name, Text) and type_name.value.startswith("AWS::Serverless::")):
                edges[logical_id] = references.found
        report_cycles(self._problems, edges, "resources that depend on each other")

    def conditions(self, section: JsonObject) -> None:
        """Check all conditions, and that they do not refer to each other in a cycle."""
        edges: dict[str, Mapping[str, Node]] = {}
        self._in_condition = True
        for name, (_, _, node) in section.members.items():
            references = _References({})
            self._condition(node, references)
            edges[name] = references.found
        self._in_condition = False
        report_cycles(self._problems, edges, "conditions that refer to each other")

    def outputs(self, section: Node | None) -> None:
        """Check the outputs."""
        for _, _, node in section.members.values() if isinstance(section, JsonObject) else ():
            if isinstance(node, JsonObject):
                self._condition_of(node)
                rest = {name: member for name, member in node.members.items() if name != "Condition"}
                self._value(JsonObject(rest, node.start, node.end), _References({}))

    def _condition_of(self, node: JsonObject) -> None:
        member = node.members.get("Condition")
        if member is not None:
            self._condition_name(member[2])

    def _depends(self, node: JsonObject, references: _References) -> None:
        member = node.members.get("DependsOn")
        value = member[2] if member is not None else None
        for item in value.items if isinstance(value, JsonArray) else () if value is None else (value,):
            if not isinstance(item, Text):
                if not self._names.has_extensions:
                    self._form(item, "DependsOn", "the logical id of a resource")
            elif item.value not in self._names.resources:
                self._missing(item, "resource", item.value, self._names.resources)
            else:
                references.add(item.value, item)

    def _value(self, node: Node, references: _References) -> None:
        if isinstance(node, JsonArray):
            for item in node.items:
                self._value(item, references)
        elif isinstance(node, JsonObject):
            name = next((each for each in node.members if each.startswith("Fn::")), None)
            if name is None and len(node.members) == 1 and "Ref" in node.members:
                name = "Ref"
            if name is None or name == "Fn::Transform":  # a transform may be beside other members
                for _, _, value in node.members.values():
                    self._value(value, references)
            elif len(node.members) > 1:
                message = f"found {quoted(name)} beside other members, expected it alone in its object"
                self._problems.report_name(node.members[name], message, "write the others elsewhere")
            else:
                self._call(name, node.members[name], references)

    def _call(self, name: str, member: Member, references: _References) -> None:
        argument = member[2]
        known = [*FUNCTIONS, *(CONDITION_FUNCTIONS if self._in_condition else ())]
        if name not in known:
            if name.startswith("Fn::ForEach::"):
                advice = "write AWS::LanguageExtensions as Transform"
                self._problems.report_name(member, f"found {quoted(name)} without its transform", advice)
            else:
                advice = did_you_mean(name, known)
                self._problems.report_name(member, f"found {quoted(name)}, which is no function here", advice)
            return
        if name in _OF_EXTENSIONS and not self._names.has_extensions:
            advice = "write AWS::LanguageExtensions as Transform"
            self._problems.report_name(member, f"found {quoted(name)} without its transform", advice)
        if name in _FORMS:
            self._list_call(name, argument, references)
        elif name == "Ref":
            self._ref(argument, references)
        elif name == "Fn::GetAtt":
            self._get_att(argument, references)
        elif name == "Fn::Sub":
            self._sub(argument, references)
        else:
            self._value(argument, references)

    def _list_call(self, name: str, argument: Node, references: _References) -> None:
        counts, expected = _FORMS[name]
        if not isinstance(argument, JsonArray) or len(argument.items) not in counts:
            self._form(argument, name, expected)
            return
        items = argument.items
        if name == "Fn::If":
            self._condition_name(items[0])
            items, references = items[1:], references.uncertain()
        elif name == "Fn::FindInMap" and isinstance(items[0], Text):
            self._find_in_map(items, argument)
        for item in items:
            self._value(item, references)

    def _find_in_map(self, items: list[Node], argument: Node) -> None:
        mapping = items[0]
        has_default = len(items) == 4
        if has_default and not (isinstance(items[3], JsonObject) and {*items[3].members} == {"DefaultValue"}):
            self._form(items[3], "Fn::FindInMap", "an object with DefaultValue")
        if has_default and not self._names.has_extensions:
            advice = "write AWS::LanguageExtensions as Transform"
            self._problems.report(argument, 'found "DefaultValue" of Fn::FindInMap without its transform', advice)
        if isinstance(mapping, Text) and mapping.value not in self._names.mappings and not has_default:
            self._missing(mapping, "mapping", mapping.value, self._names.mappings)

    def _ref(self, argument: Node, references: _References) -> None:
        if isinstance(argument, Text):
            self._reference(argument.value, argument, references)
        elif self._names.has_extensions:
            self._value(argument, references)
        else:
            self._form(argument, "Ref", "the name of a parameter or a resource")

    def _reference(self, name: str, at: Node, references: _References) -> None:
        resources = () if self._in_condition else self._names.resources
        if name in resources:
            references.add(name, at)
        elif name not in self._names.parameters and name not in PSEUDO_PARAMETERS:
            what = "parameter" if self._in_condition else "parameter or resource"
            self._missing(at, what, name, (*self._names.parameters, *resources, *PSEUDO_PARAMETERS))

    def _get_att(self, argument: Node, references: _References) -> None:
        match argument:
            case Text(text) if "." in text.strip("."):
                self._attribute(text.partition(".")[0], text.partition(".")[2], argument, references)
            case JsonArray([Text(logical_id) as at, Text(attribute)]):
                self._attribute(logical_id, attribute, at, references)
            case JsonArray([first, second]) if isinstance(second, JsonObject) or self._names.has_extensions:
                if isinstance(first, Text):
                    self._attribute(first.value, "", first, references)
                else:
                    self._value(first, references)
                self._value(second, references)
            case _:
                self._form(argument, "Fn::GetAtt", _GET_ATT)

    def _attribute(self, logical_id: str, attribute: str, at: Node, references: _References) -> None:
        resources = () if self._in_condition else self._names.resources
        if logical_id in resources:
            references.add(logical_id, at)
        elif f"{logical_id}.{attribute}" not in resources:
            self._missing(at, "resource", logical_id, resources)

    def _sub(self, argument: Node, references: _References) -> None:
        own: Collection[str] = ()
        match argument:
            case Text(text):
                pass
            case JsonArray([Text(text), JsonObject(members)]):
                own = members
                for _, _, value in members.values():
                    self._value(value, references)
            case _:
                self._form(argument, "Fn::Sub", _SUB)
                return
        for part in parts_of_sub(text):
            if isinstance(part, SubVariable) and part.name not in own:
                if "." in part.name and part.name not in self._names.resources:
                    logical_id, _, attribute = part.name.partition(".")
                    self._attribute(logical_id, attribute, argument, references)
                else:
                    self._reference(part.name, argument, references)

    def _condition(self, node: Node, references: _References) -> None:
        """A condition: a function, or another condition by its name."""
        if not isinstance(node, JsonObject) or len(node.members) != 1:
            self._form(node, "a condition", "a function such as Fn::Equals")
            return
        ((name, member),) = node.members.items()
        if name not in CONDITION_FUNCTIONS:
            message = f"found {quoted(name)}, which is no function of conditions"
            self._problems.report_name(member, message, did_you_mean(name, CONDITION_FUNCTIONS))
        elif name == "Condition":
            self._condition_name(member[2])
            if isinstance(member[2], Text):
                references.add(member[2].value, member[2])
        elif name == "Fn::Equals":
            self._list_call(name, member[2], _References({}))
        else:
            counts, expected = _FORMS[name]
            if not isinstance(member[2], JsonArray) or len(member[2].items) not in counts:
                self._form(member[2], name, expected)
                return
            for item in member[2].items:
                self._condition(item, references)

    def _condition_name(self, node: Node) -> None:
        if not isinstance(node, Text):
            self._form(node, "a condition", "the name of a condition")
        elif node.value not in self._names.conditions:
            self._missing(node, "condition", node.value, self._names.conditions)

    def _missing(self, at: Node, what: str, name: str, known: Collection[str]) -> None:
        message = f"found {quoted(name)}, but the template has no such {what}"
        self._limit()
        self._problems.report(at, message, _meant(name, known))

    def _form(self, node: Node, name: str, expected: str) -> None:
        found = f"a list of {len(node.items)}" if isinstance(node, JsonArray) else describe(node)
        self._problems.report(node, f"found {found} as {name}, expected {expected}", f"write {expected}")

    def _limit(self) -> None:
        """Stop at many problems: each search for the name that is meant takes as long as the names are many."""
        if self._problems.count >= MAX_FAULTS:
            self._problems.check()


def _meant(name: str, known: Collection[str]) -> str:
    """Advice with the name that is meant, or with all names if they are few."""
    found = nearest(name, known) if len(known) <= _SEARCHED else None
    if found is not None:
        return f'did you mean "{found}"?'
    return f"use {listed(known)}" if 0 < len(known) <= _LISTED else "add it, or correct the name"
