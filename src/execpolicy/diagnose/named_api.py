"""The API that a response names, before the file that describes the API is read."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.diagnose.logged_call import api_of_host
from execpolicy.diagnose.pasted_text import parse_pasted_text
from execpolicy.diagnose.why import read_messages
from execpolicy.errors import RequestError


class NamedApi(NamedTuple):
    """What a response or a host says of an API; what it does not say is empty. In ``account``, ``*`` masks a digit."""

    id: str
    region: str
    account: str = ""


def named_api(text: str) -> NamedApi | None:
    """The API that a text names by the ARN of the call or by the host; None if it names none.

    >>> named_api("User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
    ...     "arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/pets with an explicit deny")
    NamedApi(id='a1b2c3', region='eu-west-1', account='********3333')
    """
    try:
        meanings = read_messages(text)
    except RequestError:  # the responses of an API of its own are not known without the API
        meanings = ()
    for meaning in meanings:
        fields = meaning.resource.split(":", 5)
        if len(fields) > 5 and fields[2] == "execute-api" and not fields[5].startswith("/"):
            return NamedApi(fields[5].partition("/")[0], fields[3], fields[4])
    host = api_of_host(parse_pasted_text(text).host)
    return None if host is None else NamedApi(host.id, host.region)
