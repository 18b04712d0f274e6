"""A report that is made of values alone, of any size, and one with hostile texts."""

from __future__ import annotations

from execpolicy.render.report.explanations import CellExplanation, ExplainedGate, ExplainedLine, ExplanationStore
from execpolicy.render.report.model import (
    CellState,
    CoveredPolicy,
    ReplayedGroup,
    Report,
    ReportAccess,
    ReportApi,
    ReportCall,
    ReportCaller,
    ReportChange,
    ReportContext,
    ReportCoverage,
    ReportFact,
    ReportFinding,
    ReportGroup,
    ReportReplay,
    ReportRoute,
    ReportUnknown,
)

STATES = tuple(CellState)


def explanation(state: CellState, call: str, caller: str, name: str) -> CellExplanation:
    """An explanation that names the call, the caller, and a value of its own."""
    refused = state is CellState.DENIED
    passed = {CellState.ALLOWED: True, CellState.DENIED: False}.get(state)
    gates = (ExplainedGate("2", "route", True), ExplainedGate("5b", "IAM", passed))
    lines = (
        ExplainedLine(0, "explicit_deny" if refused else "allow", f"{state.upper()}: {call} by {caller}"),
        ExplainedLine(1, "fact", f"shop.json:3:5: {name}", (f'3 | {{"Sid": "{name}"}}', "  |         ^^^")),
        ExplainedLine(2, "", f"Resource: the pattern has `{name}` and the request `{call}`"),
    )
    reason = "" if state in (CellState.ALLOWED, CellState.DENIED) else f"the reason of {name}"
    outcome = "denied" if state is CellState.NOT_GIVEN else state.value
    return CellExplanation(state.value, outcome, (403,) if refused else (200,), reason, gates, lines)


def made_report(
    routes: int, callers: int, contexts: int = 1, name: str = "Name", only: CellState | None = None
) -> Report:
    """A report with a call to each route.

    Args:
        routes: the number of routes.
        callers: the number of callers.
        contexts: the number of contexts.
        name: stands in all texts that a file gives.
        only: the state of all cells; by default they take turns.
    """
    calls = tuple(
        ReportCall(f"GET /{name}{n}/1", 0, f"GET /{name}{n}/{{id}}", "prod", (("id", "1"),)) for n in range(routes)
    )
    who = tuple(ReportCaller(f"{name}{n}", f"arn:aws:iam::111122223333:role/{name}{n}", n != 1) for n in range(callers))
    store = ExplanationStore([[call.words] for call in calls], [[caller.principal] for caller in who])
    cells = tuple(
        tuple(
            tuple(
                store.add(
                    call,
                    at,
                    explanation(only or STATES[(call + context + at) % 5], calls[call].words, who[at].principal, name),
                )
                for at in range(callers)
            )
            for context in range(contexts)
        )
        for call in range(routes)
    )
    return Report(
        title=f"Access to {name}",
        made_by="execpolicy 0, AWS as of 2026-11",
        facts=(ReportFact(routes, "routes", "routes"), ReportFact(1, "finding of lint", "findings")),
        apis=(ReportApi(name, f"{name}.json", f"REST API {name}"),),
        routes=tuple(ReportRoute(0, call.route, "AWS_IAM", (True, False, None)[n % 3]) for n, call in enumerate(calls)),
        callers=who,
        contexts=tuple(
            ReportContext(f"{name}-{n}" if contexts > 1 else "", (("aws:SourceIp", (name,)),), True)
            for n in range(contexts)
        ),
        calls=calls,
        cells=cells,
        explanations=store.stored(),
        access=ReportAccess(
            (ReportGroup(0, f"callers that {name} names", tuple(c.route for c in calls), (f"{name}:3:5",), name),),
            ((0, f"GET /{name}"),),
            (f"{name} is not known",),
            2,
        ),
        findings=(ReportFinding(f"{name}:3:5", "error", "EP-ARN-003", f"the method {name}", name, (f"3 | {name}",)),),
        ignored_findings=1,
        coverage=ReportCoverage(
            f"Statement coverage of {name}", (name,), (CoveredPolicy(name, "1/2", "0/1", "33.3%", (name,)),)
        ),
        changes=(name, (ReportChange(f"API {name}: LAXER", (f"+ GET /{name}",)),)),
        replay=ReportReplay(
            f"7 calls of {name}", (ReplayedGroup("newly refused", 7, name, name, name, name),), (name,)
        ),
        unknowns=(ReportUnknown(name, f"{name}:1:1", name),),
        assumptions=(f"{name} is assumed",),
        notes=(f"{name} is left out",),
        is_masked=False,
    )
