"""IAM's message for a denied request, in all its versions (MSG-1, MSG-2)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.engine.layers import Layer


class AccessDenied(NamedTuple):
    """The parts of the message; a part that it omits is empty."""

    principal: str
    action: str
    resource: str
    explicit: bool
    #: The type of policy, in the singular: ``resource-based policy``.
    policy_type: str = ""
    #: The type after ``transitively through``, which is the one that denies.
    through: str = ""
    policy_arn: str = ""
    authorization_id: str = ""

    @property
    def layer(self) -> Layer | None:
        """The layer of the policies that denied; None if the message names none, or one of another service."""
        named = self.through or self.policy_type
        return next((layer for layer in Layer if layer in _NAMED and layer.policy_type == named), None)

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller is anonymous: no signature was used."""
        return self.principal == "anonymous"


#: The layers that the message distinguishes; it calls the policy of a private domain resource-based.
_NAMED = frozenset(Layer) - {Layer.DOMAIN_NAME, Layer.AUTHORIZER}

# Bounded, because a pasted text may have a megabyte without a space.
_SENTENCE = re.compile(
    r"User: ?(?P<principal>\S{1,2048}) is not authorized to perform: ?(?P<action>[\w-]{1,64}:[\w*]{1,128})"
    r"(?: on resource: ?(?P<resource>[^\s<>\"]{1,8192}))?"
)
_TYPE = r"[\w -]{0,60}?(?:policy|policies|boundary)"
_TAIL = re.compile(
    r"[,.]? ?(?:"
    rf"(?P<explicit>(?:with|due to) an explicit deny)(?: in (?:an?|the) (?P<denies>{_TYPE}))?"
    rf"|because (?:no|the) (?P<silent>{_TYPE}) allows the \S{{1,200}} action"
    rf")(?: transitively through (?:an?|the) (?P<through>{_TYPE}))?"
    r"(?: ?: (?P<arn>arn:[^\s<>\"]{1,2048}))?",
    re.IGNORECASE,
)
_AUTHORIZATION_ID = re.compile(r"(?:authorization id: ?|#/authorization-details/)(?P<id>[\w-]{1,128})")


def parse_access_denied(text: str) -> AccessDenied | None:
    """Parse the first such message in a text of one line; None if there is none.

    >>> denial = parse_access_denied("User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
    ...     "arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/pets with an explicit deny")
    >>> denial.is_anonymous, denial.explicit, denial.layer
    (True, True, None)
    """
    found = _SENTENCE.search(text)
    if found is None:
        return None
    tail = _TAIL.match(text, found.end())
    parts = {} if tail is None else {name: value or "" for name, value in tail.groupdict().items()}
    authorization = _AUTHORIZATION_ID.search(text, found.end())
    return AccessDenied(
        principal=found["principal"],
        action=found["action"],
        resource=_unquoted(found["resource"] or ""),
        explicit=bool(parts.get("explicit")),
        policy_type=_singular(parts.get("denies") or parts.get("silent") or ""),
        through=_singular(parts.get("through", "")),
        policy_arn=_unquoted(parts.get("arn", "")).rstrip("."),
        authorization_id=authorization["id"] if authorization else "",
    )


def _singular(policy_type: str) -> str:
    """A type in AWS's usual spelling; some messages have ``sessions policy`` or capitals."""
    words = policy_type.lower().replace("policies", "policy").replace("sessions policy", "session policy")
    return words.replace("vpc", "VPC")


def _unquoted(arn: str) -> str:
    """An ARN without the quotes and brackets around it."""
    closing = (close for opening, close in ("()", "[]", "{}") if opening not in arn)
    return arn.rstrip("',;`\\" + "".join(closing))
