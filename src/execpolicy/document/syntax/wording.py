"""Functions that error messages share."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from execpolicy._base.characters import printable
from execpolicy.errors import Correction

__all__ = [
    "counted",
    "cut",
    "did_you_mean",
    "listed",
    "meant_name",
    "nearest",
    "nearest_or_longer",
    "printable",
    "quoted",
]

#: A quoted piece of input is cut to this many characters.
QUOTED_WIDTH = 60
#: The share of equal letters in two names from which one may be meant by the other.
_SIMILAR = 0.7
#: The least length of a beginning that is taken for the whole name.
_SHORTEST = 3


def cut(text: str, width: int = QUOTED_WIDTH) -> str:
    """``text``, or its beginning if it is long."""
    return text if len(text) <= width else text[: width - 1] + "…"


def quoted(text: str, width: int = QUOTED_WIDTH) -> str:
    """``text`` in double quotes, cut, with control characters as escapes."""
    return f'"{printable(cut(text, width)).replace(chr(34), chr(92) + chr(34))}"'


def counted(number: int, noun: str) -> str:
    """``1 case`` or ``2 cases``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: Iterable[str], joint: str = "or") -> str:
    """``a, b or c``."""
    *head, last = names
    return f"{', '.join(head)} {joint} {last}" if head else last


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant: the same in another case or with other zeros, else the most similar.

    A name that negates is never replaced by one that does not, nor the other way round: that would invert the meaning.
    """
    if len(name) > QUOTED_WIDTH:
        return None
    names = [candidate for candidate in known if _negates(candidate) is _negates(name)]
    by_letters = {candidate.lower(): candidate for candidate in names}
    same = by_letters.get(name.strip().lower())
    if same is not None:
        return same
    lower = name.lower()
    plain = _without_zeros(name)
    numbered = [each for each in names if _without_zeros(each) == plain] if any(map(str.isdecimal, name)) else []
    if len(numbered) == 1:
        return numbered[0]
    similar = [candidate for candidate in by_letters if _can_be_similar(lower, candidate)]
    if not similar:
        return None
    from difflib import get_close_matches

    close = get_close_matches(lower, similar, n=1, cutoff=_SIMILAR)
    return by_letters[close[0]] if close else None


def nearest_or_longer(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant, else the only one that begins with the given name.

    >>> nearest_or_longer("double-slash", ["double-slash-before-path", "dead-statement"])
    'double-slash-before-path'
    """
    names = [*known]
    found = nearest(name, names)
    start = name.strip().lower()
    if found is not None or len(start) < _SHORTEST:
        return found
    longer = [each for each in names if each.lower().startswith(start) and _negates(each) is _negates(name)]
    return longer[0] if len(longer) == 1 else None


def _without_zeros(name: str) -> str:
    """A name in lower case whose numbers have no zeros before them: ``ep-arn-4`` for ``EP-ARN-004``."""
    return re.sub(r"(?<!\d)0+(?=[0-9])", "", name.strip().lower())


def _can_be_similar(name: str, candidate: str) -> bool:
    """Whether enough letters of two names are in both; to find the letters in one order takes ten times as long."""
    shared = min(sum(map(candidate.__contains__, name)), sum(map(name.__contains__, candidate)))
    return 2 * shared / (len(name) + len(candidate)) >= _SIMILAR


def _negates(name: str) -> bool:
    """Whether a name says not: ``NotAction``, ``StringNotEquals``, ``disallow``; ``note`` does not."""
    lower = name.strip().lower()
    return lower.startswith(("non", "dis")) or "not" in lower.removesuffix("s").removesuffix("note")


def meant_name(name: str, known: Iterable[str], taken: Container[str] = ()) -> Correction | None:
    """What is meant by a name, if it is one of the known names and not taken already."""
    found = nearest(name, known)
    return None if found is None or found in taken else Correction(name, found)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Advice with the most similar of the known names, or with all of them."""
    names = list(known)
    found = nearest_or_longer(name, names)
    return f'did you mean "{found}"?' if found is not None else f"use {listed(names)}"


_PARAMETER = "the parameter "


def how_to_give(names: Sequence[str]) -> str:
    """The advice for values of a template that are not known where they have to be.

    Args:
        names: the names of the values.

    >>> how_to_give(["the parameter Stage"])
    'give its value with --parameter Stage=VALUE or parameters='
    >>> how_to_give(["the import Shared"])
    'write the value itself in place of the import Shared'
    """
    given = [name.removeprefix(_PARAMETER) for name in names if name.startswith(_PARAMETER)]
    if given:
        options = listed([f"--parameter {name}=VALUE" for name in given], "and")
        return f"give {'its value' if len(given) == 1 else 'their values'} with {options} or parameters="
    return f"write the value itself in place of {listed(names, 'and')}"
