"""The APIs of a template, each as the document of an API file (SRC-2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from execpolicy.document.syntax.nodes import JsonObject, Member, Node
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.api_file.document import SCHEMA, read_api_file
from execpolicy.loaders.authorizer_functions import with_functions
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.apis.api_keys import api_keys_of
from execpolicy.loaders.cloudformation.apis.authorizers import DeclaredAuthorizer, authorizers_of
from execpolicy.loaders.cloudformation.apis.called_functions import identified_function
from execpolicy.loaders.cloudformation.apis.definitions import ApiMembers
from execpolicy.loaders.cloudformation.apis.domains import domains_of
from execpolicy.loaders.cloudformation.apis.gateway_responses import gateway_responses_of
from execpolicy.loaders.cloudformation.apis.mappings import domains_by_api
from execpolicy.loaders.cloudformation.apis.resource_types import APIS, REST_API, V2_API, check_types
from execpolicy.loaders.cloudformation.apis.rest_api import rest_api_members
from execpolicy.loaders.cloudformation.apis.rest_methods import add_methods
from execpolicy.loaders.cloudformation.apis.rest_paths import paths_of
from execpolicy.loaders.cloudformation.apis.routes import Routes
from execpolicy.loaders.cloudformation.apis.stages import Stages, add_rest_stages, add_v2_stages
from execpolicy.loaders.cloudformation.apis.v2_api import protocol_of, v2_api_members
from execpolicy.loaders.cloudformation.apis.v2_routes import Managed, add_quick_create, add_v2_routes, overrides_of
from execpolicy.loaders.cloudformation.invoke_permissions import functions_in, list_missing_permissions
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.names_in_file import TEMPLATE_NAMES, with_names_of


def apis_of(stack: Stack) -> dict[str, ApiDefinition]:
    """The APIs of a template by logical id.

    Raises:
        PolicySyntaxError: a resource of API Gateway is wrong or not understood; everything that is wrong is reported.
    """
    found: dict[str, ApiDefinition] = {}
    for logical_id, tree in trees_of(stack).items():
        try:
            with stack.problems.reworded(with_names_of(TEMPLATE_NAMES)):
                found[logical_id] = read_api_file(
                    stack.problems,
                    with_functions(tree.document, partial(identified_function, stack)),
                    stage=stack.options.stage,
                    made_stages=tree.made_stages,
                    deployments=tree.deployments,
                )
        except PolicySyntaxError:
            continue  # the problems of all APIs are raised together
    stack.problems.check()
    return found


class ApiTree(NamedTuple):
    """The document of the API file of an API, and what places it has beside those in the document.

    Attributes:
        document: the document.
        made_stages: in words, what made the stages that the template does not have.
        deployments: the places of the deployments, by their logical ids.
    """

    document: JsonObject
    made_stages: Mapping[str, str]
    deployments: Mapping[str, tuple[int, int]]


def trees_of(stack: Stack) -> dict[str, ApiTree]:
    """The documents of the API files of a template, by the logical id of the API. Problems are collected."""
    check_types(stack)
    apis = {each.logical_id: each for each in stack.of_type(*APIS)}
    websocket = frozenset(
        name for name, each in apis.items() if each.type == V2_API and protocol_of(stack, each) is ApiType.WEBSOCKET
    )
    members = {name: _members(stack, each) for name, each in apis.items()}
    routes = {name: Routes(stack) for name in apis}
    stages = {name: Stages(stack) for name in apis}
    authorizers = authorizers_of(stack, websocket)
    by_id = {each.resource.logical_id: each.api for each in authorizers if each.node is not None}
    paths = paths_of(stack)
    declared = add_methods(stack, routes, paths, by_id) | add_v2_routes(stack, routes, by_id)
    for logical_id, path in paths.items():
        if path is not None:
            declared.setdefault(path.api, []).append(stack.resources[logical_id])
    overrides = overrides_of(stack)
    for name, each in apis.items():
        if each.type == V2_API:
            add_quick_create(stack, each, Managed(routes[name], stages[name], overrides.get(name)), by_id)
        _refuse_beside_body(stack, each, members[name], declared.get(name, []))
    add_rest_stages(stack, stages)
    add_v2_stages(stack, stages)
    names = {name: each.names for name, each in stages.items()}
    keys, responses = api_keys_of(stack, names), gateway_responses_of(stack)
    invoked = [each.invoked for each in authorizers if each.invoked is not None]
    defined = [function for name in apis for function in functions_in(members[name].body, name)]
    list_missing_permissions(stack, [*invoked, *defined])
    domains = domains_by_api(stack, domains_of(stack), names)
    authorizers_by_api: dict[str, list[DeclaredAuthorizer]] = {}
    for authorizer in authorizers:
        authorizers_by_api.setdefault(authorizer.api, []).append(authorizer)
    return {
        name: ApiTree(
            _tree(
                stack,
                each,
                {
                    **members[name].members,
                    "stages": stages[name].node(each),
                    "authorizers": _authorizers(stack, each, authorizers_by_api.get(name, []), members[name]),
                    "routes": _defined(members[name], each)
                    if members[name].body is not None
                    else routes[name].node(each.name),
                    "gateway_responses": _responses(stack, each, responses.get(name, {}), members[name]),
                    "api_keys": list_at(keys[name], each.name) if name in keys else None,
                    "domains": domains.get(name),
                },
            ),
            stages[name].made,
            stages[name].deployments,
        )
        for name, each in apis.items()
    }


def _members(stack: Stack, resource: Resource) -> ApiMembers:
    return rest_api_members(stack, resource) if resource.type == REST_API else v2_api_members(stack, resource)


def _tree(stack: Stack, resource: Resource, members: Mapping[str, Node | None]) -> JsonObject:
    at = resource.name
    beginning = {
        "schema": text_at(SCHEMA, at),
        "id": text_at(stack.api_id(resource.logical_id), at),
        "region": text_at(stack.region, at),
        "account": text_at(stack.account, at),
    }
    return object_at(beginning | dict(members), at)


def _defined(members: ApiMembers, resource: Resource) -> Node:
    """The routes of a definition; none after an error in it."""
    return members.members.get("routes") or object_at({}, resource.name)


def _refuse_beside_body(stack: Stack, api: Resource, members: ApiMembers, declared: list[Resource]) -> None:
    """Report routes beside a definition: what an update of the definition leaves of them depends on the deployment."""
    for resource in declared if members.body is not None else ():
        message = f"found the {resource.type} {resource.logical_id} of {api.logical_id}, which has a Body"
        advice = "write it into Body: the next import of the Body may remove it"
        stack.problems.report(resource.name, message, advice)


def _authorizers(
    stack: Stack, api: Resource, declared: list[DeclaredAuthorizer], members: ApiMembers
) -> JsonObject | None:
    """The authorizers of an API, by logical id, and those of its definition."""
    defined = members.members.get("authorizers")
    found: dict[str, Member] = dict(defined.members) if isinstance(defined, JsonObject) else {}
    for each in declared:
        if each.node is None:
            continue
        name = each.resource.name
        if name.value in found:
            message = f"found the authorizer {quoted(name.value)} of {api.logical_id}, which is in its Body too"
            stack.problems.report(name, message, "keep one of them")
        found.setdefault(name.value, (name.start, name.end, each.node))
    return JsonObject(found, api.name.start, api.name.end) if found else None


def _responses(stack: Stack, api: Resource, declared: dict[str, Member], members: ApiMembers) -> JsonObject | None:
    """The gateway responses of an API, and those of its definition."""
    defined = members.members.get("gateway_responses")
    found: dict[str, Member] = dict(defined.members) if isinstance(defined, JsonObject) else {}
    for name, member in declared.items():
        if name in found:
            message = f"found the gateway response {quoted(name)} of {api.logical_id}, which is in its Body too"
            stack.problems.report_name(member, message, "keep one of them")
        found.setdefault(name, member)
    return JsonObject(found, api.name.start, api.name.end) if found else None
