"""The APIs of a case file: one for all calls, some by name, or written where they are called."""

from __future__ import annotations

from execpolicy.api import Api
from execpolicy.document.project import named_file
from execpolicy.document.syntax.fields import Fields, Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import meant, quoted
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.loaders.api_file.document import api_from_node
from execpolicy.loaders.kinds import load_named_api
from execpolicy.testing.case_file.callers_and_targets import NodeError


class CaseFileApis:
    """Every API that calls go to. As with policies, what the file itself has must be sound, and must be used."""

    def __init__(self, problems: Problems, file: Fields) -> None:
        self._problems = problems
        self._members = dict(file.members("apis", "an object of APIs by name"))
        self._of_all = file.node.members.get("api")
        # By name, None for the API of all calls, and stage; None for what is told already.
        self._apis: dict[tuple[str | None, str | None], Api | ExecPolicyError | None] = {}
        self._used: set[str | None] = set()

    def api(self, node: Node | None, stage: Text | None, case: Fields, errors: list[NodeError]) -> Api | None:
        """The API that a case calls: an object, the name of an API, or the one that the file has for all calls."""
        if node is None:
            if self._of_all is not None:
                return self._cached(None, self._of_all[2], stage, case, errors)
            if len(self._members) != 1:
                case.must("api")
                return None
            node = Text(next(iter(self._members)))
        if isinstance(node, Text):
            if node.value in self._members:
                return self._cached(node.value, self._members[node.value][2], stage, case, errors)
            message = f'found the API {quoted(node.value)}, which "apis" does not have'
            self._problems.report(node, message, self._advice(node))
            return None
        if not isinstance(node, JsonObject):
            wrong_type(self._problems, node, "an API", "an object or the name of an API")
            return None
        try:
            return Api.from_definition(api_from_node(node, self._problems.source, stage=_name(stage)))
        except PolicySyntaxError as error:
            errors.append(NodeError(node, error))
        except ExecPolicyError as error:
            errors.extend(_of_stage(error, stage, case))
        return None

    def report_unused(self) -> None:
        """An API that no case calls was never read."""
        for name, member in self._members.items():
            if name not in self._used:
                message = f"found the API {quoted(name)}, which nothing calls"
                self._problems.report_name(member, message, "call it in a case, or remove it")
        if self._of_all is not None and None not in self._used:
            advice = 'add a call that names no API of its own, or remove "api"'
            self._problems.report_name(self._of_all, 'found "api", the API of all calls, which nothing calls', advice)

    def _advice(self, name: Text) -> str:
        if self._members:
            return meant(name.value, self._members)
        if self._of_all is not None:
            return 'leave it out: the call then goes to the API of the file; or name one in "apis"'
        return "name it there, or write it here"

    def _cached(
        self, name: str | None, node: Node, stage: Text | None, case: Fields, errors: list[NodeError]
    ) -> Api | None:
        """The API of a name, with each stage that cases call made once."""
        self._used.add(name)
        key = (name, _name(stage))
        if key not in self._apis:
            try:
                self._apis[key] = self._read(node, name, key[1])
            except ExecPolicyError as error:
                self._apis[key] = error
        made = self._apis[key]
        if isinstance(made, UsageError):
            errors.extend(_of_stage(made, stage, case))
        elif isinstance(made, ExecPolicyError):
            self._problems.refused(node, made)
        return made if isinstance(made, Api) else None

    def _read(self, node: Node, name: str | None, stage: str | None) -> Api | None:
        """The API that a member of the file stands for; None for what is none, which is then told."""
        source = self._problems.source
        if isinstance(node, JsonObject):
            return Api.from_definition(api_from_node(node, source, stage=stage))
        what = f"the API {quoted(name)}" if name is not None else "the API of all calls"
        if not isinstance(node, Text):
            wrong_type(self._problems, node, what, "an object or the name of a file")
        elif not node.value:
            self._problems.report(node, f"found an empty string as {what}", "write an API, or the name of its file")
        elif node.value.lstrip().startswith("{"):
            message = f"found a string that holds a document as {what}, expected the API itself"
            self._problems.report(node, message, "write it as an object, or give the name of a file that holds it")
        else:
            return Api.from_definition(load_named_api(named_file(source.name, node.value), stage=stage))
        return None


def _of_stage(error: ExecPolicyError, stage: Text | None, case: Fields) -> list[NodeError]:
    """What is wrong with a case that calls a sound API: which of the stages is called is for the case to say."""
    if stage is None and case.has("stage"):
        return []  # a stage that is no text is told already
    return [NodeError(stage or case.node, error)]


def _name(stage: Text | None) -> str | None:
    return stage.value if stage is not None else None
