"""A hook of mkdocs: a plain Markdown copy of each page, the list of them in ``llms.txt``, and the version on each page.

The copy stands beside its page, with the ending ``.md``. It is the source of the page, with links to the repository as
the page has them; a page of the reference of the library has the signatures and docstrings in place of its directives.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tools.site_links import REPOSITORY_BRANCH, with_links_to_the_repository

ROOT = Path(__file__).parents[1]
_DIRECTIVE = re.compile(r"^::: (\S+)\n(?:    .*\n?)*", re.MULTILINE)
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


class Copy(NamedTuple):
    """A page as plain Markdown: its path in the site, its title, and its text."""

    path: str
    title: str
    text: str

    @property
    def summary(self) -> str:
        """The first sentence of the page; empty if it begins with something else."""
        first = re.sub(r"<!--.*?-->", "", self.text.partition(f"# {self.title}\n")[2], flags=re.DOTALL).lstrip("\n")
        paragraph = " ".join(first.partition("\n\n")[0].split("\n"))
        sentence = re.split(r"(?<=[.?!:]) ", paragraph)[0].rstrip(":")
        return "" if re.match(r"#|\||```|[<>!*-]", sentence) else _without_links(sentence)


def _without_links(text: str) -> str:
    return re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])?", r"\1", text)


def version() -> str:
    """The version of execpolicy that the pages describe."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return f"execpolicy {project['version']}"


def markdown_copy(path: str, markdown: str, repository: str, described: Callable[[str], str]) -> Copy:
    """The copy of a page.

    Args:
        path: the path of its source below docs/.
        markdown: its source.
        repository: the address to which links that leave docs/ lead.
        described: the text for a directive of mkdocstrings, which names an object of the library.
    """
    linked = with_links_to_the_repository(markdown, path, repository)
    text = _DIRECTIVE.sub(lambda found: described(found[1]), linked)
    title = _TITLE.search(text)
    return Copy(path, title[1] if title else path, f"<!-- {version()} -->\n{text}")


def llms_txt(name: str, about: str, sections: Iterable[tuple[str, Iterable[Copy]]]) -> str:
    """The list of the copies by the sections of the navigation, as https://llmstxt.org/ has it."""
    return "\n".join(_lines_of_list(name, about, sections))


def _lines_of_list(name: str, about: str, sections: Iterable[tuple[str, Iterable[Copy]]]) -> Iterator[str]:
    yield f"# {name}\n"
    yield f"> {about} This is the documentation of {version()}.\n"
    for section, copies in sections:
        yield f"## {section}\n"
        for copy in copies:
            yield f"- [{copy.title}]({copy.path})" + (f": {copy.summary}" if copy.summary else "")
        yield ""


#: The copies of the pages that this build has read, by their paths.
_copies: dict[str, Copy] = {}


def on_config(config: Any, **_: Any) -> Any:
    """Write the version at the foot of each page; mkdocs calls this first."""
    _copies.clear()
    config.copyright = f"{version()} · Apache-2.0 · not affiliated with Amazon Web Services"
    return config


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> None:
    """Keep the copy of a page; mkdocs calls this for each page. Its text stays as it is."""
    repository = f"{config['repo_url']}/{REPOSITORY_BRANCH}"
    described = _described_by(config.plugins["mkdocstrings"])
    _copies[page.file.src_uri] = markdown_copy(page.file.src_uri, markdown, repository, described)


def _described_by(plugin: Any) -> Callable[[str], str]:
    """What the handler of mkdocstrings reads of an object, as Markdown."""
    from tools.site_objects import described

    def text(name: str) -> str:
        handler = plugin.get_handler("python")
        return described(name, handler.collect(name, handler.get_options({})))

    return text


def on_post_build(*, config: Any, **_: Any) -> None:
    """Write the copies and their list; mkdocs calls this at the end."""
    site = Path(config["site_dir"])
    for copy in _copies.values():
        path = site / copy.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(copy.text, "utf-8")
    sections = [(name, [_copies[path] for path in paths]) for name, paths in _sections(config["nav"])]
    listed = {path for _, paths in _sections(config["nav"]) for path in paths}
    others = [copy for path, copy in sorted(_copies.items()) if path not in listed]
    text = llms_txt(config["site_name"], config["site_description"], [*sections, ("Optional", others)])
    (site / "llms.txt").write_text(text, "utf-8")


def _sections(nav: Iterable[Any]) -> Iterator[tuple[str, list[str]]]:
    """The sections of the navigation with the paths of their pages; pages without a section come first."""
    yield "Start", [entry for each in nav for _, entry in _entries(each) if isinstance(entry, str)]
    for each in nav:
        for name, entry in _entries(each):
            if not isinstance(entry, str):
                yield name, list(_paths(entry))


def _paths(entries: Iterable[Any]) -> Iterator[str]:
    for each in entries:
        for _, entry in _entries(each):
            yield from (entry,) if isinstance(entry, str) else _paths(entry)


def _entries(entry: Mapping[str, Any] | str) -> Iterator[tuple[str, Any]]:
    yield from entry.items() if isinstance(entry, Mapping) else ((entry, entry),)
