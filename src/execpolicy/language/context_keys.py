"""The catalogue of condition context keys, as data: what each key holds and when a request carries it (KEY-1).

Sources: the IAM User Guide's page on global condition keys, with the cross-service keys that it lists; the API Gateway
page on condition keys in resource policies (GW-22, GW-23); the Service Authorization Reference of execute-api.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.records import NamedTuple


class KeyType(StrEnum):
    """The type of the values of a key."""

    STRING = "String"
    ARN = "ARN"
    BOOL = "Bool"
    DATE = "Date"
    NUMERIC = "Numeric"
    IP = "IP"


class Presence(StrEnum):
    """Which requests have a key (KEY-2, KEY-4, KEY-6)."""

    #: Every request, anonymous ones too.
    ALWAYS = "always"
    #: Every request, except for some actions.
    RESOURCE_ACCOUNT = "resource_account"
    #: Every signed request; never an anonymous one.
    SIGNED = "signed"
    #: Every request of an IAM user; never one of another principal.
    IAM_USER = "iam_user"
    #: Every request signed with temporary credentials, never another. Sessions hold them; an IAM user may.
    TEMPORARY = "temporary"
    #: Every request, unless it comes through a VPC endpoint or an AWS service makes it as itself. Whether a forward
    #: access session has it is not known.
    NOT_THROUGH_ENDPOINT = "not_through_endpoint"
    #: Every request through a VPC endpoint; never another.
    THROUGH_ENDPOINT = "through_endpoint"
    #: Requests through a VPC endpoint to a service that supplies the key; never another.
    ENDPOINT_OF_SOME_SERVICES = "endpoint_of_some_services"
    #: Every request that an AWS service makes as itself (a service principal); never another.
    SERVICE_PRINCIPAL = "service_principal"
    #: Some requests that an AWS service makes as itself, never another: those for a resource that set the call off.
    SERVICE_SOURCE = "service_source"
    #: As ``SERVICE_SOURCE``, but for execute-api some requests of every caller.
    SOURCE_ARN = "source_arn"
    #: Some requests of callers with an account; never one of an anonymous caller or of a service as itself.
    MEMBER = "member"
    #: Every forward access session, which a service makes with the credentials of a user or role; never another.
    FORWARDED = "forwarded"
    #: Some forward access sessions, never another request.
    FORWARDED_SOME = "forwarded_some"
    #: Some requests of role sessions, never another: what an identity provider said when the session began.
    FEDERATED = "federated"
    #: As ``FEDERATED``, but only for actions of sts.
    FEDERATED_STS = "federated_sts"
    #: Some requests signed with temporary credentials, never another: what was known when the session began.
    SESSION = "session"
    #: Requests whose client sent the header.
    HEADER = "header"
    #: Some requests.
    OPTIONAL = "optional"


class ExecuteApi(StrEnum):
    """Whether API Gateway supplies a key to the policies of an API (GW-22, GW-23)."""

    #: With every authorization type.
    ALL = "all auth types"
    #: Only where the method's authorization type is AWS_IAM.
    AWS_IAM = "AWS_IAM only"
    #: With every authorization type, but only for private APIs.
    PRIVATE = "private"
    #: To no policy: execute-api is not among the services that supply it, and its actions pass no tags.
    NEVER = "never"
    #: The API Gateway page does not name it.
    UNLISTED = "unlisted"


class ContextKey(NamedTuple):
    """One key, or one family of keys.

    Attributes:
        name: as AWS writes it; that of a family ends in ``/``, and a tag key follows.
        type: the type of its values.
        multivalued: whether it may have several values, so that it needs a set operator (CND-11).
        presence: which requests have it.
        execute_api: whether API Gateway supplies it.
        page: the page on which AWS describes it.
    """

    name: str
    type: KeyType
    multivalued: bool
    presence: Presence
    execute_api: ExecuteApi
    page: str


IAM_PAGE = "reference_policies_condition-keys"
STS_PAGE = "reference_policies_iam-condition-keys"
SAR_PAGE = "sar:list_apigatewaymanagementapi"

_STRING, _ARN, _BOOL = KeyType.STRING, KeyType.ARN, KeyType.BOOL
_DATE, _NUMERIC, _IP = KeyType.DATE, KeyType.NUMERIC, KeyType.IP
_ALL, _AWS_IAM, _PRIVATE = ExecuteApi.ALL, ExecuteApi.AWS_IAM, ExecuteApi.PRIVATE
_NEVER, _UNLISTED = ExecuteApi.NEVER, ExecuteApi.UNLISTED

_KEYS: tuple[ContextKey, ...] = (
    # Properties of the principal
    ContextKey("aws:PrincipalArn", _ARN, False, Presence.SIGNED, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:PrincipalAccount", _STRING, False, Presence.ALWAYS, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:PrincipalOrgPaths", _STRING, True, Presence.MEMBER, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:PrincipalOrgID", _STRING, False, Presence.MEMBER, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:PrincipalTag/", _STRING, False, Presence.OPTIONAL, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:PrincipalIsAWSService", _BOOL, False, Presence.SIGNED, _UNLISTED, IAM_PAGE),
    ContextKey("aws:PrincipalServiceName", _STRING, False, Presence.SERVICE_PRINCIPAL, _UNLISTED, IAM_PAGE),
    ContextKey("aws:PrincipalServiceNamesList", _STRING, True, Presence.SERVICE_PRINCIPAL, _UNLISTED, IAM_PAGE),
    ContextKey("aws:PrincipalType", _STRING, False, Presence.ALWAYS, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:userid", _STRING, False, Presence.ALWAYS, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:username", _STRING, False, Presence.IAM_USER, _AWS_IAM, IAM_PAGE),
    # Properties of a role session
    ContextKey("aws:AssumedRoot", _BOOL, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    # A name for the identity providers built into AWS, an ARN for any other.
    ContextKey("aws:FederatedProvider", _STRING, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("aws:TokenIssueTime", _DATE, False, Presence.TEMPORARY, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:SignInSessionArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    # Temporary credentials of federated identities lack both MFA keys.
    ContextKey("aws:MultiFactorAuthAge", _NUMERIC, False, Presence.SESSION, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:MultiFactorAuthPresent", _BOOL, False, Presence.SESSION, _AWS_IAM, IAM_PAGE),
    ContextKey("aws:ChatbotSourceArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("aws:Ec2InstanceSourceVpc", _STRING, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("aws:Ec2InstanceSourcePrivateIPv4", _IP, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("aws:SourceIdentity", _STRING, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("ec2:RoleDelivery", _NUMERIC, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("ec2:SourceInstanceArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("glue:RoleAssumedBy", _STRING, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("glue:CredentialIssuingService", _STRING, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("codebuild:BuildArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("codebuild:ProjectArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("lambda:SourceFunctionArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("ssm:SourceInstanceArn", _ARN, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    ContextKey("identitystore:UserId", _STRING, False, Presence.SESSION, _UNLISTED, IAM_PAGE),
    # Properties of the network
    ContextKey("aws:SourceIp", _IP, False, Presence.NOT_THROUGH_ENDPOINT, _ALL, IAM_PAGE),
    ContextKey("aws:SourceVpc", _STRING, False, Presence.THROUGH_ENDPOINT, _PRIVATE, IAM_PAGE),
    ContextKey("aws:SourceVpcArn", _ARN, False, Presence.ENDPOINT_OF_SOME_SERVICES, _NEVER, IAM_PAGE),
    ContextKey("aws:SourceVpce", _STRING, False, Presence.THROUGH_ENDPOINT, _PRIVATE, IAM_PAGE),
    ContextKey("aws:VpceAccount", _STRING, False, Presence.ENDPOINT_OF_SOME_SERVICES, _NEVER, IAM_PAGE),
    ContextKey("aws:VpceOrgID", _STRING, False, Presence.ENDPOINT_OF_SOME_SERVICES, _NEVER, IAM_PAGE),
    ContextKey("aws:VpceOrgPaths", _STRING, True, Presence.ENDPOINT_OF_SOME_SERVICES, _NEVER, IAM_PAGE),
    ContextKey("aws:VpcSourceIp", _IP, False, Presence.THROUGH_ENDPOINT, _PRIVATE, IAM_PAGE),
    # Properties of the resource
    ContextKey("aws:ResourceAccount", _STRING, False, Presence.RESOURCE_ACCOUNT, _UNLISTED, IAM_PAGE),
    ContextKey("aws:ResourceOrgID", _STRING, False, Presence.OPTIONAL, _UNLISTED, IAM_PAGE),
    ContextKey("aws:ResourceOrgPaths", _STRING, True, Presence.OPTIONAL, _UNLISTED, IAM_PAGE),
    ContextKey("aws:ResourceTag/", _STRING, False, Presence.OPTIONAL, _NEVER, IAM_PAGE),
    # Properties of the request
    ContextKey("aws:CalledVia", _STRING, True, Presence.FORWARDED, _UNLISTED, IAM_PAGE),
    ContextKey("aws:CalledViaFirst", _STRING, False, Presence.FORWARDED, _UNLISTED, IAM_PAGE),
    ContextKey("aws:CalledViaLast", _STRING, False, Presence.FORWARDED, _UNLISTED, IAM_PAGE),
    ContextKey("aws:CalledViaAWSMCP", _STRING, False, Presence.FORWARDED_SOME, _UNLISTED, IAM_PAGE),
    ContextKey("aws:ViaAWSService", _BOOL, False, Presence.ALWAYS, _UNLISTED, IAM_PAGE),
    ContextKey("aws:ViaAWSMCPService", _BOOL, False, Presence.OPTIONAL, _UNLISTED, IAM_PAGE),
    ContextKey("aws:CurrentTime", _DATE, False, Presence.ALWAYS, _ALL, IAM_PAGE),
    # Epoch seconds: AWS documents the numeric operators for it as well.
    ContextKey("aws:EpochTime", _DATE, False, Presence.ALWAYS, _ALL, IAM_PAGE),
    ContextKey("aws:referer", _STRING, False, Presence.HEADER, _ALL, IAM_PAGE),
    ContextKey("aws:RequestedRegion", _STRING, False, Presence.ALWAYS, _UNLISTED, IAM_PAGE),
    ContextKey("aws:RequestTag/", _STRING, False, Presence.OPTIONAL, _NEVER, IAM_PAGE),
    ContextKey("aws:TagKeys", _STRING, True, Presence.OPTIONAL, _NEVER, IAM_PAGE),
    ContextKey("aws:SecureTransport", _BOOL, False, Presence.ALWAYS, _ALL, IAM_PAGE),
    ContextKey("aws:SourceAccount", _STRING, False, Presence.SERVICE_SOURCE, _UNLISTED, IAM_PAGE),
    # A source key like the others by the IAM page; the API Gateway page names no criterion, so nothing is ruled out.
    ContextKey("aws:SourceArn", _ARN, False, Presence.SOURCE_ARN, _ALL, IAM_PAGE),
    ContextKey("aws:SourceOrgID", _STRING, False, Presence.SERVICE_SOURCE, _UNLISTED, IAM_PAGE),
    ContextKey("aws:SourceOrgPaths", _STRING, True, Presence.SERVICE_SOURCE, _UNLISTED, IAM_PAGE),
    # The IAM page has it in every request, the API Gateway page only where the header was sent; the latter is nearer.
    ContextKey("aws:UserAgent", _STRING, False, Presence.HEADER, _ALL, IAM_PAGE),
    ContextKey("aws:IsMcpServiceAction", _BOOL, False, Presence.OPTIONAL, _NEVER, IAM_PAGE),
    # Of execute-api itself: the private custom domain that the call came by (GW-20)
    ContextKey("execute-api:viaDomainArn", _ARN, False, Presence.OPTIONAL, _PRIVATE, SAR_PAGE),
)

#: Every key by its name in lower case; a family by its prefix with the slash.
CATALOGUE: dict[str, ContextKey] = {key.name.lower(): key for key in _KEYS}

#: The keys of SAML that are there in calls of the session; the others only when the session begins.
_SAML_OF_SESSIONS = frozenset({"saml:namequalifier", "saml:sub", "saml:sub_type"})

_found: dict[str, ContextKey | None] = {}


def find_context_key(name: str) -> ContextKey | None:
    """Find the record of a key, in any case (CND-2); the record of a tag key is that of its family.

    Args:
        name: a context key as a policy or a request writes it, such as ``aws:PrincipalTag/team``.

    Returns:
        The record, or None if the catalogue has no such key. A family without a tag key is not a key.

    >>> find_context_key("AWS:SourceVPCE").name
    'aws:SourceVpce'
    >>> find_context_key("aws:PrincipalTag/cost/centre").name
    'aws:PrincipalTag/'
    >>> find_context_key("aws:SourceVpcEndpoint") is None
    True

    AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    try:
        return _found[name]
    except KeyError:
        prefix, slash, tag_key = name.lower().partition("/")
        record = None if slash and not tag_key else CATALOGUE.get(prefix + slash)
        if record is None:
            record = _key_of_provider(name)
        return store(_found, name, record) if len(name) <= MAX_KEY_LENGTH else record


def _key_of_provider(name: str) -> ContextKey | None:
    """The record of a key of an identity provider: ``saml:``, or a key whose service is a host."""
    service, _, claim = name.lower().partition(":")
    if not claim or not (service == "saml" or "." in service):
        return None
    sts_only = service == "saml" and name.lower() not in _SAML_OF_SESSIONS
    presence = Presence.FEDERATED_STS if sts_only else Presence.FEDERATED
    return ContextKey(name, _STRING, claim == "amr", presence, _UNLISTED, STS_PAGE)


def is_of_provider(record: ContextKey) -> bool:
    """Whether a key is one of an identity provider, which the catalogue has as a family only."""
    return record.page is STS_PAGE


# Context keys that the service derives itself; a given value must agree with them.
PRINCIPAL_TAG = "aws:principaltag/"
TIME_KEYS = ("aws:currenttime", "aws:epochtime")
ENDPOINT_KEYS = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")
#: The keys of endpoints that some other services supply as well.
OTHER_ENDPOINT_KEYS = ("aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths")
#: The keys of which any that is given shows a forward access session, other than those that must be true.
CALLED_VIA_KEYS = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:calledviaawsmcp")
#: The keys that show a forward access session where they are true.
VIA_SERVICE, VIA_MCP_SERVICE = VIA_KEYS = ("aws:viaawsservice", "aws:viaawsmcpservice")
MULTI_FACTOR = "aws:multifactorauthpresent"
#: The keys that requests have with ``false`` or not at all (KEY-7).
DOUBTFUL_KEYS = (MULTI_FACTOR, VIA_MCP_SERVICE)
#: The keys whose values follow from the resource: all others are the same for any resource (KEY-3).
RESOURCE_KEYS = frozenset({"aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
#: The keys whose values follow from the caller, where the caller's details are given.
CALLER_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:userid",
        "aws:username",
    }
)

#: Properties of keys, one bit each: the flags of all keys of a context say whether the context needs a check.
_SOURCE_IP_FLAG, ENDPOINT_FLAG, _CURRENT_TIME_FLAG, _EPOCH_TIME_FLAG = (1 << bit for bit in range(4))
_DERIVED_FLAG, IAM_FLAG, UNCATALOGUED_FLAG = (1 << bit for bit in range(4, 7))
#: Of the keys that show a forward access session, and of those that only some callers have.
VIA_FLAG, OF_SOME_CALLERS_FLAG = (1 << bit for bit in range(7, 9))
#: Not of a key: the context is that of a signed call whose policies see an anonymous caller (GW-14).
SIGNED_FLAG = 1 << 9
_BOTH_WAYS = _SOURCE_IP_FLAG | ENDPOINT_FLAG
TIME_FLAGS = _CURRENT_TIME_FLAG | _EPOCH_TIME_FLAG
_FLAGS_OF_KEYS = {
    "aws:sourceip": _SOURCE_IP_FLAG,
    **dict.fromkeys(ENDPOINT_KEYS, ENDPOINT_FLAG),
    **dict(zip(TIME_KEYS, (_CURRENT_TIME_FLAG, _EPOCH_TIME_FLAG), strict=True)),
    **dict.fromkeys(RESOURCE_KEYS | CALLER_KEYS, _DERIVED_FLAG),
    **dict.fromkeys((*CALLED_VIA_KEYS, *VIA_KEYS), VIA_FLAG),
}
#: The keys that follow from others of the context.
VIA_DERIVED_KEYS = frozenset({"aws:calledviafirst", "aws:calledvialast", "aws:viaawsmcpservice"})
#: The presences of keys that a context must not give for other callers (KEY-4).
OF_SOME_CALLERS = (Presence.SERVICE_SOURCE, Presence.FEDERATED, Presence.FEDERATED_STS)


def flags_of(key: str, record: ContextKey | None) -> int:
    """The flags of a key, by its lower-case name and its record in the catalogue."""
    flags = _FLAGS_OF_KEYS.get(key, 0)
    if key.startswith(PRINCIPAL_TAG) or (record is not None and record.execute_api is ExecuteApi.NEVER):
        flags |= _DERIVED_FLAG
    if record is not None and record.execute_api is ExecuteApi.AWS_IAM:
        # API Gateway has no value for it where the caller is not authenticated (GW-22).
        flags |= IAM_FLAG
    if record is not None and record.presence in OF_SOME_CALLERS:
        flags |= OF_SOME_CALLERS_FLAG
    # A policy must name a key outside the catalogue, unless the action is of its service (KEY-1).
    return flags | UNCATALOGUED_FLAG if record is None or is_of_provider(record) else flags


@cache
def needs_check(flags: int) -> bool:
    """Whether a context whose keys have these flags may contradict the request, or itself (KEY-3, KEY-4, GW-23)."""
    return (
        bool(flags & (_DERIVED_FLAG | UNCATALOGUED_FLAG | VIA_FLAG | OF_SOME_CALLERS_FLAG))
        or flags & _BOTH_WAYS == _BOTH_WAYS
        or flags & TIME_FLAGS == TIME_FLAGS
    )
