"""Draw a terminal with a command of the README and its output: ``docs/images/check-light.svg`` and ``check-dark.svg``.

``python -m tools.terminal_picture`` runs the command with colours and writes both pictures; ``make docs`` runs it. The
pictures load no fonts and hold text, so that they can be searched and read aloud.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html import escape
from os import environ
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"
COLUMNS = 96

#: The command as it is shown, in lines, and its arguments.
SHOWN = (
    "execpolicy check --identity identity.json --resource resource.json \\",
    "    --as arn:aws:sts::111122223333:assumed-role/Clerk/ann --context aws:SourceIp=203.0.113.7 \\",
    "    --on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17",
)
TITLE = "execpolicy check: a request that an explicit deny refuses, with the statement that denies it"

#: Words with one space between them.
_RUN = re.compile(r"\S+(?: \S+)*")
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
#: The width of a character, the height of a line, the margin, and the bar at the top, in pixels.
CHARACTER, LINE, MARGIN, BAR = 8.4, 20, 16, 32
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Theme(NamedTuple):
    """The colours of a terminal; ``colours`` by the number of the escape sequence."""

    name: str
    background: str
    bar: str
    text: str
    dim: str
    colours: dict[str, str]


THEMES = (
    Theme(
        *("light", "#ffffff", "#eaeef2", "#1f2328", "#656d76"),
        {"31": "#cf222e", "32": "#116329", "33": "#7d4e00", "35": "#8250df", "36": "#0550ae"},
    ),
    Theme(
        *("dark", "#0d1117", "#21262d", "#e6edf3", "#8d96a0"),
        {"31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "35": "#d2a8ff", "36": "#79c0ff"},
    ),
)


def parts(line: str) -> Iterator[tuple[frozenset[str], str]]:
    r"""The texts of a line, each with the numbers of the escape sequence before it.

    >>> [(sorted(codes), text) for codes, text in parts("a\x1b[1;31mDENY\x1b[0m")]
    [([], 'a'), (['1', '31'], 'DENY')]
    """
    codes: frozenset[str] = frozenset()
    for index, piece in enumerate(_ESCAPE.split(line)):
        if index % 2:
            codes = frozenset(piece.split(";")) - {"", "0"}
        elif piece:
            yield codes, piece


def picture(lines: Sequence[str], theme: Theme) -> str:
    """The picture of a terminal with these lines."""
    width = round(COLUMNS * CHARACTER + 2 * MARGIN)
    height = BAR + 2 * MARGIN + LINE * len(lines)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        f"<title>{escape(TITLE)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{theme.background}" stroke="{theme.bar}"/>',
        f'<path d="M0 {BAR}V8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v{BAR - 8}z" fill="{theme.bar}"/>',
        *(f'<circle cx="{18 + 18 * dot}" cy="16" r="5" fill="{theme.dim}" opacity="0.5"/>' for dot in range(3)),
        f'<g font-family="{escape(_FONT)}" font-size="14" fill="{theme.text}">',
    ]
    for number, line in enumerate(lines):
        spans = "".join(_spans(line, theme))
        if spans:
            drawn.append(f'<text y="{BAR + MARGIN + LINE * number + 14}">{spans}</text>')
    return "\n".join([*drawn, "</g>", "</svg>", ""])


def _spans(line: str, theme: Theme) -> Iterator[str]:
    """The words of a line at their columns: SVG drops several spaces, and fonts differ in width."""
    column = 0
    for codes, text in parts(line):
        colour = theme.dim if "2" in codes else "".join(theme.colours.get(code, "") for code in sorted(codes))
        look = f' fill="{colour}"' * bool(colour) + ' font-weight="bold"' * ("1" in codes)
        for run in _RUN.finditer(text):
            x, length = MARGIN + (column + run.start()) * CHARACTER, len(run.group()) * CHARACTER
            place = f'x="{x:.1f}" textLength="{length:.1f}"'
            yield f"<tspan {place}{look}>{escape(run.group(), quote=False)}</tspan>"
        column += len(text)


def output() -> list[str]:
    """The lines of the command, with its escape sequences."""
    arguments = " ".join(SHOWN).replace("\\", "").split()[1:]
    command = [sys.executable, "-m", "execpolicy", *arguments, "--color", "always"]
    folder = ROOT / "examples" / "foundation"
    variables = {**environ, "COLUMNS": str(COLUMNS), "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(command, capture_output=True, cwd=folder, env=variables, check=False)
    if run.returncode != 1:
        raise RuntimeError(f"the request was not denied: {run.stderr.decode()}")
    return run.stdout.decode().splitlines()


def pictures() -> dict[Path, str]:
    """The pictures by the file that they belong into."""
    lines = [f"\x1b[2m$\x1b[0m {SHOWN[0]}", *SHOWN[1:], *output()]
    return {FOLDER / f"check-{theme.name}.svg": picture(lines, theme) for theme in THEMES}


if __name__ == "__main__":
    for path, text in pictures().items():
        path.write_text(text, "utf-8")
