"""The gates of API Gateway in their order, as SVG; the script of a report marks where the chosen call ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

#: The gates by the first digit of their numbers (GW-25).
GATES: Final = (
    ("1", "Domain and host"),
    ("2", "Route"),
    ("3", "VPC endpoint"),
    ("4", "Private domain"),
    ("5", "Authorization"),
    ("6", "Cache"),
    ("7", "API key"),
    ("8", "Limits"),
)
#: What a call reaches that passes all gates.
END: Final = ("e", "Integration")
_WIDTH, _STEP, _HEIGHT = 340, 46, 32


def gate_diagram(words_at: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """The lines of the SVG.

    Args:
        words_at: words at the right of a gate, by its number. They are written as they are.
    """
    boxes = (*GATES, END)
    height = _STEP * len(boxes) - (_STEP - _HEIGHT) + 4
    yield (
        f'<svg id="gates" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" '
        'aria-labelledby="gates-title">'
    )
    yield '<title id="gates-title">The gates of API Gateway in their order</title>'
    for number, (name, words) in enumerate(boxes):
        top = 2 + number * _STEP
        if number:
            yield f'<path class="arrow" d="M20 {top - _STEP + _HEIGHT}V{top}"/>'
        yield f'<g id="gate-{name}" class="gate"><rect x="2" y="{top}" width="{_WIDTH - 4}" height="{_HEIGHT}" rx="5"/>'
        label = words if name == END[0] else f"{name} {words}"
        yield f'<text x="12" y="{top + 21}">{label}</text>'
        place = f'x="{_WIDTH - 12}" y="{top + 21}" text-anchor="end"'
        yield f'<text class="result" {place}>{words_at.get(name, "")}</text></g>'
    yield "</svg>"
