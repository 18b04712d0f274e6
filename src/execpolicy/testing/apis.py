"""The APIs of a case file: named once for many cases, or written where they are called."""

from __future__ import annotations

from execpolicy.document.fields import Fields, Problems, wrong_type
from execpolicy.document.model import Text
from execpolicy.document.nodes import JsonObject, Node
from execpolicy.document.wording import meant, quoted
from execpolicy.errors import ExecPolicyError, PolicySyntaxError
from execpolicy.gateway.api import Api
from execpolicy.gateway.api_document import api_from_node
from execpolicy.testing.parties import Refusal


class Apis:
    """Every API that cases name. As with policies, what has a name must be sound, and must be used."""

    def __init__(self, problems: Problems, file: Fields) -> None:
        self._problems = problems
        self._members = dict(file.members("apis", "an object of APIs by name"))
        self._made: dict[tuple[str, str | None], Api | ExecPolicyError] = {}
        self._used: set[str] = set()

    def api(self, node: Node | None, stage: Text | None, case: Fields, refused: list[Refusal]) -> Api | None:
        """The API that a case calls: an object, the name of an API, or the only one that the file has."""
        if node is None:
            if len(self._members) == 1:
                return self._named(next(iter(self._members)), stage, case, refused)
            case.must("api")
            return None
        if isinstance(node, Text):
            if node.value in self._members:
                return self._named(node.value, stage, case, refused)
            advice = meant(node.value, self._members) if self._members else "name it there, or write it here"
            self._problems.report(node, f'found the API {quoted(node.value)}, which "apis" does not have', advice)
            return None
        if not isinstance(node, JsonObject):
            wrong_type(self._problems, node, "an API", "an object or the name of an API")
            return None
        try:
            return api_from_node(node, self._problems.source, stage=_name(stage))
        except PolicySyntaxError as error:
            refused.append(Refusal(node, error))
        except ExecPolicyError as error:
            refused.extend(_of_stage(error, stage, case))
        return None

    def report_unused(self) -> None:
        """An API that no case calls was never read."""
        for name, member in self._members.items():
            if name not in self._used:
                message = f"found the API {quoted(name)}, which nothing calls"
                self._problems.report_name(member, message, "call it in a case, or remove it")

    def _named(self, name: str, stage: Text | None, case: Fields, refused: list[Refusal]) -> Api | None:
        self._used.add(name)
        key, node = (name, _name(stage)), self._members[name][2]
        if key not in self._made:
            try:
                self._made[key] = api_from_node(node, self._problems.source, stage=_name(stage))
            except ExecPolicyError as error:
                self._made[key] = error
        made = self._made[key]
        if isinstance(made, Api):
            return made
        if isinstance(made, PolicySyntaxError):
            self._problems.refused(node, made)
        else:
            refused.extend(_of_stage(made, stage, case))
        return None


def _of_stage(error: ExecPolicyError, stage: Text | None, case: Fields) -> list[Refusal]:
    """What is wrong with a case that calls a sound API: which of the stages is called is for the case to say."""
    if stage is None and case.has("stage"):
        return []  # a stage that is no text is told already
    return [Refusal(stage or case.node, error)]


def _name(stage: Text | None) -> str | None:
    return stage.value if stage is not None else None
