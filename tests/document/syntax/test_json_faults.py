"""A text that is no JSON: what is wrong, where, and what to do about it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from execpolicy.document.syntax.json_reader import read_json
from tests.document.marks import check, errors_of

ROOT = 'the document begins with "{"; to read a file by its name, use load'
NUMBER = "write a number like 10, -3 or 0.5, or put all of it in double quotes"
SINGLE = "JSON strings are in double quotes: replace the single quotes"
COMMENT = "JSON has no comments: remove it"
TYPOGRAPHIC = "replace the typographic quotes by plain double quotes"
NAME_OR_END = 'a name in double quotes or "}"'

SYNTAX = {
    "empty": ("«»", "the document is empty, expected a JSON object", "is this the right file?"),
    "blank": ("«» \n", "the document is empty, expected a JSON object", "is this the right file?"),
    "file name": ("«policy.json»", 'found "policy.json", expected a value', ROOT),
    "yaml": ("«Version»: 2012-10-17", 'found "Version", expected a value', ROOT),
    "closing bracket first": ("«}»", 'found "}", expected a value', ROOT),
    "trailing comma in object": ('{"Id": "x"«,»\n}', 'found a comma before the closing "}"', "remove the comma"),
    "trailing comma in list": ('{"Id": ["x"«,» ]}', 'found a comma before the closing "]"', "remove the comma"),
    "comma twice": (
        '{"Id": "x",«,» }',
        'found ",", expected a name in double quotes',
        "remove the extra comma, or add the missing value before it",
    ),
    "comma first in a list": (
        '{"Id": [«,»1]}',
        'found ",", expected a value or "]"',
        "remove the extra comma, or add the missing value before it",
    ),
    "single quotes around a name": ("{«'»Id': 1}", f'found "\'", expected {NAME_OR_END}', SINGLE),
    "single quotes around a value": ("{\"Id\": «'»x'}", 'found "\'", expected a value', SINGLE),
    "comment of //": ('{«//» old\n"Id": "x"}', f'found "//", expected {NAME_OR_END}', COMMENT),
    "comment of /*": ('{"Id": «/*» old */ "x"}', 'found "/*", expected a value', COMMENT),
    "comment of #": ('{"Id": "x" «#» old\n}', 'found "#", expected "," or "}"', COMMENT),
    "typographic quotes": ("{«“Id”»: 1}", f'found "“Id”", expected {NAME_OR_END}', TYPOGRAPHIC),
    "name without quotes": ("{«Id»: 1}", f'found "Id", expected {NAME_OR_END}', "put the name in double quotes"),
    "number as a name": (
        '{"Id": 1, «5»: 1}',
        'found "5", expected a name in double quotes',
        "put the name in double quotes",
    ),
    "missing comma in object": (
        '{"Id": 1\n «"Version"»: 2}',
        'found a string, expected "," or "}"',
        "a comma is missing before it",
    ),
    "missing comma in list": (
        '{"Id": ["a" «"b"»]}',
        'found a string, expected "," or "]"',
        "a comma is missing before it",
    ),
    "missing comma before an object": (
        '{"Id": [{} «{»}]}',
        'found "{", expected "," or "]"',
        "a comma is missing before it",
    ),
    "string without end after a missing comma": (
        '{"Id": 1 «"»Version}',
        'found a string, expected "," or "}"',
        "a comma is missing before it",
    ),
    "missing colon": ('{"Id" «1»}', 'found "1", expected ":"', "put a colon between a name and its value"),
    "missing colon and value": ('{"Id"«}»', 'found "}", expected ":"', "write the value before it"),
    "missing value": ('{"Id": «}»', 'found "}", expected a value', "write the value before it"),
    "Python's True": ('{"Id": «True»}', 'found "True", expected a value', "write true"),
    "Python's None": ('{"Id": «None»}', 'found "None", expected a value', "write null"),
    "YAML's no": ('{"Id": [«no»]}', 'found "no", expected a value or "]"', "write false"),
    "half a word": ('{"Id": «tru»}', 'found "tru", expected a value', "put it in double quotes"),
    "NaN": ('{"Id": «NaN»}', 'found "NaN", expected a value', "JSON has no such number: remove it"),
    "Infinity": ('{"Id": «Infinity»}', 'found "Infinity", expected a value', "JSON has no such number: remove it"),
    "-Infinity": (
        '{"Id": [1, «-Infinity»]}',
        'found "-Infinity", expected a value',
        "JSON has no such number: remove it",
    ),
    "leading zero": ('{"Id": 0«12»}', 'found "12", expected "," or "}"', NUMBER),
    "leading point": ('{"Id": «.5»}', 'found ".5", expected a value', NUMBER),
    "leading plus": ('{"Id": «+5»}', 'found "+5", expected a value', NUMBER),
    "trailing point": ('{"Id": 5«.»}', 'found ".", expected "," or "}"', NUMBER),
    "hexadecimal": ('{"Id": 0«x1F»}', 'found "x1F", expected "," or "}"', NUMBER),
    "word runs on": ('{"Id": true«ish»}', 'found "ish", expected "," or "}"', NUMBER),
    "list closed by a brace": (
        '{"Id": [1, 2«}»',
        'found "}", expected "," or "]"; the list was opened at policy.json:1:8',
        'close the list with "]" first',
    ),
    "object closed by a bracket": (
        '{"Id": {"a": 1«]»}',
        'found "]", expected "," or "}"; the object was opened at policy.json:1:8',
        'close the object with "}" first',
    ),
    "empty list closed by a brace": (
        '{"Id": [«}»',
        'found "}", expected a value or "]"; the list was opened at policy.json:1:8',
        'close the list with "]" first',
    ),
    "object without end": ('«{»"Id": "]"', "the object opened here is never closed", 'add the missing "}" at the end'),
    "object without end after a comma": (
        '«{»"Id": [],\n',
        "the object opened here is never closed",
        'add the missing "}" at the end',
    ),
    "object without end after a name": (
        '«{»"Id"',
        "the object opened here is never closed",
        'add the missing "}" at the end',
    ),
    "list without end": ('{"Id": «[»{}, ', "the list opened here is never closed", 'add the missing "]" at the end'),
    "string without end": ('{"Id": «"x}»', "the string opened here is never closed", "add the closing double quote"),
    "string over a line's end": (
        '{"Id": «"x»\n"}',
        "the string opened here does not end on its line",
        'close the string with a double quote, or write the line break as "\\n"',
    ),
    "string over a carriage return": (
        '{"Id": «"x»\r"}',
        "the string opened here does not end on its line",
        'close the string with a double quote, or write the line break as "\\n"',
    ),
    "tab in a string": (
        '{"Id": "sound", "a": "x«\t»"}',
        "found the control character U+0009 in a string",
        "remove it, or write it as \\t",
    ),
    "control character in a name": (
        '{"I«\x01»d": 1}',
        "found the control character U+0001 in a string",
        "remove it, or write it as \\u0001",
    ),
    "unknown escape": (
        '{"Id": "C:«\\d»ir"}',
        'found the escape "\\d", which JSON does not have',
        "write a backslash itself as \\\\",
    ),
    "short escape": (
        '{"Id": "«\\u»00e"}',
        "found \\u without four hexadecimal digits after it",
        "write the code of a character in four digits, as in \\u00e9",
    ),
    "two documents": (
        "{} «{»}",
        'found "{" after the end of the document',
        "keep one document in a text: read several one by one",
    ),
    "bracket too many": (
        "{}\n«}»",
        'found "}" after the end of the document',
        "remove it: all brackets are already closed",
    ),
    "comment after the end": ("{} «//» done", 'found "//" after the end of the document', COMMENT),
    "word after the end": (
        "{}«EOF»",
        'found "EOF" after the end of the document',
        "keep one document in a text: read several one by one",
    ),
}


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(("document", "message", "advice"), SYNTAX.values(), ids=SYNTAX)
def test_a_text_that_is_no_json_is_refused_at_its_place(document: str, message: str, advice: str) -> None:
    check(document, (message, advice))


@pytest.mark.rule("POL-11")
def test_a_string_cut_off_within_an_escape_is_refused() -> None:
    check('{"Id": "x«\\»', ('found the escape "\\", which JSON does not have', "write a backslash itself as \\\\"))


DEEP = "found more than 32 levels of nesting"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("levels", [33, 100_000])
def test_deep_nesting_is_refused_without_recursion(opening: str, levels: int) -> None:
    (error,) = errors_of(opening * levels)
    assert error.message == DEEP
    assert error.advice == "no supported document needs as many levels: is this the right file?"
    assert error.span is not None
    offset = error.span.column - 1
    before = (opening * levels)[:offset]
    assert before.count("[") + before.count("{") == 32


@pytest.mark.rule("POL-11")
def test_nesting_of_32_levels_is_read() -> None:
    document = '{"Id":' + "[" * 31 + "]" * 31 + "}"
    assert [error.message for error in errors_of(document)] == [
        "found a document without Statement",
        "found a list as Id, expected a string",
    ]


@pytest.mark.rule("POL-11")
def test_a_bad_string_is_diagnosed_where_json_is_not_imported() -> None:
    code = (
        "import sys\n"
        "from execpolicy.document.policy import Policy\n"
        "from execpolicy.errors import PolicySyntaxError\n"
        "assert 'json.decoder' not in sys.modules\n"
        "try:\n"
        "    Policy.parse('{\"Id\": \"', kind='identity')\n"
        "except PolicySyntaxError as error:\n"
        "    sys.exit(0 if error.message == 'the string opened here is never closed' else 1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.rule("POL-11")
def test_the_text_is_shown_with_the_mistake_underlined() -> None:
    (error,) = errors_of('{\n\t"Id": NaN\n}')
    assert str(error).split("\n") == [
        'policy.json:2:8: found "NaN", expected a value',
        '  2 |  "Id": NaN',
        "    |        ^^^",
        "  JSON has no such number: remove it",
    ]


@pytest.mark.rule("POL-11")
def test_what_scanstring_raises_is_loaded_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "json.decoder")
    root, faults = read_json('{"Id": "x')
    assert (root, [fault.message for fault in faults]) == (None, ["the string opened here is never closed"])
    assert "json.decoder" in sys.modules
