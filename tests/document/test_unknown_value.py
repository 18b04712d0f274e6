"""Texts that hold values that are not known offline (SRC-5)."""

from __future__ import annotations

from execpolicy.document.unknown_value import (
    UnknownName,
    has_unknown,
    parts_of,
    unknown_names,
    unknown_text,
    with_unknown_in_words,
)

ACCOUNT = unknown_text("the parameter Account")


def test_a_text_keeps_its_known_and_unknown_parts_in_order() -> None:
    text = f"arn:aws:iam::{ACCOUNT}:role/{unknown_text('the import Role')}{ACCOUNT}"
    assert [*parts_of(text)] == [
        "arn:aws:iam::",
        UnknownName("the parameter Account"),
        ":role/",
        UnknownName("the import Role"),
        UnknownName("the parameter Account"),
    ]
    assert unknown_names(text) == ("the parameter Account", "the import Role")
    assert (
        with_unknown_in_words(text)
        == "arn:aws:iam::<the parameter Account>:role/<the import Role><the parameter Account>"
    )


def test_a_known_text_has_no_unknown_part() -> None:
    assert not has_unknown("orders")
    assert has_unknown(ACCOUNT)
    assert ([*parts_of("orders")], [*parts_of("")]) == (["orders"], [])
    assert (unknown_names("orders"), with_unknown_in_words("orders")) == ((), "orders")
