"""Write docs/command-line.md and docs/exit-codes.md from the parsers of the command; ``make docs`` runs it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.main import COMMAND
from execpolicy.cli.paths_parser import VerbParser
from execpolicy.cli.verbs import VERBS, add_options
from tools.markdown_text import markdown_text, table_cell

DOCS = Path(__file__).parents[1] / "docs"
_EXIT_CODES = re.compile(r"Exit code: (?P<codes>.+)\.$", re.DOTALL)

_COMMAND_LINE = """# The command line

All commands with their options, as `execpolicy COMMAND --help` shows them. Each command also has a page with examples.
`execpolicy --version` prints the version, and the month of AWS's pages that it follows. This page is generated from the
parsers.

"""

_CODES = """# Exit codes

The exit code is the answer for scripts: only 0 means that all is well, and what cannot be read is never 0. This page is
generated from the help of the commands.

| code | meaning |
|---|---|
| 0 | allowed, clean, equal, proven, written |
| 1 | denied, findings, different, refuted, failed |
| 2 | the input cannot be used: standard error has the file, the line, the column and what to do |
| 3 | it depends on what is not known: the answer is neither yes nor no |
| 4 | a fault in execpolicy, or the result cannot be written; `--debug` shows the traceback |
| 130 | interrupted from the keyboard |

A script that treats every code but 0 as a refusal is safe. One that asks for 1 alone would take unusable input for an
allowed call:

```console
$ execpolicy check GET /health --api examples/gateway/orders.api.yaml --quiet; echo "exit code $?"
exit code 0
$ execpolicy check GET /nothing --api examples/gateway/orders.api.yaml --quiet; echo "exit code $?"
exit code 1
$ execpolicy check GET /health --api examples/no-such-file.yaml --quiet; echo "exit code $?"
```

## By command

"""


def parser_of(verb: str) -> VerbParser:
    """The parser of a verb with its options."""
    parser = VerbParser(f"{COMMAND} {verb}", lambda _: None)
    add_options(verb, parser)
    return parser


def command_line_page() -> str:
    """The text of docs/command-line.md."""
    rows = "".join(f"| [{verb}](#execpolicy-{verb}) | {words} |\n" for verb, words in VERBS.items())
    sections = "\n".join("\n".join(_section(verb)) for verb in VERBS)
    return f"{_COMMAND_LINE}| command | what it does |\n|---|---|\n{rows}\n{sections}"


def _section(verb: str) -> Iterator[str]:
    parser = parser_of(verb)
    yield f"## execpolicy {verb}\n"
    yield f"{markdown_text(parser.description or VERBS[verb])} See [{verb}]({verb}.md).\n"
    if parser.usage:
        usage = re.sub(r"\n +", "\n", parser.usage)
        yield f"```text\n{usage}\n```\n"
    for title, actions in _groups(parser):
        yield f"| {title} | |\n|---|---|"
        yield from (f"| {_invocation(action)} | {markdown_text(_help(action))} |" for action in actions)
        yield ""
    if parser.epilog:
        yield f"{markdown_text(parser.epilog)}\n"


def _groups(parser: argparse.ArgumentParser) -> Iterator[tuple[str, list[argparse.Action]]]:
    """The groups of a parser that have options. The names of the first two depend on the version of Python."""
    for group, name in zip(parser._action_groups, ["arguments", "options"], strict=False):
        if shown := _shown(group._group_actions):
            yield name, shown
    for group in parser._action_groups[2:]:
        if shown := _shown(group._group_actions):
            yield str(group.title), shown


def _shown(actions: Iterable[argparse.Action]) -> list[argparse.Action]:
    return [action for action in actions if action.help != argparse.SUPPRESS]


def _invocation(action: argparse.Action) -> str:
    formatter = argparse.HelpFormatter(COMMAND)
    default = formatter._get_default_metavar_for_optional(action) if action.option_strings else action.dest
    value = "" if action.nargs == 0 else formatter._format_args(action, default)
    names = ", ".join(action.option_strings)
    return "`" + table_cell(f"{names} {value}".strip()) + "`"


def _help(action: argparse.Action) -> str:
    values = {name: value for name, value in vars(action).items() if value is not argparse.SUPPRESS}
    choices = action.choices
    return (action.help or "") % {**values, "prog": COMMAND, "choices": ", ".join(map(str, choices or ()))}


def exit_codes_page() -> str:
    """The text of docs/exit-codes.md, without the output of its commands."""
    codes = [int(code) for code in ExitCode if code < ExitCode.INTERRUPTED]
    head = f"| command | {' | '.join(map(str, codes))} |\n|---|{'---|' * len(codes)}\n"
    rows = (
        f"| [{verb}]({verb}.md) | {' | '.join(markdown_text(meanings.get(code, '')) for code in codes)} |\n"
        for verb, meanings in ((verb, meanings_of(verb)) for verb in VERBS)
    )
    return f"{_CODES}{head}{''.join(rows)}"


def meanings_of(verb: str) -> dict[int, str]:
    """What each exit code of a verb means, as its help says.

    Raises:
        ValueError: the help does not say it.
    """
    found = _EXIT_CODES.search(parser_of(verb).epilog or "")
    if found is None:
        raise ValueError(f"the help of execpolicy {verb} does not end with its exit codes")
    parts = (part.partition(" ") for part in re.split(r", (?=\d )", found["codes"]))
    return {int(code): meaning for code, _, meaning in parts}


def pages() -> dict[Path, str]:
    """The texts of the pages by their files. The commands of the second page are run by ``tests.test_pages``."""
    return {DOCS / "command-line.md": command_line_page(), DOCS / "exit-codes.md": exit_codes_page()}


if __name__ == "__main__":
    from tests.documented_pages import renewed

    for path, text in pages().items():
        path.write_text(renewed(text), "utf-8")
