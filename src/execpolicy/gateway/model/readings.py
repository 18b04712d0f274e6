"""How to read AWS's pages if they disagree or leave a case open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import one_among
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.literals import EndpointIdentityReading, PathReading

PATH_READINGS: tuple[PathReading, ...] = ("as_sent", "normalised")
ENDPOINT_IDENTITY_READINGS: tuple[EndpointIdentityReading, ...] = ("both", "authorization_header")
READINGS: dict[str, tuple[str, ...]] = {
    "path": PATH_READINGS,
    "endpoint_identity": ENDPOINT_IDENTITY_READINGS,
}

#: Readings of earlier versions, and why they no longer exist.
REMOVED_READINGS: dict[str, str] = {
    "cognito": "according to AWS's page Table B applies to Cognito, so the resource policy must allow (GW-15)",
    "lambda_authorizer": "according to AWS's page Table A applies to every Lambda authorizer (GW-14)",
}

S = TypeVar("S", bound=str)

_RULES = {"path": "GW-4", "endpoint_identity": "GW-18"}


class _Readings(NamedTuple):
    path: PathReading
    endpoint_identity: EndpointIdentityReading


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

    def __new__(
        cls, path: PathReading = "as_sent", endpoint_identity: EndpointIdentityReading = "both", **removed: object
    ) -> Self:
        for name in removed:
            if name not in REMOVED_READINGS:
                raise TypeError(f"Readings() got an unexpected keyword argument {name!r}")
            raise UsageError(
                f"the reading {name} no longer exists: {REMOVED_READINGS[name]}", advice="remove it", rule="GW-16"
            )
        return super().__new__(
            cls,
            _reading("path", path, PATH_READINGS),
            _reading("endpoint_identity", endpoint_identity, ENDPOINT_IDENTITY_READINGS),
        )


def _reading(name: str, value: object, choices: tuple[S, ...]) -> S:
    found = one_among(value, choices)
    if found is None:
        raise UsageError(f"the reading {name} is {' or '.join(choices)}, found {value!r}", rule=_RULES[name])
    return found
