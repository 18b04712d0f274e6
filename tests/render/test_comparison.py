"""A comparison in Markdown and as annotations: names and texts that are marks there, and paths from the repository."""

from __future__ import annotations

import os

import pytest

from execpolicy import Policy, compare
from execpolicy.render.comparison import (
    ComparedPart,
    PartChange,
    PartKind,
    comparison_lines,
    comparison_to_github,
    comparison_to_markdown,
)


def part(name: str, path: str = "/a") -> ComparedPart:
    """A policy that lets in what it did not, in a file with a name."""

    def policy(effect: str) -> Policy:
        statement = (
            f'{{"Effect": "{effect}", "Principal": "*", "Action": "*", "Resource": "execute-api:/prod/GET{path}"}}'
        )
        return Policy.from_file_text(f'{{"Statement": {statement}}}', kind="resource", name=name)

    found = compare(policy("Deny"), policy("Allow"))
    return ComparedPart(PartKind.POLICY, name, found, PartChange.CHANGED, name, name, ())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a|b.json", "a\\|b.json"),
        ("<b>.json", "&lt;b&gt;.json"),
        ("a\x1b[2J", "a\\\\x1b\\[2J"),
        ("*a_b*", "\\*a\\_b\\*"),
    ],
)
def test_names_are_no_marks_of_markdown(name: str, shown: str) -> None:
    lines = comparison_to_markdown([part(name)]).splitlines()
    assert f"| request | {shown} | {shown} |" in lines


def test_a_request_with_a_bar_stays_in_its_cell() -> None:
    (row,) = (line for line in comparison_to_markdown([part("p", "/a|b`c")]).splitlines() if "GET/a" in line)
    assert row.count(" | ") == 2
    assert "/a\\|b'c" in row


def test_names_with_control_characters_are_escaped_in_text() -> None:
    text = "\n".join(line.text for line in comparison_lines([part("a\x1b[2J")], None, verbose=True))
    assert "\x1b" not in text
    assert "a\\x1b[2J" in text


def test_annotations_have_paths_from_the_repository() -> None:
    found = part(os.path.join(os.getcwd(), "policies", "a.json"))
    assert comparison_to_github([found], os.getcwd()).startswith(
        "::error file=policies/a.json,line=1,title=newly allowed::"
    )


@pytest.mark.parametrize("change", [PartChange.ADDED, PartChange.REMOVED, PartChange.REPLACED])
def test_what_is_not_compared_is_named(change: PartChange) -> None:
    alone = ComparedPart(PartKind.CALLER, "Clerk", None, change, "a", "b", ())
    (line,) = comparison_lines([alone], None, verbose=True)
    assert line.text.startswith(f"caller Clerk: {change.upper()}  ")
    assert f"caller `Clerk`: **{change}**, " in comparison_to_markdown([alone])
    assert comparison_to_github([alone], os.getcwd()).startswith(f"::warning title=caller Clerk%3A {change}::")
