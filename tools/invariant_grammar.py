"""Write the grammar of invariants into docs/invariants.md, and draw it: ``docs/images/invariants.svg``.

Both are made from the grammar that parses. ``python -m tools.invariant_grammar`` writes them; ``make docs`` runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.analysis.invariants.grammar import grammar
from execpolicy.analysis.invariants.words import WORDS

if TYPE_CHECKING:
    from pyparsing import ParserElement

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "invariants.md"
PICTURE = ROOT / "docs" / "images" / "invariants.svg"

_BLOCK = re.compile(r"(?<=^```text title=\"grammar\"\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
#: Words and signs that are written as they are named; any other name stands for a text.
_WRITTEN = {*WORDS, ",", "=", "!=", "(", ")"}


class Part(NamedTuple):
    """A part of the grammar: ``kind`` is word, text, rule, all, one, optional or repeated."""

    kind: str
    name: str = ""
    parts: tuple[Part, ...] = ()


def rules() -> dict[str, Part]:
    """The rules of the grammar in the order in which they are first used."""
    found: dict[str, Part] = {}
    waiting = [_invariant()]
    while waiting:
        element = waiting.pop(0)
        if element.customName not in found:
            used: list[ParserElement] = []
            found[element.customName] = _all(element, used)
            waiting += used
    return found


def _invariant() -> ParserElement:
    """The first rule: the grammar without the end of the text. The first parse joins rules of a grammar: it is new."""
    new = grammar.__wrapped__()
    return next(element for element in _walk(new) if element.customName == "invariant")


def _walk(element: ParserElement) -> Iterator[ParserElement]:
    yield element
    for inner in element.recurse():
        yield from _walk(inner)


def _part(element: ParserElement, used: list[ParserElement]) -> Part:
    """A part of the grammar; the rules that it names are added to ``used``."""
    import pyparsing as pp

    match element:
        case pp.And() if element.customName:
            used.append(element)
            return Part("rule", element.customName)
        case pp.And():
            return _all(element, used)
        case pp.MatchFirst():
            choices = [_part(inner, used) for inner in element.exprs]
            return Part(
                "one", parts=tuple(each for part in choices for each in (part.parts if part.kind == "one" else (part,)))
            )
        case pp.Opt():
            return Part("optional", parts=(_part(element.expr, used),))
        case pp.ZeroOrMore():
            return Part("repeated", parts=(_part(element.expr, used),))
    name = element.customName
    return Part(
        "word" if all(word in _WRITTEN for word in name.split()) else "text", re.sub("^(?:a|an|the) ", "", name)
    )


def _all(element: ParserElement, used: list[ParserElement]) -> Part:
    """The parts of a sequence, in one list however they are nested."""
    import pyparsing as pp

    assert isinstance(element, pp.And)
    parts: list[Part] = []
    for inner in element.exprs:
        if isinstance(inner, pp.And._ErrorStop):
            continue
        part = _part(inner, used)
        parts += part.parts if part.kind == "all" else [part]
    return parts[0] if len(parts) == 1 else Part("all", parts=tuple(parts))


# As text


def grammar_text() -> str:
    """The grammar: a rule a paragraph, each alternative of a rule on a line."""
    return "\n".join(_rule_text(name, part) for name, part in rules().items())


def _rule_text(name: str, part: Part) -> str:
    choices = part.parts if part.kind == "one" else (part,)
    lines = []
    for index, choice in enumerate(choices):
        beginning = f"{name:<10} = " if index == 0 else f"{'':<10} | "
        lines.append(f"{beginning}{_text(choice)}\n")
    return "".join(lines)


def _text(part: Part) -> str:
    inner = [_text(each) for each in part.parts]
    match part.kind:
        case "word":
            return " ".join(f'"{word}"' for word in part.name.split())
        case "text":
            return f"<{part.name}>"
        case "rule":
            return part.name
        case "one":
            return f"( {' | '.join(inner)} )"
        case "optional":
            return f"[ {inner[0]} ]"
        case "repeated":
            return f"{{ {inner[0]} }}"
    return " ".join(inner)


# As a picture

_STYLE = """
  svg { background: #fff }
  text { font: 14px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; text-anchor: middle; fill: #1f2328 }
  text.rule { font-weight: bold; text-anchor: start }
  path { stroke: #656d76; stroke-width: 2; fill: none }
  rect { stroke: #656d76; stroke-width: 2; fill: #ddf4ff }
  .non-terminal rect { fill: #fff8c5 }
"""
_LABEL = 30


def picture() -> str:
    """The railroad diagrams of all rules, one under another, as one SVG."""
    import railroad

    pictures, width, height = list[str](), 0.0, 0.0
    for name, part in rules().items():
        diagram = railroad.Diagram(_drawn(part), css="")
        text = StringIO()
        diagram.writeSvg(text.write)
        svg = re.sub(r"<svg ", f'<svg y="{height + _LABEL:g}" ', text.getvalue(), count=1)
        pictures.append(f'<text class="rule" x="16" y="{height + 24:g}">{name}</text>\n{svg.strip()}\n')
        width = max(width, float(diagram.attrs["width"]))
        height += float(diagram.attrs["height"]) + _LABEL
    title = "<title>The grammar of invariants, a railroad diagram for each rule</title>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}">\n{title}\n<style>{_STYLE}</style>\n<rect width="100%" height="100%" '
        f'style="fill:#fff;stroke:none"/>\n{"".join(pictures)}</svg>\n'
    )


def _drawn(part: Part) -> object:
    import railroad

    inner = [_drawn(each) for each in part.parts]
    match part.kind:
        case "word":
            return railroad.Terminal(part.name)
        case "text" | "rule":
            return railroad.NonTerminal(part.name)
        case "one":
            return railroad.Choice(0, *inner)
        case "optional":
            return railroad.Optional(inner[0])
        case "repeated":
            return railroad.ZeroOrMore(inner[0])
    return railroad.Sequence(*inner)


def renewed(page: str) -> str:
    """The page with the grammar that parses."""
    return _BLOCK.sub(lambda _: grammar_text(), page)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
    PICTURE.write_text(picture(), "utf-8")
