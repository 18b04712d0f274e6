"""The end of an access denied message: how the request is denied, in all known wordings (MSG-1, MSG-2)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.document.syntax.wording import cut

#: Words that are not recognised are shown up to this length.
LONGEST_UNREAD = 300

#: A type of policy, as messages name it. Bounded, because a pasted text may have a megabyte without a space.
_TYPE = r"(?:[\w-]{1,30}\s){0,3}(?:policy|policies|boundary)\b"
_END = re.compile(
    (
        r"[,.]? ?(?P<opening>\()?(?:"
        rf"(?P<explicit>(?:with|due to) (?:an )?explicit deny(?![\w-]))(?: in (?:(?:an?|the) )?(?P<denies>{_TYPE}))?"
        rf"|because (?:no|the) (?P<silent>{_TYPE}) allows the \S{{1,200}} action\b"
        rf")(?: transitively through (?:an?|the) (?P<through>{_TYPE}))?"
        r"(?(opening)\)?)(?: ?: (?P<arn>arn:[^\s<>\"]{1,2048}))?"
    ).replace(" ", r"[ \n]"),
    re.IGNORECASE,
)
#: What may follow a message without belonging to it, where the message has a recognised end, and where it has none.
_FOLLOWS_AN_END = re.compile(
    r"""[\s.,;:)\]}'`\\]*(?:\Z|[^\s.,;:)\]}'`\\a-z]|[a-z][\w.-]*=|at [\w.$<>]+\(|or call the GetRequest)"""
)
_FOLLOWS_NO_END = re.compile(
    r"""\Z|["<>]|[ \n]+(?:\Z|[(\[][A-Z][\w ]{0,40}:|[\w.-]+=)|[ ]*\n[ ]*(?:[^\s(a-z]|at [\w.$<>]+\()"""
)
#: Where words that are not recognised end.
_AFTER_UNREAD = re.compile(r"""["<>]|\\["n]""")


class MessageEnd(NamedTuple):
    """The end of a message; parts that it omits are empty."""

    #: Whether a Deny applies; None where the end does not say so in words that are recognised.
    explicit: bool | None = None
    #: The type of policy, in the singular: ``resource-based policy``.
    policy_type: str = ""
    #: The type after ``transitively through``, which is the one that denies.
    through: str = ""
    policy_arn: str = ""
    #: Words that are not recognised.
    unread: str = ""
    #: The words that are recognised.
    text: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the message stops before it says how the request is denied."""
        return self.explicit is None and not self.unread


def parse_message_end(text: str, start: int) -> MessageEnd:
    r"""Parse the end of the message in ``text`` that begins at ``start``. Lines may be broken by ``\n``.

    >>> parse_message_end("x with an explicit deny in a resource-based policy", 1).policy_type
    'resource-based policy'
    >>> parse_message_end("x because a guardrail forbids it", 1).unread
    'because a guardrail forbids it'
    """
    found = _END.match(text, start)
    if found is None:
        return MessageEnd(unread="" if _FOLLOWS_NO_END.match(text, start) else _unread(text, start))
    unread = "" if _FOLLOWS_AN_END.match(text, found.end()) else _unread(text, found.end())
    explicit = bool(found["explicit"])
    if unread and not explicit:
        # The rest may say more than that an Allow is missing.
        return MessageEnd(unread=_unread(text, start))
    return MessageEnd(
        explicit=explicit,
        policy_type=_singular(found["denies"] or found["silent"] or ""),
        through=_singular(found["through"] or ""),
        policy_arn=without_closing(found["arn"] or "").rstrip("."),
        unread=unread,
        text=found[0],
    )


def without_closing(arn: str) -> str:
    """An ARN without the quotes and brackets around it."""
    closing = (close for opening, close in ("()", "[]", "{}") if opening not in arn)
    return arn.rstrip("',;`\\" + "".join(closing))


def _unread(text: str, start: int) -> str:
    rest = text[start : start + 2 * LONGEST_UNREAD]
    end = _AFTER_UNREAD.search(rest)
    return cut(" ".join(rest[: end.start() if end else None].split()).strip(",;'`}])"), LONGEST_UNREAD)


def _singular(policy_type: str) -> str:
    """A type in AWS's usual spelling; some messages have ``sessions policy`` or capitals."""
    words = " ".join(policy_type.lower().split())
    return words.replace("policies", "policy").replace("sessions policy", "session policy").replace("vpc", "VPC")
