"""What leads from custom domains to the stages of APIs: base paths and routing rules (GW-28, GW-32)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.apis.domains import DeclaredDomain, domain_named, domain_node
from execpolicy.loaders.cloudformation.apis.owners import api_of
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import (
    API_MAPPING,
    APIS,
    BASE_PATH_MAPPING,
    PRIVATE_BASE_PATH_MAPPING,
    REST_API,
    ROUTING_RULE,
)
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_NO_BASE_PATH: Final = ("", "(none)")


class _Kind(NamedTuple):
    """A type of resource that maps a base path, by the names of its properties."""

    type: str
    domain: str
    path: str
    api: str
    apis: tuple[str, ...]


_KINDS: Final = (
    _Kind(BASE_PATH_MAPPING, "DomainName", "BasePath", "RestApiId", (REST_API,)),
    _Kind(PRIVATE_BASE_PATH_MAPPING, "DomainNameArn", "BasePath", "RestApiId", (REST_API,)),
    _Kind(API_MAPPING, "DomainName", "ApiMappingKey", "ApiId", APIS),
)


class _Target(NamedTuple):
    """A stage of an API: the logical id of the API; None for one of another stack."""

    api: str | None
    api_id: Text
    stage: Text


class _Mapping(NamedTuple):
    """A base path, the node that names it, and where it leads."""

    path: str
    at: Node
    target: _Target


class _Rule(NamedTuple):
    """A routing rule: the members that do not depend on the API, and where it leads."""

    members: dict[str, Node | None]
    at: Node
    target: _Target


class _Paths:
    """What leads from one domain to stages."""

    def __init__(self, domain: DeclaredDomain) -> None:
        self.domain = domain
        self.mappings: dict[str, _Mapping] = {}
        self.rules: list[_Rule] = []

    def apis(self) -> set[str]:
        """The logical ids of the APIs of the template that it leads to."""
        targets = [*(each.target for each in self.mappings.values()), *(each.target for each in self.rules)]
        return {target.api for target in targets if target.api is not None}

    def node(self, api: str) -> JsonObject:
        """The domain in the format of the file of an API."""
        mappings: dict[str, Member] = {}
        for path, mapping in self.mappings.items():
            target = mapping.target
            is_own = target.api == api
            node = target.stage if is_own else object_at({"stage": target.stage, "api_id": target.api_id}, mapping.at)
            mappings[path] = (mapping.at.start, mapping.at.end, node)
        at = self.domain.resource.name
        rules = [self._rule(api, rule) for rule in self.rules]
        return domain_node(self.domain, JsonObject(mappings, at.start, at.end), list_at(rules, at) if rules else None)

    @staticmethod
    def _rule(api: str, rule: _Rule) -> JsonObject:
        members = {**rule.members, "stage": rule.target.stage}
        if rule.target.api != api:
            members["api_id"] = rule.target.api_id
        return object_at(members, rule.at)


class _LeadingToStages:
    """Adds what leads from the domains of a template to stages.

    Args:
        stack: the template.
        domains: the domains of the template.
        stage_names: the names of the stages of each API.
    """

    def __init__(
        self, stack: Stack, domains: dict[str, DeclaredDomain], stage_names: dict[str, tuple[str, ...]]
    ) -> None:
        self._stack = stack
        self._domains = domains
        self._stage_names = stage_names
        self.paths = {name: _Paths(domain) for name, domain in domains.items()}

    def add_mapping(self, kind: _Kind, resource: Resource) -> None:
        """Add a base path."""
        stack = self._stack
        properties = properties_of(stack, resource, (kind.domain, kind.path, kind.api, "Stage"))
        domain = domain_named(stack, resource, properties, kind.domain, self._domains)
        api = api_of(stack, resource, properties, kind.api, kind.apis)
        api_id, path = properties.text(kind.api), properties.text(kind.path, may_be_empty=True)
        if domain is None or api_id is None:
            return
        mappings = self._paths_of(domain).mappings
        base = "" if path is None or path.value in _NO_BASE_PATH else path.value
        at = path if path is not None else properties.node
        if base and not has_unknown(base) and "" in base.split("/"):
            message = f"found {quoted(base)} as {kind.path}, with a slash at an end or two in a row"
            stack.problems.report(at, message, f"write {'/'.join(filter(None, base.split('/'))) or '(none)'}")
            return
        logical_id = api.logical_id if api is not None else None
        for base_path, stage in _stages_of(properties, base, self._stage_names.get(logical_id or "", ())):
            if base_path in mappings:
                shown = quoted(with_unknown_in_words(base_path))
                message = f"found the base path {shown} of {domain.resource.logical_id} twice"
                stack.problems.report(at, message, "keep one of the mappings")
            else:
                mappings[base_path] = _Mapping(base_path, at, _Target(logical_id, api_id, stage))

    def add_rule(self, resource: Resource) -> None:
        """Add a routing rule."""
        stack = self._stack
        properties = properties_of(stack, resource, ("DomainNameArn", "Priority", "Conditions", "Actions"))
        properties.must("Priority", "Actions")
        domain = domain_named(stack, resource, properties, "DomainNameArn", self._domains)
        members: dict[str, Node | None] = {"priority": properties.number("Priority"), **_conditions(properties)}
        invoked = _invoked(properties)
        if invoked is None:
            return
        api = api_of(stack, resource, invoked, "ApiId", APIS)
        api_id, stage = invoked.text("ApiId"), invoked.text("Stage")
        members["strip_base_path"] = invoked.flag("StripBasePath")
        if domain is not None and api_id is not None and stage is not None:
            target = _Target(api.logical_id if api is not None else None, api_id, stage)
            self._paths_of(domain).rules.append(_Rule(members, resource.name, target))

    def _paths_of(self, domain: DeclaredDomain) -> _Paths:
        return self.paths[domain.name.value.lower()]


def domains_by_api(
    stack: Stack, domains: dict[str, DeclaredDomain], stage_names: dict[str, tuple[str, ...]]
) -> dict[str, JsonObject]:
    """The custom domains by the logical id of the API that they lead to, in the format of an API file.

    Args:
        stack: the template.
        domains: the domains of the template.
        stage_names: the names of the stages of each API.
    """
    reader = _LeadingToStages(stack, domains, stage_names)
    for kind in _KINDS:
        for resource in stack.of_type(kind.type):
            reader.add_mapping(kind, resource)
    for resource in stack.of_type(ROUTING_RULE):
        reader.add_rule(resource)
    found: dict[str, dict[str, Member]] = {}
    for each in reader.paths.values():
        name = each.domain.name
        for api in sorted(each.apis()):
            found.setdefault(api, {})[name.value] = (name.start, name.end, each.node(api))
    return {api: _object(members) for api, members in found.items()}


def _object(members: dict[str, Member]) -> JsonObject:
    start, end, _ = next(iter(members.values()))
    return JsonObject(members, start, end)


def _stages_of(properties: Properties, base: str, names: tuple[str, ...]) -> Iterator[tuple[str, Text]]:
    """The base paths and stages of a mapping. Without a stage, the segment after the base path names it."""
    if properties.has("Stage"):
        stage = properties.text("Stage")
        if stage is not None:
            yield base, stage
    elif not names or any(map(has_unknown, names)):
        advice = 'add "Stage": without it, calls name the stage in their path, and the stages are not known'
        properties.report("Stage", f'found {properties.what} without "Stage"', advice)
    else:
        for name in names:
            yield f"{base}/{name}".lstrip("/"), text_at(name, properties.node)


def _invoked(properties: Properties) -> Properties | None:
    """The action of a routing rule: the stage that it selects."""
    actions = list(properties.each("Actions", ("InvokeApi",)))
    if len(actions) != 1:
        if properties.has("Actions"):
            properties.report("Actions", f"found {len(actions)} actions of a routing rule, expected one", "keep one")
        return None
    inner = actions[0].inner("InvokeApi", ("ApiId", "Stage", "StripBasePath"))
    if inner is None:
        actions[0].must("InvokeApi")
        return None
    return inner if inner.must("ApiId", "Stage") else None


def _conditions(properties: Properties) -> dict[str, Node | None]:
    """The conditions of a routing rule: headers, and one base path."""
    headers: dict[str, Member] = {}
    base_paths: list[Text] = []
    for condition in properties.each("Conditions", ("MatchHeaders", "MatchBasePaths")):
        matched = condition.inner("MatchHeaders", ("AnyOf",))
        given = list(matched.each("AnyOf", ("Header", "ValueGlob"))) if matched is not None else []
        for each in given:
            header, value = each.text("Header"), each.text("ValueGlob")
            if each.must("Header", "ValueGlob") and header is not None and value is not None:
                if header.value.lower() in {name.lower() for name in headers}:
                    each.report("Header", f"found the header {quoted(header.value)} twice", "keep one condition on it")
                headers[header.value] = (header.start, header.end, value)
        based = condition.inner("MatchBasePaths", ("AnyOf",))
        found = based.texts("AnyOf") if based is not None else None
        values = [item for item in found.items if isinstance(item, Text)] if found is not None else []
        base_paths += values
        _check_alternatives(condition, len(given), len(values))
    if len(base_paths) > 1:
        advice = "a rule has one condition on the base path"
        properties.report("Conditions", f"found {len(base_paths)} base paths in a routing rule", advice)
    at = properties.at("Conditions")
    return {
        "headers": JsonObject(headers, at.start, at.end) if headers else None,
        "base_path": base_paths[0] if base_paths else None,
    }


def _check_alternatives(condition: Properties, headers: int, base_paths: int) -> None:
    """Report a condition with alternatives: AnyOf has one item, so that all conditions of a rule must hold."""
    for name, count in (("MatchHeaders", headers), ("MatchBasePaths", base_paths)):
        if condition.has(name) and count != 1:
            condition.report(
                name, f"found {count} items in AnyOf of {name}, expected one", "write a condition for each"
            )
