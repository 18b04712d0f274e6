"""A handler as a value for ``Api.invoke``: it runs in a process of its own, and its answer is read as in a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from execpolicy.document.syntax.nodes import NodeInSource
from execpolicy.document.syntax.wording import did_you_mean, printable, quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.authorizers.function_errors import FunctionNotRunError, FunctionRaisedError
from execpolicy.gateway.authorizers.output import UNAUTHORIZED, output_in_file
from execpolicy.handler.child_run import ChildRun, Limits
from execpolicy.handler.reference import OUTPUT_INSTEAD, HandlerReference

_LIMITS = Limits()
#: How many characters are shown of what a function prints above the limit.
_SHOWN = 1000

_EXCEEDED = {
    "time": ("it did not return within {0.seconds:g} seconds", "the function may wait for a network or loop"),
    "answer": ("it returned more than {0.answer} bytes", "Lambda refuses such an answer too"),
    "printed": ("it printed more than {0.printed} bytes", f"print less, or {OUTPUT_INSTEAD}"),
}


def _to_standard_error(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text)


class LocalHandler:
    """A Lambda authorizer function in the user's code. Each call runs it in a new process (AUT-11).

    Equal events get the same answer: the function is run once for each.

    Args:
        reference: the handler.
        limits: the limits on time and output.
        show: receives what the function prints, as lines that begin with its name.

    Attributes:
        reference: the handler.
    """

    def __init__(
        self,
        reference: HandlerReference,
        *,
        limits: Limits = _LIMITS,
        show: Callable[[str], None] = _to_standard_error,
    ) -> None:
        self.reference = reference
        self._limits = limits
        self._show = show
        self._ends: dict[str, NodeInSource | str | Exception] = {}

    def __call__(self, event: Mapping[str, Any], _: object = None) -> NodeInSource | str:
        """The output of the function for an event.

        Raises:
            FunctionRaisedError: the function raised an exception, with that message.
            FunctionNotRunError: there is no answer: the function cannot be imported, exceeds a limit, or returns what
                is not JSON.
        """
        text = json.dumps(event)
        if text not in self._ends:
            try:
                self._ends[text] = self._run(event)
            except (FunctionRaisedError, FunctionNotRunError) as error:
                self._ends[text] = error
        end = self._ends[text]
        if isinstance(end, Exception):
            raise end
        return end

    def __repr__(self) -> str:
        return f"<LocalHandler: {self.reference.text}>"

    def _run(self, event: Mapping[str, Any]) -> NodeInSource | str:
        # What starts a process takes long to import, and most case files name no function.
        from execpolicy.handler.process import run_child

        ran = run_child(self.reference, event, self._limits)
        self._print(ran.printed if ran.exceeded != "printed" else f"{ran.printed[:_SHOWN]}…")
        return self._read(self._answer_of(ran))

    def _answer_of(self, ran: ChildRun) -> dict[str, Any]:
        if ran.exceeded:
            message, advice = _EXCEEDED[ran.exceeded]
            raise self._error(message.format(self._limits), advice)
        if ran.answer is None:
            raise self._error(
                f"its process ended before the function returned, with exit code {ran.code}",
                "the function must not end the process",
            )
        return ran.answer

    def _read(self, answer: dict[str, Any]) -> NodeInSource | str:
        end, reference = answer["end"], self.reference
        where = quoted(reference.text.rpartition(":")[0])
        if end == "returned":
            return self._output(answer["answer"])
        if end == "raised":
            if answer["message"] != UNAUTHORIZED:
                self._print(answer["traceback"])
            raise FunctionRaisedError(answer["message"])
        if end == "not awaited":
            raise self._error(
                "it is async, and Lambda's runtime for Python does not await what a function returns",
                "define the handler without async, and call asyncio.run(...) in it",
            )
        if end == "exited":
            self._print(answer["traceback"])
            raise self._error(
                f"it ended its process: {answer['type']}: {answer['message']}",
                "raise an exception instead: Lambda reports such an end as an error of its own",
            )
        if end == "not imported":
            self._print(answer["traceback"])
            raise self._error(
                f"{where} cannot be imported: {answer['type']}: {answer['message']}",
                f"it is imported by {sys.executable}, from the folder {printable(reference.root)}",
            )
        if end == "not found":
            names = answer["names"]
            advice = did_you_mean(reference.function, names) if names else "it defines no function"
            raise self._error(f"{where} has no {quoted(reference.function)}", advice)
        if end == "not callable":
            raise self._error(
                f"{quoted(reference.function)} is a value of type {answer['type']}, expected a function",
                "name the function that Lambda calls, with the arguments event and context",
            )
        raise self._error(
            f"it returned what is not JSON: {answer['message']}",
            "return dictionaries, lists, texts, numbers, true, false and None; in Lambda this is an error",
        )

    def _output(self, text: str) -> NodeInSource | str:
        try:
            return output_in_file(text, self.reference.text)
        except ExecPolicyError as error:
            raise self._error(f"what it returned is not valid JSON: {error.message}", error.advice) from error

    def _error(self, message: str, advice: str) -> FunctionNotRunError:
        return FunctionNotRunError(f"{self.reference.text}: {message}", advice=advice, rule="AUT-11")

    def _print(self, text: str) -> None:
        """Show what the function printed: every line has its name, and no control characters."""
        name = printable(self.reference.text)
        self._show("".join(f"{name}| {printable(line)}\n" for line in text.splitlines()))
