"""The changes of the calls of a log, each decided once for all calls of its class (LOG-8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.call_classes import CallClasses
from execpolicy.bulk.logged_verdict import admitted_by_aws
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replayed_call import AnsweredCall, CallReplayer, ReplayedCall
from execpolicy.gateway.model.variants import values_of
from execpolicy.language.principal import SESSION

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.call import Call
    from execpolicy.document.policy import Policy

#: The most answers that are kept.
_MOST_ANSWERS: Final = 100_000


class KnownAnswers:
    """The changes of calls, decided once for each class of calls that no policy tells apart.

    Args:
        before: the old version; None for AWS's answer in the log.
        after: the new version.
        callers: the callers whose policies are given.
        classes: finds the classes of calls, if they are to be those of more policies.
    """

    def __init__(self, before: Api | None, after: Api, callers: LogCallers, classes: CallClasses | None = None) -> None:
        self._replayer = CallReplayer(before, after, callers)
        #: The versions, and the policies that decide in them.
        self.versions = (after,) if before is None else (before, after)
        self.policies = tuple(
            dict.fromkeys(policy for each in self.versions for policy in deciding_policies(each, callers))
        )
        by_session = any(each.principal.kind == SESSION for given in callers.all for each in values_of(given))
        #: Finds the class of a call.
        self.classes = classes or CallClasses(self.versions, self.policies, by_session=by_session)
        #: What was decided, by class.
        self.decided: dict[object, AnsweredCall] = {}

    def of(self, call: Call) -> ReplayedCall:
        """The change of a call, with the answers of both versions."""
        return self.change(self.answers(call), admitted_by_aws(call))

    def answers(self, call: Call) -> AnsweredCall:
        """The answers of both versions to a call."""
        of_class = self.classes.of(call)
        found = None if of_class is None else self.decided.get(of_class)
        if found is None:
            found = self._replayer.answers(call)
            if of_class is not None:
                if len(self.decided) >= _MOST_ANSWERS:
                    self.decided.clear()
                self.decided[of_class] = found
        return found

    def change(self, answered: AnsweredCall, logged: bool | None) -> ReplayedCall:
        """The change of a call.

        Args:
            answered: the answers to it.
            logged: whether AWS admitted it; None if that is not known.
        """
        return self._replayer.change(answered, logged)


def deciding_policies(api: Api, callers: LogCallers) -> Iterator[Policy]:
    """The policies of a version: those of the API, and those of the callers that are given."""
    of_apis = chain.from_iterable(
        (each.resource_policy, *(domain.policy for domain in each.domains)) for each in api.variants
    )
    of_callers = (policy for each in callers.all for caller in values_of(each) for policy in caller.policies)
    yield from dict.fromkeys(policy for policy in chain(of_apis, of_callers) if policy is not None)
