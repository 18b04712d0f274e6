"""How a call of a witness is sent: to a stage by the API's own host, or to a host with the whole path of its URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.calls.call_hosts import StagePath, own_host_of
from execpolicy.gateway.flow.routing import domain_of

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.calls.call_hosts import HostCalls
    from execpolicy.gateway.model.api_definition import ApiDefinition


class SentCall(NamedTuple):
    """The stage and the path of a call, and what it sends to the host.

    Attributes:
        stage: the stage that it leads to, in the last version in which it leads to one.
        path: the path after the stage; with a host the whole path of the URL.
        paths_in_arns: the path that its ARN has in each version; None if it leads nowhere.
        host: the host; None for a call to the stage by the API's own host.
        headers: the headers that routing rules read.
        certificate: whether it has a client certificate; None where no version needs one.
    """

    stage: str
    path: str
    paths_in_arns: tuple[str | None, ...]
    host: str | None = None
    headers: Mapping[str, str] = {}
    certificate: bool | None = None

    @classmethod
    def by_stage(cls, stage: str, path: str, versions: int) -> SentCall:
        """A call to a stage by the API's own host."""
        return cls(stage, path, (path,) * versions)

    @classmethod
    def by_host(cls, way: HostCalls, path: str, version: int, apis: Sequence[ApiDefinition]) -> SentCall:
        """A call to a host, whose ARN has a path in a version."""
        url = way.path_of(path, version)
        leading = [each for each in way.destinations if isinstance(each, StagePath)]
        paths = (
            way.path_in_arn(url, place) if isinstance(each, StagePath) else None
            for place, each in enumerate(way.destinations)
        )
        host = way.host or own_host_of(apis[0])
        return cls(leading[-1].stage, url, tuple(paths), host, way.headers, way.certificate)

    def with_arguments(self, given: Mapping[str, Any], api: ApiDefinition) -> dict[str, Any]:
        """The arguments of ``Api.invoke`` for a version, with what the call sends to the host.

        To a version that does not have the host, the header Host names it (GW-28).
        """
        if self.host is None:
            return dict(given)
        headers = {name: value for name, value in given.get("headers", {}).items() if name.lower() not in self.headers}
        headers |= self.headers
        if self.host != own_host_of(api) and domain_of(api, self.host) is None:
            return {**given, "headers": {**headers, "Host": self.host}}
        arguments: dict[str, Any] = {**given, "domain_name": self.host, "headers": headers}
        if self.certificate is not None:
            arguments["client_certificate"] = "valid" if self.certificate else "absent"
        return arguments


def is_by_stage(way: HostCalls, apis: Sequence[ApiDefinition]) -> bool:
    """Whether the calls are those to a stage by the API's own host, and every version has the stage."""
    found = {each for each in way.destinations if isinstance(each, StagePath)}
    if way.host is not None or len(found) != 1:
        return False
    (destination,) = found
    return all(destination.stage in {stage.name for stage in api.stages} for api in apis)
