"""``execpolicy prove``: proves claims about all calls, or shows a call that contradicts them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.analysis.prove import prove
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.given_words import given_words
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.prove.options import COMMAND
from execpolicy.cli.template import read_file, select_api
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_result
from execpolicy.cli.text_file import read_text
from execpolicy.errors import Source
from execpolicy.render.formats import PrintableResult
from execpolicy.render.proof import proof_lines, proofs_data

if TYPE_CHECKING:
    from execpolicy.analysis.proof import Proof
    from execpolicy.document.policy import Policy
    from execpolicy.gateway.model.api_definition import ApiDefinition

#: The worst verdict decides the exit code.
_CODES = {
    ProofVerdict.PROVEN: ExitCode.ALLOWED,
    ProofVerdict.UNKNOWN: ExitCode.INDETERMINATE,
    ProofVerdict.REFUTED: ExitCode.DENIED,
}


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prove the invariants, and print the proofs."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    invariants = list(_invariants(inputs, arguments))
    subject = _subject(inputs, arguments)
    proofs = [] if inputs.faults or subject is None else _proofs(inputs, invariants, subject, arguments.budget)
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        command = _command(arguments)
        result = PrintableResult(
            lambda width: proof_lines(proofs, command, width, verbose=arguments.verbose), lambda: proofs_data(proofs)
        )
        write_result(result, arguments.format, colour=colour)
    verdicts = {proof.verdict for proof in proofs}
    worst = next(each for each in reversed(_CODES) if each in verdicts)
    return _CODES[worst]


def _proofs(
    inputs: Inputs, invariants: Sequence[Invariant], subject: ApiDefinition | Policy, budget: int | None
) -> list[Proof]:
    found = [inputs.attempt(lambda each=each: prove(each, subject, budget=budget)) for each in invariants]  # type: ignore[misc]  # the default binds the loop's value
    return [proof for proof in found if proof is not None]


def _invariants(inputs: Inputs, arguments: argparse.Namespace) -> Iterator[Invariant]:
    """The invariants of the arguments and of the files."""
    if not arguments.invariants and not arguments.from_file:
        inputs.report("no invariant is given", advice="write for example 'nobody may call DELETE /orders/**'")
    for text in arguments.invariants:
        found = inputs.attempt(lambda text=text: Invariant.parse(text))  # type: ignore[misc]  # as above
        if found is not None:
            yield found
    for path in arguments.from_file:
        source = read_text(inputs, path, "--from-file")
        if source is not None:
            yield from _of_lines(inputs, source)


def _of_lines(inputs: Inputs, source: Source) -> Iterator[Invariant]:
    for line in source.text.splitlines():
        text = line.partition("#")[0].strip()
        found = inputs.attempt(lambda text=text: Invariant.parse(text)) if text else None  # type: ignore[misc]  # as above
        if found is not None:
            yield found


def _subject(inputs: Inputs, arguments: argparse.Namespace) -> ApiDefinition | Policy | None:
    if (arguments.api is None) is (arguments.resource is None):
        advice = "give --api with the file of an API, or --resource with a resource policy"
        inputs.report("it is not said of what the invariants are proven", advice=advice)
        return None
    if arguments.resource is not None:
        return inputs.policy(arguments.resource, "resource", "--resource")
    given = read_file(inputs, arguments, arguments.api, "--api")
    selected = None if given is None else select_api(inputs, given, any_stage=True)
    return None if selected is None else selected.api


def _command(arguments: argparse.Namespace) -> list[str]:
    """The beginning of the command that decides a call again."""
    if arguments.resource is not None:
        return ["execpolicy", "check", "--resource", arguments.resource]
    return ["execpolicy", "check", "--api", arguments.api, *given_words(arguments)]
