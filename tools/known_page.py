"""Write the counts of docs/what-is-known.md from docs/semantics.md; ``make docs`` runs it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "what-is-known.md"
RULES = DOCS / "semantics.md"

_HEADING = re.compile(r"^### [A-Z]+-\d+ · (?P<statuses>[^·\n]+) · ", re.MULTILINE)
_FAMILY = re.compile(r"^## (?P<id>[A-Z]{2,3}) · (?P<name>.+)$", re.MULTILINE)
_TABLE = re.compile(r"(?<=<!-- counts -->\n\n).*?(?=\n\n<!-- end of counts -->)", re.DOTALL)
#: The statuses of semantics.md in the order of its table.
STATUSES = ("D", "O", "A", "law")


def counts_of(text: str) -> Counter[str]:
    """How many rules have each status; ``all`` counts the rules. A rule may have several statuses."""
    found: Counter[str] = Counter()
    for heading in _HEADING.finditer(text):
        found["all"] += 1
        found.update(heading["statuses"].split(", "))
    return found


def table(text: str) -> str:
    """The table of the families, each with its rules by status."""
    return "\n".join(_rows(text))


def _rows(text: str) -> Iterator[str]:
    yield "| family | rules | documented | observed | assumed in part | law |"
    yield "|---|---:|---:|---:|---:|---:|"
    families = list(_FAMILY.finditer(text))
    for found, after in zip(families, [*families[1:], None], strict=True):
        part = text[found.end() : after.start() if after else len(text)]
        anchor = re.sub(r"[^\w\- ]", "", f"{found['id']} · {found['name']}".lower()).replace(" ", "-")
        yield _row(f"[{found['name']}](semantics.md#{anchor})", counts_of(part))
    yield _row("**all**", counts_of(text))


def _row(name: str, counts: Counter[str]) -> str:
    return f"| {name} | {counts['all']} | {' | '.join(str(counts[status]) for status in STATUSES)} |"


def renewed(page: str, rules: str) -> str:
    """The page with the counts of the rules."""
    return _TABLE.sub(lambda _: table(rules), page)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8"), RULES.read_text("utf-8")), "utf-8")
