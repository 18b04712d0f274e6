"""An ignore leaves out the findings of its rule on its line, and no others: on generated policies in YAML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import yaml
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.kinds import PolicyKind
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.file_text import FileText
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores.apply import judge
from execpolicy.linter.run import check_file
from execpolicy.testing import strategies
from tests.document.syntax.test_yaml_comments import skipped

FAULTS = ("/prod/get/orders", "/prod/GET/{id}", "//", "/*/GET/*", "arn:aws:execute-api:*:*:*")
KINDS = st.sampled_from([PolicyKind.RESOURCE, PolicyKind.IDENTITY])


def shown(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    return sorted((each.rule.id, each.path, each.message) for each in findings)


@given(st.data(), KINDS, st.booleans())
def test_an_ignore_is_about_one_rule_on_one_line(data: st.DataObject, kind: PolicyKind, is_above: bool) -> None:
    document = data.draw(strategies.documents(kind))
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for statement in statements:
        statement.pop("NotResource", None)
        faults = st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3, unique=True)
        statement["Resource"] = [f"execute-api:{each}" for each in data.draw(faults)]
    lines = yaml.safe_dump(document, width=10**6).split("\n")
    before = check_file(FileText("\n".join(lines), "policy.yaml"), kind=kind).findings
    on_lines = [each for each in before if each.span is not None and not each.rule.id.startswith("EP-DOC-0")]
    if not on_lines:
        return
    ignored = data.draw(st.sampled_from(on_lines))
    assert ignored.span is not None
    at = ignored.span.line - 1
    comment = f"# execpolicy: ignore[{ignored.rule.id}] it is meant"
    changed = (
        [*lines[:at], comment, *lines[at:]] if is_above else [*lines[:at], f"{lines[at]} {comment}", *lines[at + 1 :]]
    )
    text = "\n".join(changed)
    if comment not in (skipped(text) or ()):  # inside of a scalar of several lines
        return
    judged = judge([check_file(FileText(text, "policy.yaml"), kind=kind)], chosen=RULES, day=date(2027, 1, 31))
    kept = [each for each in before if each.rule != ignored.rule or each.span is None or each.span.line != at + 1]
    assert shown(judged.shown) == shown(kept)
    assert len(judged.suppressed) == len(before) - len(kept) > 0
