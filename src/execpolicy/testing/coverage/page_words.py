"""The sign and the words for each state in the HTML report, so that it can be read without colours."""

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
