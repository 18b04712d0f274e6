"""Which files of a folder are checked: policies, API files, templates, OpenAPI files and plans, by their content."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from execpolicy.document.aws_output import document_in_output
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.errors import PolicySyntaxError
from execpolicy.linter.documents.policy_version import has_policy_version
from execpolicy.linter.file_text import FileText
from execpolicy.linter.other_services import other_service_of
from execpolicy.loaders.api_file.document import is_api_file
from execpolicy.loaders.cloudformation.sections import is_cloudformation
from execpolicy.loaders.cloudformation.tags import is_template_text
from execpolicy.loaders.kinds import kind_of
from execpolicy.loaders.openapi.definition import is_openapi
from execpolicy.loaders.openapi.text_rules import is_openapi_text
from execpolicy.loaders.other_files import MISNAMED, project_named, purpose_of
from execpolicy.loaders.terraform.recognition import is_terraform, is_terraform_text

#: Endings of the names of files whose content is looked at.
ENDINGS: Final = (".json", ".yaml", ".yml", ".template")
#: A text without any of these has no document of a known kind. Names may be written with escapes.
_WORDS: Final = re.compile(
    r"Statement|Resources|AWSTemplateFormatVersion|Transform|openapi|swagger|execpolicy/|2012-10-17|2008-10-17|\\[uUx]"
    r"|terraform_version"
)
#: What may stand before a document: comments, also those of JSON for people, and what begins a document of YAML.
_BEFORE: Final = re.compile(r"(?:[\s\ufeff]|#[^\r\n]*+|//[^\r\n]*+|/\*(?s:.*?)\*/|%[^\r\n]*+|---(?=\s))*+")
#: The name in a mapping with braces, in which it may stand anywhere, and at the beginning of a line.
_IN_BRACES: Final = re.compile(r"[\"']?\bStatement\b[\"']?\s*:")
_QUOTED: Final = re.compile(r"\"Statement\"\s*:")
_ON_A_LINE: Final = r"(?:\A|(?<=[\r\n\x85\u2028\u2029]))(?:--- +)? {{{0}}}(?:\? +)?[\"']?Statement[\"']?\s*:"
_LINE_ENDS: Final = "\r\n\x85\u2028\u2029"
#: What begins a block of a template language, whose texts have braces of their own.
_BLOCKS: Final = ("{{", "{%")
#: A statement has one of these at least.
_ELEMENTS: Final = frozenset(
    {"Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}
)
#: What every type of a resource has.
_TYPE_MARK: Final = "::"
_GATEWAY: Final = "x-amazon-apigateway"


class Recognition(NamedTuple):
    """What a file of a folder is.

    Attributes:
        is_checked: whether it is a policy, an API file, a template, an OpenAPI file, or a plan or state of Terraform.
        uses: for such a file: the options that have an effect on it.
        purpose: for another one: what it is, if that is known.
        advice: what to give for its API to be checked, if it may have one.
    """

    is_checked: bool
    uses: Collection[str] = ()
    purpose: str = ""
    advice: str = ""


def recognize(file: FileText, *, is_api_gateway: bool = False) -> Recognition:
    """What a file is. One that does not load is checked if it looks like a file of a known kind.

    Args:
        file: the text and the name of the file. Its document is read only if the text may be of a known kind.
        is_api_gateway: whether OpenAPI files are for API Gateway also if they do not say so.

    Raises:
        ExecPolicyError: the text is YAML, and PyYAML is not installed.

    >>> recognize(FileText('{"Version": "2012-10-17", "Statement": []}', "policy.json")).is_checked
    True
    >>> recognize(FileText('{"name": "orders", "version": "1.0"}', "package.json")).is_checked
    False
    """
    text, name = file.text, file.name
    legible = text.replace("\0", "")  # of UTF-16 without a byte order mark
    if _WORDS.search(legible) is None:
        return recognize_by_name(name)
    document = file.document
    if isinstance(document, PolicySyntaxError):
        return Recognition(is_checked=True) if looks_known(legible) else recognize_by_name(name)
    if is_api_file(document) or (is_cloudformation(document) and _is_template(document, text)):
        return Recognition(is_checked=True, uses=kind_of(document).uses)
    if is_terraform(document):
        return Recognition(is_checked=True, uses=kind_of(document).uses)
    if is_openapi(document) and not is_cloudformation(document):
        return _recognized_openapi(document, text, is_api_gateway=is_api_gateway)
    if isinstance(document, JsonObject) and "Statement" in document.members:
        return _recognized_policy(document) if _is_policy(document) else recognize_by_name(name)
    if has_policy_version(document):
        return Recognition(is_checked=True)
    return _recognized_by_purpose(document) or recognize_by_name(name)


def recognize_by_name(name: str) -> Recognition:
    """What a file is whose content does not say it: a project that is not read, or nothing that is known."""
    project = project_named(name)
    if project is None:
        return Recognition(is_checked=False)
    return Recognition(is_checked=False, purpose=project.what, advice=project.advice)


def looks_known(text: str) -> bool:
    r"""Whether a text that is not valid was meant as a file of a known kind.

    >>> looks_known('{"Version": "2012-10-17", "Statement": ['), looks_known("kind: Service\n---\nkind: Pod")
    (True, False)
    """
    is_template = is_template_text(text) and _TYPE_MARK in text
    is_definition = is_openapi_text(text) and _GATEWAY in text
    is_own = "execpolicy/api/" in text or is_terraform_text(text)
    return is_own or is_template or is_definition or _looks_like_policy(text)


def _looks_like_policy(text: str) -> bool:
    """Whether a text has the name ``Statement`` in braces, or where the names of a document of YAML stand."""
    text = text.removeprefix("\ufeff")
    before = _BEFORE.match(text)
    start = before.end() if before is not None else 0
    if text.startswith(("{", "["), start):
        name = _QUOTED if text.startswith(_BLOCKS, start) else _IN_BRACES
        return name.search(text, start) is not None
    first = max(text.rfind(end, 0, start) for end in _LINE_ENDS) + 1
    indentation = start - first if text[first:start].strip(" ") == "" else 0
    return re.search(_ON_A_LINE.format(indentation), text) is not None


def _is_template(document: Node, text: str) -> bool:
    """Whether a document with a section of templates is one: other files may have ``Resources`` too."""
    assert isinstance(document, JsonObject)
    return "AWSTemplateFormatVersion" in document.members or _TYPE_MARK in text


def _recognized_openapi(document: Node, text: str, *, is_api_gateway: bool) -> Recognition:
    if is_api_gateway or _GATEWAY in text:
        return Recognition(is_checked=True, uses=kind_of(document).uses)
    what = "an OpenAPI file that does not mention API Gateway"
    return Recognition(is_checked=False, purpose=what, advice="give --type REST or HTTP if API Gateway imports it")


def _recognized_policy(document: JsonObject) -> Recognition:
    """A policy for calls; that of a role, a bucket or another resource is none."""
    service = other_service_of(document)
    if not service:
        return Recognition(is_checked=True)
    what = "a trust policy of a role" if service == "sts" else f"a policy of a resource of {service}"
    return Recognition(is_checked=False, purpose=f"{what}, which decides no call of an API")


def _recognized_by_purpose(document: Node) -> Recognition | None:
    purpose = purpose_of(document)
    if purpose is not None:
        advice = purpose.advice if purpose in MISNAMED else ""
        return Recognition(is_checked=False, purpose=purpose.what, advice=advice)
    if document_in_output(document) is document:
        return None
    advice = "name it, and give the kind of its policy, such as --policy-kind identity"
    return Recognition(is_checked=False, purpose="the output of an AWS command", advice=advice)


def _is_policy(document: JsonObject) -> bool:
    """Whether ``Statement`` is that of a policy: of a document with a version, or with an element of a statement."""
    _, _, statements = document.members["Statement"]
    each = statements.items if isinstance(statements, JsonArray) else [statements]
    has_element = any(isinstance(one, JsonObject) and _ELEMENTS & {*one.members} for one in each)
    return has_element or "Version" in document.members
