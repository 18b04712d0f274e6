"""How to read AWS's pages if they disagree or leave a case open."""

from __future__ import annotations

from typing import Self

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import one_among
from execpolicy.errors import UsageError

READINGS: dict[str, tuple[str, ...]] = {
    "path": ("as_sent", "normalised"),
}

#: Readings of earlier versions, and why they no longer exist.
REMOVED_READINGS: dict[str, str] = {
    "cognito": "according to AWS's page Table B applies to Cognito, so the resource policy must allow (GW-15)",
    "lambda_authorizer": "according to AWS's page Table A applies to every Lambda authorizer (GW-14)",
}


class _Readings(NamedTuple):
    path: str


class Readings(_Readings):
    """How to read AWS's pages if they disagree or leave a case open.

    ``path``: whether the ARN has the path ``as_sent`` (GW-4), or ``normalised``, percent-decoded and without repeated
    and trailing slashes. The names of readings that no longer exist are accepted only to say why.

    Raises:
        UsageError: a reading does not exist, or no longer.

    >>> Readings(path="normalised").path
    'normalised'
    """

    __slots__ = ()

    def __new__(cls, path: str = "as_sent", **removed: object) -> Self:
        for name in removed:
            if name not in REMOVED_READINGS:
                raise TypeError(f"Readings() got an unexpected keyword argument {name!r}")
            raise UsageError(
                f"the reading {name} no longer exists: {REMOVED_READINGS[name]}", advice="remove it", rule="GW-16"
            )
        given = {"path": path}
        return super().__new__(cls, **{name: _reading(name, value) for name, value in given.items()})


def _reading(name: str, value: object) -> str:
    found = one_among(value, READINGS[name])
    if found is None:
        raise UsageError(f"the reading {name} is {' or '.join(READINGS[name])}, found {value!r}", rule="GW-4")
    return found
