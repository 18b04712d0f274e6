"""The difference between a policy and a mutant, as a unified diff with the lines of the text of the policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from execpolicy.document.syntax.wording import printable
from execpolicy.testing.mutation.edits import TextEdit, apply_edits

#: The number of lines before and after a change.
CONTEXT = 1
#: The maximum length of lines. A text with longer lines is shown in another layout.
LONGEST = 200


def difference(name: str, text: str, changes: Sequence[TextEdit]) -> str | None:
    """The diff between a text and the changed text; None if lines are too long to be read.

    Args:
        name: the name in the header of the diff.
        text: the text, which can be large: only the lines around the changes are compared.
        changes: at least one, in the order of the text.
    """
    start = _line_start(text, changes[0].start)
    for _ in range(CONTEXT):
        start = _line_start(text, max(start - 1, 0))
    end = _line_end(text, changes[-1].end)
    for _ in range(CONTEXT):
        end = _line_end(text, min(end + 1, len(text)))
    old, new = text[start:end].split("\n"), apply_edits(text, changes, start, end).split("\n")
    if max(map(len, (*old, *new))) > LONGEST:
        return None
    return unified(name, old, new, text.count("\n", 0, start))


def difference_of_texts(name: str, old: str, new: str) -> str:
    """The diff between two texts of a few hundred lines."""
    return unified(name, old.split("\n"), new.split("\n"))


def unified(name: str, old: Sequence[str], new: Sequence[str], before: int = 0) -> str:
    """The diff between two lists of lines, in one hunk. ``before`` is the number of lines before them in the text."""
    # The end first: a removed statement is shown from its own first line, even if the next one begins in the same way.
    after = _alike(reversed(old), reversed(new))
    first = _alike(old[: len(old) - after], new[: len(new) - after])
    removed, added = old[first : len(old) - after], new[first : len(new) - after]
    leading, following = old[max(first - CONTEXT, 0) : first], old[len(old) - after :][:CONTEXT]
    start, around = before + first - len(leading), len(leading) + len(following)
    lines = [f"--- {printable(name)}", f"+++ {printable(name)} (mutant)"]
    lines.append(f"@@ -{_range(start, around + len(removed))} +{_range(start, around + len(added))} @@")
    lines.extend(_marked(" ", leading))
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, removed, added, autojunk=False).get_opcodes():
        if tag == "equal":
            lines.extend(_marked(" ", removed[old_from:old_to]))
            continue
        lines.extend(_marked("-", removed[old_from:old_to]))
        lines.extend(_marked("+", added[new_from:new_to]))
    lines.extend(_marked(" ", following))
    return "\n".join(lines) + "\n"


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """The number of equal lines at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _marked(mark: str, lines: Iterable[str]) -> Iterable[str]:
    return (mark + "".join(char if char == "\t" else printable(char) for char in line.rstrip("\r")) for line in lines)


def _range(before: int, count: int) -> str:
    """A range of lines in the format of diffs: one line by its number, none by the number of the line before."""
    first = before + (1 if count else 0)
    return str(first) if count == 1 else f"{first},{count}"


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
