"""The call that a pasted text is about: its method, path and caller, from a line of a log, ``curl -v`` or a message."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.diagnose.access_denied import is_arn_of_principal
from execpolicy.diagnose.log_line import ABSENT, Members

METHOD = re.compile(r"[A-Z]{1,20}")
_PATH = re.compile(r"/[!-~]{0,4095}")
#: A line in the common log format of API Gateway.
_COMMON = re.compile(
    r"(?:^|[\s\"'])(?P<ip>[0-9A-Fa-f.:]{2,45}) (?P<first>\S{1,2048}) (?P<second>\S{1,2048}) \[[^\]\n]{1,64}\] "
    r"\"(?P<method>[A-Z]{1,20}) (?P<path>/[!-~]{0,4095}) HTTP/[0-9.]{1,5}\" (?P<status>[1-5][0-9]{2})\b",
    re.MULTILINE,
)
#: The first line of a request in the output of curl -v.
_REQUEST_LINE = re.compile(
    r"^> (?P<method>[A-Z]{1,20}) (?P<path>/[!-~]{0,4095}) HTTP/[0-9.]{1,5}[ \t\r]*$", re.MULTILINE
)
_DEFAULT_HOST = re.compile(
    r"(?P<api>[a-z0-9]{1,64})\.execute-api\.(?P<region>[a-z0-9-]{1,64})\.amazonaws\.com(?:\.cn)?"
)


class LoggedCall(NamedTuple):
    """A call; a part that the text does not have is empty."""

    method: str = ""
    #: As it is logged: with the stage or the base path, without the query.
    path: str = ""
    #: The ARN of the caller, ``-`` for a call that is not signed, or nothing if the text does not say.
    caller: str = ""
    source_ip: str = ""
    stage: str = ""
    host: str = ""
    status: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether method, path and caller are known."""
        return bool(self.method and self.path and self.caller)


def parse_logged_call(text: str, members: Members, host: str) -> LoggedCall:
    """The call that a text is about.

    Args:
        text: the pasted text.
        members: the members of a line of a log in JSON.
        host: the host that was called, if it is known.

    >>> line = '203.0.113.9 - - [29/Nov/2026:19:00:00 +0000] "GET /prod/pets HTTP/1.1" 403 42'
    >>> parse_logged_call(line, {}, "").path
    '/prod/pets'
    """
    common = _COMMON.search(text)
    if common is not None:
        named = [word for word in (common["first"], common["second"]) if is_arn_of_principal(word)]
        callers = {common["first"], common["second"]}
        return LoggedCall(
            common["method"],
            _without_query(common["path"]),
            named[0] if named else ABSENT if callers == {ABSENT} else "",
            common["ip"],
            host=host,
            status=int(common["status"]),
        )
    request = _REQUEST_LINE.search(text)
    if request is not None:
        return LoggedCall(request["method"], _without_query(request["path"]), host=host)
    return _of_members(members, host)


def _of_members(members: Members, host: str) -> LoggedCall:
    method = _member(members, "httpmethod", "method")
    path = _without_query(_member(members, "path"))
    if not (METHOD.fullmatch(method) and _PATH.fullmatch(path)):
        return LoggedCall(host=host)
    callers = [_member(members, name) for name in ("userarn", "caller", "user")]
    named = [caller for caller in callers if is_arn_of_principal(caller)]
    status = _member(members, "status", "statuscode")
    return LoggedCall(
        method,
        path,
        named[0] if named else ABSENT if set(callers) <= {ABSENT, ""} and ABSENT in callers else "",
        _member(members, "sourceip", "ip").replace(ABSENT, ""),
        _member(members, "stage").replace(ABSENT, ""),
        host,
        int(status) if re.fullmatch("[1-5][0-9]{2}", status) else None,
    )


def _member(members: Members, *names: str) -> str:
    """The first member with one of these names, at any position."""
    return next((value for name, value in members.items() if name.rpartition(".")[2] in names), "")


def _without_query(path: str) -> str:
    return path.partition("?")[0]


class ApiOfHost(NamedTuple):
    """The API that a default endpoint names."""

    id: str
    region: str


def api_of_host(host: str) -> ApiOfHost | None:
    """The API of a default endpoint; None for any other host.

    >>> api_of_host("a1b2c3.execute-api.eu-west-1.amazonaws.com")
    ApiOfHost(id='a1b2c3', region='eu-west-1')
    """
    found = _DEFAULT_HOST.fullmatch(host)
    return None if found is None else ApiOfHost(found["api"], found["region"])
