"""The lines of an explanation: a layer with its policies, statements and clauses."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.outline import OutlineLine
from execpolicy.engine.explain.reasons import Reason
from execpolicy.engine.explain.trace import ClauseTrace, LayerTrace, PolicyTrace, StatementTrace
from execpolicy.engine.layers import Layer
from execpolicy.language.grant import Grant

_VERDICTS = {"explicit_deny": "denies", "allow": "allows", "implicit_deny": "does not allow", "unknown": "is not known"}


def layer_lines(layer: LayerTrace) -> Iterator[OutlineLine]:
    """A layer and all its statements."""
    name = layer.layer.policy_type
    if layer.outcome is None:
        yield OutlineLine(0, "not_applicable", f"{name}: not applicable: {layer.not_applicable}")
        return
    words = "does not deny" if layer.layer is Layer.RCP and layer.verdict == "allow" else _VERDICTS[layer.verdict]
    yield OutlineLine(0, layer.verdict, f"{name}: {words}")
    if not layer.policies:
        yield OutlineLine(1, "fact", "no policy is attached")
        return
    for level in range(layer.levels):
        of_level = [policy for policy in layer.policies if policy.level == level]
        if not of_level:
            yield OutlineLine(1, "fact", f"level {level} has no policy")
        for policy in of_level:
            yield from _policy_lines(layer.layer, policy)


def _policy_lines(layer: Layer, policy: PolicyTrace) -> Iterator[OutlineLine]:
    if not policy.statements:
        yield OutlineLine(1, "fact", f"{policy.name} has no statements")
    for statement in policy.statements:
        yield from _statement_lines(layer, policy, statement)


#: What an Allow of a resource policy requires of other layers, by how it names the caller (EVL-4).
_REQUIRES_TOO = {
    Grant.ACCOUNT: ", and names the account: an identity-based policy must allow as well",
    Grant.ROLE: ", and names the role or user of the session: boundary and session policies must allow as well",
}


def _statement_lines(layer: Layer, policy: PolicyTrace, statement: StatementTrace) -> Iterator[OutlineLine]:
    label = f"{statement.effect} {statement.sid or f'statement {statement.number}'}"
    level = f" (level {policy.level})" if layer in (Layer.SCP, Layer.RCP) else ""
    applies = {True: "applies", False: "does not apply", None: "may apply"}[statement.applies]
    requires_too = (
        _REQUIRES_TOO.get(statement.grant, "") if layer is Layer.RESOURCE and statement.effect == "Allow" else ""
    )
    yield OutlineLine(1, _style(statement), f"{statement.place}: {label}{level} {applies}{requires_too}", statement)
    if statement.applies is True:
        for trace in statement.clauses:
            if trace.note:
                yield OutlineLine(2, "note", trace.note)
    else:
        assert statement.failed is not None, "a statement that does not apply has a clause that does not hold"
        yield from _failed_lines(statement.failed)


def _style(statement: StatementTrace) -> str:
    if statement.determining:
        return "determining"
    return {True: "applies", False: "passed_over", None: "undecided"}[statement.applies]


def _failed_lines(failed: ClauseTrace) -> Iterator[OutlineLine]:
    where = f"{failed.place}: {_subject(failed)}"
    is_empty_condition = failed.element == "Condition" and not failed.key
    if failed.note and (failed.element in ("Resource", "NotResource") or is_empty_condition):
        # The first lines show the request's ARN, and the note shows where the two differ.
        yield OutlineLine(2, "failed", f"{where}: {failed.note}")
        return
    expected = _values(failed.expected)
    if failed.reason is Reason.EXCLUDED:
        expected = f"anything but {expected}"
    if failed.reason is Reason.UNKNOWN:
        yield OutlineLine(2, "failed", f"{where}: expected {expected}; {failed.note}")
        return
    actual = _values(failed.actual) if failed.actual else "no value"
    yield OutlineLine(2, "failed", f"{where}: expected {expected}; the request has {actual}")
    if failed.note:
        yield OutlineLine(3, "note", failed.note)


def _subject(trace: ClauseTrace) -> str:
    return f"{trace.operator} {trace.key}" if trace.key else trace.operator or trace.element


#: A line shows this many values of a list, and this many characters of each value.
_MAX_VALUES = 4
_MAX_LENGTH = 160


def _values(values: tuple[str, ...]) -> str:
    shown = " or ".join(
        f"`{value if len(value) <= _MAX_LENGTH else value[:_MAX_LENGTH] + '…'}`" for value in values[:_MAX_VALUES]
    )
    more = len(values) - _MAX_VALUES
    return f"{shown} or {more} more" if more > 0 else shown or "nothing"
