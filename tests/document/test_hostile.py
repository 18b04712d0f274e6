"""Documents that try to hang, crash or confuse the reader: each ends in an error that says what is too much."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from execpolicy.document.policy import Policy
from execpolicy.document.syntax import nodes
from execpolicy.document.syntax import python_objects as from_objects
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.python_objects import read_objects
from execpolicy.errors import PolicySyntaxError
from tests.document.marks import check, errors_of

FILE = "is this the right file?"
HALF = "write both halves, or the character itself"
NUL_ADVICE = "remove it: no name or value in AWS contains it"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("make", [lambda text: text, lambda text: text.encode()], ids=["text", "bytes"])
def test_a_document_over_16_mib_is_refused(make: Any) -> None:
    document = make('{"Id": "' + "x" * (16 * 1024 * 1024) + '"}')
    (error,) = errors_of(document)
    unit = "bytes" if isinstance(document, bytes) else "characters"
    assert error.message == f"found more than 16777216 {unit}, expected at most that (16 MiB)"
    assert error.advice == FILE
    assert error.place.startswith("policy.json")


@pytest.mark.rule("POL-11")
def test_a_string_of_65_536_characters_is_read_and_a_longer_one_refused() -> None:
    longest = "x" * 65_536
    assert read_json(f'["{longest}"]') == (nodes.JsonArray([Text(longest, 1, 65_539)], 0, 65_540), [])
    check(
        f'{{"Statement": [], "Id": "«{longest}x»"}}',
        (
            "found a string of 65537 characters, expected at most 65536",
            "no supported document needs such a string: is this the right file?",
        ),
    )


@pytest.mark.rule("POL-11")
def test_strings_of_ten_megabytes_end_quickly() -> None:
    huge = "x" * 10_000_000
    (error,) = errors_of('{"Statement": [], "Id": "' + huge + '"}')
    assert error.message == "found a string of 10000000 characters, expected at most 65536"
    (error,) = errors_of('{"Statement": [], "Id": "' + huge)
    assert error.message == "the string opened here is never closed"
    (error,) = errors_of('{"Statement": [], "Id": "' + "\\u00e9" * 1_000_000)
    assert error.message == "the string opened here is never closed"


@pytest.mark.rule("POL-11")
def test_numbers_are_bounded() -> None:
    document = '{{"Statement": [], "Version": {}}}'
    check(
        document.format("««" + "1" * 10_000 + "»»"),
        ("found a number of 10000 characters, expected at most 64", "shorten it"),
        f"found the number {'1' * 59}… as Version, expected a string",
    )
    check(
        document.format("««1e+1000»»"),
        ("found an exponent of 4 digits, expected at most 3", "shorten it"),
        "found the number 1e+1000 as Version, expected a string",
    )
    assert read_json("1" * 64)[1] == []
    assert read_json("1E-999")[1] == []


@pytest.mark.rule("POL-11")
def test_more_than_half_a_million_values_are_refused() -> None:
    (error,) = errors_of("[" + "0," * 500_001)
    assert error.message == "found more than 500000 values in one document"
    assert error.place == "policy.json:1:1"
    assert error.advice == FILE


@pytest.mark.rule("POL-11")
def test_nul_is_refused_raw_and_escaped() -> None:
    check(
        '{"Statement": [], "Id": "«\0»"}',
        ("found the character NUL", "a text full of NUL characters is often UTF-16: save it as UTF-8"),
    )
    check('{"Statement": [], "Id": "a\\n«\\u0000»"}', ("found the character NUL in a string", NUL_ADVICE))
    check(
        '{"Statement": [], «"I«\\u0000»d"»: "x"}',
        'found "I\\x00d", which is not an element of a policy document',
        ("found the character NUL in a string", NUL_ADVICE),
    )


@pytest.mark.rule("POL-11")
def test_half_a_surrogate_pair_is_refused_raw_and_escaped() -> None:
    check('{"Statement": [], "Id": "\\t«\\ud800» "}', ("found half a surrogate pair, U+D800, in a string", HALF))
    check('{"Statement": [], "Id": "«\\uDFFF»\\uD800"}', ("found half a surrogate pair, U+DFFF, in a string", HALF))
    check(
        '{"Statement": [], "Id": "é«\ud800»"}',
        (
            "found half a surrogate pair, U+D800, which no UTF-8 text can hold",
            "decode the document's bytes as UTF-8, strictly",
        ),
    )
    assert Policy.parse('{"Statement": [], "Id": "\\ud83d\\ude00"}', kind="identity").id == "\U0001f600"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    ("document", "place", "byte", "advice"),
    [
        (b'{"Id":\n "\xc3\xa9\xff"}', (2, 4), "0xff at offset 11", "save the document as UTF-8"),
        (b'{"Id": "\xed\xa0\x80"}', (1, 9), "0xed at offset 8", "save the document as UTF-8"),
        (b'{"Id": "\xc3', (1, 9), "0xc3 at offset 8", "save the document as UTF-8"),
        ('{"Id": 1}'.encode("utf-16"), (1, 1), "0xff at offset 0", "it begins like UTF-16: save it as UTF-8"),
        (b"\xfe\xff\x00{", (1, 1), "0xfe at offset 0", "it begins like UTF-16: save it as UTF-8"),
        ('{"Id": 1}'.encode("utf-32"), (1, 1), "0xff at offset 0", "it begins like UTF-32: save it as UTF-8"),
        (b"\x00\x00\xfe\xff\x00\x00\x00{", (1, 3), "0xfe at offset 2", "it begins like UTF-32: save it as UTF-8"),
    ],
    ids=["latin", "surrogate", "cut off", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"],
)
def test_bytes_that_are_no_utf8_are_refused(document: bytes, place: tuple[int, int], byte: str, advice: str) -> None:
    (error,) = errors_of(document)
    assert error.message == f"found the byte {byte}, which is not UTF-8"
    assert error.span is not None
    assert error.span[:2] == place
    assert error.advice == advice


@pytest.mark.rule("POL-11")
def test_utf16_without_a_mark_is_named() -> None:
    (error,) = errors_of('{"Id": 1}'.encode("utf-16-le"))
    assert (error.message, error.place) == ("found the character NUL", "policy.json:1:2")
    assert error.advice == "a text full of NUL characters is often UTF-16: save it as UTF-8"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    "document", ['\ufeff{"Statement": []}', '\ufeff{"Statement": []}'.encode()], ids=["text", "bytes"]
)
def test_a_byte_order_mark_is_skipped(document: str | bytes) -> None:
    assert Policy.parse(document, kind="identity").statements == ()


@pytest.mark.rule("POL-11")
def test_reading_stops_after_a_hundred_mistakes() -> None:
    found = errors_of('{"Statement": [], ' + ", ".join(['"Id": 1'] * 500) + "}")
    assert len(found) == 101
    assert found[-1].message == "too many mistakes: reading stopped here"
    assert found[-1].span == found[-2].span
    found = errors_of('{"Statement": [' + ", ".join(["5"] * 500) + "]}")
    assert len(found) == 101
    assert {error.message for error in found[:-1]} == {"found the number 5 as a statement, expected an object"}
    assert found[-1].message == "too many mistakes: reading stopped here"
    assert found[-1].span == found[-2].span


class TestObjects:
    """The same as Python objects, where paths name the places."""

    @pytest.mark.rule("POL-11")
    def test_a_list_that_holds_itself(self) -> None:
        loop: list[Any] = []
        loop.append(loop)
        (error,) = errors_of({"Statement": loop})
        assert error.message == "found more than 32 levels of nesting"
        assert error.place == "policy.json: Statement" + "[0]" * 31

    @pytest.mark.rule("POL-11")
    def test_a_list_that_holds_another_many_times_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(from_objects, "MAX_VALUES", 10_000)  # the limit itself takes seconds to reach
        bomb: list[Any] = ["x"]
        for _ in range(25):
            bomb = [bomb, bomb]
        (error,) = errors_of({"Statement": bomb})
        assert error.message == "found more than 10000 values in one document"
        assert error.path.startswith("Statement[0]")

    @pytest.mark.rule("POL-11")
    @pytest.mark.parametrize(
        ("value", "message", "advice"),
        [
            (float("nan"), "found the number nan", "JSON has no such number: remove it"),
            (float("-inf"), "found the number -inf", "JSON has no such number: remove it"),
            (Decimal("sNaN"), "found the number sNaN", "JSON has no such number: remove it"),
            (Decimal("Infinity"), "found the number Infinity", "JSON has no such number: remove it"),
            (10**64, "found a number of 65 characters, expected at most 64", "shorten it"),
            (Decimal("1E-1000"), "found an exponent of 4 digits, expected at most 3", "shorten it"),
            ("a\0b", "found the character NUL in a string", NUL_ADVICE),
            ("\udc80", "found half a surrogate pair, U+DC80, in a string", HALF),
            ("x" * 65_537, "found a string of 65537 characters, expected at most 65536", None),
            (b"x", "found a value of type bytes, {}", "decode it to a string"),
            ({"x"}, "found a value of type set, {}", "pass a list"),
            (1j, "found a value of type complex, {}", "pass it as a string"),
            (..., "found a value of type ellipsis, {}", "pass it as a string"),
        ],
        ids=repr,
    )
    def test_a_value_that_json_cannot_hold(self, value: object, message: str, advice: str | None) -> None:
        expected = "expected a mapping, list, string, number, bool or None"
        errors = errors_of({"Statement": [], "Id": ["x", value]})
        found = [(error.message, error.place, error.advice) for error in errors if error.path == "Id[1]"]
        wanted_advice = advice or "no supported document needs such a string: is this the right file?"
        assert found[:1] == [(message.format(expected), "policy.json: Id[1]", wanted_advice)]

    @pytest.mark.rule("POL-11")
    def test_an_integer_that_python_will_not_print(self) -> None:
        limit = sys.get_int_max_str_digits()
        assert limit
        (error, *_) = errors_of({"Statement": [], "Version": 10 ** (limit + 1)})
        assert error.message.startswith("found a number of ")
        assert error.message.endswith(" characters, expected at most 64")
        assert error.path == "Version"

    @pytest.mark.rule("POL-11", "POL-3")
    def test_keys_that_are_no_strings_or_the_same_twice(self) -> None:
        class Twice(Mapping[Any, Any]):
            def __getitem__(self, key: Any) -> Any:
                raise KeyError(key)

            def __iter__(self) -> Any:
                return iter(())

            def __len__(self) -> int:
                return 0

            def items(self) -> Any:
                return [("Statement", []), ("Statement", []), (1, 2)]

        root, faults = read_objects(Twice())
        assert root is not None
        assert [(fault.message, fault.path, fault.rule) for fault in faults] == [
            ('found the name "Statement" twice in one object', "Statement", "POL-3"),
            ("found a key of type int, expected a string", "", ""),
        ]

    @pytest.mark.rule("POL-11")
    def test_reading_stops_after_a_hundred_mistakes(self) -> None:
        found = errors_of({"Statement": [float("nan")] * 500})
        assert len(found) == 101
        assert found[-1].message == "too many mistakes: reading stopped here"
        assert found[-1].path == "Statement[99]"


@pytest.mark.rule("POL-11")
def test_errors_of_hostile_text_can_be_printed_anywhere() -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.parse('{"\x1b]0;title\\u0007\\ud800": NaN}'.replace("\x1b", "\\u001b"), kind="identity")
    assert str(caught.value).encode("ascii")
    assert "\x1b" not in str(caught.value)
