"""A call to an API of which values are not known: the response for each of them, if there are few (SRC-9)."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple

from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallArguments, CallState
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.several_answers import answer_of, one_response
from execpolicy.gateway.flow.step import UnknownValue
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.unknown_choices import Choice, choice_of, choices_of

#: The most combinations of values for which a call is simulated.
MOST_VALUES = 64
#: The rules of errors about calls that an API of this kind cannot get: it is no such API.
_IMPOSSIBLE = ("GW-19", "GW-28", "GW-29", "GW-32", "GW-34")


class _Answers(NamedTuple):
    """The response to a call, and the answers for the values that it stands for."""

    response: GatewayResponse
    leaves: tuple[object, ...]


#: Simulates a call up to a gate that a value decides that is not known.
StateSimulation = Callable[[CallState], GatewayResponse]


def response_for_every_value(
    api: ApiDefinition, call: IncomingCall, given: CallArguments, simulate: StateSimulation
) -> GatewayResponse:
    """The response to a call that all values of what is not known have in common.

    A value is tried where the simulation stops at it. With a cache of authorizers every value is tried for every call,
    so that each value has a cache of its own for the whole sequence of calls.

    Args:
        api: the API.
        call: the call.
        given: the other arguments.
        simulate: simulates the call.
    """
    found = _Tree(call, simulate).answers(api, given, _choices_for_all_calls(api, given))
    # Without a value that AWS accepts, nothing is known of the API.
    return simulate(CallState(api, call, given)) if found is None else found.response


def _choices_for_all_calls(api: ApiDefinition, given: CallArguments) -> tuple[Choice, ...]:
    """The choices that are made for each call of a sequence, which uses a cache; none if there are too many."""
    if given.cache is None:
        return ()
    found: list[Choice] = []
    for choice in choices_of(api):
        found.append(choice)
        if prod(len(each.values) for each in found) > MOST_VALUES:
            return ()
    return tuple(found)


class _Tree(NamedTuple):
    """Tries the values of one unknown part after the other."""

    call: IncomingCall
    simulate: StateSimulation

    def answers(
        self, api: ApiDefinition, given: CallArguments, choices: tuple[Choice, ...] = (), combinations: int = 1
    ) -> _Answers | None:
        """The answers of an API in which some values are known; None if AWS accepts no value of another one.

        Args:
            api: the API.
            given: the arguments of the call, with the cache of these values.
            choices: the choices to make, whether or not the simulation stops at them.
            combinations: how many combinations of values there may be with those that are known.
        """
        state = CallState(api, self.call, given)
        response = None if choices else self.simulate(state)
        choice = choices[0] if choices else _choice_at_stop(state)
        if choice is not None and combinations * len(choice.values) <= MOST_VALUES:
            answers = self._for_each_value(api, given, choice, choices[1:], combinations)
            values = [UnknownValue(name, choice.parts[0].place) for name in choice.parts[0].names]
            return _joined(answers, values, made_before=bool(choices)) if answers else None
        response = self.simulate(state) if response is None else response
        return _Answers(response, (answer_of(response),))

    def _for_each_value(
        self, api: ApiDefinition, given: CallArguments, choice: Choice, others: tuple[Choice, ...], combinations: int
    ) -> list[_Answers]:
        """The answers for each value with which the API can get the call; none if AWS accepts no value."""
        answers: list[_Answers] = []
        impossible: ExecPolicyError | None = None
        for value, definition in choice.definitions(api):
            own = given
            if given.cache is not None and len(choice.values) > 1:
                own = given._replace(cache=given.cache.of_variant((choice.parts[0].path, value)))
            try:
                found = self.answers(definition, own, others, combinations * len(choice.values))
                answers.extend([] if found is None else [found])
            except ExecPolicyError as error:
                if error.rule not in _IMPOSSIBLE:
                    raise
                impossible = error
        if impossible is not None and not answers:
            raise impossible
        return answers


def _choice_at_stop(state: CallState) -> Choice | None:
    """The choice at which a simulation stops; calls of a sequence make those between several values before."""
    cached = state.arguments.cache is not None
    choices = (choice_of(state.api, part, cached=cached) for part in state.stopped_by)
    return next((each for each in choices if each is not None and not (cached and len(each.values) > 1)), None)


def _joined(answers: list[_Answers], values: list[UnknownValue], *, made_before: bool) -> _Answers:
    """The answers for all values of a choice, and the response that they have in common.

    Of a choice that was made before, and that changes nothing, the response says nothing.
    """
    first = answers[0].response
    if len(answers) == 1 or (made_before and all(each.response == first for each in answers)):
        return answers[0]
    leaves = tuple(leaf for each in answers for leaf in each.leaves)
    differ = any(each.leaves != answers[0].leaves for each in answers)
    return _Answers(one_response([each.response for each in answers], values, differ=differ), leaves)
