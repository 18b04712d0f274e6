"""The laws that every combination of policies obeys, by the names they have in proofs (EVL-12)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.examples import of_quick
from tests.model.evaluator import Document, World
from tests.properties.worlds import IAM_KINDS, Scene, documents, outcome, worlds

LAWS = of_quick(75)
DENIALS = ("explicit_deny", "implicit_deny")
#: Outcomes from the strictest to the most open; what is not known may be either.
RANK = {"explicit_deny": 0, "implicit_deny": 1, "allow": 2}

DENY_ALL: Document = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}


def own_statements(document: Document) -> list[Document]:
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def with_statements(document: Document, statements: list[Document]) -> Document:
    return {**document, "Statement": statements}


def scene_of(world: World) -> Scene:
    return Scene(world.principal, world.action, world.resource, [*world.context, "aws:SourceIp"])


def with_listed_scalars(value: Any) -> Any:
    """Every scalar of Action, Resource, principals and condition values as a list of one."""
    return value if isinstance(value, list) else [value]


@pytest.mark.rule("EVL-12")
@LAWS
@given(worlds(), st.randoms(use_true_random=False))
def test_order_and_duplicates_are_irrelevant(world: World, random: Any) -> None:
    def shuffled(document: Document | None) -> Document | None:
        if document is None:
            return None
        statements = own_statements(document)
        more = [*statements, *random.sample(statements, random.randint(0, len(statements)))]
        random.shuffle(more)
        return with_statements(document, more)

    identity = [shuffled(document) or document for document in [*world.identity, *world.identity]]
    random.shuffle(identity)
    other = world._replace(
        identity=identity,
        boundary=shuffled(world.boundary),
        resource_policy=shuffled(world.resource_policy),
        vpc_endpoint=shuffled(world.vpc_endpoint),
    )
    assert outcome(other) == outcome(world)


@pytest.mark.rule("EVL-12", "EVL-1")
@LAWS
@given(worlds(), st.data())
def test_a_deny_added_never_turns_a_deny_into_an_allow(world: World, data: st.DataObject) -> None:
    before = outcome(world)
    has_identity = world.principal.kind in IAM_KINDS and not world.principal.acts_as_root()
    kind = data.draw(st.sampled_from(["resource", "identity"] if has_identity else ["resource"]))
    added = data.draw(documents(kind, scene_of(world)))
    denies = [{**statement, "Effect": "Deny"} for statement in own_statements(added)]
    if kind == "identity":
        after = outcome(world._replace(identity=[*world.identity, with_statements(added, denies)]))
    else:
        present = world.resource_policy or added
        more = with_statements(present, [*own_statements(world.resource_policy or {"Statement": []}), *denies])
        after = outcome(world._replace(resource_policy=more))
    if before in DENIALS:
        assert after != "allow"
    if before == "explicit_deny":
        assert after == "explicit_deny"


@pytest.mark.rule("EVL-12")
@LAWS
@given(worlds(), st.data())
def test_an_allow_added_never_turns_an_allow_into_a_deny(world: World, data: st.DataObject) -> None:
    assume(world.principal.kind in IAM_KINDS and not world.principal.acts_as_root())
    added = data.draw(documents("identity", scene_of(world)))
    allows = [statement for statement in own_statements(added) if statement["Effect"] == "Allow"]
    before = outcome(world)
    after = outcome(world._replace(identity=[*world.identity, with_statements(added, allows)]))
    if before == "indeterminate" or after == "indeterminate":
        assert before != "allow"
    else:
        assert RANK[after] >= RANK[before]


@pytest.mark.rule("EVL-12", "POL-2")
@LAWS
@given(worlds())
def test_a_scalar_and_a_list_of_one_are_the_same(world: World) -> None:
    def listed(document: Document | None) -> Document | None:
        if document is None:
            return None
        statements = []
        for statement in own_statements(document):
            other = dict(statement)
            for element in ("Action", "NotAction", "Resource", "NotResource"):
                if element in other:
                    other[element] = with_listed_scalars(other[element])
            if "Condition" in other:  # an empty one has a meaning of its own (POL-13)
                other["Condition"] = {
                    operator: {key: with_listed_scalars(value) for key, value in keys.items()}
                    for operator, keys in other["Condition"].items()
                }
            statements.append(other)
        return with_statements(document, statements)

    other = world._replace(
        identity=[listed(document) or document for document in world.identity],
        resource_policy=listed(world.resource_policy),
        vpc_endpoint=listed(world.vpc_endpoint),
    )
    assert outcome(other) == outcome(world)


@pytest.mark.rule("EVL-12", "EVL-1")
@LAWS
@given(worlds())
def test_explicit_deny_wins(world: World) -> None:
    statement = {**DENY_ALL["Statement"], "Principal": "*"}
    everything = [*own_statements(world.resource_policy or {"Statement": []}), statement]
    # A denial by the endpoint's policy, which is evaluated first, may be of either kind (EVL-7).
    expected = {"explicit_deny"} if world.vpc_endpoint is None else {"explicit_deny", "implicit_deny", "indeterminate"}
    assert outcome(world._replace(resource_policy={"Statement": everything})) in expected
    if world.principal.kind in IAM_KINDS and not world.principal.acts_as_root():
        assert outcome(world._replace(identity=[*world.identity, DENY_ALL])) in expected


@pytest.mark.rule("EVL-12", "EVL-1")
@LAWS
@given(worlds())
def test_default_deny(world: World) -> None:
    assume(world.principal.kind != "root")
    bare = world._replace(identity=[], boundary=None, session=[], resource_policy=None, vpc_endpoint=None)
    assert outcome(bare._replace(scps=[], rcps=[])) == "implicit_deny"


@pytest.mark.rule("EVL-6", "EVL-2", "EVL-7", "EVL-12")
@LAWS
@given(worlds(), st.data())
def test_a_filter_added_never_turns_a_deny_into_an_allow(world: World, data: st.DataObject) -> None:
    """Boundary, session policy, SCP level and endpoint policy grant nothing."""
    who, scene = world.principal, scene_of(world)
    before = outcome(world)
    worlds_with_more = [world._replace(scps=[*world.scps, [data.draw(documents("scp", scene))]])]
    if world.vpc_endpoint is None:
        worlds_with_more.append(world._replace(vpc_endpoint=data.draw(documents("vpc_endpoint", scene))))
    if who.kind in IAM_KINDS and not who.acts_as_root() and world.boundary is None:
        worlds_with_more.append(world._replace(boundary=data.draw(documents("boundary", scene))))
    if who.kind in ("role", "role_session") and not world.session:
        worlds_with_more.append(world._replace(session=[data.draw(documents("session", scene))]))
    for more in worlds_with_more:
        if before in DENIALS:
            assert outcome(more) != "allow"
