"""The lines of an explanation: a layer with its policies, statements and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.outline import OutlineLine
from execpolicy.document.syntax.wording import listed
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
        yield from _statement_lines(layer, policy.level, statement)


#: What an Allow of a resource policy requires of other layers, by how it names the caller (EVL-4).
_REQUIRES_TOO = {
    Grant.ACCOUNT: ", and names the account: an identity-based policy must allow as well",
    Grant.ROLE: ", and names the role or user of the session: boundary and session policies must allow as well",
}


def statement_text(layer: Layer, level: int, statement: StatementTrace) -> str:
    """The place and the Sid of a statement, and whether it applies."""
    applies = {True: "applies", False: "does not apply", None: "may apply"}[statement.applies]
    return f"{statement_name(layer, level, statement)} {applies}{requires_too(layer, statement)}"


def statement_name(layer: Layer, level: int, statement: StatementTrace) -> str:
    """The place, the effect and the Sid of a statement; ``level`` is that of its policy."""
    label = f"{statement.effect} {statement.sid or f'statement {statement.number}'}"
    of_level = f" (level {level})" if layer in (Layer.SCP, Layer.RCP) else ""
    return f"{statement.place}: {label}{of_level}"


def requires_too(layer: Layer, statement: StatementTrace) -> str:
    """What else must allow besides an Allow of a resource policy (EVL-4); empty for other statements."""
    is_grant = layer is Layer.RESOURCE and statement.effect == "Allow"
    return _REQUIRES_TOO.get(statement.grant, "") if is_grant else ""


def _statement_lines(layer: Layer, level: int, statement: StatementTrace) -> Iterator[OutlineLine]:
    yield OutlineLine(1, _style(statement), statement_text(layer, level, statement), statement)
    yield from clause_lines(statement, 2)


def clause_lines(statement: StatementTrace, depth: int) -> Iterator[OutlineLine]:
    """The notes on a statement that applies; of another one, its first clause that does not hold or is not known."""
    if statement.applies is True:
        for trace in statement.clauses:
            if trace.note:
                yield OutlineLine(depth, "note", trace.note)
    else:
        assert statement.failed is not None, "a statement that does not apply has a clause that does not hold"
        yield from failed_lines(statement.failed, depth, f"{statement.failed.place}: ")


def listed_layers(layers: Iterable[Layer], article: str) -> str:
    """The types of the policies of layers, each with an article: ``no session policy and no permissions boundary``."""
    kinds = dict.fromkeys(layer.policy_type for layer in layers)
    return listed((f"{article} {kind}" for kind in kinds), "and")


def _style(statement: StatementTrace) -> str:
    if statement.determining:
        return "determining"
    return {True: "applies", False: "passed_over", None: "undecided"}[statement.applies]


def failed_lines(failed: ClauseTrace, depth: int, place: str = "") -> Iterator[OutlineLine]:
    """What a clause expects, and what the request has; ``place`` stands before it."""
    where = f"{place}{clause_name(failed)}"
    has_no_values = failed.element in ("Effect", "Statement") or (failed.element == "Condition" and not failed.key)
    shown_by_note = failed.element in ("Resource", "NotResource") and not failed.unknown_values
    if failed.note and (shown_by_note or has_no_values):
        # The first lines show the request's ARN, and the note shows where the two differ.
        yield OutlineLine(depth, "failed", f"{where}: {failed.note}")
        return
    expected = values_text(failed.expected)
    if failed.reason is Reason.EXCLUDED or (failed.reason is Reason.UNKNOWN and "Not" in failed.operator):
        expected = f"anything but {expected}"
    if failed.reason is Reason.UNKNOWN:
        yield OutlineLine(depth, "failed", f"{where}: expected {expected}; {failed.note}")
        return
    actual = values_text(failed.actual) if failed.actual else "no value"
    yield OutlineLine(depth, "failed", f"{where}: expected {expected}; the request has {actual}")
    if failed.note:
        yield OutlineLine(depth + 1, "note", failed.note)


def clause_name(trace: ClauseTrace) -> str:
    """The element of a clause; of a condition its operator and key."""
    return f"{trace.operator} {trace.key}" if trace.key else trace.operator or trace.element


#: A line shows this many values of a list, and this many characters of each value.
_MAX_VALUES = 4
_MAX_LENGTH = 160


def values_text(values: tuple[str, ...]) -> str:
    """The values of a clause or of a key, cut if they are many or long."""
    shown = " or ".join(
        f"`{value if len(value) <= _MAX_LENGTH else value[:_MAX_LENGTH] + '…'}`" for value in values[:_MAX_VALUES]
    )
    more = len(values) - _MAX_VALUES
    return f"{shown} or {more} more" if more > 0 else shown or "nothing"
