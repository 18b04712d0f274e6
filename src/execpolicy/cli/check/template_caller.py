"""The caller of ``--as``: an ARN, or a caller that the file of the API, or another file, describes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple

from execpolicy.cli.caller_and_target import CallerPolicies, read_caller, read_caller_policies, read_tags
from execpolicy.cli.callers_file import place_of_apis, read_callers_file
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.template import GivenFile
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.engine.caller import Caller
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.language.principal import Principal
from execpolicy.loaders.named_parts import part_in, part_reference

#: Options that say what the file says of its callers.
_KNOWN_BY_THE_FILE = ("role_path", "federated_by")


def read_caller_of_file(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenFile
) -> Caller | Variants[Caller] | None:
    """The caller that ``--as`` names, with the policies of the file and of the options; None if it cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options, with a value of ``--as``: ``NAME`` in the file of the API, ``FILE#NAME`` in
            another one, or an ARN.
        given: the file of the API.
    """
    name: str = getattr(arguments, "as")
    file = given.contents
    reference = part_reference(name)
    if reference is not None:
        name = reference.name
        if reference.path != arguments.api:
            place = place_of_apis(file, given.options)
            of_callers = read_callers_file(inputs, arguments, reference.path, "--as", place)
            if of_callers is None:
                return None
            file = of_callers
    elif name not in file.callers:
        if file.callers and not reads_like_a_principal(name):
            message = f"found {quoted(name)} as --as, which is no caller of the file"
            inputs.report(message, advice=f"give an ARN, or a logical id: {did_you_mean(name, file.callers)}")
            return None
        return read_caller(inputs, arguments, name)
    found = inputs.attempt(lambda: part_in(file.callers, name, "caller"))
    added = _AddedPolicies.read(inputs, arguments, name, values_of(found))
    if found is None or added is None:
        return None
    return inputs.attempt(lambda: found.map(added.to) if isinstance(found, Variants) else added.to(found))


def reads_like_a_principal(name: str) -> bool:
    """Whether a text is an ARN, the name of a service or an account, or the word anonymous: no logical id is."""
    return not name.isalnum() or name.isdigit() or name == "anonymous"


class _AddedPolicies(NamedTuple):
    """What the options add to a caller: policies, tags, the organization, the unique id."""

    arguments: argparse.Namespace
    tags: dict[str, str] | None
    policies: CallerPolicies

    @classmethod
    def read(
        cls, inputs: Inputs, arguments: argparse.Namespace, name: str, callers: Sequence[Caller]
    ) -> _AddedPolicies | None:
        """Read the options; None if one cannot be used, or not with these callers."""
        before = len(inputs.faults)
        for option in _KNOWN_BY_THE_FILE:
            if getattr(arguments, option) is not None:
                written = f"--{option.replace('_', '-')}"
                message = f"{written} cannot be used with --as {name}, which the file describes"
                inputs.report(message, advice="leave it out")
        if arguments.boundary is not None and any(caller.boundary is not None for caller in callers):
            inputs.report(f"--boundary: {name} has a permissions boundary in the file", advice="leave --boundary out")
        policies = read_caller_policies(inputs, arguments)
        tags = read_tags(inputs, arguments.tag)
        if policies is None or len(inputs.faults) > before:
            return None
        return cls(arguments, tags, policies)

    def to(self, caller: Caller) -> Caller:
        """The caller with what is added."""
        added = self.policies
        return Caller(
            _principal(caller.principal, self.arguments, self.tags),
            identity=(*caller.identity, *added.identity),
            boundary=caller.boundary if added.boundary is None else added.boundary,
            session=(*caller.session, *added.session),
            scps=(*caller.scps, *added.scps),
        )


def _principal(known: Principal, arguments: argparse.Namespace, tags: dict[str, str] | None) -> Principal:
    if not (arguments.unique_id or tags is not None or arguments.org_id or arguments.management_account):
        return known
    return known.with_details(
        unique_id=arguments.unique_id or None,
        tags=tags,
        org_id=arguments.org_id or None,
        managing=arguments.management_account,
    )
