"""The texts that arguments of public functions accept, as types: a type checker refuses any other text.

Nothing imports this module when it runs. Where a public function takes an enumeration or its value, the enumeration
also reads a text of which a type checker knows nothing: ``PolicyKind.parse(text)``, ``ApiType(text)``.

>>> from typing import get_args
>>> get_args(Signature)
('valid', 'invalid', 'expired')
"""

from __future__ import annotations

from typing import Literal, TypeAlias

PolicyKindName: TypeAlias = Literal[
    "identity", "resource", "boundary", "session", "scp", "rcp", "vpc_endpoint", "authorizer", "domain_name"
]
#: The kinds of files that describe APIs.
FileKindName: TypeAlias = Literal["execpolicy", "cloudformation", "openapi", "terraform"]
#: The types of APIs that an OpenAPI file can describe.
OpenApiTypeName: TypeAlias = Literal["REST", "HTTP"]

ApiTypeName: TypeAlias = Literal["REST", "HTTP", "WEBSOCKET"]
EndpointTypeName: TypeAlias = Literal["EDGE", "REGIONAL", "PRIVATE"]
AuthTypeName: TypeAlias = Literal["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS", "JWT"]
AuthorizerTypeName: TypeAlias = Literal["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"]
KeySourceName: TypeAlias = Literal["HEADER", "AUTHORIZER"]
CacheRefusalName: TypeAlias = Literal[
    "FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"
]
PayloadFormat: TypeAlias = Literal["1.0", "2.0"]
IpAddressType: TypeAlias = Literal["ipv4", "dualstack"]
EndpointAccessMode: TypeAlias = Literal["BASIC", "STRICT"]
RoutingMode: TypeAlias = Literal["API_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_API_MAPPING"]
#: The readings of AWS's pages (GW-4, GW-18).
PathReading: TypeAlias = Literal["as_sent", "normalised"]
EndpointIdentityReading: TypeAlias = Literal["both", "authorization_header"]

#: The signature of a call (GW-18), its client certificate (GW-31), and the limits that it exceeds (GW-35).
Signature: TypeAlias = Literal["valid", "invalid", "expired"]
ClientCertificate: TypeAlias = Literal["valid", "absent"]
CallLimits: TypeAlias = Literal["within", "throttled", "quota_exceeded"]

#: The kinds of callers.
PrincipalKindName: TypeAlias = Literal["user", "root", "session", "role", "federated-user", "service", "anonymous"]
#: What ``assert_denied`` takes besides outcomes and statuses.
DenialName: TypeAlias = Literal["explicit", "implicit", "no_route", "explicit_deny", "implicit_deny"]
