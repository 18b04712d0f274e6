"""The parser of a verb's arguments, with paths before, between and after the options."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any


class VerbParser(argparse.ArgumentParser):
    """The parser of a verb. If ``takes_paths`` is set, all arguments but options and their values are paths.

    argparse itself accepts paths at one position only, and reads a path as the value of an option whose value is
    optional. Here the value of such an option must follow ``=``.
    """

    takes_paths = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the arguments as argparse does, with the paths moved to the end."""
        if self.takes_paths and args is not None:
            takes_value = {name for name, action in self._option_string_actions.items() if action.nargs is None}
            args = paths_last(args, takes_value)
        return super().parse_known_args(args, namespace)


def paths_last(arguments: Iterable[str], takes_value: Collection[str]) -> Sequence[str]:
    """The arguments with all paths after the options.

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


def _wants_value(argument: str, takes_value: Collection[str]) -> bool:
    """Whether the next argument is the value of an option.

    In combined short options, such as -xk, the first option that takes a value gets it.
    """
    if argument.startswith("--"):
        return argument in takes_value
    taking = [at for at, letter in enumerate(argument) if f"-{letter}" in takes_value]
    return taking[:1] == [len(argument) - 1]
