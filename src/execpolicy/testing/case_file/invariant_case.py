"""The model of an invariant in a case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from execpolicy.api import Api
from execpolicy.arguments import as_builtin, described, instance, mapping_or_none, text
from execpolicy.document.policy import Policy
from execpolicy.errors import UsageError
from execpolicy.testing.case_file.item import ITEM_SLOTS, CaseFileItem, ItemFields

if TYPE_CHECKING:
    from execpolicy.analysis.invariants.invariant import Invariant


class InvariantCase(CaseFileItem):
    """An invariant that must hold for every call.

    Attributes, beside those of every ``CaseFileItem``:
        invariant: the claim.
        subject: the API or the resource policy of which it is proven.
        budget: the maximum number of steps of the proof; None for the usual number.
        subject_fields: the field of the case file that names the subject, ``api`` or ``resource``, as plain data; empty
            for the API of the file.
    """

    __slots__ = (*ITEM_SLOTS, "budget", "invariant", "subject", "subject_fields")
    invariant: Invariant
    subject: Api | Policy
    budget: int | None
    subject_fields: Mapping[str, Any]

    def __init__(
        self,
        *,
        invariant: Invariant,
        subject: Api | Policy,
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
        given = mapping_or_none(subject_fields, "subject_fields") or {}
        named = {text(name, "each name in subject_fields"): as_builtin(value) for name, value in given.items()}
        self._set(
            invariant=instance(invariant, Invariant, "invariant"),
            subject=subject,
            budget=budget,
            subject_fields=named,
        )
