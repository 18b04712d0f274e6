"""A comparison as text, as plain data, as Markdown for a pull request, and as annotations of GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy._base.records import NamedTuple
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.analysis.witness import Witness
from execpolicy.document.syntax.wording import counted
from execpolicy.render.github import AnnotationLevel, annotation
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import outcome_words, statements_of, witness_data, witness_lines

SCHEMA_VERSION = 1

_STYLES = {
    ComparisonVerdict.EQUAL: "allow",
    ComparisonVerdict.STRICTER: "missing",
    ComparisonVerdict.LAXER: "explicit_deny",
    ComparisonVerdict.BOTH: "explicit_deny",
    ComparisonVerdict.UNKNOWN: "indeterminate",
}
_WORDS = {
    ComparisonVerdict.EQUAL: "both versions allow the same requests",
    ComparisonVerdict.STRICTER: "the new version denies requests that the old one allows",
    ComparisonVerdict.LAXER: "the new version allows requests that the old one denies",
    ComparisonVerdict.BOTH: "the new version allows some requests that the old one denies, and denies others",
    ComparisonVerdict.UNKNOWN: "it is not known whether both versions allow the same requests",
}


class ComparedPart(NamedTuple):
    """One thing of which two versions were compared.

    Attributes:
        name: its name, such as the logical id of an API; empty for the only one of two files.
        comparison: the result; None for a part that only one version has.
        change: ``changed``, ``added`` or ``removed``.
        before: the name of the old version.
        after: the name of the new version.
        command: the beginning of a command that decides a request by the new version.
    """

    name: str
    comparison: Comparison | None
    change: str
    before: str
    after: str
    command: tuple[str, ...]


def comparison_lines(parts: Sequence[ComparedPart], width: int | None) -> Iterator[StyledLine]:
    """The verdict of each part, and its witnesses."""
    for part in parts:
        label = f"{part.name}: " if part.name else ""
        if part.comparison is None:
            yield styled_line(("label", printable(label)), ("missing", f"{part.change}: nothing to compare it with"))
            continue
        found = part.comparison
        verdict = found.verdict
        words = f"  {_WORDS[verdict]}"
        yield styled_line(("label", printable(label)), (_STYLES[verdict], verdict.value.upper()), ("", words))
        for mark, witnesses in (("+", found.newly_allowed), ("-", found.newly_denied)):
            for each in witnesses:
                names = (part.before, part.after)
                yield from witness_lines(each, mark, names=names, command=part.command, width=width)
        for reason in found.unknown:
            yield from wrapped(OutlineLine(1, "note", printable(f"not known: {reason}")), width)
        for assumption in found.assumptions if verdict is not ComparisonVerdict.UNKNOWN else ():
            yield from wrapped(OutlineLine(1, "note", printable(f"assumed: {assumption}")), width)


def comparison_data(parts: Sequence[ComparedPart]) -> dict[str, Any]:
    """The comparisons as plain data, in the schema ``docs/schemas/diff-1.json``."""
    return {"schema_version": SCHEMA_VERSION, "parts": [_part_data(part) for part in parts]}


def _part_data(part: ComparedPart) -> dict[str, Any]:
    found = part.comparison
    return {
        "name": part.name,
        "change": part.change,
        "before": part.before,
        "after": part.after,
        "verdict": None if found is None else found.verdict.value,
        "newly_allowed": [] if found is None else [witness_data(each) for each in found.newly_allowed],
        "newly_denied": [] if found is None else [witness_data(each) for each in found.newly_denied],
        "unknown": [] if found is None else list(found.unknown),
        "assumptions": [] if found is None else list(found.assumptions),
    }


def comparison_to_markdown(parts: Sequence[ComparedPart]) -> str:
    """The comparisons as a section of Markdown, made for a comment on a pull request."""
    return "".join(f"{line}\n" for line in _markdown(parts))


def _markdown(parts: Sequence[ComparedPart]) -> Iterator[str]:
    yield "## execpolicy diff"
    for part in parts:
        yield ""
        name = f"{_code(part.name)}: " if part.name else ""
        if part.comparison is None:
            yield f"{name}**{part.change}**."
            continue
        found = part.comparison
        yield f"{name}**{found.verdict.value}**: {_WORDS[found.verdict]}."
        for title, witnesses in (("newly allowed", found.newly_allowed), ("newly denied", found.newly_denied)):
            if witnesses:
                yield ""
                yield f"{counted(len(witnesses), 'request')} {title}:"
                yield ""
                yield f"| request | {_cell(part.before)} | {_cell(part.after)} |"
                yield "|---|---|---|"
                yield from map(_row, witnesses)
        for reason in found.unknown:
            yield ""
            yield f"Not known: {_cell(reason)}."


def _row(witness: Witness) -> str:
    request = str(witness).split("\n", 1)[0]
    answers = (witness.after,) if witness.before is None else (witness.before, witness.after)
    cells = (
        " ".join((outcome_words(each), *(f"({_cell(_name(found))})" for found in statements_of(each))))
        for each in answers
    )
    return f"| {_code(request)} | {' | '.join(cells)} |"


def _name(statement: Any) -> str:
    place = f":{statement.span.line}" if statement.span else ""
    return f"{statement.sid or f'Statement[{statement.index}]'}, {statement.policy}{place}"


def _code(text: str) -> str:
    return f"`{printable(text).replace('`', '').replace('|', chr(92) + '|')}`"


def _cell(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def comparison_to_github(parts: Sequence[ComparedPart]) -> str:
    """The comparisons as annotations of GitHub, one for each witness, at the first statement that decides it."""
    return "".join(f"{line}\n" for line in _annotations(parts))


def _annotations(parts: Sequence[ComparedPart]) -> Iterator[str]:
    for part in parts:
        if part.comparison is None:
            continue
        found = part.comparison
        for title, level, witnesses in (
            ("newly allowed", AnnotationLevel.ERROR, found.newly_allowed),
            ("newly denied", AnnotationLevel.WARNING, found.newly_denied),
        ):
            for each in witnesses:
                first = next(iter(statements_of(each.after) or statements_of(each.before or each.after)), None)
                span = first.span if first is not None else None
                yield annotation(
                    str(each),
                    title=title,
                    file=first.policy if first is not None and span is not None else "",
                    line=span.line if span is not None else 0,
                    level=level,
                )
        for reason in found.unknown:
            yield annotation(reason, title="not known", level=AnnotationLevel.ERROR)
