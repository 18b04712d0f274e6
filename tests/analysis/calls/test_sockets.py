"""WebSocket APIs: who opens connections and calls them, against the simulation of all calls of a small alphabet."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Authorizer,
    Caller,
    Domain,
    Mapped,
    Policy,
    Principal,
    Route,
    UsageError,
    Witness,
    compare,
    prove,
    who,
)
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.parts import InvariantKind
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.gateway.flow.routing import domain_of
from tests.examples import of_quick

HERE, THERE = "111122223333", "444455556666"
OWN_HOST, DOMAIN = "a1b2c3.execute-api.eu-west-1.amazonaws.com", "ws.example.com"
CONNECTIONS = "/@connections/Xa"
UNDESCRIBED = "a custom domain that is not described may lead to"


class SocketParts(NamedTuple):
    """What a WebSocket API of the alphabet is made of: how ``$connect`` is authorized, stages, and hosts."""

    auth: str
    stages: tuple[str, ...]
    disabled: bool
    base: str | None

    def api(self) -> Api:
        function = Authorizer("function", type="REQUEST", identity_sources="route.request.header.X-Token")
        name = "function" if self.auth == "CUSTOM" else None
        routes = [] if self.auth == "absent" else [Route("$connect", auth=self.auth, authorizer=name)]  # type: ignore[arg-type]  # the text is one of a list
        domains = [] if self.base is None else [Domain(DOMAIN, mappings=[Mapped(self.base, self.stages[-1])])]
        return Api(
            id="a1b2c3",
            type="WEBSOCKET",
            region="eu-west-1",
            account=HERE,
            stages=self.stages,
            stage=self.stages[0],
            routes=[*routes, Route("send")],
            authorizers=[function],
            disable_execute_api_endpoint=self.disabled,
            domains=domains,
        )


PARTS = [
    SocketParts(*each)
    for each in product(
        ("absent", "NONE", "AWS_IAM", "CUSTOM"), (("prod",), ("prod", "dev")), (False, True), (None, "", "x")
    )
]
CALLERS = (None, f"arn:aws:iam::{HERE}:user/Ann", f"arn:aws:iam::{THERE}:user/Ann")


class SocketCall(NamedTuple):
    """The opening of a connection, or a call to one, with the whole path of its URL."""

    host: str
    base: str
    method: str
    caller: str | None
    token: bool
    allows: bool

    @property
    def path(self) -> str:
        return self.base + (CONNECTIONS if self.method == "POST" else "") or "/"

    def is_allowed(self, api: Api) -> bool:
        if self.host != OWN_HOST and domain_of(api, self.host) is None:
            return False
        effect = "Allow" if self.allows else "Deny"
        statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}
        answer = {"principalId": "u", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
        return api.invoke(
            self.method,
            self.path,
            caller=signer(self.caller),
            context={"aws:SourceIp": "198.51.100.1"},
            domain_name=self.host,
            headers={"X-Token": "t"} if self.token else {"Accept": "*/*"},
            authorizer_output=answer,
        ).allowed

    def arrives(self, api: Api) -> bool:
        """Whether it leads to a stage, and not past it."""
        if self.host == OWN_HOST:
            return not api.disable_execute_api_endpoint and self.base[1:] in {stage.name for stage in api.stages}
        domain = domain_of(api, self.host)
        return domain is not None and self.base[1:] in {mapping.path for mapping in domain.mappings}


@cache
def signer(arn: str | None) -> Caller | None:
    return None if arn is None else permitted(Principal.parse(arn))


CALLS = [
    SocketCall(*each)
    for each in product(
        (OWN_HOST, DOMAIN), ("", "/prod", "/dev", "/x"), ("$connect", "POST"), CALLERS, (False, True), (False, True)
    )
]


@cache
def allowed_calls(parts: SocketParts) -> dict[SocketCall, bool]:
    return {call: call.is_allowed(parts.api()) for call in CALLS}


def is_shown(witness: Witness, api: Api, *, allowed: bool, before: bool = False) -> bool:
    call = witness.call
    assert call is not None
    arguments = call.arguments_before if before and call.arguments_before is not None else call.arguments
    stages = [stage.name for stage in api.stages]
    at_stage = api.with_stage(call.stage if call.stage in stages else stages[0])
    context = {key: list(values) for key, values in call.context.items()}
    return at_stage.invoke(
        call.method, call.path, caller=permitted(call.principal), context=context, **arguments
    ).allowed is (allowed)


@pytest.mark.rule("ANA-5", "GW-21")
@of_quick(80)
@given(st.sampled_from(PARTS), st.sampled_from(PARTS))
def test_a_comparison_agrees_with_all_calls(old: SocketParts, new: SocketParts) -> None:
    before, after = old.api(), new.api()
    found = compare(before, after)
    event(found.verdict.value)
    assert all(is_shown(each, before, allowed=False, before=True) for each in found.newly_allowed)
    assert all(is_shown(each, after, allowed=True) for each in found.newly_allowed)
    assert all(is_shown(each, before, allowed=True, before=True) for each in found.newly_denied)
    assert all(is_shown(each, after, allowed=False) for each in found.newly_denied)
    assert all(each.startswith(UNDESCRIBED) for each in found.unknown)
    for call, was in allowed_calls(old).items():
        is_now = allowed_calls(new)[call]
        if was is not is_now:
            assert found.newly_allowed if is_now else found.newly_denied, call
    if old == new:
        assert found.verdict is ComparisonVerdict.EQUAL


INVARIANTS = (
    "nobody may call $connect",
    "anonymous may not call $connect",
    "only account 111122223333 may call $connect",
    "only account 111122223333 may call anything",
    "anybody may call $connect",
    "account 111122223333 may call anything",
)


def claims(invariant: Invariant, call: SocketCall) -> bool:
    (pattern,) = invariant.calls
    if call.method != "$connect" and not pattern.is_anything:
        return False
    account = (call.caller or "").split(":")[4:5]
    named = {"anonymous": call.caller is None and not call.token, "account 111122223333": account == [HERE]}
    return any(named[str(each)] for each in invariant.callers.members) is not invariant.callers.all_except


@pytest.mark.rule("INV-1", "GW-21")
@of_quick(80)
@given(st.sampled_from(PARTS), st.sampled_from(INVARIANTS))
def test_a_proof_agrees_with_all_calls(parts: SocketParts, text: str) -> None:
    api, invariant = parts.api(), Invariant.parse(text)
    found = prove(invariant, api)
    event(f"{text}: {found.verdict.value}")
    gets_through = invariant.kind is InvariantKind.NONE
    assert found.reason.startswith(UNDESCRIBED) or not found.reason
    if found.witness is not None:
        assert is_shown(found.witness, api, allowed=gets_through)
    for call, is_allowed in allowed_calls(parts).items():
        good = gets_through or (call.token and call.allows)
        if good and call.arrives(api) and claims(invariant, call) and is_allowed is gets_through:
            assert found.verdict is ProofVerdict.REFUTED, call
    access = who(api, "$connect")
    opened = [call for call, is_allowed in allowed_calls(parts).items() if is_allowed and call.method == "$connect"]
    assert bool(access.groups) is bool(opened)
    assert all(is_shown(group.example, api, allowed=True) for group in access.groups)


def socket(auth: str = "AWS_IAM", **parts: Any) -> Api:
    return SocketParts(auth, ("prod",), False, None)._replace(**parts).api()


@pytest.mark.rule("GW-21", "INV-1")
def test_who_opens_connections() -> None:
    opened = prove("anonymous may not call $connect", socket("NONE"))
    assert opened.witness is not None
    assert str(opened.witness) == "$connect on prod by anonymous\n  200"
    assert prove("anonymous may not call $connect", socket("AWS_IAM")).verdict is ProofVerdict.PROVEN
    assert [str(each) for each in who(socket(), "$connect").groups] == [
        f"callers of account {HERE} whose own policies allow it"
    ]
    found = compare(socket("AWS_IAM"), socket("NONE"))
    assert [str(each) for each in found.newly_allowed] == [
        "$connect on prod by anonymous\n  before: 403\n  after:  200"
    ]
    by_domain = socket("NONE", disabled=True, base="x")
    refuted = prove("nobody may call $connect", by_domain).witness
    assert refuted is not None
    assert str(refuted.call) == "$connect wss://ws.example.com/x by anonymous"


@pytest.mark.rule("GW-21", "INV-3")
def test_the_policies_of_given_callers_count_for_connections() -> None:
    def caller(action: str, resource: str) -> Caller:
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="identity")
        return Caller(Principal.parse(f"arn:aws:iam::{HERE}:user/Ann"), identity=policy)

    opens = caller("execute-api:Invoke", "arn:aws:execute-api:*:*:*/prod/$connect")
    calls = caller("execute-api:ManageConnections", "arn:aws:execute-api:*:*:*/prod/*")
    for given_caller, may_open, may_call in ((opens, True, False), (calls, False, True)):
        found = prove("user/Ann may call $connect", socket(), callers=given_caller)
        assert found.verdict is (ProofVerdict.PROVEN if may_open else ProofVerdict.REFUTED)
        every = prove("user/Ann may not call anything", socket(), callers=given_caller).witness
        assert every is not None
        assert every.call is not None
        assert every.call.method != "$connect" if may_call else every.call.method == "$connect"


@pytest.mark.rule("GW-21", "ANA-5")
def test_messages_make_no_difference() -> None:
    before, after = (
        Api(id="a1b2c3", type="WEBSOCKET", region="eu-west-1", account=HERE, stages=["prod"], routes=routes)
        for routes in ([Route("$connect")], [Route("$connect"), Route("send"), Route("$default")])
    )
    assert compare(before, after).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("INV-1")
def test_calls_that_no_api_has_by_its_type_are_refused() -> None:
    rest = Api(id="b", type="REST", region="eu-west-1", account=HERE, stages=["prod"], routes=[Route("GET", "/a")])
    no_socket = r"\$connect opens a connection to a WebSocket API, and there is none"
    no_path = "a WebSocket API has no call GET /a"
    with pytest.raises(UsageError, match=no_socket):
        prove("nobody may call $connect", rest)
    with pytest.raises(UsageError, match=no_socket):
        who(rest, "$connect")
    with pytest.raises(UsageError, match=no_socket):
        compare(rest, rest, within="$connect")
    policy = Policy.parse(
        {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}, kind="resource"
    )
    with pytest.raises(UsageError, match=no_socket):
        prove("nobody may call $connect", policy)
    for ask in (
        lambda: prove("nobody may call GET /a", socket()),
        lambda: who(socket(), "GET", "/a"),
        lambda: compare(socket(), socket(), within="GET /a"),
    ):
        with pytest.raises(UsageError, match=no_path):
            ask()

    class Both:
        apis = {"Rest": rest, "Socket": socket("NONE")}  # noqa: RUF012  # as a template has them

    # Of the other API the invariant says nothing.
    assert prove("nobody may call POST /a", Both()).verdict is ProofVerdict.PROVEN
    assert prove("nobody may call GET /a", Both()).verdict is ProofVerdict.REFUTED
    assert prove("anonymous may not call $connect", Both()).verdict is ProofVerdict.REFUTED
