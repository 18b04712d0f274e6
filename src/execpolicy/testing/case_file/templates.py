"""The files of APIs and templates that a case file names, and what it says besides them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from execpolicy.document.policy import Policy
from execpolicy.document.project import resolve_in_project
from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonBoolean, JsonNumber, JsonObject, Node, Text
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions, TemplateContents
from execpolicy.loaders.given_options import read_options
from execpolicy.loaders.kinds import kind_named, load_named_contents, name_of_api, only_api
from execpolicy.loaders.named_parts import (
    MARK,
    PartReference,
    all_callers,
    caller_named,
    part_reference,
    vpc_endpoint_named,
)

TEMPLATE_FIELDS = ("parameters", "conditions", "account", "region", "api_id", "type", "terraform_source")


class TemplateFiles:
    """The files that a case file names, each read once for each stage that cases call.

    Args:
        problems: collects the errors of the case file.
        file: the case file, whose field ``template`` says what templates do not.
    """

    def __init__(self, problems: Problems, file: Fields) -> None:
        self._problems = problems
        self._field = file.node.members.get("template")
        self._options = _options(problems, file)
        self._contents: dict[tuple[str, str | None], TemplateContents | ExecPolicyError] = {}
        self._unused = {name for name in TEMPLATE_FIELDS if getattr(self._options, name) not in (None, {})}

    def api(self, text: str, stage: str | None, *, any_stage: bool = False) -> Variants[ApiDefinition]:
        """The API that a text of the case file names: ``orders.api.yaml``, ``template.yaml#OrdersApi``.

        Args:
            text: the name of a file, perhaps with that of one of its APIs.
            stage: the stage that is called; None for the only one.
            any_stage: whether all stages are meant: the first one is selected if none is named.

        Raises:
            ExecPolicyError: the file cannot be read, or has no such API or stage.
        """
        path, name = part_reference(text) or PartReference(text, "")
        options = self._options._replace(stage=stage, name=name or None)
        contents = self._read(path, stage)
        if not name and len(contents.apis) > 1:
            names = listed(contents.apis, "and")
            message = f"the file describes {len(contents.apis)} APIs: {names}"
            raise ExecPolicyError(message, advice=f"name one of them, such as {path}#{next(iter(contents.apis))}")
        try:
            found = name_of_api(contents, options)
        except UsageError as error:  # those about the stage are errors of the case that calls it
            raise ExecPolicyError(error.message, advice=error.advice) from None
        if any_stage and stage is None and found not in contents.stages:
            options = options._replace(stage=contents.apis[found].values[0].stages[0].name)
        return only_api(contents, options)

    def caller(self, reference: PartReference) -> Caller | Variants[Caller]:
        """The caller that a reference names.

        Raises:
            ExecPolicyError: the file cannot be read, or has no such caller.
        """
        return caller_named(self._read(reference.path, None), reference.name)

    def callers(self, path: str) -> dict[str, Caller]:
        """All callers of a file, by their references.

        Raises:
            ExecPolicyError: the file cannot be read, has no callers, or one depends on what is not known.
        """
        return {f"{path}{MARK}{name}": found for name, found in all_callers(self._read(path, None)).items()}

    def vpc_endpoint(self, reference: PartReference) -> Policy | Variants[Policy]:
        """The policy of the VPC endpoint that a reference names.

        Raises:
            ExecPolicyError: the file cannot be read, or has no such VPC endpoint.
        """
        return vpc_endpoint_named(self._read(reference.path, None), reference.name)

    def report_unused(self) -> None:
        """Report what is said of templates if no file that the cases use reads it: it would have no effect."""
        if self._unused and self._field is not None:
            names = listed([quoted(name) for name in TEMPLATE_FIELDS if name in self._unused], "and")
            message = f'found {names} in "template", that no file of this case file uses'
            self._problems.report_name(self._field, message, "name a template as an API or a caller, or remove it")

    def _read(self, path: str, stage: str | None) -> TemplateContents:
        key = (path, stage)
        if key not in self._contents:
            try:
                found = resolve_in_project(self._problems.source.name, path)
                self._contents[key] = load_named_contents(found, self._options._replace(stage=stage))
            except ExecPolicyError as error:
                self._contents[key] = self._placed(error)
        contents = self._contents[key]
        if isinstance(contents, ExecPolicyError):
            self._unused.clear()  # it is not known what a file uses that cannot be read
            raise contents
        self._unused -= {*kind_named(contents.kind).uses}
        return contents

    def _placed(self, error: ExecPolicyError) -> ExecPolicyError:
        """An error about a value of the field ``template``, at its place; any other one as it is.

        Its source has the name ``<parameters NAME>`` and the value as its text, or ``<parameters>`` and the name.
        """
        if error.source is None or self._field is None:
            return error
        option, _, name = error.source.name.strip("<>").partition(" ")
        template = self._field[2]
        of_option = template.members.get(option) if isinstance(template, JsonObject) else None
        values = of_option[2] if of_option is not None else None
        member = values.members.get(name or error.source.text) if isinstance(values, JsonObject) else None
        if member is None:
            return error
        start, end, value = member
        source = self._problems.source
        span = self._problems.span(value) if name else source.span(start, end)
        return PolicySyntaxError([error.diagnostic._replace(source=source, span=span)])


def _options(problems: Problems, file: Fields) -> ReadOptions:
    """What the field ``template`` says; nothing if it is missing or wrong."""
    node = file.value("template")
    fields = entry(problems, node, "a template", TEMPLATE_FIELDS) if node is not None else None
    if fields is None:
        return NOTHING_GIVEN
    before = problems.count
    texts = {name: fields.text(name) for name in ("account", "region", "api_id", "type")}
    parameters, conditions = dict(_parameters(fields)), dict(_conditions(fields))
    folder = _folder(problems, fields)
    if problems.count > before:
        return NOTHING_GIVEN
    try:
        return read_options(parameters=parameters, conditions=conditions, terraform_source=folder, **texts)
    except ExecPolicyError as error:
        about = fields.value(error.message.partition("=")[0])
        problems.refused(about or fields.node, error)
        return NOTHING_GIVEN


def _folder(problems: Problems, fields: Fields) -> str | None:
    """The folder of the sources of Terraform, inside of the project; None if it is missing or wrong."""
    text, node = fields.text("terraform_source"), fields.value("terraform_source")
    if text is None or node is None:
        return None
    try:
        folder = resolve_in_project(problems.source.name, text)
    except ExecPolicyError as error:
        problems.refused(node, error)
        return None
    if os.path.isdir(folder):
        return folder
    message = f"found {quoted(text)} as terraform_source, which is no folder"
    problems.report(node, message, "give the folder in which terraform plan was run, relative to this file")
    return None


def _parameters(fields: Fields) -> list[tuple[str, str]]:
    """The values of parameters: texts, and numbers as they are written."""
    found: list[tuple[str, str]] = []
    for name, (_, _, value) in fields.members("parameters", "an object of values by name"):
        text = _text(value)
        if text is None:
            fields.wrong(value, f"the parameter {quoted(name)}", "a string or a number")
        else:
            found.append((name, text))
    return found


def _conditions(fields: Fields) -> Iterator[tuple[str, bool]]:
    """Which conditions are true."""
    for name, (_, _, value) in fields.members("conditions", "an object of true or false by name"):
        if isinstance(value, JsonBoolean):
            yield name, value.text == "true"
        else:
            fields.wrong(value, f"the condition {quoted(name)}", "true or false")


def _text(value: Node) -> str | None:
    if isinstance(value, Text):
        return value.value
    return value.text if isinstance(value, JsonNumber) else None
