"""The verbs of the command. The modules of a verb are imported when it is used."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from types import ModuleType

    from execpolicy.cli.exit_codes import ExitCode
    from execpolicy.cli.paths_parser import VerbParser

#: The verbs, each with what it does. The package of a verb has its name: ``options.add_options`` adds its options to a
#: parser, and ``verb.run`` runs it.
VERBS = {
    "check": "one request: is it allowed, and why",
    "why": "explain a response of API Gateway, such as a pasted 403",
    "show": "an API as it is read from a template or an API file",
    "diff": "what a change of a policy or an API lets in, and what it shuts out",
    "prove": "prove claims about all calls to an API, or show a call that contradicts them",
    "who": "who gets through to a method and path",
    "matrix": "who can make which calls, as a table",
    "replay": "which calls of access logs a change refuses or admits",
    "report": "a page of HTML: routes, who can make which calls and why, findings",
    "narrow": "a policy with what the calls of access logs need",
    "lint": "check policies, API files and templates before they are deployed",
    "explain": "describe a rule of lint",
    "test": "run case files, which say who may call what",
    "schema": "write the JSON Schema of a file or of an output",
    "completion": "write the completion for a shell",
}


def add_options(verb: str, parser: VerbParser) -> None:
    """Describe a verb in its parser, and add its options."""
    _module(verb, "options").add_options(parser)


def run(verb: str, arguments: Namespace) -> ExitCode:
    """Run a verb with its parsed arguments."""
    code: ExitCode = _module(verb, "verb").run(arguments)
    return code


def _module(verb: str, name: str) -> ModuleType:
    # As importlib.import_module, without loading importlib.
    return __import__(f"execpolicy.cli.{verb}.{name}", fromlist=[name])
