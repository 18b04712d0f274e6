"""The grammar of invariants in the documentation is the one that parses."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from execpolicy.analysis.invariants.words import WORDS
from tools.invariant_grammar import PAGE, PICTURE, Part, grammar_text, picture, renewed, rules


def words_of(part: Part) -> set[str]:
    own = set(part.name.split()) if part.kind == "word" else set[str]()
    return own.union(*map(words_of, part.parts))


def test_the_page_has_the_grammar() -> None:
    assert renewed(PAGE.read_text("utf-8")) == PAGE.read_text("utf-8"), "docs/invariants.md is stale: run make docs"
    assert grammar_text() in PAGE.read_text("utf-8")


def test_each_word_of_the_language_is_in_the_grammar() -> None:
    found = set[str]().union(*map(words_of, rules().values()))
    assert found == {*WORDS, ",", "=", "!=", "(", ")"}


def test_each_rule_that_is_named_is_there() -> None:
    def named(part: Part) -> set[str]:
        own = {part.name} if part.kind == "rule" else set[str]()
        return own.union(*map(named, part.parts))

    assert {"invariant"}.union(*map(named, rules().values())) == set(rules())


def test_the_picture_is_up_to_date() -> None:
    pytest.importorskip("railroad", reason="make .venv/.installed-dev installs railroad-diagrams")
    assert picture() == PICTURE.read_text("utf-8"), "docs/images/invariants.svg is stale: run make docs"


def test_the_picture_shows_every_rule() -> None:
    text = "{http://www.w3.org/2000/svg}text"
    shown = [element.text for element in ET.parse(PICTURE).iter(text) if element.get("class") == "rule"]
    assert shown == list(rules())
