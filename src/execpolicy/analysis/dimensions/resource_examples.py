"""Resources that are better examples than others: known routes, and what the patterns of policies are written for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from execpolicy._base.records import NamedTuple
from execpolicy.language.glob import matcher, tokens_of

#: The methods of examples, the best first.
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
#: The combinations of stages, methods and paths that are tried.
_MAX_COMBINATIONS = 72
_MAX_OF_EACH = 6
_OTHER_REGIONS, _OTHER_ACCOUNTS, _OTHER_IDS = ("us-east-1",), ("444455556666",), ("d4e5f6",)
_FIELDS = 6
_ACCOUNT_FIELD, _ACCOUNT_LENGTH = 4, 12


class KnownApi(NamedTuple):
    """An API that is known: its ARN up to the id, its stages, and its routes as methods with paths that are sent."""

    arn: str
    stages: tuple[str, ...]
    routes: tuple[tuple[str, str], ...] = ()

    @property
    def calls(self) -> Iterator[str]:
        """The ARNs of calls to its routes: short paths before long ones, GET before other methods."""
        routes = sorted(self.routes, key=lambda route: (len(route[1]), _rank(route[0]), route))
        for method, path in routes:
            for stage in self.stages:
                yield f"{self.arn}/{stage}/{method}{path}"


def _rank(method: str) -> int:
    return METHODS.index(method) if method in METHODS else len(METHODS)


#: Stands for the API where none is known.
SOME_API = KnownApi("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3", ("prod",))


def preferred_resources(patterns: Iterable[str], api: KnownApi) -> Iterator[str]:
    """ARNs of calls, the best first.

    Args:
        patterns: the patterns of ARNs and of short forms that policies have, as they are written.
        api: whose calls are the best examples.

    >>> [*preferred_resources(["arn:aws:execute-api:*:*:*/dev/POST/orders/*"], SOME_API)][:2]
    ['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/', \
'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/dev/POST/orders/']
    """
    first = f"{api.arn}/{api.stages[0]}/GET/"
    written = [text for pattern in dict.fromkeys(patterns) for text in _written_for(pattern, api)]
    yield from dict.fromkeys((*api.calls, first, *written, *_combined([first, *written], api), *_elsewhere(api)))


def beginnings(api: KnownApi) -> tuple[str, ...]:
    """What ARNs of calls to an API begin with, the longest first."""
    fields = api.arn.rsplit(":", 1)[0]
    stages = [f"{api.arn}/{stage}/" for stage in api.stages[:1]]
    return (*(f"{stage}GET/" for stage in stages), *stages, f"{api.arn}/", f"{fields}:", "arn:aws:execute-api:")


def _elsewhere(api: KnownApi) -> Iterator[str]:
    """Calls in other regions, to APIs of other accounts, and to other APIs."""
    before, region, account, api_id = api.arn.rsplit(":", 3)
    places = product((region, *_OTHER_REGIONS), (account, *_OTHER_ACCOUNTS), (api_id, *_OTHER_IDS))
    for other_region, other_account, other_id in places:
        yield f"{before}:{other_region}:{other_account}:{other_id}/{api.stages[0]}/GET/"


def _written_for(pattern: str, api: KnownApi) -> Iterator[str]:
    """The call that a pattern was written for, with a known name in place of each wildcard."""
    if pattern.startswith("/"):
        yield api.arn + "/" + _filled_path(pattern[1:].split("/"), [api.stages[0], "GET"])
        return
    fields = pattern.split(":", _FIELDS - 1)
    if len(fields) < _FIELDS:
        return
    usual = api.arn.split(":", _FIELDS - 1)
    filled = [_filled(field, name) for field, name in zip(fields[:-1], usual, strict=False)]
    filled[_ACCOUNT_FIELD] = _padded(filled[_ACCOUNT_FIELD], usual[_ACCOUNT_FIELD])
    resource = fields[-1]
    if filled[2] == usual[2] and not resource.startswith("/"):
        resource = _filled_path(resource.split("/"), [usual[-1], api.stages[0], "GET"])
    else:
        resource = _filled(resource, "")
    yield ":".join([*filled, resource])


def _filled_path(segments: Sequence[str], usual: Sequence[str]) -> str:
    """A path with the usual names in place of wildcards; one that ends in a wildcard goes on with the others."""
    names = [*usual, *("" for _ in segments[len(usual) :])]
    filled = [_filled(segment, name) for segment, name in zip(segments, names, strict=False)]
    if segments[-1].endswith("*"):
        filled += [*names[len(segments) :], *([""] if len(segments) <= len(usual) else [])]
    return "/".join(filled)


def _filled(written: str, name: str) -> str:
    """The name, if a pattern matches it, else the pattern without its wildcards."""
    return name if matcher(tokens_of(written))(name) else written.replace("*", "").replace("?", "a")


def _padded(account: str, usual: str) -> str:
    """An account that begins with what is written of it."""
    return account if len(account) in (0, _ACCOUNT_LENGTH) else (account + usual)[:_ACCOUNT_LENGTH]


def _combined(calls: Iterable[str], api: KnownApi) -> Iterator[str]:
    """The calls with the stages, methods and paths of each other."""
    parts = [call.split("/", 3) for call in calls]
    found = [each for each in parts if len(each) > 3 and ":execute-api:" in each[0]]
    arns, stages, paths = (_few(each[place] for each in found) for place in (0, 1, 3))
    methods = _few((*METHODS[:-1], *(each[2] for each in found)))
    stages = _few((*api.stages, *stages))
    combinations = product(arns, stages, paths, methods)
    yield from islice(
        (f"{arn}/{stage}/{method}/{path}" for arn, stage, path, method in combinations), _MAX_COMBINATIONS
    )


def _few(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))[:_MAX_OF_EACH]
