"""``execpolicy check --suggest``: changes of the policies that let a request or a call through, shown or written."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from execpolicy.cli.changed_file import change_file, check_file
from execpolicy.cli.check.options import COMMAND
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import STANDARD_INPUT_NAME, Inputs, name_of
from execpolicy.cli.streams import write_error
from execpolicy.cli.terminal import write_errors
from execpolicy.document.syntax.wording import counted
from execpolicy.errors import UsageError
from execpolicy.render.formats import PrintableResult
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.suggestions import suggestion_lines, suggestions_data
from execpolicy.suggestions.suggest import suggested_changes
from execpolicy.suggestions.suggestion import Suggestion, SuggestionResult

if TYPE_CHECKING:
    from execpolicy.engine.decision import Decision
    from execpolicy.gateway.flow.response import GatewayResponse


class Suggesting:
    """The suggestions for one answer.

    Args:
        answer: the decision, or the response.
        arguments: the parsed options.
        inputs: what was read.
        stand_ins: texts in the request that only stand for what is not known.
        again: decides once more with other inputs; None if that cannot be done.
    """

    def __init__(
        self,
        answer: Decision | GatewayResponse,
        arguments: argparse.Namespace,
        inputs: Inputs,
        stand_ins: Iterable[str] = (),
        again: Callable[[Inputs], bool] | None = None,
    ) -> None:
        self._arguments = arguments
        self._inputs = inputs
        self._again = again
        found = suggested_changes(answer, stand_ins=tuple(stand_ins))
        self.result = self._confirmed(found)

    def _confirmed(self, found: SuggestionResult) -> SuggestionResult:
        """The suggestions whose files, read again with the changes, let the call through."""
        kept = tuple(each for each in found.suggestions if self._is_confirmed(each))
        if kept or not found.suggestions:
            return found._replace(suggestions=kept)
        reason = "the file of the API, read again with a change, does not let the call through"
        return SuggestionResult(instead=(reason, *found.instead))

    def _is_confirmed(self, suggestion: Suggestion) -> bool:
        path = self._arguments.api
        changed = {source.name: text for source, text in suggestion.texts()}
        if self._again is None or path is None or name_of(path) not in changed:
            return True
        return self._again(self._inputs.with_text(path, changed[name_of(path)]))

    def with_suggestions(self, result: PrintableResult) -> PrintableResult:
        """A result to print, followed by the suggestions."""

        def lines(width: int | None) -> Iterator[StyledLine]:
            yield from result.lines(width)
            yield styled_line()
            yield from suggestion_lines(self.result, width)

        def data() -> Mapping[str, Any]:
            return {**result.data(), **suggestions_data(self.result)}

        return PrintableResult(lines, data)

    def write_chosen(self, exit_code: ExitCode) -> ExitCode:
        """Write the suggestion of ``--apply`` into its files, if one is chosen; else nothing.

        Returns:
            The exit code of the answer, or that of unusable input if a file cannot be written.
        """
        chosen = self._arguments.apply
        if chosen is None or exit_code is ExitCode.ALLOWED:
            return exit_code
        before = len(self._inputs.faults)
        if self._inputs.attempt(lambda: self._write(int(chosen))) is None:
            write_errors(self._inputs.faults[before:], COMMAND, self._arguments.color)
            return ExitCode.UNUSABLE_INPUT
        return exit_code

    def _write(self, number: int) -> bool:
        suggestions = self.result.suggestions
        if not suggestions:
            raise UsageError("--apply: there is no suggestion to write", advice=_ADVICE)
        if number > len(suggestions):
            found = counted(len(suggestions), "suggestion")
            raise UsageError(
                f"--apply {number}: there {'is' if len(suggestions) == 1 else 'are'} {found}", advice=_ADVICE
            )
        texts = suggestions[number - 1].texts()
        for source, _ in texts:
            if source.name == STANDARD_INPUT_NAME:
                raise UsageError("--apply: the change is one of standard input, which is no file", advice=_ADVICE)
            check_file(source.name, source.text)
        for source, after in texts:
            change_file(source.name, source.text, after)
            write_error(f"{COMMAND}: changed {source.name}")
        return True


_ADVICE = "--suggest alone shows the changes"
