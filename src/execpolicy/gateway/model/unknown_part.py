"""Parts of an API that are not known: what of the API they concern (SRC-9)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import text, texts
from execpolicy.document.syntax.wording import listed
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.gateway.model.names import one_of


class Concern(StrEnum):
    """What of an API an unknown part concerns; ``key`` of the part names the route, the authorizer and so on."""

    #: ``id``, ``region`` or ``account``: the ARN of each call, and the API's own host.
    DEPLOYMENT = "deployment"
    ENDPOINT = "endpoint"
    #: How the hosts of the API are checked: its endpoint access mode, the addresses that can call it.
    HOSTS = "hosts"
    #: Whether the API's own host is disabled.
    OWN_HOST = "own host"
    #: The content of a domain, by its name.
    DOMAIN = "domain"
    #: A setting of a domain, by its name: client certificates, access mode, addresses.
    DOMAIN_SETTING = "domain setting"
    #: A domain whose name is not known.
    DOMAIN_NAME = "domain name"
    #: A stage whose name is not known, by the name that stands for it.
    STAGE_NAME = "stage name"
    #: The settings of a stage, by its name.
    STAGE = "stage"
    #: A route whose method or path is not known, by its key.
    ROUTE_KEY = "route key"
    #: What a route requires, by its key.
    AUTH = "auth"
    SCOPES = "scopes"
    API_KEY_REQUIRED = "api_key_required"
    #: The settings of an authorizer, by its name.
    AUTHORIZER = "authorizer"
    #: What the Lambda function of a route returns, by the key of the route: a call whose route may have another
    #: authorization need not say it.
    OUTPUT = "output"
    RESOURCE_POLICY = "resource policy"
    API_KEYS = "api keys"
    CORS = "cors"
    #: The message of a gateway response, which no outcome depends on.
    MESSAGE = "message"


class UnknownPart(Frozen):
    """A part of an API that is not known. The definition has a valid value in its place, which no answer may use.

    Args:
        names: the names of the unknown values, such as ``the parameter AuthType``.
        concern: what of the API it concerns.
        key: of what: the key of a route, the name of an authorizer, a stage or a domain.
        path: where the document of the API has the part.
        written: the value there, as JSON.
        place: where the file has it, ``file:line:column``. It makes no difference between two parts.

    >>> UnknownPart(["the parameter AuthType"], "auth", key="GET /orders", path=["routes", "GET /orders"]).concern
    <Concern.AUTH: 'auth'>
    """

    __slots__ = ("concern", "key", "names", "path", "place", "written")
    names: tuple[str, ...]
    concern: Concern
    key: str
    path: tuple[str, ...]
    written: str
    place: str

    def __init__(
        self,
        names: Iterable[str],
        concern: Concern | str,
        *,
        key: str = "",
        path: Iterable[str] = (),
        written: str = "",
        place: str = "",
    ) -> None:
        self._set(
            names=texts(names, "names"),
            concern=one_of(Concern, concern, "a concern"),
            key=text(key, "key"),
            path=texts(path, "path"),
            written=text(written, "written"),
            place=text(place, "place"),
        )

    @property
    def in_words(self) -> str:
        """The part in words, with the unknown values and the place.

        >>> part = UnknownPart(["the parameter Auth"], "auth", key="GET /orders", place="api.yaml:3:5")
        >>> part.in_words
        'auth of GET /orders depends on the parameter Auth (api.yaml:3:5)'
        """
        owner = with_unknown_in_words(self.key) or "the API"
        place = f" ({self.place})" if self.place else ""
        return f"{self.concern} of {owner} depends on {listed(self.names, 'and')}{place}"

    def _identity(self) -> tuple[Any, ...]:
        return self.names, self.concern, self.key, self.path, self.written
