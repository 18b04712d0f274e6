"""``--context`` and ``--at``: the values of condition keys, from the command line and from files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from execpolicy.cli.condition_key import is_key, not_a_key
from execpolicy.cli.context_file import read_values
from execpolicy.cli.inputs import Inputs
from execpolicy.errors import Diagnostic, RequestError
from execpolicy.language.context import Context
from execpolicy.source import Source, Span

OPTION = "--context"
AT_OPTION = "--at"
NOW = "now"


class Given(NamedTuple):
    """One key with its values, and where they were given. Those of one ``option`` alone can make a list."""

    key: str
    values: tuple[str, ...]
    source: Source
    span: Span
    option: str = ""

    @property
    def place(self) -> str:
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


def read_context(inputs: Inputs, options: Sequence[str], *, at: str | None, complete: bool) -> Context | None:
    """The context that the options give.

    Args:
        inputs: reads the files and takes what is wrong.
        options: the values of ``--context``: ``key=value``, or the name of a file.
        at: the value of ``--at``, which gives aws:CurrentTime.
        complete: whether keys that are not given are absent.

    Returns:
        The context, or None where something is wrong.
    """
    before = len(inputs.faults)
    merged: dict[str, Given] = {}
    for given in (*_at(at), *_options(inputs, options)):
        _check_values(inputs, given)
        _merge(inputs, merged, given)
    if len(inputs.faults) > before:
        return None
    return Context({given.key: given.values for given in merged.values()}, complete=complete)


def _at(at: str | None) -> Iterator[Given]:
    if at is not None:
        source = Source(AT_OPTION, at)
        yield Given("aws:CurrentTime", (_now() if at == NOW else at,), source, source.span(0, len(at)))


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _options(inputs: Inputs, options: Sequence[str]) -> Iterator[Given]:
    for text in options:
        key, equals, value = text.partition("=")
        if not equals:
            for name, values, source, span in read_values(inputs, text, OPTION):
                yield Given(name, values, source, span)
            continue
        source = Source(OPTION, text)
        if is_key(key):
            yield Given(key, (value,), source, source.span(len(key) + 1, len(text)), OPTION)
        else:
            inputs.faults.append(not_a_key(key, source, source.span(0, len(key))))


def _check_values(inputs: Inputs, given: Given) -> None:
    """Refuse values that do not fit their key, at the place where they were given."""
    try:
        Context({given.key: given.values})
    except RequestError as error:
        inputs.faults.append(
            error.diagnostic._replace(source=given.source, span=given.span, advice=_advice(given, error.advice))
        )


def _advice(given: Given, advice: str) -> str:
    if given.source.name == AT_OPTION:
        return "such as 2026-03-01T12:00:00Z, 1772366400 or now"
    return advice


def _merge(inputs: Inputs, merged: dict[str, Given], given: Given) -> None:
    key = given.key.lower()
    known = merged.get(key)
    if known is None:
        merged[key] = given
    elif known.option and known.option == given.option:
        merged[key] = known._replace(values=known.values + given.values)
    else:
        message = f"found {given.key} a second time; the first is at {known.place}"
        advice = "give a key in one place; names of keys are case-insensitive"
        inputs.faults.append(Diagnostic(message, given.source, given.span, advice=advice, rule="CND-2"))
