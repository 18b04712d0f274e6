"""The names that people give the fields of an access log, and the variables that they mean (LOG-1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from execpolicy.loaders.access_log.variables import VARIABLES, kind_of_variable

#: Short names, those of the console's examples among them, and the variables that they mean.
_SHORT: Final = {
    "ip": "identity.sourceIp",
    "sourceip": "identity.sourceIp",
    "caller": "identity.caller",
    "user": "identity.user",
    "userarn": "identity.userArn",
    "useragent": "identity.userAgent",
    "vpcid": "identity.vpcId",
    "vpceid": "identity.vpceId",
    "principalorgid": "identity.principalOrgId",
    "apikeyid": "identity.apiKeyId",
    "method": "httpMethod",
    "host": "domainName",
    "responsetype": "error.responseType",
    "message": "error.message",
    "errormessage": "error.message",
    "messagestring": "error.messageString",
    "principalid": "authorizer.principalId",
}
_SEPARATORS: Final = re.compile(r"[._\- ]")
_PREFIX: Final = re.compile(r"\$?context\.?", re.IGNORECASE)


@cache
def _by_plain_name() -> Mapping[str, str]:
    whole = {_plain(name): name for name in VARIABLES}
    return {**_SHORT, **whole}


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name).lower()


def variable_of_field(name: str) -> str | None:
    """The variable that the name of a field means; None if it means none.

    The name is that of the variable, with any separators and in any case: ``identity.sourceIp``, ``identity_source_ip``
    and ``identitySourceIp``; or a short name of those that the console's examples have. A nested field has the names
    of the objects around it before its own, with dots.

    >>> variable_of_field("identity_source_ip"), variable_of_field("ip"), variable_of_field("tenant")
    ('identity.sourceIp', 'identity.sourceIp', None)
    """
    plain = _PREFIX.sub("", name, count=1) if _PREFIX.match(name) is not None else name
    if kind_of_variable(plain) is not None:
        return plain
    return _by_plain_name().get(_plain(plain))
