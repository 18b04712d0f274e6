"""The options that were given besides a file, as the words of another command."""

from __future__ import annotations

import argparse

_SINGLE = ("api_name", "parameters", "account", "region", "api_id", "type", "kind")
_REPEATED = ("parameter", "condition")


def given_words(arguments: argparse.Namespace) -> list[str]:
    """The words that give a command the same file in the same way.

    Args:
        arguments: the parsed options, with those of ``add_template_options`` and ``add_allow_outside``.
    """
    words: list[str] = []
    for name in _SINGLE:
        value = getattr(arguments, name, None)
        words += [] if value is None else [_option(name), value]
    for name in _REPEATED:
        words += [part for value in getattr(arguments, name, ()) for part in (_option(name), value)]
    return words + (["--allow-outside"] if arguments.allow_outside else [])


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
