"""Writes a page for each rule of the linter, and the table of all of them. ``make docs`` runs it."""

from __future__ import annotations

from pathlib import Path

from execpolicy.linter.catalogue import RULES
from execpolicy.render.rule_page import rule_page

FOLDER = Path(__file__).parents[1] / "docs" / "rules"

_HEAD = """# The rules of lint

`execpolicy lint` checks these rules; `execpolicy explain RULE` prints the page of one. This page is generated.

| rule | name | severity | what it finds |
|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.severity} | {rule.title} |\n" for rule in RULES.values()
    ]
    return {"README.md": _HEAD + "".join(rows), **{f"{rule.id}.md": rule_page(rule) for rule in RULES.values()}}


def main() -> None:
    """Write the pages, and remove those of rules that no longer exist."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
