"""A request asked of all layers that bind it: what every clause came to, and what follows had it come otherwise."""

from __future__ import annotations

from execpolicy._base.lazy import lazy_attribute
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.layered_request import Case, Verdicts, case_of, layers_of
from execpolicy.language.condition import Truth

if TYPE_CHECKING:
    from execpolicy.engine.caller import Target
    from execpolicy.engine.full.evaluate import Naming
    from execpolicy.engine.full.statement_table import Evidence
    from execpolicy.engine.layers import Layer
    from execpolicy.engine.request import Request


class Inquiry:
    """What every clause of a case came to, by layer, and the case: that of the request unless one is given."""

    __slots__ = ("__dict__", "evidence", "not_applicable", "request", "target")
    evidence: dict[Layer, Evidence]

    def __init__(self, request: Request, target: Target, case: Case | None = None) -> None:
        self.request = request
        self.target = target
        if case is None:
            layers, self.not_applicable = layers_of(request, target)
            resource, sender = request.resource, request.sender
            self.evidence = {layer: policies.sheet.ask(resource, sender, request) for layer, policies in layers.items()}
            return
        self.__dict__["case"] = case
        self.not_applicable = case.not_applicable
        self.evidence = {
            layer: policies.sheet.ask(view.resource, view.setting(), view)
            for layer, (policies, view) in case.parts.items()
        }

    @lazy_attribute
    def case(self) -> Case:
        """The case, which takes longer to make than its evidence."""
        return case_of(self.request, self.target)

    @lazy_attribute
    def _applying(self) -> dict[int, Truth]:
        """Whether each statement applies, by its identity."""
        return {
            id(line[3]): each[0]
            for evidence in self.evidence.values()
            for line, each in zip(evidence.sheet.lines, evidence.founds, strict=True)
        }

    def decide(self, naming: Naming = CompiledStatement.grant) -> Verdicts:
        """What the layers say."""
        applying = self._applying
        return self.case.decide(lambda statement, view: applying[id(statement)], naming)
