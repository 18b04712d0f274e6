"""``execpolicy prove``: proves claims about all calls, or shows a call that contradicts them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from shlex import quote
from typing import NamedTuple

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.analysis.prove import prove
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.given_words import given_words, options_of_apis
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.only_callers import read_only_callers
from execpolicy.cli.policy_or_api import advise_on_policy, read_policy
from execpolicy.cli.prove.options import COMMAND
from execpolicy.cli.template import read_file, select_api
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_result
from execpolicy.cli.text_file import read_text
from execpolicy.cli.working_line import WorkingLine, working_line
from execpolicy.errors import Diagnostic, Source, Span
from execpolicy.render.formats import PrintableResult
from execpolicy.render.proof import proof_lines, proofs_data

if TYPE_CHECKING:
    from execpolicy.analysis.proof import Proof
    from execpolicy.document.policy import Policy
    from execpolicy.engine.caller import Caller
    from execpolicy.gateway.model.api_definition import ApiDefinition

#: The worst verdict decides the exit code.
_CODES = {
    ProofVerdict.PROVEN: ExitCode.ALLOWED,
    ProofVerdict.UNKNOWN: ExitCode.INDETERMINATE,
    ProofVerdict.REFUTED: ExitCode.DENIED,
}

#: A comment at the end of a line, or space there.
_COMMENT = re.compile(r"(?:(?:^|\s)#.*|\s+)\Z")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prove the invariants, and print the proofs."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    sentences = list(_sentences(inputs, arguments))
    subject = _subject(inputs, arguments)
    proofs: list[Proof] = []
    if not inputs.faults and subject is not None:
        with working_line(arguments) as line:
            proofs = _proofs(inputs, sentences, subject, arguments.budget, line)
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        command = _command(arguments)
        # Of a policy by itself the answer may mislead without it.
        verbose = arguments.verbose or arguments.resource is not None
        result = PrintableResult(
            lambda width: proof_lines(
                proofs, command, width, verbose=verbose, callers=None if subject is None else subject.callers
            ),
            lambda: proofs_data(proofs),
        )
        write_result(result, arguments.format, colour=colour)
    verdicts = {proof.verdict for proof in proofs}
    worst = next(each for each in reversed(_CODES) if each in verdicts)
    return _CODES[worst]


def _proofs(
    inputs: Inputs, sentences: Sequence[_Sentence], subject: _Subject, budget: int | None, line: WorkingLine
) -> list[Proof]:
    of, callers = subject
    given = None if callers is None else [*callers.values()]
    found = []
    for number, each in enumerate(sentences, start=1):
        line.begin(f"prove {each.invariant}", number, len(sentences))
        first = len(inputs.faults)
        found.append(inputs.attempt(partial(prove, each.invariant, of, callers=given, budget=budget)))
        inputs.faults[first:] = map(each.with_place, inputs.faults[first:])
    return [proof for proof in found if proof is not None]


def _sentences(inputs: Inputs, arguments: argparse.Namespace) -> Iterator[_Sentence]:
    """The invariants of the arguments and of the files."""
    if not arguments.invariants and not arguments.from_file:
        inputs.report("no invariant is given", advice="write for example 'nobody may call DELETE /orders/**'")
    whole = " ".join(arguments.invariants)
    if len(arguments.invariants) > 1 and not any(" " in each for each in arguments.invariants):
        # A shell has taken a sentence without quotes apart.
        inputs.report(
            "an invariant is one argument, found its words apart", advice=f"write it in quotes: {quote(whole)}"
        )
        return
    for text in arguments.invariants:
        found = inputs.attempt(partial(Invariant.parse, text))
        if found is not None:
            *before, last = text.split("\n")
            yield _Sentence(found, Source("INVARIANT", text), Span(1, 1, len(before) + 1, len(last) + 1))
    for path in arguments.from_file:
        source = read_text(inputs, path, "--from-file")
        if source is not None:
            yield from _of_lines(inputs, source)


def _of_lines(inputs: Inputs, source: Source) -> Iterator[_Sentence]:
    """The invariants of the lines of a file. An error has its place in the file."""
    texts = [_COMMENT.sub("", line) for line in source.text.split("\n")]
    if not any(texts):
        inputs.report(f"{source.name} has no invariant", advice="write each on a line of its own")
    for number, text in enumerate(texts, start=1):
        first = len(inputs.faults)
        found = inputs.attempt(partial(Invariant.parse, text)) if text else None
        inputs.faults[first:] = [_at_line(fault, source, number) for fault in inputs.faults[first:]]
        if found is not None:
            indent = len(text) - len(text.lstrip())
            yield _Sentence(found, source, Span(number, indent + 1, number, len(text.rstrip()) + 1))


def _at_line(fault: Diagnostic, source: Source, number: int) -> Diagnostic:
    """An error in the text of a line, with its place in the file."""
    span = fault.span
    if span is None:
        return fault._replace(source=source)
    return fault._replace(source=source, span=span._replace(line=number, end_line=number))


class _Sentence(NamedTuple):
    """An invariant, and where it is written."""

    invariant: Invariant
    source: Source
    span: Span

    def with_place(self, fault: Diagnostic) -> Diagnostic:
        """An error about the whole sentence, such as one about a stage that the API does not have, with its place."""
        return fault if fault.place else fault._replace(source=self.source, span=self.span)


class _Subject(NamedTuple):
    """Of what is proven, and which callers there are, by what ``--as`` of ``check`` names them; None for any."""

    of: ApiDefinition | Policy
    callers: Mapping[str, Caller] | None = None


def _subject(inputs: Inputs, arguments: argparse.Namespace) -> _Subject | None:
    if (arguments.api is None) is (arguments.resource is None):
        advice = "give --api with the file of an API, or --resource with a resource policy"
        both = arguments.api is not None
        what = "--api and --resource are both given" if both else "it is not said of what the invariants are proven"
        inputs.report(what, advice=advice)
        return None
    if arguments.resource is not None:
        policy = _policy(inputs, arguments)
        return None if policy is None else _Subject(policy)
    given = read_file(inputs, arguments, arguments.api, "--api")
    advise_on_policy(inputs, "give a resource policy to --resource in place of --api")
    selected = None if given is None else select_api(inputs, given, any_stage=True)
    if selected is None:
        return None
    callers = read_only_callers(inputs, arguments, selected)
    return _Subject(selected.api, callers)


def _policy(inputs: Inputs, arguments: argparse.Namespace) -> Policy | None:
    """The resource policy, of which the options about the file of an API say nothing."""
    unused = [*options_of_apis(arguments), *(["--stage"] if arguments.stage is not None else [])]
    unused += ["--kind"] if arguments.kind is not None else []
    for option in unused:
        inputs.report(f"{option} is about the file of an API", advice="leave it out where --resource is given")
    if arguments.callers:
        advice = "the policies of callers do not count where --resource is given: leave it out"
        inputs.report("--callers is about the calls to an API", advice=advice)
    text = read_text(inputs, arguments.resource, "--resource")
    advice = "give it to --api in place of --resource"
    return None if text is None else read_policy(inputs, text, "resource", advice=advice)


def _command(arguments: argparse.Namespace) -> list[str]:
    """The beginning of the command that decides a call again."""
    if arguments.resource is not None:
        return ["execpolicy", "check", "--resource", arguments.resource]
    return ["execpolicy", "check", "--api", arguments.api, *given_words(arguments)]
