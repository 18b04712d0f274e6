"""One response from those of an API with each value of what is not known (SRC-9)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from execpolicy.document.syntax.wording import listed
from execpolicy.gateway.flow.made_call import SeveralCalls
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.response_words import statuses_of
from execpolicy.gateway.flow.step import CallOutcome, Step, UnknownValue, depends_in_words

#: What the step is called at which the responses begin to differ.
UNKNOWN_VALUE = "unknown value"


#: A caller that does not exist signs no call, and no call comes through a VPC endpoint that does not exist.
_STATUS_WITHOUT = 403


def one_response(
    responses: Sequence[GatewayResponse],
    depends_on: Sequence[UnknownValue],
    missing: Sequence[str] = (),
    *,
    differ: bool = False,
) -> GatewayResponse:
    """The response to a call to an API with several variants: what all of them have in common.

    Args:
        responses: the response of each variant.
        depends_on: the values by which the variants differ.
        missing: what of the call does not exist with some of the values, such as ``the caller``: then it is refused.
        differ: whether the values are known to decide, although the possible answers of all variants are the same.
    """
    found = _one_response(responses, depends_on, missing, differ=differ)
    # A call that does not exist with some values has no response that would be known for all.
    return found if missing else found.of_calls(SeveralCalls(tuple(responses)))


def _one_response(
    responses: Sequence[GatewayResponse], depends_on: Sequence[UnknownValue], missing: Sequence[str], *, differ: bool
) -> GatewayResponse:
    first = responses[0]
    is_refused = first.outcome is CallOutcome.DENIED
    is_common = not differ and all(answer_of(each) == answer_of(first) for each in responses)
    if is_common and (is_refused or not missing):
        return _with_common_message(responses, depends_on, missing)
    values = tuple(depends_on)
    known = tuple({value.name: value for each in responses for value in each.unknown_values}.values())
    values = tuple({value.name: value for value in (*values, *known)}.values())
    refused = [_STATUS_WITHOUT] if missing else []
    statuses = tuple(sorted({*refused, *(status for each in responses for status in each.statuses)}))
    outcomes = {*([CallOutcome.DENIED] if missing else []), *(each.outcome for each in responses)}
    kinds = {*([None] if missing else []), *(each.response_type for each in responses)}
    common = _common_steps(responses)
    number = _first_number(responses, common)
    ways = listed([*dict.fromkeys(map(_in_words, responses)), *(f"{what} does not exist" for what in missing)])
    step = Step(number, UNKNOWN_VALUE, None, f"{depends_in_words(values)}: {ways}", ("SRC-9",))
    return GatewayResponse(
        status=statuses[0] if len(statuses) == 1 else None,
        statuses=statuses,
        outcome=outcomes.pop() if len(outcomes) == 1 else CallOutcome.INDETERMINATE,
        response_type=kinds.pop() if len(kinds) == 1 else None,
        message="",
        body_key="",
        arn=first.arn if len({each.arn for each in responses}) == 1 else "",
        steps=(*common, step),
        notes=tuple(dict.fromkeys(note for each in responses for note in each.notes)),
        unknown_values=values,
    )


def answer_of(response: GatewayResponse) -> tuple[object, ...]:
    """What two variants have in common if they have the same answer."""
    return response.outcome, response.statuses, response.response_type


def _with_common_message(
    responses: Sequence[GatewayResponse], depends_on: Sequence[UnknownValue], missing: Sequence[str]
) -> GatewayResponse:
    """The first response, without what others do not share: they all have the same answer."""
    first = responses[0]
    names = listed([value.name for value in depends_on], "and")
    where = f"where {listed(missing, 'and')} {'exists' if len(missing) == 1 else 'exist'}, " if missing else ""
    note = f"{where}the answer is the same for every value of {names}, which is not known (SRC-9)"
    # A response that is made of its parts proposes no context: one that is right for the first may not be for others.
    state = {**first.__getstate__(), "notes": (*first.notes, note)}
    if any((each.message, each.body_key) != (first.message, first.body_key) for each in responses):
        state |= {"message": "", "body_key": "", "notes": (*first.notes, note, f"the message depends on {names}")}
    if any(each.arn != first.arn for each in responses):
        state["arn"] = ""
    common = _common_steps(responses)
    if any(len(common) != len(each.steps) for each in responses):
        state["steps"] = (*common, _summary(responses, common, names))
        state["assumed"] = sorted({rule for each in responses for rule in each.assumed})
    return GatewayResponse(**state)


def _summary(responses: Sequence[GatewayResponse], common: Sequence[Step], names: str) -> Step:
    """The step in place of those that differ, though all have the same answer."""
    ways = listed(list(dict.fromkeys(map(_in_words, responses))))
    passed = {CallOutcome.ALLOWED: True, CallOutcome.DENIED: False}.get(responses[0].outcome)
    last = {(each.steps[-1].number, each.steps[-1].gate) for each in responses if each.steps}
    number, gate = last.pop() if len(last) == 1 else (_first_number(responses, common), UNKNOWN_VALUE)
    return Step(number, gate, passed, f"for every value of {names}, which is not known: {ways}", ("SRC-9",))


def _first_number(responses: Sequence[GatewayResponse], common: Sequence[Step]) -> str:
    """The number of the first step that differs."""
    return next((each.steps[len(common)].number for each in responses if len(each.steps) > len(common)), "1")


def _common_steps(responses: Sequence[GatewayResponse]) -> tuple[Step, ...]:
    """The steps that all responses begin with."""
    columns = zip(*(response.steps for response in responses), strict=False)
    same = takewhile(lambda steps: len({(*step[:4], step.deciding_keys) for step in steps}) == 1, columns)
    return tuple(steps[0] for steps in same)


def _in_words(response: GatewayResponse) -> str:
    """What becomes of the call with some of the values, such as ``refused with 403 at gate 5b (signature)``."""
    if response.outcome is CallOutcome.ALLOWED:
        return "allowed"
    refusing = response.refused_by
    if response.outcome is CallOutcome.INDETERMINATE:
        return f"allowed or refused ({statuses_of(response)})"
    at = f" at gate {refusing.number} ({refusing.gate})" if refusing is not None else ""
    return f"refused with {statuses_of(response)}{at}"
