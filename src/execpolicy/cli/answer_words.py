"""What answers tell the reader to do, as options to paste."""

from __future__ import annotations

from shlex import quote

from execpolicy.engine.explain.allowing_context import AllowingContext
from execpolicy.engine.explain.answer_outline import AnswerWords


def context_options(found: AllowingContext) -> str:
    """The options that give values of context keys, as typed in a shell."""
    return " ".join(f"--context {quote(f'{key}={value}')}" for key, value in found.values)


#: For verbs without an option that shows every statement.
IN_A_SHELL = AnswerWords(everything="", context=context_options)
