"""Fixes of generated documents: each does what it promises, and safe ones keep all decisions."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from execpolicy import Caller, Policy, Request, Target, authorize
from execpolicy.document.kinds import PolicyKind
from execpolicy.errors import ExecPolicyError, RequestError
from execpolicy.linter.fixes.fixing import is_fixable
from execpolicy.linter.run import lint_text
from execpolicy.linter.severity import Severity
from execpolicy.testing import strategies
from tests.linter.faulty import Faulty, faulty_texts
from tests.linter.fixes import fixed


def numbers_of(text: str, faulty: Faulty) -> dict[str, int]:
    """The number of findings of each rule that is not about suggestions only."""
    numbers: dict[str, int] = {}
    for finding in lint_text(text, faulty.name, kind=faulty.kind):
        if finding.severity.is_at_least(Severity.WARNING):
            numbers[finding.rule.id] = numbers.get(finding.rule.id, 0) + 1
    return numbers


@given(faulty_texts(), st.booleans())
def test_a_fixed_text_has_fewer_findings_and_stays_as_it_is(faulty: Faulty, unsafe: bool) -> None:
    result = fixed(faulty.text, faulty.name, kind=faulty.kind, unsafe=unsafe)
    assert [each for each in result.left_out if each.is_internal] == []
    before, after = numbers_of(faulty.text, faulty), numbers_of(result.text, faulty)
    loads = not any(rule < "EP-DOC-040" and rule.startswith("EP-DOC") for rule in before)
    assert not loads or all(number <= before.get(rule, 0) for rule, number in after.items())
    left = {each.finding.rule.id for each in result.left_out}
    assert {each.rule.id for each in result.findings if is_fixable(each, unsafe=unsafe)} <= left
    again = fixed(result.text, faulty.name, kind=faulty.kind, unsafe=unsafe)
    assert (again.text, again.fixed) == (result.text, ())
    # What stands between values stays: comments, and the ends of lines.
    assert set(re.findall("#.*", result.text)) <= set(re.findall("#.*", faulty.text))
    assert ("\r\n" in result.text) is ("\r\n" in faulty.text)
    assert result.text.count("\n") - result.text.count("\r\n") in (
        0 if "\r\n" in faulty.text else result.text.count("\n"),
    )


def policy_of(text: str, faulty: Faulty) -> Policy | None:
    try:
        return Policy.from_file_text(text, kind=faulty.kind, name=faulty.name)
    except ExecPolicyError:
        return None


ALLOW_ALL = Policy.parse(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity"
)


def sides(policy: Policy, principal: str, *, allowed: bool) -> tuple[Caller, Target]:
    """A caller and a target that a policy decides about; ``allowed`` gives the caller an Allow, so that Denies show."""
    others = [ALLOW_ALL] if allowed else []
    if policy.kind is PolicyKind.IDENTITY:
        return Caller(principal, identity=[policy, *others]), Target()
    if policy.kind is PolicyKind.VPC_ENDPOINT:
        return Caller(principal, identity=others), Target(vpc_endpoint=policy)
    return Caller(principal, identity=others), Target(resource=policy)


def outcome(request: Request, caller: Caller, target: Target) -> object:
    """The outcome of a request; the error for one whose context has a value that cannot be read."""
    same = Request(caller=caller, action=request.action, resource=request.resource, context=request.context)
    try:
        return authorize(same, target=target).outcome
    except RequestError as error:
        return error.message


PRINCIPALS = (
    "arn:aws:sts::111122223333:assumed-role/app/ann",
    "arn:aws:iam::111122223333:role/Clerk",
    "arn:aws:iam::111122223333:user/Ann",
)


@given(st.data(), faulty_texts(called=True), st.sampled_from(PRINCIPALS), st.booleans())
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_safe_fixes_keep_all_decisions(data: st.DataObject, faulty: Faulty, principal: str, allowed: bool) -> None:
    result = fixed(faulty.text, faulty.name, kind=faulty.kind, unsafe=False)
    assume(result.fixed)
    before, after = policy_of(faulty.text, faulty), policy_of(result.text, faulty)
    assert before is not None
    assert after is not None
    original, changed = (sides(each, principal, allowed=allowed) for each in (before, after))
    near = strategies.requests_near(*original) | strategies.requests_near(*changed)
    for request in data.draw(st.lists(near, min_size=1, max_size=8)):
        assert outcome(request, *original) == outcome(request, *changed)
