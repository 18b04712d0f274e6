"""Where calls lead: by their host and the first segments of their path, in each version of an API (GW-28, GW-30).

The paths of URLs are divided by the names of the stages on the API's own host, and by the base paths of mappings and of
routing rules on a custom domain. All calls of one part lead to one stage, or to none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.calls.rule_headers import header_choices
from execpolicy.errors import RequestError
from execpolicy.gateway.arn.execute_api_arn import dns_suffix
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.routing import CallDestination, destination_of, domain_of
from execpolicy.gateway.flow.routing_rules import base_segments
from execpolicy.gateway.model.domain import base_of
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_path import split_path
from execpolicy.gateway.model.stage import DEFAULT_STAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.domain import Domain


class StagePath(NamedTuple):
    """The stage that calls lead to, and the segments of their base path that stay in the path of the ARN."""

    stage: str
    kept: tuple[str, ...] = ()

    @property
    def beginning(self) -> str:
        """What the path of the ARN begins with; empty for any path."""
        return _joined(self.kept)


class LedElsewhere(NamedTuple):
    """Calls lead to another API; the reason says to which."""

    reason: str


class HostCalls(NamedTuple):
    """Calls to one host with one base path.

    Attributes:
        host: the custom domain name; None for the API's own host.
        base: the segments of the base path.
        longer: base paths that go on from this one; calls with one of them are others.
        headers: the headers that routing rules read; those that are not sent are left out.
        certificate: whether the calls have a client certificate; None where no version asks for one.
        destinations: where the calls lead in each version; None if they are refused whatever they are.
    """

    host: str | None
    base: tuple[str, ...]
    longer: tuple[tuple[str, ...], ...]
    headers: Mapping[str, str]
    certificate: bool | None
    destinations: tuple[StagePath | LedElsewhere | None, ...]

    def destination(self, version: int) -> StagePath:
        """Where the calls lead in a version in which they lead to a stage."""
        destination = self.destinations[version]
        assert isinstance(destination, StagePath), "the calls lead to a stage in this version"
        return destination

    def path_of(self, path: str, version: int) -> str:
        """The path of the URL of a call, by the path that its ARN has in a version."""
        beginning = self.destination(version).beginning
        rest = path[len(beginning) :]
        # A base path alone, and with a slash after it, lead to the root path.
        rest = "" if rest == "/" and not beginning else rest
        return (_joined(self.base) + rest) or "/"

    def path_in_arn(self, path: str, version: int) -> str:
        """The path that the ARN of a call has in a version, by the path of its URL."""
        return (self.destination(version).beginning + path[len(_joined(self.base)) :]) or "/"


def _joined(segments: Iterable[str]) -> str:
    return "".join(f"/{each}" for each in segments)


def own_host_of(api: ApiDefinition) -> str:
    """The API's own host."""
    return f"{api.id.lower()}.execute-api.{api.region}.{dns_suffix(api.partition)}"


def calls_by_host(apis: Sequence[ApiDefinition]) -> list[HostCalls]:
    """The calls that lead to the API in some version, those by its own host first.

    Args:
        apis: the versions of one API.

    Raises:
        BudgetExceededError: the routing rules of a domain read too many different values of headers.
    """
    found = [*_by_own_host(apis)]
    if not apis[0].is_private:  # no call by a public domain reaches a private API (GW-19)
        for host in _domain_names(apis):
            found += _by_domain(apis, host)
    return [each for each in found if any(isinstance(one, StagePath) for one in each.destinations)]


def _by_own_host(apis: Sequence[ApiDefinition]) -> Iterator[HostCalls]:
    """The first segment names the stage; an HTTP API has its stage ``$default`` for all others (GW-28)."""
    names = dict.fromkeys(stage.name for api in apis for stage in api.stages if stage.name != DEFAULT_STAGE)
    for base in [*((name,) for name in names), ()]:
        # No client writes the name of the default stage into a path.
        longer = () if base else (*((name,) for name in names), (DEFAULT_STAGE,))
        yield HostCalls(None, base, longer, {}, None, tuple(_at_own_host(api, base) for api in apis))


def _at_own_host(api: ApiDefinition, base: tuple[str, ...]) -> StagePath | None:
    names = {stage.name for stage in api.stages}
    if api.disable_execute_api_endpoint:
        return None
    if base and base[0] in names:
        return StagePath(base[0])
    return StagePath(DEFAULT_STAGE, base) if api.type is ApiType.HTTP and DEFAULT_STAGE in names else None


def _domain_names(apis: Sequence[ApiDefinition]) -> list[str]:
    """The domain names that are called: each one that is described, and one for each name with a wildcard."""
    names = list(dict.fromkeys(domain.name.lower() for api in apis for domain in api.domains))
    return [_without_wildcard(name, names) if name.startswith("*") else name for name in names]


def _without_wildcard(name: str, others: Sequence[str]) -> str:
    """A name that a wildcard stands for, and that is not described itself."""
    labels = ("any", *(f"any{number}" for number in range(len(others))))
    return next(each for label in labels if (each := label + name[1:]) not in others)


def _by_domain(apis: Sequence[ApiDefinition], host: str) -> Iterator[HostCalls]:
    domains = [domain_of(api, host) for api in apis]
    described = [domain for domain in domains if domain is not None]
    bases = dict.fromkeys(base for domain in described for base in (*_bases(domain), ()))
    certificates = (True, False) if any(domain.mutual_tls for domain in described) else (None,)
    for base, headers, certificate in product(bases, header_choices(described), certificates):
        longer = tuple(each for each in bases if len(each) > len(base) and each[: len(base)] == base)
        destinations = (
            _at_domain(api, domain, host, base, headers, certificate=certificate)
            for api, domain in zip(apis, domains, strict=True)
        )
        yield HostCalls(host, base, longer, headers, certificate, tuple(destinations))


def _bases(domain: Domain) -> Iterator[tuple[str, ...]]:
    yield from (tuple(base_of(each)) for each in domain.mappings)
    yield from (tuple(base_segments(each)) for each in domain.routing_rules)


def _at_domain(
    api: ApiDefinition,
    domain: Domain | None,
    host: str,
    base: tuple[str, ...],
    headers: Mapping[str, str],
    *,
    certificate: bool | None,
) -> StagePath | LedElsewhere | None:
    """Where the calls lead; a host that is not described leads nowhere (GW-28)."""
    if domain is None or (domain.mutual_tls and certificate is False):
        return None
    path = _joined(base) or "/"
    call = IncomingCall("GET", path, {name: (value,) for name, value in headers.items()})
    try:
        found = destination_of(api, path, host, call)
    except RequestError as error:
        return LedElsewhere(error.message)
    if not isinstance(found, CallDestination):
        return None
    kept = tuple(split_path(found.path))
    # A WebSocket API has no call whose path goes on after the base path.
    return None if kept and api.type is ApiType.WEBSOCKET else StagePath(found.stage.name, kept)
