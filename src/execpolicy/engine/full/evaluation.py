"""The full evaluation of one request: the result of every clause in every applicable layer."""

from __future__ import annotations

from execpolicy._base.characters import printable
from execpolicy._base.frozen import lazy_attribute
from execpolicy._base.ordered import OrderedSet
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.unknown_value import has_unknown, unknown_names
from execpolicy.engine.combine import Verdict, Verdicts, combine
from execpolicy.engine.full.layer_evaluation import LayerEvaluation, evaluate_layer
from execpolicy.engine.layered_request import LayeredRequest, applicable_layers, layered_request
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from execpolicy.engine.caller import Target
    from execpolicy.engine.full.sensitivity import KnownOutcome
    from execpolicy.engine.request import Request

    V = TypeVar("V")


class Evaluation:
    """One request evaluated in full; everything but the results of clauses is computed when it is first read.

    Args:
        request: the request.
        target: the policies on the resource's side.
        given: the layers to evaluate; those of IAM where it is None.
        outcome: the outcome, where it is known already.
    """

    __slots__ = ("__dict__", "layers", "not_applicable", "request", "target")
    #: The results of every layer that applies, in order.
    layers: dict[Layer, LayerEvaluation]

    def __init__(
        self,
        request: Request,
        target: Target,
        given: LayeredRequest | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        self.request = request
        self.target = target
        if outcome is not None:
            self.__dict__["outcome"] = outcome
        if given is None:
            # To make a layered request takes longer than to evaluate one that differs in nothing but the resource.
            applicable, self.not_applicable = applicable_layers(request, target)
            _, resource, _, profile, _, _ = request.parts
            self.layers = {
                layer: evaluate_layer(policies.statement_table, resource, profile, request)
                for layer, policies in applicable.items()
            }
            return
        self.__dict__["layered_request"] = given
        self.not_applicable = given.not_applicable
        self.layers = {
            layer: evaluate_layer(policies.statement_table, view.resource, view.cache(), view)
            for layer, (policies, view) in given.layers.items()
        }

    def __reduce__(self) -> tuple[object, ...]:
        return Evaluation, (self.request, self.target, self.__dict__.get("layered_request"), self.outcome)

    @lazy_attribute
    def layered_request(self) -> LayeredRequest:
        """The request with its layers and the table that combines them."""
        return layered_request(self.request, self.target)

    @lazy_attribute
    def _shared(self) -> dict[str, Any]:
        """What is found of all requests of a caller, for an action, in a context, in which the same clauses hold.

        Where clauses read more than the text of the resource, no other request shares it.
        """
        request = self.request
        profile = request.profile
        if "layered_request" in self.__dict__ and not self.layered_request.is_of_iam:
            return {}
        parts: list[object] = []
        for layer, evaluated in self.layers.items():
            table = evaluated.table
            doubtful_resources = table.doubtful_resources
            if table.other_clauses or evaluated.view.cache() is not profile:
                return {}
            if not doubtful_resources.are_settled(request.resource):
                return {}
            doubtful = doubtful_resources.numbers(request.resource, evaluated.truths)
            parts += (layer, table, tuple(evaluated.matched), frozenset(doubtful))
        key = ("evaluations", request.parts[2], *parts)
        shared: dict[str, Any] | None = profile.results.get(key)
        if shared is None:
            shared = {}
            profile.store(key, shared)
        return shared

    def once(self, name: str, find: Callable[[], V]) -> V:
        """What ``find`` returns for any request in which the same clauses hold, found for the first one."""
        shared = self._shared
        found: V
        if name in shared:
            found = shared[name]
        else:
            # Two threads may both find it: with equal results, and the last one stays.
            shared[name] = found = find()
        return found

    @lazy_attribute
    def verdicts(self) -> Verdicts:
        """The outcome of each layer, and the verdict at worst and at best."""
        return self.once("verdicts", self._combined)

    def _combined(self) -> Verdicts:
        return combine({layer: each.outcome() for layer, each in self.layers.items()}, self.layered_request.table)

    @lazy_attribute
    def without_denies(self) -> Verdict:
        """The verdict if no Deny applied, by the Allows that surely apply."""
        return self.once("without denies", self._without_denies)

    def _without_denies(self) -> Verdict:
        answers = {layer: (False, outcome.grant) for layer, outcome in self.verdicts.layers.items()}
        return self.layered_request.table(answers)

    @lazy_attribute
    def needs_no_allow(self) -> bool:
        """Whether the request is allowed if no statement applies, as where only Denies count (GW-14)."""
        return self.once("needs no allow", self._needs_no_allow)

    def _needs_no_allow(self) -> bool:
        answers = dict.fromkeys(self.layers, (False, Grant.NONE))
        return self.layered_request.table(answers).outcome is Outcome.ALLOW

    @lazy_attribute
    def outcome(self) -> Outcome:
        """The outcome: indeterminate where it differs at worst and at best."""
        return self.verdicts.outcome

    @lazy_attribute
    def _known_outcome(self) -> KnownOutcome:
        from execpolicy.engine.full.sensitivity import KnownOutcome

        return KnownOutcome(self.layers, self.layered_request.table, self.verdicts.possible)

    @lazy_attribute
    def _unknown_names(self) -> tuple[str, ...]:
        """What decides an indeterminate outcome: keys, traits of the caller, texts that stand for unknown values."""
        from execpolicy.engine.full.sensitivity import unknown_keys

        if self.outcome is not Outcome.INDETERMINATE:
            return ()
        return tuple(sorted(unknown_keys(self.layers, self.layered_request.table)))

    @lazy_attribute
    def unknown_values(self) -> tuple[str, ...]:
        """The unknown values in texts of policies that an indeterminate outcome depends on, by name (SRC-10)."""
        return tuple(name for text in self._unknown_names for name in unknown_names(text))

    @lazy_attribute
    def missing_keys(self) -> frozenset[str]:
        """The context keys that affect the outcome (KEY-5): absent ones where it is known, unknown ones where not."""
        if self.outcome is Outcome.INDETERMINATE:
            return OrderedSet(name for name in self._unknown_names if not has_unknown(name))
        return self.once("absent keys", self._absent_keys)

    def _absent_keys(self) -> frozenset[str]:
        from execpolicy.engine.full.sensitivity import absent_keys

        return OrderedSet(sorted(absent_keys(self._known_outcome)))

    @lazy_attribute
    def assumed(self) -> frozenset[str]:
        """The ids of the rules that AWS does not document and that the outcome depends on.

        Of an indeterminate outcome they are those on which it depends that every possible outcome is a denial.
        """
        return self.once("assumed", self._assumed)

    def _assumed(self) -> frozenset[str]:
        from execpolicy.engine.full.sensitivity import assumed

        may_be_allowed = self.outcome is Outcome.INDETERMINATE and Outcome.ALLOW in self.verdicts.possible
        return OrderedSet(() if may_be_allowed else sorted(assumed(self._known_outcome, self.request.account)))

    @lazy_attribute
    def message(self) -> str:
        """The outcome in AWS's words; control characters are written as escapes."""
        from execpolicy.engine.explain.message import message

        # The missing keys of a known outcome take longer to find than the sentence, which does not name them.
        is_open = self.outcome is Outcome.INDETERMINATE
        deciding_keys = (*self.missing_keys, *self.unknown_values) if is_open else ()
        return printable(message(self.request, self.verdicts, deciding_keys))

    def refuse_unfit_values(self) -> None:
        """Refuse a request whose outcome depends on a value that its operator cannot read (CND-15).

        Raises RequestError, at the condition that reads it.
        """
        from execpolicy.engine.full.sensitivity import refuse_unfit_values

        if self.outcome is Outcome.INDETERMINATE:
            refuse_unfit_values(self.layers, self.layered_request.table)
