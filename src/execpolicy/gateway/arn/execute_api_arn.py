"""ARNs of execute-api: calls to an API, WebSocket routes, connections and private custom domains."""

from __future__ import annotations

import re

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import text as checked_text
from execpolicy.errors import RequestError, UsageError
from execpolicy.gateway.arn.parts import CALL_ADVICE, DOMAIN_ADVICE, VERBS, InvalidArnPart, error_at, invalid_part
from execpolicy.gateway.arn.short_form import ShortForm, expanded
from execpolicy.language.arn import Arn, parse_arn

#: Kinds of ARNs: of a call to a REST or HTTP API, and the other three.
HTTP, ROUTE, CONNECTION, DOMAIN = "http", "route", "connection", "domain"

#: The partition of the regions that begin so (GW-9); all others are in ``aws``.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}

#: Every partition.
PARTITIONS = frozenset(("aws", *_PARTITIONS.values()))

#: The DNS suffixes of partitions, as AWS's SDKs have them (GW-9); that of all others is ``amazonaws.com``.
_DNS_SUFFIXES = {
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}

_SERVICE = "execute-api"
_DOMAINS = "/domainnames/"
_CONNECTIONS = "@connections"
#: After the first ``@connections`` they belong to the path of the API, and do not name a connection.
_SECOND_CONNECTIONS = ("@connections", "%40connections")
_CONNECTION_METHODS = ("DELETE", "GET", "POST")

#: The parts that make an ARN, beside region, account and partition.
_COMBINATIONS = {
    ("api_id", "stage", "method", "path"): "{api_id}/{stage}/{method}{path}",
    ("api_id", "stage", "route_key"): "{api_id}/{stage}/{route_key}",
    ("api_id", "stage", "method", "connection_id"): "{api_id}/{stage}/{method}/@connections/{connection_id}",
    ("domain_name", "domain_id"): "/domainnames/{domain_name}+{domain_id}",
}

_NO_METHOD_ADVICE = "this is not the ARN of a method; in a policy, end it in /*"
_MANAGEMENT_ADVICE = (
    "apigateway is the service that changes APIs and domains; calls to them are of execute-api, in ARNs and in policies"
)


def partition_of(region: str) -> str:
    """The partition that a region belongs to (GW-9).

    >>> partition_of("us-gov-west-1")
    'aws-us-gov'
    """
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def dns_suffix(partition: str) -> str:
    """The DNS suffix of a partition's hosts and issuers.

    >>> dns_suffix("aws-eusc")
    'amazonaws.eu'
    """
    return _DNS_SUFFIXES.get(partition, "amazonaws.com")


class ExecuteApiArn(Frozen):
    """The ARN of a resource that is called through API Gateway.

    Create one with ``ExecuteApiArn.parse`` or ``ExecuteApiArn.build``; ``str()`` returns its text. ``kind`` says what
    it names, and therefore which attributes are set; the others are None.

    - ``http``, a call to a REST or HTTP API: ``api_id``, ``stage``, ``method``, ``path`` (which begins with ``/``).
    - ``route``, a route of a WebSocket API: ``api_id``, ``stage``, ``route_key``.
    - ``connection``, the connections of a WebSocket API, or one of them: ``api_id``, ``stage``, ``method``,
      ``connection_id`` (None for all).
    - ``domain``, a private custom domain: ``domain_name``, ``domain_id``.

    All have ``partition``, ``region`` and ``account``. An ARN names one call and is not a pattern: ``*`` and ``?`` are
    literal characters in a path and are refused elsewhere.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html

    >>> arn = ExecuteApiArn.parse("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets/7")
    >>> arn.kind, arn.stage, arn.method, arn.path
    ('http', 'prod', 'GET', '/pets/7')
    """

    __slots__ = (
        "_text",
        "account",
        "api_id",
        "connection_id",
        "domain_id",
        "domain_name",
        "kind",
        "method",
        "partition",
        "path",
        "region",
        "route_key",
        "stage",
    )
    _text: str
    kind: str
    partition: str
    region: str
    account: str
    api_id: str | None
    stage: str | None
    method: str | None
    path: str | None
    route_key: str | None
    connection_id: str | None
    domain_name: str | None
    domain_id: str | None

    def __init__(self, arn: Arn, parts: dict[str, str]) -> None:
        self._set(**dict.fromkeys(self.__slots__))
        self._set(_text=arn.text, partition=arn.partition, region=arn.region, account=arn.account, **parts)

    @classmethod
    def parse(cls, text: str) -> ExecuteApiArn:
        """Parse the ARN of a call.

        Args:
            text: the ARN, whole: ``arn:aws:execute-api:…``.

        Raises:
            RequestError: the text is not such an ARN; the error has the place.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html

        >>> ExecuteApiArn.parse("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/$connect").route_key
        '$connect'
        """
        arn = parse_arn(checked_text(text, "an ARN"), name="arn")
        return cls(arn, _ArnReader(arn).parts())

    @classmethod
    def build(
        cls,
        *,
        region: str,
        account: str,
        api_id: str | None = None,
        stage: str | None = None,
        method: str | None = None,
        path: str | None = None,
        route_key: str | None = None,
        connection_id: str | None = None,
        domain_name: str | None = None,
        domain_id: str | None = None,
        partition: str | None = None,
    ) -> ExecuteApiArn:
        """Build the ARN of a call from its parts.

        Args:
            region: of the API or the domain, such as ``eu-west-1``.
            account: the 12 digits of the account that owns it.
            api_id: the API; for everything but a domain.
            stage: its stage; for everything but a domain.
            method: the verb that is sent; of a connection POST, GET or DELETE.
            path: the path that is sent, from ``/`` on, without the stage; kept as it is (GW-4).
            route_key: of a WebSocket API, instead of method and path.
            connection_id: of a connection, instead of a path; the path ``/@connections`` names all of them.
            domain_name: of a private custom domain, with its id and nothing else but region and account.
            domain_id: of a private custom domain.
            partition: such as ``aws-cn``; by default it follows from the region.

        Raises:
            RequestError: a part is not valid in an ARN; the error has the place.
            UsageError: the parts do not form an ARN.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html

        >>> str(ExecuteApiArn.build(region="eu-west-1", account="111122223333", api_id="a1b2c3", stage="prod",
        ...     method="GET", path="/"))
        'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/'
        """
        region = checked_text(region, "region")
        where = {
            "region": region,
            "account": checked_text(account, "account"),
            "partition": partition_of(region) if partition is None else checked_text(partition, "partition"),
        }
        optional = {
            "api_id": api_id,
            "stage": stage,
            "method": method,
            "path": path,
            "route_key": route_key,
            "connection_id": connection_id,
            "domain_name": domain_name,
            "domain_id": domain_id,
        }
        given = {name: checked_text(value, name) for name, value in optional.items() if value is not None}
        for name, value in (*where.items(), *given.items()):
            problem = invalid_part(name, value)
            if problem is not None:
                raise error_at(problem, text=value, name=name)
        return cls.parse(f"arn:{where['partition']}:{_SERVICE}:{where['region']}:{where['account']}:{_resource(given)}")

    def expand(self, short_form: str) -> ShortForm:
        """Expand a short form (``execute-api:/prod/GET/pets``) of the policy of this API or private domain.

        API Gateway adds the partition, region, account and id of the API in front (GW-7).

        Args:
            short_form: a value of Resource or NotResource. ``*`` and ``?`` in it stay wildcards.

        Returns:
            The pattern, and why it may not match what its author expects.

        Raises:
            RequestError: the text is not a short form, so it is stored as it is and matches nothing.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html

        >>> arn = ExecuteApiArn.parse("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets")
        >>> arn.expand("execute-api:/prod/*").pattern
        'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/*'
        """
        prefix = f"arn:{self.partition}:{_SERVICE}:{self.region}:{self.account}:{self.api_id or ''}"
        domain = f"{_DOMAINS}{self.domain_name}+{self.domain_id}" if self.kind == DOMAIN else None
        return expanded(checked_text(short_form, "a short form"), prefix, domain)

    def __str__(self) -> str:
        return self._text

    def _shown(self) -> str:
        return f"ExecuteApiArn.parse({self._text!r})"


class _ArnReader:
    """The parts of an ARN, each checked at its place."""

    def __init__(self, arn: Arn) -> None:
        self.arn = arn
        self.text = arn.text

    def parts(self) -> dict[str, str]:
        """The fields after ``arn:`` without partition, region and account, by the names of the attributes."""
        arn = self.arn
        service = len("arn:") + len(arn.partition) + 1
        region = service + len(arn.service) + 1
        account = region + len(arn.region) + 1
        resource = account + len(arn.account) + 1
        if arn.service != _SERVICE:
            advice = _MANAGEMENT_ADVICE if arn.service == "apigateway" else CALL_ADVICE
            raise self.refused(service, arn.service, f"found {arn.service!r}, expected {_SERVICE}", advice)
        self.checked("region", arn.region, region)
        self.check_partition()
        self.checked("account", arn.account, account)
        return self.domain(resource) if arn.resource.startswith("/") else self.api(resource)

    def check_partition(self) -> None:
        """A known partition must be that of the region; an unknown one is accepted (GW-9)."""
        partition, region = self.arn.partition, self.arn.region
        expected = partition_of(region)
        if partition != expected and (partition in _PARTITIONS.values() or expected != "aws"):
            message = f"found {partition!r}, expected {expected}, the partition of {region}"
            raise self.refused(len("arn:"), partition, message, "the partition follows from the region", "GW-9")

    def domain(self, start: int) -> dict[str, str]:
        resource = self.arn.resource
        name, plus, domain_id = resource.removeprefix(_DOMAINS).partition("+")
        if not resource.startswith(_DOMAINS) or not plus:
            message = f"found {resource!r}, expected {_DOMAINS}name+id, or an API id, which has no slash before it"
            raise self.refused(start, resource, message, DOMAIN_ADVICE)
        start += len(_DOMAINS)
        return {
            "kind": DOMAIN,
            "domain_name": self.checked("domain_name", name, start),
            "domain_id": self.checked("domain_id", domain_id, start + len(name) + 1),
        }

    def api(self, start: int) -> dict[str, str]:
        api_id, _, rest = self.arn.resource.partition("/")
        if api_id == "domainnames":
            message = f"found {self.arn.resource!r}, expected a slash before domainnames"
            raise self.refused(start, self.arn.resource, message, DOMAIN_ADVICE)
        found = {"api_id": self.checked("api_id", api_id, start)}
        if not rest:
            raise self.refused(len(self.text), "", "the ARN ends before its stage", _NO_METHOD_ADVICE, "GW-8")
        stage, _, rest = rest.partition("/")
        found["stage"] = self.checked("stage", stage, start + len(api_id) + 1)
        if not rest:
            message = "the ARN ends before its method and path, or its route key"
            raise self.refused(len(self.text), "", message, _NO_METHOD_ADVICE, "GW-8")
        return found | self.called(rest, len(self.text) - len(rest))

    def called(self, rest: str, start: int) -> dict[str, str]:
        """What follows the stage: a route key, or a method with its path."""
        method, slash, path = rest.partition("/")
        if not slash:
            if re.fullmatch(VERBS, rest) is not None:
                message = f"found {rest!r}, expected a path after the method"
                raise self.refused(start, rest, message, f"the root path is a slash: {rest}/", "GW-3")
            return {"kind": ROUTE, "route_key": self.checked("route_key", rest, start)}
        self.checked("method", method, start)
        connections, slash, connection_id = path.partition("/")
        second = connection_id.partition("/")[0]
        if connections != _CONNECTIONS or method not in _CONNECTION_METHODS or second in _SECOND_CONNECTIONS:
            return {"kind": HTTP, "method": method, "path": self.checked("path", "/" + path, start + len(method))}
        if slash:
            place = len(self.text) - len(connection_id)
            return {
                "kind": CONNECTION,
                "method": method,
                "connection_id": self.checked("connection_id", connection_id, place),
            }
        return {"kind": CONNECTION, "method": method}

    def checked(self, part: str, value: str, start: int) -> str:
        problem = invalid_part(part, value)
        if problem is not None:
            raise error_at(problem, text=self.text, name="arn", start=start, end=start + len(value))
        return value

    def refused(self, start: int, value: str, message: str, advice: str, rule: str = "GW-1") -> RequestError:
        return error_at(
            InvalidArnPart(message, advice, rule), text=self.text, name="arn", start=start, end=start + len(value)
        )


def _resource(given: dict[str, str]) -> str:
    """The last field of an ARN that is built of these parts."""
    for names, template in _COMBINATIONS.items():
        if given.keys() == set(names):
            if "connection_id" in names and given["method"] not in _CONNECTION_METHODS:
                message = (
                    f"found {given['method']!r}, expected a method of connections: {', '.join(_CONNECTION_METHODS)}"
                )
                advice = "POST sends to a connection, GET returns its state, DELETE ends it"
                raise error_at(InvalidArnPart(message, advice), text=given["method"], name="method")
            return template.format_map(given)
    ways = "; or ".join(", ".join(names) for names in _COMBINATIONS)
    raise UsageError(
        f"these parts do not form an ARN: {', '.join(given) or 'region and account alone'}",
        advice=f"beside region and account, give {ways}",
        rule="GW-1",
    )
