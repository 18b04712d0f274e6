"""Texts that the values of context keys usually are, so that examples look like values."""

from __future__ import annotations

from execpolicy._base.records import NamedTuple
from execpolicy.analysis.dimensions.organization_paths import usual_path
from execpolicy.language.context_keys import KeyType, find_context_key


class UsualTexts(NamedTuple):
    """Texts that are better examples than others, the best first, and what other texts begin with."""

    texts: tuple[str, ...]
    beginnings: tuple[str, ...] = ()


_ACCOUNT, _ORGANIZATION = "444455556666", "o-exampleorgid"
_ENDPOINT, _NETWORK = "vpce-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60718"
_SERVICE = "cloudformation.amazonaws.com"
_OTHER, _ARN = "other", f"arn:aws:lambda:eu-west-1:{_ACCOUNT}:function:example"
_OF_KEYS = {
    "aws:sourcevpce": UsualTexts((_ENDPOINT,), ("vpce-",)),
    "aws:sourcevpc": UsualTexts((_NETWORK,), ("vpc-",)),
    "aws:useragent": UsualTexts(("curl/8.5.0",)),
    "aws:referer": UsualTexts(("https://example.com/",), ("https://",)),
    **{
        f"aws:{owner}orgid": UsualTexts((_ORGANIZATION,), ("o-",))
        for owner in ("principal", "resource", "source", "vpce")
    },
    **{
        f"aws:{owner}orgpaths": UsualTexts((usual_path(_ORGANIZATION),), (f"{_ORGANIZATION}/", "o-"))
        for owner in ("principal", "resource", "source", "vpce")
    },
    **dict.fromkeys(("aws:sourceaccount", "aws:vpceaccount"), UsualTexts((_ACCOUNT,))),
    "aws:resourceaccount": UsualTexts((_ACCOUNT, "123456789012")),
    **dict.fromkeys(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"), UsualTexts((_SERVICE,))),
}
_OF_TYPES = {
    KeyType.ARN: UsualTexts((_ARN,), ("arn:aws:",)),
    KeyType.IP: UsualTexts(("198.51.100.1", "203.0.113.1", "10.0.0.1", "2001:db8::1")),
    KeyType.NUMERIC: UsualTexts(("0", "1")),
}


def usual_texts(key: str) -> UsualTexts:
    """The usual texts of a key, by its lower-case name.

    >>> usual_texts("aws:sourcevpc").texts, usual_texts("aws:principaltag/team").texts
    (('vpc-0a1b2c3d4e5f60718',), ('other',))
    """
    found = _OF_KEYS.get(key)
    if found is not None:
        return found
    record = find_context_key(key)
    return (None if record is None else _OF_TYPES.get(record.type)) or UsualTexts((_OTHER,))
