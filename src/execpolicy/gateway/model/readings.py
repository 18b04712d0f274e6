"""How to read AWS's pages if they disagree or say nothing."""

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
    """How to read AWS's pages if they disagree or say nothing.

    ``cognito``: with a resource policy attached, a valid token still needs its Allow (``policy_alone``, GW-15), or the
    two combine by ``table_a``. ``lambda_authorizer``: ``table_a`` always (GW-14), or ``table_b``, as its heading
    has it for callers of another account. ``path``: ``as_sent`` goes into the ARN (GW-4), or ``normalised``, without
    repeated and trailing slashes and with percent-encoding undone.

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
