"""The fields that every item of a case file has: its name, its rules, its place."""

from __future__ import annotations

import re
from typing import Any, NotRequired, TypedDict, Unpack

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import instance, text, texts
from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Source, Span

#: The outcomes that a case can expect of a request or call. ``deny`` is either kind of denial; for a call that reaches
#: a route it is any refusal, by policies or not. ``error`` means that the library rejects it as impossible.
OUTCOMES = ("allow", "deny", "explicit_deny", "implicit_deny", "indeterminate", "error")
ERROR = "error"
#: An outcome of calls only: the API does not have the path, base path or stage.
NO_ROUTE = "no_route"
#: The outcomes that a case can expect of a call, instead of a status.
CALL_OUTCOMES = (*OUTCOMES, NO_ROUTE)

#: The fields of every item in a case file.
ITEM_FIELDS = ("name", "rule", "page", "why")
#: The slots of these fields.
ITEM_SLOTS = ("name", "page", "rules", "source", "span", "why")

_rule = re.compile(r"[A-Z]{2,3}-[1-9][0-9]*").fullmatch


class ItemFields(TypedDict):
    """The fields of every item, as ``CaseFileItem`` describes them."""

    name: str
    source: Source
    span: Span
    rules: NotRequired[tuple[str, ...]]
    page: NotRequired[str]
    why: NotRequired[str]


class CaseFileItem(Frozen):
    """An item of a case file.

    Attributes:
        name: unique among the items of its list.
        rules: the ids of the rules that it tests, such as ``EVL-4``.
        page: the AWS page that documents them.
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

    def _set_item(self, **about: Unpack[ItemFields]) -> None:
        fields: dict[str, Any] = {"rules": (), "page": "", "why": "", **about}
        self._set(
            name=text(fields["name"], "name"),
            rules=texts(fields["rules"], "rules"),
            page=text(fields["page"], "page"),
            why=text(fields["why"], "why"),
            source=instance(fields["source"], Source, "source"),
            span=instance(fields["span"], Span, "span"),
        )

    @property
    def place(self) -> str:
        """``file:line:column`` of the item."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


def read_item_fields(fields: Fields) -> ItemFields:
    """The name, rules, page, remark and place of an item."""
    return {
        "name": fields.text("name") or "",
        "rules": tuple(rule.value for rule in rule_ids(fields, "rule") or ()),
        "page": fields.text("page") or "",
        "why": fields.text("why") or "",
        "source": fields.problems.source,
        "span": fields.problems.span(fields.node),
    }


def rule_ids(fields: Fields, name: str) -> list[Text] | None:
    """The ids of rules in a field."""
    rules = fields.texts(name)
    for rule in rules or ():
        if _rule(rule.value) is None:
            message = f"found {quoted(rule.value)} as {name}, expected the id of a rule"
            fields.problems.report(rule, message, "write it as in docs/semantics.md: EVL-4")
    return rules
