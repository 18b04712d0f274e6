"""Layers of policies, outcomes, and the outcome of one layer."""

from __future__ import annotations

from enum import StrEnum

from execpolicy._base.records import NamedTuple
from execpolicy.document.kinds import PolicyKind
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth


class Layer(StrEnum):
    """A set of policies with a result of its own. A denial is attributed to the first in this order (EVL-1).

    >>> Layer.SCP.value
    'scp'
    """

    VPC_ENDPOINT = "vpc_endpoint"
    RCP = "rcp"
    SCP = "scp"
    RESOURCE = "resource"
    DOMAIN_NAME = "domain_name"
    AUTHORIZER = "authorizer"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"

    @property
    def kind(self) -> PolicyKind:
        """The kind of the documents in this layer."""
        return PolicyKind(self.value)

    @property
    def policy_type(self) -> str:
        """What AWS's messages call a policy of this layer (MSG-1)."""
        return _POLICY_TYPES[self]


_POLICY_TYPES = {
    Layer.RCP: "resource control policy",
    Layer.SCP: "service control policy",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "resource-based policy",
    Layer.DOMAIN_NAME: "resource-based policy",
    Layer.AUTHORIZER: "identity-based policy",
    Layer.IDENTITY: "identity-based policy",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policy",
}


class Outcome(StrEnum):
    """The outcome of a request.

    >>> Outcome.EXPLICIT_DENY.value
    'explicit_deny'
    """

    ALLOW = "allow"
    IMPLICIT_DENY = "implicit_deny"
    EXPLICIT_DENY = "explicit_deny"
    #: It depends on a key that is not known (KEY-4).
    INDETERMINATE = "indeterminate"


class LayerOutcome(NamedTuple):
    """The outcome of one layer: whether a Deny applies, and the strongest Allow, surely and possibly."""

    deny: Truth
    grant: Grant
    possible_grant: Grant
