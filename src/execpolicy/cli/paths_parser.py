"""Arguments of verbs that take paths: before, between and after the options."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any


class VerbParser(argparse.ArgumentParser):
    """The parser of a verb. Where ``takes_paths`` is set, all that is no option and no value of one is a path.

    argparse alone takes the paths of one stretch, refuses those after the next option, and takes a path for the value
    of an option that needs none: the value of such an option stands behind ``=`` here.
    """

    takes_paths = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does."""
        if self.takes_paths and args is not None:
            takes_value = {name for name, action in self._option_string_actions.items() if action.nargs is None}
            args = paths_last(args, takes_value)
        return super().parse_known_args(args, namespace)


def paths_last(arguments: Iterable[str], takes_value: Collection[str]) -> Sequence[str]:
    """The arguments with all paths behind the options.

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
    """Whether what follows an option is its value; of short options in one, as -xk, the first that takes one has it."""
    if argument.startswith("--"):
        return argument in takes_value
    taking = [at for at, letter in enumerate(argument) if f"-{letter}" in takes_value]
    return taking[:1] == [len(argument) - 1]
