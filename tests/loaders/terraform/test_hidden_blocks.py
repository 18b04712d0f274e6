"""Blocks that a plan does not show: ``dynamic`` may make them, or nobody writes them and AWS fills them in (SRC-4)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest

from execpolicy import Template
from execpolicy.engine.caller import Caller
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions, TemplateContents
from execpolicy.loaders.kinds import parse_contents
from tests.loaders.terraform.reading import (
    NO_INLINE_POLICY,
    REGIONAL,
    contents,
    only,
    rest_api,
    root_method,
    stage,
    unknowns,
)
from tests.loaders.terraform.test_policies import outcome, statement
from tests.loaders.terraform.test_policies import policy as policy_text
from tests.loaders.terraform.written import Json, Ref, Written, plan_of
from tools.terraform_plans import FOLDER, KEPT

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"
ENDPOINT = f"{API}.endpoint_configuration"
ROLE = "aws_iam_role.app"
GIVE: Final = "write the block, or give the state after apply"
REASON: Final = (
    "a plan does not show whether dynamic makes it: give the sources with --terraform-source DIR or terraform_source=, "
    f"{GIVE}"
)


def role(**values: Any) -> Written:
    found = {"name": "app", "assume_role_policy": "{}", **values}
    assigned = {"id": "app", "arn": "arn:aws:iam::111122223333:role/app"}
    return Written("aws_iam_role", "app", found, {**assigned, **({} if "inline_policy" in found else MADE)})


#: What the provider fills in where nobody writes a block.
MADE: Json = {"inline_policy": []}


def plan(*more: Written, **values: Any) -> Json:
    return plan_of([rest_api(**values), root_method(authorization="AWS_IAM"), stage(), *more])


#: What is not known of the real plans without their sources: blocks that dynamic makes, and others that nobody writes.
HIDDEN: Final = {
    "blocks": {
        "aws_api_gateway_domain_name.made.endpoint_configuration",
        "aws_api_gateway_domain_name.unwritten.endpoint_configuration",
        "aws_api_gateway_rest_api.unwritten.endpoint_configuration",
        "aws_iam_role.both.inline_policy",
        "aws_iam_role.made.inline_policy",
        "aws_iam_role.own.inline_policy",
        "aws_iam_role.unwritten.inline_policy",
    },
    "impure": {
        "aws_api_gateway_rest_api.unwritten.endpoint_configuration",
        "aws_iam_role.made.inline_policy",
        "aws_iam_role.unwritten.inline_policy",
    },
}
#: Those of them that dynamic makes, with the line where it does.
DYNAMIC: Final = {
    "blocks": {
        "aws_api_gateway_domain_name.made.endpoint_configuration": 96,
        "aws_iam_role.both.inline_policy": 60,
        "aws_iam_role.made.inline_policy": 22,
    },
    "impure": {"aws_iam_role.made.inline_policy": 16},
}


@pytest.fixture(params=[*HIDDEN])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """The name of a real plan, and a folder with its source alone."""
    shutil.copy(FOLDER / f"{request.param}.tf", tmp_path)
    return request.param, tmp_path


def test_the_real_plans_show_both_in_one_way(real: tuple[str, Path]) -> None:
    name, _ = real
    found = Template.load(KEPT[name])
    assert {each.name for each in found.unknowns if each.reason == REASON} == HIDDEN[name]
    if name == "blocks":
        # These are blocks that nobody fills in: they are unknown because dynamic makes them.
        names = {each.name for each in found.unknowns}
        assert "aws_api_gateway_domain_name.made.mutual_tls_authentication" in names
        assert "aws_apigatewayv2_api.made.cors_configuration" in names


def test_the_sources_of_the_real_plans_tell_them_apart(real: tuple[str, Path]) -> None:
    name, folder = real
    found = {each.name: each.reason for each in Template.load(KEPT[name], terraform_source=folder).unknowns}
    made = {block: f"dynamic may make it ({name}.tf:{line}): {GIVE}" for block, line in DYNAMIC[name].items()}
    assert {block: reason for block, reason in found.items() if block in HIDDEN[name]} == made


@pytest.mark.parametrize(
    ("name", "expected", "with_sources"),
    [
        ("made", "indeterminate", "indeterminate"),
        ("unwritten", "indeterminate", "denied"),
        ("empty", "denied", "denied"),
        ("own", "denied", "denied"),
        ("both", "indeterminate", "indeterminate"),
    ],
)
def test_a_role_with_a_block_that_the_real_plan_does_not_show_is_not_known(
    name: str, expected: str, with_sources: str, tmp_path: Path
) -> None:
    shutil.copy(FOLDER / "blocks.tf", tmp_path)
    document = plan_of([rest_api(endpoint_configuration=REGIONAL), root_method(authorization="AWS_IAM"), stage()])
    for folder, wanted in ((None, expected), (tmp_path, with_sources)):
        caller = Template.load(KEPT["blocks"], terraform_source=folder).callers[f"aws_iam_role.{name}"]
        assert isinstance(caller, Caller)
        assert outcome(document, caller=caller) == wanted


def test_a_role_with_functions_of_the_time_is_not_known(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "impure.tf", tmp_path)
    for folder, unwritten in ((None, "indeterminate"), (tmp_path, "denied")):
        callers = Template.load(KEPT["impure"], terraform_source=folder).callers
        document = plan_of([rest_api(endpoint_configuration=REGIONAL), root_method(authorization="AWS_IAM"), stage()])
        for name, wanted in (("made", "indeterminate"), ("unwritten", unwritten)):
            caller = callers[f"aws_iam_role.{name}"]
            assert isinstance(caller, Caller)
            assert outcome(document, caller=caller) == wanted


def test_what_nobody_sets_in_a_block_that_is_written_is_known(tmp_path: Path) -> None:
    # The real plan of the REST API says that ip_address_type of its endpoint is known only after apply.
    text = KEPT["rest"].read_text("utf-8")
    assert '"ip_address_type": true' in text
    shutil.copy(FOLDER / "rest.tf", tmp_path)
    options = NOTHING_GIVEN._replace(account="111122223333", api_id="a1b2c3d4e5", terraform_source=str(tmp_path))
    names = {each.name for each in parse_contents(text, options, name="plan.json").unknowns}
    assert not any("endpoint_configuration" in name for name in names)


def test_a_block_that_the_plan_does_not_show_is_not_known() -> None:
    assert unknowns(contents(plan())) == {ENDPOINT: REASON}
    of_other_file = ReadOptions(source_option="--terraform-source-before DIR")
    reason = REASON.replace("--terraform-source DIR or terraform_source=", "--terraform-source-before DIR")
    assert unknowns(contents(plan(), of_other_file)) == {ENDPOINT: reason}
    assert not unknowns(contents(plan(endpoint_configuration=REGIONAL)))


def updated(document: Json) -> None:
    for each in document["resource_changes"]:
        each["change"]["actions"] = ["update"]


def test_an_update_keeps_what_nobody_sets_so_that_an_unknown_value_is_one_that_changes() -> None:
    document = plan_of([rest_api(), root_method(), stage()])
    updated(document)
    found = unknowns(contents(document))
    assert {f"{API}.policy", f"{API}.api_key_source"} <= found.keys()
    assert found[ENDPOINT] == "it is known only after apply: give the state then"
    assert outcome(document) is CallOutcome.INDETERMINATE


def attached(name: str | Ref = "app") -> Written:
    return Written("aws_iam_role_policy", "p", {"role": name, "name": "p", "policy": policy_text(statement())})


@pytest.mark.parametrize("named", ["app", Ref(ROLE, "id"), Ref(ROLE, "name")])
def test_a_role_that_may_have_an_inline_policy_is_not_known(named: str | Ref) -> None:
    for roles, expected in (
        ([role(), attached(named)], CallOutcome.INDETERMINATE),
        ([role(inline_policy=NO_INLINE_POLICY), attached(named)], CallOutcome.ALLOWED),
    ):
        document = plan(*roles, endpoint_configuration=REGIONAL)
        (caller,) = contents(document).callers[ROLE].values
        assert outcome(document, caller=caller) is expected, roles


#: The sources of the plan of the API, with the role and its policy.
SOURCE: Final = f"""
resource "aws_api_gateway_rest_api" "orders" {{
  name = "orders"

  lifecycle {{
    create_before_destroy = true
  }}
}}

resource "aws_iam_role" "app" {{
  name               = "app"
  assume_role_policy = "{{}}"
}}

resource "aws_iam_role_policy" "p" {{
  name   = "p"
  role   = aws_iam_role.app.id
  policy = {json.dumps(policy_text(statement()))}
}}
"""


def read(
    folder: Path, files: Mapping[str, str] = MappingProxyType({}), document: Json | None = None
) -> TemplateContents:
    """What the plan describes with sources: the usual ``main.tf``, and other files in place of it or besides it."""
    for name, text in {"main.tf": SOURCE, **files}.items():
        (folder / name).write_text(text, "utf-8")
    options = NOTHING_GIVEN._replace(terraform_source=str(folder))
    return contents(plan(role(), attached(Ref(ROLE))) if document is None else document, options)


def test_sources_without_dynamic_show_that_nobody_makes_the_block(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert not unknowns(found)
    assert only(found, API).endpoint == "EDGE"
    (caller,) = found.callers[ROLE].values
    assert outcome(plan(endpoint_configuration=REGIONAL), caller=caller) is CallOutcome.ALLOWED


DYNAMIC_BLOCK: Final = "\n  dynamic {label} {{\n    for_each = toset([timestamp()])\n    content {{}}\n  }}\n"


@pytest.mark.parametrize(
    "label",
    ["endpoint_configuration", '"endpoint_configuration"', r'"endpoint\u005fconfiguration"'],
)
def test_a_block_that_dynamic_may_make_is_not_known(label: str, tmp_path: Path) -> None:
    head = 'resource "aws_api_gateway_rest_api" "orders" {\n'
    found = unknowns(read(tmp_path, {"main.tf": SOURCE.replace(head, head + DYNAMIC_BLOCK.format(label=label))}))
    assert found == {ENDPOINT: f"dynamic may make it (main.tf:4): {GIVE}"}


def test_another_dynamic_block_of_the_resource_makes_no_such_block(tmp_path: Path) -> None:
    head = 'resource "aws_api_gateway_rest_api" "orders" {\n'
    assert not unknowns(read(tmp_path, {"main.tf": SOURCE.replace(head, head + DYNAMIC_BLOCK.format(label="other"))}))


OVERRIDE: Final = 'resource "aws_api_gateway_rest_api" "orders" {\n  description = "b"\n}\n'
DIFFERS: Final = (
    "the sources differ from the plan in aws_api_gateway_rest_api.orders (main.tf:2): give those of which the plan was "
    "made"
)
ABSENT: Final = f"the sources do not have aws_api_gateway_rest_api.orders, where dynamic may make it: {GIVE}"
#: Sources that do not show what the plan was made of, each with the reason.
DOUBTFUL: Final[dict[str, tuple[dict[str, str], str]]] = {
    "another name": ({"main.tf": SOURCE.replace('name = "orders"', 'name = "baskets"')}, DIFFERS),
    "more": ({"main.tf": SOURCE.replace('name = "orders"', 'name = "orders"\n  description = var.a')}, DIFFERS),
    "less": ({"main.tf": SOURCE.replace('name = "orders"', "")}, DIFFERS),
    "a block": (
        {"main.tf": SOURCE.replace('name = "orders"', 'name = "orders"\n  endpoint_configuration {}')},
        DIFFERS,
    ),
    "no block": ({"main.tf": SOURCE.replace('rest_api" "orders"', 'rest_api" "others"')}, ABSENT),
    "twice": ({"more.tf": OVERRIDE}, ABSENT),
    "an override": (
        {"main_override.tf": OVERRIDE},
        f"another file overrides a part of aws_api_gateway_rest_api.orders, where dynamic may make it: {GIVE}",
    ),
    "an override in JSON": (
        {"override.tf.json": "{}"},
        f'dynamic may make it in "override.tf.json", which is not read: {GIVE}',
    ),
    "a file of OpenTofu": (
        {"main.tofu": SOURCE},
        f'dynamic may make it in "main.tofu", which is not read: {GIVE}',
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_sources_that_the_plan_was_not_made_of_show_nothing(name: str, tmp_path: Path) -> None:
    files, reason = DOUBTFUL[name]
    assert unknowns(read(tmp_path, files))[ENDPOINT] == reason


def test_files_that_terraform_passes_over_change_nothing(tmp_path: Path) -> None:
    assert not unknowns(read(tmp_path, {"other.tf.json": "{}", ".main.tofu": "x", "notes.tofu.md": "x"}))


def test_a_module_without_sources_shows_nothing(tmp_path: Path) -> None:
    inside = rest_api()._replace(modules=("shop",))
    document = plan_of([inside, role(), attached(Ref(ROLE))])
    call = 'module "shop" {\n  source = "example/shop/aws"\n}\n'
    reason = f"the sources do not have {API}, where dynamic may make it: {GIVE}"
    assert unknowns(read(tmp_path, {"main.tf": SOURCE + call}, document))[f"module.shop.{ENDPOINT}"] == reason


DOMAIN_BLOCKS: Final[dict[str, tuple[str, bool]]] = {
    "the same": ('mutual_tls_authentication {\n    truststore_uri = "s3://a/b"\n  }', True),
    "by an expression": ('mutual_tls_authentication {\n    truststore_uri = "s3://${"a"}/b"\n  }', True),
    "by a reference": ("mutual_tls_authentication {\n    truststore_uri = var.store\n  }", False),
    "another": ('mutual_tls_authentication {\n    truststore_uri = "s3://a/c"\n  }', False),
    "more": (
        'mutual_tls_authentication {\n    truststore_uri = "s3://a/b"\n    truststore_version = "1"\n  }',
        False,
    ),
    "twice": ('mutual_tls_authentication {\n    truststore_uri = "s3://a/b"\n  }\n' * 2, False),
    "none": ("", False),
}


@pytest.mark.parametrize("name", DOMAIN_BLOCKS)
def test_blocks_that_are_written_have_to_be_those_of_the_plan(name: str, tmp_path: Path) -> None:
    text, is_same = DOMAIN_BLOCKS[name]
    block = [{"truststore_uri": "s3://a/b"}]
    values = {"domain_name": "a.example.com", "mutual_tls_authentication": block}
    domain = Written("aws_api_gateway_domain_name", "a", values, {"id": "a", "endpoint_configuration": []})
    source = f'resource "aws_api_gateway_domain_name" "a" {{\n  domain_name = "a.example.com"\n  {text}\n}}\n'
    found = unknowns(read(tmp_path, {"main.tf": source}, plan_of([domain])))
    assert ("aws_api_gateway_domain_name.a.endpoint_configuration" in found) is not is_same
