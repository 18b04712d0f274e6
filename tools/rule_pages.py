"""Writes a page for each rule of the linter, the table of all of them, and that of the codes of IAM Access Analyzer.

``make docs`` runs it.
"""

from __future__ import annotations

from pathlib import Path

from execpolicy.linter.access_analyzer import AS_OF, coverages
from execpolicy.linter.catalogue import RULES
from execpolicy.render.rule_page import rule_page

ACCESS_ANALYZER = Path(__file__).parents[1] / "docs" / "access-analyzer.md"
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


_CODES = f"""# The checks of IAM Access Analyzer

IAM Access Analyzer makes the same checks on the policies of every service. This page lists its issue codes as of
{AS_OF}. For each code it gives the rule of `execpolicy lint` that reports the same problem in a policy for API calls,
or says that the document does not load, or says why there is no rule. The rules of the family `EP-RED` need a proof
over all requests: `--prove` checks them. This page is generated.

| issue code | type | here | rules |
|---|---|---|---|
"""


def access_analyzer_page() -> str:
    """The text of the page about the issue codes of IAM Access Analyzer."""
    rows = []
    for severity, (code, rules, how) in coverages():
        links = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in rules) or "none"
        rows.append(f"| `{code}` | {severity} | {how} | {links} |\n")
    return _CODES + "".join(rows)


def main() -> None:
    """Write the pages, and remove those of rules that no longer exist."""
    ACCESS_ANALYZER.write_text(access_analyzer_page(), "utf-8")
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
