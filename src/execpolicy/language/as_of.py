"""The date of the facts about AWS."""

from __future__ import annotations

#: The month in which the catalogue and the rules were last compared with AWS's pages (docs/rule-audit.md).
AWS_AS_OF = "2026-11"
