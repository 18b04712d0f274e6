"""The table ``tool.execpolicy`` of pyproject.toml, which several verbs read."""

from __future__ import annotations

#: All that it may have: the table of ``lint``, and whether ``test`` runs the functions that case files name.
SETTINGS = LINT, RUN_AUTHORIZERS = ("lint", "run_authorizers")
