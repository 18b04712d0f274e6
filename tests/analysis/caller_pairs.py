"""Callers with policies of every kind, targets, and the same with one policy changed, over the alphabet."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from execpolicy import Caller, Policy, Principal, Target
from execpolicy.literals import PolicyKindName
from tests.analysis.policy_pairs import Document, Words, changed, document


class Layers(NamedTuple):
    """The documents that decide for one caller."""

    identity: Sequence[Document] = ()
    boundary: Sequence[Document] = ()
    session: Sequence[Document] = ()
    scps: Sequence[Document] = ()
    resource: Sequence[Document] = ()
    vpc_endpoint: Sequence[Document] = ()


def layers(random: Random, who: Principal, shared: Words) -> Layers:
    """Policies for a caller: those that it can have, each of them not always there."""

    def some(kind: str, chance: int, most: int = 1) -> list[Document]:
        if random.randrange(100) >= chance:
            return []
        of = shared._replace(kind=kind)
        return [document(random, of, most=2) for _ in range(random.randint(1, most))]

    has_account = who.is_iam
    has_own = has_account and who.kind != "root"
    return Layers(
        identity=some("identity", 85, 2) if has_own else (),
        boundary=some("boundary", 30) if has_own else (),
        session=some("session", 30) if who.kind == "session" else (),
        scps=some("scp", 30, 2) if has_account else (),
        resource=some("resource", 70),
        vpc_endpoint=some("vpc_endpoint", 15),
    )


def changed_layers(random: Random, given: Layers, shared: Words) -> Layers:
    """The same policies with one of them changed, or taken away."""
    present = [kind for kind, documents in given._asdict().items() if documents]
    if not present:
        return given._replace(resource=[document(random, shared._replace(kind="resource"), most=2)])
    kind = random.choice(present)
    documents = list(getattr(given, kind))
    number = random.randrange(len(documents))
    if random.randrange(6) == 0:
        del documents[number]
    else:
        documents[number] = changed(random, documents[number], shared._replace(kind=kind))
    return given._replace(**{kind: documents})


def parsed(who: Principal, given: Layers) -> tuple[Caller, Target]:
    """The same for the engine: each SCP is a level of its own."""

    def policies(kind: PolicyKindName) -> list[Policy]:
        found = getattr(given, "scps" if kind == "scp" else kind)
        return [Policy.parse(each, kind=kind, name=f"{kind} {number}") for number, each in enumerate(found)]

    boundaries, resources, endpoints = (policies(kind) for kind in ("boundary", "resource", "vpc_endpoint"))
    caller = Caller(
        who,
        identity=policies("identity"),
        boundary=boundaries[0] if boundaries else None,
        session=policies("session"),
        scps=[[each] for each in policies("scp")],
    )
    target = Target(resource=resources[0] if resources else None, vpc_endpoint=endpoints[0] if endpoints else None)
    return caller, target
