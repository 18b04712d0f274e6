"""The endings of the names of case files, by which directories are searched."""

from __future__ import annotations

ENDINGS = (".execpolicy.yaml", ".execpolicy.yml", ".execpolicy.json")
