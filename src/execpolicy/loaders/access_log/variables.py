"""The variables of access logs: which there are, and which characters their values have (LOG-2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple


class ValueKind(NamedTuple):
    """What values of a variable look like.

    Attributes:
        words: the values in words, for errors.
        characters: the class of characters of a value, as in a regular expression; empty if any can stand there.
        shape: the whole value; None if there is no more to check than its characters.
    """

    words: str
    characters: str = ""
    shape: re.Pattern[str] | None = None


#: Visible characters without a space, and without a quote.
_VISIBLE, _UNQUOTED = r"!-~", r"!#-~"

ADDRESS: Final = ValueKind("an IP address", "0-9A-Fa-f.:", re.compile(r"[0-9A-Fa-f.:]{2,45}"))
STATUS: Final = ValueKind("a status of three digits", "0-9", re.compile(r"[1-5][0-9]{2}"))
COUNT: Final = ValueKind("a number", "0-9.", re.compile(r"[0-9.]{1,30}"))
EPOCH: Final = ValueKind("a time in milliseconds", "0-9", re.compile(r"[0-9]{1,15}"))
TIME: Final = ValueKind(
    "a time such as 29/Nov/2026:19:00:00 +0000",
    r"0-9A-Za-z/:+ \-",
    re.compile(r"[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"),
)
METHOD: Final = ValueKind("an HTTP method", r"A-Za-z\-", re.compile(r"[A-Za-z][A-Za-z-]{0,30}"))
PATH: Final = ValueKind("a path that begins with /", _VISIBLE, re.compile(r"/[!-~]*"))
HOST: Final = ValueKind("a host name", r"A-Za-z0-9._\-", re.compile(r"[A-Za-z0-9._-]{1,253}"))
STAGE: Final = ValueKind("the name of a stage", r"A-Za-z0-9_$\-", re.compile(r"\$default|[A-Za-z0-9_-]{1,128}"))
API_ID: Final = ValueKind("the id of an API", "A-Za-z0-9", re.compile(r"[A-Za-z0-9]{1,64}"))
ACCOUNT: Final = ValueKind("an account of 12 digits", "0-9", re.compile(r"[0-9]{12}"))
ARN: Final = ValueKind("the ARN of a caller", _UNQUOTED, re.compile(r"arn:[!#-~]+"))
WORD: Final = ValueKind("a text without spaces", _UNQUOTED)
ENDPOINT: Final = ValueKind("the id of a VPC endpoint", r"a-z0-9\-", re.compile(r"vpce-[a-z0-9]{1,64}"))
NETWORK: Final = ValueKind("the id of a VPC", r"a-z0-9\-", re.compile(r"vpc-[a-z0-9]{1,64}"))
FLAG: Final = ValueKind("true or false", "a-z", re.compile(r"true|false"))
RESPONSE: Final = ValueKind("the name of a gateway response", r"A-Z0-9_", re.compile(r"[A-Z][A-Z0-9_]{0,60}"))
TEXT: Final = ValueKind("a text")

#: Every variable with a fixed name. Those that the pages of REST, HTTP and WebSocket APIs have are in one table.
VARIABLES: Final[Mapping[str, ValueKind]] = {
    "accountId": ACCOUNT,
    "apiId": API_ID,
    "authenticate.error": TEXT,
    "authenticate.latency": COUNT,
    "authenticate.status": STATUS,
    "authorize.error": TEXT,
    "authorize.latency": COUNT,
    "authorize.status": STATUS,
    "authorizer.error": TEXT,
    "authorizer.integrationLatency": COUNT,
    "authorizer.integrationStatus": STATUS,
    "authorizer.latency": COUNT,
    "authorizer.principalId": TEXT,
    "authorizer.requestId": WORD,
    "authorizer.status": STATUS,
    "awsEndpointRequestId": WORD,
    "awsEndpointRequestId2": WORD,
    "cipherSuite": WORD,
    "connectedAt": EPOCH,
    "connectionId": WORD,
    "customDomain.basePathMatched": WORD,
    "customDomain.routingRuleIdMatched": WORD,
    "dataProcessed": COUNT,
    "deploymentId": WORD,
    "domainName": HOST,
    "domainPrefix": HOST,
    "endpointType": WORD,
    "error.message": TEXT,
    "error.messageString": TEXT,
    "error.responseType": RESPONSE,
    "error.validationErrorString": TEXT,
    "eventType": WORD,
    "extendedRequestId": WORD,
    "httpMethod": METHOD,
    "identity.accessKey": WORD,
    "identity.accountId": ACCOUNT,
    "identity.apiKey": WORD,
    "identity.apiKeyId": WORD,
    "identity.caller": WORD,
    "identity.clientCert.clientCertPem": TEXT,
    "identity.clientCert.issuerDN": TEXT,
    "identity.clientCert.serialNumber": WORD,
    "identity.clientCert.subjectDN": TEXT,
    "identity.clientCert.validity.notAfter": TEXT,
    "identity.clientCert.validity.notBefore": TEXT,
    "identity.cognitoAuthenticationProvider": TEXT,
    "identity.cognitoAuthenticationType": WORD,
    "identity.cognitoIdentityId": WORD,
    "identity.cognitoIdentityPoolId": WORD,
    "identity.principalOrgId": WORD,
    "identity.sourceIp": ADDRESS,
    "identity.user": WORD,
    "identity.userAgent": TEXT,
    "identity.userArn": ARN,
    "identity.vpcId": NETWORK,
    "identity.vpceId": ENDPOINT,
    "integration.error": TEXT,
    "integration.integrationStatus": STATUS,
    "integration.latency": COUNT,
    "integration.requestId": WORD,
    "integration.responseTransferMode": WORD,
    "integration.status": STATUS,
    "integration.timeToAllHeaders": COUNT,
    "integration.timeToFirstContent": COUNT,
    "integrationErrorMessage": TEXT,
    "integrationLatency": COUNT,
    "integrationStatus": STATUS,
    "isCanaryRequest": FLAG,
    "messageDirection": WORD,
    "messageId": WORD,
    "path": PATH,
    "protocol": WORD,
    "requestId": WORD,
    "requestTime": TIME,
    "requestTimeEpoch": EPOCH,
    "resourceId": WORD,
    "resourcePath": PATH,
    "responseLatency": COUNT,
    "responseLength": COUNT,
    "routeKey": TEXT,
    "stage": STAGE,
    "status": STATUS,
    "tlsVersion": WORD,
    "waf.error": TEXT,
    "waf.latency": COUNT,
    "waf.status": STATUS,
    "wafResponseCode": WORD,
    "webaclArn": WORD,
    "xrayTraceId": WORD,
}

#: What a Lambda authorizer returns as its context, and the claims of a token, have names of the API's own.
_OF_AUTHORIZERS: Final = re.compile(r"authorizer\.(?:claims\.)?[A-Za-z0-9_][A-Za-z0-9_:-]*")

#: Variables that say who signed the call; ``-`` in one of them says that nobody did.
OF_SIGNERS: Final = ("identity.userArn", "identity.caller", "identity.user", "identity.accessKey", "identity.accountId")


def kind_of_variable(name: str) -> ValueKind | None:
    """What values of a variable look like; None if there is no such variable.

    >>> kind_of_variable("status").words, kind_of_variable("authorizer.tier").words, kind_of_variable("state")
    ('a status of three digits', 'a text', None)
    """
    found = VARIABLES.get(name)
    if found is None and name != "authorizer.claims" and _OF_AUTHORIZERS.fullmatch(name) is not None:
        return TEXT
    return found
