"""Reads ``only_callers`` of a case file: the callers that are all that there are for an invariant (ANA-3)."""

from __future__ import annotations

from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError
from execpolicy.language.principal import Principal
from execpolicy.testing.case_file.callers_and_targets import NodeError
from execpolicy.testing.case_file.definitions import Definitions

FIELD = "only_callers"


def read_only_callers(fields: Fields, definitions: Definitions) -> dict[str, Caller] | None:
    """The callers by how the file names them; None if the field is not there. What is wrong is reported.

    The field is the name of a file, all of whose callers are meant, or a list of callers.
    """
    node = fields.value(FIELD)
    if node is None:
        return None
    if isinstance(node, Text):
        return _of_file(fields, node, definitions)
    problems, found, principals = fields.problems, dict[str, Caller](), dict[Principal, str]()
    for each in fields.distinct(FIELD) or ():
        errors: list[NodeError] = []
        caller = definitions.callers_and_targets.known_caller(each, errors)
        for error in errors:
            problems.refused(*error)
        if caller is None:
            continue
        first = principals.setdefault(caller.principal, each.value)
        if first is not each.value:
            message = f"found {quoted(each.value)}, the same principal as {quoted(first)}"
            problems.report(each, message, "name each caller once: a caller has one set of policies")
        found[each.value] = caller
    return found


def _of_file(fields: Fields, path: Text, definitions: Definitions) -> dict[str, Caller]:
    """All callers of a file."""
    if not fields.text(FIELD):
        return {}
    try:
        return definitions.files.callers(path.value)
    except ExecPolicyError as error:
        fields.problems.refused(path, error)
        return {}
