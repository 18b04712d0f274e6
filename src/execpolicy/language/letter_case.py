"""Texts without the case of their letters, by the two readings of what a letter of another case is (CND-18)."""

from __future__ import annotations

import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
#: The capital letter I with a dot has a lower case of two characters; by itself the letter is an i.
_DOTTED_I = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
#: Letters without case, by letter: few texts have other letters than ASCII.
_found: dict[str, str] = {_DOTTED_I: "i"}


def with_ascii_folded(text: str) -> str:
    """The narrow reading: only the letters A to Z have another case.

    >>> with_ascii_folded("Kelvin"), with_ascii_folded("É")
    ('kelvin', 'É')
    """
    return text.lower() if text.isascii() else text.translate(_LOWER)


def with_letters_folded(text: str) -> str:
    """The wide reading: letter by letter, equal are letters of which Unicode has one upper or lower case.

    >>> with_letters_folded("É"), with_letters_folded("\N{KELVIN SIGN}"), with_letters_folded("ß")
    ('é', 'k', 'ß')
    """
    return text.lower() if text.isascii() else "".join(map(folded_letter, text))


def folded_letter(letter: str) -> str:
    """A letter without case; one whose other case has several characters stays as it is."""
    found = _found.get(letter)
    if found is None:
        upper = letter.upper()
        upper = upper if len(upper) == 1 else letter
        lower = upper.lower()
        _found[letter] = found = lower if len(lower) == 1 else upper
    return found
