"""Pages whose commands are run: the README and pages of docs/.

A page is true if its commands give the output that it shows. A ``console`` block holds commands, each after ``$ ``,
with their output; an ``sh`` block is a script without output that has to succeed. A block with a title, such as
``yaml title="orders.api.yaml"``, is a file: such a page runs in a folder of its own, where each file is written before
the commands below it run. Other pages run in the checkout. A block below a comment ``<!-- not run: REASON -->`` is left
alone.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.command_runs import CHECKOUT, ROOT, Installation, output_of, shell_output

_BLOCK = re.compile(
    r"^(?P<mark><!-- not run: (?P<reason>[^\n]+) -->\n\n?)?"
    r"```(?P<language>\w+)(?: title=\"(?P<title>[^\"\n]+)\")?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(
    r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$|<(?:img|source)[^>]* (?:src|srcset)=\"([^\"]+)\"", re.MULTILINE
)


class Command(NamedTuple):
    """A command as it is typed, and what is shown under it."""

    typed: str
    output: str


class Block(NamedTuple):
    """A fenced block. A block with a title is a file of this name; one with a reason is not run."""

    language: str
    title: str
    text: str
    reason: str = ""


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in its order."""
    return [_read(found) for found in _BLOCK.finditer(page)]


def _read(found: re.Match[str]) -> Block:
    return Block(found["language"], found["title"] or "", found["text"], found["reason"] or "")


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
    return [command for block in blocks(page) if is_run(block, "console") for command in commands(block.text)]


def is_run(block: Block, *languages: str) -> bool:
    """Whether a block is an example in one of the languages, and no reason says that it cannot run."""
    return block.language in languages and not block.reason


def steady(text: str) -> str:
    """Text without the time that a command took, which differs from run to run."""
    return re.sub(r"\bin \d+\.\d\d ?s\b", "in 0.01 s", text)


def renewed(page: str, checkout: Path = ROOT, installation: Installation = CHECKOUT) -> str:
    """The page with the output that its commands give, in order. A time that a command took stays as it is."""
    with _folder_of(page, checkout) as folder:

        def run(found: re.Match[str]) -> str:
            block = _read(found)
            if block.title:
                path = folder / block.title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, "utf-8")
            if is_run(block, "sh"):
                _run_script(block.text, folder, installation)
            if not is_run(block, "console"):
                return found.group()
            return (
                f"```console\n{''.join(_rerun(command, folder, installation) for command in commands(block.text))}```"
            )

        return _BLOCK.sub(run, page)


def _run_script(text: str, folder: Path, installation: Installation) -> None:
    run = shell_output(f"set -e\n{text}", folder, installation)
    assert run.code == 0, f"{text}{run.output}"


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


def without_blocks(page: str) -> str:
    """The prose of a page."""
    return _BLOCK.sub("", page)


def links(page: str) -> list[str]:
    """The targets of links and images, outside of blocks."""
    return [target for groups in _LINK.findall(without_blocks(page)) for target in groups if target]


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def long_lines(page: str, width: int = 120) -> list[str]:
    """Lines of prose that are too long. Tables, links at the end of a page and blocks may be longer."""
    prose = re.sub(r"^(?:\|[^\n]*|\[[^\]]+\]: \S+| *<[^\n]*)$", "", without_blocks(page), flags=re.MULTILINE)
    return [line for line in prose.splitlines() if len(line) > width]
