"""Proves that a changed policy is equivalent to the old one: it decides all requests in the same way.

A statement is contained in others if, for every request that it applies to, one of them applies too, with the same
effect and a grant that is at least as strong (EVL-4). A policy stays the same if everything that it loses is contained
in what it keeps, and everything that it gains is contained in what it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from execpolicy.document.model import PrincipalElement, Statement
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.compile import CompiledStatement
from execpolicy.testing.mutation.implication import always, implies, never
from execpolicy.testing.mutation.mutant import EquivalenceProof
from execpolicy.testing.mutation.versions import StatementCompiler, StatementVersions

#: A statement with more parts is not divided.
MAX_PARTS = 256


def prove_equivalent(compiler: StatementCompiler, versions: Sequence[StatementVersions]) -> EquivalenceProof | None:
    """The proof that a change has no effect on any request; None if that is not certain.

    Args:
        compiler: the compiler of the versions.
        versions: what the change does to each policy that was read from the document.
    """
    proofs = [_proof(compiler, each) for each in versions]
    return proofs[0] if None not in proofs else None


def _proof(compiler: StatementCompiler, versions: StatementVersions) -> EquivalenceProof | None:
    old, new, others = versions
    number = old.statement.number
    # The statement itself is first: what it still contains needs no other statement.
    lost = _holders(compiler, old, others if new is None else (new, *others))
    gained = set() if new is None else _holders(compiler, new, (old, *others))
    return None if lost is None or gained is None else _proof_of(number, lost, gained, dropped=new is None)


def _holders(
    compiler: StatementCompiler, contained: CompiledStatement, holders: Sequence[CompiledStatement]
) -> set[int] | None:
    """The numbers of the statements that together contain another one; None if that is not certain."""
    found: set[int] = set()
    for part in parts(contained.statement):
        atom = compiler.statement(contained.policy, part)
        if any(never(occurrence.clause) for occurrence in atom.occurrences):
            continue
        holder = next((each for each in holders if is_contained(atom, each)), None)
        if holder is None:
            return None
        found.add(holder.statement.number)
    return found


def parts(statement: Statement) -> Iterator[Statement]:
    """The statement as several statements, each with one action, resource and principal, that are equal to it."""
    action, resource, principal = statement.action, statement.resource, statement.principal
    actions = [action] if action.negated else [action._replace(values=(each,)) for each in action.values]
    resources = [resource] if resource.negated else [resource._replace(values=(each,)) for each in resource.values]
    principals: list[PrincipalElement | None] = [principal]
    if principal is not None and not principal.negated:
        principals = [principal._replace(entries=(each,)) for each in principal.entries]
    if len(actions) * len(resources) * len(principals) > MAX_PARTS:
        yield statement
        return
    for one_action, one_resource, one_principal in product(actions, resources, principals):
        yield statement._replace(action=one_action, resource=one_resource, principal=one_principal)


def is_contained(one: CompiledStatement, other: CompiledStatement) -> bool:
    """Whether it is certain that a statement is contained in another one of the document."""
    if one.denies is not other.denies:
        return False
    mine = [occurrence.clause for occurrence in one.occurrences]
    version = one.policy.version
    return all(
        always(clause) or any(implies(each, clause, strength=not one.denies, version=version) for each in mine)
        for clause in (occurrence.clause for occurrence in other.occurrences)
    )


def _proof_of(number: int, lost: set[int], gained: set[int], *, dropped: bool) -> EquivalenceProof:
    """The proof, from the statements that contain what the changed one loses and gains."""
    if not lost and not gained:
        return EquivalenceProof("never_applies", f"Statement[{number}] applies to no request")
    if dropped:
        return EquivalenceProof("contained", f"contained in {_statements(lost)}")
    changes = (("loses", lost - {number}), ("gains", gained - {number}))
    reasons = [f"what it {change} is contained in {_statements(holders)}" for change, holders in changes if holders]
    return (
        EquivalenceProof("contained", ", ".join(reasons))
        if reasons
        else EquivalenceProof("same_requests", "it applies to the same requests")
    )


def _statements(numbers: Iterable[int]) -> str:
    return listed([f"Statement[{number}]" for number in sorted(numbers)], "and")
