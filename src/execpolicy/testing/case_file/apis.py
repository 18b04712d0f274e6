"""Reads the APIs of a case file: the API of all calls, named APIs, and APIs inside calls."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.api import Api
from execpolicy.document.syntax.fields import Fields, Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.loaders.api_file.document import api_from_node
from execpolicy.testing.case_file.callers_and_targets import NodeError
from execpolicy.testing.case_file.templates import TemplateFiles


class _CalledStage(NamedTuple):
    """The stage that a case names, if any, and whether the case is about all stages."""

    text: Text | None
    is_any: bool

    @property
    def name(self) -> str | None:
        return self.text.value if self.text is not None else None


class CaseFileApis:
    """All APIs that calls use. Named APIs and the API of all calls must be valid and must be used, as with policies."""

    def __init__(self, problems: Problems, file: Fields, files: TemplateFiles) -> None:
        self._problems = problems
        self._files = files
        self._members = dict(file.members("apis", "an object of APIs by name"))
        self._of_all = file.node.members.get("api")
        # By name (None for the API of all calls), stage, and whether any will do; None if its errors are reported.
        self._apis: dict[tuple[str | None, str | None, bool], Api | ExecPolicyError | None] = {}
        self._used: set[str | None] = set()

    @property
    def has_default(self) -> bool:
        """Whether a case that names no API has one."""
        return self._of_all is not None or len(self._members) == 1

    def api(
        self,
        node: Node | None,
        stage: Text | None,
        case: Fields,
        errors: list[NodeError],
        *,
        any_stage: bool = False,
    ) -> Api | None:
        """The API that a case calls: an object, the name of an API, or the API of all calls.

        ``any_stage``: whether the case is about all stages, so that it names none.
        """
        called = _CalledStage(stage, any_stage)
        if node is None:
            if self._of_all is not None:
                return self._cached(None, self._of_all[2], called, case, errors)
            if len(self._members) != 1:
                case.must("api")
                return None
            node = Text(next(iter(self._members)))
        if isinstance(node, Text):
            if node.value in self._members:
                return self._cached(node.value, self._members[node.value][2], called, case, errors)
            message = f'found the API {quoted(node.value)}, which "apis" does not have'
            self._problems.report(node, message, self._advice(node))
            return None
        if not isinstance(node, JsonObject):
            wrong_type(self._problems, node, "an API", "an object or the name of an API")
            return None
        try:
            return self._from_object(node, called)
        except PolicySyntaxError as error:
            errors.append(NodeError(node, error))
        except ExecPolicyError as error:
            errors.extend(_of_stage(error, stage, case))
        return None

    def report_unused(self) -> None:
        """Report the APIs that no case calls: they were not read."""
        for name, member in self._members.items():
            if name not in self._used:
                message = f"found the API {quoted(name)}, that no case calls"
                self._problems.report_name(member, message, "call it in a case, or remove it")
        if self._of_all is not None and None not in self._used:
            advice = 'add a call that names no API of its own, or remove "api"'
            self._problems.report_name(self._of_all, 'found "api", the API of all calls, but no case calls it', advice)

    def _advice(self, name: Text) -> str:
        if self._members:
            return did_you_mean(name.value, self._members)
        if self._of_all is not None:
            return 'omit it to call the API of the file, or add one to "apis"'
        return "add it there, or write it here"

    def _cached(
        self, name: str | None, node: Node, stage: _CalledStage, case: Fields, errors: list[NodeError]
    ) -> Api | None:
        """The API of a name. It is made once for each stage that cases call."""
        self._used.add(name)
        key = (name, stage.name, stage.is_any)
        if key not in self._apis:
            try:
                self._apis[key] = self._read(node, name, stage)
            except ExecPolicyError as error:
                self._apis[key] = error
        made = self._apis[key]
        if isinstance(made, UsageError):
            errors.extend(_of_stage(made, stage.text, case))
        elif isinstance(made, ExecPolicyError):
            self._problems.refused(node, made)
        return made if isinstance(made, Api) else None

    def _from_object(self, node: JsonObject, stage: _CalledStage) -> Api:
        source = self._problems.source
        return Api.from_definition(api_from_node(node, source, stage=stage.name, any_stage=stage.is_any))

    def _read(self, node: Node, name: str | None, stage: _CalledStage) -> Api | None:
        """The API in a member of the file; None if it is not one, which is then reported."""
        if isinstance(node, JsonObject):
            return self._from_object(node, stage)
        what = f"the API {quoted(name)}" if name is not None else "the API of all calls"
        if not isinstance(node, Text):
            wrong_type(self._problems, node, what, "an object or the name of a file")
        elif not node.value:
            self._problems.report(node, f"found an empty string as {what}", "write an API, or the name of its file")
        elif node.value.lstrip().startswith("{"):
            message = f"found a string that holds a document as {what}, expected the API itself"
            self._problems.report(node, message, "write it as an object, or give the name of a file that holds it")
        else:
            return Api.from_variants(self._files.api(node.value, stage.name, any_stage=stage.is_any))
        return None


def _of_stage(error: ExecPolicyError, stage: Text | None, case: Fields) -> list[NodeError]:
    """The error of a case that calls a valid API: the case must select the stage."""
    if stage is None and case.has("stage"):
        return []  # a stage that is not a string is reported already
    return [NodeError(stage or case.node, error)]
