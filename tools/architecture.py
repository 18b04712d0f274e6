"""Draw the packages and the way of a request, ``docs/images/architecture.svg``, from the imports and from a run.

``python -m tools.architecture`` writes the picture; ``make docs`` runs it. The arrows are the imports between packages,
without those that follow from others. The numbers are the order in which one call to an API enters the packages.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from tools.modules_run import CALL, ROOT, SOURCE, command

PICTURE = ROOT / "docs" / "images" / "architecture.svg"

#: What each package does, in the words under its name.
SUBJECTS = {
    "_base": "frozen values, records, lazy attributes",
    "errors": "source texts and places, errors, argument checks",
    "document": "policies read with positions and checked",
    "language": "ARNs, wildcards, variables, operators, context keys, principals",
    "engine": "policies compiled; decided fast; evaluated in full; explained",
    "gateway": "an API as data, and its authorization flow",
    "loaders": "files that describe APIs",
    "analysis": "all requests at once",
    "diagnose": "a pasted 403",
    "handler": "the user's function, run",
    "linter": "rules, and their checks",
    "suggestions": "changes of policies",
    "api": "the public Api",
    "bulk": "many calls at once",
    "render": "text and JSON for people and programs",
    "testing": "case files, pytest, coverage, mutation",
    "cli": "check, why, show, lint, test",
}
#: Modules at the root that are shown as one package.
ONE = {"arguments": "errors"}
#: What every package uses has no place in the order.
BELOW = ("_base", "errors")
#: The width of a box in the second column.
SMALL = 200


class Box(NamedTuple):
    """A package with its place: the row from above, and the column."""

    name: str
    row: int
    column: int


BOXES = (
    *(Box("cli", 0, 0), Box("testing", 1, 0), Box("render", 2, 0), Box("api", 4, 0), Box("loaders", 5, 0)),
    *(Box("gateway", 6, 0), Box("engine", 7, 0), Box("language", 8, 0), Box("document", 9, 0)),
    *(Box("errors", 10, 0), Box("_base", 11, 0)),
    *(Box("diagnose", 0, 1), Box("handler", 1, 1), Box("suggestions", 2, 1), Box("bulk", 3, 1)),
    *(Box("linter", 4, 1), Box("analysis", 5, 1)),
)
WIDTH, HEIGHT, STEP, LEFT, GAP, LANE = 480, 52, 82, 150, 72, 12
CAPTION = (
    "An arrow leads from a package to one that it imports; imports that follow from others are left out.",
    "Numbers: the order in which a call to an API enters the packages.",
)


def package_of(module: str) -> str:
    """The package of a module's path below ``src/execpolicy``."""
    first = module.partition("/")[0].removesuffix(".py")
    return ONE.get(first, first)


def imports(source: Path = SOURCE) -> dict[str, set[str]]:
    """For each package, those that it imports: at load, deferred, and for types alone."""
    found: dict[str, set[str]] = {name: set() for name in SUBJECTS}
    for path in sorted(source.rglob("*.py")):
        package = package_of(path.relative_to(source).as_posix())
        if package not in found:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("execpolicy."):
                found[package].add(package_of(node.module.split(".")[1]))
    return {package: (names & found.keys()) - {package} for package, names in found.items()}


def direct(edges: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """The imports that do not follow from others."""

    def reached(package: str) -> set[str]:
        return edges[package] | {name for each in edges[package] for name in reached(each)}

    for package, names in edges.items():
        yield from ((package, name) for name in sorted(names) if not any(name in reached(each) for each in names))


def first_runs(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """The functions that run for a command, each with its module, in the order in which they first run."""
    command(arguments)  # what runs while modules are imported is no step
    return command(arguments)


def entered() -> list[str]:
    """The packages in the order in which a call to an API enters them."""
    packages = dict.fromkeys(package_of(module) for module, _ in first_runs(CALL))
    return [name for name in packages if name in SUBJECTS and name not in BELOW]


def picture(edges: Mapping[str, set[str]], way: Sequence[str]) -> str:
    """The picture, as SVG.

    Args:
        edges: the imports between packages.
        way: the packages in the order in which a request enters them.
    """
    boxes = {box.name: box for box in BOXES}
    height = STEP * (max(box.row for box in BOXES) + 1) + 60
    width = LEFT + WIDTH + GAP + SMALL + 20
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif">',
        "<title>The packages of execpolicy and the way of a request</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#57606a"/></marker></defs>',
        *(_arrow(boxes[package], boxes[name]) for package, name in direct(edges)),
        *(_box(box, way.index(box.name) + 1 if box.name in way else None) for box in BOXES),
        f'<text x="20" y="{height - 36}" font-size="13" fill="#57606a">{escape(CAPTION[0])}</text>',
        f'<text x="20" y="{height - 16}" font-size="13" fill="#57606a">{escape(CAPTION[1])}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _place(box: Box) -> tuple[int, int]:
    return LEFT + box.column * (WIDTH + GAP), 16 + box.row * STEP


def _box(box: Box, number: int | None) -> str:
    x, y = _place(box)
    width = SMALL if box.column else WIDTH
    fill, stroke = ("#ddf4ff", "#0969da") if number is not None else ("#f6f8fa", "#8c959f")
    shown = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT}" rx="6" fill="{fill}" stroke="{stroke}"/>'
        f'<text x="{x + 14}" y="{y + 22}" font-size="16" font-weight="bold" fill="#1f2328">{escape(box.name)}</text>'
        f'<text x="{x + 14}" y="{y + 41}" font-size="13" fill="#57606a">{escape(SUBJECTS[box.name])}</text>'
    )
    if number is None:
        return shown
    return (
        f'{shown}<circle cx="{x + width - 20}" cy="{y + HEIGHT // 2}" r="13" fill="#0969da"/><text x="{x + width - 20}"'
        f' y="{y + HEIGHT // 2 + 5}" font-size="14" fill="#ffffff" text-anchor="middle">{number}</text>'
    )


def _arrow(start: Box, end: Box) -> str:
    """An arrow down, past the boxes on their left side where one stands between; or from one column to the other."""
    x, y = _place(start)
    to_x, to_y = _place(end)
    style = 'fill="none" stroke="#57606a" stroke-width="1.4" marker-end="url(#arrow)"'
    between = [box for box in BOXES if box.column == end.column and start.row < box.row < end.row]
    if start.column != end.column:
        begin, stop = (x, to_x + WIDTH) if start.column else (x + WIDTH, to_x)
        # Arrows to the second column are above the middle of the boxes, those from it below.
        aside = 10 if start.column else -10
        middle, down = y + HEIGHT // 2 + aside, to_y + HEIGHT // 2 + aside
        if start.row == end.row:
            return f'<path d="M{begin} {middle} L{stop} {middle}" {style}/>'
        # Each row has a lane of its own between the columns.
        lane = LEFT + WIDTH + 12 + LANE * start.row
        return f'<path d="M{begin} {middle} L{lane} {middle} L{lane} {down} L{stop} {down}" {style}/>'
    if not between:
        return f'<path d="M{x + 60} {y + HEIGHT} L{to_x + 60} {to_y}" {style}/>'
    bend = x - 24 - 18 * (end.row - start.row - 1)
    middle, target = y + HEIGHT // 2 + 8, to_y + HEIGHT // 2 - 8
    return f'<path d="M{x} {middle} C{bend} {middle} {bend} {target} {to_x} {target}" {style}/>'


def main() -> int:
    """Write the picture."""
    PICTURE.write_text(picture(imports(), entered()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
