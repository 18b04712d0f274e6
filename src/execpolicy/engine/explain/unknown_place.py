"""Where the unknown values stand that an outcome depends on (SRC-10)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.model import Statement
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.unknown_value import unknown_text

if TYPE_CHECKING:
    from execpolicy.engine.full.evaluation import Evaluation


def unknown_places(evaluation: Evaluation) -> dict[str, str]:
    """By the name of each unknown value that decides, the place of the first text of a policy that has it.

    A value that stands in the name of the caller only has the place of this name.
    """
    places: dict[str, str] = {}
    for evaluated in evaluation.layers.values():
        for at in evaluated.may_apply:
            row = evaluated.table.rows[at]
            statement = row.statement.statement
            for name in evaluation.unknown_values:
                stands_for = unknown_text(name)
                text = next((text for text in _texts(statement) if stands_for in text.value), None)
                if text is not None:
                    places.setdefault(name, row.statement.policy.place(text))
    caller = evaluation.request.caller.principal
    if caller.name_in_template is not None:
        from execpolicy.language.unknown_caller import unknown_texts_of

        own = unknown_texts_of(caller)
        for name in evaluation.unknown_values:
            if unknown_text(name) in own:
                places.setdefault(name, caller.name_in_template.place)
    return places


def _texts(statement: Statement) -> Iterator[Text]:
    """The texts of a statement that can have unknown values, in the order of its clauses."""
    if statement.principal is not None:
        for entry in statement.principal.entries:
            yield entry.text
    yield from statement.action.values
    yield from statement.resource.values
    for condition in statement.conditions:
        yield from condition.values
    for part in statement.unknown_parts:
        yield part.text
