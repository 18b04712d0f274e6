"""How to read AWS's pages if they disagree or leave a case open."""

from __future__ import annotations

from typing import Self

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import one_among
from execpolicy.errors import UsageError

READINGS: dict[str, tuple[str, ...]] = {
    "cognito": ("policy_alone", "table_a"),
    "lambda_authorizer": ("table_a", "table_b"),
    "path": ("as_sent", "normalised"),
}


class _Readings(NamedTuple):
    cognito: str
    lambda_authorizer: str
    path: str


class Readings(_Readings):
    """How to read AWS's pages if they disagree or leave a case open.

    ``cognito``: whether a valid token still needs an Allow of an attached resource policy (``policy_alone``, GW-15), or
    the two combine by ``table_a``. ``lambda_authorizer``: ``table_a`` for all callers (GW-14), or ``table_b``, which
    according to its heading is for callers of another account. ``path``: whether the ARN has the path ``as_sent``
    (GW-4), or ``normalised``, percent-decoded and without repeated and trailing slashes.

    Raises:
        UsageError: a reading does not exist.

    >>> Readings(path="normalised").cognito
    'policy_alone'
    """

    __slots__ = ()

    def __new__(cls, cognito: str = "policy_alone", lambda_authorizer: str = "table_a", path: str = "as_sent") -> Self:
        given = {"cognito": cognito, "lambda_authorizer": lambda_authorizer, "path": path}
        return super().__new__(cls, **{name: _reading(name, value) for name, value in given.items()})


def _reading(name: str, value: object) -> str:
    found = one_among(value, READINGS[name])
    if found is None:
        raise UsageError(f"the reading {name} is {' or '.join(READINGS[name])}, found {value!r}", rule="GW-16")
    return found
