"""Whether the path of a session's role can be taken as ``/`` if it is not given (PRN-7)."""

from __future__ import annotations

from execpolicy.language.principal import ROLE, SESSION, Principal

#: The names of the roles of IAM Identity Center begin with it; no such role has the path ``/``.
_IDENTITY_CENTER = "AWSReservedSSO_"


def has_unknown_path(caller: Principal, *, complete: bool = True) -> bool:
    """Whether the path of a session's role is unknown: in a partial context, and for a role of IAM Identity Center.

    >>> session = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Orders_0123456789abcdef/ann"
    >>> has_unknown_path(Principal.parse(session))
    True
    >>> path = "/aws-reserved/sso.amazonaws.com/eu-west-1/"
    >>> has_unknown_path(Principal.parse(session, role_path=path))
    False
    """
    if caller.kind not in (SESSION, ROLE) or caller.path is not None:
        return False
    return not complete or caller.name.startswith(_IDENTITY_CENTER)
