"""``--context`` and ``--at``: the values of condition keys, from the command line and from files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from execpolicy.cli.condition_key import ALLOW_OPTION, fault_of_key
from execpolicy.cli.context_file import read_values
from execpolicy.cli.inputs import Inputs
from execpolicy.errors import Diagnostic, RequestError
from execpolicy.language.context import Context
from execpolicy.language.key_names import fault_of_admitted
from execpolicy.source import Source, Span

OPTION = "--context"
AT_OPTION = "--at"
NOW = "now"


class Given(NamedTuple):
    """One key with its values, where they were given, and where the key is ``named``.

    Values of one ``option`` alone can make a list.
    """

    key: str
    values: tuple[str, ...]
    source: Source
    span: Span
    named: Span
    option: str = ""

    @property
    def place(self) -> str:
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


class Told(NamedTuple):
    """The context that the options give, and where they give each key."""

    context: Context
    given: Mapping[str, Given]

    def is_named(self, inputs: Inputs, refuse: Callable[[], object]) -> bool:
        """Whether each key means something; one for which ``refuse`` raises RequestError is reported at its place."""
        if not self.context.foreign():
            return True
        try:
            refuse()
        except RequestError as error:
            inputs.faults.append(self._placed(error.diagnostic))
            return False
        return True

    def _placed(self, fault: Diagnostic) -> Diagnostic:
        assert fault.source is not None, "the text of the source is the key"
        given = self.given[fault.source.text.lower()]
        return fault._replace(source=given.source, span=given.named)


def read_context(inputs: Inputs, arguments: argparse.Namespace) -> Told | None:
    """The context that the options ``--context``, ``--at``, ``--partial`` and ``--allow-unknown-key`` give.

    Args:
        inputs: reads the files and takes what is wrong.
        arguments: the arguments of a command that has these options.

    Returns:
        The context, or None where something is wrong.
    """
    allow_unknown: list[str] = arguments.allow_unknown_key
    before = len(inputs.faults)
    merged: dict[str, Given] = {}
    _check_allowed(inputs, allow_unknown)
    for given in (*_at(arguments.at), *_options(inputs, arguments.context, {name.lower() for name in allow_unknown})):
        _check_values(inputs, given)
        _merge(inputs, merged, given)
    if len(inputs.faults) > before:
        return None
    values = {given.key: given.values for given in merged.values()}
    return Told(Context(values, complete=not arguments.partial, allow_unknown=allow_unknown), merged)


def _check_allowed(inputs: Inputs, names: Sequence[str]) -> None:
    for name in names:
        fault = fault_of_admitted(name)
        if fault is not None:
            source, (message, advice) = Source(ALLOW_OPTION, name), fault
            inputs.faults.append(Diagnostic(message, source, source.span(0, len(name)), advice=advice, rule="KEY-1"))


def _at(at: str | None) -> Iterator[Given]:
    if at is not None:
        source = Source(AT_OPTION, at)
        span = source.span(0, len(at))
        yield Given("aws:CurrentTime", (_now() if at == NOW else at,), source, span, span)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _options(inputs: Inputs, options: Sequence[str], allowed: Collection[str]) -> Iterator[Given]:
    for text in options:
        key, equals, value = text.partition("=")
        if not equals:
            yield from (Given(*found) for found in read_values(inputs, text, OPTION, allowed=allowed))
            continue
        source = Source(OPTION, text)
        named = source.span(0, len(key))
        fault = fault_of_key(key, source, named, allowed=allowed)
        if fault is None:
            yield Given(key, (value,), source, source.span(len(key) + 1, len(text)), named, OPTION)
        else:
            inputs.faults.append(fault)


def _check_values(inputs: Inputs, given: Given) -> None:
    """Refuse values that do not fit their key, at the place where they were given."""
    try:
        Context({given.key: given.values}, allow_unknown=[given.key])
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
