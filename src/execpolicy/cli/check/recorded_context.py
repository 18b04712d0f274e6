"""The context of a call that a text describes: what the options give and what the text says (LOG-5)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.cli.context import ContextEntry, GivenContext
from execpolicy.cli.inputs import Inputs
from execpolicy.errors import Diagnostic, ExecPolicyError
from execpolicy.language.context import Context
from execpolicy.loaders.read_call import ReadCall
from execpolicy.loaders.written_text import WrittenText

#: Condition keys that only signed calls have.
_OF_SIGNED = "aws:PrincipalOrgID"


def context_of_recorded(
    inputs: Inputs, given: GivenContext, call: ReadCall, *, is_private: bool, allow_unknown: tuple[str, ...]
) -> GivenContext | None:
    """The context of a call; None if the options contradict its text.

    Args:
        inputs: collects the errors.
        given: what the options give.
        call: the call.
        is_private: whether the API is private.
        allow_unknown: context keys that are accepted although the catalogue does not have them.
    """
    merged = dict(given.given)
    before = len(inputs.faults)
    for entry in _entries(call, is_private=is_private):
        known = merged.setdefault(entry.key.lower(), entry)
        if known.values != entry.values:
            shown = ", ".join(entry.values) or "absent"
            message = f"{known.option or known.place} gives {entry.key}, and the text has another value: {shown}"
            inputs.faults.append(Diagnostic(message, entry.source, entry.span, advice="give it in one place"))
    if len(inputs.faults) > before:
        return None
    complete = given.context.complete and call.is_of_client
    values = {entry.key: entry.values for entry in merged.values()}
    try:
        return GivenContext(Context(values, complete=complete, allow_unknown=allow_unknown), merged)
    except ExecPolicyError as error:
        inputs.faults.append(placed(call, error))
        return None


def _entries(call: ReadCall, *, is_private: bool) -> Iterator[ContextEntry]:
    """The condition keys that the text of a call gives, or says to be absent."""
    if call.source_ip is not None:
        place = call.written.get("source_ip", _line(call))
        yield _entry("aws:VpcSourceIp" if is_private else "aws:SourceIp", (call.source_ip,), place)
    for key, value in call.context.items():
        if key != _OF_SIGNED or call.is_signed:
            yield _entry(key, (value,), _line(call))
    for key in call.absent:
        if key != _OF_SIGNED or call.is_signed:
            yield _entry(key, (), _line(call))


def _entry(key: str, values: tuple[str, ...], place: WrittenText) -> ContextEntry:
    return ContextEntry(key, values, place.source, place.span, place.span)


def _line(call: ReadCall) -> WrittenText:
    """The beginning of the text of a call, which stands for the whole."""
    return call.text.part(0, min(1, len(call.text.value)))


#: The library's names for the parts of a call, and the attributes of ``ReadCall`` that have them.
_PARTS = {
    "<domain_name>": "host",
    "<principal>": "caller_arn",
    "<context aws:SourceIp>": "source_ip",
    "<context aws:VpcSourceIp>": "source_ip",
}


def placed(call: ReadCall, error: ExecPolicyError) -> Diagnostic:
    """The diagnostic of an error about a call, at the place in its text; by default at the beginning of the text."""
    fault, source = error.diagnostic, error.source
    if source is not None and not source.name.startswith("<"):
        return fault
    name = "" if source is None else source.name
    part = call.written.get(_PARTS.get(name, name.strip("<>")), _line(call))
    if source is not None and error.span is not None and part.value == source.text:
        part = part.part(error.span.column - 1, error.span.end_column - 1)
    return fault._replace(source=part.source, span=part.span)
