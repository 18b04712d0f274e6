"""The kinds of files that describe APIs: how each is recognised, and what reads it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from execpolicy.arguments import path as checked_path
from execpolicy.arguments import text_of_document
from execpolicy.document.project import read_in_project, reading_within
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.rules import STRICT, SyntaxRules
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.errors import PolicySyntaxError, UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.api_file.contents import read_api_file_contents
from execpolicy.loaders.api_file.document import is_api_file
from execpolicy.loaders.cloudformation.sections import is_cloudformation
from execpolicy.loaders.cloudformation.tags import TEMPLATE_RULES, is_template_text
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions, TemplateContents
from execpolicy.loaders.document_text import text_of
from execpolicy.loaders.given_options import OPTIONS, refuse_unused, used_options
from execpolicy.loaders.openapi.definition import is_openapi
from execpolicy.loaders.openapi.text_rules import OPENAPI_RULES, is_openapi_text
from execpolicy.loaders.other_files import other_document, other_text, refuse_by_name
from execpolicy.loaders.terraform.recognition import TERRAFORM_RULES, is_terraform, is_terraform_text


class FileKind(NamedTuple):
    """A kind of file.

    Attributes:
        name: what messages call it.
        recognises: whether a document is of this kind.
        read: the reader of such documents. It raises PolicySyntaxError with everything that is wrong in the file.
        uses: the options that have an effect on such a file; others are refused.
        rules: how the text of such a file is read.
        begins: whether a text is read by these rules, before it is known what document it has.
    """

    name: str
    recognises: Callable[[Node], bool]
    read: Callable[[Problems, Node, ReadOptions], TemplateContents]
    uses: Collection[str] = OPTIONS
    rules: SyntaxRules = STRICT
    begins: Callable[[str], bool] = lambda _: False


def _read_cloudformation(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    from execpolicy.loaders.cloudformation.document import read_cloudformation_contents

    return read_cloudformation_contents(problems, document, options)


def _read_openapi(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    from execpolicy.loaders.openapi.contents import read_openapi_contents

    return read_openapi_contents(problems, document, options)


def _read_terraform(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    from execpolicy.loaders.terraform.contents import read_terraform_contents

    return read_terraform_contents(problems, document, options)


#: Every kind that can be read. An unknown kind is read as the first, whose errors name what is missing.
FILE_KINDS: Final = (
    FileKind("execpolicy", is_api_file, read_api_file_contents, uses=("stage",)),
    FileKind(
        "cloudformation",
        is_cloudformation,
        _read_cloudformation,
        uses=("stage", "name", "parameters", "conditions", "account", "region", "api_id"),
        rules=TEMPLATE_RULES,
        begins=is_template_text,
    ),
    FileKind(
        "openapi",
        is_openapi,
        _read_openapi,
        uses=("stage", "name", "account", "region", "api_id", "type"),
        rules=OPENAPI_RULES,
        begins=is_openapi_text,
    ),
    FileKind(
        "terraform",
        is_terraform,
        _read_terraform,
        uses=("stage", "name", "account", "region", "api_id", "terraform_source"),
        rules=TERRAFORM_RULES,
        begins=is_terraform_text,
    ),
)


def kind_of(document: Node) -> FileKind:
    """The kind of file that a document belongs to, by its content."""
    return next((kind for kind in FILE_KINDS if kind.recognises(document)), FILE_KINDS[0])


def is_known_kind(document: Node) -> bool:
    """Whether a document is of one of the ``FILE_KINDS``."""
    return any(kind.recognises(document) for kind in FILE_KINDS)


def kind_named(name: str) -> FileKind:
    """The kind of file with a name.

    Raises:
        UsageError: there is none.
    """
    found = next((kind for kind in FILE_KINDS if kind.name == name), None)
    if found is None:
        raise UsageError(
            f"found {quoted(name)} as kind=, which is no kind of file",
            advice=did_you_mean(name, [kind.name for kind in FILE_KINDS]),
        )
    return found


def rules_of(text: str) -> SyntaxRules:
    """How the text of a file is read, by how it begins."""
    return next((kind.rules for kind in FILE_KINDS if kind.begins(text)), STRICT)


def load_contents(
    path: str | os.PathLike[str],
    options: ReadOptions = NOTHING_GIVEN,
    *,
    kind: str | None = None,
    allow_outside: bool = False,
) -> TemplateContents:
    """Read what a file describes.

    Args:
        path: a file of one of the ``FILE_KINDS``. Policies that it names are files beside it.
        options: what the user gives besides the file.
        kind: the name of its kind; by default its content says it.
        allow_outside: whether the file may name files outside of its project.

    Raises:
        PolicySyntaxError: the file describes no API; ``errors`` holds everything that is wrong, each with its place.
        ExecPolicyError: the file cannot be read, or PyYAML is not installed.
        UsageError: ``path`` is no path, or the file does not have or does not use what the options name.
    """
    name = checked_path(path)
    with reading_within(os.path.dirname(name), allow_outside=allow_outside):
        return parse_contents(read_text(name), options, name=name, kind=kind)


def parse_contents(
    text: str, options: ReadOptions = NOTHING_GIVEN, *, name: str = "<api>", kind: str | None = None
) -> TemplateContents:
    """Read what the text of a file describes.

    Args:
        text: JSON or YAML of one of the ``FILE_KINDS``.
        options: what the user gives besides the file.
        name: the name of the file in messages. Policies that it names are files in the same folder.
        kind: the name of its kind; by default its content says it.

    Raises:
        PolicySyntaxError: as ``load_contents``; so do the others.
    """
    name = text_of_document(name, "name")
    given = None if kind is None else kind_named(text_of_document(kind, "kind"))
    text = text_of_document(text, "an API file")
    if given is not None:
        problems, document = read_any(text, name, given.rules)
        return contents_of(problems, document, options, given)
    problems, document = _read(text, name)
    return contents_of(problems, document, options)


def parse_prior(text: str, options: ReadOptions = NOTHING_GIVEN, *, name: str = "<api>") -> TemplateContents:
    """Read what is there before the changes of a plan of Terraform are made (SRC-4).

    Args:
        text: the JSON form of the plan.
        options: what the user gives besides it.
        name: the name of the file in messages.

    Raises:
        PolicySyntaxError: as ``load_contents``; also for another file than a plan.
    """
    from execpolicy.loaders.terraform.contents import read_prior_contents

    problems, document = _read(text, name)
    return read_prior_contents(problems, document, options)


def _read(text: str, name: str) -> tuple[Problems, Node]:
    """The document of a text of one of the ``FILE_KINDS``; another one that is known by name or content is refused."""
    refuse_by_name(name)
    try:
        problems, document = read_any(text, name, rules_of(text))
    except PolicySyntaxError:
        error = other_text(name, text) if rules_of(text) is STRICT and not _names_schema(text) else None
        if error is not None:
            raise error from None
        raise
    if not is_known_kind(document):
        error = other_document(name, document) or other_text(name, text)
        if error is not None:
            raise error
    return problems, document


def _names_schema(text: str) -> bool:
    return "execpolicy/api/" in text


def contents_of(
    problems: Problems, document: Node, options: ReadOptions, given: FileKind | None = None
) -> TemplateContents:
    """What a document describes that is read already, as ``parse_contents``.

    Args:
        problems: the collector for the problems of the document.
        document: the whole content of the file.
        options: what the user gives besides the file.
        given: the kind of the file; by default its content says it.
    """
    with reading_within(os.path.dirname(problems.source.name)):
        of_kind = given or kind_of(document)
        refuse_unused(options, of_kind.name, of_kind.uses)
        return of_kind.read(problems, document, options)


def only_api(contents: TemplateContents, options: ReadOptions) -> Variants[ApiDefinition]:
    """The API that the options name, or the only one of a file, with the stage that is called.

    Raises:
        UsageError: the file has no API of this name, or several and the options name none; or the API does not have
            the stage, or has several and none is selected.
    """
    name = name_of_api(contents, options)
    found = contents.apis[name]
    stage = options.stage or contents.stages.get(name)
    return found._replace(values=tuple(definition.with_stage(stage) for definition in found.values))


def name_of_api(contents: TemplateContents, options: ReadOptions) -> str:
    """The name of the API that the options name, or of the only one of a file.

    Raises:
        UsageError: the file has no API of this name, or several and the options name none.
    """
    names, given = tuple(contents.apis), options.name
    if not names:
        raise UsageError("the file describes no API", advice="give a file that describes one")
    if given is not None:
        if given not in names:
            raise UsageError(
                f"found the API {quoted(given)}, which the file does not have", advice=_meant(given, names)
            )
        return given
    if len(names) > 1:
        raise UsageError(
            f"the file describes {len(names)} APIs: {listed(names, 'and')}", advice="give name= with one of them"
        )
    return names[0]


def _meant(name: str, names: tuple[str, ...]) -> str:
    return did_you_mean(name, names) if len(names) > 1 else f"use {names[0]}, its only API"


def load_api(
    path: str | os.PathLike[str],
    options: ReadOptions = NOTHING_GIVEN,
    *,
    kind: str | None = None,
    allow_outside: bool = False,
) -> Variants[ApiDefinition]:
    """Read an API from a file: the one that the options name, or the only one.

    Arguments and errors are those of ``load_contents`` and ``only_api``.
    """
    return only_api(load_contents(path, options, kind=kind, allow_outside=allow_outside), options)


def known_api(contents: TemplateContents, options: ReadOptions) -> ApiDefinition:
    """The API that the options name, or the only one of a file, if it does not depend on what is not known.

    Raises:
        UsageError: as ``only_api``, or the API depends on a value that is not known.
    """
    return only_api(contents, options).only("the API")


def load_named_contents(path: str, options: ReadOptions = NOTHING_GIVEN) -> TemplateContents:
    """Read a file that another file names, as ``load_contents``.

    Options that such a file does not use have no effect: they are for other files.

    Raises:
        ExecPolicyError: also for a file that describes no API; the error does not show its content.
    """
    refuse_by_name(path)
    problems, document = _read(read_in_project(path, "API file"), path)
    with reading_within(os.path.dirname(path)):
        of_kind = kind_of(document)
        return of_kind.read(problems, document, used_options(options, of_kind.uses))


def parse_api(
    text: str, options: ReadOptions = NOTHING_GIVEN, *, name: str = "<api>", kind: str | None = None
) -> ApiDefinition:
    """Read an API from the text of a file, as ``parse_contents``, if it does not depend on what is not known.

    >>> api = parse_api('''{"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1",
    ...     "account": "111122223333", "stages": ["prod"], "routes": {"GET /orders": {"auth": "AWS_IAM"}}}''')
    >>> api.routes[0].key
    'GET /orders'
    """
    return known_api(parse_contents(text, options, name=name, kind=kind), options)


def parse_document(
    document: str | bytes | Mapping[str, Any], options: ReadOptions = NOTHING_GIVEN, *, kind: str | None = None
) -> Variants[ApiDefinition]:
    """Read an API from a document given as text, as UTF-8, or as Python objects, which have places in their JSON text.

    Raises:
        PolicySyntaxError: as ``parse_contents``; so do the others.
        UsageError: also for a document of another type.
    """
    return only_api(parse_contents(text_of(document), options, kind=kind), options)
