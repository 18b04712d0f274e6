"""The difference that a mutant makes, as a unified diff with the lines and numbers of the policy's own text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from execpolicy.document.syntax.wording import printable
from execpolicy.testing.mutation.edits import TextEdit, apply_edits

#: As many lines are shown before and after a change.
CONTEXT = 1
#: Lines that are longer tell nothing side by side: such a text is shown as it would be laid out in lines.
LONGEST = 200


def difference(name: str, text: str, changes: Sequence[TextEdit]) -> str | None:
    """The diff of a text and of what changes make of it; None where its lines are too long to be read.

    Args:
        name: what stands above the diff.
        text: the text, which may be large: nothing but the lines around the changes is looked at.
        changes: from front to back, at least one.
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
    """The diff of two texts of a few hundred lines."""
    return unified(name, old.split("\n"), new.split("\n"))


def unified(name: str, old: Sequence[str], new: Sequence[str], before: int = 0) -> str:
    """The diff of two runs of lines, in one hunk; ``before`` is how many lines of the whole text come before them."""
    # The end first: of two statements that begin alike, the one that is gone is shown from its own first line on.
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
    """How many lines two runs begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _marked(mark: str, lines: Iterable[str]) -> Iterable[str]:
    return (mark + "".join(char if char == "\t" else printable(char) for char in line.rstrip("\r")) for line in lines)


def _range(before: int, count: int) -> str:
    """Lines as a diff counts them: a single one by its number, none by the number of the one before."""
    first = before + (1 if count else 0)
    return str(first) if count == 1 else f"{first},{count}"


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
