"""What a run of the linter did not check in the folders that it searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from execpolicy._base.characters import printable
from execpolicy.document.syntax.wording import counted
from execpolicy.linter.report import PassedOver, PassedOverReason


def summary_of_passed_over(passed_over: Sequence[PassedOver]) -> str:
    """How much was passed over, by reason; empty if nothing was.

    >>> summary_of_passed_over([PassedOver("package.json", PassedOverReason.NO_KIND)])
    '1 file passed over: 1 of no known kind'
    """
    numbers = Counter(each.reason for each in passed_over)
    folders = numbers.pop(PassedOverReason.FOLDER, 0)
    reasons = [f"{numbers[reason]} {reason}" for reason in PassedOverReason if numbers[reason]]
    parts = [f"{counted(numbers.total(), 'file')} passed over: {', '.join(reasons)}"] if reasons else []
    if folders:
        parts.append(f"{counted(folders, 'folder')} not searched")
    return "; ".join(parts)


def lines_of_passed_over(passed_over: Sequence[PassedOver], *, verbose: bool) -> Iterator[str]:
    """The summary, and what to give for APIs that were not checked. Nothing if nothing was passed over.

    Args:
        passed_over: what was passed over.
        verbose: whether to name every file and folder.
    """
    if not passed_over:
        return
    yield summary_of_passed_over(passed_over)
    advised: dict[tuple[str, str], list[str]] = {}
    for each in passed_over:
        if each.advice:
            advised.setdefault((each.purpose, each.advice), []).append(printable(each.name))
        elif verbose:
            yield f"  {printable(each.name)}: {each.purpose or each.reason}"
    for (purpose, advice), names in advised.items():
        others = f" and {counted(len(names) - 1, 'other')}" if len(names) > 1 else ""
        yield f"  {', '.join(names) if verbose else names[0] + others}: {purpose}"
        yield f"    {advice}"
