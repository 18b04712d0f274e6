"""The ids of the requests of a log so far, by which calls are found that the logs have twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

#: The length of the hash of an id, in bytes; ids that differ have hashes that differ.
LENGTH: Final = 16


class SeenRequests:
    """The ids so far, in memory: for each a hash of 16 bytes in a set."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def again(self, request_id: str | None) -> bool:
        """Whether a request was there before; one without an id was not.

        Args:
            request_id: its id; None without one.
        """
        if request_id is None:
            return False
        found = hash_of(request_id)
        if found in self._seen:
            return True
        self._seen.add(found)
        return False

    def taken(self) -> Iterator[bytes]:
        """The hashes of the ids so far, which are no longer kept."""
        while self._seen:
            yield self._seen.pop()


class KnownRequests(SeenRequests):
    """Requests of which it is known whether they were there before.

    Args:
        again: whether each of them was, in the order in which they are looked up, also of those without an id.
    """

    def __init__(self, again: Iterable[bool]) -> None:
        super().__init__()
        self._again = iter(again)

    def again(self, request_id: str | None) -> bool:
        """Whether the next request was there before."""
        del request_id
        return next(self._again)


def hash_of(request_id: str) -> bytes:
    """The hash of an id.

    >>> hash_of("a").hex()
    'ca978112ca1bbdcafac231b39a23dc4d'
    """
    return sha256(request_id.encode("utf-8", "surrogatepass")).digest()[:LENGTH]
