"""One value of a plan is known only after apply, in turn each: no answer is given that the value could change (SRC-4).

An answer to a call is the same for every value, or it is indeterminate, or the plan is refused. The values that are
tried are those of the plan itself, none at all, and those of ``OTHERS``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from execpolicy import Api, ExecPolicyError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import only_api, parse_contents
from execpolicy.loaders.terraform import contents
from execpolicy.loaders.terraform.address import ResourceAddress
from execpolicy.loaders.terraform.identity_types import POLICY_DOCUMENT as DOCUMENT
from execpolicy.loaders.terraform.shown_by_sources import without_sources
from tests.loaders.terraform.one_value import ABSENT, HIDDEN, changed, is_contained, known, places
from tests.loaders.terraform.reading import REGIONAL, rest_api, root_method, stage, text_of
from tests.loaders.terraform.written import Ref, Written, plan_of
from tests.loaders.test_three_apis import READ_WITH, answer_to, calls_to
from tools.terraform_fixtures import http, private, rest

pytestmark = [pytest.mark.rule("SRC-4"), pytest.mark.rule("SRC-5")]

OPEN = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/*"}]}'
CLOSED = OPEN.replace("Allow", "Deny")
#: Values that an attribute may have after apply, by its name.
OTHERS: Mapping[str, tuple[Any, ...]] = {
    "allow_origins": (["*"],),
    "api_key_required": (True, False),
    "api_key_source": ("AUTHORIZER",),
    "audience": (["other"],),
    "authorization": ("NONE", "AWS_IAM"),
    "authorization_scopes": (["other/scope"],),
    "authorization_type": ("NONE", "AWS_IAM"),
    "authorizer_result_ttl_in_seconds": (0, 300),
    "cors_configuration": ([{"allow_origins": ["*"]}],),
    "disable_execute_api_endpoint": (True, False),
    "enable_simple_responses": (True, False),
    "enabled": (True, False),
    "endpoint_configuration": ([{"types": ["PRIVATE"]}], [{"types": ["EDGE"]}]),
    "http_method": ("GET", "POST", "ANY"),
    "identity_source": ("method.request.header.Other",),
    "identity_sources": (["$request.header.Other"],),
    "identity_validation_expression": ("x", ".*"),
    "issuer": ("https://other.example.com",),
    "path_part": ("other", "{proxy+}"),
    "policy": (OPEN, CLOSED),
    "provider_arns": (["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Other0001"],),
    "route_key": ("GET /other", "$default", "ANY /{proxy+}"),
    "stage_name": ("other",),
    "types": (["PRIVATE"], ["EDGE"], ["REGIONAL"]),
    "value": ("another-value-of-thirty-characters",),
}

APIS = {"rest": rest, "http": http, "private": private}


def read(resources: Sequence[Written], name: str) -> Api | None:
    """The API that a plan describes; None if the plan is refused."""
    options = ReadOptions(stage=READ_WITH[name].stage)
    try:
        return Api.from_variants(only_api(parse_contents(text_of(plan_of(resources)), options), options))
    except ExecPolicyError:
        return None


def answers(api: Api, name: str) -> list[GatewayResponse | None]:
    """The answers to the calls; None for a call that is refused."""
    found: list[GatewayResponse | None] = []
    for call in calls_to(name):
        try:
            found.append(answer_to(call, api))
        except ExecPolicyError:
            found.append(None)
    return found


def cases() -> Iterator[Any]:
    for name, written in APIS.items():
        for number, each in enumerate(written()):
            yield pytest.param(name, number, id=f"{name}-{each.local}")


@pytest.mark.parametrize(("name", "number"), [*cases()])
def test_no_answer_passes_over_a_value_that_is_not_known(name: str, number: int) -> None:
    resources = known([*APIS[name]()])
    before = read(resources, name)
    assert before is not None
    wanted = answers(before, name)
    for path in places(resources[number]):
        api = read(changed(resources, number, path, HIDDEN), name)
        if api is None:
            continue
        found = answers(api, name)
        assert all(map(is_contained, found, wanted)), path
        for value in (ABSENT, *OTHERS.get(str(path[-1]), ())):
            other = read(changed(resources, number, path, value), name)
            if other is None or all(each is None or each.outcome == "indeterminate" for each in found):
                continue
            if (path[0], value) == ("policy", ABSENT):  # a private API without a policy denies at an earlier gate
                assert not any(each is not None and each.outcome == "allowed" for each in found)
            else:
                assert all(map(is_contained, found, answers(other, name))), (path, value)


def policy_of_data(*blocks: dict[str, Any]) -> list[Written]:
    """A REST API with one method, whose policy a data source makes when the plan is applied."""
    empty: dict[str, Any] = {
        "sid": None,
        "not_actions": None,
        "not_resources": None,
        "not_principals": [],
        "condition": [],
    }
    made = [{**empty, "actions": ["execute-api:Invoke"], "resources": ["execute-api:/*"], **each} for each in blocks]
    api = "aws_api_gateway_rest_api.orders"
    source = Written(DOCUMENT, "p", {"statement": made}, {"id": "1", "json": "{}", "minified_json": "{}"}, is_data=True)
    values = {"rest_api_id": Ref(api), "policy": Ref(f"data.{DOCUMENT}.p", "json")}
    attached = Written("aws_api_gateway_rest_api_policy", "p", values, {"id": "a1b2c3d4e5"})
    return [source, rest_api(endpoint_configuration=REGIONAL), root_method(), stage(), attached]


EVERYBODY = [{"type": "*", "identifiers": ["*"]}]
OFFICE = {"test": "IpAddress", "variable": "aws:SourceIp", "values": ["203.0.113.0/24", "198.51.100.0/24"]}
ALLOW = {"effect": "Allow", "principals": EVERYBODY, "condition": [OFFICE]}
DENY = {"effect": "Deny", "principals": EVERYBODY, "condition": [{**OFFICE, "test": "NotIpAddress"}]}
ALLOW_ALL = {"effect": None, "principals": EVERYBODY}  # which allows
ADDRESSES = ("203.0.113.9", "198.51.100.9", "192.0.2.9")
#: Values of the attributes of a statement after apply; none at all is one of them.
OF_STATEMENTS: Mapping[str, tuple[Any, ...]] = {
    "effect": ("Allow", "Deny"),
    "actions": (["execute-api:InvalidateCache"], ["execute-api:*"]),
    "resources": (["execute-api:/prod/POST/*"], ["execute-api:/prod/*"]),
    "principals": ([{"type": "AWS", "identifiers": ["111122223333"]}], EVERYBODY),
    "identifiers": (["*"],),
    "condition": ([], [OFFICE], [{**OFFICE, "values": ["192.0.2.0/24"]}]),
    "test": ("IpAddress", "NotIpAddress"),
    "variable": ("aws:VpcSourceIp",),
    "values": (["192.0.2.0/24"], ["0.0.0.0/0"]),
    "statement": ([], [ALLOW_ALL], [{**ALLOW_ALL, "effect": "Deny"}]),
}


#: Which blocks ``dynamic`` makes: a plan does not show their expressions.
DYNAMIC = ("none", "all statements", "the last statement", "the blocks in statements")


def outcomes(resources: Sequence[Written], dynamic: str = "none") -> list[str] | None:
    """The answers to calls from three addresses; None if the plan is refused."""
    plan = plan_of(resources)
    expressions = plan["configuration"]["root_module"]["resources"][0]["expressions"]
    blocks = expressions.get("statement")
    if isinstance(blocks, list):
        hidden = ("condition", "principals") if dynamic == DYNAMIC[3] else ()
        unset: tuple[Any, ...] = ({"constant_value": None}, {"constant_value": []})
        shown = [{k: v for k, v in each.items() if k not in hidden and v not in unset} for each in blocks]
        expressions["statement"] = shown[:-1] if dynamic == DYNAMIC[2] else shown
    if dynamic == DYNAMIC[1] or expressions.get("statement") == []:
        expressions.pop("statement", None)
    options = ReadOptions(stage="prod")
    try:
        api = Api.from_variants(only_api(parse_contents(text_of(plan), options), options))
        return [str(api.invoke("GET", "/", context={"aws:SourceIp": each}).outcome) for each in ADDRESSES]
    except ExecPolicyError:
        return None


@pytest.fixture
def named_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The expression of the policy is the document: without the sources that is not known."""
    document = ResourceAddress((), f"data.{DOCUMENT}.p")
    shown = without_sources("DIR")._replace(named_data_source=lambda instance, expression, item: document)
    monkeypatch.setattr(contents, "without_sources", lambda option: shown)


def test_a_document_of_data_is_not_known_without_its_sources() -> None:
    assert outcomes(policy_of_data(ALLOW)) == ["indeterminate"] * 3


@pytest.mark.usefixtures("named_document")
@pytest.mark.parametrize("dynamic", DYNAMIC)
@pytest.mark.parametrize("blocks", [(ALLOW,), (ALLOW_ALL, DENY), (DENY, ALLOW_ALL)], ids=["allow", "deny", "first"])
def test_no_answer_passes_over_a_value_of_a_statement(blocks: tuple[dict[str, Any], ...], dynamic: str) -> None:
    resources = policy_of_data(*blocks)
    assert outcomes(resources, dynamic) == ["allowed", "allowed", "denied"]
    for path in places(resources[0]):
        found = outcomes(changed(resources, 0, path, HIDDEN), dynamic)
        name = str(path[-1] if isinstance(path[-1], str) else path[-2])
        values = OF_STATEMENTS.get(name, ())
        if isinstance(path[-1], int):
            values = tuple(item for each in values for item in each)
        for value in (ABSENT, *values):
            other = outcomes(changed(resources, 0, path, value))
            for one, another in zip(found or (), other or (), strict=False):
                assert one in (another, "indeterminate"), (path, value, found, other)
    assert outcomes(changed(resources, 0, ("statement",), HIDDEN), dynamic) == ["indeterminate"] * 3
