"""``execpolicy check``: one request against the policies that apply to it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from execpolicy.cli.check_options import DEFAULT_ACTION
from execpolicy.cli.context_option import read_context
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.notes import how_to_tell, notes
from execpolicy.cli.terminal import AUTO, complain, complain_of, wants_colour, width_of, write, write_rows
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.decision import Decision
from execpolicy.engine.request import Request
from execpolicy.language.principal import Principal
from execpolicy.render.json import to_json
from execpolicy.render.row import Row, row
from execpolicy.render.text import rows

COMMAND = "execpolicy check"


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read everything, decide, answer."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    decision = _decide(inputs, arguments)
    if decision is None:
        complain_of(inputs.faults, COMMAND)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        _answer(decision, arguments, colour=colour)
    return ExitCode.of(decision.outcome)


def _decide(inputs: Inputs, arguments: argparse.Namespace) -> Decision | None:
    caller = _caller(inputs, arguments)
    target = _target(inputs, arguments)
    context = read_context(inputs, arguments.context, at=arguments.at, complete=not arguments.partial)
    request = inputs.attempt(
        lambda: Request(
            # An unusable caller or context is told already; what is wrong with the rest is told as well.
            caller=caller or Principal.anonymous(),
            action=arguments.action or DEFAULT_ACTION,
            resource=arguments.on,
            context=context if caller else None,
            resource_account=arguments.resource_account,
        )
    )
    if inputs.faults or request is None:
        return None
    return inputs.attempt(lambda: authorize(request, target))


def _caller(inputs: Inputs, arguments: argparse.Namespace) -> Caller | None:
    before = len(inputs.faults)
    principal = _principal(inputs, arguments)
    identity = inputs.policies(arguments.identity, "identity", "--identity")
    boundary = _one(inputs, arguments.boundary, "boundary", "--boundary")
    session = inputs.policies(arguments.session, "session", "--session")
    scps = [inputs.policies(level, "scp", "--scp") for level in arguments.scp]
    if principal is None or len(inputs.faults) > before:
        return None
    return inputs.attempt(lambda: Caller(principal, identity=identity, boundary=boundary, session=session, scps=scps))


def _principal(inputs: Inputs, arguments: argparse.Namespace) -> Principal | None:
    return inputs.attempt(
        lambda: Principal.parse(
            getattr(arguments, "as"),
            role_path=arguments.role_path,
            unique_id=arguments.unique_id,
            tags=_tags(inputs, arguments.tag),
            org_id=arguments.org_id,
            federated_by=arguments.federated_by,
            management_account=arguments.management_account,
        )
    )


def _tags(inputs: Inputs, options: Sequence[str] | None) -> dict[str, str] | None:
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


def _target(inputs: Inputs, arguments: argparse.Namespace) -> Target:
    return Target(
        resource=_one(inputs, arguments.resource, "resource", "--resource"),
        vpc_endpoint=_one(inputs, arguments.vpc_endpoint, "vpc_endpoint", "--vpc-endpoint"),
        rcps=[inputs.policies(level, "rcp", "--rcp") for level in arguments.rcp],
        rcps_cover_execute_api=arguments.rcps_cover_execute_api,
    )


def _one(inputs: Inputs, path: str | None, kind: str, option: str) -> Policy | None:
    return None if path is None else inputs.policy(path, kind, option)


def _answer(decision: Decision, arguments: argparse.Namespace, *, colour: bool) -> None:
    for note in notes(decision):
        complain(f"{COMMAND}: note: {note}")
    if arguments.format == "json":
        write(to_json(decision))
    else:
        write_rows(_text(decision, width_of(sys.stdout)), colour=colour)


def _text(decision: Decision, width: int | None) -> Iterator[Row]:
    yield from rows(decision, width=width)
    advice = how_to_tell(decision)
    if advice:
        yield row(("advice", f"to decide it, give {advice}"))
