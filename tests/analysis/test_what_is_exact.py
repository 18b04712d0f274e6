"""Counts how many generated pairs and proofs are decided, and why the others are UNKNOWN, for docs/analysis.md (ANA-1).

The table of the page is written by ``make docs``, which sets EXECPOLICY_WRITE_DOCS.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from execpolicy import Policy
from execpolicy.analysis.access import Access
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.analysis.proof import Proof, ProofVerdict
from execpolicy.analysis.prove import prove
from execpolicy.analysis.who import who
from execpolicy.literals import PolicyKindName
from tests.analysis import host_pairs as hosts
from tests.analysis import test_variables as variables
from tests.analysis.alphabet import CALLERS, OUTSIDE
from tests.analysis.api_pairs import api_parts, api_words, changed_api
from tests.analysis.caller_pairs import changed_layers, layers, parsed
from tests.analysis.calls import test_sockets as sockets
from tests.analysis.claims import claim
from tests.analysis.given_callers import ASKED, given_callers
from tests.analysis.policy_pairs import Document, pair, words
from tests.unknown_policies import policy_with_unknown

PAGE = Path(__file__).parents[2] / "docs" / "analysis.md"
BEGIN = "<!-- Counted by tests/analysis/test_what_is_exact.py; make docs writes this table. -->"
END = "<!-- The end of the counted table. -->"
#: How many pairs of each kind are drawn.
POLICIES, WITH_VARIABLES, WITH_UNKNOWN, LAYERS, APIS = 600, 120, 100, 120, 60
KINDS: tuple[PolicyKindName, ...] = (
    *("resource", "resource", "resource"),
    *("identity", "vpc_endpoint", "scp", "boundary", "session"),
)
PLAIN, IF_EXISTS, SETS = "plain operators", "`IfExists`", "`ForAllValues`, `ForAnyValue`"
NEGATED = "NotPrincipal, NotAction, NotResource"
RELATED = "variables that are pinned, equal, or a prefix"
OTHER_VARIABLES, TOKENS = "other variables", "values that are not known"
CALLER_LAYERS, COMPARED_APIS, PROVEN_APIS = "callers with all layers", "versions of APIs", "invariants of APIs"
WHO, PROVEN_OF_CALLERS, WHO_OF_CALLERS = "`who` of APIs", "invariants of given callers", "`who` of given callers"
HOSTS, SOCKETS = "versions of APIs with other stages, hosts or base paths", "versions of WebSocket APIs"
CONTENTS = (
    *(PLAIN, IF_EXISTS, SETS, NEGATED, CALLER_LAYERS, COMPARED_APIS, PROVEN_APIS, WHO),
    *(PROVEN_OF_CALLERS, WHO_OF_CALLERS, HOSTS, SOCKETS),
    *(RELATED, OTHER_VARIABLES, TOKENS),
)
#: What may be UNKNOWN.
NOT_ALWAYS_DECIDED = (RELATED, OTHER_VARIABLES, TOKENS, HOSTS, SOCKETS)
#: What a reason is about, by the texts that name it; each reason is about one.
REASONS = {
    "a value that is not known": re.compile("unknown value|is not known|depends on what is not known"),
    "a variable": re.compile(r"\$\{|has values with|depends on other keys|a variable before"),
    "another family of operators": re.compile("which .* does not compare|compares something else|compares the text of"),
    "a custom domain that is not described": re.compile("^a custom domain that is not described may lead to "),
    "the case of letters": re.compile("ignores the case|in too many ways"),
    "the budget": re.compile("^the budget of "),
    "an API key that is not described": re.compile("requires an API key, and none is described"),
    "no confirmed request": re.compile("^none of the requests that were tried is confirmed"),
}


class Answer(NamedTuple):
    """What was analysed, whether it is decided, and the reasons if it is not."""

    contents: tuple[str, ...]
    decided: bool
    reasons: tuple[str, ...]


def of_comparison(contents: Iterable[str], found: Comparison) -> Answer:
    decided = found.verdict is not ComparisonVerdict.UNKNOWN
    return Answer(tuple(contents), decided, () if decided else found.unknown)


def of_proof(content: str, found: Proof) -> Answer:
    decided = found.verdict is not ProofVerdict.UNKNOWN
    return Answer((content,), decided, () if decided else (found.reason,))


def of_access(content: str, found: Access) -> Answer:
    decided = not found.unknown and found.anonymous is not None
    return Answer((content,), decided, found.unknown)


def kind_of_reason(reason: str) -> str:
    """What a reason is about."""
    return next(kind for kind, pattern in REASONS.items() if pattern.search(reason))


def contents_of(*documents: Document) -> list[str]:
    """The kinds of content that policies without variables have."""
    text = json.dumps(documents)
    named = {
        IF_EXISTS: "IfExists" in text,
        SETS: "ForAllValues" in text or "ForAnyValue" in text,
        NEGATED: '"NotPrincipal"' in text or '"NotAction"' in text or '"NotResource"' in text,
    }
    return [kind for kind, is_there in named.items() if is_there] or [PLAIN]


def policies() -> Iterator[Answer]:
    for seed in range(POLICIES):
        random = Random(seed)
        kind = random.choice(KINDS)
        documents = pair(random, words(random, kind))
        before, after = (Policy.parse(each, kind=kind, name="p") for each in documents)
        yield of_comparison(contents_of(*documents), compare(before, after))


def with_variables() -> Iterator[Answer]:
    """Pairs of policies with variables: as many of which the values say the relation as others."""
    kinds: tuple[PolicyKindName, ...] = ("resource", "resource", "identity", "scp")
    counted: Counter[str] = Counter()
    for seed in count():
        random = Random(seed)
        kind = random.choice(kinds)
        documents = variables.pair(random, kind)
        found = [each for document in documents for statement in document["Statement"] for each in relations(statement)]
        content = RELATED if all(found) else OTHER_VARIABLES
        if not found or counted[content] == WITH_VARIABLES:
            continue
        before, after = (Policy.parse(each, kind=kind, name="p") for each in documents)
        yield of_comparison([content], compare(before, after))
        counted[content] += 1
        if counted[RELATED] == counted[OTHER_VARIABLES] == WITH_VARIABLES:
            return


def relations(statement: dict[str, Any]) -> Iterator[bool]:
    """Of each value with variables, whether the policy says how the values of its keys relate to it."""
    denies = statement["Effect"] == "Deny"
    equal = statement.get("Condition", {}).get("StringEquals", {})
    pinned = {key.lower() for key, values in equal.items() if not set("$*?") & {*"".join(values)}}
    for element in ("Resource", "NotResource"):
        for value in statement.get(element, ()):
            if "${" in value:
                is_pinned = {key.lower() for key in variables.VARIABLE.findall(value)} <= pinned
                yield is_pinned or determines(value.partition(":/")[2] or value.partition("/")[2], denies=denies)
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            for value in values:
                if "${" in value:
                    plain = operator.removesuffix("IfExists") in ("StringEquals", "StringNotEquals")
                    yield plain and key != "app:name" and determines(value, denies=False)


def determines(text: str, *, denies: bool) -> bool:
    """Whether a text has one variable of a known key, and either no wildcard, or one behind a name of IAM."""
    found = re.fullmatch(r"[^$]*?([^$*?]*)\$\{(aws:[^},]+)(?:, '[^'*]*')?\}([^$]*)", text)
    if found is None:
        return False
    is_name, after = found[2].lower() == "aws:username", found[3]
    if is_name and (not after or after.startswith("/")):
        return found[1].endswith("/") or not set("*?") & {*text[: found.start(2)]}
    return not denies and not set("*?") & {*text}


def with_unknown_values() -> Iterator[Answer]:
    """Pairs in which one value stands for any."""
    for seed in range(WITH_UNKNOWN):
        random = Random(seed)
        documents = pair(random, words(random, "resource"))
        text = json.dumps(documents)
        values = sorted({*re.findall(r'"(arn:aws:execute-api:[^"]*|[^"]*\d/\d+|r[^" ]?d|curl)"', text)})
        if values:
            before, after = json.loads(text.replace(json.dumps(random.choice(values)), '"<<Value>>"'))
            yield of_comparison([TOKENS], compare(policy_with_unknown(before), policy_with_unknown(after)))


def callers_with_layers() -> Iterator[Answer]:
    for seed in range(LAYERS):
        random = Random(seed)
        who, shared = random.choice((*CALLERS, *OUTSIDE)).principal, words(random)
        old = layers(random, who, shared)
        new = changed_layers(random, old, shared)
        yield of_comparison([CALLER_LAYERS], compare(parsed(who, old), parsed(who, new)))


def apis() -> Iterator[Answer]:
    for seed in range(APIS):
        random = Random(seed)
        of = api_words(random)
        old = api_parts(random, of)
        api = old.api()
        yield of_comparison([COMPARED_APIS], compare(api, changed_api(random, old, of).api()))
        yield of_proof(PROVEN_APIS, prove(claim(random).text, api))


def access() -> Iterator[Answer]:
    """Who gets through, if there may be any caller, and the same and invariants if all callers are given."""
    for seed in range(APIS):
        random = Random(seed)
        of = api_words(random)
        api, callers, asked = api_parts(random, of).api(), given_callers(random, of), random.choice(ASKED)
        yield of_access(WHO, who(api, *asked))
        yield of_access(WHO_OF_CALLERS, who(api, *asked, callers=callers))
        yield of_proof(PROVEN_OF_CALLERS, prove(claim(random).text, api, callers=callers))


def apis_with_hosts() -> Iterator[Answer]:
    for seed in range(APIS):
        random = Random(seed)
        parts = hosts.api_parts(random, random.choice(("REST", "HTTP")))
        versions = (hosts.api_of(each) for each in (parts, hosts.changed_parts(random, parts)))
        yield of_comparison([HOSTS], compare(*versions))
        old, new = (random.choice(sockets.PARTS).api() for _ in range(2))
        yield of_comparison([SOCKETS], compare(old, new))


def answers() -> tuple[Answer, ...]:
    of_apis = (*apis(), *access(), *apis_with_hosts())
    return (*policies(), *with_variables(), *with_unknown_values(), *callers_with_layers(), *of_apis)


def table(found: Iterable[Answer]) -> str:
    """The number of decided pairs by content, and what the reasons of the others are about."""
    by_content: dict[str, list[Answer]] = {content: [] for content in CONTENTS}
    for answer in found:
        for content in answer.contents:
            by_content[content].append(answer)
    lines = ["| content | analysed | decided | UNKNOWN, by what a reason is about |", "|---|--:|--:|---|"]
    for content, each in by_content.items():
        decided = sum(answer.decided for answer in each)
        lines.append(f"| {content} | {len(each)} | {decided} ({share(decided, len(each))}) | {reasons_of(each)} |")
    return "\n".join(lines)


def share(part: int, whole: int) -> str:
    """A part in percent, rounded down to a tenth."""
    tenths = part * 1000 // whole
    return "100 %" if tenths == 1000 else f"{tenths // 10}.{tenths % 10} %"


def reasons_of(found: Iterable[Answer]) -> str:
    counted = Counter(kind for each in found for kind in {*map(kind_of_reason, each.reasons)})
    return ", ".join(
        f"{kind}: {count}" for kind, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    )


def with_table(page: str, counted: str) -> str:
    """The page with a table between the marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"docs/analysis.md has no line {BEGIN}"
    assert end, f"docs/analysis.md has no line {END}"
    return f"{before}{BEGIN}\n\n{counted}\n\n{END}{after}"


@pytest.mark.rule("ANA-1")
def test_what_is_written_into_the_page_about_what_is_exact() -> None:
    page, found = PAGE.read_text("utf-8"), answers()
    expected = with_table(page, table(found))
    if "EXECPOLICY_WRITE_DOCS" in os.environ:
        PAGE.write_text(expected, "utf-8")
        page = expected
    undecided = [each for each in found if not each.decided]
    assert [each for each in undecided if not {*each.contents} <= {*NOT_ALWAYS_DECIDED}] == []
    assert all(each.reasons for each in undecided)
    by_host = [kind_of_reason(each) for one in undecided if {*one.contents} <= {HOSTS, SOCKETS} for each in one.reasons]
    assert {*by_host} <= {"a custom domain that is not described"}
    assert page == expected, "docs/analysis.md is stale: run make docs"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Resource *: Resource has ${aws:username}, at p: Statement[0]", "a variable"),
        ("Resource *: Resource has the unknown value the parameter Value, at p: 3:7", "a value that is not known"),
        ("the budget of 10 steps is used up while searching for a request", "the budget"),
        ("none of the requests that were tried is confirmed by the simulation", "no confirmed request"),
        ("StringEquals x: aws:CurrentTime: StringEquals compares the text of it", "another family of operators"),
    ],
)
def test_a_reason_has_one_kind(reason: str, kind: str) -> None:
    assert kind_of_reason(reason) == kind


def test_a_reason_of_no_kind_is_an_error() -> None:
    with pytest.raises(StopIteration):
        kind_of_reason("something else")


def test_a_pair_counts_for_each_of_its_contents_and_a_share_is_rounded_down() -> None:
    found = [Answer(CONTENTS, decided=True, reasons=()) for _ in range(1999)]
    lines = table([*found, Answer((PLAIN, SETS), decided=False, reasons=("the budget of 1 steps is",))]).splitlines()
    assert lines[2] == f"| {PLAIN} | 2000 | 1999 (99.9 %) | the budget: 1 |"
    assert lines[3] == f"| {IF_EXISTS} | 1999 | 1999 (100 %) |  |"
    assert lines[4] == f"| {SETS} | 2000 | 1999 (99.9 %) | the budget: 1 |"


@pytest.mark.parametrize(
    ("text", "denies", "expected"),
    [
        ("prod/GET/${aws:username}", True, True),
        ("prod/GET/${aws:username}/*", True, True),
        ("*/GET/${aws:username}", False, True),
        ("prod/GET/${aws:username}*", False, False),
        ("prod/GET/${aws:UserAgent}/x", False, True),
        ("prod/GET/${aws:UserAgent}/x", True, False),
        ("prod/GET/${aws:UserAgent}/*", False, False),
        ("prod/GET/${aws:username}/${aws:UserAgent}", False, False),
        ("prod/GET/${app:name}", False, False),
    ],
)
def test_which_variables_determine_the_value_of_their_key(text: str, denies: bool, expected: bool) -> None:
    assert determines(text, denies=denies) is expected
