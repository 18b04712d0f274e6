"""What differs between the formats that are written in JSON or YAML: tags, depth, names and words of YAML 1.1."""

from __future__ import annotations

from types import MappingProxyType

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.syntax.nodes import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Mapping


class SyntaxRules(NamedTuple):
    """How a text is read.

    Attributes:
        tags: the name of the only member of an object for each tag of YAML: with ``{"!Ref": "Ref"}`` the value
            ``!Ref Name`` is the object ``{"Ref": "Name"}``. Every other tag is refused.
        max_depth: the maximum depth of objects and lists.
        is_yaml_1_1: whether the words yes, no, on and off are booleans, and a name may be a number.
    """

    tags: Mapping[str, str] = MappingProxyType({})
    max_depth: int = MAX_DEPTH
    is_yaml_1_1: bool = False


#: Policies and the files of execpolicy.
STRICT = SyntaxRules()
