"""Formats with any texts between the variables: a line is the call that was written, or an error (LOG-1, LOG-7)."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from execpolicy import Call, RequestError
from execpolicy.loaders.access_log.log_format import LogFormat, parse_log_format
from execpolicy.loaders.access_log.variables import VARIABLES, kind_of_variable
from tests.loaders.access_log.test_line import _describes_a_call, written_lines

pytestmark = pytest.mark.rule("LOG-1")

TIME: Final = "2026-11-30T10:00:00.123Z"
#: Any texts: those of usual formats, characters that values have too, times, and names of log streams.
ANY: Final = st.one_of(
    st.text("ab19 \"'{}[]<>/:,;|-.\t\\%", min_size=1, max_size=3),
    st.sampled_from([" ", '" "', '","', '": "', " - ", "/", "] ", f"{TIME} ", f" {TIME} ", " stream ", "-", "é"]),
)
#: What CloudWatch Logs writes before a line.
BEFORE: Final = st.sampled_from(["", f"{TIME} ", f"{TIME} stream ", f"{TIME[:19]} ", f"{TIME}\t0a1b2c "])


def call_of(line: str, form: str) -> Call | None:
    """The call of a line; None if it is refused because it can be read in two ways."""
    try:
        return Call.parse(line, log_format=form)
    except RequestError as error:
        # A time before a line that is not read without it can belong to a value, which then has two values.
        if "two ways" in error.message or "as one call after the time" in error.message:
            return None
        raise


@given(written=written_lines(ANY), before=BEFORE)
def test_a_line_is_the_call_that_was_written_or_an_error(written: tuple[str, str, dict[str, str]], before: str) -> None:
    form, line, values = written
    assume(names_of(form) == [*values])  # a text can continue the name of a variable
    assume(_describes_a_call(values))
    wanted = Call.parse("\t".join(values.values()), log_format="\t".join(f"$context.{name}" for name in values))
    found = call_of(before + line, form)
    assert found is None or found == wanted


def names_of(form: str) -> list[str]:
    """The variables of a format; none if it is refused."""
    try:
        return [variable.name for variable in parse_log_format(form).variables]
    except RequestError:
        return []


def is_divided_in_one_way(form: LogFormat) -> bool:
    """Whether each text after a variable, apart from the last, has a character that no value of it can have."""
    for variable, after in zip(form.variables[:-1], form.texts[1:], strict=False):
        kind = kind_of_variable(variable.name)
        assert kind is not None
        if not kind.characters or all(matches(kind.characters, char) for char in after):
            return False
    return True


def matches(characters: str, char: str) -> bool:
    return re.fullmatch(rf"[{characters}\-]", char) is not None


@settings(max_examples=settings().max_examples // 2)
@given(written=written_lines(ANY))
def test_a_format_whose_texts_no_value_can_have_divides_every_line_in_one_way(
    written: tuple[str, str, dict[str, str]],
) -> None:
    form, line, values = written
    assume(names_of(form) == [*values])
    assume(_describes_a_call(values))
    assume(is_divided_in_one_way(parse_log_format(form)))
    assert Call.parse(line, log_format=form) is not None


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_a_space_divides_kinds_without_spaces_and_no_others(name: str) -> None:
    kind = kind_of_variable(name)
    assert kind is not None
    form = parse_log_format(f"$context.{name} $context.stage")
    assert is_divided_in_one_way(form) is (bool(kind.characters) and " " not in kind.characters)


@pytest.mark.rule("LOG-2")
def test_a_certificate_that_a_line_may_have_or_not_is_an_ambiguity() -> None:
    form = "$context.identity.clientCert.subjectDN:$context.authorizer.claims.sub"
    assert call_of("-:a", form) == Call.parse("-", log_format="$context.identity.clientCert.subjectDN")
    assert call_of("-::", form) is None


@pytest.mark.rule("LOG-7")
def test_a_line_that_is_ambiguous_after_its_time_is_not_read_with_it() -> None:
    form = "$context.identity.userAgent $context.httpMethod $context.path"
    for line in (f"{TIME} a GET GET /b", f"{TIME} a GET /b"):
        assert call_of(line, form) is None
