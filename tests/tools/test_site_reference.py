"""The reference of the site: each public name stands on one page, and each page in the navigation."""

from __future__ import annotations

import re

import pytest

from tests.command_runs import ROOT
from tools.public_names import LIST, public_names
from tools.site_reference import pages
from tools.site_source import comment_above, with_blocks

NAMES = [
    f"{package}.{name}"
    for package, modules in public_names(LIST.read_text("utf-8")).items()
    for name in modules
]  # fmt: skip
PAGES = pages(LIST.read_text("utf-8"))


def test_each_public_name_is_on_one_page() -> None:
    written = [name for page in PAGES.values() for name in re.findall(r"^::: (\S+)$", page, re.MULTILINE)]
    whole = ["execpolicy.literals", "execpolicy.testing.strategies"]
    assert sorted(written) == sorted([*NAMES, *whole])


def test_each_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    assert sorted(re.findall(r"reference/\S+", navigation)) == sorted(PAGES)


def test_a_page_has_classes_before_functions() -> None:
    text = "execpolicy.authorize execpolicy.engine.authorize\nexecpolicy.Target execpolicy.engine.caller\n"
    page = pages(text)["reference/decisions.md"]
    assert page.startswith("# Requests and decisions\n\n")
    assert page.endswith("\n::: execpolicy.Target\n\n::: execpolicy.authorize\n")


def test_a_name_of_no_page() -> None:
    with pytest.raises(ValueError, match=r"execpolicy\.new has public names, and belongs to no page") as raised:
        pages("execpolicy.New execpolicy.new\n")
    assert "add it to SUBJECTS" in str(raised.value)


def test_examples_of_docstrings_become_blocks() -> None:
    docstring = """One.

    >>> a = [
    ...     1]
    >>> a
    [1]

    Two.

    >>> 2
    2"""
    assert (
        with_blocks(docstring)
        == """One.

    ```pycon
    >>> a = [
    ...     1]
    >>> a
    [1]
    ```

    Two.

    ```pycon
    >>> 2
    2
    ```"""
    )
    assert with_blocks("One.\n\nTwo.") == "One.\n\nTwo."


def test_comments_right_above_a_line() -> None:
    lines = ["#: no", "", "  #: One", "  #: sentence.", "  name: str", "  other: str", "  # a reason", "  third: str"]
    assert comment_above(lines, 5) == "One sentence."
    assert (comment_above(lines, 6), comment_above(lines, 8), comment_above(lines, 1)) == ("", "", "")
