"""Files that describe an API, ``*.api.json`` and ``*.api.yaml``, read as strictly as a policy (docs/api-files.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.errors import Source
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ENDPOINT_ACCESS_MODES, IP_ADDRESS_TYPES, ApiType, EndpointType, KeySource
from execpolicy.gateway.model.readings import (
    ENDPOINT_IDENTITY_READINGS,
    PATH_READINGS,
    READINGS,
    REMOVED_READINGS,
    Readings,
)
from execpolicy.loaders.api_file.assembly import Assembly
from execpolicy.loaders.api_file.authorizers import read_authorizers
from execpolicy.loaders.api_file.gateway_responses import read_gateway_responses
from execpolicy.loaders.api_file.method_settings import check_methods
from execpolicy.loaders.api_file.policies import PolicyReader
from execpolicy.loaders.api_file.routes import read_routes
from execpolicy.loaders.api_file.short_forms import in_full
from execpolicy.loaders.api_file.stages_and_domains import read_api_keys, read_domains, read_stage, read_stages
from execpolicy.loaders.api_file.unknown_parts import without_unknown_parts
from execpolicy.loaders.api_file.unknown_texts import with_unknown_texts

_SCHEMA_FAMILY: Final = "execpolicy/api/"
SCHEMA: Final = f"{_SCHEMA_FAMILY}1"

API_FIELDS = (
    "schema",
    "title",
    "id",
    "type",
    "region",
    "account",
    "endpoint",
    "stage",
    "stages",
    "routes",
    "authorizers",
    "resource_policy",
    "api_keys",
    "api_key_source",
    "domains",
    "cors",
    "readings",
    "disable_execute_api_endpoint",
    "gateway_responses",
    "ip_address_type",
    "endpoint_access_mode",
)
REQUIRED = ("schema", "id", "type", "region", "account", "routes")


def is_api_file(document: Node) -> bool:
    """Whether a document names a schema of API files; the version may be unknown."""
    if not isinstance(document, JsonObject) or "schema" not in document.members:
        return False
    _, _, schema = document.members["schema"]
    return isinstance(schema, Text) and schema.value.startswith(_SCHEMA_FAMILY)


def read_api_file(
    problems: Problems,
    document: Node,
    *,
    stage: str | None = None,
    made_stages: Mapping[str, str] | None = None,
    deployments: Mapping[str, tuple[int, int]] | None = None,
) -> ApiDefinition:
    """Read an API from the document of an API file.

    Args:
        problems: collects everything that is wrong in the file, each with its place.
        document: the whole content of the file.
        stage: the name of the stage that is called. If the API does not have it, or None is given, it is the stage
            that the document names, or the first one: ``kinds.only_api`` selects the stage, and checks it.
        made_stages: in words, what made the stages that the file does not have itself, by their names.
        deployments: the places of what deploys the API, by its name.

    Raises:
        PolicySyntaxError: the file describes no API.
    """
    root, assembly = _known_parts(problems, document, REQUIRED)
    assembly.made_stages, assembly.deployments = dict(made_stages or {}), dict(deployments or {})
    _check(problems, root, assembly)
    return assembly.finished(stage, any_stage=True)


def api_from_node(node: Node, source: Source, *, stage: str | None = None, any_stage: bool = False) -> ApiDefinition:
    """Read an API that is a part of a larger text, such as a case file; it may omit ``schema``.

    Args:
        node: the API, a part of the parsed text.
        source: the larger text. Policies that the API names are files in its folder.
        stage: the name of the stage that is called, if the API has several.
        any_stage: whether the first stage is selected if none is named: all stages are meant.

    Raises:
        PolicySyntaxError: the node does not describe an API; every error has its place in the larger text.
        UsageError: the API does not have that stage.
    """
    problems = Problems(source)
    root, assembly = _known_parts(problems, with_unknown_texts(problems, node), REQUIRED[1:])
    _check(problems, root, assembly)
    return assembly.finished(stage, any_stage=any_stage)


def _known_parts(problems: Problems, root: Node, required: tuple[str, ...]) -> tuple[Node, Assembly]:
    """The document without the parts that are not known, and the parts of the API."""
    root, unknown = without_unknown_parts(problems, in_full(problems, root))
    assembly = _assembled(problems, root, required)
    assembly.unknown_parts = unknown
    return root, assembly


def _check(problems: Problems, root: Node, assembly: Assembly) -> None:
    """Raise what was reported, then what the stages say of methods that no route has."""
    problems.check()
    if isinstance(root, JsonObject) and "stages" in root.members:
        check_methods(problems, root.members["stages"][2], assembly.routes)
        problems.check()


def _assembled(problems: Problems, root: Node, required: tuple[str, ...]) -> Assembly:
    """The parts of the API; a part that does not fit the previous ones is reported at its place."""
    assembly = Assembly(problems)
    fields = entry(problems, root, "an API file", API_FIELDS)
    if fields is None:
        return assembly
    fields.must(*required)
    fields.choice("schema", (SCHEMA,))
    fields.text("title")
    for name in ("id", "region", "account"):
        assembly.add(fields, **{name: fields.text(name)})
    api_type = fields.choice("type", ApiType)
    if api_type is None:
        return assembly
    policies = PolicyReader(problems)
    assembly.add(fields, type=ApiType(api_type))
    assembly.add(fields, endpoint=fields.choice("endpoint", EndpointType))
    stages = read_stages(fields, ApiType(api_type))
    assembly.add_stages(fields, stages, read_stage(fields, stages))
    assembly.add(fields, resource_policy=policies.one(fields, "resource_policy", "resource"))
    assembly.add(fields, api_key_source=fields.choice("api_key_source", KeySource))
    assembly.add(fields, cors=fields.flag("cors", default=False) if fields.has("cors") else None)
    assembly.add(fields, readings=_readings(fields))
    if fields.has("disable_execute_api_endpoint"):
        disabled = fields.flag("disable_execute_api_endpoint", default=False)
        assembly.add(fields, disable_execute_api_endpoint=disabled)
    assembly.add(fields, gateway_responses=read_gateway_responses(fields))
    assembly.add(fields, ip_address_type=fields.choice("ip_address_type", IP_ADDRESS_TYPES))
    assembly.add(fields, endpoint_access_mode=fields.choice("endpoint_access_mode", ENDPOINT_ACCESS_MODES))
    read_api_keys(fields, assembly, stages)
    read_domains(fields, assembly, stages, policies)
    read_routes(fields, assembly, read_authorizers(fields, assembly))
    return assembly


def _readings(fields: Fields) -> Readings | None:
    node = fields.value("readings")
    inner = entry(fields.problems, node, "readings", READINGS, REMOVED_READINGS) if node is not None else None
    if inner is None:
        return None
    path = inner.choice("path", PATH_READINGS)
    identity = inner.choice("endpoint_identity", ENDPOINT_IDENTITY_READINGS)
    return Readings(path or PATH_READINGS[0], identity or ENDPOINT_IDENTITY_READINGS[0])
