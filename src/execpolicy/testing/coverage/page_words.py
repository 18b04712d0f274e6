"""How the HTML report marks what cases have shown: a sign and words for each state, so that no colour is needed."""

from __future__ import annotations

from execpolicy.testing.coverage.model import ClauseState, StatementState

STATEMENT_WORDS = {
    StatementState.DECIDED: ("✓", "decided a case"),
    StatementState.APPLIED: ("◐", "applied, never decided"),
    StatementState.NEVER: ("✗", "never applied"),
}

CLAUSE_WORDS = {
    ClauseState.BOTH: ("✓", "held in a case, alone stopped the statement in another"),
    ClauseState.STOPPED: ("✓", "alone stopped the statement, which never applied"),
    ClauseState.HELD: ("◐", "held, never the only thing that stopped it"),
    ClauseState.NEVER: ("✗", "never the only thing that stopped it, and the statement never applied"),
    ClauseState.ALWAYS: ("=", "holds for every call, not counted"),
}
