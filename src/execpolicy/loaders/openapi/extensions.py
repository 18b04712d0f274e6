"""The extensions of API Gateway in an OpenAPI document: where each stands, and whether it bears on authorization."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

PREFIX: Final = "x-amazon-apigateway-"

POLICY: Final = PREFIX + "policy"
AUTH: Final = PREFIX + "auth"
AUTH_TYPE: Final = PREFIX + "authtype"
AUTHORIZER: Final = PREFIX + "authorizer"
ANY_METHOD: Final = PREFIX + "any-method"
KEY_SOURCE: Final = PREFIX + "api-key-source"
ENDPOINT: Final = PREFIX + "endpoint-configuration"
ACCESS_MODE: Final = PREFIX + "endpoint-access-mode"
RESPONSES: Final = PREFIX + "gateway-responses"
CORS: Final = PREFIX + "cors"
INTEGRATION: Final = PREFIX + "integration"
VERSION: Final = PREFIX + "importexport-version"


class Place(StrEnum):
    """Where an object stands in a document, as messages name it."""

    ROOT = "the root of the document"
    SERVER = "a server"
    COMPONENTS = "components"
    PATH = "a path"
    OPERATION = "an operation"
    SCHEME = "a security scheme"
    TAG = "a tag"


class Extension(NamedTuple):
    """Where an extension stands, and whether a loader reads it; others cannot bear on authorization."""

    places: tuple[Place, ...]
    is_read: bool = True


EXTENSIONS: Final = {
    POLICY: Extension((Place.ROOT,)),
    AUTH: Extension((Place.OPERATION, Place.ROOT)),
    AUTH_TYPE: Extension((Place.SCHEME,)),
    AUTHORIZER: Extension((Place.SCHEME,)),
    ANY_METHOD: Extension((Place.PATH,)),
    KEY_SOURCE: Extension((Place.ROOT,)),
    ENDPOINT: Extension((Place.ROOT, Place.SERVER)),
    ACCESS_MODE: Extension((Place.ROOT,)),
    RESPONSES: Extension((Place.ROOT,)),
    CORS: Extension((Place.ROOT,)),
    INTEGRATION: Extension((Place.OPERATION,)),
    VERSION: Extension((Place.ROOT,)),
    PREFIX + "binary-media-types": Extension((Place.ROOT,), False),
    PREFIX + "documentation": Extension((Place.ROOT,), False),
    PREFIX + "integrations": Extension((Place.COMPONENTS,), False),
    PREFIX + "minimum-compression-size": Extension((Place.ROOT,), False),
    PREFIX + "request-validator": Extension((Place.ROOT, Place.OPERATION), False),
    PREFIX + "request-validators": Extension((Place.ROOT,), False),
    PREFIX + "security-policy": Extension((Place.ROOT,), False),
    PREFIX + "tag-value": Extension((Place.TAG,), False),
}
