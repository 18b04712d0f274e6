"""The users, groups and roles that names in a template mean (SRC-8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.language.common_text import have_a_text_in_common
from execpolicy.language.unknown_caller import tokens_of_name, tokens_of_path
from execpolicy.loaders.cloudformation.iam.properties import GROUP, ROLE, USER
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

#: What a user, a group and a role are called, and the property with its name.
NOUNS: Final = {USER: "user", GROUP: "group", ROLE: "role"}
_NAME_PROPERTIES: Final = {USER: "UserName", GROUP: "GroupName", ROLE: "RoleName"}


class Named(NamedTuple):
    """What a name means.

    Attributes:
        resources: those that it names, or may name.
        is_known: whether it is known which these are.
    """

    resources: tuple[Resource, ...]
    is_known: bool = True


_NOTHING = Named(())


class IdentityNames:
    """The users, groups and roles of a stack by name.

    One without a name of its own is named by a function only, such as ``Ref``: CloudFormation makes its name, and a
    literal name or a parameter does not have that name (A).
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._given: dict[tuple[str, str], Resource] = {}
        #: The resources whose names hold unknown values, with the names.
        self._partly_known: list[tuple[Resource, str]] = []
        for resource in stack.of_type(*NOUNS):
            name = given_name(resource)
            if name is None:
                continue
            if has_unknown(name.value):
                self._partly_known.append((resource, name.value))
                continue
            first = self._given.setdefault((resource.type, name.value), resource)
            if first is not resource:
                message = f"found {quoted(name.value)} as the name of a second {NOUNS[resource.type]}"
                stack.problems.report(name, message, f"{first.logical_id} has this name: give another one")

    def find(self, name: Text, type_: str) -> Named:
        """The resources of a type that a name means; none if it is that of a resource outside of the template."""
        same = tuple(found for found, text in self._partly_known if (found.type, text) == (type_, name.value))
        if same:
            return Named(same)
        found = self._given.get((type_, name.value)) or self._named_by_function(name, type_)
        if found is not None:
            return Named((found,))
        possible = tuple(self._possible(name.value, type_))
        if has_unknown(name.value) or possible:
            return Named(possible, is_known=False)
        noun, referred = NOUNS[type_], self._stack.referred(name, type_)
        if name.value.startswith("arn:"):
            message = f"found the ARN {quoted(name.value)}, expected the name of a {noun}"
            self._stack.problems.report(name, message, "write the name, or Ref in place of Fn::GetAtt")
        elif referred is not None and not self._is_written(name):
            message = (
                f"found a reference to {referred.logical_id} of type {referred.type}, expected the name of a {noun}"
            )
            self._stack.problems.report(name, message, f"refer to a resource of type {type_}")
        return _NOTHING

    def _possible(self, name: str, type_: str) -> Iterator[Resource]:
        """The resources whose names a text may be, where it or the name of the resource holds unknown values."""
        given = [(found, text) for (_, text), found in self._given.items() if has_unknown(name)]
        for found, text in (*given, *self._partly_known):
            if found.type == type_ and have_a_text_in_common(tokens_of_path(name), tokens_of_name(text)):
                yield found

    def _named_by_function(self, name: Text, type_: str) -> Resource | None:
        """The resource without a name of its own for whose name a text stands that a function makes."""
        resource = self._stack.resources.get(name.value)
        if resource is None or resource.type != type_ or given_name(resource) is not None or self._is_written(name):
            return None
        return resource

    def _is_written(self, name: Text) -> bool:
        """Whether a text stands in the template as it is, and no function makes it."""
        return self._stack.problems.source.text[name.start : name.end].strip("\"'") == name.value


def given_name(resource: Resource) -> Text | None:
    """The name that the template gives a user, group or role; None if CloudFormation makes one."""
    member = resource.properties.members.get(_NAME_PROPERTIES[resource.type])
    return member[2] if member is not None and isinstance(member[2], Text) else None
