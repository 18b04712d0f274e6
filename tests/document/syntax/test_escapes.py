"""Documents escaped once or more, as API Gateway and the command line give them back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.escapes import unescape_document
from tests.document.documents import documents, placeless
from tests.document.marks import check, errors_of

DOCUMENT = """{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "a/\\u00e9"}]
}"""


def escaped(text: str, slashes: bool = False) -> str:
    """The bare escaped body, as a JSON string holds it."""
    inside = json.dumps(text)[1:-1]
    return inside.replace("/", "\\/") if slashes else inside


FORMS: dict[str, Callable[[str], str]] = {
    "string": json.dumps,
    "string with space around": lambda text: f" \n{json.dumps(text)}\n",
    "bare": escaped,
    "bare with escaped slashes": lambda text: escaped(text, slashes=True),
    "bare, on lines": lambda text: f"\n {escaped(text)}\n",
    "bare, indented": lambda text: "  " + escaped("\n" + text),
    "twice": lambda text: json.dumps(json.dumps(text)),
    "bare within a string": lambda text: json.dumps(escaped(text)),
    "bare twice": lambda text: escaped(escaped(text)),
    "thrice": lambda text: json.dumps(json.dumps(json.dumps(text))),
}


@pytest.mark.rule("POL-12")
@pytest.mark.parametrize("form", FORMS)
def test_an_escaped_document_is_the_same_policy_with_places_in_the_original(form: str) -> None:
    text = FORMS[form](DOCUMENT)
    policy = Policy.parse(text, kind="resource")
    plain = Policy.parse(DOCUMENT, kind="resource")
    assert placeless(policy.statements) == placeless(plain.statements)
    assert policy.source is not None
    assert policy.source.text == text
    (statement,) = policy.statements
    span = policy.span(statement.action.values[0])
    assert span is not None
    line = text.split("\n")[span.line - 1]
    assert span.end_line == span.line
    marked = line[span.column - 1 : span.end_column - 1]
    assert marked.strip('\\"').replace("\\", "") == "execute-api:Invoke"
    assert marked.endswith('"')
    assert marked[0] in '\\"'


@pytest.mark.rule("POL-12")
def test_api_gateways_own_form_is_taken() -> None:
    text = (
        r"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
        r"\"arn:aws:iam::111122223333:root\"},\"Action\":\"execute-api:Invoke\","
        r"\"Resource\":\"arn:aws:execute-api:us-east-1:111122223333:abc\/*\/GET\/pets\"}]}"
    )
    (statement,) = Policy.parse(text, kind="resource").statements
    assert [value.value for value in statement.resource.values] == [
        "arn:aws:execute-api:us-east-1:111122223333:abc/*/GET/pets"
    ]


@pytest.mark.rule("POL-12")
def test_a_character_written_in_two_halves_is_one() -> None:
    text = r"{\"Id\": \"\ud83d\uDE00\u00e9\t\", \"Statement\": []}".replace(r"\t", r"\\t")
    policy = Policy.parse(text, kind="identity")
    assert policy.id == "\U0001f600\u00e9\t"
    (error,) = errors_of(text.replace("[]", "5"))
    assert error.span is not None
    assert error.span.column == text.index("[]") + 1


@pytest.mark.rule("POL-12")
@pytest.mark.parametrize(
    "text",
    [
        r"{\"Statement\": [{«\"Efect\"»: \"Allow\", \"Action\": \"a:b\", \"Resource\": \"*\"}]}",
        r'"{\"Statement\": [{«\"Efect\"»: \"Allow\", \"Action\": \"a:b\", \"Resource\": \"*\"}]}"',
        r'"{\n \"Statement\": [{«\"Efect\"»: \"Allow\", \"Action\": \"a:b\", \"Resource\": \"*\"}]}"',
        r'"\"{\\\"Statement\\\": [{«\\\"Efect\\\"»: \\\"Allow\\\", \\\"Action\\\": 5, \\\"Resource\\\": 1}]}\""',
    ],
)
def test_mistakes_are_shown_in_the_original(text: str) -> None:
    start = text.index("«")
    found = errors_of(text.replace("«", "").replace("»", ""))
    (error,) = (error for error in found if error.message == 'found "Efect", which is not an element of a statement')
    assert error.span == (1, start + 1, 1, text.index("»"))
    assert error.advice == 'did you mean "Effect"?'


@pytest.mark.rule("POL-11", "POL-12")
@pytest.mark.parametrize(
    ("document", "message"),
    [
        (r"{\"Id\": «}»", 'found "}", expected a value'),
        (r'"{\"Id\": «}»"', 'found "}", expected a value'),
        (r'"«{»\"Id\": 1"', "the object opened here is never closed"),
        (r"{\"Id\": \"«\x»\"}", 'found the escape "\\x", which JSON does not have'),
        (r'"{\"Id\": «\x»1}"', 'found the escape "\\x", which JSON does not have'),
        (r'«"{\"Id\": 1}»', "the string opened here is never closed"),
        (r'"{}" «x»', 'found "x" after the end of the document'),
        (r"{\"Id\": \"a«\\u0000»\"}", "found the character NUL in a string"),
        ('«"no document"»', "found a string, expected an object with Statement"),
        ('«""»', "found a string, expected an object with Statement"),
        ('"«[]»"', "found an empty list, expected an object with Statement"),
        ('"«\\"5\\"»"', "found a string, expected an object with Statement"),
    ],
)
def test_what_cannot_be_unwrapped_is_refused_at_its_place(document: str, message: str) -> None:
    found = errors_of(document.replace("«", "").replace("»", ""))
    assert found[-1].message == message
    assert found[-1].span is not None
    assert found[-1].span.column == document.index("«") + 1
    assert found[-1].span.end_column == document.index("»")


@pytest.mark.rule("POL-12")
def test_four_levels_of_escapes_are_too_many() -> None:
    (error,) = errors_of(json.dumps(FORMS["thrice"](DOCUMENT)))
    assert error.message == "found a document that is escaped more than 3 times"
    assert error.place == "policy.json:1:8"
    assert error.advice == "decode it with a JSON parser first"


@pytest.mark.rule("POL-12")
def test_a_percent_encoded_document_is_refused_of_an_authorizer() -> None:
    check(
        " «%»7B%22Version%22%3A%222012-10-17%22%7D",
        (
            "found a percent-encoded document, expected JSON",
            "IAM's API gives documents in this form: decode them, with urllib.parse.unquote in Python",
        ),
        kind="authorizer",
    )


@pytest.mark.rule("POL-12")
@given(documents(), st.sampled_from(sorted(FORMS)))
def test_every_form_of_a_document_gives_the_same_policy(drawn: tuple[PolicyKind, Any], form: str) -> None:
    kind, document = drawn
    text = json.dumps(document, indent=1)
    policy = Policy.parse(FORMS[form](text), kind=kind)
    assert placeless(policy.statements) == placeless(Policy.parse(text, kind=kind).statements)


@given(st.text('{}[]"\\nu0041 :a%\n', max_size=30))
def test_unwrapped_characters_have_their_place_in_the_original(text: str) -> None:
    found = unescape_document(text)
    if found.offsets is None:
        assert found.text == text
        return
    offsets = list(found.offsets)
    assert len(offsets) == len(found.text) + 1
    assert offsets == sorted(set(offsets))
    assert offsets[-1] <= len(text)
    for index, char in enumerate(found.text):
        written = text[offsets[index] : offsets[index + 1]]
        assert written == char or written.startswith("\\")
