"""Reads YAML into the same nodes as JSON; the extra ``yaml`` installs PyYAML."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from execpolicy.document.syntax.encoding import check_text
from execpolicy.document.syntax.nodes import Fault, Node, StopReadingError
from execpolicy.document.syntax.rules import STRICT, SyntaxRules
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, Source

if TYPE_CHECKING:
    from yaml import MarkedYAMLError
    from yaml.reader import ReaderError

    from execpolicy.document.syntax.yaml_nodes import YamlNodes

#: The most characters of a YAML text that libyaml reads, and of one that PyYAML reads without it: each takes
#: about 5 s.
MAX_YAML = 6 * 1024 * 1024
MAX_SLOW_YAML = 1024 * 1024

# Compiled by ``re`` when first used.
_LARGE_CODE = r"\\U(?!000|0010)[0-9a-fA-F]{8}"
#: Where libyaml and PyYAML differ: tabs, byte order marks, line ends of YAML 1.1, question marks in lists.
READ_DIFFERENTLY = r"[\t\ufeff\x85\u2028\u2029]|\?\s"

_ADVICE = "look at indentation, colons and quotes; put text with special characters, such as : or #, in quotes"
_TAB_ADVICE = "YAML is indented with spaces: replace the tab"


def read_yaml(text: str, name: str, rules: SyntaxRules = STRICT) -> tuple[Node | None, list[Fault]]:
    """Read one YAML document.

    Args:
        text: the whole text, decoded.
        name: what messages call it.
        rules: what differs between formats.

    Returns:
        As ``read_json``: the root node, or None where a fault ended the reading; and all faults. Scalars have the types
        of the core schema of YAML 1.2; scalars that have another type in YAML 1.1, or that JSON cannot represent, are
        faults. An alias is the node of its anchor, with the place of the anchor.

    Raises:
        ExecPolicyError: PyYAML is not installed.
    """
    fault = check_text(text)
    if fault is not None:
        return None, [fault]
    try:
        import yaml
        from yaml.reader import ReaderError
    except ImportError as error:
        raise ExecPolicyError(
            "reading YAML needs PyYAML, which is not installed",
            source=Source(name, text),
            advice="pip install 'execpolicy[yaml]', or write the file as JSON",
        ) from error
    from execpolicy.document.syntax.yaml_nodes import YamlNodes

    fault = _too_long(text, has_libyaml=yaml.__with_libyaml__)
    if fault is not None:
        return None, [fault]
    if yaml.__with_libyaml__ and re.search(READ_DIFFERENTLY, text) is None:
        reading = YamlNodes(text, yaml.parse(text, Loader=yaml.CSafeLoader), rules)
        # What libyaml refuses, PyYAML's own parser reads again: its messages are the same everywhere.
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return _document(reading), reading.faults
    if len(text) > MAX_SLOW_YAML:
        return None, [_not_for_libyaml(text)]
    reading = YamlNodes(text, yaml.parse(text, Loader=yaml.SafeLoader), rules)
    try:
        return _document(reading), reading.faults
    except yaml.MarkedYAMLError as error:
        fault = _not_yaml(error)
    except ReaderError as error:
        fault = _bad_character(error)
    except (ValueError, OverflowError):  # from PyYAML, for what is not a Unicode code point
        fault = _bad_code(text)
    return None, [*reading.faults, fault]


def _document(reading: YamlNodes) -> Node | None:
    """The root node, or None where a fault ended the reading, which is then the last of the faults."""
    try:
        return reading.document()
    except StopReadingError as stop:
        reading.faults.append(stop.fault)
        return None


def _too_long(text: str, *, has_libyaml: bool) -> Fault | None:
    if len(text) <= (MAX_YAML if has_libyaml else MAX_SLOW_YAML):
        return None
    if has_libyaml:
        message = f"found {len(text)} characters of YAML, expected at most {MAX_YAML} (6 MiB)"
        return Fault(message, 0, 1, advice="is this the right file? A JSON file may be longer")
    message = f"found {len(text)} characters of YAML, expected at most {MAX_SLOW_YAML} (1 MiB) without libyaml"
    return Fault(message, 0, 1, advice="install a PyYAML that has libyaml, or write the file as JSON")


def _not_for_libyaml(text: str) -> Fault:
    """The fault of a long text that only PyYAML's own parser could read, or explain."""
    match = re.search(READ_DIFFERENTLY, text)
    message = f"found YAML of more than {MAX_SLOW_YAML} characters (1 MiB) that libyaml does not read"
    if match is None:
        return Fault(message, 0, 1, advice="it has an error: look for it in a shorter part, or write the file as JSON")
    message = f"{message}: {quoted(match.group())} at this place"
    return Fault(message, *match.span(), advice="write it in another way, such as a tab as \\t in double quotes")


def _not_yaml(error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    start = mark.index if mark is not None else 0
    problem = error.problem or error.context or "it cannot be read"
    related = None
    if error.context and error.context_mark is not None and error.context_mark.index < start:
        related = (f"{error.context} at", error.context_mark.index)
    advice = _TAB_ADVICE if "'\\t'" in problem else _ADVICE
    return Fault(f"found text that is not YAML: {problem}", start, start + 1, advice=advice, related=related)


def _bad_character(error: ReaderError) -> Fault:
    code, start = ord(error.character) if isinstance(error.character, str) else error.character, error.position
    message = f"found the character U+{code:04X}, which YAML does not allow"
    return Fault(message, start, start + 1, advice="remove it, or write it as an escape in double quotes")


def _bad_code(text: str) -> Fault:
    match = re.search(_LARGE_CODE, text)
    if match is None:
        return Fault("found text that is not YAML: a number in it is too large to be read", 0, 1, advice=_ADVICE)
    message = f"found {quoted(match.group())}, which is not a Unicode code point"
    return Fault(message, *match.span(), advice="remove it")
