"""Builds a request or a call step by step, and runs it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from execpolicy.api import Api
from execpolicy.arguments import path as checked_path
from execpolicy.arguments import text
from execpolicy.document.action_name import INVOKE
from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.request import Request
from execpolicy.errors import UsageError
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.language.context import Context
from execpolicy.language.principal import Principal
from execpolicy.loaders.contents import ReadOptions
from execpolicy.testing.checked import Checked
from execpolicy.testing.endpoint_context import check_endpoint_id, through_endpoint
from execpolicy.testing.raised_at_call import raising_at_call
from execpolicy.testing.scenario_call import STEPS, CallSteps
from execpolicy.testing.scenario_caller import caller_with_policies, read_caller
from execpolicy.testing.scenario_policies import (
    PolicyLike,
    changed_api,
    read_levels,
    read_policies,
    read_policy,
)
from execpolicy.testing.scenario_template import caller_in_template, endpoint_in_template, read_scenario_api

if TYPE_CHECKING:
    from execpolicy.literals import FileKindName, OpenApiTypeName, Signature
    from execpolicy.testing.coverage import StatementCoverage


@raising_at_call
class Scenario(CallSteps):
    """A request or call that is built step by step. Each step returns a new scenario, so that tests can share steps.

    In a test it is the fixture ``execpolicy`` of the pytest plugin; elsewhere ``Scenario()``.

    Args:
        folders: the folders of relative paths; the first that has the file is used. By default the current folder.
        coverage: counts each request and call as a case, if given.
        name: their name in the coverage report.
        place: their place in the coverage report, such as ``tests/test_orders.py:12``.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> reads = {"Statement": {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}
    >>> orders = Scenario().api(api)
    >>> orders.get("/orders").assert_status(403)
    <Checked GET /orders: 403 MISSING_AUTHENTICATION_TOKEN>
    >>> orders.acting_as("arn:aws:iam::111122223333:user/Ann").policies(identity=reads).get("/orders").assert_allowed()
    <Checked GET /orders: 200>
    """

    __slots__ = (
        "_api",
        "_call",
        "_context",
        "_coverage",
        "_endpoint",
        "_folders",
        "_name",
        "_options",
        "_place",
        "_policies",
        "_who",
    )
    _folders: tuple[str, ...]
    _coverage: StatementCoverage | None
    _name: str
    _place: str
    _api: Api | None
    _options: ReadOptions
    _who: Caller | Variants[Caller] | Principal | None
    _policies: Mapping[str, Any]
    _context: Context
    _endpoint: str
    _call: Mapping[str, Any]

    def __init__(
        self,
        *folders: str | os.PathLike[str],
        coverage: StatementCoverage | None = None,
        name: str = "",
        place: str = "",
    ) -> None:
        self._set(
            _folders=tuple(os.path.abspath(checked_path(folder)) for folder in folders or (os.curdir,)),
            _coverage=coverage,
            _name=text(name, "name"),
            _place=text(place, "place"),
            _api=None,
            _options=ReadOptions(),
            _who=None,
            _policies={},
            _context=Context(),
            _endpoint="",
            _call={},
        )

    def api(
        self,
        api: Api | str | os.PathLike[str],
        stage: str | None = None,
        *,
        kind: FileKindName | None = None,
        name: str | None = None,
        parameters: Mapping[str, str] | None = None,
        conditions: Mapping[str, bool] | None = None,
        account: str | None = None,
        region: str | None = None,
        api_id: str | None = None,
        type: OpenApiTypeName | None = None,
        terraform_source: str | os.PathLike[str] | None = None,
    ) -> Scenario:
        """Set the API to call. What is given besides a template applies to its callers and VPC endpoints too.

        Args:
            api: an Api, or the path of a template or an API file; with ``#`` and a logical id if it describes several.
            stage: the stage to call, if the API has several.
            kind: as for ``Api.load``, and so are the others.
            name: the logical id of the API.
            parameters: values for the parameters of a template.
            conditions: which conditions of a template are true.
            account: the account that a template is deployed to.
            region: the region that it is deployed to.
            api_id: the id that AWS gives the API.
            type: REST or HTTP, where an OpenAPI file does not say it.
            terraform_source: the folder with the sources of a plan or a state of Terraform.

        Raises:
            ExecPolicyError: the file cannot be used, with the place.
        """
        given = {
            "name": name,
            "parameters": parameters,
            "conditions": conditions,
            "account": account,
            "region": region,
            "api_id": api_id,
            "type": type,
            "terraform_source": terraform_source,
        }
        found, options = read_scenario_api(self._folders, api, stage, kind, given)
        return self._with(_api=found, _options=options)

    def policies(
        self,
        *,
        identity: PolicyLike | Sequence[PolicyLike] | None = None,
        resource: PolicyLike | None = None,
        boundary: PolicyLike | None = None,
        scps: PolicyLike | Sequence[Sequence[PolicyLike]] | None = None,
        vpc_endpoint: PolicyLike | None = None,
        session: PolicyLike | Sequence[PolicyLike] | None = None,
    ) -> Scenario:
        """Set policies, each as the path of a file, a mapping, JSON or a Policy.

        Policies of other kinds that were set before are kept.

        Args:
            identity: the identity-based policies of the caller: one or a list.
            resource: the resource policy; it replaces the API's own.
            boundary: the caller's permissions boundary.
            scps: service control policies: one, or a list of levels from the root on, each a list.
            vpc_endpoint: the policy of the VPC endpoint that the call goes through, or an endpoint of a template,
                ``template.yaml#Endpoint``, whose placeholder id the call then has as ``aws:SourceVpce``.
            session: the session policies of the caller: one or a list.

        Raises:
            PolicySyntaxError: a document is invalid; ``errors`` has all errors with their places.
            ExecPolicyError: a file does not exist.
        """
        at, given = self._folders, dict(self._policies)
        for kind, policies in ((PolicyKind.IDENTITY, identity), (PolicyKind.SESSION, session)):
            if policies is not None:
                given[kind.value] = read_policies(at, policies, kind)
        endpoint = endpoint_in_template(at, vpc_endpoint, self._options)
        one = (
            (PolicyKind.RESOURCE, resource),
            (PolicyKind.BOUNDARY, boundary),
            (PolicyKind.VPC_ENDPOINT, vpc_endpoint if endpoint is None else None),
        )
        for kind, policy in one:
            if policy is not None:
                given[kind.value] = read_policy(at, policy, kind)
        named = self._endpoint if vpc_endpoint is None else ""
        if endpoint is not None:
            given["vpc_endpoint"], named = endpoint
        if scps is not None:
            given["scps"] = read_levels(at, scps, PolicyKind.SCP)
        return self._with(_policies=given, _endpoint=named)

    def acting_as(
        self,
        who: Caller | Variants[Caller] | Principal | str,
        *,
        tags: Mapping[str, str] | None = None,
        role_path: str | None = None,
        unique_id: str | None = None,
        org_id: str | None = None,
        org_paths: Iterable[str] | None = None,
        federated_by: str | None = None,
        management_account: bool = False,
        canonical_user: str | None = None,
        signature: Signature | None = None,
        signature_regions: str | Iterable[str] | None = None,
    ) -> Scenario:
        """Set the caller: an ARN with more facts about the principal, a Principal, or a Caller.

        Args:
            who: the text that ``Principal.parse`` reads, a Principal, a Caller with its policies, or a caller of a
                template, ``template.yaml#PartnerRole``, for which what is given to ``api`` applies.
            tags: all principal tags. By default they are unknown.
            role_path: the path of a session's role, ``/staff/``.
            unique_id: ``AIDA…`` of a user or ``AROA…`` of a role, which policies can name.
            org_id: the organization of the caller's account, ``o-…``.
            org_paths: its paths in the organization.
            federated_by: the ARN of the user or root user who requested a federated session.
            management_account: whether the account is the management account of its organization.
            canonical_user: the account's canonical user id.
            signature: the signature of a call to an API: ``valid``, ``invalid`` or ``expired``.
            signature_regions: the regions in which a signature of SigV4a is valid, ``*`` for all (GW-18).

        Raises:
            RequestError: the text is not a principal.
        """
        details: dict[str, Any] = {
            "tags": tags,
            "role_path": role_path,
            "unique_id": unique_id,
            "org_id": org_id,
            "org_paths": org_paths,
            "federated_by": federated_by,
            "management_account": management_account,
            "canonical_user": canonical_user,
        }
        signed = {"signature": signature, "signature_regions": signature_regions}
        call = {**self._call, **{name: value for name, value in signed.items() if value is not None}}
        caller = caller_in_template(self._folders, who, self._options) or who
        return self._with(_who=read_caller(caller, details), _call=call)

    def with_context(self, values: Context | Mapping[str, Any], *, complete: bool | None = None) -> Scenario:
        """Add context keys, such as ``aws:SourceIp``.

        Args:
            values: values by key; they replace earlier values of the same key.
            complete: False if other keys are unknown instead of absent (KEY-4).
        """
        added = values if isinstance(values, Context) else Context(values)
        if complete is None:
            complete = added.complete if isinstance(values, Context) else self._context.complete
        kept = {key: value for key, value in self._context.values.items() if added.get(key) is None}
        allowed = tuple(dict.fromkeys((*self._context.allow_unknown, *added.allow_unknown)))
        return self._with(_context=Context({**kept, **added.values}, complete=complete, allow_unknown=allowed))

    def get(self, path: str) -> Checked:
        """Send GET to a path, without the stage."""
        return self.call("GET", path)

    def post(self, path: str) -> Checked:
        """Send POST to a path."""
        return self.call("POST", path)

    def put(self, path: str) -> Checked:
        """Send PUT to a path."""
        return self.call("PUT", path)

    def patch(self, path: str) -> Checked:
        """Send PATCH to a path."""
        return self.call("PATCH", path)

    def delete(self, path: str) -> Checked:
        """Send DELETE to a path."""
        return self.call("DELETE", path)

    def head(self, path: str) -> Checked:
        """Send HEAD to a path."""
        return self.call("HEAD", path)

    def options(self, path: str) -> Checked:
        """Send OPTIONS to a path."""
        return self.call("OPTIONS", path)

    def call(self, method: str, path: str = "") -> Checked:
        """Simulate a call to the API.

        Args:
            method: the HTTP method, or the route key of a WebSocket API.
            path: the path after the stage, without the query.

        Returns:
            The result, which has assertions.

        Raises:
            UsageError: a step is missing, or steps cannot be combined.
            RequestError: such a call is impossible.
        """
        if self._api is None:
            advice = 'call .api("orders.api.yaml") first; .request(resource) needs no API'
            raise UsageError("a call needs an API, and none is given", advice=advice)
        resource, endpoint = self._policies.get("resource"), self._policies.get("vpc_endpoint")
        api = self._api if resource is None else changed_api(self._api, resource_policy=resource)
        caller = self._caller()
        context = self._context_of_call()
        if self._endpoint and endpoint is not None:
            check_endpoint_id(context, self._endpoint, endpoint, api, caller)
        given = {"caller": caller, "context": context, "vpc_endpoint_policy": endpoint, **self._call}
        response = api.invoke(method, path, **given)
        name = f"{method} {path}".rstrip()
        if self._coverage is not None:
            owners = [api, *values_of(caller), *values_of(endpoint)]
            self._coverage.add_policies(*owners)
            self._coverage.add_response(response, name=self._called(name), place=self._place)
        return Checked(name, response)

    def request(self, resource: str, action: str = INVOKE, *, resource_account: str | None = None) -> Checked:
        """Decide whether the caller is allowed an action on a resource, as IAM does, without API Gateway's gates.

        Args:
            resource: its ARN.
            action: the action.
            resource_account: the account that owns the resource, if its ARN has none.

        Returns:
            The result, which has assertions.

        Raises:
            UsageError: a step is missing, or steps cannot be combined.
            RequestError: such a request is impossible.
        """
        caller = self._caller()
        if caller is None:
            advice = 'call .acting_as("arn:aws:iam::111122223333:user/Ann") first, or .acting_as("anonymous")'
            raise UsageError("a request needs a caller, and none is given", advice=advice)
        if self._call:
            names = " and ".join(sorted(STEPS.get(name, name) for name in self._call))
            advice = "omit them, or call the API with a method such as .get(path)"
            raise UsageError(f"{names} apply to calls to an API, not to requests", advice=advice)
        policy = self._policies.get("resource") or (None if self._api is None else self._api.resource_policy)
        endpoint = self._policies.get("vpc_endpoint")
        if isinstance(endpoint, Variants):
            endpoint = endpoint.only("the VPC endpoint of the request")
        if isinstance(caller, Variants):
            caller = caller.only("the caller of the request")
        target = Target(resource=policy, vpc_endpoint=endpoint)
        context = self._context_of_call()
        request = Request(
            caller=caller, action=action, resource=resource, context=context, resource_account=resource_account
        )
        decision = authorize(request, target)
        name = f"{action} {resource}"
        if self._coverage is not None:
            self._coverage.add_decision(decision, name=self._called(name), place=self._place)
        return Checked(name, decision)

    def _caller(self) -> Caller | Variants[Caller] | None:
        return caller_with_policies(self._who, self._policies)

    def _context_of_call(self) -> Context:
        return through_endpoint(self._context, self._endpoint) if self._endpoint else self._context

    def _called(self, name: str) -> str:
        return f"{self._name}: {name}" if self._name else name

    def _with(self, **changes: Any) -> Scenario:
        other = object.__new__(Scenario)
        other._set(**{**{name: getattr(self, name) for name in self.__slots__}, **changes})
        return other

    def _identity(self) -> tuple[Any, ...]:
        return (id(self),)

    def _shown(self) -> str:
        parts = [self._api and f"api {self._api.id}", self._who and "a caller", *self._policies]
        return f"<Scenario: {', '.join(part for part in parts if part) or 'empty'}>"
