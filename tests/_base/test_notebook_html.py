"""What notebooks show: inline styles alone, escaped, in colours that are legible on a light and on a dark page."""

from __future__ import annotations

import re

import pytest

from execpolicy import Api, Policy, compare, lint, matrix
from execpolicy._base import notebook_html
from execpolicy._base.notebook_html import LOOKS, html_of, table_of
from execpolicy.render.colour import PLAIN, STYLES

#: White, and the background of the dark theme of Jupyter.
PAGES = ("#ffffff", "#111111")


def luminance(colour: str) -> float:
    """The relative luminance of a colour, by WCAG 2.1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["GREEN", "RED", "YELLOW", "BLUE", "MAGENTA", "GREY"])
@pytest.mark.parametrize("page", PAGES)
def test_a_colour_is_legible(name: str, page: str) -> None:
    darker, lighter = sorted((luminance(getattr(notebook_html, name)), luminance(page)))
    assert (lighter + 0.05) / (darker + 0.05) > 4.3


def test_each_look_is_one_of_a_style() -> None:
    assert LOOKS.keys() <= {*STYLES, *PLAIN}


def check(html: str) -> None:
    """Nothing but elements for lines, with a class and an inline style."""
    tags = re.findall(r"<[^>]*>", html)
    assert {re.sub(r'"[^"]*"', "", tag) for tag in tags} == {"<div class= style=>", "</div>"}
    assert tags.count("</div>") * 2 == len(tags)
    assert "url(" not in html


def test_lines_are_escaped() -> None:
    html = html_of([(1, "fact", "<script>&\"'", 0), (0, "none", "x", 0)])
    check(html)
    assert '<div class="execpolicy-fact" style="margin-left:1.5em">&lt;script&gt;&amp;&quot;&#x27;</div>' in html


def test_the_rest_of_a_row_stands_under_its_text() -> None:
    html = html_of([(0, "advice", "allowed with  aws:SourceVpce=vpce-0a1b2c3d", 14)])
    check(html)
    assert "margin-left:0.0em;padding-left:14ch;text-indent:-14ch;color:" in html


SNEAKY = "<img src=x>"


def policy(**more: object) -> Policy:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    text = {"Version": "2012-10-17", "Statement": {**statement, **more}}
    return Policy.parse(text, kind="resource", name=f"{SNEAKY}.json")


def test_a_finding_shows_its_path_and_what_to_do() -> None:
    (finding,) = lint(policy(Action="execute-api:<b>"))
    html = finding._repr_html_()
    check(html)
    assert 'font-weight:bold">error EP-DOC-050: execute-api has no action &quot;&lt;b&gt;&quot;' in html
    assert ">Statement[0].Action</div>" in html
    assert 'class="execpolicy-advice"' in html
    assert 'class="execpolicy-source"' not in html


def test_a_finding_shows_the_line_of_the_policy() -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": {"Sid": "B", "Effect": "Allow", "Principal": "*",\n'
        ' "Action": "execute-api:<b>", "Resource": "execute-api:/*"}}'
    )
    (finding,) = lint(Policy.parse(text, kind="resource", name="orders.json"))
    html = finding._repr_html_()
    check(html)
    assert ">orders.json:2:12</div>" in html
    assert ">2 |  &quot;Action&quot;: &quot;execute-api:&lt;b&gt;&quot;, " in html
    assert f">{'  | ':<15}{'^' * 17}</div>" in html


def test_a_comparison_shows_its_witnesses() -> None:
    change = compare(policy(), policy(Resource="execute-api:/*/GET/*"))
    html = change._repr_html_()
    check(html)
    assert "after the change: stricter" in html
    assert "newly denied</div>" in html
    assert "newly allowed" not in html
    assert "&lt;img src=x&gt;.json" in html
    laxer = compare(policy(Resource="execute-api:/*/GET/*"), policy())._repr_html_()
    assert 'class="execpolicy-explicit_deny"' in laxer
    assert "newly allowed</div>" in laxer


def test_a_table_has_a_caption_and_heads_for_columns_and_rows() -> None:
    html = table_of("one & two", ["call", "ann"], [[("", "GET /"), ("allow", "allowed")], [("", "PUT /"), ("", "no")]])
    texts = re.findall(r"<(\w+)(?: scope=\"(\w+)\")?[^>]*>([^<]+)</", html)
    assert texts == [
        ("caption", "", "one &amp; two"),
        ("th", "col", "call"),
        ("th", "col", "ann"),
        ("th", "row", "GET /"),
        ("td", "", "allowed"),
        ("th", "row", "PUT /"),
        ("td", "", "no"),
    ]
    assert html.count(LOOKS["allow"]) == 1


def test_texts_in_a_table_stay_text() -> None:
    hostile = "</td><script>x</script>\u202e\x1b"
    html = table_of(hostile, [hostile], [[("", hostile), ("allow", hostile)]])
    assert html.count("&lt;/td&gt;&lt;script&gt;x&lt;/script&gt;") == 4
    assert not re.search("<script|[\u202e\x1b]", html)


def test_a_large_matrix_shows_its_first_rows() -> None:
    def shown(routes: int) -> str:
        keys = [f"GET /r{number}" for number in range(routes)]
        api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"], routes=keys)
        return matrix(api)._repr_html_()

    assert shown(100).count("<td") == shown(103).count("<td") == 100
    assert "100 cells: 100 allowed</caption>" in shown(100)
    assert "103 cells: 103 allowed; 3 other rows not shown</caption>" in shown(103)
