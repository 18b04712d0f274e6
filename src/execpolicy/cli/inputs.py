"""Reads the files and values that options give, and collects all errors."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.encoding import decode
from execpolicy.document.syntax.files import read_bytes
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, Source

STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "<stdin>"

if TYPE_CHECKING:
    from typing import TypeVar

    from execpolicy.literals import PolicyKindName

    _Result = TypeVar("_Result")

#: Parameters of the library that are options of the command line, as messages name them.
_PARAMETERS = (
    r"\b(role_path|unique_id|org_id|federated_by|management_account|resource_account|rcps_cover_execute_api)\b"
)

#: Arguments by keyword of ``Api.load``, as messages of the library name them, and their options.
_KEYWORDS = r"\b(stage|name|kind|parameters|conditions|account|region|api_id|type|terraform_source)=(?![^\s,;:.])"
_OPTION_OF_KEYWORD = {
    "name": "--api-name",
    "parameters": "--parameter NAME=VALUE",
    "conditions": "--condition NAME=true",
}

#: The library's names for texts, each with the option or argument that gives the text.
_TEXTS = {
    "<principal>": "--as",
    "<federated_by>": "--federated-by",
    "<resource>": "--on",
    "<action>": "--action",
    "<method>": "METHOD",
    "<path>": "PATH",
    "<invariant>": "INVARIANT",
    "<within>": "--within",
    "<domain_name>": "--domain",
    "<log_format>": "--log-format",
}


#: Beginnings of the library's advice that is about Python, each with the advice for the command line.
_ADVICE = {
    "give stage=": "give --stage NAME",
    "give headers;": "give the headers of the call, such as -H 'Accept: */*', or the whole curl command",
    "give authorizer_output": "give --authorizer auth.py:handler to run the function, or --authorizer-output FILE: the "
    "JSON that it returns, or Unauthorized",
}


def as_option(text: str) -> str:
    """A message of the library with the names of the command line: ``--role-path`` instead of ``role_path``."""
    for beginning, advice in _ADVICE.items():
        if text.startswith(beginning):
            return advice
    text = re.sub(_KEYWORDS, lambda match: _OPTION_OF_KEYWORD.get(match[1]) or "--" + match[1].replace("_", "-"), text)
    return re.sub(_PARAMETERS, lambda match: "--" + match.group().replace("_", "-"), text)


class Inputs:
    """Reads what options name. Bad input raises no error here: ``faults`` collects all errors."""

    def __init__(self, contents: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self.faults: list[Diagnostic] = []
        self._stdin_taken_by = ""
        #: What is taken in place of files, and what was read, by path.
        self._given = contents
        self._contents: dict[str, bytes] = {}

    def with_text(self, path: str, text: str) -> Inputs:
        """Inputs that read the same, but another text from one file."""
        return Inputs({**self._contents, path: text.encode("utf-8")})

    def report(self, message: str, *, advice: str) -> None:
        """Add an error that does not come from the library."""
        self.faults.append(Diagnostic(message, advice=advice))

    def attempt(self, make: Callable[[], _Result]) -> _Result | None:
        """The result of ``make``, or None if it raises an error."""
        try:
            return make()
        except ExecPolicyError as error:
            self.faults.extend(faults_of(error))
            return None

    def content(self, path: str, option: str) -> bytes | None:
        """The bytes of a file, or of standard input, which only one option can read."""
        found = self._given[path] if path in self._given else self._read(path, option)
        if found is not None:
            self._contents[path] = found
        return found

    def _read(self, path: str, option: str) -> bytes | None:
        if path == STANDARD_INPUT:
            if self._stdin_taken_by:
                advice = "name a file for one of them"
                self.report(f"{option}: standard input is already read by {self._stdin_taken_by}", advice=advice)
                return None
            self._stdin_taken_by = option
            return self._standard_input(option)
        try:
            return read_bytes(path)
        except ExecPolicyError as error:
            self.report(f"{option}: {error.message}", advice=_advice(error, path, option))
            return None

    def _standard_input(self, option: str) -> bytes | None:
        try:
            return sys.stdin.buffer.read(MAX_DOCUMENT + 1)
        except (OSError, ValueError, AttributeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is closed"
            self.report(f"{option}: cannot read standard input: {reason}", advice="name a file")
            return None

    def policy(self, path: str, kind: PolicyKindName, option: str) -> Policy | None:
        """The policy in a file."""
        content = self.content(path, option)
        if content is None:
            return None
        before = len(self.faults)
        policy = self.attempt(lambda: _policy(content, kind, name_of(path)))
        faults = self.faults[before:]
        if policy is None and all(fault.rule == "POL-8" for fault in faults):
            advice = _other_place(content, kind, name_of(path))
            self.faults[before:] = [fault._replace(advice=advice or fault.advice) for fault in faults]
        return policy

    def policies(self, paths: Iterable[str], kind: PolicyKindName, option: str) -> list[Policy]:
        """The policies in some files, without those that cannot be read."""
        found = [self.policy(path, kind, option) for path in paths]
        return [policy for policy in found if policy is not None]


def name_of(path: str) -> str:
    """The name of the file at ``path`` in messages."""
    return STANDARD_INPUT_NAME if path == STANDARD_INPUT else path


def _policy(content: bytes, kind: PolicyKindName, name: str) -> Policy:
    """The policy in the bytes of a file."""
    return Policy.from_file_text(decode(content, name), kind=kind, name=name)


def _other_place(content: bytes, kind: PolicyKindName, name: str) -> str:
    """Advice on the options for which a document of another kind is valid."""
    names_callers = ELEMENT_RULES[PolicyKind(kind)].principal
    try:
        _policy(content, "identity" if names_callers else "resource", name)
    except ExecPolicyError:
        return ""
    if names_callers:
        return "a policy without Principal belongs to --identity, --boundary, --session or --scp"
    return "a policy with Principal belongs to --resource or --vpc-endpoint"


def faults_of(error: ExecPolicyError) -> Sequence[Diagnostic]:
    """The diagnostics of an error, with the names of the command line."""
    if isinstance(error, PolicySyntaxError):
        return error.errors
    fault = with_option_of_text(error.diagnostic)
    return [fault._replace(message=as_option(fault.message), advice=as_option(fault.advice))]


def with_option_of_text(fault: Diagnostic) -> Diagnostic:
    """An error about a text that an option gives, with the name of the option as that of the text."""
    source = fault.source
    if source is None or source.name not in _TEXTS:
        return fault
    return fault._replace(source=Source(_TEXTS[source.name], source.text))


def _advice(error: ExecPolicyError, path: str, option: str) -> str:
    """The advice on a file that cannot be read."""
    cause = error.__cause__
    if isinstance(cause, IsADirectoryError):
        return error.advice
    if isinstance(cause, OSError) and cause.errno == errno.EINVAL:
        return "give - to read from standard input"
    if path.lstrip().startswith("{"):
        return "the option takes the name of a file; give - to read the document from standard input"
    if option == "--context":
        return "a value without = is the name of a file; give a key as KEY=VALUE"
    return error.advice
