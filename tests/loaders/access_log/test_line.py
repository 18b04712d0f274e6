"""Lines of access logs by their format: every call that a format can write is read back as it was."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Call, RequestError
from execpolicy.loaders.access_log.call_of_variables import READ
from execpolicy.loaders.access_log.line import read_line
from execpolicy.loaders.access_log.log_format import parse_log_format
from execpolicy.loaders.access_log.variables import VARIABLES, kind_of_variable
from execpolicy.loaders.written_text import WrittenText

#: Values of variables by their kinds, in words.
_VALUES: Final[dict[str, st.SearchStrategy[str]]] = {
    "an IP address": st.sampled_from(["203.0.113.9", "2001:db8::1", "10.0.0.7"]),
    "a status of three digits": st.integers(100, 599).map(str),
    "a number": st.integers(0, 10**6).map(str),
    "a time in milliseconds": st.just("1795978800000"),
    "a time such as 29/Nov/2026:19:00:00 +0000": st.just("29/Nov/2026:19:00:00 +0000"),
    "an HTTP method": st.sampled_from(["GET", "POST", "DELETE", "OPTIONS"]),
    "a path that begins with /": st.sampled_from(["/", "/prod/a", "/a/b~c/", "/%7B/x.json", "/prod//d"]),
    "a host name": st.sampled_from(["a1b2c3.execute-api.eu-west-1.amazonaws.com", "shop.example.com"]),
    "the name of a stage": st.sampled_from(["prod", "$default", "v1-beta"]),
    "the id of an API": st.just("a1b2c3d4e5"),
    "an account of 12 digits": st.just("111122223333"),
    "the ARN of a caller": st.sampled_from(
        ["arn:aws:iam::111122223333:user/Ann", "arn:aws:sts::111122223333:assumed-role/Clerk/ann@example.com"]
    ),
    "a text without spaces": st.sampled_from(["c6af-1", "TLSv1.2", "key/1=", "a+b", "AIDAEXAMPLE:ann"]),
    "the id of a VPC endpoint": st.just("vpce-0a1b2c3d"),
    "the id of a VPC": st.just("vpc-0a1b2c3d"),
    "true or false": st.sampled_from(["true", "false"]),
    "the name of a gateway response": st.sampled_from(["ACCESS_DENIED", "UNAUTHORIZED"]),
    "a text": st.text("ab1 \"{}[]<>/:,;'-.", min_size=1, max_size=8) | st.just("Missing Authentication Token"),
}
#: Names that are read one for another; a line with both could contradict itself.
_ALIKE: Final = {
    "error.messageString": "error.message",
    "identity.user": "identity.caller",
    "requestTime": "requestTimeEpoch",
    "authorizer.integrationStatus": "authorizer.status",
    "integration.integrationStatus": "integration.status",
    "integrationStatus": "integration.status",
}
_NAMES: Final = sorted({*VARIABLES, "authorizer.tier", "authorizer.claims.sub"} - {*_ALIKE})


def _value(name: str) -> st.SearchStrategy[str]:
    kind = kind_of_variable(name)
    assert kind is not None
    return st.just("-") | _VALUES[kind.words]


@st.composite
def written_lines(draw: st.DrawFn, separators: st.SearchStrategy[str]) -> tuple[str, str, dict[str, str]]:
    """A format, a line that it writes, and the values in it."""
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=6, unique=True))
    before, after = draw(separators), draw(separators)
    values = {name: draw(_value(name)) for name in names}
    gaps = [draw(separators) for _ in names[1:]]
    form = line = before
    for name, gap in zip(names, [*gaps, ""], strict=True):
        form += f"$context.{name}{gap}"
        line += f"{values[name]}{gap}"
    return form + after, line + after, values


#: Separators that no value has: a line can be divided in one way.
_SAFE: Final = st.sampled_from(["\t", " \t", "|\t", "\t\t"])
#: Separators that values have too.
_ANY: Final = st.sampled_from([" ", '" "', ",", "/", '","x":"', "\t", " - ", ";"])


@pytest.mark.rule("LOG-1")
@given(written_lines(_SAFE))
def test_a_line_has_the_values_that_its_format_wrote(written: tuple[str, str, dict[str, str]]) -> None:
    form, line, values = written
    found = read_line(WrittenText.whole(line, "line"), parse_log_format(form), VARIABLES)
    assert {each.variable.name: each.written.value for each in found} == values
    # Each value stands at its place.
    assert all(line[each.written.start : each.written.end] == each.written.value for each in found)


@pytest.mark.rule("LOG-1")
@given(written_lines(_ANY))
def test_a_line_that_is_read_has_the_values_that_its_format_wrote(written: tuple[str, str, dict[str, str]]) -> None:
    form, line, values = written
    found = _read(form, line)
    assert found in (None, values)


def _read(form: str, line: str) -> dict[str, str] | None:
    """The values of a line; None if it can be read in two ways. No other line is refused."""
    try:
        found = read_line(WrittenText.whole(line, "line"), parse_log_format(form), VARIABLES)
    except RequestError as error:
        if "can be read in two ways" in error.message:
            return None
        raise
    return {each.variable.name: each.written.value for each in found}


@pytest.mark.rule("LOG-2")
@given(written_lines(_SAFE), st.permutations(range(6)), st.sampled_from(["\t", " | \t"]))
def test_a_call_is_the_same_in_whatever_format_it_is_written(
    written: tuple[str, str, dict[str, str]], order: list[int], separator: str
) -> None:
    form, line, values = written
    if not _describes_a_call(values):
        return
    first = Call.parse(line, log_format=form)
    names = [name for _, name in sorted(zip(order, values, strict=False))]
    other_form = separator.join(f"$context.{name}" for name in names)
    other_line = separator.join(values[name] for name in names)
    assert Call.parse(other_line, log_format=other_form) == first


@pytest.mark.rule("LOG-2")
@given(written_lines(_SAFE))
def test_the_fields_of_a_call_are_the_values_of_its_variables(written: tuple[str, str, dict[str, str]]) -> None:
    form, line, values = written
    if not _describes_a_call(values):
        return
    call = Call.parse(line, log_format=form)
    read = {name: None if value == "-" else value for name, value in values.items() if name in READ}
    pairs: list[tuple[str, Any]] = [
        ("domainName", call.host),
        ("stage", call.stage),
        ("apiId", call.api_id),
        ("accountId", call.account),
        ("identity.sourceIp", call.source_ip),
        ("identity.userArn", call.caller_arn),
        ("identity.vpceId", call.context.get("aws:SourceVpce")),
        ("identity.userAgent", call.context.get("aws:UserAgent")),
    ]
    assert [found for name, found in pairs if name in read] == [read[name] for name, _ in pairs if name in read]
    if read.get("httpMethod") is not None:
        assert call.method == read["httpMethod"]
        assert call.path == read.get("path")
    answer = call.answer
    assert (None if answer is None else answer.response_type) == read.get("error.responseType")
    status = read.get("status")
    assert (answer.status if answer is not None else None) == (None if status is None else int(status))


def _describes_a_call(values: dict[str, str]) -> bool:
    """Whether no path reads like that of a route, which is an error of its own."""
    return "{" not in values.get("path", "")


@pytest.mark.rule("LOG-1")
def test_kinds_of_values_divide_a_line_that_texts_alone_do_not() -> None:
    form = parse_log_format("$context.identity.sourceIp $context.error.message $context.status")
    found = read_line(WrittenText.whole("1.2.3.4 Missing Authentication Token 403", "line"), form, READ)
    assert [each.written.value for each in found] == ["1.2.3.4", "Missing Authentication Token", "403"]


@pytest.mark.rule("LOG-1")
def test_an_ambiguity_between_values_that_are_not_read_is_no_error() -> None:
    form = parse_log_format("$context.authorizer.tier $context.integration.error $context.status")
    found = read_line(WrittenText.whole("a b c 403", "line"), form, READ)
    assert found[-1].written.value == "403"


@pytest.mark.rule("LOG-1")
@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("$context.status-$context.path", ["status", "path"]),
        ("$context.status.", ["status"]),
        ("$context.authorizer.claims.cognito:username x", ["authorizer.claims.cognito:username"]),
        ("$context.authorizer.my-key x", ["authorizer.my-key"]),
        ("cost $5 $context.status", ["status"]),
        ("$context.status\r\n", ["status"]),
    ],
)
def test_the_variables_of_a_format(form: str, names: list[str]) -> None:
    assert [variable.name for variable in parse_log_format(form).variables] == names


@pytest.mark.rule("LOG-1")
def test_the_work_for_a_line_grows_with_its_length() -> None:
    """A separator at every second character makes the most ways to divide a line."""
    form = parse_log_format("$context.error.message $context.authorizer.tier $context.integration.error")
    counts = []
    for length in (1_000, 2_000):
        counter = _CountedText("a " * length + "a")
        read_line(WrittenText.whole(counter, "line"), form, ())
        counts.append(counter.finds)
    assert counts[1] <= 2 * counts[0] + 10


class _CountedText(str):
    """A text that counts how often it is searched."""

    finds = 0

    def find(self, *arguments: Any) -> int:
        self.finds += 1
        return super().find(*arguments)


def test_every_kind_of_value_is_generated() -> None:
    assert {kind.words for kind in VARIABLES.values()} == {*_VALUES}
    for words, kind in {kind.words: kind for kind in VARIABLES.values()}.items():
        example = "x" if kind.shape is None else None
        assert example or kind.shape is not None, words
        if kind.characters:
            assert re.fullmatch(f"[{kind.characters}]*", "")
