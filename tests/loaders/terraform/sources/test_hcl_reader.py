"""HCL is read with the place of each block, attribute and value, and what is no HCL is refused at its place (SRC-4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.errors import PolicySyntaxError, Source
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclBody,
    HclCall,
    HclExpression,
    HclObject,
    HclOther,
    HclReference,
    HclScalar,
    HclText,
    HclTuple,
)
from execpolicy.loaders.terraform.sources.hcl_reader import read_hcl


def read(text: str) -> HclBody:
    return read_hcl(Source("main.tf", text))


def value_in(text: str) -> HclExpression:
    """The value of the attribute ``a`` in a text."""
    return read(text).attributes["a"].value


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ('"b"', ("b",)),
        ('""', ()),
        (r'"\"\\\n\u00e9\U0001F600"', ('"', "\\", "\n", "é", "😀")),
        ('"$${x}%%{y}"', ("${", "x}", "%{", "y}")),
        ('"$5 100%"', ("$", "5 100", "%")),
        ('"${b}/c"', (None, "/c")),
        ('"x${~ b["}"] ~}y"', ("x", None, "y")),
        ('"${"${"b"}"}"', (None,)),
        ('"%{ if b }c%{ endif }"', (None, "c", None)),
        ("<<EOT\nb\n  EOT", ("b\n",)),
        ("<<EOT\nEOT", ()),
        ("<<-EOT\n    b\n      c${d}\n\n    EOT", ("b\n  c", None, "\n\n")),
        ("<<-EOT\n  b\0\n  EOT", ("  b\0\n",)),
        ("<<EOT\n${<<IN\nEOT\nIN\n}\nEOT", (None, "\n")),
        ("<<EOT\n EOT not yet\nEOT", (" EOT not yet\n",)),
        ("<<EOT\n$${b}\nEOT", ("${", "b}\n")),
    ],
)
def test_a_string_has_its_literal_parts(written: str, parts: tuple[str | None, ...]) -> None:
    found = value_in(f"a = {written}\nb = 1\n")
    assert isinstance(found, HclText)
    assert found.parts == parts
    assert found.value == (None if None in parts else "".join(part for part in parts if part is not None))
    assert (found.start, found.end) == (4, 4 + len(written))


def test_what_is_inserted_has_its_place() -> None:
    text = 'a = "x${b}$${c}"\n'
    found = value_in(text)
    assert isinstance(found, HclText)
    assert [text[start:end] for start, end in found.inserted] == ["${b}", "$${"]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("true", HclScalar),
        ("null", HclScalar),
        ("1.5e-3", HclScalar),
        ("-1", HclScalar),
        ("-b", HclOther),
        ("!b", HclOther),
        ("b", HclReference),
        ("b.c[0].d", HclReference),
        ('b["c"].d', HclReference),
        ("b.0.d", HclReference),
        ("b[*].d", HclOther),
        ("b.*.d", HclOther),
        ("b ? 1 : 2", HclOther),
        ('"b" == "c"', HclOther),
        ("(b\n && c)", HclOther),
        ("f(b, 1)", HclCall),
        ("f(\n b...\n)", HclCall),
        ("f(b).c", HclOther),
        ('provider::aws::arn_parse("x")', HclCall),
        ("[]", HclTuple),
        ("[\n 1, # one\n b ? 1 : 2,\n]", HclTuple),
        ("[for b in c : b]", HclOther),
        ("[1][0]", HclOther),
        ("{}", HclObject),
        ("{\n # none\n}", HclObject),
        ("{ for b, c in d : b => c... if c }", HclOther),
        ('{ b = 1, "c" : 2\n d = 3 }', HclObject),
    ],
)
def test_an_expression_is_of_its_kind_and_has_its_place(written: str, kind: type) -> None:
    text = f"a = {written} # what follows\n b = 1\n"
    found = value_in(text)
    assert type(found) is kind
    assert text[found.start : found.end] == written
    assert "b" in read(text).attributes


def test_the_members_of_an_object_have_their_places() -> None:
    text = 'a = { b = [1], "c d" = e.f, 5 = "x", (g) = 1, h = 1, h = 2 }\n'
    found = value_in(text)
    assert isinstance(found, HclObject)
    shown = {
        name: (text[each.start : each.end], text[each.value.start : each.value.end])
        for name, each in found.members.items()
    }
    assert shown == {"b": ("b", "[1]"), "c d": ('"c d"', "e.f"), "5": ("5", '"x"')}


def test_a_reference_has_its_steps_without_indexes() -> None:
    found = value_in('a = module.x["k"].data.aws_iam_policy_document.app[0].json\n')
    assert isinstance(found, HclReference)
    assert found.steps == ("module", "x", "data", "aws_iam_policy_document", "app", "json")


def test_blocks_have_labels_and_places() -> None:
    text = '/* first */\nresource "aws_x" y { // here\n  inner {}\n  b = 1\n}\nother { c = 2 }'
    first, second = read(text).blocks
    assert (first.type, first.labels) == ("resource", ("aws_x", "y"))
    assert text[first.start : first.head_end] == 'resource "aws_x" y'
    assert text[first.start : first.end].endswith("b = 1\n}")
    assert [block.type for block in first.body.blocks] == ["inner"]
    assert text[second.start : second.end] == "other { c = 2 }"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a = \n", "1:5", "found the end of the line, expected a value"),
        ("a = -\n", "1:6", "found the end of the line, expected a value"),
        ("a = ]\n", "1:5", 'found "]", expected a value'),
        ("a = b\n && c\n", "2:2", 'found "&&", expected an attribute or a block'),
        ("a = 1\na = 2\n", "2:1", 'found the attribute "a" twice'),
        ("a = 'x'\n", "1:5", 'found "\'", which begins nothing in HCL'),
        ("a b c\n", "1:6", 'found the end of the line, expected a block with "{", or "=" and a value'),
        ('"x" {}\n', "1:1", "found a string, expected an attribute or a block"),
        ('a "${b}" {}\n', "1:3", "found a string, expected a label without expressions"),
        ("a {} b {}\n", "1:6", 'found "b", expected the end of the line'),
        ("a {\n b = 1\n", "1:3", 'the "{" opened here is never closed'),
        ("a = [1\n", "1:5", 'the "[" opened here is never closed'),
        ("a = [\n", "1:5", 'the "[" opened here is never closed'),
        ("a = [1}\n", "1:7", 'found "}", expected "," or "]"'),
        ("a = {b = 1\n", "1:5", 'the "{" opened here is never closed'),
        ("a = {b", "1:5", 'the "{" opened here is never closed'),
        ("a = {b}\n", "1:7", 'found "}", expected "=" and the value of a member'),
        ("a = {b = 1]\n", "1:11", 'found "]", expected "," or "}"'),
        ("a = (b\n", "1:5", 'the "(" opened here is never closed'),
        ("a = (b]\n", "1:7", 'found "]", expected ")"'),
        ("a = f(1\n", "1:6", 'the "(" opened here is never closed'),
        ("a = b.\n", "1:7", 'found the end of the line, expected a name after "."'),
        ("a = b::1\n", "1:8", 'found "1", expected a name after "::"'),
        ('a = "x\n', "1:5", "the string opened here does not end on its line"),
        ('a = "${b"\n', "1:9", "the string opened here does not end on its line"),
        ('a = "${b\n', "1:6", 'the "$" opened here is never closed'),
        ('a = "\\x"\n', "1:6", 'found the escape "\\x", which HCL does not have'),
        ('a = "\\UFFFFFFFF"\n', "1:6", 'found the escape "\\U", which HCL does not have'),
        ("a = <<EOT\nb\n", "1:5", 'the heredoc opened here has no line "EOT"'),
        ("a = <<1\n", "1:5", "found << without the name of a heredoc after it"),
        ("a = 1 /* b\n", "1:7", "the comment opened here is never closed"),
        (f"a = {'[' * 101}\n", "1:105", "found brackets that nest more than 100 levels deep"),
        ("a {\n" * 101, "101:3", "found brackets that nest more than 100 levels deep"),
        ('a = "' + '${"' * 101, "1:306", "found brackets that nest more than 100 levels deep"),
        (f"a = {'(' * 102}\n", "1:106", "found brackets that nest more than 100 levels deep"),
    ],
)
def test_what_is_no_hcl_is_refused_at_its_place(text: str, place: str, message: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        read(text)
    (error,) = caught.value.errors
    assert (error.place, error.message) == (f"main.tf:{place}", message)
    assert error.advice


@given(text=st.text(alphabet='ab \n="{}[]()<-E$%\\/*#,.:?0'))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        body = read(text)
    except PolicySyntaxError:
        return
    for name, attribute in body.attributes.items():
        assert text[attribute.start : attribute.end] == name
        assert attribute.end < attribute.value.start < attribute.value.end <= len(text)
