"""Sound documents have no finding above a suggestion."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from execpolicy import ExecPolicyError, Policy
from execpolicy.document.kinds import PolicyKind
from execpolicy.linter.catalogue import RULES, selected
from execpolicy.linter.run import lint, lint_file
from execpolicy.linter.severity import Severity
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions
from tests.conformance.test_conformance import CALLS, CASES

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.suffix in {".json", ".yaml", ".yml"})
SOUND = sorted(path for path in (Path(__file__).parent / "sound").iterdir() if path.suffix != ".md")
#: Contexts, answers of authorizers and case files.
NO_DOCUMENTS = {
    "context.json",
    "denies-everything.json",
    "reads-order-9.json",
    "near-misses.execpolicy.yaml",
    "orders.execpolicy.yaml",
}
#: The identity policy of the foundation allows by an address inside of a VPC, and names no VPC; the API of the gateway
#: example shows an Allow that lets calls pass which its authorizer does not allow (GW-17).
FAULTS = {"foundation/identity.json": {"EP-CND-023"}, "gateway/orders.api.yaml": {"EP-API-003"}}
#: What these case files of the conformance suite hold on purpose: they say how such documents are evaluated.
ON_PURPOSE = {
    "assumed-keys-and-values": "EP-CND-021,EP-CND-022,EP-CND-065,EP-CND-066",
    "context-keys": "EP-DOC-063,EP-CND-003,EP-CND-022,EP-CND-023,EP-CND-024,EP-CND-048",
    "cross-account": "EP-DOC-052",
    "endpoint": "EP-DOC-040",
    "gateway-lambda": "EP-DOC-041",
    "gateway-none": "EP-CND-022",
    "gateway-private": "EP-DOC-041,EP-CND-043",
    "gateway-scenarios": "EP-ARN-006",
    "gateway-step-functions": "EP-DOC-063",
    "multivalued": "EP-CND-010,EP-CND-020,EP-CND-022,EP-CND-063,EP-CND-084",
    "null": "EP-CND-065",
    "not-principal": "EP-DOC-061,EP-DOC-062,EP-DOC-063",
    "operators-arn": "EP-CND-025,EP-CND-048",
    "operators-bool-binary": "EP-CND-024,EP-CND-049,EP-CND-065",
    "operators-date": "EP-CND-050,EP-CND-081",
    "operators-ip": "EP-CND-023,EP-CND-052",
    "operators-numeric": "EP-CND-024",
    "operators-string": "EP-CND-021,EP-CND-022,EP-CND-025,EP-CND-040,EP-CND-048,EP-CND-066",
    "organizations": "EP-DOC-053,EP-DOC-063",
    "peers": "EP-CND-081,EP-DOC-055",
    "principals": "EP-DOC-061,EP-DOC-062,EP-DOC-063",
    "resources": "EP-ARN",
    "same-account": "EP-DOC-041,EP-CND-024",
    "session-and-boundary": "EP-ARN-004",
    "several-policies": "EP-DOC-063",
    "short-form": "EP-ARN-008,EP-ARN-009,EP-DOC-053",
    "special-callers": "EP-DOC-063",
    "unknown-keys": "EP-CND-022",
    "variables": "EP-ARN,EP-CND-022,EP-DOC-040,EP-DOC-055",
}


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_what_a_careful_engineer_writes(path: Path) -> None:
    kind = path.stem.partition(".")[2].replace("-", "_")
    options = ReadOptions(account="111122223333") if kind == "openapi" else NOTHING_GIVEN
    found = lint_file(path, rules=[*RULES], kind=PolicyKind(kind) if kind in {*PolicyKind} else None, options=options)
    assert [str(finding) for finding in found if finding.severity is not Severity.SUGGESTION] == []


def test_the_sound_documents_are_of_all_kinds_and_formats() -> None:
    kinds = Counter(path.stem.partition(".")[2].replace("-", "_") for path in SOUND)
    policies = {*PolicyKind} - {PolicyKind.AUTHORIZER, PolicyKind.DOMAIN_NAME}
    assert {*kinds} == {*map(str, policies), "api", "template", "sam", "openapi", "swagger"}
    assert sum(number for kind, number in kinds.items() if kind in policies) == 60
    assert kinds.total() == 85


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_examples(path: Path) -> None:
    if path.name in NO_DOCUMENTS:
        with pytest.raises(ExecPolicyError, match="is of no known kind"):
            lint_file(path)
        return
    found = [each for each in lint_file(path) if each.severity is not Severity.SUGGESTION]
    assert {finding.rule.id for finding in found} == FAULTS.get(path.relative_to(EXAMPLES).as_posix(), set()), found


def policies() -> Iterator[tuple[str, Policy]]:
    """The policies of every case and call of the conformance suite that is allowed, by the name of the file."""
    for stem, case in CASES:
        if case.expected.outcome == "allow" and case.request is not None:
            caller, target = case.request.caller, case.target
            single = (caller.boundary, target.resource, target.vpc_endpoint)
            lists = (caller.identity, caller.session, *caller.scps, *target.rcps)
            yield from ((stem, each) for each in single if each is not None)
            yield from ((stem, each) for some in lists for each in some)
    for stem, call in CALLS:
        if call.expected.status == 200 and call.api is not None and call.api.resource_policy is not None:
            yield stem, call.api.resource_policy


def test_policies_of_the_conformance_suite_that_allow() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    seen = {*policies()}
    for stem, policy in seen:
        for finding in lint(policy):
            if finding.severity is not Severity.SUGGESTION and finding.rule.id not in selected(ON_PURPOSE.get(stem)):
                found[stem].add(str(finding))
    assert len(seen) > 300
    assert found == {}
