"""Another policy takes the place of one wherever an item holds it, and nowhere else."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from execpolicy import Policy
from execpolicy.document.kinds import PolicyKind
from execpolicy.testing import Item, load_cases, parse_cases, run_item
from execpolicy.testing.mutation.documents import held_policies, shared_documents
from execpolicy.testing.mutation.replaced_policies import ReplacedPolicies
from tests.testing.mutation.sample import SAMPLE

CONFORMANCE = Path(__file__).parents[2] / "conformance"
#: Together they hold policies of every kind, in requests, calls and sequences.
FILES = ("organizations", "session-and-boundary", "endpoint", "gateway-domains", "gateway-private", "gateway-cache")


def items_of(name: str) -> tuple[Item, ...]:
    return load_cases(CONFORMANCE / f"{name}.json").items


def other(policy: Policy) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": []}, kind=policy.kind, name=f"other {policy.name}")


@pytest.mark.parametrize("name", FILES)
def test_every_policy_of_an_item_can_be_exchanged(name: str) -> None:
    for item in items_of(name):
        held = list(held_policies(item))
        for policy in {id(each): each for each in held}.values():
            new = other(policy)
            changed = list(held_policies(ReplacedPolicies({id(policy): new}).item(item)))
            assert [each is new for each in changed] == [each is policy for each in held]
            assert [each for each in changed if each is not new] == [each for each in held if each is not policy]


def test_the_files_hold_every_kind_of_policy() -> None:
    kinds = {policy.kind for name in FILES for item in items_of(name) for policy in held_policies(item)}
    assert kinds == set(PolicyKind) - {PolicyKind.AUTHORIZER}


@pytest.mark.parametrize("name", FILES)
def test_an_item_made_again_comes_out_the_same(name: str) -> None:
    for item in items_of(name):
        twins = {id(policy): pickle.loads(pickle.dumps(policy)) for policy in held_policies(item)}
        changed = ReplacedPolicies(twins).item(item)
        assert run_item(changed).passed
        assert run_item(changed).found == run_item(item).found
        assert (changed.name, changed.place, changed.rules, changed.why) == (
            item.name,
            item.place,
            item.rules,
            item.why,
        )


def test_an_item_without_policies_stays_as_it_is() -> None:
    (item,) = parse_cases(
        '{"schema": "execpolicy/cases/1", "title": "Documents", "documents": [{"name": "a", "kind": "scp", '
        '"document": {"Version": "2012-10-17", "Statement": []}, "expect": "loads"}]}'
    ).items
    assert ReplacedPolicies({}).item(item) is item
    assert list(held_policies(item)) == []


def test_a_document_that_is_used_as_two_kinds_is_one() -> None:
    text = SAMPLE.replace('"identity": ["reads"]', '"identity": ["reads"], "boundary": "reads"')
    reads, gate = shared_documents(parse_cases(text).items)
    assert [policy.kind.value for policy in reads.policies] == ["identity", "boundary"]
    assert [policy.kind.value for policy in gate.policies] == ["resource"]
    assert (reads.items, gate.items) == ((0, 1, 2, 3, 4), (3, 4))
