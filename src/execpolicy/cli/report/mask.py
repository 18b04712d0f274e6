"""Replaces account ids, names of roles and users, addresses and ids of organizations by stable placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeVar, cast

from execpolicy._base.characters import printable

_T = TypeVar("_T")

#: What is replaced wherever it stands, with the word of its placeholder. The first pattern that fits counts.
_KINDS: Final = (
    ("account", r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])|\*{8}[0-9]{4}(?![0-9])"),
    (
        "organization",
        r"(?<![0-9A-Za-z-])(?:o-[a-z0-9]{10,32}|r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})(?![0-9A-Za-z])",
    ),
    ("id", r"(?<![0-9A-Za-z])A[A-Z]{2}A[A-Z0-9]{16,124}(?![0-9A-Za-z])"),
)
_ADDRESSES: Final = (
    ("address", r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?(?![0-9.]*[0-9])"),
    # What may be an IPv6 address: whether it is one, its groups say.
    ("groups", r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f.]*:)[0-9A-Fa-f:.]*(?:[0-9A-Fa-f]|::)(?:/[0-9]{1,3})?(?![0-9A-Za-z])"),
)
#: The end of an ARN of IAM or STS, which names users, roles and sessions.
_NAMED: Final = re.compile(
    r":(?P<kind>role|user|assumed-role|federated-user|group|instance-profile)/(?P<names>[A-Za-z0-9_+=,.@/-]+)"
)
_IPV6: Final = 6
_WORD: Final = {"role": "role", "assumed-role": "role", "user": "user", "federated-user": "user"}


class Mask:
    """Replaces texts. The same value has the same placeholder everywhere; they are numbered as they are found.

    Args:
        texts: the texts of the input: the names in their ARNs are replaced wherever they stand.
        names: other names of roles and users, each with ``role`` or ``user``.
    """

    def __init__(self, texts: Iterable[str] = (), names: Iterable[tuple[str, str]] = ()) -> None:
        self._placeholders: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        for name, word in names:
            self._names.setdefault(name, word)
        for text in texts:
            self._find_names(text)
        self._pattern = self._compiled((*_KINDS, *_ADDRESSES))
        self._without_addresses = self._compiled(_KINDS)

    def _find_names(self, text: str) -> None:
        for match in _NAMED.finditer(text):
            *path, name = match["names"].rstrip("/").split("/")
            word = _WORD.get(match["kind"], match["kind"])
            if match["kind"] == "assumed-role":
                # The session follows the role.
                if path:
                    self._names.setdefault(name, "session")
                    name = path[-1]
                word = "role"
            self._names.setdefault(name, word)
            for each in path if match["kind"] != "assumed-role" else ():
                self._names.setdefault(each, "path")

    def _compiled(self, of_kinds: Iterable[tuple[str, str]]) -> re.Pattern[str]:
        kinds = [f"(?P<{word}>{pattern})" for word, pattern in of_kinds]
        known = sorted(filter(None, self._names), key=len, reverse=True)
        if known:
            names = "|".join(map(re.escape, known))
            kinds.insert(0, f"(?P<name>(?<![0-9A-Za-z_])(?:{names})(?![0-9A-Za-z_]))")
        return re.compile("|".join(kinds))

    def text(self, text: str) -> str:
        """A text without what is masked."""
        found = self._kept.get(text)
        if found is None:
            found = self._kept[text] = self._pattern.sub(self._placeholder, printable(text))
        return found

    def _placeholder(self, match: re.Match[str]) -> str:
        kind, value = match.lastgroup or "", match[0]
        if kind == "groups":
            return self._groups(value)
        return self._placeholder_of(kind, value)

    def _groups(self, text: str) -> str:
        """A text of hexadecimal digits and colons: the longest address that it begins with is replaced."""
        end = next((end for end in range(len(text), 1, -1) if _is_address(text[:end])), 0)
        rest = self._without_addresses.sub(self._placeholder, text[end:])
        return (self._placeholder_of("address", text[:end]) if end else "") + rest

    def _placeholder_of(self, kind: str, value: str) -> str:
        word = self._names[value] if kind == "name" else kind
        if value.startswith("*"):
            # AWS's messages show the last digits of an account.
            value = next(
                (known for of, known in self._placeholders if of == word and known.endswith(value[-4:])), value
            )
        key = (word, value)
        if key not in self._placeholders:
            number = self._counts[word] = self._counts.get(word, 0) + 1
            self._placeholders[key] = f"{word}-{number}"
        return self._placeholders[key]


def _is_address(text: str) -> bool:
    from ipaddress import ip_interface

    try:
        return text.strip(":") != "" and ip_interface(text).version == _IPV6
    except ValueError:
        return False


class NoMask(Mask):
    """Replaces nothing: what is not printable is written as an escape."""

    def text(self, text: str) -> str:
        """The text as it is shown."""
        return printable(text)


def masked(value: _T, mask: Mask) -> _T:
    """A value of records, tuples and texts, with each text masked."""
    return cast("_T", _masked(value, mask))


def _masked(value: object, mask: Mask) -> object:
    if type(value) is str:
        return mask.text(value)
    if isinstance(value, tuple):
        parts = [_masked(each, mask) for each in value]
        return type(value)._make(parts) if hasattr(value, "_make") else tuple(parts)
    return value
