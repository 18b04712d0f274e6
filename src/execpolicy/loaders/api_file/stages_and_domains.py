"""Stages, API keys and custom domains of an API file."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.fields import Fields, entry, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.names import ENDPOINT_ACCESS_MODES, IP_ADDRESS_TYPES, ApiType, CacheRefusal
from execpolicy.gateway.model.routing_rule import MAPPINGS_ONLY, ROUTING_MODES, RULES_ONLY
from execpolicy.gateway.model.stage import DEFAULT_STAGE, ApiKey, Stage
from execpolicy.loaders.api_file.assembly import Assembly, name_node
from execpolicy.loaders.api_file.method_settings import read_method_settings
from execpolicy.loaders.api_file.policies import PolicyReader
from execpolicy.loaders.api_file.routing_rules import read_routing_rules

STAGE_FIELDS = ("variables", "cache_needs_permission", "cache_refusal", "method_settings")
API_KEY_FIELDS = ("value", "stages", "enabled")
DOMAIN_FIELDS = (
    *("mappings", "id", "policy", "associated_endpoints", "mutual_tls", "ip_address_type", "endpoint_access_mode"),
    *("routing_mode", "routing_rules"),
)
MAPPING_FIELDS = ("stage", "api_id")

_STAGES = "a list of stages, or an object of stages by name"


def read_stages(file: Fields, api_type: ApiType) -> tuple[Stage, ...] | None:
    """The stages; None if they are invalid. The default for an HTTP API is ``$default``."""
    node, problems = file.value("stages"), file.problems
    if node is None:
        if api_type is ApiType.HTTP:
            return (Stage(DEFAULT_STAGE),)
        file.must("stages")
        return None
    before = problems.count
    found = list(_stages(file, node))
    if problems.count == before and not found:
        problems.report(node, "found no stage", "name the stages that the API is deployed to")
    return tuple(found) if problems.count == before else None


def read_stage(file: Fields, stages: tuple[Stage, ...] | None) -> str | None:
    """The name of the stage that is called; None if the file does not say it."""
    stage, node = file.text("stage"), file.value("stage")
    if stage is not None and isinstance(node, Text):
        _check_stage(file, node, stages)
    return stage


def _stages(file: Fields, node: Node) -> Iterator[Stage]:
    if isinstance(node, JsonArray):
        for text in file.distinct("stages") or ():
            yield from _stage(file, text, None)
    elif isinstance(node, JsonObject):
        for name, member in node.members.items():
            fields = entry(file.problems, member[2], "a stage", STAGE_FIELDS)
            yield from _stage(file, name_node(name, member), fields)
    else:
        wrong_type(file.problems, node, "stages", _STAGES)


def _stage(file: Fields, name: Text, fields: Fields | None) -> Iterator[Stage]:
    try:
        if fields is None:
            yield Stage(name.value)
        else:
            yield Stage(
                name.value,
                variables=_variables(fields),
                cache_needs_permission=fields.flag("cache_needs_permission", default=False),
                cache_refusal=fields.choice("cache_refusal", CacheRefusal) or CacheRefusal.FAIL_WITH_403,
                method_settings=read_method_settings(fields),
            )
    except ExecPolicyError as error:
        file.problems.refused(name, error)


def _variables(fields: Fields) -> dict[str, str]:
    found = {}
    for name, (_, _, value) in fields.members("variables", "an object of strings"):
        if isinstance(value, Text):
            found[name] = value.value
        else:
            fields.wrong(value, f"the variable {quoted(name)}", "a string")
    return found


def read_api_keys(file: Fields, assembly: Assembly, stages: tuple[Stage, ...] | None) -> None:
    """Add the API keys to the API."""
    for node in file.items("api_keys", "a list of API keys"):
        before = file.problems.count
        key = _api_key(file, node, stages)
        if key is not None and file.problems.count == before:
            assembly.append("api_keys", node, key)


def _api_key(file: Fields, node: Node, stages: tuple[Stage, ...] | None) -> ApiKey | None:
    fields = entry(file.problems, node, "an API key", API_KEY_FIELDS)
    if fields is None or not fields.must("value", "stages"):
        return None
    value, texts = fields.text("value"), fields.distinct("stages") or []
    for text in texts:
        _check_stage(fields, text, stages)
    enabled = fields.flag("enabled", default=True)
    return ApiKey(value, [text.value for text in texts], enabled) if value is not None else None


def _check_stage(fields: Fields, text: Text, stages: tuple[Stage, ...] | None) -> None:
    """Report the name of a stage that the API does not have."""
    names = [stage.name for stage in stages or ()]
    if stages is not None and text.value not in names:
        message = f"found the stage {quoted(text.value)}, which the API does not have"
        fields.problems.report(text, message, did_you_mean(text.value, names))


def read_domains(file: Fields, assembly: Assembly, stages: tuple[Stage, ...] | None, policies: PolicyReader) -> None:
    """Add the custom domains to the API."""
    names: set[str] = set()
    for name, member in file.members("domains", "an object of domains by name"):
        if name.lower() in names:
            file.problems.report_name(member, f"found the domain {quoted(name)} twice", "keep one of them")
        names.add(name.lower())
        fields = entry(file.problems, member[2], "a domain", DOMAIN_FIELDS)
        domain = _domain(fields, name, stages, policies) if fields is not None else None
        if domain is not None:
            assembly.append("domains", name_node(name, member), domain)


def _domain(fields: Fields, name: str, stages: tuple[Stage, ...] | None, policies: PolicyReader) -> Domain | None:
    before = fields.problems.count
    chosen_mode = fields.choice("routing_mode", ROUTING_MODES)
    mode = chosen_mode or MAPPINGS_ONLY
    if chosen_mode not in (None, RULES_ONLY) or not fields.has("routing_mode"):
        fields.must("mappings")
    if fields.has("id"):
        fields.must("associated_endpoints")
    else:
        advice = 'add its "id", or remove this'
        fields.refuse(("policy", "associated_endpoints"), "a domain without an id, which is public", advice)
    mappings = [
        _mapping(fields, path, node, stages)
        for path, (_, _, node) in fields.members("mappings", "an object of stages by base path")
    ]
    rules = list(read_routing_rules(fields, None if stages is None else tuple(stage.name for stage in stages)))
    domain_id, endpoints = fields.text("id"), [text.value for text in fields.distinct("associated_endpoints") or ()]
    policy = policies.one(fields, "policy", "domain_name") if fields.has("id") else None
    mutual_tls = fields.flag("mutual_tls", default=False)
    address_type = fields.choice("ip_address_type", IP_ADDRESS_TYPES)
    access_mode = fields.choice("endpoint_access_mode", ENDPOINT_ACCESS_MODES)
    if fields.problems.count > before:
        return None
    try:
        return Domain(
            name,
            [each for each in mappings if each is not None],
            domain_id,
            policy,
            endpoints,
            mutual_tls,
            address_type,
            access_mode,
            mode,
            rules,
        )
    except ExecPolicyError as error:
        about = fields.value(error.message.partition(" ")[0])
        fields.problems.refused(about or fields.value("associated_endpoints") or fields.node, error)
        return None


def _mapping(domain: Fields, path: str, node: Node, stages: tuple[Stage, ...] | None) -> Mapped | None:
    """A base path mapping: the name of a stage, or an object for a stage of another API."""
    if isinstance(node, Text):
        _check_stage(domain, node, stages)
        return Mapped(path, node.value)
    if not isinstance(node, JsonObject):
        domain.wrong(node, f"the mapping of {quoted(path)}", "the name of a stage, or an object with stage and api_id")
        return None
    fields = Fields(domain.problems, node, "a mapping", MAPPING_FIELDS)
    fields.must(*MAPPING_FIELDS)
    return Mapped(path, fields.text("stage") or "", fields.text("api_id"))
