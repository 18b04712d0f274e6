"""The caller of ``--as``: an ARN, or the logical id of a caller that the file of the API describes."""

from __future__ import annotations

import argparse

from execpolicy.cli.caller_and_target import read_caller, read_tags
from execpolicy.cli.inputs import Inputs
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.engine.caller import Caller
from execpolicy.language.principal import Principal
from execpolicy.loaders.contents import TemplateContents

#: Options that say what the file says of its callers.
_KNOWN_BY_THE_FILE = ("role_path", "federated_by")


def read_caller_of_file(inputs: Inputs, arguments: argparse.Namespace, file: TemplateContents) -> Caller | None:
    """The caller that ``--as`` names, with the policies of the file and of the options; None if it cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options, with a value of ``--as``.
        file: what the file of the API describes.
    """
    name: str = getattr(arguments, "as")
    found = file.callers.get(name)
    if found is None:
        if file.callers and not reads_like_a_principal(name):
            message = f"found {quoted(name)} as --as, which is no caller of the file"
            inputs.report(message, advice=f"give an ARN, or a logical id: {did_you_mean(name, file.callers)}")
            return None
        return read_caller(inputs, arguments, name)
    if len(found.values) > 1:
        depends = listed(found.depends_on, "and")
        inputs.report(f"{name} depends on {depends}, which is not known", advice="give its value with --parameter")
        return None
    return _with_options(inputs, arguments, name, found.values[0])


def reads_like_a_principal(name: str) -> bool:
    """Whether a text is an ARN, the name of a service or an account, or the word anonymous: no logical id is."""
    return not name.isalnum() or name.isdigit() or name == "anonymous"


def _with_options(inputs: Inputs, arguments: argparse.Namespace, name: str, caller: Caller) -> Caller | None:
    """The caller with what the options add: policies, tags, the organization, the unique id."""
    before = len(inputs.faults)
    for option in _KNOWN_BY_THE_FILE:
        if getattr(arguments, option) is not None:
            written = f"--{option.replace('_', '-')}"
            inputs.report(f"{written} cannot be used with --as {name}, which the file describes", advice="leave it out")
    identity = inputs.policies(arguments.identity, "identity", "--identity")
    boundary = _boundary(inputs, arguments, name, caller)
    session = inputs.policies(arguments.session, "session", "--session")
    scps = [inputs.policies(level, "scp", "--scp") for level in arguments.scp]
    tags = read_tags(inputs, arguments.tag)
    if len(inputs.faults) > before:
        return None
    return inputs.attempt(
        lambda: Caller(
            _principal(caller.principal, arguments, tags),
            identity=(*caller.identity, *identity),
            boundary=boundary,
            session=(*caller.session, *session),
            scps=(*caller.scps, *scps),
        )
    )


def _boundary(inputs: Inputs, arguments: argparse.Namespace, name: str, caller: Caller) -> Policy | None:
    if arguments.boundary is None:
        return caller.boundary
    if caller.boundary is not None:
        inputs.report(f"--boundary: {name} has a permissions boundary in the file", advice="leave --boundary out")
    return inputs.policy(arguments.boundary, "boundary", "--boundary")


def _principal(known: Principal, arguments: argparse.Namespace, tags: dict[str, str] | None) -> Principal:
    if not (arguments.unique_id or tags is not None or arguments.org_id or arguments.management_account):
        return known
    return Principal(
        known.kind,
        partition=known.partition,
        account=known.account,
        name=known.name,
        path=known.path,
        session_name=known.session_name,
        federated_by=known.federated_by,
        unique_id=arguments.unique_id or known.unique_id,
        tags=known.tags if tags is None else tags,
        org_id=arguments.org_id or known.org_id,
        org_paths=known.org_paths,
        management_account=arguments.management_account or known.management_account,
        canonical_user=known.canonical_user,
    )
