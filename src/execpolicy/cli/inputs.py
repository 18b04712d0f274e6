"""What a command was given: read in one go, with everything that is wrong with it."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.files import read_bytes
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, Source

STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "<stdin>"

_Result = TypeVar("_Result")

#: The library's names for what the command line has options for, in the words of its messages.
_PARAMETERS = re.compile(
    r"\b(role_path|unique_id|org_id|federated_by|management_account|resource_account|rcps_cover_execute_api)\b"
)

#: The library's names for texts that an option gives.
_TEXTS = {
    "<principal>": "--as",
    "<federated_by>": "--federated-by",
    "<resource>": "--on",
    "<action>": "--action",
    "<method>": "METHOD",
    "<path>": "PATH",
    "<domain_name>": "--domain",
}


#: Advice of the library, by its beginning, that speaks of calls in Python; and what to say here.
_ADVICE = {
    "give stage=": "give --stage NAME",
    "give authorizer_output": "give --authorizer-output FILE: the JSON that the function returns, or Unauthorized",
}


def as_option(text: str) -> str:
    """A message of the library in the words of the command line: ``role_path`` is ``--role-path`` here."""
    for beginning, advice in _ADVICE.items():
        if text.startswith(beginning):
            return advice
    return _PARAMETERS.sub(lambda match: "--" + match.group().replace("_", "-"), text)


class Inputs:
    """Reads what options name. Nothing here raises for bad input: ``faults`` collects all that is wrong."""

    def __init__(self) -> None:
        self.faults: list[Diagnostic] = []
        self._stdin_taken_by = ""

    def report(self, message: str, *, advice: str) -> None:
        """Something is wrong that no error of the library says."""
        self.faults.append(Diagnostic(message, advice=advice))

    def attempt(self, make: Callable[[], _Result]) -> _Result | None:
        """What ``make`` makes, or None where it raised."""
        try:
            return make()
        except ExecPolicyError as error:
            self.faults.extend(faults_of(error))
            return None

    def content(self, path: str, option: str) -> bytes | None:
        """The bytes of a file, or of standard input, which only one option can have."""
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

    def policy(self, path: str, kind: str, option: str) -> Policy | None:
        """The policy in a file."""
        content = self.content(path, option)
        if content is None:
            return None
        before = len(self.faults)
        policy = self.attempt(lambda: Policy.parse(content, kind=kind, name=name_of(path)))
        faults = self.faults[before:]
        if policy is None and all(fault.rule == "POL-8" for fault in faults):
            advice = _other_place(content, kind)
            self.faults[before:] = [fault._replace(advice=advice or fault.advice) for fault in faults]
        return policy

    def policies(self, paths: Iterable[str], kind: str, option: str) -> list[Policy]:
        """The policies in some files, without those that cannot be read."""
        found = [self.policy(path, kind, option) for path in paths]
        return [policy for policy in found if policy is not None]


def name_of(path: str) -> str:
    """What messages call the file at ``path``."""
    return STANDARD_INPUT_NAME if path == STANDARD_INPUT else path


def _other_place(content: bytes, kind: str) -> str:
    """Advice on where else a sound document of another kind may belong."""
    names_callers = ELEMENT_RULES[PolicyKind(kind)].principal
    try:
        Policy.parse(content, kind="identity" if names_callers else "resource")
    except ExecPolicyError:
        return ""
    if names_callers:
        return "a document that names nobody belongs to --identity, --boundary, --session or --scp"
    return "a document that names callers belongs to --resource or --vpc-endpoint"


def faults_of(error: ExecPolicyError) -> Sequence[Diagnostic]:
    """What an error of the library says; what it says of an option, in the words of the command line."""
    if isinstance(error, PolicySyntaxError):
        return error.errors
    fault = error.diagnostic
    source = fault.source
    if source is not None and source.name in _TEXTS:
        source = Source(_TEXTS[source.name], source.text)
    return [fault._replace(message=as_option(fault.message), source=source, advice=as_option(fault.advice))]


def _advice(error: ExecPolicyError, path: str, option: str) -> str:
    """What to do about a file that cannot be read."""
    cause = error.__cause__
    if isinstance(cause, IsADirectoryError):
        return error.advice
    if isinstance(cause, OSError) and cause.errno == errno.EINVAL:
        return "give - to read from standard input"
    if path.lstrip().startswith("{"):
        return "the option takes the name of a file; a document itself can come from standard input, as -"
    if option == "--context":
        return "a value without = is the name of a file; give a key as KEY=VALUE"
    return error.advice
