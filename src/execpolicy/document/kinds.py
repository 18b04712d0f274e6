"""The kinds of policies, and which elements a document of each kind may have (POL-8)."""

from __future__ import annotations

from enum import StrEnum

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import as_builtin
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.errors import UsageError


class PolicyKind(StrEnum):
    """What a policy document is attached to.

    >>> from execpolicy import PolicyKind
    >>> PolicyKind.parse("resource")
    <PolicyKind.RESOURCE: 'resource'>

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
    """

    IDENTITY = "identity"
    RESOURCE = "resource"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    VPC_ENDPOINT = "vpc_endpoint"
    AUTHORIZER = "authorizer"
    DOMAIN_NAME = "domain_name"

    @classmethod
    def parse(cls, kind: str | PolicyKind) -> PolicyKind:
        """The kind with a given name.

        Args:
            kind: a PolicyKind, or its value.

        Raises:
            UsageError: no kind has that name.
        """
        kind = as_builtin(kind)
        if isinstance(kind, str):
            try:
                return cls(kind)
            except ValueError:
                found = quoted(kind)
        else:
            found = f"a value of type {type(kind).__name__}"
        names = [member.value for member in cls]
        advice = (
            did_you_mean(kind, names) if isinstance(kind, str) else "the kind says which elements a document may have"
        )
        raise UsageError(
            f"found {found} as the kind of a policy, expected {listed(names)}", advice=advice, rule="POL-8"
        )


class ElementRules(NamedTuple):
    """Which elements a document of a kind may have.

    Attributes:
        name: what messages call such a document.
        principal: whether each statement has to have Principal, or NotPrincipal; otherwise it may have neither.
        who: for a kind without Principal: to whom the document applies.
        not_principal: whether NotPrincipal is allowed.
        only_everybody: whether Principal has to be the text ``"*"``.
        not_action: whether NotAction is allowed.
        lone_star_action: whether ``"*"`` is allowed as an action.
        allow: whether Allow is allowed.
        only_new_version: whether the document has to have Version 2012-10-17.
    """

    name: str
    principal: bool
    who: str = ""
    not_principal: bool = False
    only_everybody: bool = False
    not_action: bool = True
    lone_star_action: bool = True
    allow: bool = True
    only_new_version: bool = False


#: The rules of each kind, from IAM's grammar of policies and the pages of Organizations, PrivateLink and API Gateway.
ELEMENT_RULES: dict[PolicyKind, ElementRules] = {
    PolicyKind.IDENTITY: ElementRules(
        "an identity policy", False, "it applies to the identities that it is attached to"
    ),
    PolicyKind.BOUNDARY: ElementRules(
        "a permissions boundary", False, "it applies to the identities that it is set on"
    ),
    PolicyKind.SESSION: ElementRules("a session policy", False, "it applies to the session that it is passed to"),
    PolicyKind.SCP: ElementRules(
        "a service control policy",
        False,
        "it applies to every principal of the accounts that it is attached to",
        only_new_version=True,
    ),
    PolicyKind.AUTHORIZER: ElementRules(
        "an authorizer's policy", False, "it applies to the caller that the function's principalId names"
    ),
    PolicyKind.RESOURCE: ElementRules("a resource policy", True, not_principal=True),
    PolicyKind.VPC_ENDPOINT: ElementRules("a VPC endpoint policy", True, not_principal=True),
    PolicyKind.DOMAIN_NAME: ElementRules("a domain name's policy", True, not_principal=True),
    PolicyKind.RCP: ElementRules(
        "a resource control policy",
        True,
        only_everybody=True,
        not_action=False,
        lone_star_action=False,
        allow=False,
        only_new_version=True,
    ),
}
