"""Named tuples: to a type checker ``typing.NamedTuple``, at run time the same in a tenth of the time.

Loading ``typing`` takes a third of the time that ``import execpolicy`` may take, and each of its named tuples compiles
source code. Here ``__new__`` is a copy of a function that is already compiled (docs/adr/012).
"""

from __future__ import annotations

__all__ = ["TYPE_CHECKING", "NamedTuple"]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from keyword import iskeyword
    from types import FunctionType

    try:
        from _collections import _tuplegetter as _field
    except ImportError:  # pragma: no cover: an interpreter whose named tuples are written in Python
        from operator import itemgetter

        def _field(index, doc):
            return property(itemgetter(index), doc=doc)

    _new = tuple.__new__

    # By the number of fields. A copy of the function gets the names of the fields.
    _MAKERS = (
        lambda _cls: _new(_cls, ()),
        lambda _cls, a: _new(_cls, (a,)),
        lambda _cls, a, b: _new(_cls, (a, b)),
        lambda _cls, a, b, c: _new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q)
        ),
    )

    def _maker(name, fields, defaults):
        """The ``__new__`` of a named tuple."""
        code = _MAKERS[len(fields)].__code__.replace(co_varnames=("_cls", *fields), co_name="__new__")
        function = FunctionType(code, globals(), "__new__", defaults)
        function.__qualname__ = f"{name}.__new__"
        return function

    class _Record(tuple):
        """The methods of all named tuples."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            """A named tuple of the values of an iterable."""
            return cls(*values)

        def _replace(self, **changed):
            """A copy with other values in some fields."""
            record = self._make(map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changed)}")
            return record

        def _asdict(self):
            """The values by field."""
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)

    #: Names that a class body may not define.
    _RESERVED = frozenset(
        (
            *("__new__", "__init__", "__slots__", "__getnewargs__", "__match_args__"),
            *("_fields", "_field_defaults", "_field_types", "_make", "_replace", "_asdict", "_source"),
        )
    )

    def _check(name, bases, body, fields):
        """Raise TypeError for a class body that does not define a named tuple."""
        if len(bases) > 1:
            raise TypeError(f"{name}: a NamedTuple has no other base class")
        for member in _RESERVED.intersection(body):
            raise TypeError(f"{name}: {member} cannot be overwritten in a NamedTuple")
        if len(fields) >= len(_MAKERS):
            raise TypeError(f"{name}: a NamedTuple has at most {len(_MAKERS) - 1} fields, found {len(fields)}")
        default = ""
        for field in fields:
            if field[:1] == "_" or iskeyword(field) or not field.isidentifier():
                raise TypeError(f"{name}: a field name is an identifier without a leading underscore, found {field!r}")
            if field in body:
                default = field
            elif default:
                raise TypeError(f"{name}: the field {field} without a default follows {default}, which has one")

    class _RecordMaker(type):
        """Makes a class of named tuples from the annotated names; the rest of the body stays as it is."""

        def __new__(cls, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            _check(name, bases, body, fields)
            defaults = {field: body[field] for field in fields if field in body}
            body.update((field, _field(index, None)) for index, field in enumerate(fields))
            new = _maker(body["__qualname__"], fields, tuple(defaults.values()))
            body.update(__slots__=(), __match_args__=fields, _fields=fields, _field_defaults=defaults, __new__=new)
            return type(name, (_Record,), body)

    #: The base class to write in a class statement. It is no base of the class that results.
    NamedTuple = type.__new__(_RecordMaker, "NamedTuple", (), {"__doc__": "The base class of named tuples."})
