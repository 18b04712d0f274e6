"""The public ``Api``: an API definition that reads files and simulates calls."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from execpolicy.arguments import flag, instance
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_places import ApiPlaces
from execpolicy.gateway.model.variants import Origin, Variants

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from execpolicy.call import Call
    from execpolicy.document.policy import Policy
    from execpolicy.engine.caller import Caller
    from execpolicy.gateway.authorizers.cache import AuthorizerCache
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.readings import Readings
    from execpolicy.language.context import Context
    from execpolicy.language.principal import Principal
    from execpolicy.literals import CallLimits, ClientCertificate, FileKindName, OpenApiTypeName, Signature

#: What an API without variants has of the attributes of variants.
_WITHOUT_VARIANTS: dict[str, object] = {"_others": (), "depends_on": (), "conditions": (), "_origin": None}


class Api(ApiDefinition):
    """An API. ``load`` reads one from a file, ``invoke`` simulates a call.

    Args:
        id: the API id.
        type: REST, HTTP or WEBSOCKET.
        region: such as ``eu-west-1``; the partition follows from it (GW-9).
        account: the 12 digits of the account that owns it.
        endpoint: EDGE, REGIONAL or PRIVATE.
        routes: its routes, each a Route or its key such as ``GET /orders``; those of a WebSocket API have no path.
        authorizers: its authorizers, which routes call by name.
        stages: its stages, or their names; the default for an HTTP API is ``$default``, other APIs must name theirs.
        stage: the name of the stage that is called; by default the only one.
        resource_policy: its resource policy (REST APIs only), of kind ``resource``.
        api_keys: its API keys.
        api_key_source: where a call sends its API key.
        domains: its custom domain names.
        cors: whether an HTTP API answers preflight requests itself (GW-27).
        readings: how to read AWS's pages if they disagree.
        disable_execute_api_endpoint: whether the API's own host is disabled: only custom domains lead to it (GW-30).
        gateway_responses: the gateway responses that a REST API sets itself, a list of CustomGatewayResponse (MSG-4).
        ip_address_type: ``ipv4`` or ``dualstack``, the addresses that can call it; None if it is not known (GW-34).
        endpoint_access_mode: ``BASIC`` or ``STRICT`` of a REST API; None without an enhanced security policy (GW-33).
        unknown_parts: what its file does not say, as ``load`` finds it (SRC-9).

    Raises:
        UsageError: an argument is of the wrong type, or AWS accepts no API with these parts.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    >>> from execpolicy import Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> api.invoke("GET", "/orders").status
    200
    """

    __slots__ = ("_origin", "_others", "conditions", "depends_on")
    #: The names of the values that are not known and by which the variants differ; empty for an API without variants.
    depends_on: tuple[str, ...]
    #: The names of the conditions of its template by which the variants differ.
    conditions: tuple[str, ...]
    _others: tuple[ApiDefinition, ...]
    #: The readings of the file that the variants come from. It makes no difference between two APIs.
    _origin: Origin | None

    def _add_what_calls_need(self, places: ApiPlaces | None) -> None:
        super()._add_what_calls_need(places)
        self._set(**_WITHOUT_VARIANTS)

    @classmethod
    def _copied(cls, definition: ApiDefinition, **changed: object) -> Self:
        made = super()._copied(definition, **changed)
        made._set(**(definition._of_variants() if isinstance(definition, Api) else _WITHOUT_VARIANTS))
        return made

    def _of_variants(self) -> dict[str, object]:
        """The attributes that an API definition does not have."""
        return {name: getattr(self, name) for name in _WITHOUT_VARIANTS}

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), self._others, self.depends_on)

    def __getstate__(self) -> dict[str, object]:
        state = super().__getstate__()
        return state if not self._others and self._origin is None else {**state, **self._of_variants()}

    def __setstate__(self, state: dict[str, object]) -> None:
        parts = {name: value for name, value in state.items() if name not in Api.__slots__}
        super().__setstate__(parts)
        self._set(**{name: value for name, value in state.items() if name in Api.__slots__})

    @classmethod
    def from_variants(cls, variants: Variants[ApiDefinition]) -> Self:
        """An API that a file describes differently for different values of what is not known (SRC-9).

        ``invoke`` simulates a call for each variant. Every other attribute is that of the first variant.

        Args:
            variants: the different definitions, and the names of the values that make the difference.
        """
        first, *others = (instance(each, ApiDefinition, "a variant") for each in variants.values)
        made = cls.from_definition(first)
        named = (variants.depends_on, variants.conditions) if others else ((), ())
        made._set(_others=tuple(others), depends_on=named[0], conditions=named[1], _origin=variants.origin)
        return made

    @property
    def variants(self) -> tuple[ApiDefinition, ...]:
        """The API as its file describes it for each value of what is not known; one if all values are known."""
        return (self, *self._others) if self._others else (self,)

    @property
    def has_variants(self) -> bool:
        """Whether its file describes it differently for different values that are not known."""
        return bool(self._others)

    def each(self, change: Callable[[ApiDefinition], ApiDefinition]) -> Self:
        """The same API with a change made in each variant.

        Args:
            change: makes the changed definition.

        >>> from execpolicy import Route
        >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod", "test"],
        ...     stage="prod", routes=[Route("GET", "/orders")])
        >>> api.each(lambda variant: variant.with_stage("test")).stage.name
        'test'
        """
        made = type(self).from_definition(change(self._first()))
        made._set(**{**self._of_variants(), "_others": tuple(map(change, self._others))})
        return made

    def _first(self) -> ApiDefinition:
        """The first variant as a definition of its own."""
        return ApiDefinition._copied(self)

    def with_readings(self, readings: Readings) -> Self:
        """The same API by other readings of AWS's pages."""
        return self.each(lambda variant: variant.with_readings(readings))

    def with_stage(self, stage: str | None) -> Self:
        """The same API with the stage that is called; None is the only one.

        If the API has no such stage, and one stage whose name is not known and may be this one, it is that stage.

        Raises:
            UsageError: there is no such stage, or several and none is named.
        """
        return self.each(lambda variant: variant.with_stage(stage))

    @classmethod
    def from_definition(cls, definition: ApiDefinition) -> Self:
        """The same API, with ``load`` and ``invoke``. Its parts are not checked again.

        Args:
            definition: an API definition.

        Raises:
            UsageError: ``definition`` is not an API definition.
        """
        return cls._copied(instance(definition, ApiDefinition, "definition"))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        kind: FileKindName | None = None,
        name: str | None = None,
        stage: str | None = None,
        parameters: Mapping[str, str] | None = None,
        conditions: Mapping[str, bool] | None = None,
        account: str | None = None,
        region: str | None = None,
        api_id: str | None = None,
        type: OpenApiTypeName | None = None,
        terraform_source: str | os.PathLike[str] | None = None,
        allow_outside: bool = False,
    ) -> Self:
        """Read an API from a file: a template, or a file of execpolicy's own format (docs/templates.md).

        An argument that files of this kind do not use is refused.

        Args:
            path: the file.
            kind: the kind of the file, such as ``execpolicy``; by default its content says it.
            name: the logical id of the API, if the file describes several.
            stage: the name of the stage that is called, if there are several; also that of one which the file omits.
            parameters: values for the parameters of a template, by name.
            conditions: which conditions of a template are true, by name, where no value is known that says it.
            account: the account that the API is deployed to; a template does not say it.
            region: the region that it is deployed to.
            api_id: the id that AWS gives the API.
            type: REST or HTTP, where an OpenAPI file does not say it.
            terraform_source: the folder with the sources of a plan or a state of Terraform, in which places are shown
                and which say what a plan does not show of blocks and expressions.
            allow_outside: whether the file may name files outside of its project: the nearest folder above it that
                contains ``.git`` or ``pyproject.toml``, else its own folder.

        Raises:
            ExecPolicyError: the file cannot be read, or does not describe a valid API; the error has the place.
            UsageError: an argument is of the wrong type, the file does not use it, or it names an API or a stage that
                the file does not have.
        """
        from execpolicy.loaders.given_options import read_options
        from execpolicy.loaders.kinds import load_api

        options = read_options(
            stage=stage,
            name=name,
            parameters=parameters,
            conditions=conditions,
            account=account,
            region=region,
            api_id=api_id,
            type=type,
            terraform_source=terraform_source,
        )
        outside = flag(allow_outside, "allow_outside")
        return cls.from_variants(load_api(path, options, kind=kind, allow_outside=outside))

    @classmethod
    def parse(
        cls,
        document: str | bytes | Mapping[str, Any],
        *,
        kind: FileKindName | None = None,
        name: str | None = None,
        stage: str | None = None,
        parameters: Mapping[str, str] | None = None,
        conditions: Mapping[str, bool] | None = None,
        account: str | None = None,
        region: str | None = None,
        api_id: str | None = None,
        type: OpenApiTypeName | None = None,
    ) -> Self:
        """Read an API from the content of a file: JSON or YAML as text or UTF-8, or the same document as a mapping.

        Errors are those of ``load``. They call the document ``<api>``; the places of a mapping are those in its JSON
        text, indented by two. Files that the document names are in the current folder.

        Args:
            document: the document.
            kind: as for ``load``, and so are the others.
            name: the logical id of the API.
            stage: the name of the stage that is called.
            parameters: values for the parameters of a template.
            conditions: which conditions of a template are true.
            account: the account that the API is deployed to.
            region: the region that it is deployed to.
            api_id: the id that AWS gives the API.
            type: REST or HTTP, where an OpenAPI file does not say it.

        >>> api = Api.parse({"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "HTTP", "region": "eu-west-1",
        ...     "account": "111122223333", "routes": {"GET /orders": {"auth": "AWS_IAM"}}})
        >>> api.invoke("GET", "/orders").status
        403
        """
        from execpolicy.loaders.given_options import read_options
        from execpolicy.loaders.kinds import parse_document

        options = read_options(
            stage=stage,
            name=name,
            parameters=parameters,
            conditions=conditions,
            account=account,
            region=region,
            api_id=api_id,
            type=type,
        )
        return cls.from_variants(parse_document(document, options, kind=kind))

    def invoke(
        self,
        method: str | Call,
        path: str = "",
        *,
        caller: Caller | Variants[Caller] | Principal | str | None = None,
        headers: Mapping[str, str | Sequence[str]] | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        context: Context | Mapping[str, Any] | None = None,
        vpc_endpoint_policy: Policy | Variants[Policy] | None = None,
        domain_name: str | None = None,
        authorizer_output: Any = None,
        claims: Mapping[str, object] | None = None,
        cache: AuthorizerCache | None = None,
        at: object = None,
        signature: Signature = "valid",
        client_certificate: ClientCertificate | None = None,
        limits: CallLimits = "within",
        signature_regions: str | Iterable[str] | None = None,
        stage: str | None = None,
    ) -> GatewayResponse:
        """Simulate one call and return API Gateway's response.

        Args:
            method: the HTTP method; for a WebSocket API the route key (``$connect``), or the method of a call to
                ``/@connections/…``. Or a Call, which gives the other arguments too, as far as its text says them.
            path: the path after the stage as it is sent, without a query; with ``domain_name``, the one after the host.
            caller: the signer of the call, with the policies that apply to them; None for a call without a signature. A
                caller that depends on what is not known is ``template.callers.variants("PartnerRole")``.
            headers: the headers, with names in any case; a list of texts if one was sent several times.
            query: the query parameters.
            context: condition keys, such as ``aws:SourceIp`` or ``aws:SourceVpce``.
            vpc_endpoint_policy: the policy of the VPC endpoint of the call; None is the default policy of AWS, which
                allows everything. It may have variants, as a caller may.
            domain_name: the host, if it is a custom domain.
            authorizer_output: what the Lambda authorizer of the route returns: a mapping, JSON text, an exception, an
                AuthorizerOutput, or the handler itself, which is called with the event (and None as context).
            claims: the verified claims of the token of the call; docs/python.md lists those it needs. If headers or
                query are given, they must contain the token in the identity source of the authorizer.
            cache: the authorizer cache to use and fill. In it, a call without a time is one second after the last.
            at: the time: ``datetime``, ISO 8601 text (UTC without a zone) or seconds since 1970; by default not known.
            signature: ``valid``, ``invalid``, or ``expired`` for one made with temporary credentials that have expired.
            client_certificate: ``valid`` or ``absent``, for a custom domain that requires a client certificate (GW-31).
                None is ``absent``, and unknown with a partial context.
            limits: ``within``; ``throttled`` for a call above a rate, ``quota_exceeded`` for one above the quota of its
                API key (GW-35).
            signature_regions: the regions in which a signature of SigV4a is valid, ``*`` for all (GW-18). None is a
                signature of SigV4 for the region of the API, unless headers or query contain one of SigV4a.
            stage: the name of the stage that is called; None is the one that the API was made or read with.

        Returns:
            The response: status, gateway response, message, and every gate.

        Raises:
            RequestError: the call is not valid, or lacks what its route requires (the output of an authorizer).
            UsageError: an argument is of the wrong type, or does not fit this API.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

        >>> from execpolicy import Route
        >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
        ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
        >>> response = api.invoke("GET", "/orders")
        >>> response.status, response.message
        (403, 'Missing Authentication Token')
        """
        response_to = _gateway()
        given: dict[str, Any] = {
            "headers": headers,
            "query": query,
            "context": context,
            "domain_name": domain_name,
            "authorizer_output": authorizer_output,
            "claims": claims,
            "at": at,
            "signature": signature,
            "client_certificate": client_certificate,
            "limits": limits,
            "signature_regions": signature_regions,
        }
        if not isinstance(method, str):
            from execpolicy.call import invoke_call

            given.update(method=method, path=path)
            return invoke_call(self, given, caller, stage, vpc_endpoint_policy=vpc_endpoint_policy, cache=cache)
        api = self if stage is None else self.with_stage(stage)
        if not (self._others or isinstance(caller, Variants) or isinstance(vpc_endpoint_policy, Variants)):
            given.update(caller=caller, vpc_endpoint_policy=vpc_endpoint_policy, cache=cache)
            return response_to(api, method, path, given)
        from execpolicy.gateway.flow.variant_calls import invoke_variants

        variants = Variants((api._first(), *api._others), api.depends_on, api.conditions, api._origin)
        return invoke_variants(
            variants,
            lambda variant, **more: response_to(variant, method, path, {**given, **more}),
            caller=caller,
            vpc_endpoint_policy=vpc_endpoint_policy,
            cache=cache,
        )


@cache
def _gateway() -> Callable[[ApiDefinition, str, str, dict[str, Any]], GatewayResponse]:
    """The function that simulates a call, imported with the first one."""
    from execpolicy.gateway.flow.plain_call import response_to

    return response_to
