"""What every item of a case file is, whatever it tests: its name, its rules, its place."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict, Unpack

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import instance, text, texts
from execpolicy.errors import Source, Span

#: What a case may expect of a request or a call. ``deny`` is either kind of denial, of a call that reaches a route any
#: refusal, whether or not a policy had a say; ``error`` that the library refuses it as one that nobody could make.
OUTCOMES = ("allow", "deny", "explicit_deny", "implicit_deny", "indeterminate", "error")
ERROR = "error"
#: What a call alone may be expected to meet: the API has no such path, base path or stage.
NO_ROUTE = "no_route"
#: What a call may be expected to meet, beside a status.
CALL_OUTCOMES = (*OUTCOMES, NO_ROUTE)

#: The slots of what every item says of itself.
ABOUT = ("name", "page", "rules", "source", "span", "why")


class About(TypedDict):
    """What every item says of itself, as ``Entry`` describes it."""

    name: str
    source: Source
    span: Span
    rules: NotRequired[tuple[str, ...]]
    page: NotRequired[str]
    why: NotRequired[str]


class Entry(Frozen):
    """An item of a case file.

    Attributes:
        name: unique among the items of its list.
        rules: the ids of the rules that it holds, such as ``EVL-4``.
        page: the page that says so.
        why: a remark of the author.
        source: the case file.
        span: the place of the item in it.
    """

    __slots__ = ()
    name: str
    rules: tuple[str, ...]
    page: str
    why: str
    source: Source
    span: Span

    def _tell(self, **about: Unpack[About]) -> None:
        told: dict[str, Any] = {"rules": (), "page": "", "why": "", **about}
        self._set(
            name=text(told["name"], "name"),
            rules=texts(told["rules"], "rules"),
            page=text(told["page"], "page"),
            why=text(told["why"], "why"),
            source=instance(told["source"], Source, "source"),
            span=instance(told["span"], Span, "span"),
        )

    @property
    def place(self) -> str:
        """``file:line:column`` of the item."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"
