"""A request or a call put together step by step, and the assertions on what becomes of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from execpolicy._base.frozen import Frozen
from execpolicy.api import Api
from execpolicy.arguments import mapping_or_none, text, with_article
from execpolicy.arguments import path as checked_path
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.request import Request
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.cache import AuthorizerCache
from execpolicy.language.context import Context
from execpolicy.language.principal import Principal
from execpolicy.loaders.kinds import load_api
from execpolicy.testing.checked import Checked
from execpolicy.testing.scenario_caller import caller_with_policies, read_caller
from execpolicy.testing.scenario_policies import PolicyLike, find_file, read_levels, read_policies, read_policy

if TYPE_CHECKING:
    from execpolicy.testing.coverage import StatementCoverage


class Scenario(Frozen):
    """Who calls what, said step by step. Every step gives a new scenario, so that what several tests share stays.

    In a test it is the fixture ``execpolicy`` of the pytest plugin; elsewhere ``Scenario()``.

    Args:
        folders: where relative paths begin: the first that has a file counts; none is the current folder.
        coverage: what counts each request and call as a case.
        name: what its report calls them.
        place: where they stand, such as ``tests/test_orders.py:12``.

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

    __slots__ = ("_api", "_call", "_context", "_coverage", "_folders", "_name", "_place", "_policies", "_who")
    _folders: tuple[str, ...]
    _coverage: StatementCoverage | None
    _name: str
    _place: str
    _api: Api | None
    _who: Caller | Principal | None
    _policies: Mapping[str, Any]
    _context: Context
    _call: Mapping[str, Any]

    def __init__(
        self,
        *folders: str | os.PathLike[str],
        coverage: StatementCoverage | None = None,
        name: str = "",
        place: str = "",
    ) -> None:
        __tracebackhide__ = True
        self._set(
            _folders=tuple(os.path.abspath(checked_path(folder)) for folder in folders or (os.curdir,)),
            _coverage=coverage,
            _name=text(name, "name"),
            _place=text(place, "place"),
            _api=None,
            _who=None,
            _policies={},
            _context=Context(),
            _call={},
        )

    def api(self, api: Api | str | os.PathLike[str], stage: str | None = None) -> Scenario:
        """The API that is called.

        Args:
            api: an Api, or the path of an API file.
            stage: the stage that calls go to, where it has several.

        Raises:
            ExecPolicyError: the file cannot be used, with the place.
        """
        __tracebackhide__ = True
        if isinstance(api, Api):
            return self._with(_api=api if stage is None else _changed(api, stage=stage))
        if not isinstance(api, (str, os.PathLike)):
            raise UsageError(f"an API is an Api or the path of an API file, found {with_article(type(api))}")
        return self._with(_api=Api.from_definition(load_api(find_file(self._folders, api), stage=stage)))

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
        """The policies that bind the request, each as the path of a file, a mapping, JSON or a Policy.

        What was given before stays, unless it is given anew.

        Args:
            identity: the identity-based policies of the caller: one or a list.
            resource: the resource policy; it takes the place of the API's own.
            boundary: the caller's permissions boundary.
            scps: service control policies: one, or a list of levels from the root on, each a list.
            vpc_endpoint: the policy of the VPC endpoint that the call comes through.
            session: the session policies of the caller: one or a list.

        Raises:
            PolicySyntaxError: a document cannot be taken, with all places.
            ExecPolicyError: a file is not there.
        """
        __tracebackhide__ = True
        at, given = self._folders, dict(self._policies)
        for kind, policies in ((PolicyKind.IDENTITY, identity), (PolicyKind.SESSION, session)):
            if policies is not None:
                given[kind.value] = read_policies(at, policies, kind)
        one = (
            (PolicyKind.RESOURCE, resource),
            (PolicyKind.BOUNDARY, boundary),
            (PolicyKind.VPC_ENDPOINT, vpc_endpoint),
        )
        for kind, policy in one:
            if policy is not None:
                given[kind.value] = read_policy(at, policy, kind)
        if scps is not None:
            given["scps"] = read_levels(at, scps, PolicyKind.SCP)
        return self._with(_policies=given)

    def acting_as(
        self,
        who: Caller | Principal | str,
        *,
        tags: Mapping[str, str] | None = None,
        role_path: str | None = None,
        unique_id: str | None = None,
        org_id: str | None = None,
        org_paths: Iterable[str] | None = None,
        federated_by: str | None = None,
        management_account: bool = False,
        canonical_user: str | None = None,
        signature: str | None = None,
    ) -> Scenario:
        """Who signs the call: an ARN with what else is known of the principal, or a Principal or Caller.

        Args:
            who: the text that ``Principal.parse`` reads, a Principal, or a Caller, which brings its policies.
            tags: all principal tags. Not given, they are not known.
            role_path: the path of a session's role, ``/staff/``.
            unique_id: ``AIDA…`` of a user or ``AROA…`` of a role, which policies may name.
            org_id: the organization of the caller's account, ``o-…``.
            org_paths: its paths in the organization.
            federated_by: the ARN of the user who made a federated session.
            management_account: whether the account manages its organization.
            canonical_user: the account's canonical user id.
            signature: of a call to an API: ``valid``, ``invalid`` or ``expired``.

        Raises:
            RequestError: the text names no caller.
        """
        __tracebackhide__ = True
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
        call = self._call if signature is None else {**self._call, "signature": signature}
        return self._with(_who=read_caller(who, details), _call=call)

    def with_context(self, values: Context | Mapping[str, Any], *, complete: bool | None = None) -> Scenario:
        """Condition keys of the request, such as ``aws:SourceIp``, beside those that were given before.

        Args:
            values: values by key; a key that was given before gets the new value.
            complete: False where other keys may be there and are not known (KEY-4).
        """
        __tracebackhide__ = True
        added = values if isinstance(values, Context) else Context(values)
        if complete is None:
            complete = added.complete if isinstance(values, Context) else self._context.complete
        kept = {key: value for key, value in self._context.values.items() if added.get(key) is None}
        allowed = tuple(dict.fromkeys((*self._context.allow_unknown, *added.allow_unknown)))
        return self._with(_context=Context({**kept, **added.values}, complete=complete, allow_unknown=allowed))

    def with_headers(self, headers: Mapping[str, str | Sequence[str]]) -> Scenario:
        """Headers of the call, beside those given before; a list is sent several times."""
        __tracebackhide__ = True
        given = _given(headers, "headers")
        names = {name.lower() for name in given}
        kept = {name: value for name, value in self._call.get("headers", {}).items() if name.lower() not in names}
        return self._with(_call={**self._call, "headers": {**kept, **given}})

    def with_query(self, query: Mapping[str, str | Sequence[str]]) -> Scenario:
        """Query parameters of the call, beside those given before."""
        __tracebackhide__ = True
        return self._with(_call={**self._call, "query": {**self._call.get("query", {}), **_given(query, "query")}})

    def with_claims(self, claims: Mapping[str, object]) -> Scenario:
        """The verified claims of the token that the call brings, beside those given before."""
        __tracebackhide__ = True
        return self._with(_call={**self._call, "claims": {**self._call.get("claims", {}), **_given(claims, "claims")}})

    def authorizer_answers(self, answer: object) -> Scenario:
        """What the route's Lambda authorizer returns.

        Args:
            answer: a mapping, JSON text, an AuthorizerOutput, an exception that it raises, or the handler itself, which
                is called with the event.
        """
        __tracebackhide__ = True
        if answer is None:
            advice = 'a function that returns nothing answers "null"'
            raise UsageError("an authorizer's answer is a mapping, JSON, an exception or a handler", advice=advice)
        return self._with(_call={**self._call, "authorizer_output": answer})

    def at(self, time: object) -> Scenario:
        """The time of the call: a ``datetime``, ISO 8601 text or epoch seconds."""
        __tracebackhide__ = True
        return self._with(_call={**self._call, "at": time})

    def on_domain(self, name: str) -> Scenario:
        """The host of the call, where it is a custom domain."""
        __tracebackhide__ = True
        return self._with(_call={**self._call, "domain_name": name})

    def with_cache(self, cache: AuthorizerCache | None = None) -> Scenario:
        """Calls from here on share an authorizer cache, a new one unless one is given."""
        __tracebackhide__ = True
        return self._with(_call={**self._call, "cache": AuthorizerCache() if cache is None else cache})

    def get(self, path: str) -> Checked:
        """Send GET to a path, which stands behind the stage."""
        __tracebackhide__ = True
        return self.call("GET", path)

    def post(self, path: str) -> Checked:
        """Send POST to a path."""
        __tracebackhide__ = True
        return self.call("POST", path)

    def put(self, path: str) -> Checked:
        """Send PUT to a path."""
        __tracebackhide__ = True
        return self.call("PUT", path)

    def patch(self, path: str) -> Checked:
        """Send PATCH to a path."""
        __tracebackhide__ = True
        return self.call("PATCH", path)

    def delete(self, path: str) -> Checked:
        """Send DELETE to a path."""
        __tracebackhide__ = True
        return self.call("DELETE", path)

    def head(self, path: str) -> Checked:
        """Send HEAD to a path."""
        __tracebackhide__ = True
        return self.call("HEAD", path)

    def options(self, path: str) -> Checked:
        """Send OPTIONS to a path."""
        __tracebackhide__ = True
        return self.call("OPTIONS", path)

    def call(self, method: str, path: str = "") -> Checked:
        """Send a call to the API.

        Args:
            method: the verb, or the route key of a WebSocket API.
            path: the path behind the stage, without the query.

        Returns:
            What becomes of it, to be held by its assertions.

        Raises:
            UsageError: a step is missing, or steps do not go together.
            RequestError: nobody could make such a call.
        """
        __tracebackhide__ = True
        if self._api is None:
            advice = 'say .api("orders.api.yaml") first; .request(resource) decides without an API'
            raise UsageError("a call needs an API, and none is given", advice=advice)
        given, resource = dict(self._policies), self._policies.get("resource")
        api = self._api if resource is None else _changed(self._api, resource_policy=resource)
        caller, endpoint = self._caller(), given.get("vpc_endpoint")
        response = api.invoke(
            method, path, caller=caller, context=self._context, vpc_endpoint_policy=endpoint, **self._call
        )
        name = f"{method} {path}".rstrip()
        if self._coverage is not None:
            owners = [owner for owner in (api, caller, endpoint) if owner is not None]
            self._coverage.add_policies(*owners)
            self._coverage.add_response(response, name=self._called(name), place=self._place)
        return Checked(name, response)

    def request(
        self, resource: str, action: str = "execute-api:Invoke", *, resource_account: str | None = None
    ) -> Checked:
        """Ask whether the caller may do something to a resource, as IAM decides it, without API Gateway's gates.

        Args:
            resource: its ARN.
            action: the action.
            resource_account: the account that owns it, where its ARN does not say so.

        Returns:
            What is decided, to be held by its assertions.

        Raises:
            UsageError: a step is missing, or steps do not go together.
            RequestError: nobody could make such a request.
        """
        __tracebackhide__ = True
        caller = self._caller()
        if caller is None:
            advice = 'say .acting_as("arn:aws:iam::111122223333:user/Ann") first, or .acting_as("anonymous")'
            raise UsageError("a request needs a caller, and none is given", advice=advice)
        if self._call:
            names = " and ".join(sorted(_STEPS.get(name, name) for name in self._call))
            advice = "leave them out, or call the API with .get(path) and its like"
            raise UsageError(f"{names} belong to a call to an API, and a request has none", advice=advice)
        policy = self._policies.get("resource") or (None if self._api is None else self._api.resource_policy)
        target = Target(resource=policy, vpc_endpoint=self._policies.get("vpc_endpoint"))
        request = Request(
            caller=caller, action=action, resource=resource, context=self._context, resource_account=resource_account
        )
        decision = authorize(request, target)
        name = f"{action} {resource}"
        if self._coverage is not None:
            self._coverage.add_decision(decision, name=self._called(name), place=self._place)
        return Checked(name, decision)

    def _caller(self) -> Caller | None:
        __tracebackhide__ = True
        return caller_with_policies(self._who, self._policies)

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
        return f"<Scenario: {', '.join(part for part in parts if part) or 'nothing is parts yet'}>"


#: What the steps are called that say something of a call.
_STEPS = {
    "at": "at",
    "authorizer_output": "authorizer_answers",
    "cache": "with_cache",
    "claims": "with_claims",
    "domain_name": "on_domain",
    "headers": "with_headers",
    "query": "with_query",
    "signature": "signature",
}


def _given(values: object, name: str) -> dict[Any, Any]:
    __tracebackhide__ = True
    if values is None:
        raise UsageError(f"{name} is a mapping, found None", advice="leave the step out")
    return dict(mapping_or_none(values, name) or {})


def _changed(api: Api, **changes: Policy | str) -> Api:
    """The same API, put together with another part."""
    __tracebackhide__ = True
    parts: dict[str, Any] = {**api.__getstate__(), **changes}
    return Api(**parts)
