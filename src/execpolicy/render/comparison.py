"""A comparison as text, as plain data, as Markdown for a pull request, and as annotations of GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy._base.records import NamedTuple
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.analysis.witness import Witness, deciding_statements
from execpolicy.document.syntax.file_names import relative_name
from execpolicy.document.syntax.wording import counted
from execpolicy.render.github import AnnotationLevel, annotation
from execpolicy.render.markdown import code, escaped
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import outcome_words, witness_data, witness_lines

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
#: What is said where the Deny statements of two versions differ in what nothing allows.
_DENY_WORDS = {
    ComparisonVerdict.STRICTER: (
        "DENIES MORE",
        "the new version denies requests that the old one leaves to other policies",
    ),
    ComparisonVerdict.LAXER: ("DENIES LESS", "another policy may allow requests that the old version denies"),
    ComparisonVerdict.BOTH: (
        "DENIES OTHERS",
        "another policy may allow requests that the old version denies, and conversely",
    ),
    ComparisonVerdict.UNKNOWN: ("UNKNOWN", "it is not known whether both versions deny the same requests explicitly"),
}
#: What is said of a part of which there are no two versions.
_ALONE = {
    "added": "only the new version has it: nothing to compare it with",
    "removed": "only the old version has it: nothing to compare it with",
    "replaced": "the new version has another one of this name: nothing to compare it with",
}
_ALONE_POLICY = "a policy is compared by itself: what other policies allow and deny is not known"
_NOTHING = "neither version describes anything that could be compared"


class PartKind(StrEnum):
    """What is compared."""

    API = "API"
    #: The own policies of a user or role.
    CALLER = "caller"
    POLICY = "policy"
    VPC_ENDPOINT = "VPC endpoint"


class PartChange(StrEnum):
    """How a part of the new version relates to the old one."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    #: Another thing has its name, such as a role with another name or path.
    REPLACED = "replaced"


#: What is taken for granted of what is compared alone: it is always shown, for the answer may mislead without it.
_BY_ITSELF = {
    PartKind.CALLER: (
        "callers are compared by their own policies: APIs of their account have no resource policy, and those of other "
        "accounts allow their calls",
    ),
    PartKind.POLICY: (_ALONE_POLICY,),
    PartKind.VPC_ENDPOINT: (_ALONE_POLICY,),
}


class _Section(NamedTuple):
    """What is said of one comparison: of what two versions allow, or of what they deny explicitly.

    ``titles`` are those of its requests in both directions.
    """

    comparison: Comparison
    verdict: str
    words: str
    titles: tuple[str, str]


class ComparedPart(NamedTuple):
    """One thing of which two versions were compared.

    Attributes:
        what: what it is.
        name: its name, such as the logical id of an API; empty for the only one of two files.
        comparison: the result; None for a part of which there are no two versions.
        change: how the new version relates to the old one.
        before: the name of the old version.
        after: the name of the new version.
        command: the beginning of a command that decides a request by the new version; empty if there is none.
    """

    what: PartKind
    name: str
    comparison: Comparison | None
    change: PartChange
    before: str
    after: str
    command: tuple[str, ...]

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is taken for granted; nothing where nothing is compared."""
        return () if self.comparison is None else (*_BY_ITSELF.get(self.what, ()), *self.comparison.assumptions)


def comparison_lines(parts: Sequence[ComparedPart], width: int | None, *, verbose: bool) -> Iterator[StyledLine]:
    """The verdict of each part, and its witnesses.

    Args:
        parts: what was compared.
        width: the number of columns, or None for lines of any length.
        verbose: whether to list all that is taken for granted.
    """
    if not parts:
        yield styled_line(("", _NOTHING))
    for part in parts:
        yield from _part_lines(part, width)
    for assumption in _assumptions(each for each in parts if verbose or each.what in _BY_ITSELF):
        yield from wrapped(OutlineLine(0, "note", printable(f"assumed: {assumption}")), width)


def _part_lines(part: ComparedPart, width: int | None) -> Iterator[StyledLine]:
    label = f"{part.what} {part.name}: " if part.name else ""
    found = part.comparison
    if found is None:
        yield styled_line(
            ("label", printable(label)), ("missing", part.change.upper()), ("", f"  {_ALONE[part.change]}")
        )
        return
    for section in _sections(found):
        compared = section.comparison
        style = (_STYLES[compared.verdict], section.verdict.upper())
        yield styled_line(("label", printable(label)), style, ("", f"  {section.words}"))
        for mark, witnesses in (("+", compared.newly_allowed), ("-", compared.newly_denied)):
            for each in witnesses:
                names = (part.before, part.after)
                yield from witness_lines(each, mark, names=names, command=part.command, width=width)
        for reason in compared.unknown:
            yield from wrapped(OutlineLine(1, "note", printable(f"not known: {reason}")), width)


def _sections(found: Comparison) -> Iterator[_Section]:
    """What is said of a comparison; of what is denied explicitly only where that is not the same."""
    yield _Section(found, found.verdict.value, _WORDS[found.verdict], ("newly allowed", "newly denied"))
    denies = found.explicit_denies
    if denies is not None and denies.verdict is not ComparisonVerdict.EQUAL:
        verdict, words = _DENY_WORDS[denies.verdict]
        yield _Section(denies, verdict.lower(), words, ("no longer denied", "newly denied explicitly"))


def _directions(section: _Section) -> Iterator[tuple[str, tuple[Witness, ...]]]:
    """The requests of each direction with their title, where there are some."""
    for title, witnesses in zip(
        section.titles, (section.comparison.newly_allowed, section.comparison.newly_denied), strict=True
    ):
        if witnesses:
            yield title, witnesses


def _assumptions(parts: Iterable[ComparedPart]) -> Sequence[str]:
    """What is taken for granted of some part, each once."""
    return list(dict.fromkeys(text for part in parts for text in part.assumptions))


def comparison_data(parts: Sequence[ComparedPart]) -> dict[str, Any]:
    """The comparisons as plain data, in the schema ``docs/schemas/diff-1.json``."""
    return {"schema_version": SCHEMA_VERSION, "parts": [_part_data(part) for part in parts]}


def _part_data(part: ComparedPart) -> dict[str, Any]:
    found = part.comparison
    return {
        "kind": part.what.value,
        "name": part.name,
        "change": part.change.value,
        "before": part.before,
        "after": part.after,
        "verdict": None if found is None else found.verdict.value,
        "newly_allowed": [] if found is None else [witness_data(each) for each in found.newly_allowed],
        "newly_denied": [] if found is None else [witness_data(each) for each in found.newly_denied],
        "explicit_denies": None if found is None else _denies_data(found.explicit_denies),
        "unknown": [] if found is None else list(found.unknown),
        "assumptions": list(part.assumptions),
    }


def _denies_data(denies: Comparison | None) -> dict[str, Any] | None:
    if denies is None:
        return None
    return {
        "verdict": denies.verdict.value,
        "no_longer_denied": [witness_data(each) for each in denies.newly_allowed],
        "newly_denied": [witness_data(each) for each in denies.newly_denied],
        "unknown": list(denies.unknown),
    }


def comparison_to_markdown(parts: Sequence[ComparedPart]) -> str:
    """The comparisons as a section of Markdown, made for a comment on a pull request."""
    return "".join(f"{line}\n" for line in _markdown(parts))


def _markdown(parts: Sequence[ComparedPart]) -> Iterator[str]:
    yield "## execpolicy diff"
    if not parts:
        yield from ("", f"{_NOTHING[0].upper()}{_NOTHING[1:]}.")
    for part in parts:
        yield ""
        name = f"{part.what} {code(part.name)}: " if part.name else ""
        found = part.comparison
        if found is None:
            yield f"{name}**{part.change}**, {_ALONE[part.change]}."
            continue
        for number, section in enumerate(_sections(found)):
            yield from (("",) if number else ())
            yield f"{name}**{section.verdict}**, {section.words}."
            for title, witnesses in _directions(section):
                yield from ("", f"{counted(len(witnesses), 'request')} {title}:", "")
                yield f"| request | {escaped(part.before)} | {escaped(part.after)} |"
                yield "|---|---|---|"
                yield from map(_row, witnesses)
            for reason in section.comparison.unknown:
                yield from ("", f"Not known: {escaped(reason)}.")
    assumptions = _assumptions(parts)
    if assumptions:
        yield from ("", "<details><summary>What is taken for granted</summary>", "")
        yield from (f"- {escaped(text)}" for text in assumptions)
        yield from ("", "</details>")


def _row(witness: Witness) -> str:
    request = str(witness).split("\n", 1)[0]
    answers = (witness.after,) if witness.before is None else (witness.before, witness.after)
    cells = (
        " ".join((outcome_words(each), *(f"({escaped(_name(found))})" for found in deciding_statements(each))))
        for each in answers
    )
    return f"| {code(request)} | {' | '.join(cells)} |"


def _name(statement: Any) -> str:
    place = f":{statement.span.line}" if statement.span else ""
    return f"{statement.sid or f'Statement[{statement.index}]'}, {statement.policy}{place}"


def comparison_to_github(parts: Sequence[ComparedPart], root: str) -> str:
    """The comparisons as annotations of GitHub, one for each witness, at the first statement that decides it.

    Args:
        parts: what was compared.
        root: the folder of the repository: GitHub takes paths from there.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(f"{line}\n" for part in parts for line in _annotations(part, root))


def _annotations(part: ComparedPart, root: str) -> Iterator[str]:
    found = part.comparison
    if found is None:
        title = f"{part.what} {part.name}: {part.change}"
        yield annotation(_ALONE[part.change], title=title, level=AnnotationLevel.WARNING)
        return
    for section in _sections(found):
        for title, witnesses in _directions(section):
            level = AnnotationLevel.ERROR if title == section.titles[0] else AnnotationLevel.WARNING
            for each in witnesses:
                yield _at_statement(each, title, level, root)
        for reason in section.comparison.unknown:
            yield annotation(reason, title="not known", level=AnnotationLevel.ERROR)


def _at_statement(witness: Witness, title: str, level: AnnotationLevel, root: str) -> str:
    """An annotation at the statement of the new version that decides, else at that of the old one."""
    deciding = [
        *deciding_statements(witness.after),
        *(() if witness.before is None else deciding_statements(witness.before)),
    ]
    span = next((each.span for each in deciding if each.span is not None), None)
    if span is None:
        return annotation(str(witness), title=title, level=level)
    file = next(each.policy for each in deciding if each.span is span)
    return annotation(str(witness), title=title, file=relative_name(file, root), line=span.line, level=level)
