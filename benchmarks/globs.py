"""Measure the worst cases of wildcard patterns."""

from __future__ import annotations

from benchmarks.clock import Measure, in_turns, repeated
from benchmarks.plan import Plan
from benchmarks.report import Report
from execpolicy.language.glob import matcher, tokens_of

GROUP = "wildcards"
LONG, STARS = "2 KB pattern, 2 KB text, worst of", "25 stars, worst of"

_SIZE = 2048
#: Pattern and text. Each text almost matches, in as many ways as possible.
LONG_CASES = {
    "stars and letters": ("*a" * 1022 + "*c*", "a" * _SIZE),
    "a long part that nearly matches everywhere": ("*" + "a" * 1023 + "b" + "a" * 1020 + "*", "a" * _SIZE),
    "half of it any one character": ("*" + "a?" * 1022 + "b*", "a" * _SIZE),
    "parts of any one character": ("*?a" * 681 + "*c*", "a" * _SIZE),
    "many short parts with any one character": ("*a?b" * 511 + "*c*", "aab" * 682),
    "any one character only": ("?" * 2047, "a" * _SIZE),
    "long parts with any one character": ("*" + ("a" * 40 + "?b*") * 46, ("a" * 43) * 47),
}
STAR_CASES = {
    "a letter after each, the last is missing": ("*a" * 24 + "*c*", "a" * 100),
    "a letter after each": ("*a" * 25, "a" * 100),
    "a letter before the end is missing": ("*a" * 25 + "b", "a" * 99 + "b"),
    "in the segments of a path": ("/".join(["*"] * 25), "/".join(["pets"] * 24)),
}


def measure_globs(plan: Plan, report: Report) -> None:
    """Measure each case; the goals limit the worst case of a group."""
    for group, cases in ((LONG, LONG_CASES), (STARS, STAR_CASES)):
        measures = {name: _matching(*case) for name, case in cases.items()}
        found = in_turns(measures, plan.part_rounds)
        worst = max(found, key=lambda name: found[name].median)
        report.add(GROUP, {f"{group} {len(cases)}": found[worst]}, note=worst)


def _matching(pattern: str, text: str) -> Measure:
    match = matcher(tokens_of(pattern))
    return repeated(lambda: match(text))
