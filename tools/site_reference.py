"""A hook of mkdocs: the pages of the reference, one for each subject, from ``tools/public_names.txt``.

mkdocstrings writes signatures and docstrings into them. The pages are made when the site is built and are no files of
the repository: what they say stands in the source (docs/adr/033).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tools.public_names import LIST, public_names


class Subject(NamedTuple):
    """A page of the reference: its title, and the packages and modules whose public names it has."""

    title: str
    about: str
    modules: tuple[str, ...]


#: The pages by name. A name belongs to the page with the longest prefix of its module.
SUBJECTS: Mapping[str, Subject] = {
    "decisions": Subject(
        "Requests and decisions",
        "A request, the policies that apply to it, the decision, and its explanation.",
        ("execpolicy.document", "execpolicy.engine", "execpolicy.language"),
    ),
    "apis": Subject(
        "APIs, calls and templates",
        "An API as its owner configures it, a call to it, and what becomes of the call.",
        ("execpolicy.api", "execpolicy.call", "execpolicy.gateway", "execpolicy.template"),
    ),
    "analysis": Subject(
        "All requests at once", "Comparisons, invariants and who gets through.", ("execpolicy.analysis",)
    ),
    "bulk": Subject(
        "Many calls at once",
        "Who can make which calls, and which calls of access logs a change refuses.",
        ("execpolicy.bulk",),
    ),
    "lint": Subject(
        "Findings and suggestions",
        "What is wrong with a policy or an API, and what would let a refused call through.",
        ("execpolicy.linter", "execpolicy.suggestions"),
    ),
    "errors": Subject("Errors", "Each error has a message, a place and advice.", ("execpolicy.errors",)),
    "testing": Subject(
        "Tests of policies", "The names of `execpolicy.testing`: case files and assertions.", ("execpolicy.testing",)
    ),
}
#: Modules that are public as a whole.
MODULES: Mapping[str, str] = {
    "strategies": "execpolicy.testing.strategies",
    "literals": "execpolicy.literals",
}
FOLDER = "reference"
_WHOLE = """# {module}

::: {module}
    options:
      show_root_heading: false
      show_root_toc_entry: false
"""


def pages(text: str) -> dict[str, str]:
    """The Markdown of each page, by its path below docs/.

    Raises:
        ValueError: a public name belongs to no page.
    """
    names = _names_by_subject(public_names(text))
    found = {f"{FOLDER}/{name}.md": _page(SUBJECTS[name], names[name]) for name in SUBJECTS}
    return found | {f"{FOLDER}/{name}.md": _WHOLE.format(module=module) for name, module in MODULES.items()}


def _names_by_subject(packages: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {subject: [] for subject in SUBJECTS}
    for package, modules in packages.items():
        for name, module in modules.items():
            found[_subject_of(module)].append(f"{package}.{name}")
    return found


def _subject_of(module: str) -> str:
    for subject, (_, _, prefixes) in SUBJECTS.items():
        if any(f"{module}.".startswith(f"{prefix}.") for prefix in prefixes):
            return subject
    raise ValueError(f"{module} has public names, and belongs to no page of the reference: add it to SUBJECTS")


def _page(subject: Subject, names: Iterable[str]) -> str:
    return "\n".join(_lines(subject, names))


def _lines(subject: Subject, names: Iterable[str]) -> Iterator[str]:
    yield f"# {subject.title}\n"
    yield f"{subject.about}\n"
    # Classes first, then functions: each in the order of the alphabet.
    for name in sorted(names, key=lambda name: (name.rpartition(".")[2].islower(), name)):
        yield f"::: {name}\n"


def on_files(files: Any, *, config: Any, **_: Any) -> Any:
    """Add the pages to those of the site; mkdocs calls this once."""
    from mkdocs.structure.files import File

    for path, markdown in pages(LIST.read_text("utf-8")).items():
        files.append(File.generated(config, path, content=markdown))
    return files
