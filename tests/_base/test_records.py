"""Named tuples behave like those of ``typing.NamedTuple``, as which a type checker sees them."""

from __future__ import annotations

import copy
import inspect
import pickle
import typing
from typing import Any

import pytest

from execpolicy._base.records import NamedTuple


class Place(NamedTuple):
    """A place."""

    line: int
    column: int = 1
    name: str = ""

    @property
    def shown(self) -> str:
        return f"{self.name}:{self.line}:{self.column}"

    def __str__(self) -> str:
        return self.shown


class Model(typing.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    name: str = ""


GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 2, "x"), {}),
    ((), {"line": 1}),
    ((1,), {"name": "é\n", "column": 2}),
]


@pytest.mark.parametrize(("values", "named"), GIVEN)
def test_a_record_equals_that_of_typing(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    record, model = Place(*values, **named), Model(*values, **named)
    assert tuple(record) == tuple(model)
    assert record == tuple(model)
    assert hash(record) == hash(model)
    assert repr(record) == repr(model).replace("Model", "Place")
    assert record._asdict() == model._asdict()
    assert tuple(record._replace(name="y")) == tuple(model._replace(name="y"))
    assert (record.line, record.column, record.name) == tuple(record)
    assert type(record._replace(line=3)) is Place


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((), {}, r"Place.__new__\(\) missing 1 required positional argument: 'line'"),
        ((1, 2, "x", 4), {}, r"Place.__new__\(\) takes from 2 to 4 positional arguments but 5 were given"),
        ((1,), {"line": 2}, r"Place.__new__\(\) got multiple values for argument 'line'"),
        ((1,), {"row": 2}, r"Place.__new__\(\) got an unexpected keyword argument 'row'"),
    ],
)
def test_wrong_arguments_are_refused(values: tuple[Any, ...], named: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Place(*values, **named)


@pytest.mark.parametrize("name", ["line", "row"])
def test_a_record_cannot_be_changed(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Place(1), name, 2)


def test_a_copy_differs_in_fields_of_the_record_only() -> None:
    changed: dict[str, Any] = {"row": 2, "place": 3}
    with pytest.raises(ValueError, match="Place has no field row, place"):
        Place(1)._replace(**changed)


def test_attributes_of_the_class() -> None:
    assert Place._fields == Model._fields == Place.__match_args__
    assert Place._field_defaults == Model._field_defaults
    assert Place.__doc__ == "A place."
    assert list(inspect.signature(Place).parameters) == list(inspect.signature(Model).parameters)
    assert list(Place.__annotations__) == ["line", "column", "name"]
    assert Place._make([1, 2, "x"]) == Place(1, 2, "x")
    assert isinstance(Place(1), tuple)
    assert not hasattr(Place(1), "__dict__")


def test_methods_of_the_class_body_stay() -> None:
    assert str(Place(3, 4, "x")) == "x:3:4"
    match Place(3, 4):
        case Place(line, column):
            assert (line, column) == (3, 4)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_record_can_be_pickled_and_copied(protocol: int) -> None:
    record = Place(3, 4, "x")
    for again in (pickle.loads(pickle.dumps(record, protocol)), copy.copy(record), copy.deepcopy(record)):
        assert again == record
        assert type(again) is Place


def defined(base: Any, body: str, *, others: str = "") -> Any:
    """The class that a body defines with a base class."""
    names: dict[str, Any] = {"Base": base, "Other": type("Other", (), {})}
    exec(f"class Made(Base{others}):\n    {body}", names)
    return names["Made"]


REFUSED = [
    ("a: int; b: int = 1; c: int", "Made: the field c without a default follows b, which has one"),
    ("_a: int", "Made: a field name is an identifier without a leading underscore, found '_a'"),
    ("__annotations__ = {'class': int}", "found 'class'"),
    ("__annotations__ = {'1st': int}", "found '1st'"),
    *(
        (f"a: int\n    def {name}(self): ...", f"Made: {name} cannot be overwritten in a NamedTuple")
        for name in ("__new__", "__init__", "__getnewargs__", "_make", "_replace", "_asdict")
    ),
    *(
        (f"a: int\n    {name} = ()", f"Made: {name} cannot be overwritten in a NamedTuple")
        for name in ("__slots__", "_fields", "_field_defaults", "_source")
    ),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_a_class_that_typing_refuses_is_refused(body: str, message: str) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        defined(typing.NamedTuple, body)
    with pytest.raises(TypeError) as caught:
        defined(NamedTuple, body)
    assert message in str(caught.value)


def test_match_args_cannot_be_overwritten() -> None:
    with pytest.raises(TypeError, match="Made: __match_args__ cannot be overwritten in a NamedTuple"):
        defined(NamedTuple, "a: int; __match_args__ = ()")


def test_a_second_base_class_is_refused() -> None:
    with pytest.raises(TypeError, match=r"(?i)inherit"):
        defined(typing.NamedTuple, "a: int", others=", Other")
    with pytest.raises(TypeError, match="Made: a NamedTuple has no other base class"):
        defined(NamedTuple, "a: int", others=", Other")


@pytest.mark.parametrize("count", range(17))
def test_a_record_has_up_to_sixteen_fields(count: int) -> None:
    body = "; ".join(f"f{number}: int" for number in range(count)) or "pass"
    assert repr(defined(NamedTuple, body)(*range(count))) == repr(defined(typing.NamedTuple, body)(*range(count)))


def test_more_fields_are_refused() -> None:
    with pytest.raises(TypeError, match="Made: a NamedTuple has at most 16 fields, found 17"):
        defined(NamedTuple, "; ".join(f"f{number}: int" for number in range(17)))


@pytest.mark.parametrize(
    "body", ["a: int = 1; b: int = 2", "a: int\n    def _private(self): ...", "a: int; count: int"]
)
def test_a_class_that_typing_accepts_is_accepted(body: str) -> None:
    assert defined(NamedTuple, body)._fields == defined(typing.NamedTuple, body)._fields
    assert defined(NamedTuple, body)._field_defaults == defined(typing.NamedTuple, body)._field_defaults
