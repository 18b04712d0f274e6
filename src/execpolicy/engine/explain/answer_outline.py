"""The lines of an answer: the verdict, the statements that decide, and what would change the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from execpolicy._base.outline import OutlineLine
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.syntax.wording import counted
from execpolicy.engine.assumptions import ASSUMPTIONS
from execpolicy.engine.explain.allowing_context import AllowingContext, allowing_context
from execpolicy.engine.explain.answer import CALLERS_OWN, Answer
from execpolicy.engine.explain.outline import (
    clause_name,
    failed_lines,
    listed_layers,
    requires_too,
    statement_name,
    statement_text,
    values_text,
)
from execpolicy.engine.explain.subject import subject
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.engine.explain.unknown_place import unknown_places
from execpolicy.engine.layers import Layer, Outcome

if TYPE_CHECKING:
    from execpolicy.engine.full.evaluation import Evaluation


def _in_words(found: AllowingContext) -> str:
    return " and ".join(f"{key}={value}" for key, value in found.values)


class AnswerWords(NamedTuple):
    """How an answer names what its reader can do: in Python, or in a shell.

    Attributes:
        everything: what shows every statement; empty where nothing does.
        context: writes values of context keys.
        decide: what decides an indeterminate outcome; empty where the headline says it all.
        next_step: what to do about a call that is refused; empty where there is nothing to add.
    """

    everything: str = "explain().full() shows them"
    context: Callable[[AllowingContext], str] = _in_words
    decide: str = ""
    next_step: str = ""


IN_PYTHON = AnswerWords()

#: Of a statement that does not apply, this many clauses are shown.
MAX_UNMET = 3
#: A line names this many keys.
MAX_KEYS = 4


def answer_lines(evaluation: Evaluation, found: Answer, words: AnswerWords = IN_PYTHON) -> Iterator[OutlineLine]:
    """The lines of an answer.

    Args:
        evaluation: the evaluation of the request.
        found: the statements to show.
        words: how the answer names what its reader can do.
    """
    denied = evaluation.outcome in (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
    yield OutlineLine(0, evaluation.outcome.value, headline(evaluation))
    # AWS's message has the action.
    yield OutlineLine(1, "fact", subject(evaluation.request, with_action=not denied))
    yield from statement_lines(evaluation, found)
    yield from fact_lines(evaluation, found)
    yield from unknown_lines(evaluation)
    yield from decide_lines(words)
    allowing = None if evaluation.outcome is Outcome.ALLOW else allowing_context(evaluation)
    yield from allowing_lines(allowing, words)
    if allowing is None:
        yield from _absent_lines(evaluation)
    if denied:
        yield OutlineLine(0, "fact", evaluation.message, label="AWS answers")
    yield from others_lines([found.others], words)
    yield from map(assumption_line, sorted(evaluation.assumed))


def headline(evaluation: Evaluation) -> str:
    """The verdict, and the policies that decide it."""
    outcome = evaluation.outcome
    if outcome is Outcome.ALLOW:
        return f"ALLOW: {_allowing_layers(evaluation)}"
    if outcome is Outcome.INDETERMINATE:
        return f"INDETERMINATE: {_open_question(evaluation)}"
    # Other layers may block too, if a key that is not known has a certain value.
    blocking = evaluation.verdicts.best.blocked_by
    if outcome is Outcome.EXPLICIT_DENY:
        return f"DENY (explicit): a Deny applies {listed_layers(blocking, 'in the')}"
    return f"DENY (implicit): {listed_layers(blocking, 'no')} allows {evaluation.request.action}"


def _allowing_layers(evaluation: Evaluation) -> str:
    """The layers that allow, with their verb. RCPs only deny (EVL-3)."""
    if evaluation.needs_no_allow:
        return "no policy denies it"
    layers = [layer for layer, each in evaluation.verdicts.layers.items() if each.grant and layer is not Layer.RCP]
    layers.sort(key=lambda layer: layer not in CALLERS_OWN)
    several = len({layer.policy_type for layer in layers}) > 1
    return f"{listed_layers(layers, 'the')} {'allow' if several else 'allows'} it"


def _open_question(evaluation: Evaluation) -> str:
    """Which outcomes are possible, and what decides between them."""
    keys, values = sorted(evaluation.missing_keys), evaluation.unknown_values
    reasons = [f"{_first_of(keys)} {'is' if len(keys) == 1 else 'are'} not known"] if keys else []
    reasons += [f"{_first_of(values)} {'has' if len(values) == 1 else 'have'} no value"] if values else []
    what = ", and ".join(reasons) or "a detail of the request is not known"
    if Outcome.ALLOW in (evaluation.verdicts.worst.outcome, evaluation.verdicts.best.outcome):
        return f"allowed or denied: {what}"
    return f"denied in any case, by a Deny or without one: {what}"


def _first_of(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = [f"{len(names) - MAX_KEYS} more"] if len(names) > MAX_KEYS else []
    return " and ".join([*names[:MAX_KEYS], *more])


def statement_lines(evaluation: Evaluation, found: Answer, depth: int = 0) -> Iterator[OutlineLine]:
    """The statements that decide, then those that nearly allow; each with the clauses that need notice."""
    for each in (*found.deciding, *found.nearest):
        statement = each.statement
        style = "determining" if statement.applies else "undecided"
        # Of an Allow that is enough, what else must allow is no news.
        text = f"{statement_name(*each)} applies" if statement.applies else statement_text(*each)
        yield OutlineLine(depth, style, text, statement)
        yield from _clause_lines(statement, depth + 1)
    if evaluation.outcome is Outcome.IMPLICIT_DENY:
        for layer in evaluation.verdicts.worst.blocked_by:
            if layer not in evaluation.layers or not evaluation.layers[layer].table.rows:
                yield OutlineLine(depth, "fact", f"there is no {layer.policy_type}")


def _clause_lines(statement: StatementTrace, depth: int) -> Iterator[OutlineLine]:
    """The clauses that fail or are not known; of a Deny that applies, what its conditions find."""
    for trace in statement.unmet(MAX_UNMET):
        yield from failed_lines(trace, depth)
    for trace in () if statement.failed else statement.clauses:
        if trace.note:
            yield OutlineLine(depth, "note", trace.note)
        elif statement.effect == "Deny" and trace.operator and trace.actual:
            found = values_text(trace.actual)
            yield OutlineLine(depth, "note", f"{clause_name(trace)} holds: the request has {found}")


def fact_lines(evaluation: Evaluation, found: Answer) -> Iterator[OutlineLine]:
    """Of a denial, the statements that allow, and whether they would be enough without the Denies."""
    if evaluation.outcome is Outcome.IMPLICIT_DENY:
        for label, each in zip(("not enough", " ", " "), found.otherwise, strict=False):
            text = statement_name(*each) + requires_too(each.layer, each.statement)
            yield OutlineLine(0, "fact", text, label=label)
    if evaluation.outcome is not Outcome.EXPLICIT_DENY:
        return
    label = "without it" if len(found.deciding) == 1 else "without them"
    begin = "allowed by"
    for each in found.otherwise:
        yield OutlineLine(0, "fact", f"{begin} {statement_name(*each)}", label=label)
        label, begin = " ", "and"
    if not found.otherwise:
        blocking = evaluation.without_denies.blocked_by
        text = f"denied too: {listed_layers(blocking, 'no')} allows it" if blocking else "allowed"
        yield OutlineLine(0, "fact", text, label=label)


def unknown_lines(evaluation: Evaluation) -> Iterator[OutlineLine]:
    """The values that have none and that an indeterminate outcome depends on, each with its place (SRC-10)."""
    if not evaluation.unknown_values:
        return
    label = "no value"
    for name, place in unknown_places(evaluation).items():
        yield OutlineLine(0, "missing", f"{name} ({place})", label=label)
        label = " "


def decide_lines(words: AnswerWords) -> Iterator[OutlineLine]:
    """What decides an indeterminate outcome, and what to do next."""
    if words.decide:
        yield OutlineLine(0, "command", words.decide, label="decide with")
    if words.next_step:
        yield OutlineLine(0, "advice", words.next_step, label="next")


def allowing_lines(found: AllowingContext | None, words: AnswerWords) -> Iterator[OutlineLine]:
    """The context that would allow, if there is one."""
    if found is None:
        return
    yield OutlineLine(0, "command", words.context(found), found, label="allowed with")
    for key, values in found.replaced:
        yield OutlineLine(0, "fact", f"in place of {key}={','.join(values)}", label=" ")


def _absent_lines(evaluation: Evaluation) -> Iterator[OutlineLine]:
    """The absent keys with which a known outcome may be another one."""
    keys = () if evaluation.outcome is Outcome.INDETERMINATE else sorted(evaluation.missing_keys)
    if keys:
        names = ", ".join(keys[:MAX_KEYS]) + (f" and {len(keys) - MAX_KEYS} more" if len(keys) > MAX_KEYS else "")
        text = f"{names}: a request that has {'it' if len(keys) == 1 else 'one'} may have another outcome"
        yield OutlineLine(0, "missing", text, label="absent")


def others_lines(others: Iterable[tuple[int, int, int]], words: AnswerWords) -> Iterator[OutlineLine]:
    """How many statements are not shown: those that apply, may apply, and do not apply, of each answer."""
    verbs = (("applies", "apply"), ("may apply", "may apply"), ("does not match", "do not match"))
    counts = [
        f"{counted(count, 'other')} {verb[count > 1]}"
        for count, verb in zip(map(sum, zip(*others, strict=True)), verbs, strict=False)
        if count
    ]
    if counts:
        yield OutlineLine(
            0, "more", ", ".join(counts) + (f" ({words.everything})" if words.everything else ""), label="statements"
        )


def assumption_line(rule: str, others: Mapping[str, str] = MappingProxyType({})) -> OutlineLine:
    """What an assumed rule says that the outcome depends on; ``others`` has the rules that are not of policies."""
    return OutlineLine(0, "assumed", f"{others.get(rule) or ASSUMPTIONS[rule]} ({rule})", label="assumed")
