"""The name of a handler: ``auth.py:handler`` or ``package.module:handler``."""

from __future__ import annotations

import os
import re
from typing import Final, NamedTuple, Self

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError

FORM: Final = "auth.py:handler or package.module:handler"
#: What to do where a function cannot be run.
OUTPUT_INSTEAD: Final = "give its output instead, with --authorizer-output or the field authorizer_output"

_ENDING: Final = ".py"
#: A name, or several with dots: a module, or a function in a class.
_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
#: A file of a function that Node.js runs: no module of Python has such a name.
_JAVASCRIPT: Final = re.compile(r"\.[cm]?[jt]s\Z")
_LONGEST: Final = 4096


class HandlerReference(NamedTuple):
    """A handler in a file, or in a module that the folder or the Python environment contains.

    Attributes:
        text: the reference as it was given, for messages.
        folder: the absolute path of the folder that relative paths and modules are in.
        file: the absolute path of the file; empty for a module.
        module: the name of the module; empty for a file.
        function: the name of the function.
    """

    text: str
    folder: str
    file: str
    module: str
    function: str

    @classmethod
    def parse(cls, text: str, folder: str = os.curdir) -> Self:
        """Read a reference. Whether the module has that function is known when it is imported.

        Args:
            text: ``FILE.py:FUNCTION`` or ``MODULE:FUNCTION``.
            folder: the folder of relative paths and modules.

        Raises:
            ExecPolicyError: the text is no reference, or names a file that does not exist.

        >>> HandlerReference.parse("shop.auth:handler").module
        'shop.auth'
        """
        where, colon, function = text.rpartition(":")
        if len(text) > _LONGEST or "\0" in text or not colon or not where or not _DOTTED.fullmatch(function):
            raise ExecPolicyError(f"found {quoted(text)} as the handler, expected {FORM}", advice=_advice(text))
        folder = os.path.abspath(folder)
        if where.endswith(_ENDING):
            file = os.path.join(folder, where)
            if not os.path.isfile(file):
                what = "is a folder" if os.path.isdir(file) else "does not exist"
                raise ExecPolicyError(f"the file {quoted(where)} of the handler {what}", advice=f"write {FORM}")
            return cls(text, folder, os.path.abspath(file), "", function)
        if not _DOTTED.fullmatch(where) or _JAVASCRIPT.search(where):
            raise ExecPolicyError(f"found {quoted(text)} as the handler, expected {FORM}", advice=_advice(text))
        return cls(text, folder, "", where, function)

    @property
    def root(self) -> str:
        """The folder that the function runs in, and from which it imports: as in Lambda, that of its code."""
        return os.path.dirname(self.file) if self.file else self.folder


def _advice(text: str) -> str:
    """What to write instead of a text that is no reference."""
    name, _, last = text.rpartition(".")
    if text.endswith(_ENDING):
        return f"add the name of the function: {text}:handler" if len(text) < 100 else "add the name of the function"
    if re.search(r"\.(?:[cm]?js|ts|go|java|rb|jar|zip)\b", text):
        return f"only functions in Python can be run: {OUTPUT_INSTEAD}"
    if len(text) < 100 and _DOTTED.fullmatch(text) and name:
        return f"write a colon before the function: {name}:{last}"
    return "name a Python file or module, a colon and the function in it"
