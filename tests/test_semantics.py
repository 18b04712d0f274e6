"""docs/semantics.md against the tests and the program: each rule is held, each id exists, the page is up to date.

What the page takes from tests and program is written by ``make docs``, which sets EXECPOLICY_WRITE_DOCS.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from execpolicy.engine.assumptions import ASSUMPTIONS as ASSUMPTIONS_OF_POLICIES
from execpolicy.gateway.flow.assumptions import ASSUMPTIONS_OF_GATES
from tools.rule_places import FAMILIES, RULE_ID, RulePlace, code_line, places_in, places_of_rules

#: The assumptions that an outcome names: of a decision, or of a gate.
ASSUMPTIONS = {**ASSUMPTIONS_OF_POLICIES, **ASSUMPTIONS_OF_GATES}

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "semantics.md"

HEADING = re.compile(rf"### ({RULE_ID.pattern}) · ((?:D|O|A|law)(?:, (?:O|A|law))*) · \S.*")
#: A status where a rule has several: the sentence that is not documented says so.
STATUS_MARK = re.compile(r"\((O|A|law)(?=[:) ])")
LINK = re.compile(r"\[([A-Za-z0-9]+[A-Za-z0-9 ]*: [^]]+)\](?!:)")
DEFINITION = re.compile(r"^\[([^]]+)\]: https://\S+(.*)$", re.MULTILINE)
#: The title of a link: of when the copy of AWS's page is that was read, by year or month, and whether all of it was.
COPY = re.compile(r' "copy (?:of 20[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?|without date)(?:, in part)?"')
#: A sentence that is assumed, with what the mark says beside; one that names another rule is that rule's.
ASSUMED_MARK = re.compile(r"\((?:O[:;] )?A(?=[:;, )])([^)]*)\)")
#: A row of the table of assumptions that an outcome names; the table of the others has a third column. Each part of the
#: second column, ended by a semicolon, is one marked sentence, unless the number is given.
ASSUMED = re.compile(rf"\| ({RULE_ID.pattern})((?: \([0-9]+ marks\))?) \| ([^|]+) \|")
#: The file that a Markdown link leads to, without the place in it; addresses and places of the same page are none.
RELATIVE_LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]+)(?:#[^)\s]*)?\)")
NOT_BUILT = "not yet"


class Rule(NamedTuple):
    """One rule of the page. ``facts`` are its lines Page, Built, Code and Tests."""

    id: str
    statuses: tuple[str, ...]
    text: str
    facts: Mapping[str, str]

    @property
    def is_built(self) -> bool:
        return self.facts.get("Built") != NOT_BUILT


def read_rules(page: str) -> list[Rule]:
    """The rules of a page; a heading that is not one of a rule is passed over here and found by ``form_faults``."""
    rules = []
    for block in re.split(r"^(?=#{2,3} )", page, flags=re.MULTILINE):
        lines = block.splitlines()
        heading = HEADING.fullmatch(lines[0]) if lines else None
        if heading is not None:
            facts = dict(line[2:].split(": ", 1) for line in lines if re.match(r"- (Page|Built|Code|Tests): ", line))
            text = "\n".join(line for line in lines[1:] if not line.startswith("- "))
            rules.append(Rule(heading[1], tuple(heading[2].split(", ")), text.strip(), facts))
    return rules


def section(page: str, title: str) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def assumptions_of(page: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The section Assumptions: rule and reading of those that an outcome names, and the rules of the others."""
    lines = section(page, "Assumptions").splitlines()
    named = [(row[1], row[3]) for line in lines if (row := ASSUMED.fullmatch(line)) is not None]
    unnamed = [row[1] for line in lines if (row := re.match(ASSUMED.pattern + " .", line)) is not None]
    return named, unnamed


def marks_of(rule: Rule) -> int:
    """How many sentences of a rule are assumed; a rule of this status alone is one."""
    marks = [mark for mark in ASSUMED_MARK.finditer(rule.text) if RULE_ID.search(mark[1]) is None]
    return len(marks) or int(rule.statuses == ("A",))


def mark_faults(page: str) -> Iterator[str]:
    """Where the marks (A) in the text of a rule are not those of the tables of assumptions."""
    listed: dict[str, int] = {}
    for line in section(page, "Assumptions").splitlines():
        row = re.match(ASSUMED.pattern, line)
        if row is not None:
            number = re.search(r"[0-9]+", row[2])
            count = len(row[3].split("; ")) if number is None else int(number[0])
            listed[row[1]] = listed.get(row[1], 0) + count
    for rule in read_rules(page):
        if rule.is_built and "A" in rule.statuses and marks_of(rule) != listed.get(rule.id, 0):
            found = f"{marks_of(rule)} sentences marked (A), and {listed.get(rule.id, 0)} in the tables of assumptions"
            yield f"{rule.id} has {found}"


# What can be wrong


def form_faults(page: str) -> Iterator[str]:
    """What is wrong with a page by itself."""
    rules = read_rules(page)
    for line in page.splitlines():
        if line.startswith("### ") and HEADING.fullmatch(line) is None:
            yield f"no heading of a rule: {line}"
    for family in FAMILIES:
        numbers = [int(rule.id.partition("-")[2]) for rule in rules if rule.id.startswith(f"{family}-")]
        if numbers != list(range(1, len(numbers) + 1)) or not numbers:
            yield f"{family} is not numbered from 1: {numbers}"
    for rule in rules:
        yield from rule_faults(rule)
    known, named = {rule.id for rule in rules}, set(RULE_ID.findall(page))
    yield from (f"{rule} is named and is no rule" for rule in sorted(named - known))
    defined, used = [label for label, _ in DEFINITION.findall(page)], set(LINK.findall(page))
    yield from (f"[{label}] leads nowhere" for label in sorted(used - set(defined)))
    yield from (f"[{label}] is not used" for label in sorted(set(defined) - used))
    if len(defined) != len(set(defined)):
        yield "a link is defined twice"
    for label, title in DEFINITION.findall(page):
        if COPY.fullmatch(title) is None:
            yield f'[{label}] has the title {title.strip()!r}, expected "copy of 2026-11" or "copy without date"'


def rule_faults(rule: Rule) -> Iterator[str]:
    if not rule.text:
        yield f"{rule.id} says nothing"
    documented = LINK.search(rule.facts.get("Page", "")) is not None
    if not documented and rule.facts.get("Page") != "none":
        yield f"{rule.id} has no line Page"
    if "D" in rule.statuses and not documented:
        yield f"{rule.id} is documented on no page"
    expected = {status for status in rule.statuses if status != "D"} if len(rule.statuses) > 1 else set()
    marked = set(STATUS_MARK.findall(rule.text))
    if marked != expected:
        yield f"{rule.id} is {', '.join(rule.statuses)}, its sentences are marked {sorted(marked)}"
    built = rule.facts.get("Built", "in part: ")
    if built != NOT_BUILT and not built.startswith("in part: "):
        yield f"{rule.id}: Built is {built!r}, expected {NOT_BUILT!r} or 'in part: …'"
    for line in ("Code", "Tests"):
        if rule.is_built is not (line in rule.facts):
            yield f"{rule.id}: a rule has either the line {line} or is not yet built"
    if rule.facts.get("Code") == "none":
        yield f"{rule.id} has no code: name it where it is implemented"


def cover_faults(rules: Iterable[Rule], held: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """What is wrong between the rules and the tests that name them."""
    known = {rule.id: rule for rule in rules}
    for rule in known.values():
        if rule.is_built and not held.get(rule.id):
            yield f"{rule.id} has no test: mark one with @pytest.mark.rule({rule.id!r}), or write a case"
    for name, files in sorted(held.items()):
        if name not in known:
            yield f"{name} is named by {', '.join(files)} and is no rule of docs/semantics.md"
        elif not known[name].is_built:
            yield f"{name} is named by {', '.join(files)}: say in docs/semantics.md which part of it is built"


# Which tests hold a rule


def cases_of_rules(root: Path) -> dict[str, set[str]]:
    """The case files that name each rule."""
    found: dict[str, set[str]] = {}
    for path in (root / "tests" / "conformance").rglob("*.json"):
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if content.get("schema") == "execpolicy/cases/1":
            for case in [*content.get("cases", []), *content.get("documents", [])]:
                named = case.get("rule", [])
                for rule in [named] if isinstance(named, str) else named:
                    found.setdefault(rule, set()).add(path.relative_to(root).as_posix())
    return found


def files_of_rules(tests_of_rules: Mapping[str, tuple[str, ...]], root: Path = ROOT) -> dict[str, list[str]]:
    """The files that hold each rule. Of a case it is the case file, not the module that runs all of them."""
    cases = cases_of_rules(root)
    files: dict[str, list[str]] = {}
    for rule in {*tests_of_rules, *cases}:
        modules = {node.partition("::")[0] for node in tests_of_rules.get(rule, ())}
        if rule in cases:
            modules = {module for module in modules if not module.startswith("tests/conformance/")}
        files[rule] = sorted(modules | cases.get(rule, set()))
    return files


def refreshed(
    page: str,
    held: Mapping[str, Iterable[str]],
    assumptions: Mapping[str, str],
    places: Mapping[str, Iterable[RulePlace]],
) -> str:
    """The page with the lines Code and Tests, and the sentence of each assumption that an outcome names, up to date."""
    rule, lines = "", []
    for line in page.splitlines():
        heading = HEADING.fullmatch(line)
        rule = heading[1] if heading is not None else rule
        row = ASSUMED.fullmatch(line)
        if line.startswith("- Tests: "):
            links = ", ".join(f"[{file.removeprefix('tests/')}](../{file})" for file in held.get(rule, ()))
            lines += [code_line(places.get(rule, ()), "../src/execpolicy"), f"- Tests: {links or 'none'}"]
        elif row is not None and row[1] in assumptions:
            lines.append(f"| {row[1]}{row[2]} | {assumptions[row[1]]} |")
        elif not line.startswith("- Code: "):
            lines.append(line)
    return "\n".join(lines) + "\n"


def page_text() -> str:
    return PAGE.read_text("utf-8")


def test_the_page_is_well_formed() -> None:
    assert "\n".join(form_faults(page_text())) == ""


def test_every_rule_has_a_test(tests_of_rules: Mapping[str, tuple[str, ...]]) -> None:
    assert "\n".join(cover_faults(read_rules(page_text()), files_of_rules(tests_of_rules))) == ""


def test_what_is_written_into_the_page_is_up_to_date(tests_of_rules: Mapping[str, tuple[str, ...]]) -> None:
    places = places_of_rules(ROOT / "src" / "execpolicy")
    expected = refreshed(page_text(), files_of_rules(tests_of_rules), ASSUMPTIONS, places)
    if "EXECPOLICY_WRITE_DOCS" in os.environ:
        PAGE.write_text(expected, "utf-8")
    stale = set(expected.splitlines()) - set(page_text().splitlines())
    assert page_text() == expected, f"docs/semantics.md is stale: run make docs, which writes {sorted(stale)}"


def test_the_assumptions_are_those_of_the_program() -> None:
    rules = {rule.id: rule for rule in read_rules(page_text())}
    named, unnamed = assumptions_of(page_text())
    assert sorted(named) == sorted(ASSUMPTIONS.items())
    assert [rule for rule in ASSUMPTIONS if "A" not in rules[rule].statuses] == []
    assumed = [rule.id for rule in rules.values() if "A" in rule.statuses and rule.is_built]
    assert sorted({*dict(named), *unnamed}) == sorted(assumed)
    assert len(set(unnamed)) == len(unnamed)


def test_each_sentence_that_is_marked_as_assumed_is_in_the_tables() -> None:
    assert "\n".join(mark_faults(page_text())) == ""


MARKED = """### POL-1 · D, A · Subject

One (A). Two (A, of a kind). Three (O; A for some). Not this one's (A, POL-2).

### POL-2 · A · Subject

All of it.

## Assumptions

| POL-1 (2 marks) | one; and two |
| POL-1 | three | why |
| POL-2 | all of it |

"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("One (A)", "One", ["POL-1 has 2 sentences marked (A), and 3 in the tables of assumptions"]),
        ("One (A)", "One (A) and a half (A)", ["POL-1 has 4 sentences marked (A), and 3 in the tables of assumptions"]),
        ("three |", "three; and four |", ["POL-1 has 3 sentences marked (A), and 4 in the tables of assumptions"]),
        ("| POL-2 | all of it |", "", ["POL-2 has 1 sentences marked (A), and 0 in the tables of assumptions"]),
        ("All of it.", "All of it.\n\n- Built: not yet", []),
    ],
)
def test_a_mark_without_its_sentence_is_found(old: str, new: str, expected: list[str]) -> None:
    assert list(mark_faults(MARKED.replace(old, new, 1))) == expected


def test_every_rule_that_the_program_names_exists() -> None:
    known = {rule.id for rule in read_rules(page_text())}
    paths = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    named = [(path.relative_to(ROOT).as_posix(), RULE_ID.findall(path.read_text("utf-8"))) for path in paths]
    assert [(path, rule) for path, rules in named for rule in rules if rule not in known] == []
    assert {"POL-3", "EVL-4"} <= {rule for path, rules in named for rule in rules if path.startswith("src/")}


def dead_links(root: Path) -> Iterator[str]:
    """Links of the documents that lead to no file of the project."""
    for path in sorted([*(root / "docs").rglob("*.md"), root / "CHANGELOG.md", root / "CONTRIBUTING.md"]):
        text = path.read_text("utf-8")
        yield from (
            f"{path.relative_to(root).as_posix()}: {link}"
            for link in RELATIVE_LINK.findall(text)
            if not (path.parent / link).exists()
        )


def test_no_module_names_rules_by_a_range() -> None:
    texts = {path: path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")}
    ranges = re.compile(rf"{RULE_ID.pattern} to \S*[0-9]")
    assert [(path.name, found) for path, text in texts.items() for found in ranges.findall(text)] == []


def test_every_link_to_a_file_leads_somewhere() -> None:
    assert list(dead_links(ROOT)) == []


# The checks themselves

PLACE = 'https://example.org "copy of 2026-11"'
COPY_EXPECTED = 'expected "copy of 2026-11" or "copy without date"'

SOUND = (
    "\n".join(
        f"### {family}-1 · D · Subject\n\nA rule.\n\n- Page: [IAM: grammar]\n- Code: [arn.py](arn.py)\n- Tests: none\n"
        for family in FAMILIES
    )
    + '\n[IAM: grammar]: https://example.com "copy of 2026-11"\n'
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("### POL-1 · D · Subject", "### POL-1 · X · Subject", ["no heading of a rule: ### POL-1 · X · Subject"]),
        ("### POL-1 ", "### POL-2 ", ["POL is not numbered from 1: [2]"]),
        ("### PRN-1 · D · Subject", "### POL-1 · D · Subject", ["POL is not numbered from 1: [1, 1]"]),
        ("Subject\n\nA rule.", "Subject\n", ["POL-1 says nothing"]),
        ("A rule.", "A rule, like CND-7.", ["CND-7 is named and is no rule"]),
        ("A rule.", "A rule [IAM: Sid].", ["[IAM: Sid] leads nowhere"]),
        ("[IAM: grammar]:", f"[IAM: Sid]: {PLACE}\n[IAM: grammar]:", ["[IAM: Sid] is not used"]),
        ("[IAM: grammar]:", f"[IAM: grammar]: {PLACE}\n[IAM: grammar]:", ["a link is defined twice"]),
        ("copy of 2026-11", "copy of 2023, in part", []),
        ("copy of 2026-11", "copy without date", []),
        (' "copy of 2026-11"', "", [f"[IAM: grammar] has the title '', {COPY_EXPECTED}"]),
        ("2026-11", "2026-13", [f"[IAM: grammar] has the title '\"copy of 2026-13\"', {COPY_EXPECTED}"]),
        ("- Page: [IAM: grammar]\n", "", ["POL-1 has no line Page", "POL-1 is documented on no page"]),
        ("- Page: [IAM: grammar]", "- Page: none", ["POL-1 is documented on no page"]),
        (" · D · ", " · D, A · ", ["POL-1 is D, A, its sentences are marked []"]),
        ("A rule.", "A rule (O).", ["POL-1 is D, its sentences are marked ['O']"]),
        ("- Tests: none\n", "", ["POL-1: a rule has either the line Tests or is not yet built"]),
        ("- Tests", "- Built: not yet\n- Tests", ["POL-1: a rule has either the line Tests or is not yet built"]),
        ("- Code: [arn.py](arn.py)\n", "", ["POL-1: a rule has either the line Code or is not yet built"]),
        ("[arn.py](arn.py)", "none", ["POL-1 has no code: name it where it is implemented"]),
        ("- Tests", "- Built: soon\n- Tests", ["POL-1: Built is 'soon', expected 'not yet' or 'in part: …'"]),
    ],
)
def test_what_is_wrong_with_the_form_is_found(old: str, new: str, expected: list[str]) -> None:
    faults = list(form_faults(SOUND.replace(old, new, 1)))
    assert set(expected) <= set(faults)
    assert bool(faults) is bool(expected)


def test_rules_without_tests_and_tests_without_rules_are_found() -> None:
    rules = read_rules(SOUND.replace("- Tests: none", "- Built: not yet", 1))[:3]
    assert [rule.id for rule in rules] == ["POL-1", "PRN-1", "ACT-1"]
    assert list(cover_faults(rules, {"PRN-1": ["tests/test_a.py"], "POL-1": ["x"], "GW-31": ["y", "z"]})) == [
        "ACT-1 has no test: mark one with @pytest.mark.rule('ACT-1'), or write a case",
        "GW-31 is named by y, z and is no rule of docs/semantics.md",
        "POL-1 is named by x: say in docs/semantics.md which part of it is built",
    ]


def test_a_case_is_listed_by_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "conformance"
    folder.mkdir(parents=True)
    cases = {"schema": "execpolicy/cases/1", "cases": [{"rule": "POL-1"}], "documents": [{"rule": ["POL-1", "POL-2"]}]}
    (folder / "pol.json").write_text(json.dumps(cases), "utf-8")
    (folder / "other.json").write_text('{"rule": "POL-3"}', "utf-8")
    runner = "tests/conformance/test_cases.py::test_case"
    marked = {"POL-1": (f"{runner}[a]", "tests/test_a.py::test_b"), "POL-4": (f"{runner}_files",)}
    files = files_of_rules(marked, tmp_path)
    assert files == {
        "POL-1": ["tests/conformance/pol.json", "tests/test_a.py"],
        "POL-2": ["tests/conformance/pol.json"],
        "POL-4": ["tests/conformance/test_cases.py"],
    }
    line = "- Tests: [conformance/pol.json](../tests/conformance/pol.json), [test_a.py](../tests/test_a.py)"
    places = {rule: [RulePlace("arn.py", "")] for rule in RULE_ID.findall(SOUND)}
    code = "- Code: [arn.py](../src/execpolicy/arn.py)"
    written = refreshed(SOUND, files, {}, places)
    assert written == SOUND.replace("- Code: [arn.py](arn.py)", code).replace("- Tests: none", line, 1)
    without = refreshed(written, {}, {}, {})
    assert without == SOUND.replace("- Code: [arn.py](arn.py)", "- Code: none")


MODULE = '''"""What a module does (POL-1)."""

#: By GW-2.
LIMIT = 3

# PRN-1, PRN-3 and PRN-2
@cache
def decide(request):
    """Decide (EVL-4)."""

    def inner():
        return "EVL-5"


class Caller:
    """Who calls (PRN-4)."""

    #: KEY-1
    name: str

    def ask(self):
        raise UsageError("no", rule="EVL-6")
'''


def test_the_code_of_a_rule_is_what_names_it(tmp_path: Path) -> None:
    assert list(places_in(MODULE)) == [
        ("POL-1", ""),
        ("GW-2", "LIMIT"),
        *[(f"PRN-{number}", "decide") for number in (1, 3, 2)],
        ("EVL-4", "decide"),
        ("EVL-5", "decide"),
        ("PRN-4", "Caller"),
        ("KEY-1", "Caller"),
        ("EVL-6", "Caller.ask"),
    ]
    for path in ("engine/a.py", "gateway/flow/b.py", "engine/assumptions.py", "cli/c.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(MODULE, "utf-8")
    places = places_of_rules(tmp_path)["EVL-4"]
    assert places == [RulePlace("engine/a.py", "decide"), RulePlace("gateway/flow/b.py", "decide")]
    assert code_line(places, "src") == (
        "- Code: [engine/a.py](src/engine/a.py) `decide`, [gateway/flow/b.py](src/gateway/flow/b.py) `decide`"
    )


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "CHANGELOG.md").write_text(
        "[one](docs/a.md#place), [two](docs/b.md), [three](https://example.com)", "utf-8"
    )
    (tmp_path / "CONTRIBUTING.md").write_text("[four](#here)", "utf-8")
    (tmp_path / "docs" / "a.md").write_text("[five](../CHANGELOG.md), [six](CHANGELOG.md)", "utf-8")
    assert list(dead_links(tmp_path)) == ["CHANGELOG.md: docs/b.md", "docs/a.md: CHANGELOG.md"]


def test_an_assumption_has_the_sentence_of_the_program() -> None:
    page = "## Assumptions\n\n| POL-1 | old |\n| POL-2 | kept |\n| POL-3 | unnamed | why |\n"
    page = refreshed(f"# Title\n{page}", {}, {"POL-1": "new", "POL-3": "no such row"}, {})
    assert assumptions_of(page) == ([("POL-1", "new"), ("POL-2", "kept")], ["POL-3"])
