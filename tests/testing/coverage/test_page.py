"""The HTML report: well formed, complete, and with nothing in it that a policy could bring to life."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from execpolicy import Api, Caller, Policy, Request, authorize
from execpolicy.loaders.kinds import parse_api
from execpolicy.testing.coverage import CoverageReport, StatementCoverage
from tests.testing.coverage.samples import (
    ANN,
    API,
    COMPANY,
    GATEWAY,
    INVOKE,
    SHOP,
    allow,
    covered,
    deny,
    passed,
    policy,
)

VOID = {"meta", "br"}
BAD = "</code><script>document.title='x'</script><img src=x onerror=alert(1)>\"'&\u202e\x07"


class Reader(HTMLParser):
    """Collects elements and texts, and holds that elements nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.cells: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "code" and "tr" in self.open:
            self.cells.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if "code" in self.open and "tr" in self.open:
            self.cells[-1] += data


def read(report: CoverageReport) -> Reader:
    reader = Reader()
    reader.feed(report.html())
    reader.close()
    assert reader.open == []
    return reader


def hostile() -> CoverageReport:
    """The report on policies and a case that are full of HTML."""
    statement = allow(f"{API}/prod/GET/{BAD}", sid=BAD, Condition={"StringEquals": {"aws:PrincipalTag/<b>": BAD}})
    who = Caller(ANN, identity=Policy.parse(policy(statement, deny(sid="<i>")), kind="identity", name=BAD))
    coverage = StatementCoverage()
    decision = authorize(Request(caller=who, action=INVOKE, resource=f"{API}/prod/GET/x"))
    coverage.add_decision(decision, name=BAD, place=BAD)
    return coverage.report()


@pytest.mark.parametrize("text", [SHOP, COMPANY, GATEWAY])
def test_it_is_well_formed_and_its_links_lead_somewhere(text: str) -> None:
    reader = read(covered(*passed(text)))
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)


def test_the_least_covered_policy_is_first_and_covered_ones_are_folded() -> None:
    report = covered(*passed(SHOP), *passed(COMPANY), *passed(GATEWAY))
    shares = [policy.points.percent for policy in report.policies]
    assert shares != sorted(shares), "the order of the files is another one"
    html = report.html()
    shown = [float(share) for share in re.findall(r"<small>([0-9.]+)%</small>", html)]
    assert shown == sorted(shares)
    folded = re.findall(r"<details><summary><h2[^>]*>[^<]*<small>([0-9.]+)%</small></h2></summary>", html)
    assert folded == ["100.0"] * shares.count(100.0)
    assert folded
    assert html.count("<details>") == html.count("</details>") == len(folded)
    rows = re.findall(r'<th scope="row"><a href="#(p[0-9]+)">', html)
    assert rows == [f"p{number}" for number in range(1, len(shares) + 1)]


def test_it_loads_nothing_and_runs_nothing() -> None:
    reader = read(covered(*passed(SHOP)))
    assert reader.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "input"})
    assert not {name for name in reader.names if name.startswith("on") or name in ("src", "action")}
    assert all(link.startswith("#") for link in reader.links)
    assert "url(" not in covered(*passed(SHOP)).html()
    assert """content="default-src 'none'; style-src 'unsafe-inline'">""" in covered(*passed(SHOP)).html()


def test_what_a_policy_brings_is_text() -> None:
    reader = read(hostile())
    assert reader.tags.isdisjoint({"script", "img"})
    text = "".join(reader.texts)
    assert "<script>document.title='x'</script>" in text
    assert "\\u202e" in text
    assert "\\x07" in text
    assert re.search("[\x00-\x08\x0b-\x1f\u202e]", hostile().html()) is None


def test_the_lines_are_those_of_the_policy() -> None:
    document = """{
  "Version": "2012-10-17",
  "Statement": {
\t"Effect": "Allow",
    "Action": "execute-api:*", "Resource": "*"
  }
}
"""
    who = Caller(ANN, identity=Policy.parse(document, kind="identity", name="p.json"))
    coverage = StatementCoverage()
    coverage.add_decision(authorize(Request(caller=who, action=INVOKE, resource=f"{API}/prod/GET/x")), name="x")
    assert read(coverage.report()).cells == document.splitlines()


def test_a_part_of_a_file_is_shown_without_the_rest_and_its_indent() -> None:
    report = covered(*passed(SHOP))
    cells = read(report).cells
    assert cells[0] == "{"
    assert cells[1] == ' "Sid": "OnlyAnn",', "the least covered policy is first"
    assert ' "Sid": "Reads",' in cells
    assert '"cases"' not in "".join(cells)


def test_lines_between_far_statements_are_left_out() -> None:
    far = "\n" * 40
    document = (
        f'{{"Id": "x",{far}"Statement": [\n{{"Effect": "Allow", "Action": "*", "Resource": "*"}},{far}'
        f'{{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}\n]}}{far}'
    )
    coverage = StatementCoverage()
    coverage.add_policies(Policy.parse(document, kind="identity", name="p.json"))
    reader = read(coverage.report())
    assert [cell[:10] for cell in reader.cells] == ['{"Effect":', '{"Effect":']
    assert "⋮" in reader.texts


def test_objects_are_shown_as_json() -> None:
    report = hostile()
    cells = read(report).cells
    assert cells[:3] == ["{", '  "Version": "2012-10-17",', '  "Statement": [']
    assert "given as objects" in report.html()


def first_of_the_shop() -> CoverageReport:
    """The report on the first case of the shop, and on all policies that the shop has."""
    coverage = StatementCoverage()
    results = passed(SHOP)
    coverage.add(results[0])
    coverage.add_policies(*(result.case for result in results))
    return coverage.report()


def test_states_are_told_in_words_and_signs() -> None:
    text = " ".join(" ".join(read(first_of_the_shop()).texts).split())
    assert "✓ Allow Reads decided 1 case [1]" in text.replace("\xa0", " ")
    assert "◐ Resource: held, never the only thing that stopped it" in text
    assert "✗ Allow Till never applied" in text
    assert "✗ Principal: never the only thing that stopped it" in text
    assert "= Action: holds for every call, not counted" in text


def test_each_line_that_lacks_something_is_linked() -> None:
    html = first_of_the_shop().html()
    lines = SHOP.splitlines()
    first = next(number for number, line in enumerate(lines, 1) if '"Reads"' in line)
    link = rf'Not covered: lines <a href="#p[0-9]+-line{first + 3}">{first + 3}</a>'
    assert re.search(link, html) is not None


def test_a_line_of_several_statements_has_the_state_of_the_worst() -> None:
    document = json.dumps(policy(allow(action="*"), deny(f"{API}/x")))
    who = Caller(ANN, identity=Policy.parse(document, kind="identity", name="p.json"))
    coverage = StatementCoverage()
    coverage.add_decision(authorize(Request(caller=who, action=INVOKE, resource=f"{API}/prod/GET/x")), name="x")
    assert '<tr class="never" id="p1-line1">' in coverage.report().html()


ALIASES = """schema: execpolicy/api/1
id: a1b2c3
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod]
routes: {GET /orders: {auth: NONE}}
resource_policy:
  Statement:
    - Effect: Allow
      Principal: "*"
      Action: execute-api:*
      Resource: execute-api:/*
      Condition: &browser
        StringEquals: {aws:UserAgent: firefox}
    - Effect: Deny
      Principal: "*"
      Action: execute-api:*
      Resource: execute-api:/prod/DELETE/*
      Condition: *browser
"""


def test_a_clause_behind_a_yaml_alias_is_marked_once_and_told_for_both() -> None:
    coverage = StatementCoverage()
    coverage.add_policies(Api.from_definition(parse_api(ALIASES, name="orders.api.yaml")))
    report = coverage.report()
    conditions = [statement.clauses[-1].outline.place for statement in report.statements]
    assert conditions == ["orders.api.yaml:15:24"] * 2
    html = report.html()
    assert html.count('title="StringEquals aws:UserAgent: ') == 1
    text = "".join(read(report).texts)
    for label in ("Allow statement 0", "Deny statement 1"):
        assert f"{label}: StringEquals aws:UserAgent: never the only thing that stopped it" in text


def test_of_a_large_file_around_no_statements_nothing_is_shown() -> None:
    coverage = StatementCoverage()
    coverage.add_policies(Policy.parse('{"Statement": []}' + "\n" * 40, kind="identity", name="large.json"))
    coverage.add_policies(Policy.parse('{"Statement": []}', kind="identity", name="small.json"))
    coverage.add_policies(Policy.parse(policy(allow()), kind="identity", name="z"))
    assert read(coverage.report()).cells.count('{"Statement": []}') == 1


def test_no_statements_are_no_full_coverage() -> None:
    report = StatementCoverage().report()
    reader = read(report)
    assert "no statements: no policy applies to the cases" in reader.texts
    assert "Statement coverage: no statements" in reader.texts
