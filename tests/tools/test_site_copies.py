"""The copies of the pages as plain Markdown, their list, and the theme's parts that are ours."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.command_runs import ROOT
from tools.site_copies import Copy, llms_txt, markdown_copy, version

REPOSITORY = "https://example.com/blob/main"


def copy_of(markdown: str, path: str = "one.md") -> Copy:
    return markdown_copy(path, markdown, REPOSITORY, lambda name: f"## {name}\n\nWhat it is.\n")


def test_a_copy_names_the_version_and_keeps_the_page() -> None:
    markdown = "# One\n\nText with [a link](two.md#x) and [one](../src/a.py).\n"
    copy = copy_of(markdown)
    assert re.fullmatch(r"execpolicy \d+\.\d+\.\d+\S*", version())
    assert (
        copy.text == f"<!-- {version()} -->\n# One\n\nText with [a link](two.md#x) and [one]({REPOSITORY}/src/a.py).\n"
    )
    assert (copy.path, copy.title) == ("one.md", "One")


def test_a_directive_becomes_the_text_of_its_object() -> None:
    markdown = "# Names\n\n::: execpolicy.Api\n\n::: execpolicy.who\n    options:\n      heading: false\n"
    assert copy_of(markdown).text.partition("\n")[2] == (
        "# Names\n\n## execpolicy.Api\n\nWhat it is.\n\n## execpolicy.who\n\nWhat it is.\n"
    )


@pytest.mark.parametrize(
    ("page", "summary"),
    [
        ("# A\n\nOne thing. Another.\n", "One thing."),
        ("# A\n\nOne thing\nin [two](b.md) lines: with more. Text.\n", "One thing in two lines"),
        ("# A\n\n`a` is [b]. Text.\n", "`a` is b."),
        ("# A\n\n<!-- not run: x -->\n```sh\na\n```\n", ""),
        ("# A\n\n| a | b |\n|---|---|\n", ""),
        ("# A\n\n- a\n", ""),
        ("No title.\n", ""),
    ],
)
def test_the_summary_is_the_first_sentence(page: str, summary: str) -> None:
    assert copy_of(page).summary == summary


def test_the_list_of_the_copies() -> None:
    text = llms_txt(
        "x", "What it is.", [("First", [copy_of("# A\n\nOne.\n")]), ("Second", [copy_of("# B\n", "b/c.md")])]
    )
    assert text == (
        f"# x\n\n> What it is. This is the documentation of {version()}.\n\n"
        "## First\n\n- [A](one.md): One.\n\n## Second\n\n- [B](b/c.md)\n"
    )


def test_the_theme_asks_no_other_host() -> None:
    """The theme's link to the repository asks GitHub, and the plugin ``offline`` loads a script from another host."""
    parts = ROOT / "tools" / "site_theme" / "partials"
    assert "data-md-component" not in (parts / "source.html").read_text("utf-8")
    text = re.sub(r"!!python\S+", "", (ROOT / "mkdocs.yml").read_text("utf-8"))
    configuration = yaml.safe_load(text)
    (script,) = configuration["extra"]["polyfills"]
    assert "iframe-worker" in script
    assert (ROOT / "docs" / script).exists()
    assert configuration["theme"]["font"] is False
    assert configuration["strict"] is True
