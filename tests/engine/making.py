"""Policies, callers and decisions in a line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from execpolicy import (
    Caller,
    Context,
    Decision,
    Policy,
    PolicyKind,
    Principal,
    Request,
    StatementTrace,
    Target,
    authorize,
)
from execpolicy.literals import PolicyKindName

ACCOUNT, OTHER = "111122223333", "444455556666"
ANN = f"arn:aws:iam::{ACCOUNT}:user/Ann"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Clerk"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
SERVICE = "states.amazonaws.com"
STRANGER = f"arn:aws:iam::{OTHER}:user/Eve"

API = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3"
PETS = f"{API}/prod/GET/pets"
INVOKE = "execute-api:Invoke"
BUCKET = "arn:aws:s3:::bucket/key"


def stated(effect: str = "Allow", /, **elements: Any) -> dict[str, Any]:
    """A statement: of every action on every resource unless it says otherwise."""
    found: dict[str, Any] = {"Effect": effect, **elements}
    if not {"Action", "NotAction"} & set(found):
        found["Action"] = "*"
    if not {"Resource", "NotResource"} & set(found):
        found["Resource"] = "*"
    return found


def policy(
    *statements: dict[str, Any],
    kind: PolicyKind | PolicyKindName = "identity",
    version: str = "2012-10-17",
    name: str = "",
) -> Policy:
    return Policy.parse({"Version": version, "Statement": list(statements)}, kind=kind, name=name or kind)


def allowing(kind: PolicyKindName = "identity", /, **elements: Any) -> Policy:
    """A policy of one Allow; on the resource's side for everybody unless it says otherwise."""
    if kind in ("resource", "vpc_endpoint") and "Principal" not in elements:
        elements["Principal"] = "*"
    return policy(stated("Allow", **elements), kind=kind)


def denying(kind: PolicyKindName = "identity", /, **elements: Any) -> Policy:
    if kind in ("resource", "vpc_endpoint", "rcp") and not {"Principal", "NotPrincipal"} & set(elements):
        elements["Principal"] = "*"
    return policy(stated("Deny", **elements), kind=kind)


def nothing(kind: PolicyKindName = "identity", /) -> Policy:
    """A policy that does not speak of any request."""
    return policy(kind=kind)


def a_request(
    caller: Caller | Principal | str = ANN,
    *,
    action: str = INVOKE,
    resource: str = PETS,
    context: Context | Mapping[str, Any] | None = None,
    account: str | None = None,
) -> Request:
    return Request(caller=caller, action=action, resource=resource, context=context, resource_account=account)


def decided(
    *,
    caller: Principal | str = ANN,
    identity: Any = (),
    boundary: Policy | None = None,
    session: Any = (),
    scps: Any = (),
    resource_policy: Policy | None = None,
    rcps: Any = (),
    vpc_endpoint: Policy | None = None,
    target: Mapping[str, Any] | None = None,
    **request: Any,
) -> Decision:
    """The decision on a request, with the policies of both sides by layer."""
    who = Caller(caller, identity=identity, boundary=boundary, session=session, scps=scps)
    what = Target(resource=resource_policy, rcps=rcps, vpc_endpoint=vpc_endpoint, **(target or {}))
    return authorize(a_request(who, **request), what)


def statement_trace(decision: Decision, number: int = 0) -> StatementTrace:
    """One statement of an explanation, counted over all layers."""
    return [statement for _, _, statement in decision.explain().statements()][number]
