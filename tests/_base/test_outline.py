"""Results that are printed line by line, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from execpolicy._base.outline import Outlined, OutlineLine


class Pets(Outlined):
    __slots__ = ()

    def _outline(self) -> Iterator[OutlineLine]:
        yield OutlineLine(0, "heading", "pets")
        yield OutlineLine(1, "fact", "a <cat> & \x1b[2J", about=self)


def test_the_text_is_indented_by_depth() -> None:
    assert str(Pets()) == "pets\n  a <cat> & \\x1b[2J"


def test_lines_are_printable_and_keep_what_they_are_about() -> None:
    pets = Pets()
    first, second = pets.lines()
    assert first == (0, "heading", "pets", None, "")
    assert second.text.isprintable()
    assert second.about is pets


def test_html_marks_each_line_with_its_style() -> None:
    assert Pets().html() == (
        '<div class="execpolicy" style="font-family:monospace;white-space:pre-wrap">'
        '<div class="execpolicy-heading" style="margin-left:0.0em">pets</div>'
        '<div class="execpolicy-fact" style="margin-left:1.5em">a &lt;cat&gt; &amp; \\x1b[2J</div></div>'
    )
    assert Pets()._repr_html_() == Pets().html()


def test_the_base_class_has_no_lines() -> None:
    with pytest.raises(NotImplementedError):
        str(Outlined())
