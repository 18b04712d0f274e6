"""Files that are not read as APIs: projects that have to be built first, and files of another purpose."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import printable
from execpolicy.errors import ExecPolicyError


class OtherFile(NamedTuple):
    """A kind of file that is not read: patterns of its path and of its text, what it is, and what to give instead."""

    path: str
    text: str
    what: str
    advice: str


_NEVER = r"(?!)"
#: How to get a definition of any API that is deployed.
_EXPORT = (
    "export the deployed API: aws apigateway get-export --rest-api-id ID --stage-name STAGE --export-type oas30 "
    """--parameters '{"extensions": "apigateway,authorizers"}' api.json, """
    "or aws apigatewayv2 export-api for an HTTP API"
)
_STACK = "aws cloudformation get-template --stack-name STACK --template-stage Processed --query TemplateBody"

#: Projects. They are recognised by the name of the file before it is read, or by its content.
PROJECTS = (
    OtherFile(
        r"(^|/)serverless(\.[\w-]+)?\.(ya?ml|json|js|cjs|mjs|ts)$",
        r"(?m)^[ \t]*[\"']?frameworkVersion\b|^provider:[^\n]*(?:\n[ \t][^\n]*)*?\n[ \t]+name:[ \t]*[\"']?aws\b",
        "a project of the Serverless Framework",
        "run serverless package (or osls package), and give .serverless/cloudformation-template-update-stack.json",
    ),
    OtherFile(
        r"(^|/)cdk\.json$",
        r"\A\s*\{\s*\"app\"\s*:\s*\"",
        "a project of AWS CDK",
        "run cdk synth, and give cdk.out/STACK.template.json",
    ),
    OtherFile(
        r"\.tf(\.json|vars)?$",
        r"(?m)^[ \t]*resource[ \t]+\"aws_\w+\"[ \t]+\"",
        "a file of Terraform before it is planned",
        "run terraform plan -out=plan and terraform show -json plan > plan.json, and give plan.json",
    ),
    OtherFile(
        r"(^|/)Pulumi(\.[\w-]+)?\.ya?ml$",
        r"(?m)^runtime:\s*(nodejs|python|go|dotnet|java|yaml)\b",
        "a project of Pulumi",
        _EXPORT,
    ),
    OtherFile(r"(^|/)sst\.config\.[cm]?[jt]s$", _NEVER, "a project of SST", _EXPORT),
    OtherFile(
        r"(^|/)amplify/(team-provider-info|backend/.*|cli)\.(json|ts)$|(^|/)amplify\.ya?ml$",
        _NEVER,
        "a project of AWS Amplify",
        f"give the template of its deployed stack: {_STACK}",
    ),
    OtherFile(
        r"(^|/)\.chalice/config\.json$",
        r"\"app_name\"\s*:",
        "the configuration of a Chalice project",
        "run chalice package out, and give out/sam.json",
    ),
    OtherFile(
        r"(^|/)zappa_settings\.(json|toml|ya?ml|py)$",
        r"\"(app_function|django_settings)\"\s*:",
        "the settings of a Zappa project",
        _EXPORT,
    ),
)
#: Files beside a template, or beside what makes one. They are recognised by name, too.
_BESIDE = (
    OtherFile(
        r"\.(py|[cm]?[jt]sx?|java|go|cs)$",
        _NEVER,
        "a program",
        "give what it makes: the template of cdk synth, sam.json of chalice package, or an OpenAPI file",
    ),
    OtherFile(
        r"(^|/)samconfig\.(toml|ya?ml)$",
        _NEVER,
        "the configuration of the SAM CLI",
        "give the template, such as template.yaml",
    ),
)


class OtherDocument(NamedTuple):
    """A document of another purpose: members of its root that it alone has, what it is, and what to do with it."""

    members: tuple[str, ...]
    what: str
    advice: str


_PARAMETERS = OtherDocument(
    ("ParameterKey",), "a file of parameters for a template", "give the template here, and this file to --parameters"
)
#: Other files of execpolicy, by the beginning of their schema.
_OWN = {
    "execpolicy/cases/": OtherDocument((), "a case file", "run it with execpolicy test"),
    "execpolicy/ignores/": OtherDocument(
        (),
        "a file of ignores",
        "name it execpolicy-ignore.yaml or execpolicy-ignore.json: execpolicy lint finds it then",
    ),
    "execpolicy/baseline/": OtherDocument((), "a baseline", "give it to execpolicy lint --baseline"),
}
#: Files that have no effect where their names are not those that execpolicy looks for.
MISNAMED = (_OWN["execpolicy/ignores/"],)
#: Documents of another purpose, if they are of no kind that is read.
DOCUMENTS = (
    OtherDocument(
        ("TemplateBody",), "the output of aws cloudformation get-template", f"give the template alone: {_STACK}"
    ),
    OtherDocument(
        ("StackResources", "StackResourceSummaries", "Stacks"),
        "the output of a command about stacks",
        f"give the template of the stack: {_STACK}",
    ),
    OtherDocument(
        ("rootResourceId", "apiKeySource", "ApiEndpoint", "RouteSelectionExpression"),
        "the output of a command about an API, without its routes",
        _EXPORT,
    ),
    OtherDocument(
        ("Statement",),
        "a policy",
        "give it to --identity, --resource or another option for policies, and here the file of the API",
    ),
)


def refuse_by_name(name: str) -> None:
    """Refuse a file whose name says that it belongs to a project that is not read.

    Raises:
        ExecPolicyError: the file is of such a project; the advice is the command that writes a file which is read.
    """
    found = project_named(name) or _named(name, _BESIDE)
    if found is not None:
        raise _refusal(name, found)


def project_named(name: str) -> OtherFile | None:
    """The project that a file belongs to by its name; None if the name says nothing."""
    return _named(name, PROJECTS)


def _named(name: str, kinds: Iterable[OtherFile]) -> OtherFile | None:
    path = name.replace(os.sep, "/")
    return next((each for each in kinds if re.search(each.path, path)), None)


def other_text(name: str, text: str) -> ExecPolicyError | None:
    """The error about the text of a project; None if nothing says that it is one."""
    beginning = text[:20_000]
    return next((_refusal(name, each) for each in PROJECTS if re.search(each.text, beginning)), None)


def other_document(name: str, document: Node) -> ExecPolicyError | None:
    """The error about a document of another purpose; None if nothing says what it is."""
    found = purpose_of(document)
    return None if found is None else _refusal(name, found)


def purpose_of(document: Node) -> OtherDocument | None:
    """The purpose of a document that is of no kind that is read; None if nothing says it."""
    if isinstance(document, JsonArray) and document.items:
        found = isinstance(document.items[0], JsonObject) and "ParameterKey" in document.items[0].members
        return _PARAMETERS if found else None
    if not isinstance(document, JsonObject):
        return None
    members = document.members
    if {*members} == {"Parameters"}:
        return _PARAMETERS
    _, _, schema = members.get("schema", (0, 0, None))
    own = [each for start, each in _OWN.items() if isinstance(schema, Text) and schema.value.startswith(start)]
    if own:
        return own[0]
    return next((each for each in DOCUMENTS if any(member in members for member in each.members)), None)


def _refusal(name: str, found: OtherFile | OtherDocument) -> ExecPolicyError:
    return ExecPolicyError(f"{printable(name)} is {found.what}: it is not read as an API", advice=found.advice)
