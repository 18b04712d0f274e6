"""The parsers of the command and of its verbs: options on demand, and paths before, between and after options."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.streams import width_of, write_to_standard_error

if TYPE_CHECKING:
    from typing import Any, NoReturn

_DEFAULT_COLUMNS = 80
#: What begins each line of a usage but the first, and an option or word of it.
_INDENT = " " * len("usage: ")
_PART = r"\[.*?\](?= |$)|\{.*?\}(?= |$)|[^ ]+"
#: What argparse says of a value for an option that takes none, and the beginning of what it says of what is missing.
_IGNORED = r"argument ([^ :]+): ignored explicit argument (.*)"
_MISSING = "the following arguments are required: "


class HelpFormatter(argparse.HelpFormatter):
    """Formats help for the width of the terminal.

    argparse asks shutil for the width, which imports the modules of compressed files.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=(width_of(sys.__stdout__) or _DEFAULT_COLUMNS) - 2)

    def add_usage(self, usage: str | None, *rest: Any, **more: Any) -> None:
        """Add the usage, its lines broken where the terminal is narrower than they are."""
        columns = width_of(sys.__stdout__)
        if usage is not None and columns is not None:
            usage = "\n".join(_broken(line, columns - 1) for line in f"{_INDENT}{usage}".split("\n")).lstrip()
        super().add_usage(usage, *rest, **more)


def _broken(line: str, width: int) -> str:
    """A line of a usage, broken between options."""
    lines = [_INDENT]
    for part in re.findall(_PART, line):
        if len(lines[-1]) + len(part) >= width and lines[-1].strip():
            lines.append(f"{_INDENT}    ")
        lines[-1] += part if lines[-1].endswith(" ") else f" {part}"
    return "\n".join(lines)


def is_url(text: str | None) -> bool:
    """Whether an argument is a URL: no method, path or ARN begins with a word and ``://``."""
    return text is not None and "://" in text and text.partition("://")[0].isalpha()


class CommandParser(argparse.ArgumentParser):
    """A parser whose errors say what was meant, in colours on a terminal that has them."""

    #: The arguments that are parsed.
    _given: Sequence[str] = ()

    def __init__(self, prog: str, *, color: bool = False, **more: Any) -> None:
        super().__init__(prog, allow_abbrev=False, formatter_class=HelpFormatter, **more)
        # From Python 3.14 on argparse gives it to the parsers of verbs. Its colours would go into a file of errors too,
        # if standard output is a terminal.
        self.color = color

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the arguments as argparse does."""
        self._given = args or ()
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Exit with the usage and the message.

        An option that does not exist is reported rather than what is missing. Of an option without a value, the message
        says which forms it has.
        """
        from execpolicy.cli.terminal import write_errors
        from execpolicy.errors import Diagnostic

        match = re.fullmatch(_IGNORED, message)
        unknown = next(filter(self._is_unknown, self._given), None) if message.startswith(_MISSING) else None
        if unknown is not None:
            message = self.message_on_unknown(unknown)
        elif match is not None:
            forms = [form for form in self._option_string_actions if form.partition("=")[0] in match[1].split("/")]
            message = f"argument {match[1]}: found {match[2]}, and it takes no value: use {' or '.join(forms)}"
        write_to_standard_error(self.format_usage())
        write_errors([Diagnostic(message)], self.prog)
        self.exit(ExitCode.UNUSABLE_INPUT)

    def message_on_unknown(self, option: str) -> str:
        """What is said of an option that does not exist."""
        from execpolicy.cli.wrong_usage import meant_option

        return f"unrecognized arguments: {option}: {meant_option(option, self._option_string_actions)}"

    def _is_unknown(self, argument: str) -> bool:
        """Whether it is an option that does not exist; options of one letter can be combined."""
        if argument in ("-", "--") or not argument.startswith("-"):
            return False
        name = argument.partition("=")[0] if argument.startswith("--") else argument[:2]
        return name not in self._option_string_actions


class VerbParser(CommandParser):
    """The parser of a verb, which adds its options when it parses.

    argparse itself accepts paths at one position only, and reads a path as the value of an option whose value is
    optional. ``reorder`` moves such arguments: ``paths_last`` or ``urls_first``.

    Args:
        prog: the command with the verb.
        add_options: adds the options, and sets usage, description and epilog.
    """

    #: Orders the arguments before they are parsed, by the names of the options that take one value.
    reorder: Callable[[Iterable[str], Collection[str]], Sequence[str]] | None = None

    #: What may be wrong where there are more arguments than the verb takes, by those that it takes.
    advice_on_more: Callable[[argparse.Namespace], str] | None = None

    def __init__(self, prog: str, add_options: Callable[[VerbParser], None], *, color: bool = False) -> None:
        super().__init__(prog, color=color)
        self._add_options: Callable[[VerbParser], None] | None = add_options

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the arguments as argparse does, in the order of ``reorder``."""
        self.prepare()
        if self.reorder is not None and args is not None:
            takes_value = {name for name, action in self._option_string_actions.items() if action.nargs is None}
            args = self.reorder(args, takes_value)
        parsed, rest = super().parse_known_args(args, namespace)
        unknown = next((each for each in rest if each.startswith("-") and each != "-"), None)
        if unknown is not None:
            self.error(self.message_on_unknown(unknown))
        if rest:
            advice = "" if self.advice_on_more is None else self.advice_on_more(parsed)
            self.error(f"unrecognized arguments: {' '.join(rest)}{f': {advice}' if advice else ''}")
        return parsed, rest

    def complete_files(self, how: object) -> None:
        """Let shtab complete files for the options that take them, by the names of their values in the help."""
        self.prepare()
        for action in self._actions:
            if isinstance(action.metavar, str) and action.metavar.startswith(("FILE", "PATH", "KEY=VALUE|FILE")):
                action.complete = how  # type: ignore[attr-defined]  # shtab reads this attribute

    def complete_names(self, names: Iterable[str]) -> None:
        """Let shtab complete names for the argument of a verb that takes one of them."""
        self.prepare()
        for action in self._actions:
            if not action.option_strings:
                action.choices = [*names]  # shtab reads them; what is no choice is not parsed here

    def prepare(self) -> None:
        """Add the options unless they are there already."""
        if self._add_options is not None:
            add_options, self._add_options = self._add_options, None
            add_options(self)


def paths_last(arguments: Iterable[str], takes_value: Collection[str]) -> Sequence[str]:
    """The arguments with all paths after the options: all are paths but options and their values.

    The value of an option whose value is optional must follow ``=``.

    >>> paths_last(["a.json", "-k", "ann", "b.json", "-x"], {"-k"})
    ['-k', 'ann', '-x', '--', 'a.json', 'b.json']
    """
    options: list[str] = []
    paths: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            paths.extend(rest)
        elif argument == "-" or not argument.startswith("-"):
            paths.append(argument)
        else:
            options.append(argument)
            options.extend(islice(rest, _wants_value(argument, takes_value)))
    return [*options, "--", *paths] if paths else options


def urls_first(arguments: Iterable[str], takes_value: Collection[str]) -> Sequence[str]:
    """The arguments with the URLs among them before the rest, but not those that are values of options.

    A URL is never the value of an option that takes several files.

    >>> urls_first(["--identity", "a.json", "https://a.example/b", "-H", "https://c"], {"-H"})
    ['https://a.example/b', '--identity', 'a.json', '-H', 'https://c']
    """
    urls: list[str] = []
    others: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            others += [argument, *rest]
        elif argument.startswith("-"):
            others += [argument, *islice(rest, _wants_value(argument, takes_value))]
        else:
            (urls if is_url(argument) else others).append(argument)
    return [*urls, *others]


def _wants_value(argument: str, takes_value: Collection[str]) -> bool:
    """Whether the next argument is the value of an option.

    In combined short options, such as -xk, the first option that takes a value gets it.
    """
    if argument.startswith("--"):
        return argument in takes_value
    taking = [at for at, letter in enumerate(argument) if f"-{letter}" in takes_value]
    return taking[:1] == [len(argument) - 1]
