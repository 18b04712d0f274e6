"""The options of ``execpolicy prove``."""

from __future__ import annotations

from execpolicy.cli.only_callers import add_only_callers
from execpolicy.cli.options import (
    add_allow_outside,
    add_budget,
    add_option,
    add_output_options,
    add_repeatable,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser

COMMAND = "execpolicy prove"

_USAGE = (
    "execpolicy prove INVARIANT [INVARIANT ...] --api FILE [--stage NAME] [option ...]\n"
    "       execpolicy prove INVARIANT [INVARIANT ...] --resource FILE [option ...]"
)
_DESCRIPTION = (
    "Prove claims about all calls to an API, such as 'nobody may call DELETE /orders/**', or show a call that "
    "contradicts them. docs/invariants.md describes the sentences."
)
_EPILOG = (
    "FILE is a template or an API file, or a resource policy; - is standard input. "
    "Exit code: 0 all proven, 1 refuted, 2 unusable input, 3 not known, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    group = parser.add_argument_group("what is claimed")
    group.add_argument("invariants", nargs="*", metavar="INVARIANT", help="a sentence, in quotes")
    add_repeatable(group, "--from-file", "FILE", "a file of sentences, one on a line; # begins a comment")
    subject = parser.add_argument_group("of what")
    add_option(subject, "--api", "FILE", "the API: a template (docs/templates.md), or an API file (docs/api-files.md)")
    add_option(subject, "--resource", "FILE", "a resource policy by itself, without an API")
    add_option(subject, "--stage", "NAME", "the stage, if its name is not known in the file")
    add_template_options(parser.add_argument_group("more about the file of the API"))
    add_only_callers(parser.add_argument_group("who calls"))
    search = parser.add_argument_group("the search")
    add_budget(search)
    add_allow_outside(search)
    add_output_options(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="list what is taken for granted")
