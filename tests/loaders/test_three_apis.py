"""The same three APIs in every format, and the same 40 calls to them: the answers do not depend on the format.

The folder ``three_apis`` has the APIs ``rest``, ``http`` and ``private`` as API files (``rest.api.yaml``, …), the
policy of the VPC endpoint by which the private one is called, and the calls with their answers. Another format
describes the same APIs in files with its own suffix: ``rest.openapi.yaml``, ``rest.cfn.json``.

To add a format: write one file for each API, and a ``Format`` with the suffix into ``FORMATS``. The files say what the
API files say, in the way in which people write the format. They are read with ``READ_WITH``: the id, the account and
the region that the policies name. What the format cannot say is a part in ``cannot_say``, by the name of the part of
``Api``, with the reason; the part is taken from the API file. A part in ``cannot_say`` that a file does say is a
failure, and so is a file of the folder that no format reads. An API without a file in the format is in ``without``,
with the reason. The logical id of an API or a VPC endpoint in a template is free: a file describes one API. Names of
authorizers are free too.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
import yaml

from execpolicy import Api, Policy
from execpolicy.engine.caller import Caller
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import kind_named, load_contents, only_api

FOLDER = Path(__file__).parent / "three_apis"
APIS = ("rest", "http", "private")
#: The sources of the plans of the real terraform.
SOURCES = FOLDER.parents[1] / "fixtures" / "terraform"
ENDPOINT_POLICY = "endpoint.policy.yaml"
CALLS = "calls.yaml"


class Format(NamedTuple):
    """A format in which the three APIs are written.

    Attributes:
        suffix: what follows the name of the API in the names of its files.
        kind: the name of the kind of file that reads them.
        cannot_say: parts of an API that the format has no words for, with the reason.
        without: APIs that the format has no words for, with the reason.
        has_sources: whether the files are plans of the sources in tests/fixtures/terraform, with which they are read.
    """

    suffix: str
    kind: str
    cannot_say: Mapping[str, str] = {}
    without: Mapping[str, str] = {}
    has_sources: bool = False


#: OpenAPI defines an API before keys are made for it.
_NO_KEYS = {"api_keys": "a definition says which methods require a key, and not which keys there are"}

FORMATS = (
    Format("api.yaml", "execpolicy"),
    Format("openapi.yaml", "openapi", cannot_say=_NO_KEYS),
    # In the form in which aws apigateway get-export and aws apigatewayv2 export-api write them.
    Format("export.json", "openapi", cannot_say=_NO_KEYS),
    Format("swagger.json", "openapi", cannot_say=_NO_KEYS, without={"http": "AWS exports HTTP APIs as OpenAPI 3"}),
    Format("cfn.yaml", "cloudformation"),
    Format("cfn.json", "cloudformation"),
    Format("sam.yaml", "cloudformation"),
    # In the form of terraform show -json, of a first plan and of the state after it (tools/terraform_fixtures.py).
    Format("plan.json", "terraform"),
    Format("state.json", "terraform"),
    # By the real terraform, of the sources in tests/fixtures/terraform (tools/terraform_plans.py).
    Format("tfplan.json", "terraform", has_sources=True),
    # The states after the real terraform applied them to a server that behaves like AWS (tools/terraform_states).
    Format("tfstate.json", "terraform"),
)

#: What AWS assigns, for formats that do not say it, and the stage for those that have no stages.
READ_WITH = {
    "rest": ReadOptions(account="111122223333", region="eu-west-1", api_id="a1b2c3d4e5", stage="prod"),
    "http": ReadOptions(account="111122223333", region="eu-west-1", api_id="b2c3d4e5f6", stage="$default"),
    "private": ReadOptions(account="111122223333", region="eu-west-1", api_id="c3d4e5f6a7", stage="live"),
}

_DOCUMENT: dict[str, Any] = yaml.safe_load((FOLDER / CALLS).read_text("utf-8"))
ALL_CALLS: list[dict[str, Any]] = _DOCUMENT["calls"]
ARNS: dict[str, str] = {name: each["principal"] for name, each in _DOCUMENT["callers"].items()}
CALLERS = {
    name: Caller(
        each["principal"], identity=[Policy.parse(each["identity"], kind="identity")] if "identity" in each else []
    )
    for name, each in _DOCUMENT["callers"].items()
}

_FILES = [
    pytest.param(index, api, id=f"{api}.{each.suffix}")
    for index, each in enumerate(FORMATS)
    for api in APIS
    if api not in each.without
]
_CALLS_OF_FORMATS = [
    pytest.param(index, call, id=f"{each.suffix}-{number}")
    for index, each in enumerate(FORMATS)
    for number, call in enumerate(ALL_CALLS, 1)
    if call["api"] not in each.without
]


@cache
def _contents(suffix: str, api: str) -> TemplateContents:
    path, options = FOLDER / f"{api}.{suffix}", _options(suffix, api)
    if not next(each.has_sources for each in FORMATS if each.suffix == suffix):
        return load_contents(path, options)
    with TemporaryDirectory() as folder:
        shutil.copy(SOURCES / f"{api}.tf", folder)
        return load_contents(path, options._replace(terraform_source=folder))


def _options(suffix: str, api: str) -> ReadOptions:
    """What a file of this format is read with: what its kind does not use is refused."""
    uses = kind_named(next(each.kind for each in FORMATS if each.suffix == suffix)).uses
    return ReadOptions(**{name: value for name, value in READ_WITH[api]._asdict().items() if name in uses})


def _as_read(suffix: str, api: str) -> ApiDefinition:
    (found,) = only_api(_contents(suffix, api), _options(suffix, api)).values
    return found


@cache
def complete_api(index: int, api: str) -> Api:
    """The API that a file describes, with the parts that its format cannot say."""
    parts = _as_read(FORMATS[index].suffix, api).__getstate__()
    wanted = _as_read("api.yaml", api).__getstate__()
    return Api(**parts | {name: wanted[name] for name in FORMATS[index].cannot_say})  # type: ignore[arg-type]  # parts


@cache
def endpoint_policy(index: int) -> Policy:
    """The policy of the VPC endpoint: that of the file if it describes one, else the one beside it."""
    described = [each.values for each in _contents(FORMATS[index].suffix, "private").vpc_endpoints.values()]
    if not described:
        return Policy.parse(yaml.safe_load((FOLDER / ENDPOINT_POLICY).read_text("utf-8")), kind="vpc_endpoint")
    ((policy,),) = described
    return policy


def calls_to(api: str) -> list[dict[str, Any]]:
    """The calls to one of the three APIs."""
    return [call for call in ALL_CALLS if call["api"] == api]


def answer_to(call: dict[str, Any], api: Api, index: int = 0) -> GatewayResponse:
    """The answer of an API to a call; ``index`` says in which format the policy of the VPC endpoint is written."""
    method, path = call["call"].split(" ")
    given = {
        name: call[name]
        for name in ("headers", "query", "context", "authorizer_output", "claims", "at")
        if name in call
    }
    return api.invoke(
        method,
        path,
        caller=CALLERS[call["caller"]] if "caller" in call else None,
        vpc_endpoint_policy=endpoint_policy(index) if call["api"] == "private" else None,
        **given,
    )


def test_the_folder_has_the_files_of_each_format_and_no_others() -> None:
    expected = {f"{api}.{each.suffix}" for each in FORMATS for api in APIS if api not in each.without}
    assert {each.name for each in FOLDER.iterdir()} == expected | {ENDPOINT_POLICY, CALLS}


def test_there_are_40_calls_to_three_apis_and_refusals_by_every_gate_that_a_file_sets() -> None:
    assert (len(ALL_CALLS), {call["api"] for call in ALL_CALLS}) == (40, {*APIS})
    assert {call["refused_by"] for call in ALL_CALLS if "refused_by" in call} == {
        *("API key", "IAM", "VPC endpoint", "authorizer", "identity source", "resource policy"),
        *("resource policy, first look", "route", "signature", "token"),
    }


@pytest.mark.parametrize(("index", "api"), _FILES)
def test_a_file_has_the_routes_of_the_api_and_says_what_its_format_can_say(index: int, api: str) -> None:
    suffix, kind, cannot_say = FORMATS[index][:3]
    found, wanted = _as_read(suffix, api), _as_read("api.yaml", api)
    assert _contents(suffix, api).kind == kind
    assert _requirements(found) == _requirements(wanted)
    parts = ("id", "type", "region", "account", "endpoint", "stage", "cors", "gateway_responses", "api_keys")
    different = {name for name in parts if _part(found, name) != _part(wanted, name)}
    # A part that no API of the three has is not missing from any.
    assert different <= {*cannot_say}
    assert not [name for name in cannot_say if name not in different and _part(wanted, name)]


def _requirements(api: ApiDefinition) -> dict[str, object]:
    return {route.key: (api.auth_of(route), {*route.scopes}, route.api_key_required) for route in api.routes}


def _part(api: ApiDefinition, name: str) -> object:
    if name == "stage":
        return api.stage.name
    # Files list keys in their own order.
    return {*api.api_keys} if name == "api_keys" else getattr(api, name)


@pytest.mark.parametrize(("index", "call"), _CALLS_OF_FORMATS)
def test_a_call_gets_the_same_answer_from_every_format(index: int, call: dict[str, Any]) -> None:
    response = answer_to(call, complete_api(index, call["api"]), index)
    assert response.status == call["status"]
    assert response.response_type == call.get("response_type")
    assert (response.refused_by.gate if response.refused_by else None) == call.get("refused_by")
