"""Draw the gates of API Gateway with what each refuses: ``docs/images/gates-light.svg`` and ``gates-dark.svg``.

The diagram is that of ``execpolicy report``. ``python -m tools.gate_picture`` writes both; ``make docs`` runs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from execpolicy.render.report.diagram import END, GATES, gate_diagram

FOLDER = Path(__file__).parents[1] / "docs" / "images"

#: The statuses with which a gate refuses, by its number (MSG-3, POL-10, GW-35).
STATUSES: Mapping[str, tuple[int, ...]] = {
    "1": (403, 404),
    "2": (403, 404, 414),
    "3": (403,),
    "4": (403,),
    "5": (401, 403, 500),
    "6": (403,),
    "7": (403,),
    "8": (429,),
}


class Theme(NamedTuple):
    """The colours of a picture."""

    name: str
    ground: str
    panel: str
    line: str
    text: str
    soft: str
    good: str


THEMES = (
    Theme("light", "#ffffff", "#f6f8fa", "#8c959f", "#1f2328", "#57606a", "#116329"),
    Theme("dark", "#0d1117", "#161b22", "#6e7681", "#e6edf3", "#9da7b3", "#56d364"),
)


def words_at_gates() -> dict[str, str]:
    """What stands at the right of each gate: the statuses of its refusals, and what an allowed call reaches."""
    refused = {number: f"refuses: {_listed(STATUSES[number])}" for number, _ in GATES}
    return {**refused, END[0]: "allowed"}


def _listed(statuses: Iterable[int]) -> str:
    *others, last = map(str, statuses)
    return f"{', '.join(others)} or {last}" if others else last


def picture(theme: Theme) -> str:
    """The picture in the colours of a theme."""
    head, *lines = gate_diagram(words_at_gates())
    style = (
        f"<style>text{{font:14px system-ui,sans-serif;fill:{theme.text}}}.result{{fill:{theme.soft}}}"
        f".gate rect{{fill:{theme.panel};stroke:{theme.line}}}.arrow{{stroke:{theme.line};stroke-width:2}}"
        f"#gate-{END[0]} rect{{stroke:{theme.good}}}#gate-{END[0]} .result{{fill:{theme.good}}}</style>"
    )
    ground = f'<rect width="100%" height="100%" rx="5" fill="{theme.ground}"/>'
    return "\n".join([head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), style, ground, *lines, ""])


def pictures() -> dict[Path, str]:
    """The pictures by their files."""
    return {FOLDER / f"gates-{theme.name}.svg": picture(theme) for theme in THEMES}


if __name__ == "__main__":
    for path, text in pictures().items():
        path.write_text(text, "utf-8")
