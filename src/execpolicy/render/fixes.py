"""Fixes as text: the differences that they make, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy._base.characters import printable
from execpolicy.document.syntax.wording import counted
from execpolicy.linter.finding import Finding
from execpolicy.linter.fixes.fixing import is_fixable

FIX, FIX_UNSAFE = "--fix", "--fix=unsafe"
#: Marks a finding that --fix fixes.
MARK = "[*]"


def unified_diff(name: str, before: str, after: str) -> str:
    r"""The difference of two texts of a file, as ``diff -u`` and ``git apply`` write and read it.

    >>> print(unified_diff("a.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n"), end="")
    --- a.yaml
    +++ a.yaml
    @@ -1,2 +1,2 @@
     a: 1
    -b: 2
    +b: 3
    """
    from difflib import unified_diff as difference  # imported with the first one that is shown

    shown = printable(name)
    lines = difference(_lines(before), _lines(after), shown, shown)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """The lines with their ends, which in CRLF and LF are all the same to a reader of the difference."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def hint_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """What the options for fixes would do; nothing where there is no fix."""
    safe, unsafe = _numbers(findings)
    if safe and unsafe:
        yield f"{MARK} {safe} can be fixed with {FIX}, {unsafe} more with {FIX_UNSAFE}"
    elif safe:
        yield f"{MARK} {safe} can be fixed with {FIX}"
    elif unsafe:
        yield f"{unsafe} can be fixed with {FIX_UNSAFE}"


def fixed_line(number: int, files: int, left: Sequence[Finding], *, unsafe: bool) -> str:
    """What was fixed, and what is left.

    Args:
        number: of the findings that were fixed.
        files: the number of their files.
        left: the findings that are left.
        unsafe: whether all fixes were applied.
    """
    found = f"fixed {counted(number, 'finding')} in {counted(files, 'file')}" if number else "fixed nothing"
    if not left:
        return found
    _, more = _numbers(left)
    hint = f" ({more} can be fixed with {FIX_UNSAFE})" if more and not unsafe else ""
    return f"{found}; {len(left)} {'remains' if len(left) == 1 else 'remain'}{hint}"


def would_fix_line(number: int, files: int, left: Sequence[Finding], *, unsafe: bool) -> str:
    """What a difference would fix, and what more could be fixed."""
    found = f"would fix {counted(number, 'finding')} in {counted(files, 'file')}" if number else "would fix nothing"
    _, more = _numbers(left)
    return found + (f"; {more} more with {FIX_UNSAFE}" if more and not unsafe else "")


def _numbers(findings: Sequence[Finding]) -> tuple[int, int]:
    """The number of findings with safe fixes, and of those with other fixes."""
    safe = sum(is_fixable(finding, unsafe=False) for finding in findings)
    return safe, sum(is_fixable(finding, unsafe=True) for finding in findings) - safe
