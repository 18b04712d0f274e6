"""The caller and the target of a request, from the options that ``execpolicy check`` and ``execpolicy why`` share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.cli.inputs import Inputs
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName


class CallerPolicies(NamedTuple):
    """The policies that the options give for a caller."""

    identity: Sequence[Policy]
    boundary: Policy | None
    session: Sequence[Policy]
    scps: Sequence[Sequence[Policy]]


def read_caller(inputs: Inputs, arguments: argparse.Namespace, principal: str) -> Caller | None:
    """The caller with its policies, or None if an option cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        principal: who calls.
    """
    before = len(inputs.faults)
    who = _principal(inputs, arguments, principal)
    policies = read_caller_policies(inputs, arguments)
    if who is None or policies is None or len(inputs.faults) > before:
        return None
    return _caller(inputs, who, policies)


def read_caller_policies(inputs: Inputs, arguments: argparse.Namespace) -> CallerPolicies | None:
    """The policies that the options give for a caller, or None if one cannot be read.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
    """
    before = len(inputs.faults)
    found = CallerPolicies(
        inputs.policies(arguments.identity, "identity", "--identity"),
        _one(inputs, arguments.boundary, "boundary", "--boundary"),
        inputs.policies(arguments.session, "session", "--session"),
        [inputs.policies(level, "scp", "--scp") for level in arguments.scp],
    )
    return None if len(inputs.faults) > before else found


def caller_with_policies(
    inputs: Inputs, arguments: argparse.Namespace, principal: str, policies: CallerPolicies
) -> Caller | None:
    """The caller with policies that are read already, or None if an option about it cannot be used.

    Args:
        inputs: collects the errors.
        arguments: the parsed options.
        principal: who calls.
        policies: the policies of the options.
    """
    who = _principal(inputs, arguments, principal)
    return None if who is None else _caller(inputs, who, policies)


def _caller(inputs: Inputs, who: Principal, policies: CallerPolicies) -> Caller | None:
    identity, boundary, session, scps = policies
    return inputs.attempt(lambda: Caller(who, identity=identity, boundary=boundary, session=session, scps=scps))


def read_target(inputs: Inputs, arguments: argparse.Namespace) -> Target:
    """The policies on the resource's side, without those that cannot be read."""
    return Target(
        resource=_one(inputs, arguments.resource, "resource", "--resource"),
        vpc_endpoint=_one(inputs, arguments.vpc_endpoint, "vpc_endpoint", "--vpc-endpoint"),
        rcps=[inputs.policies(level, "rcp", "--rcp") for level in arguments.rcp],
        rcps_cover_execute_api=arguments.rcps_cover_execute_api,
    )


def _principal(inputs: Inputs, arguments: argparse.Namespace, principal: str) -> Principal | None:
    return inputs.attempt(
        lambda: Principal.parse(
            principal,
            role_path=arguments.role_path,
            unique_id=arguments.unique_id,
            tags=read_tags(inputs, arguments.tag),
            org_id=arguments.org_id,
            federated_by=arguments.federated_by,
            management_account=arguments.management_account,
        )
    )


def read_tags(inputs: Inputs, options: Sequence[str] | None) -> dict[str, str] | None:
    """The tags of ``--tag``; None if it is not given."""
    if options is None:
        return None
    tags: dict[str, str] = {}
    for text in options:
        key, equals, value = text.partition("=")
        if not (key and equals):
            inputs.report(f"--tag: found {text!r}, expected KEY=VALUE", advice="a tag without a value is KEY=")
        elif key in tags:
            inputs.report(f"--tag: found {key!r} a second time", advice="a principal has one value for each tag")
        else:
            tags[key] = value
    return tags


def _one(inputs: Inputs, path: str | None, kind: PolicyKindName, option: str) -> Policy | None:
    return None if path is None else inputs.policy(path, kind, option)
