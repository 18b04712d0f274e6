"""Reads an entry of ``invariants`` in a case file: a sentence, or an object with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from execpolicy.api import Api
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields, Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text, to_python
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError, Source
from execpolicy.loaders.json_in_text import offsets_in_text
from execpolicy.testing.case_file.callers_and_targets import NodeError
from execpolicy.testing.case_file.definitions import Definitions
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.item import ITEM_FIELDS, read_item_fields
from execpolicy.testing.case_file.only_callers import FIELD as ONLY_CALLERS
from execpolicy.testing.case_file.only_callers import read_only_callers

if TYPE_CHECKING:
    from execpolicy.analysis.invariants.invariant import Invariant

#: The fields that name what an invariant is proven of.
SUBJECT_FIELDS = ("api", "resource")
INVARIANT_FIELDS = (*ITEM_FIELDS, "invariant", *SUBJECT_FIELDS, ONLY_CALLERS, "budget")


def read_invariant_case(
    problems: Problems, definitions: Definitions, node: Node, every: Mapping[str, Caller] | None
) -> InvariantCase | None:
    """An invariant with what it is proven of; None if the entry is invalid.

    Args:
        problems: collects what is wrong.
        definitions: what the case file defines.
        node: the entry.
        every: the callers that are all that there are for the APIs of the whole file; None if there may be any.
    """
    if isinstance(node, Text):  # a sentence by itself is an object with this one field
        node = JsonObject({"invariant": (node.start, node.end, node)}, node.start, node.end)
    if not isinstance(node, JsonObject):
        wrong_type(problems, node, "an invariant", "a sentence or an object with one")
        return None
    fields = Fields(problems, node, "an invariant", INVARIANT_FIELDS)
    fields.must("invariant")
    about = read_item_fields(fields)
    budget, subject = fields.count("budget"), _subject(fields, definitions)
    sentence = fields.value("invariant") if fields.text("invariant") is not None else None
    if fields.has("resource"):
        advice = "the policies of callers do not count for a resource policy by itself: remove it"
        fields.refuse((ONLY_CALLERS,), 'an invariant with "resource"', advice)
    callers = read_only_callers(fields, definitions) if fields.has(ONLY_CALLERS) else every
    invariant = _invariant(problems, sentence) if isinstance(sentence, Text) else None
    if invariant is None or subject is None or not isinstance(sentence, Text):
        return None
    if not fields.has("name"):
        about["name"] = " ".join(sentence.value.split())
    named: dict[str, Any] = {name: to_python(node.members[name][2]) for name in SUBJECT_FIELDS if fields.has(name)}
    return InvariantCase(
        invariant=invariant,
        subject=subject,
        only_callers=callers if isinstance(subject, Api) else None,
        budget=budget,
        subject_fields=named,
        **about,
    )


def _invariant(problems: Problems, sentence: Text) -> Invariant | None:
    """The invariant of a sentence; an error has its place in the file."""
    from execpolicy.analysis.invariants.invariant import Invariant
    from execpolicy.analysis.invariants.reader import read_invariant

    source, text = problems.source, sentence.value
    offsets = offsets_in_text(source.text, sentence)
    places = Source("<invariant>", text) if offsets is None else Source(source.name, source.text, offsets=offsets)
    try:
        return Invariant(**read_invariant(text, places)._asdict())
    except ExecPolicyError as error:
        # In a folded string of YAML the place of a character is not known.
        span = problems.span(sentence) if offsets is None else error.diagnostic.span
        problems.add(error.diagnostic._replace(source=source, span=span))
        return None


def _subject(fields: Fields, definitions: Definitions) -> Api | Policy | None:
    """The API or the resource policy of an invariant; None if there is none, which is reported."""
    errors: list[NodeError] = []
    api, resource = fields.value("api"), fields.value("resource")
    found: Api | Policy | None = None
    if api is not None and resource is not None:
        fields.refuse(("resource",), 'an invariant with "api"', "it is proven of one of them: remove the other")
    elif resource is not None:
        found = definitions.callers_and_targets.policy(resource, "resource", PolicyKind.RESOURCE, errors)
    elif api is None and not definitions.apis.has_default:
        message = "found an invariant without an API or a resource policy of which it is proven"
        fields.problems.report(fields.node, message, 'add "api" to the file, or "resource" to the invariant')
    else:
        found = definitions.apis.api(api, None, fields, errors, any_stage=True)
    for each in errors:
        fields.problems.refused(*each)
    return found
