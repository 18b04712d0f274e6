"""Arguments of ``execpolicy check`` that cannot be meant: a file as METHOD, an ARN without its stage."""

from __future__ import annotations

import argparse
import os
import re

from execpolicy.errors import Diagnostic, Source
from execpolicy.gateway.arn.parts import VERBS

#: An ARN whose stage is a method, where what follows is neither a method nor a route key.
_ON = re.compile(rf"(arn:[^:]*:execute-api:[^:]*:[^:]*:[^/]*/)({VERBS})(?=/)(?!/(?:[A-Z]+/|\*|\$))")
#: How a file that describes an API is given.
_AS_API = "execpolicy check METHOD PATH --api {path}"
#: Members of the root of a file, each with its kind and what reads it.
_KINDS = (
    ("Statement", "a policy document", "give it to --identity, --resource or another option for policies"),
    ("swagger", "an OpenAPI document", _AS_API),
    ("openapi", "an OpenAPI document", _AS_API),
    ("Resources", "a template", _AS_API),
    ("principalId", "the output of a Lambda authorizer", "give it to --authorizer-output"),
)


def advice_on_more(arguments: argparse.Namespace) -> str:
    """What may be wrong where there are more arguments than METHOD and PATH."""
    lacking = next((each for each in arguments.parameter if "=" not in each), None)
    if lacking is not None:
        return f"--parameter takes NAME=VALUE: --parameter {lacking}=VALUE"
    advice = advice_on_file(arguments.method or "")
    return f"found a file as METHOD: {advice}" if advice else "give one METHOD and one PATH, or one URL"


def misplaced_method(on: str) -> Diagnostic | None:
    """The error about an ARN that has a method where the stage belongs; None if it has none."""
    match = _ON.match(on)
    if match is None:
        return None
    source = Source("--on", on)
    message = f"found the method {match[2]} where the stage is expected"
    advice = "write the stage before it: API-ID/STAGE/METHOD/PATH"
    return Diagnostic(message, source, source.span(*match.span(2)), advice=advice, rule="GW-1")


def advice_on_file(path: str) -> str:
    """What kind of file stands where METHOD is expected, and what reads it; empty if it is no file."""
    if not os.path.isfile(path):
        return ""
    from execpolicy.document.aws_output import document_in_output
    from execpolicy.document.syntax.files import read_text
    from execpolicy.document.syntax.json_or_yaml import read_any
    from execpolicy.document.syntax.nodes import JsonObject, Text
    from execpolicy.errors import ExecPolicyError
    from execpolicy.loaders.kinds import rules_of

    try:
        text = read_text(path)
        _, root = read_any(text, path, rules_of(text))
    except ExecPolicyError:
        return f"{path} is a file, and neither JSON nor YAML"
    members = root.members if isinstance(root, JsonObject) else {}
    schema = members["schema"][2] if "schema" in members else None
    if isinstance(schema, Text) and schema.value.startswith("execpolicy/api/"):
        return f"{path} is an API file: {_AS_API.format(path=path)}"
    if isinstance(schema, Text) and schema.value.startswith("execpolicy/cases/"):
        return f"{path} is a case file: execpolicy test {path}"
    for name, kind, advice in _KINDS:
        if name in members:
            return f"{path} is {kind}: {advice.replace('{path}', path)}"
    if document_in_output(root) is not root:
        return f"{path} is the output of the AWS CLI with a policy: {_KINDS[0][2]}"
    if members and all(":" in name for name in members):
        return f"{path} is a file of condition keys: --context {path}"
    return f"{path} is a file of an unknown kind"
