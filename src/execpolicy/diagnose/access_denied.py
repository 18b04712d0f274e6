"""IAM's sentence for a denied request, in all the forms that it has had (MSG-1, MSG-2)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.engine.layers import Layer


class AccessDenied(NamedTuple):
    """What the sentence says. What it leaves out is empty."""

    principal: str
    action: str
    resource: str
    explicit: bool
    #: The type of policy, in the singular: ``resource-based policy``.
    policy_type: str = ""
    #: The type that made the one above deny, where the sentence says ``transitively through``.
    through: str = ""
    policy_arn: str = ""
    authorization_id: str = ""

    @property
    def layer(self) -> Layer | None:
        """The layer of the policies that denied; None where the sentence names none, or one of another service."""
        named = self.through or self.policy_type
        return next((layer for layer in Layer if layer in _NAMED and layer.policy_type == named), None)

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller brought no signature that counted."""
        return self.principal == "anonymous"


#: The layers that the sentence names each in its own way; a private domain's policy is a resource-based one to it.
_NAMED = frozenset(Layer) - {Layer.DOMAIN_NAME, Layer.AUTHORIZER}

# Bounded: somebody may paste a megabyte without a blank.
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
    """The first such sentence in a text that stands on one line.

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
    """A type in AWS's usual words: it also writes ``sessions policy``, and capitals."""
    words = policy_type.lower().replace("policies", "policy").replace("sessions policy", "session policy")
    return words.replace("vpc", "VPC")


def _unquoted(arn: str) -> str:
    """An ARN without what stood around it where the sentence was pasted from."""
    closing = (close for opening, close in ("()", "[]", "{}") if opening not in arn)
    return arn.rstrip("',;`\\" + "".join(closing))
