"""The note on deployments (GW-36)."""

from __future__ import annotations

from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer
from execpolicy.gateway.flow.call_state import CallState

_NOTE = "a change of the resource policy takes effect when the API is deployed to the stage (GW-36)"


def note_on_denial(state: CallState) -> None:
    """Add a note to a refusal if the resource policy denies the call, or is missing from a private API.

    Which layer denies is found when the note is read.
    """
    _, gate, *_, decision, _, _ = state.step_data[-1]
    if gate == "private API":
        state.notes.append(_NOTE)
    elif decision is not None and state.api.resource_policy is not None:
        state.notes.append((_note, decision))


def _note(decision: Decision) -> str:
    return _NOTE if Layer.RESOURCE in decision.blocked_by else ""
