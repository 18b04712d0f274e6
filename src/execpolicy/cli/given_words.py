"""The options that were given besides a file, as the words of another command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

_SINGLE = (
    "api_name",
    "parameters",
    "account",
    "region",
    "api_id",
    "type",
    "terraform_source",
    "terraform_source_callers",
    "kind",
)
_REPEATED = ("parameter", "condition")


def given_words(arguments: argparse.Namespace) -> list[str]:
    """The words that give a command the same file in the same way.

    Args:
        arguments: the parsed options, with those of ``add_template_options`` and ``add_allow_outside``.
    """
    words = [part for option, value in _given(arguments) for part in (option, value)]
    return words + (["--allow-outside"] if arguments.allow_outside else [])


def options_of_apis(arguments: argparse.Namespace) -> list[str]:
    """The options that were given and say something of a file that describes APIs; ``--kind`` is not one of them."""
    return list(dict.fromkeys(option for option, _ in _given(arguments) if option != "--kind"))


def _given(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for name in _SINGLE:
        value = getattr(arguments, name, None)
        if value is not None:
            yield _option(name), value
    for name in _REPEATED:
        for value in getattr(arguments, name, ()):
            yield _option(name), value


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
