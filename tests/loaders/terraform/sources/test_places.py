"""Where the parts of plans are found in their sources, and where not exactly (SRC-4)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, Template
from execpolicy.document.model import Statement
from execpolicy.document.policy import Policy
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, UsageError
from tests.loaders.terraform.reading import rest_api, root_method, stage
from tests.loaders.terraform.written import Ref, Written, plan_of, state_of
from tools import terraform_plans

API = "aws_api_gateway_rest_api.orders"
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


class Project:
    """A folder with a plan and its sources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, *resources: Written, **more: Any) -> Path:
        return self.document(plan_of(resources, **more))

    def document(self, document: dict[str, Any]) -> Path:
        path = self.folder / "plan.json"
        path.write_text(json.dumps(document, indent=1), "utf-8")
        return path

    def source(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def load(self, path: Path, **more: Any) -> Template:
        return Template.load(path, terraform_source=self.folder, **more)

    def policy(self, path: Path, api: str = API) -> Policy:
        found = self.load(path).apis[api].resource_policy
        assert found is not None
        return found

    def shown(self, api: Api, field: str, name: str = "") -> str:
        """The name of the file, the line and the text of a part of an API."""
        assert api.places is not None
        place = api.places.find(field, name)
        assert place is not None
        file = Path(place.source.name).relative_to(self.folder)
        return f"{file.as_posix()}:{place.span.line}: {place.source.text[place.start : place.end]}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def text_at(policy: Policy, node: Any) -> str:
    """What stands at the place of a part of a policy."""
    assert policy.source is not None
    span = policy.span(node)
    assert span is not None
    start = policy.source.offset(span.line, span.column)
    return policy.source.text[start : policy.source.offset(span.end_line, span.end_column)]


def line_of(policy: Policy, node: Any) -> str:
    """The file, and the line in which a part of a policy begins."""
    span = policy.span(node)
    assert policy.source is not None
    assert span is not None
    return f"{Path(policy.source.name).name}: {policy.source.line(span.line).strip()}"


def texts_of(statement: Statement) -> list[Any]:
    return [
        *statement.action.values,
        *statement.resource.values,
        *(value for condition in statement.conditions for value in condition.values),
    ]


@pytest.mark.rule("SRC-4")
@pytest.mark.parametrize("name", [name for name in terraform_plans.KEPT if name != "links"])  # which is refused
def test_each_statement_of_the_real_plans_is_found_literally(name: str, tmp_path: Path) -> None:
    shutil.copy(terraform_plans.FOLDER / f"{name}.tf", tmp_path)
    path = terraform_plans.KEPT[name]
    given: dict[str, Any] = {"terraform_source": tmp_path, "account": "111122223333", "region": "eu-west-1"}
    source = tmp_path / f"{name}.tf"
    if name == "rest":  # its policy names the API by the id
        check_places(Api.load(path, api_id="a1b2c3d4e5", **given), source)
        return
    template = Template.load(path, **given)
    for api in template.apis.values():
        check_places(api, source)
    for policy in (each for found in template.policies for each in template.policies.variants(found).values):
        check_statements(policy, source)
    for caller in (each for found in template.callers for each in template.callers.variants(found).values):
        for policy in caller.identity:
            check_statements(policy, source)


#: The expressions that change documents, or may change them.
UNKNOWN_DOCUMENTS = ("replace(", "jsonencode(", "timestamp() ", "element(", "[\n    replace(", "data.")


def check_statements(policy: Policy, path: Path) -> None:
    """Check the places of the statements of a policy in the only source."""
    assert policy.source is not None
    assert (policy.source.name, policy.source.text) == (str(path), path.read_text("utf-8"))
    for statement in policy.statements:
        written = text_at(policy, statement)
        if written.startswith("resource "):  # statements of a block that may be there
            assert any(name.endswith(".inline_policy allows") for name in policy.unknown_values)
            continue
        if written.startswith(UNKNOWN_DOCUMENTS):  # statements of a document that is not known
            assert policy.unknown_values
            continue
        assert written.startswith(("statement {", "{"))
        if statement.sid is not None:
            assert text_at(policy, statement.sid) in (f'"{statement.sid.value}"', '"Number${count.index}"')
            assert text_at(policy, statement.sid) in written
        for text in texts_of(statement):
            found = text_at(policy, text)
            assert found in written
            is_literal = f'"{text.value}"' in written
            assert found == f'"{text.value}"' if is_literal else found.startswith(("[", "local."))


def check_places(api: Api, path: Path) -> None:
    """Check the places of the statements and of the routes of an API in its only source."""
    source = path.read_text("utf-8")
    if api.resource_policy is not None:
        check_statements(api.resource_policy, path)
    assert api.places is not None
    for route in api.routes:
        place = api.places.find("routes", route.key)
        assert place is not None
        block = source[: place.start].rpartition("\nresource ")[2].partition("{")[0]
        assert block.startswith(('"aws_api_gateway_method"', '"aws_apigatewayv2_route"'))


@pytest.mark.rule("SRC-4")
def test_the_routes_and_stages_of_an_api_point_to_their_attributes(project: Project) -> None:
    project.source("api.tf", 'resource "aws_api_gateway_rest_api" "orders" {\n  name = "orders"\n}\n')
    project.source(
        "more.tf",
        'resource "aws_api_gateway_method" "get" {\n  http_method = "GET"\n}\n'
        'resource "aws_api_gateway_stage" "prod" {\n  stage_name = "prod"\n}\n',
    )
    api = project.load(project.plan(rest_api(), root_method(), stage())).apis[API]
    assert project.shown(api, "routes", "GET /") == 'more.tf:2: "GET"'
    assert project.shown(api, "id") == 'api.tf:1: resource "aws_api_gateway_rest_api" "orders"'
    assert api.places is not None
    assert api.places.source.name.endswith("plan.json")


@pytest.mark.parametrize("form", ["plan", "state"])
def test_a_state_has_places_too(project: Project, form: str) -> None:
    project.source("api.tf", f"{API_HEAD}  policy = jsonencode({STATEMENTS})\n}}\n")
    resources = [rest_api(policy=POLICY), root_method(), stage()]
    policy = project.policy(project.document(plan_of(resources) if form == "plan" else state_of(resources)))
    (statement,) = policy.statements
    assert line_of(policy, statement.resource) == 'api.tf: Resource = "execute-api:/*"'


API_HEAD = 'resource "aws_api_gateway_rest_api" "orders" {\n'
STATEMENTS = """{
    Version   = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = "*"
      "Action" : "execute-api:Invoke"
      Resource = "execute-api:/*"
    }]
  }"""
JSON_DOCUMENT = """{
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*"
      }]
    }"""

OTHER_DOCUMENT = JSON_DOCUMENT.replace("{", '{ "Other": [true, 1, null],', 1)


@pytest.mark.parametrize(
    ("written", "more", "expected"),
    [
        (f"jsonencode({STATEMENTS})", "", 'api.tf: Resource = "execute-api:/*"'),
        (f"<<EOT\n{JSON_DOCUMENT}\nEOT", "", 'api.tf: "Resource": "execute-api:/*"'),
        (f"<<-EOT\n  {JSON_DOCUMENT.replace('*', '${var.all}', 1)}\n  EOT", "", 'api.tf: "Resource": "execute-api:/*"'),
        (f"<<EOT\n{OTHER_DOCUMENT}\nEOT", "", "api.tf: policy = <<EOT"),
        ("local.policy", f"locals {{\n  policy = jsonencode({STATEMENTS})\n}}", 'more.tf: Resource = "execute-api:/*"'),
        # The expression itself, where what it gives is not found.
        ("file(\"policy.json\")", "", 'api.tf: policy = file("policy.json")'),
        ("jsonencode(var.policy)", "", "api.tf: policy = jsonencode(var.policy)"),
        ("jsonencode(merge(local.a, local.b))", "", "api.tf: policy = jsonencode(merge(local.a, local.b))"),
        ("var.policy", "", "api.tf: policy = var.policy"),
        ("local.policy", "", "api.tf: policy = local.policy"),
        ("local.a", "locals {\n  a = local.b\n  b = local.a\n}", "api.tf: policy = local.a"),
        ("data.aws_iam_policy_document.a.json", "", "api.tf: policy = data.aws_iam_policy_document.a.json"),
        ("data.aws_s3_object.a.body", "", "api.tf: policy = data.aws_s3_object.a.body"),
        ("<<EOT\n{${var.members}}\nEOT", "", "api.tf: policy = <<EOT"),
        ("jsonencode(" + STATEMENTS.replace('Resource = "execute-api:/*"', "") + ")", "", "api.tf: Statement = [{"),
        # What is written there is another policy: the sources are newer than the plan.
        (f"jsonencode({STATEMENTS.replace('Allow', 'Deny')})", "", "api.tf: Statement = [{"),
        ('"not this"', "", 'api.tf: resource "aws_api_gateway_rest_api" "orders" {'),
    ],
)  # fmt: skip
def test_a_policy_points_to_what_gives_it(project: Project, written: str, more: str, expected: str) -> None:
    project.source("api.tf", f"{API_HEAD}  policy = {written}\n}}\n")
    project.source("more.tf", more)
    policy = project.policy(project.plan(rest_api(policy=POLICY), root_method(), stage()))
    (statement,) = policy.statements
    assert line_of(policy, statement.resource) == expected


DATA = "data.aws_iam_policy_document.orders"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]},
            "Action": ["execute-api:Invoke", "execute-api:InvalidateCache"],
            "Resource": "execute-api:/*/GET/${aws:username}",
            "Condition": {
                "StringEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": ["vpc-1", "vpc-2"]},
                "Bool": {"aws:SecureTransport": "true"},
            },
        },
        {**STATEMENT, "Effect": "Deny"},
    ],
}
DATA_SOURCE = """data "aws_iam_policy_document" "orders" {
  statement {
    sid = "One"
    actions = ["execute-api:InvalidateCache", "execute-api:Invoke"]
    resources = ["execute-api:/*/GET/&{aws:username}"]
    principals {
      type = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root", var.other]
    }
    condition {
      test = "Bool"
      variable = "aws:SecureTransport"
      values = ["true"]
    }
    condition {
      test = "StringEquals"
      variable = "aws:SourceVpc"
      values = ["vpc-1", "vpc-2"]
    }
    condition {
      test = "StringEquals"
      variable = "aws:SourceVpce"
      values = [var.endpoint]
    }
  }
  statement {
    effect = "Deny"
    actions = ["execute-api:Invoke"]
    resources = ["execute-api:/*"]
    principals {
      type = "*"
      identifiers = ["*"]
    }
  }
}
"""


RESOURCES = 'resources = ["execute-api:/*"]'


def with_data_source(project: Project, source: str, document: dict[str, Any] = DOCUMENT) -> Policy:
    """The policy of an API whose source refers to a data source, which is read already."""
    project.source("api.tf", f"{API_HEAD}  policy = {DATA}.json\n}}\n")
    project.source("data.tf", source)
    given = rest_api(policy=json.dumps(document))
    return project.policy(project.plan(given, root_method(), stage()))


@pytest.mark.rule("SRC-4")
def test_a_policy_of_a_data_source_points_to_its_blocks(project: Project) -> None:
    policy = with_data_source(project, DATA_SOURCE)
    one, other = policy.statements
    assert [text_at(policy, text) for text in one.action.values] == [
        '"execute-api:Invoke"',
        '"execute-api:InvalidateCache"',
    ]
    assert text_at(policy, one.resource.values[0]) == '"execute-api:/*/GET/&{aws:username}"'
    assert {each.key.value: line_of(policy, each) for each in one.conditions} == {
        "aws:SourceVpce": 'data.tf: variable = "aws:SourceVpce"',
        "aws:SourceVpc": 'data.tf: variable = "aws:SourceVpc"',
        "aws:SecureTransport": 'data.tf: variable = "aws:SecureTransport"',
    }
    values = [text_at(policy, value) for each in one.conditions for value in each.values]
    assert values == ["var.endpoint", '"vpc-1"', '"vpc-2"', '"true"']
    assert line_of(policy, other) == "data.tf: statement {"
    assert text_at(policy, other).startswith('statement {\n    effect = "Deny"')
    assert policy.name.endswith("data.tf")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Other statements, or the same in another order: the sources are not those of the plan.
        (("effect = \"Deny\"", "effect = \"Allow\""), 'data "aws_iam_policy_document" "orders" {'),
        (('sid = "One"', 'sid = "Two"'), 'data "aws_iam_policy_document" "orders" {'),
        (('sid = "One"', ""), 'data "aws_iam_policy_document" "orders" {'),
        (("  statement {\n    effect", "  other {\n    effect"), 'data "aws_iam_policy_document" "orders" {'),
        # It is not written which statements there are.
        (("  statement {\n    e", '  dynamic "statement" {\n    e'), 'data "aws_iam_policy_document" "orders" {'),
        (('" {\n', '" {\n  source_policy_documents = [var.more]\n'), 'data "aws_iam_policy_document" "orders" {'),
        # Another text in the place of the resource: the list, not the item.
        (('"execute-api:/*"]', '"execute-api:/other"]'), "statement {"),
        (('"execute-api:/*"]', "var.resource]"), 'resources = [var.resource]'),
        (('["execute-api:/*"]', "local.resources"), "resources = local.resources"),
        (('["execute-api:/*"]', "null"), "statement {"),
        # What is around it, in blocks that say less than Terraform takes.
        (('      identifiers = ["arn', '      other = ["arn'), RESOURCES),
        (('      values = ["true"]\n', ""), RESOURCES),
        (("    principals {", "    principals {\n      type = \"AWS\"\n    }\n    principals {"), RESOURCES),
        (('["execute-api:/*"]', '["execute-api:/*", "execute-api:/*"]'), "statement {"),
    ],
)  # fmt: skip
def test_what_is_not_found_exactly_points_to_what_is_around_it(
    project: Project, change: tuple[str, str], expected: str
) -> None:
    changed = DATA_SOURCE.replace(change[0], change[1], 1)
    assert changed != DATA_SOURCE
    policy = with_data_source(project, changed)
    assert line_of(policy, policy.statements[1].resource.values[0]) == f"data.tf: {expected}"


def test_conditions_and_principals_of_dynamic_blocks_point_to_their_statement(project: Project) -> None:
    changed = DATA_SOURCE.replace("    condition {", '    dynamic "condition" {').replace(
        "    principals {", '    dynamic "principals" {'
    )
    policy = with_data_source(project, changed)
    one, _ = policy.statements
    assert {line_of(policy, each) for each in one.conditions} == {"data.tf: statement {"}
    assert one.principal is not None
    assert line_of(policy, one.principal) == "data.tf: statement {"


def test_of_blocks_that_are_alike_none_is_taken(project: Project) -> None:
    changed = DATA_SOURCE.replace('variable = "aws:SourceVpc"', "variable = var.key").replace(
        'variable = "aws:SourceVpce"', "variable = var.key"
    )
    policy = with_data_source(project, changed)
    found = [line_of(policy, each) for each in policy.statements[0].conditions]
    assert found == ["data.tf: statement {", "data.tf: statement {", 'data.tf: variable = "aws:SecureTransport"']


def deferred(**block: Any) -> Written:
    """A data source that is read when the plan is applied."""
    principals = [{"type": "AWS", "identifiers": ["*"]}]
    values = {"statement": [{"actions": ["execute-api:Invoke"], "principals": principals, **block}]}
    return Written("aws_iam_policy_document", "orders", values, {"json": "", "id": "1"}, is_data=True)


SOURCE_OF_DEFERRED = f"""{API_HEAD}}}
resource "aws_api_gateway_rest_api_policy" "orders" {{
  rest_api_id = {API}.id
  policy      = {DATA}.json
}}
data "aws_iam_policy_document" "orders" {{
  statement {{
    actions   = ["execute-api:Invoke"]
    resources = ["execute-api:/*"]
    principals {{
      type        = "AWS"
      identifiers = ["*"]
    }}
    condition {{
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = [aws_vpc_endpoint.a.id]
    }}
    # other
  }}
}}
"""
SECURE = {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}
SOURCE_OF_SECURE = """condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }"""
FROM_ENDPOINT = {"test": "StringEquals", "variable": "aws:SourceVpce", "values": [Ref("aws_vpc_endpoint.a")]}


def plan_of_deferred(project: Project, source: str, *conditions: Any) -> Path:
    """A plan in which a data source with conditions gives the policy during apply."""
    endpoint = Written("aws_vpc_endpoint", "a", {"service_name": "x.execute-api"}, {"id": "vpce-1"})
    links = {"rest_api_id": Ref(API), "policy": Ref(DATA, "json")}
    policy = Written("aws_api_gateway_rest_api_policy", "orders", links)
    given = deferred(resources=["execute-api:/*"], condition=[*conditions])
    project.source("api.tf", source)
    return project.plan(rest_api(), root_method(), stage(), endpoint, given, policy)


@pytest.mark.rule("SRC-4")
def test_a_policy_that_is_made_during_apply_points_to_its_blocks(project: Project) -> None:
    path = plan_of_deferred(project, SOURCE_OF_DEFERRED, FROM_ENDPOINT)
    policy = project.policy(path)
    (statement,) = policy.statements
    assert line_of(policy, statement) == "api.tf: statement {"
    assert text_at(policy, statement.resource.values[0]) == '"execute-api:/*"'
    (condition,) = statement.conditions
    assert line_of(policy, condition) == 'api.tf: variable = "aws:SourceVpce"'
    assert text_at(policy, condition.values[0]) == "[aws_vpc_endpoint.a.id]"
    template = project.load(path)
    (unknown,) = (each for each in template.unknowns if "condition" in each.name)
    assert Path(unknown.source.name).name == "api.tf"
    assert unknown.source.line(unknown.span.line).strip() == "values   = [aws_vpc_endpoint.a.id]"
    assert "api.tf" in {Path(each.source.name).name for each in template.ignored}


def test_of_several_blocks_each_known_one_is_found(project: Project) -> None:
    source = SOURCE_OF_DEFERRED.replace("# other", SOURCE_OF_SECURE)
    policy = project.policy(plan_of_deferred(project, source, SECURE, FROM_ENDPOINT))
    secure, endpoint = policy.statements[0].conditions
    assert line_of(policy, secure) == 'api.tf: variable = "aws:SecureTransport"'
    assert text_at(policy, secure.values[0]) == '"true"'
    assert line_of(policy, endpoint) == 'api.tf: variable = "aws:SourceVpce"'
    # A plan does not say which of several blocks has an unknown value.
    assert text_at(policy, endpoint.values[0]).startswith("statement {")


def module_of(project: Project, source: str) -> Policy:
    """The policy of an API in a module that is called with a policy."""
    project.source(
        "main.tf",
        f'module "shop" {{\n  source = "{source}"\n  policy = jsonencode({STATEMENTS})\n}}\n'
        'resource "aws_iam_group" "app" {\n}\n',
    )
    resources = [each._replace(modules=("shop",)) for each in (rest_api(policy=POLICY), root_method(), stage())]
    group = Written("aws_iam_group", "app", {"name": "app"})
    return project.policy(project.plan(*resources, group), f"module.shop.{API}")


@pytest.mark.rule("SRC-4")
def test_a_policy_given_to_a_local_module_is_found_where_it_is_given(project: Project) -> None:
    project.source("modules/shop/api.tf", f"{API_HEAD}  policy = var.policy\n}}\n")
    policy = module_of(project, "./modules/shop")
    assert line_of(policy, policy.statements[0].resource) == 'main.tf: Resource = "execute-api:/*"'


def test_a_policy_in_a_local_module_is_found_there(project: Project) -> None:
    project.source("modules/shop/api.tf", f"{API_HEAD}  policy = jsonencode({STATEMENTS})\n}}\n")
    policy = module_of(project, "./modules/shop")
    assert line_of(policy, policy.statements[0].resource) == 'api.tf: Resource = "execute-api:/*"'


def test_a_policy_that_a_call_does_not_give_is_found_where_it_is_used(project: Project) -> None:
    project.source("modules/shop/api.tf", f"{API_HEAD}  policy = var.other\n}}\n")
    policy = module_of(project, "./modules/shop")
    assert line_of(policy, policy.statements[0].resource) == "api.tf: policy = var.other"


def test_a_module_that_is_called_twice_has_places_for_both(project: Project) -> None:
    project.source("main.tf", 'module "a" {\n  source = "./shop"\n}\nmodule "b" {\n  source = "./shop"\n}\n')
    project.source("shop/main.tf", f"{API_HEAD}  policy = jsonencode({STATEMENTS})\n}}\n")
    parts = (rest_api(policy=POLICY), root_method(), stage())
    path = project.plan(*(each._replace(modules=(name,)) for name in ("a", "b") for each in parts))
    for name in ("a", "b"):
        policy = project.policy(path, f"module.{name}.{API}")
        assert line_of(policy, policy.statements[0].resource) == 'main.tf: Resource = "execute-api:/*"'


def test_what_is_in_modules_of_a_module_without_sources_points_to_the_outer_call(project: Project) -> None:
    project.source("main.tf", 'module "shop" {\n  source = "hashicorp/shop/aws"\n}\n')
    inside = ("shop", "inner")
    resources = [each._replace(modules=inside) for each in (rest_api(policy=POLICY), root_method(), stage())]
    policy = project.policy(project.plan(*resources), f"module.shop.module.inner.{API}")
    assert line_of(policy, policy.statements[0].resource) == 'main.tf: module "shop" {'


@pytest.mark.parametrize("source", ["hashicorp/shop/aws", "git::https://example.com/shop.git", "${path.module}/shop"])
def test_what_is_in_a_module_without_sources_points_to_its_call(project: Project, source: str) -> None:
    policy = module_of(project, source)
    assert line_of(policy, policy.statements[0].resource) == 'main.tf: module "shop" {'


def test_a_call_of_a_module_that_the_sources_do_not_have_has_the_place_of_the_plan(project: Project) -> None:
    policy = module_of(project, "hashicorp/shop/aws")
    project.source("main.tf", 'resource "aws_iam_group" "app" {\n}\n')
    policy = project.policy(project.folder / "plan.json", f"module.shop.{API}")
    assert line_of(policy, policy.statements[0].resource).startswith("plan.json: ")


def test_a_module_in_a_module_is_found(project: Project) -> None:
    project.source("main.tf", 'module "shop" {\n  source = "./shop"\n}\nresource "aws_iam_group" "app" {\n}\n')
    project.source("shop/main.tf", 'module "api" {\n  source = "../api"\n}\n')
    project.source("api/main.tf", f"{API_HEAD}  policy = jsonencode({STATEMENTS})\n}}\n")
    resources = [
        each._replace(modules=("shop", 'api["a"]')) for each in (rest_api(policy=POLICY), root_method(), stage())
    ]
    policy = project.policy(project.plan(*resources), f'module.shop.module.api["a"].{API}')
    assert line_of(policy, policy.statements[0].resource) == 'main.tf: Resource = "execute-api:/*"'
    assert policy.source is not None
    assert Path(policy.source.name) == project.folder / "api" / "main.tf"


def test_a_module_outside_of_the_project_is_refused(project: Project) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        module_of(project, "../shop")
    assert caught.value.message.startswith('found the file "../shop", which lies outside of the project ')
    assert "--allow-outside" in caught.value.advice


def test_resources_with_keys_point_to_their_block(project: Project) -> None:
    project.source(
        "api.tf",
        f"{API_HEAD}}}\n"
        'resource "aws_api_gateway_method" "m" {\n  for_each    = toset(["GET", "PUT"])\n  http_method = each.key\n}\n',
    )
    methods = [root_method("m", method=each)._replace(key=each) for each in ("GET", "PUT")]
    api = project.load(project.plan(rest_api(), *methods, stage())).apis[API]
    assert {project.shown(api, "routes", f"{each} /") for each in ("GET", "PUT")} == {"api.tf:5: each.key"}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # Two blocks with one address: it is not known which of them it is.
        ("more.tf", f"{API_HEAD}}}\n", None),
        # A file that overrides a part: what its block sets is not known.
        ("override.tf", f"{API_HEAD}}}\n", 'api.tf: resource "aws_api_gateway_rest_api" "orders" {'),
        ("x_override.tf", f"{API_HEAD}}}\n", 'api.tf: resource "aws_api_gateway_rest_api" "orders" {'),
        ("more.tf", "locals {\n  policy = 1\n}\n", "api.tf: policy = local.policy"),
        (".hidden.tf", "no HCL", 'api.tf: Resource = "execute-api:/*"'),
        ("more.tf.json", "{", 'api.tf: Resource = "execute-api:/*"'),
        ("other.tf", 'variable "a" {\n}\nresource "one" {\n}\n', 'api.tf: Resource = "execute-api:/*"'),
    ],
)
def test_other_files_of_the_module(project: Project, name: str, text: str, expected: str | None) -> None:
    local = f"locals {{\n  policy = jsonencode({STATEMENTS})\n}}\n"
    method = 'resource "aws_api_gateway_method" "get" {\n}\n'
    project.source("api.tf", f"{API_HEAD}  policy = local.policy\n}}\n{local}{method}")
    project.source(name, text)
    policy = project.policy(project.plan(rest_api(policy=POLICY), root_method(), stage()))
    found = line_of(policy, policy.statements[0].resource)
    assert found == expected if expected is not None else found.startswith("plan.json: ")


def test_blocks_that_are_made_point_to_what_makes_them(project: Project) -> None:
    dynamic = '  dynamic "endpoint_configuration" {\n    for_each = var.all\n    content {\n    }\n  }\n'
    project.source("api.tf", f"{API_HEAD}{dynamic}}}\n")
    given = rest_api(endpoint_configuration=[{"types": ["REGIONAL"]}])
    api = project.load(project.plan(given, root_method(), stage())).apis[API]
    assert project.shown(api, "endpoint").startswith('api.tf:2: dynamic "endpoint_configuration" {')
    project.source("api.tf", f"{API_HEAD}{dynamic}  endpoint_configuration {{\n  }}\n}}\n")
    api = project.load(project.plan(given, root_method(), stage())).apis[API]
    assert project.shown(api, "endpoint") == 'api.tf:1: resource "aws_api_gateway_rest_api" "orders"'


def test_an_error_in_a_plan_has_its_place_in_the_sources(project: Project) -> None:
    text = f"{API_HEAD}  policy = jsonencode({STATEMENTS.replace('Allow', 'allow')})\n}}\n"
    project.source("api.tf", text)
    given = rest_api(policy=POLICY.replace('"Allow"', '"allow"'), wrong="yes")
    with pytest.raises(PolicySyntaxError) as caught:
        project.load(project.plan(given, root_method(), stage()))
    (error,) = caught.value.errors
    assert error.place == f"{project.folder / 'api.tf'}:1:1"
    assert error.message == 'found "wrong", which is not a known attribute of aws_api_gateway_rest_api'
    given = rest_api(policy=POLICY.replace('"Allow"', '"allow"'))
    with pytest.raises(PolicySyntaxError) as caught:
        project.load(project.plan(given, root_method(), stage()))
    (error,) = caught.value.errors
    assert error.place == f"{project.folder / 'api.tf'}:5:16"
    assert str(error).splitlines()[1:3] == ['  5 |       Effect = "allow"', "    |                ^^^^^^^"]


def test_the_folder_has_to_have_the_sources_of_the_file(project: Project) -> None:
    path = project.plan(rest_api(), root_method(), stage())
    with pytest.raises(ExecPolicyError, match="found no sources of Terraform in the folder"):
        project.load(path)
    with pytest.raises(ExecPolicyError, match=r"cannot read the folder .*: No such file or directory"):
        Template.load(path, terraform_source=project.folder / "none")
    with pytest.raises(ExecPolicyError, match="cannot read the folder"):
        Template.load(path, terraform_source="\0")
    project.source("main.tf", 'resource "aws_iam_group" "app" {\n}\n')
    with pytest.raises(ExecPolicyError) as caught:
        project.load(path)
    assert caught.value.message == f'found nothing of {path} in the sources in "{project.folder}"'
    assert caught.value.advice == "give the folder in which terraform plan was run"


def test_a_file_that_is_no_hcl_is_an_error(project: Project) -> None:
    project.source("main.tf", "resource {\n")
    with pytest.raises(PolicySyntaxError) as caught:
        project.load(project.plan(rest_api(), root_method(), stage()))
    assert caught.value.place == f"{project.folder / 'main.tf'}:1:10"


def test_other_files_have_no_sources(project: Project) -> None:
    project.source("api.yaml", "{schema: execpolicy/api/1}")
    with pytest.raises(UsageError) as caught:
        Template.load(project.folder / "api.yaml", terraform_source=project.folder)
    assert caught.value.message == "found terraform_source= for a file of kind execpolicy, which does not use it"


def test_a_plan_without_resources_needs_no_sources(project: Project) -> None:
    project.source("main.tf", "")
    assert [*project.load(project.plan()).apis] == []
