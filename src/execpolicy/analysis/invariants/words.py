"""The words of the language of invariants, and quotes around texts that could be taken for one."""

from __future__ import annotations

from typing import Final

#: The words of the language. A text that is one of them stands in quotes.
WORDS: Final = (
    *("nobody", "only", "no", "account", "accounts", "outside", "inside", "anybody", "but", "anonymous", "this"),
    *("service", "of", "every", "call", "to", "comes", "has", "may", "not", "anything", "on", "from", "through"),
    *("when", "unless", "or", "and", "in", "is", "absent", "present"),
)
#: What ends a sentence, and a path only in quotes.
SENTENCE_ENDS: Final = (".", ";")
#: Characters that a word has without quotes, beside letters and digits.
_PLAIN: Final = frozenset("#$%&+-./:;<>@[]^_`{|}~\\")


def in_quotes_if_needed(text: str) -> str:
    """A key, a value or the name of a stage as an invariant writes it; a quote within quotes is doubled.

    >>> print(in_quotes_if_needed('cost "centre" 7'))
    "cost ""centre"" 7"
    """
    is_plain = text != "" and text not in WORDS and all(char.isalnum() or char in _PLAIN for char in text)
    return text if is_plain else in_quotes(text)


def path_in_quotes_if_needed(path: str) -> str:
    """A path as an invariant writes it.

    >>> print(path_in_quotes_if_needed("/a,b"))
    "/a,b"
    """
    return in_quotes(path) if "," in path or '"' in path or path.endswith(SENTENCE_ENDS) else path


def in_quotes(text: str) -> str:
    """A text in quotes, of which each quote within is doubled."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
