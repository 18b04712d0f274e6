"""Pages whose commands are run: the README and pages of docs/.

A page is true if its commands give the output that it shows. A ``console`` block holds commands, each after ``$ ``,
with their output. A block with a title, such as ``yaml title="orders.api.yaml"``, is a file: such a page runs in a
folder of its own, where each file is written before the commands below it run. Other pages run in the checkout.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: Pages are set for this many columns.
COLUMNS = "100"

_BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"\n]+)\")?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(
    r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$|<(?:img|source)[^>]* (?:src|srcset)=\"([^\"]+)\"", re.MULTILINE
)


class Installation(NamedTuple):
    """Where ``execpolicy`` is installed: the interpreter, and what PYTHONPATH adds."""

    python: str
    path: str


CHECKOUT = Installation(sys.executable, str(ROOT / "src"))


class Command(NamedTuple):
    """A command as it is typed, and what is shown under it."""

    typed: str
    output: str


class Block(NamedTuple):
    """A fenced block. A block with a title is a file of this name."""

    language: str
    title: str
    text: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in its order."""
    return [Block(found["language"], found["title"] or "", found["text"]) for found in _BLOCK.finditer(page)]


def commands(text: str) -> list[Command]:
    """The commands of a console block: each begins with ``$ `` and goes on after a backslash."""
    found: list[Command] = []
    lines = iter(text.splitlines(keepends=True))
    for line in lines:
        if not line.startswith("$ "):
            found[-1] = found[-1]._replace(output=found[-1].output + line)
            continue
        typed = line[2:]
        while typed.endswith("\\\n"):
            typed += next(lines)
        found.append(Command(typed, ""))
    return found


def commands_of(page: str) -> list[Command]:
    """The commands of all console blocks of a page."""
    return [command for block in blocks(page) if block.language == "console" for command in commands(block.text)]


def output_of(typed: str, folder: Path = ROOT, installation: Installation = CHECKOUT) -> str:
    """What a command writes in a folder where ``execpolicy`` and ``pytest`` are installed."""
    with tempfile.TemporaryDirectory() as programs:
        for name in ("execpolicy", "pytest"):
            program = Path(programs) / name
            program.write_text(f'#!/bin/sh\nexec {shlex.quote(installation.python)} -m {name} "$@"\n', "utf-8")
            program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "EXECPOLICY_DEBUG")}
        variables = {
            **kept,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": installation.path,
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": COLUMNS,
        }
        run = subprocess.run(
            ["sh", "-c", typed],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=variables,
            check=False,
        )
    return run.stdout.decode()


def steady(text: str) -> str:
    """Text without the time that a command took, which differs from run to run."""
    return re.sub(r"\bin \d+\.\d\d ?s\b", "in 0.01 s", text)


def renewed(page: str, checkout: Path = ROOT, installation: Installation = CHECKOUT) -> str:
    """The page with the output that its commands give, in order. A time that a command took stays as it is."""
    with _folder_of(page, checkout) as folder:

        def run(found: re.Match[str]) -> str:
            block = Block(found["language"], found["title"] or "", found["text"])
            if block.title:
                path = folder / block.title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, "utf-8")
            if block.language != "console":
                return found.group()
            return (
                f"```console\n{''.join(_rerun(command, folder, installation) for command in commands(block.text))}```"
            )

        return _BLOCK.sub(run, page)


def _rerun(command: Command, folder: Path, installation: Installation) -> str:
    output = output_of(command.typed, folder, installation)
    return f"$ {command.typed}{command.output if steady(output) == steady(command.output) else output}"


@contextmanager
def _folder_of(page: str, checkout: Path) -> Iterator[Path]:
    if not any(block.title for block in blocks(page)):
        yield checkout
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def links(page: str) -> list[str]:
    """The targets of links and images, outside of blocks."""
    return [target for groups in _LINK.findall(_BLOCK.sub("", page)) for target in groups if target]


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _BLOCK.sub("", markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def long_lines(page: str, width: int = 120) -> list[str]:
    """Lines of prose that are too long. Tables, links at the end of a page and blocks may be longer."""
    prose = re.sub(r"^(?:\|[^\n]*|\[[^\]]+\]: \S+| *<[^\n]*)$", "", _BLOCK.sub("", page), flags=re.MULTILINE)
    return [line for line in prose.splitlines() if len(line) > width]
