"""The page of a rule of the linter, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.linter.rule import FixSafety, Rule, RuleExample

REPOSITORY: Final = "https://github.com/execpolicy/execpolicy"
#: The examples of quotas are longer: their beginning is enough.
_LONGEST = 1000


def rule_address(rule: Rule) -> str:
    """The address of the page of a rule."""
    return f"{REPOSITORY}/blob/main/docs/{rule.page}"


#: What the options of ``execpolicy lint`` do about the findings of a rule.
_OPTIONS: Final = {
    FixSafety.NONE: "",
    FixSafety.SAFE: " `--fix` does this where it can; the decisions of the document stay the same.",
    FixSafety.UNSAFE: " `--fix=unsafe` does this where there is one answer; the decisions of the document can change.",
}


def rule_page(rule: Rule) -> str:
    """The page of a rule: what it finds, why that matters, how to mend it, and two examples."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield f"# {rule.id}: {rule.name}"
    yield ""
    yield rule.title
    yield ""
    yield "| severity | fix | issue code of IAM Access Analyzer | rules | since |"
    yield "|---|---|---|---|---|"
    code = f"`{rule.issue_code}`" if rule.issue_code else "none"
    rules = ", ".join(rule.semantics) or "none"
    yield f"| {rule.severity} | {rule.fix_safety} | {code} | {rules} | {rule.since} |"
    yield ""
    yield "## Why"
    yield ""
    yield rule.why
    yield ""
    yield "## How to mend it"
    yield ""
    yield f"{rule.fix[0].upper()}{rule.fix[1:]}.{_OPTIONS[rule.fix_safety]}"
    yield ""
    yield "## Found"
    yield ""
    yield from _example(rule.bad)
    yield ""
    yield "## Not found"
    yield ""
    yield from _example(rule.good)


def _example(example: RuleExample) -> Iterator[str]:
    what = f"A policy of the kind `{example.kind}`" if example.kind else "An API file"
    yield f"{what}:"
    yield ""
    yield "```json" if example.text.lstrip().startswith("{") else "```yaml"
    text = example.text.rstrip("\n")
    yield text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… and so on, {len(text)} characters"
    yield "```"
