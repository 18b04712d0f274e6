"""IAM's message for a denied request, in all its versions (MSG-1, MSG-2)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.diagnose.message_end import MessageEnd, parse_message_end, without_closing
from execpolicy.engine.layers import Layer
from execpolicy.errors import ExecPolicyError
from execpolicy.language.principal import Principal


class AccessDenied(NamedTuple):
    """The parts of the message; a part that it omits is empty."""

    principal: str
    action: str
    resource: str
    end: MessageEnd
    authorization_id: str = ""

    @property
    def explicit(self) -> bool | None:
        """Whether a Deny applies; None where the end of the message does not tell.

        API Gateway omits the end where an Allow is missing. Older messages of other services have no end at all.
        """
        if self.end.is_missing and self.action.startswith("execute-api:"):
            return False
        return self.end.explicit

    @property
    def policy_type(self) -> str:
        """The type of policy that the message names, in the singular: ``resource-based policy``."""
        return self.end.policy_type

    @property
    def layer(self) -> Layer | None:
        """The layer of the policies that denied; None if the message names none, or one of another service."""
        named = self.end.through or self.end.policy_type
        return next((layer for layer in Layer if layer in _NAMED and layer.policy_type == named), None)

    @property
    def names_an_arn(self) -> bool:
        """Whether the caller is the ARN of a principal, which may have a masked account. Any text can follow User:."""
        return is_arn_of_principal(_MASK.sub(":111122223333:", self.principal, count=1))

    @property
    def is_anonymous(self) -> bool:
        """Whether the caller is anonymous: no signature was used."""
        return self.principal == "anonymous"


def is_arn_of_principal(text: str) -> bool:
    """Whether a text is the ARN of a caller."""
    if not text.startswith("arn:"):
        return False
    try:
        Principal.parse(text)
    except ExecPolicyError:
        return False
    return True


#: The layers that the message distinguishes; it calls the policy of a private domain resource-based.
_NAMED = frozenset(Layer) - {Layer.DOMAIN_NAME, Layer.AUTHORIZER}

# Bounded, because a pasted text may have a megabyte without a space.
_SENTENCE = re.compile(
    (
        r"User: ?(?P<principal>\S{1,2048}) is not authorized to perform: ?(?P<action>[\w-]{1,64}:[\w*]{1,128})"
        r"(?: on resource: ?(?P<resource>[^\s<>\"]{1,8192}))?"
    ).replace(" ", r"[ \n]")
)
#: The account of an ARN, some or all of whose digits are masked.
_MASK = re.compile(r":\*{1,12}[0-9]{0,11}:")
_AUTHORIZATION_ID = re.compile(r"(?:authorization id: ?|#/authorization-details/)(?P<id>[\w-]{1,128})")


def parse_access_denied(text: str) -> AccessDenied | None:
    r"""Parse the first such message in a text with single spaces and ``\n`` between lines; None if there is none.

    >>> denial = parse_access_denied("User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
    ...     "arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/pets with an explicit deny")
    >>> denial.is_anonymous, denial.explicit, denial.layer
    (True, True, None)
    """
    found = _SENTENCE.search(text)
    if found is None:
        return None
    written = found["resource"] or ""
    resource = without_closing(written)
    is_closed = any(sign in written[len(resource) :] for sign in "'`)]}")
    authorization = _AUTHORIZATION_ID.search(text, found.end())
    return AccessDenied(
        principal=found["principal"],
        action=found["action"],
        resource=resource,
        end=MessageEnd() if is_closed else parse_message_end(text, found.end()),
        authorization_id=authorization["id"] if authorization else "",
    )
