"""What was meant by a command or an option that does not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable

#: Commands of other tools, each with the one that is meant.
_COMMANDS = {"simulate": "check", "authorize": "check", "invoke": "check", "run": "test"}
#: Options that people expect, each with what to give instead.
_OPTIONS = {
    "--principal": "--as ARN",
    "--caller": "--as ARN",
    "--user": "--as ARN",
    "--role": "--as ARN",
    "--profile": "--as ARN",
    "--arn": "--on ARN",
    "--resource-arn": "--on ARN",
    "--api": "FILE without an option",
    "--template": "--api FILE",
    "--template-file": "--api FILE",
    "--openapi": "--api FILE",
    "--parameter-overrides": "--parameter NAME=VALUE",
    "--url": "the URL without an option",
    "--method": "-X METHOD",
    "--path": "METHOD and PATH without an option",
    "--body": "-d TEXT",
    "--headers": "-H 'NAME: VALUE'",
    "--policy": "--identity FILE or --resource FILE",
    "--json": "--format json",
    "--output": "--format",
    "--source-ip": "--context aws:SourceIp=ADDRESS",
    "--ip": "--context aws:SourceIp=ADDRESS",
    "--vpce": "--context aws:SourceVpce=ID",
    "--source-vpce": "--context aws:SourceVpce=ID",
    "--user-agent": "-H 'User-Agent: VALUE'",
    "--time": "--at TIME",
    "--now": "--at now",
    "--colour": "--color",
    "--no-color": "--color never",
    "--no-colour": "--color never",
    "--silent": "--quiet",
}


def meant_command(word: str, commands: Iterable[str]) -> str:
    """Advice on a command that does not exist.

    >>> meant_command("chekc", ["check", "why"]), meant_command("xyz", ["check", "why"])
    ('did you mean check?', 'use check or why')
    """
    from execpolicy.document.syntax.wording import listed, nearest_or_longer

    names = list(commands)
    meant = _COMMANDS.get(word.lower()) or nearest_or_longer(word, names)
    return f"did you mean {meant}?" if meant in names else f"use {listed(names)}"


def meant_option(option: str, options: Collection[str]) -> str:
    """Advice on an option that a command does not have.

    >>> meant_option("--json", ["--format"]), meant_option("--identiy=a", ["--identity"]), meant_option("--x", [])
    ('did you mean --format json?', 'did you mean --identity?', 'its options are in --help')
    """
    from execpolicy.document.syntax.wording import nearest

    name = option.partition("=")[0]
    meant = _OPTIONS.get(name)
    if meant is None or (meant.startswith("-") and meant.split()[0] not in options):
        meant = nearest(name, [each for each in options if each.startswith("--")]) if name.startswith("--") else None
    return "its options are in --help" if meant is None else f"did you mean {meant}?"
