"""Applies the fixes of findings to a text, and checks what comes of it before anybody uses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

from execpolicy.errors import ExecPolicyError, Source, Span
from execpolicy.linter.finding import Finding
from execpolicy.linter.loading.findings import is_of_loading
from execpolicy.linter.rule import FixSafety
from execpolicy.linter.severity import Severity

#: Fixes that overlap are applied in further rounds. Fixes that fail together are tried in smaller numbers.
MAX_ROUNDS: Final = 100
#: By how much the number of fixes that are applied at once grows after a round that succeeds.
_GROWTH: Final = 8


class LeftOut(NamedTuple):
    """A fix that is not applied: its finding, why, and whether that is a fault of execpolicy itself."""

    finding: Finding
    reason: str
    is_internal: bool


class Fixed(NamedTuple):
    """A text with fixes applied.

    Attributes:
        text: the text.
        findings: everything that is still found in it.
        fixed: the findings whose fixes are applied.
        left_out: the fixes that are not applied because of what is found after them.
    """

    text: str
    findings: tuple[Finding, ...]
    fixed: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class _Change(NamedTuple):
    """A part of a text, by its offsets, and what is written in place of it."""

    start: int
    end: int
    text: str


class _Chosen(NamedTuple):
    """A finding with the changes of its fix, in the order of the text."""

    finding: Finding
    changes: tuple[_Change, ...]


class _Checked(NamedTuple):
    """A text, everything that is found in it, and the number of ignored findings of each rule."""

    text: str
    findings: Sequence[Finding]
    ignored: Counter[str]


class _Fault(NamedTuple):
    """Why changes are not made, and whether that is a fault of execpolicy itself."""

    reason: str
    is_internal: bool


def is_fixable(finding: Finding, *, unsafe: bool) -> bool:
    """Whether a finding has a fix that is safe, or, if it may be, unsafe."""
    return finding.fix is not None and (unsafe or finding.fix.safety is FixSafety.SAFE)


def fix_text(
    text: str,
    find: Callable[[str], Sequence[Finding]],
    wanted: Callable[[str, Sequence[Finding]], Sequence[Finding]] = lambda _, findings: findings,
    ignored: Callable[[str, Sequence[Finding]], Iterable[Finding]] = lambda _, findings: (),
    *,
    unsafe: bool = False,
) -> Fixed:
    """Apply the fixes of what is found in a text.

    Fixes that overlap are applied one after the other. After each round the text is checked again: what was fixed must
    be gone, and nothing may be new but suggestions, and what stood in a text that did not load before. Nor may more
    findings be ignored: where a line is gone, an ignore above it is about the next one. Otherwise fewer fixes are tried
    at once, and at last one is left out.

    Args:
        text: the text of a file.
        find: finds everything that is wrong in a text.
        wanted: selects from the findings of a text those that the user asks for; only these are fixed.
        ignored: selects from the findings of a text those that it ignores.
        unsafe: whether fixes are applied that can change decisions.

    Returns:
        The text, what is still found in it, and what became of the fixes.

    Raises:
        ExecPolicyError: the text cannot be checked.
    """

    def check(changed: str) -> _Checked:
        findings = find(changed)
        return _Checked(changed, findings, Counter(each.rule.id for each in ignored(changed, findings)))

    checked = check(text)
    fixed: list[Finding] = []
    left_out: dict[_FindingKey, LeftOut] = {}
    at_once = len(checked.findings)
    for _ in range(MAX_ROUNDS):
        candidates = (each for each in wanted(checked.text, checked.findings) if is_fixable(each, unsafe=unsafe))
        chosen = _compatible(checked.text, [each for each in candidates if _key(each) not in left_out])[:at_once]
        if not chosen:
            break
        after = _after(checked.text, chosen, check)
        fault = _Fault(after, is_internal=True) if isinstance(after, str) else _fault(chosen, checked, after)
        if fault is None:
            assert isinstance(after, _Checked), "an error is a fault"
            checked = after
            fixed.extend(each.finding for each in chosen)
            at_once = len(chosen) * _GROWTH
        elif len(chosen) > 1:
            at_once = len(chosen) // 2
        else:
            left_out[_key(chosen[0].finding)] = LeftOut(chosen[0].finding, *fault)
            at_once = 1
    return Fixed(checked.text, tuple(checked.findings), tuple(fixed), tuple(left_out.values()))


_FindingKey: TypeAlias = tuple[str, str, str]


def _key(finding: Finding) -> _FindingKey:
    """What a finding is known by while the places in its text change."""
    return finding.rule.id, finding.path, finding.message


def _compatible(text: str, findings: Iterable[Finding]) -> list[_Chosen]:
    """The findings in the order of their changes, without those whose changes overlap with those of an earlier one.

    A fix that has to be alone is chosen if there is no other one.
    """
    # A finding in another file, which this one names, is fixed where that file is given.
    here = [each for each in findings if each.source is not None and each.source.text == text]
    chosen: list[_Chosen] = []
    together = [each for each in here if each.fix is not None and not each.fix.is_alone]
    for each in sorted((_Chosen(finding, _changes(finding)) for finding in together), key=lambda each: each.changes):
        if not chosen or each.changes == chosen[-1].changes or _follows(each.changes[0], chosen[-1].changes[-1]):
            chosen.append(each)
    return chosen or [_Chosen(each, _changes(each)) for each in here[:1]]


def _changes(finding: Finding) -> tuple[_Change, ...]:
    source = finding.source
    assert source is not None
    assert finding.fix is not None
    return tuple(sorted(_change(source, *edit) for edit in finding.fix.edits))


def _change(source: Source, span: Span, text: str) -> _Change:
    start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
    return _Change(start, end, text)


def _follows(later: _Change, earlier: _Change) -> bool:
    """Whether two changes can be made at once. Where they touch, both replace something, or both insert something."""
    are_of_one_kind = (later.start < later.end) is (earlier.start < earlier.end)
    return later.start > earlier.end or (later.start == earlier.end and are_of_one_kind)


def _after(text: str, chosen: list[_Chosen], check: Callable[[str], _Checked]) -> _Checked | str:
    """The changed text with its findings, or why it cannot be checked."""
    changed = _changed(text, {change for each in chosen for change in each.changes})
    try:
        return check(changed)
    except ExecPolicyError as error:
        return f"the text cannot be checked after it: {error.message}"


def _changed(text: str, changes: Iterable[_Change]) -> str:
    parts: list[str] = []
    position = 0
    for change in sorted(changes):
        parts += [text[position : change.start], change.text]
        position = change.end
    return "".join([*parts, text[position:]])


def _is_still_there(chosen: list[_Chosen], before: _Checked, after: _Checked) -> bool:
    """Whether a finding is found again: as often as before, and at the place that its place became.

    What a fix that is alone leaves out may be followed by its like, such as the second of three equal values.
    """
    if chosen[0].finding.fix is not None and chosen[0].finding.fix.is_alone:
        rule = chosen[0].finding.rule
        return sum(each.rule == rule for each in after.findings) >= sum(each.rule == rule for each in before.findings)
    was, now = Counter(map(_key, before.findings)), Counter(map(_key, after.findings))
    fixed = Counter(_key(each.finding) for each in chosen)
    again = {key for key, number in fixed.items() if now[key] > was[key] - number}
    if not again:
        return False
    places = {(_key(finding), _start(finding)) for finding in after.findings}
    changes = sorted({change for each in chosen for change in each.changes})
    suspects = [each.finding for each in chosen if _key(each.finding) in again]
    return any((_key(finding), _moved(_start(finding), changes)) in places for finding in suspects)


def _start(finding: Finding) -> int:
    source, span = finding.source, finding.span
    return source.offset(span.line, span.column) if source is not None and span is not None else 0


def _moved(offset: int, changes: Sequence[_Change]) -> int:
    """Where a place is after some changes; a place inside of one is at its beginning."""
    moved = offset
    for change in changes:
        if change.end <= offset and change.start < offset:
            moved += len(change.text) - (change.end - change.start)
        elif change.start < offset:
            moved += change.start - offset
    return moved


def _fault(chosen: list[_Chosen], before: _Checked, after: _Checked) -> _Fault | None:
    """What is wrong with a text after some changes; None if nothing is."""
    if _is_still_there(chosen, before, after):
        return _Fault("the finding is still there after it", is_internal=True)
    loads = not any(map(is_of_loading, before.findings))
    more = after.ignored - before.ignored
    if more and loads:
        return _Fault(f"an ignore would hide another finding of {min(more)} after it", is_internal=False)
    of_rule = Counter(each.rule.id for each in before.findings)
    for finding in after.findings if loads else ():
        if is_of_loading(finding):
            return _Fault(f"the text does not load after it: {finding.message}", is_internal=True)
        of_rule[finding.rule.id] -= 1
        is_fixed_later = finding.fix is not None and finding.fix.is_alone
        counts = finding.severity.is_at_least(Severity.WARNING) or (finding.fix is not None and not is_fixed_later)
        if of_rule[finding.rule.id] < 0 and counts:
            return _Fault(f"{finding.rule.id} is found after it: {finding.message}", is_internal=False)
    return None
