"""The kinds of files that describe APIs: how each is recognised, and what reads it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, NamedTuple

from execpolicy.arguments import path as checked_path
from execpolicy.arguments import text_of_document
from execpolicy.document.project import read_in_project, reading_within
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.api_file.contents import read_api_file_contents
from execpolicy.loaders.api_file.document import is_api_file
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions, TemplateContents, Variants


class FileKind(NamedTuple):
    """A kind of file: its name, whether a document is of this kind, and the reader of such documents.

    The reader raises PolicySyntaxError with everything that is wrong in the file.
    """

    name: str
    recognises: Callable[[Node], bool]
    read: Callable[[Problems, Node, ReadOptions], TemplateContents]


#: Every kind that can be read. An unknown kind is read as the first, whose errors name what is missing.
FILE_KINDS: Final = (FileKind("execpolicy", is_api_file, read_api_file_contents),)


def kind_of(document: Node) -> FileKind:
    """The kind of file that a document belongs to, by its content."""
    return next((kind for kind in FILE_KINDS if kind.recognises(document)), FILE_KINDS[0])


def load_contents(
    path: str | os.PathLike[str], options: ReadOptions = NOTHING_GIVEN, *, allow_outside: bool = False
) -> TemplateContents:
    """Read what a file describes.

    Args:
        path: a file of one of the ``FILE_KINDS``. Policies that it names are files beside it.
        options: what the user gives besides the file.
        allow_outside: whether the file may name files outside of its project.

    Raises:
        PolicySyntaxError: the file describes no API; ``errors`` holds everything that is wrong, each with its place.
        ExecPolicyError: the file cannot be read, or PyYAML is not installed.
        UsageError: ``path`` is no path, or the file does not have what the options name.
    """
    name = checked_path(path)
    with reading_within(os.path.dirname(name), allow_outside=allow_outside):
        return parse_contents(read_text(name), options, name=name)


def parse_contents(text: str, options: ReadOptions = NOTHING_GIVEN, *, name: str = "<api>") -> TemplateContents:
    """Read what the text of a file describes.

    Args:
        text: JSON or YAML of one of the ``FILE_KINDS``.
        options: what the user gives besides the file.
        name: the name of the file in messages. Policies that it names are files in the same folder.

    Raises:
        PolicySyntaxError: as ``load_contents``; so do the others.
    """
    name = text_of_document(name, "name")
    problems, document = read_any(text_of_document(text, "an API file"), name)
    with reading_within(os.path.dirname(name)):
        return kind_of(document).read(problems, document, options)


def only_api(contents: TemplateContents, options: ReadOptions) -> Variants[ApiDefinition]:
    """The API that the options name, or the only one of a file.

    Raises:
        UsageError: the file has no API of this name, or several and the options name none.
    """
    names = tuple(contents.apis)
    if options.name is not None:
        if options.name not in contents.apis:
            advice = f"use {listed(names)}" if names else "give a file that describes one"
            raise UsageError(f"the file has no API {options.name}", advice=advice)
        return contents.apis[options.name]
    if len(names) != 1:
        found = (
            f"the file describes {len(names)} APIs: {listed(names, 'and')}" if names else "the file describes no API"
        )
        raise UsageError(found, advice="give name= with one of them" if names else "give a file that describes one")
    return contents.apis[names[0]]


def load_api(path: str | os.PathLike[str], *, stage: str | None = None, allow_outside: bool = False) -> ApiDefinition:
    """Read the only API of a file, as ``load_contents``.

    Args:
        path: the file.
        stage: the name of the stage that is called, if the API has several.
        allow_outside: whether the file may name files outside of its project.
    """
    options = ReadOptions(stage=stage)
    return _known(only_api(load_contents(path, options, allow_outside=allow_outside), options))


def load_named_api(path: str, *, stage: str | None = None) -> ApiDefinition:
    """Read an API from a file that another file names: as ``load_api``.

    Raises:
        ExecPolicyError: also for a file that is no API file; the error does not show its content.
    """
    return parse_api(read_in_project(path, "API file"), name=path, stage=stage)


def parse_api(text: str, *, name: str = "<api>", stage: str | None = None) -> ApiDefinition:
    """Read the only API of the text of a file, as ``parse_contents``.

    >>> api = parse_api('''{"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1",
    ...     "account": "111122223333", "stages": ["prod"], "routes": {"GET /orders": {"auth": "AWS_IAM"}}}''')
    >>> api.routes[0].key
    'GET /orders'
    """
    options = ReadOptions(stage=stage)
    return _known(only_api(parse_contents(text, options, name=name), options))


def _known(variants: Variants[ApiDefinition]) -> ApiDefinition:
    if len(variants.values) != 1:
        depends = listed(variants.depends_on, "and")
        raise UsageError(f"the API depends on {depends}, which is not known", advice="give its value with parameters=")
    return variants.values[0]
