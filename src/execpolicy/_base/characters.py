"""Characters that cannot be encoded or printed."""

from __future__ import annotations


def lone_surrogate(text: str) -> int:
    """The index of the first lone surrogate, or -1."""
    if text.isascii():
        return -1
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return -1


#: The noncharacters of Unicode between which a text holds the name of a value that is not known (SRC-10).
UNKNOWN_START, UNKNOWN_END = "\ufdd0", "\ufdd1"


def reserved_character(text: str) -> int:
    """The index of the first character that only a loader writes (SRC-10), or -1."""
    if text.isascii():
        return -1
    found = [index for index in (text.find(UNKNOWN_START), text.find(UNKNOWN_END)) if index >= 0]
    return min(found, default=-1)


def same_reserved(one: str, other: str) -> bool:
    """Whether two texts have such characters equally often."""
    return all(one.count(character) == other.count(character) for character in (UNKNOWN_START, UNKNOWN_END))


def found_reserved(character: str) -> str:
    """The message of an error for a text that has such a character."""
    return f"found the noncharacter U+{ord(character):04X}, which stands for no text"


RESERVED_ADVICE = "remove it: no name or value in AWS contains it"


def with_unknown_in_words(text: str) -> str:
    """The text for a reader: the name of an unknown value in angle brackets."""
    return text if text.isascii() else text.replace(UNKNOWN_START, "<").replace(UNKNOWN_END, ">")


#: GitHub Actions takes what follows it for a command, wherever it stands in a line of a log.
_COMMAND = "##["


def printable(text: str) -> str:
    """``text`` with the names of unknown values in angle brackets, and what is not printable written as escapes.

    What a log would take for a command is written with an escape too: whoever may change a document must not give any.
    """
    if text.isprintable() and _COMMAND not in text:
        return text
    text = with_unknown_in_words(text)
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
    return shown.replace(_COMMAND, "##\\x5b")


def with_blanks(text: str) -> str:
    """``text`` with a blank in place of each character that ``printable`` writes as an escape."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown.replace(_COMMAND, "## ")


def command_in_log(words: str) -> str:
    """Words for a shell, in which the shell reads the same and a log finds no command: they stand in single quotes.

    >>> command_in_log("execpolicy check --resource 'a ##[error]b.json'")
    "execpolicy check --resource 'a ##''[error]b.json'"
    """
    return words.replace(_COMMAND, "##''[")
