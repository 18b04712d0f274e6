"""The model of an invariant in a case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from execpolicy.api import Api
from execpolicy.arguments import as_builtin, described, instance, mapping_or_none, text
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.testing.case_file.item import ITEM_SLOTS, CaseFileItem, ItemFields

if TYPE_CHECKING:
    from execpolicy.analysis.invariants.invariant import Invariant


class InvariantCase(CaseFileItem):
    """An invariant that must hold for every call.

    Attributes, beside those of every ``CaseFileItem``:
        invariant: the claim.
        subject: the API or the resource policy of which it is proven.
        only_callers: all callers that there are besides anonymous ones, by how the case file names them; None if there
            may be any.
        budget: the maximum number of steps of the proof; None for the usual number.
        subject_fields: the field of the case file that names the subject, ``api`` or ``resource``, as plain data; empty
            for the API of the file.
    """

    __slots__ = (*ITEM_SLOTS, "budget", "invariant", "only_callers", "subject", "subject_fields")
    invariant: Invariant
    subject: Api | Policy
    only_callers: Mapping[str, Caller] | None
    budget: int | None
    subject_fields: Mapping[str, Any]

    def __init__(
        self,
        *,
        invariant: Invariant,
        subject: Api | Policy,
        only_callers: Mapping[str, Caller] | None = None,
        budget: int | None = None,
        subject_fields: Mapping[str, Any] | None = None,
        **about: Unpack[ItemFields],
    ) -> None:
        from execpolicy.analysis.budget import budget_of
        from execpolicy.analysis.invariants.invariant import Invariant

        self._set_item(**about)
        if not isinstance(subject, (Api, Policy)):
            raise UsageError(f"subject is an Api or a resource policy, found {described(subject)}")
        budget_of(budget)
        callers = mapping_or_none(only_callers, "only_callers")
        if callers is not None:
            if isinstance(subject, Policy):
                raise UsageError("only_callers is about the callers of an API, and subject is a policy")
            callers = {
                text(name, "each name in only_callers"): instance(each, Caller, "each of only_callers")
                for name, each in callers.items()
            }
        given = mapping_or_none(subject_fields, "subject_fields") or {}
        named = {text(name, "each name in subject_fields"): as_builtin(value) for name, value in given.items()}
        self._set(
            invariant=instance(invariant, Invariant, "invariant"),
            subject=subject,
            only_callers=callers,
            budget=budget,
            subject_fields=named,
        )
