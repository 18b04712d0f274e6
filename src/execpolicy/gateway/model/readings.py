"""How to read AWS's pages if they disagree or leave a case open."""

from __future__ import annotations

from typing import Self

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import one_among
from execpolicy.errors import UsageError

READINGS: dict[str, tuple[str, ...]] = {
    "path": ("as_sent", "normalised"),
    "endpoint_identity": ("both", "authorization_header"),
}

#: Readings of earlier versions, and why they no longer exist.
REMOVED_READINGS: dict[str, str] = {
    "cognito": "according to AWS's page Table B applies to Cognito, so the resource policy must allow (GW-15)",
    "lambda_authorizer": "according to AWS's page Table A applies to every Lambda authorizer (GW-14)",
}

_RULES = {"path": "GW-4", "endpoint_identity": "GW-18"}


class _Readings(NamedTuple):
    path: str
    endpoint_identity: str


class Readings(_Readings):
    """How to read AWS's pages if they disagree or leave a case open.

    ``path``: whether the ARN has the path ``as_sent`` (GW-4), or ``normalised``, percent-decoded and without repeated
    and trailing slashes. ``endpoint_identity``: whom the policies of a VPC endpoint and of a private domain must allow
    if a signed call is made to a method with an authorizer (GW-18): ``both`` the caller who signed and an anonymous
    one, or the caller of the ``authorization_header`` alone. Readings that no longer exist are refused with the reason.

    Raises:
        UsageError: a reading does not exist, or no longer.

    >>> Readings(path="normalised").path
    'normalised'
    """

    __slots__ = ()

    def __new__(cls, path: str = "as_sent", endpoint_identity: str = "both", **removed: object) -> Self:
        for name in removed:
            if name not in REMOVED_READINGS:
                raise TypeError(f"Readings() got an unexpected keyword argument {name!r}")
            raise UsageError(
                f"the reading {name} no longer exists: {REMOVED_READINGS[name]}", advice="remove it", rule="GW-16"
            )
        given = {"path": path, "endpoint_identity": endpoint_identity}
        return super().__new__(cls, **{name: _reading(name, value) for name, value in given.items()})


def _reading(name: str, value: object) -> str:
    found = one_among(value, READINGS[name])
    if found is None:
        raise UsageError(f"the reading {name} is {' or '.join(READINGS[name])}, found {value!r}", rule=_RULES[name])
    return found
