"""Each suggestion for a generated refusal is compared, as text, with the policy before it, over all requests.

The comparison is another one than the proof of the suggestion: ``compare`` of the two policies, to both of which a Deny
of the described requests is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from execpolicy import Caller, Decision, Policy, Request, RequestError, Suggestion, Target, authorize, compare
from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.model import Statement
from execpolicy.engine.layers import Outcome
from execpolicy.suggestions.suggest import suggested_changes
from tests.analysis.alphabet import CALLERS, OUTSIDE, enumerated, small_world
from tests.analysis.caller_pairs import layers
from tests.analysis.policy_pairs import Document, Words, document, words
from tests.examples import LONG
from tests.suggestions.asked_policies import of, parsed, read_again, replaced
from tests.suggestions.written_documents import written

GENERATED = settings(
    max_examples=LONG if settings().max_examples == LONG else max(12, settings().max_examples // 8),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.large_base_example],
)
DENIED = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)


def rcp(random: Random, shared: Words) -> Document:
    """A resource control policy: its statements deny everybody some actions of the service."""
    statements = document(random, shared._replace(kind="scp"), most=2)["Statement"]
    made = []
    for each in statements:
        rest = {name: value for name, value in each.items() if name not in ("Effect", "Action", "NotAction")}
        made.append({"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", **rest})
    return {"Version": "2012-10-17", "Statement": made}


def refused(random: Random, requests: Iterable[Request], target: Target) -> Decision | None:
    """The decision on one of some requests that is denied; None if there is none among the first ones."""
    for request in requests:
        try:
            found = authorize(request, target)
        except RequestError:  # CND-15: the outcome depends on a value that cannot be read
            continue
        if found.outcome in DENIED:
            return found
    return None


def guarded(policy: Policy, described: Iterable[Statement]) -> Policy:
    """A policy with a Deny of the described requests."""
    given = policy.to_document()
    statements = given["Statement"] if isinstance(given["Statement"], list) else [given["Statement"]]
    added = [denying(each, policy.kind) for each in described]
    return Policy.parse({**given, "Statement": [*statements, *added]}, kind=policy.kind, name=policy.name)


def denying(statement: Statement, kind: PolicyKind) -> dict[str, Any]:
    """The document of a Deny of the requests that a statement applies to."""
    made: dict[str, Any] = {"Effect": "Deny"}
    if statement.principal is not None:
        entries: dict[str, list[str]] = {}
        for entry in statement.principal.entries:
            entries.setdefault(entry.type, []).append(entry.text.value)
        made[statement.principal.name] = "*" if "*" in entries else entries
    elif ELEMENT_RULES[kind].principal:
        made["Principal"] = "*"
    for element in (statement.action, statement.resource):
        made[element.name] = [value.value for value in element.values]
    block: dict[str, dict[str, list[str]]] = {}
    for each in statement.conditions:
        keys = block.setdefault(str(each.operator), {})
        # The added condition is the last one. Where the key is tested before it by the same operator, it is narrower:
        # the Deny applied to the request, which has that value.
        spelled = next((name for name in keys if name.lower() == each.key.value.lower()), each.key.value)
        keys[spelled] = [value.value for value in each.values]
    return {**made, "Condition": block} if block else made


def check(suggestion: Suggestion, denied: Decision, caller: Caller, target: Target) -> None:
    """The changed texts let the request through, and let in only what they say."""
    changed = read_again(suggestion)
    other, changed_target = replaced(caller, target, changed)
    assert authorize(of(other, denied.request), changed_target).allowed
    for before, after in changed.items():
        described = [each.statement.statement for each in suggestion.changes if each.policy is before]
        assert described
        rest = compare(guarded(before, described), guarded(after, described))
        # A variable in an Allow and in a Deny is not the same clause: what is not known of them is read in two ways.
        has_variable = before.source is not None and "${" in before.source.text
        assert rest.verdict.value == "equal" or (has_variable and rest.verdict.value == "unknown"), rest.unknown
        assert not compare(before, after).newly_denied


@GENERATED
@given(st.randoms(use_true_random=False))
def test_a_suggestion_lets_in_only_what_it_says(random: Random) -> None:
    who = random.choice((*CALLERS, *OUTSIDE)).principal
    shared = words(random, rare=True)
    documents = layers(random, who, shared)
    caller, target = parsed(random, who, documents)
    if random.randrange(4) == 0:
        text, ending = written(random, rcp(random, shared))
        level = [Policy.from_file_text(text, kind="rcp", name=f"rcp.{ending}")]
        target = Target(
            resource=target.resource, vpc_endpoint=target.vpc_endpoint, rcps=[level], rcps_cover_execute_api=True
        )
    requests = [*islice(enumerated(small_world(random, shared.keys, shared.resources, callers=[caller])), 400)]
    random.shuffle(requests)
    denied = refused(random, requests[:20], target)
    assume(denied is not None)
    assert denied is not None
    found = suggested_changes(denied)
    assert found.suggestions or found.instead, "where nothing helps, it is said why"
    for each in found.suggestions:
        check(each, denied, caller, target)
