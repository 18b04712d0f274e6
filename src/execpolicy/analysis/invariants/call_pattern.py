"""Patterns of calls: methods and a path, or the opening of a connection to a WebSocket API (INV-1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from execpolicy._base.frozen import Frozen
from execpolicy.analysis.invariants.path_pattern import PathPattern
from execpolicy.analysis.invariants.refusal import found_instead, refused
from execpolicy.arguments import instance, texts
from execpolicy.arguments import text as checked_text
from execpolicy.document.syntax.wording import nearest
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.arn.parts import VERBS

#: Every method.
ANY_METHOD: Final = "ANY"
#: The methods of API Gateway.
METHODS: Final = tuple(verb for verb in VERBS.split("|") if verb != ANY_METHOD)
#: Every method and path.
ANYTHING: Final = "anything"
#: The route that a connection to a WebSocket API is opened by: the only one that is authorized (GW-21).
CONNECT: Final = "$connect"
_RULE = "INV-1"


class CallPattern(Frozen):
    """A set of calls by method and path, or ``$connect``.

    Args:
        path: the paths, as text or as a PathPattern; or ``$connect`` for the opening of connections to a WebSocket API.
        methods: GET, POST, …; none, or ``ANY``, stands for every method. ``$connect`` has none.

    Attributes:
        methods: the methods, each once; empty for every method of API Gateway.
        path: the paths; None for ``$connect``.

    Raises:
        UsageError: an argument is of the wrong type.
        ExecPolicyError: a text is not valid; the error has the place.

    >>> str(CallPattern("/orders/*", methods=["GET", "POST"]))
    'GET, POST /orders/*'
    """

    __slots__ = ("methods", "path")
    path: PathPattern | None
    methods: tuple[str, ...]

    def __init__(self, path: PathPattern | str, *, methods: str | Iterable[str] = ()) -> None:
        named = tuple(dict.fromkeys(checked_method(method) for method in texts(methods, "methods")))
        if path == CONNECT and named:
            raise refused(
                f"{CONNECT} has no method",
                text=f"{', '.join(named)} {CONNECT}",
                part="call",
                advice=f"write {CONNECT} alone",
                rule=_RULE,
                start=0,
                end=len(", ".join(named)),
            )
        if path == CONNECT:
            self._set(path=None, methods=())
            return
        self._set(
            path=PathPattern(path) if isinstance(path, str) else instance(path, PathPattern, "path"),
            methods=() if ANY_METHOD in named else named,
        )

    @classmethod
    def parse(cls, text: str) -> CallPattern:
        """Read methods and a path, such as ``GET, POST /orders/*``, ``anything`` or ``$connect``.

        Raises:
            UsageError: the pattern is not a text.
            ExecPolicyError: it is not such a pattern; the error has the place.

        >>> CallPattern.parse("/admin/**").methods
        ()
        """
        text = checked_text(text, "a pattern of calls").strip()
        if text == ANYTHING:
            return cls("/**")
        if text == CONNECT:
            return cls(CONNECT)
        methods, slash, path = text.partition("/")
        if not slash:
            raise found_instead(
                "a method and a path, a path, anything or $connect",
                text=text,
                part="call",
                advice="write for example GET /orders/*",
                rule=_RULE,
            )
        named = [method.strip() for method in methods.split(",")] if methods.strip() else []
        return cls(f"/{path}", methods=named)

    def matches(self, method: str, path: str) -> bool:
        """Whether a call with this method and path is in the set."""
        named = checked_text(method, "method") in (self.methods or METHODS)
        return named and self.path is not None and self.path.matches(path)

    @property
    def is_connect(self) -> bool:
        """Whether it is the opening of connections to a WebSocket API."""
        return self.path is None

    @property
    def is_anything(self) -> bool:
        """Whether every call is in the set."""
        return not self.methods and self.path == PathPattern("/**")

    def __str__(self) -> str:
        if self.is_anything:
            return ANYTHING
        if self.path is None:
            return CONNECT
        return f"{', '.join(self.methods)} {self.path}" if self.methods else str(self.path)


def checked_method(text: str) -> str:
    """Check the name of a method.

    Raises:
        ExecPolicyError: API Gateway has no such method.
    """
    if text in METHODS or text == ANY_METHOD:
        return text
    raise unknown_method(text)


def unknown_method(text: str) -> ExecPolicyError:
    """The error for the name of a method that API Gateway does not have."""
    meant = nearest(text, (*METHODS, ANY_METHOD))
    advice = f'did you mean "{meant}"?' if meant is not None else f"methods are {', '.join(METHODS)} and {ANY_METHOD}"
    return found_instead("a method", text=text, part="method", advice=advice, rule=_RULE)
