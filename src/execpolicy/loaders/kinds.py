"""The kinds of files that describe APIs: how each is recognised, and what reads it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from execpolicy.arguments import path as checked_path
from execpolicy.arguments import text_of_document
from execpolicy.document.project import read_in_project, reading_within
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import Node
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.api_file.document import is_api_file, read_api_file


class ApiReader(Protocol):
    """A function that reads an API from a document of one kind."""

    def __call__(self, problems: Problems, document: Node, *, stage: str | None = None) -> ApiDefinition:
        """The API; errors are those of ``read_api_file``."""


class FileKind(NamedTuple):
    """A kind of file: its name, whether a document is of this kind, and the reader of such documents."""

    name: str
    recognises: Callable[[Node], bool]
    read: ApiReader


#: Every kind that can be read. An unknown kind is read as the first, whose errors name what is missing.
FILE_KINDS: Final = (FileKind("execpolicy", is_api_file, read_api_file),)


def kind_of(document: Node) -> FileKind:
    """The kind of file that a document belongs to, by its content."""
    return next((kind for kind in FILE_KINDS if kind.recognises(document)), FILE_KINDS[0])


def load_api(path: str | os.PathLike[str], *, stage: str | None = None, allow_outside: bool = False) -> ApiDefinition:
    """Read an API from a file.

    Args:
        path: a file of one of the ``FILE_KINDS``. Policies that it names are files beside it.
        stage: the name of the stage that is called, if the API has several.
        allow_outside: whether the file may name files outside of its project.

    Raises:
        PolicySyntaxError: the file describes no API; ``errors`` holds everything that is wrong, each with its place.
        ExecPolicyError: the file cannot be read, or PyYAML is not installed.
        UsageError: ``path`` is no path, or the API does not have that stage.
    """
    name = checked_path(path)
    with reading_within(os.path.dirname(name), allow_outside=allow_outside):
        return parse_api(read_text(name), name=name, stage=stage)


def load_named_api(path: str, *, stage: str | None = None) -> ApiDefinition:
    """Read an API from a file that another file names: as ``load_api``.

    Raises:
        ExecPolicyError: also for a file that is no API file; the error does not show its content.
    """
    return parse_api(read_in_project(path, "API file"), name=path, stage=stage)


def parse_api(text: str, *, name: str = "<api>", stage: str | None = None) -> ApiDefinition:
    """Read an API from the text of a file.

    Args:
        text: JSON or YAML of one of the ``FILE_KINDS``.
        name: the name of the file in messages. Policies that it names are files in the same folder.
        stage: the name of the stage that is called, if the API has several.

    Raises:
        PolicySyntaxError: as ``load_api``; so do the others.

    >>> api = parse_api('''{"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1",
    ...     "account": "111122223333", "stages": ["prod"], "routes": {"GET /orders": {"auth": "AWS_IAM"}}}''')
    >>> api.routes[0].key
    'GET /orders'
    """
    name = text_of_document(name, "name")
    problems, document = read_any(text_of_document(text, "an API file"), name)
    with reading_within(os.path.dirname(name)):
        return kind_of(document).read(problems, document, stage=stage)
