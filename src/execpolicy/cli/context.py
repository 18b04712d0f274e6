"""The context of a request, from ``--context``, ``--at``, ``--partial`` and ``--allow-unknown-key``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from execpolicy._base.records import NamedTuple
from execpolicy.cli.inputs import Inputs
from execpolicy.errors import Diagnostic, RequestError, Source, Span
from execpolicy.language.context import Context
from execpolicy.language.key_names import invalid_key_name, is_known, unknown_key

OPTION = "--context"
ALLOW_OPTION = "--allow-unknown-key"
AT_OPTION = "--at"
NOW = "now"


def allow_key_option(name: str) -> str:
    """The option that accepts a condition key that is not in the catalogue."""
    from shlex import quote

    return f"{ALLOW_OPTION} {quote(name)}"


class ContextEntry(NamedTuple):
    """One context key with its values, the place of the values, and the place of the key (``named``).

    A key that is given several times has a list of values only if all of them come from the same ``option``.
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


class GivenContext(NamedTuple):
    """The context that the options give, and the place where each key is given."""

    context: Context
    given: Mapping[str, ContextEntry]

    def accepts_keys(self, inputs: Inputs, refuse: Callable[[], object]) -> bool:
        """Whether every key is known. A key for which ``refuse`` raises RequestError is reported at its place."""
        if not self.context.uncatalogued():
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


def read_context(inputs: Inputs, arguments: argparse.Namespace) -> GivenContext | None:
    """The context that the options ``--context``, ``--at``, ``--partial`` and ``--allow-unknown-key`` give.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the arguments of a command that has these options.

    Returns:
        The context, or None if an option cannot be used.
    """
    allow_unknown: list[str] = arguments.allow_unknown_key
    before = len(inputs.faults)
    merged: dict[str, ContextEntry] = {}
    _check_allowed(inputs, allow_unknown)
    for given in (*_at(arguments.at), *_options(inputs, arguments.context, {name.lower() for name in allow_unknown})):
        _check_values(inputs, given)
        _merge(inputs, merged, given)
    if len(inputs.faults) > before:
        return None
    values = {given.key: given.values for given in merged.values()}
    return GivenContext(Context(values, complete=not arguments.partial, allow_unknown=allow_unknown), merged)


def _check_allowed(inputs: Inputs, names: Sequence[str]) -> None:
    for name in names:
        fault = invalid_key_name(name)
        if fault is not None:
            source, (message, advice) = Source(ALLOW_OPTION, name), fault
            inputs.faults.append(Diagnostic(message, source, source.span(0, len(name)), advice=advice, rule="KEY-1"))


def _at(at: str | None) -> Iterator[ContextEntry]:
    if at is not None:
        source = Source(AT_OPTION, at)
        span = source.span(0, len(at))
        yield ContextEntry("aws:CurrentTime", (_now() if at == NOW else at,), source, span, span)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _options(inputs: Inputs, options: Sequence[str], allowed: Collection[str]) -> Iterator[ContextEntry]:
    for text in options:
        key, equals, value = text.partition("=")
        if not equals:
            yield from _keys_in_file(inputs, text, allowed=allowed)
            continue
        source = Source(OPTION, text)
        named = source.span(0, len(key))
        fault = _fault_of_key(key, source, named, allowed=allowed)
        if fault is None:
            yield ContextEntry(key, (value,), source, source.span(len(key) + 1, len(text)), named, OPTION)
        else:
            inputs.faults.append(fault)


def _check_values(inputs: Inputs, given: ContextEntry) -> None:
    """Report values that do not fit the type of their key, at the place where they are given."""
    try:
        Context({given.key: given.values}, allow_unknown=[given.key])
    except RequestError as error:
        inputs.faults.append(
            error.diagnostic._replace(
                source=given.source, span=given.span, advice=_advice_on_value(given, error.advice)
            )
        )


def _advice_on_value(given: ContextEntry, advice: str) -> str:
    if given.source.name == AT_OPTION:
        return "such as 2026-03-01T12:00:00Z, 1772366400 or now"
    return advice


def _merge(inputs: Inputs, merged: dict[str, ContextEntry], given: ContextEntry) -> None:
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


def _keys_in_file(inputs: Inputs, path: str, *, allowed: Collection[str]) -> Iterator[ContextEntry]:
    """The keys of a file, in its order.

    Args:
        inputs: reads the file and collects the errors.
        path: the name of the file.
        allowed: lower-case names of keys that are accepted although the catalogue does not have them.
    """
    # Most contexts are given by options alone.
    from execpolicy.cli.context_file import read_context_file

    for key in read_context_file(inputs, path, OPTION):
        fault = _fault_of_key(key.name, key.source, key.named, allowed=allowed)
        if fault is not None:
            inputs.faults.append(fault)
            continue
        values = key.values(inputs)
        if values is not None:
            yield ContextEntry(key.name, values, key.source, key.span, key.named)


def _fault_of_key(name: str, source: Source, span: Span, *, allowed: Collection[str]) -> Diagnostic | None:
    """The error about a name that cannot be a condition key; None if it can be one or is allowed."""
    if is_known(name) or name.lower() in allowed:
        return None
    message, advice = unknown_key(name, option_to_accept=allow_key_option)
    return Diagnostic(message, source, span, advice=advice, rule="KEY-1")
