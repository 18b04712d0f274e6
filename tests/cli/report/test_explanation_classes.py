"""Cells of one class have one stored explanation: filled with the values of a call, it is that of the cell itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Api, Authorizer, Caller, Context, Policy, Route, matrix
from execpolicy.cli.report.cell_explainer import CellExplainer, values_of_call
from execpolicy.cli.report.mask import Mask, NoMask
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.names import AuthType
from execpolicy.render.report.explanations import ExplanationStore
from tests.examples import of_quick

OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
ANN = "arn:aws:iam::111122223333:user/Ann"
API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
#: Entries of Resource and NotResource: within words and segments, of one path, in other case, of other APIs.
RESOURCES = (
    *("*", f"{API}/*", f"{API}/prod/GET/*", f"{API}/prod/*/things/*", f"{API}/prod/GET/thin*", f"{API}/*/*/*/1"),
    *(f"{API}/prod/GET/things/2", f"{API}/prod/get/*", f"{API}/prod/GET/Things/*", f"{API}/prod/GET/t?ings/??"),
    *("arn:aws:execute-api:*:*:*/test/*", f"{API}/prod/GET//things/1", "arn:aws:execute-api:*:*:a1b2c3", f"{API}/prod"),
    *(f"{API}/prod/GET/{{id}}", f"{API}/prod/GET/${{aws:username}}/*", f"{API}/prod/GET/things/*/*", "*:*:*"),
)
SHORT = tuple(each.replace(API, "execute-api:") for each in RESOURCES if each.startswith(f"{API}/"))
#: Names of statements that are also parts of paths.
SIDS = ("things", "things/2", "Reads", "1")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    OFFICE,
    {"NotIpAddress": OFFICE["IpAddress"]},
    {"StringEquals": {"aws:username": "Ann"}},
    {"StringLike": {"aws:PrincipalArn": "*/things/*"}},
    {"StringEquals": {"aws:ResourceAccount": "111122223333"}},
    {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
)
PRINCIPALS = (
    *(ANN, "arn:aws:iam::444455556666:user/things", "arn:aws:iam::111122223333:role/things/Clerk"),
    *("arn:aws:sts::111122223333:assumed-role/Clerk/things", "arn:aws:iam::444455556666:root"),
)
NAMED = ("*", {"AWS": "111122223333"}, {"AWS": ANN}, {"AWS": "arn:aws:iam::111122223333:role/things/Clerk"})
CONTEXTS = {
    "office": Context({"aws:SourceIp": "203.0.113.7"}),
    "elsewhere": Context({"aws:SourceIp": "198.51.100.7", "aws:SourceVpce": "vpce-2"}),
    "unknown": Context({}, complete=False),
}
PATHS = st.lists(
    st.sampled_from(
        (
            *(f"/things/{number}" for number in (1, 2, 3, 20, 21, 22, "x", "prod", "203.0.113.7")),
            *(
                "/thin",
                "/thinner",
                "/ab",
                "/a",
                "/Ann",
                "/Ann/1",
                "/Reads",
                "/statements",
                "/things",
                "/things/1/2",
                "/",
            ),
            *("/things/", "/things%2F1", f"/things/{'x' * 90}", f"/things/{'y' * 120}", f"/things/{'z' * 150}"),
        )
    ),
    unique=True,
    min_size=3,
    max_size=9,
)


@st.composite
def statements(draw: st.DrawFn, resources: tuple[str, ...], named: tuple[Any, ...] = ()) -> dict[str, Any]:
    statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        "Action": draw(st.sampled_from(["execute-api:Invoke", "*", "execute-api:ManageConnections"])),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(
            st.lists(st.sampled_from(resources), min_size=1, max_size=2, unique=True)
        ),
    }
    condition = draw(st.sampled_from(CONDITIONS))
    if condition:
        statement["Condition"] = condition
    if draw(st.booleans()):
        statement["Sid"] = draw(st.sampled_from(SIDS)).replace("/", "")
    if named:
        statement["Principal"] = draw(st.sampled_from(named))
    return statement


@st.composite
def callers(draw: st.DrawFn) -> Caller:
    def policy(kind: Any) -> Policy:
        found = draw(st.lists(statements(RESOURCES), min_size=1, max_size=3))
        return Policy.parse({"Version": "2012-10-17", "Statement": found}, kind=kind, name=draw(st.sampled_from(SIDS)))

    principal = draw(st.sampled_from(PRINCIPALS))
    if principal.endswith(":root"):
        return Caller(principal)
    boundary = policy("boundary") if draw(st.integers(0, 4)) == 0 else None
    return Caller(principal, identity=policy("identity"), boundary=boundary)


#: A call to each route is made: with the path of the route, or with another one.
ROUTE_PATHS = (
    *(f"/things/{each}/{{id}}" for each in (1, 2, 3, "ab", "a")),
    *(f"/things/{each}" for each in (4, 5, 6, "x")),
    *("/{id}", "/thin/{proxy+}", "/Reads/{id}", "/Ann/{id}"),
)


@st.composite
def apis(draw: st.DrawFn, *, sampled: bool = False) -> Api:
    given_statements = draw(st.lists(statements((*SHORT, *RESOURCES), NAMED), max_size=3))
    policy = {"Version": "2012-10-17", "Statement": given_statements}
    auths = st.sampled_from([AuthType.AWS_IAM, AuthType.AWS_IAM, AuthType.NONE])
    paths = draw(st.lists(st.sampled_from(ROUTE_PATHS), min_size=4, unique=True)) if sampled else []
    routes = [Route(draw(st.sampled_from(["GET", "GET", "ANY"])), each, auth=draw(auths)) for each in paths] or [
        Route("GET", "/things/{id}", auth=draw(auths)),
        Route("GET", "/things/2", auth=draw(auths)),
        Route("ANY", "/{proxy+}", auth=draw(auths)),
        Route("GET", "/things/22", auth="AWS_IAM", api_key_required=True),
        Route("GET", "/thin", auth="CUSTOM", authorizer="tokens"),
    ]
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        routes=routes,
        authorizers=[Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")],
        resource_policy=Policy.parse(policy, kind="resource", name="things") if given_statements else None,
    )


def compare(api: Api, who: list[Caller], calls: list[str] | None, mask: Mask) -> None:
    given: dict[str, Caller | None] = {"nobody": None} | {str(number): caller for number, caller in enumerate(who)}
    table = matrix(api, given, calls, CONTEXTS)
    values = [[mask.text(each) for each in values_of_call(call)] for call in table.calls]
    store = ExplanationStore(values, [[], *[[mask.text(each.principal.arn)] for each in who]])
    explainer = CellExplainer(table, {"api": api}, store, {}, mask)
    rows = [numbers for rows in explainer.rows(0) for numbers in rows]
    stored = store.stored()
    alone = CellExplainer(table, {"api": api}, store, {}, mask)
    assumed: Counter[str] = Counter()
    for (call, _, cells), numbers in zip(table.rows, rows, strict=True):
        for caller, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
            expected, of_cell = alone.explanation(cell)
            assert stored.expand(number, table.calls.index(call), caller) == expected
            assumed.update(of_cell)
    assert explainer.assumed == assumed
    assert explainer.states.total() == len(rows) * len(given)


@of_quick(30, long=500)  # each example explains about 50 cells twice
@given(apis(), st.lists(callers(), min_size=1, max_size=2), PATHS, st.sampled_from(["GET", "POST"]))
def test_the_stored_explanation_of_each_cell_is_its_own(
    api: Api, who: list[Caller], paths: list[str], method: str
) -> None:
    compare(api, who, [f"{method} {path}" for path in paths], NoMask())


@of_quick(15, long=500)
@given(apis(sampled=True), st.lists(callers(), min_size=1, max_size=2))
def test_the_same_of_a_call_to_each_route(api: Api, who: list[Caller]) -> None:
    compare(api, who, None, NoMask())


@of_quick(10, long=500)
@given(apis(), st.lists(callers(), min_size=1, max_size=2), PATHS)
def test_the_same_with_a_mask(api: Api, who: list[Caller], paths: list[str]) -> None:
    mask = Mask([each.principal.arn for each in who])
    compare(api, who, [f"GET {path}" for path in paths], mask)


def allowing(*resources: str, effect: str = "Allow", sid: str = "Reads") -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": "execute-api:Invoke", "Resource": [f"{API}/{r}" for r in resources]}


@pytest.mark.parametrize(
    ("given_statements", "paths"),
    [
        # The words for the last one are others, and as many characters agree.
        pytest.param([allowing("prod/GET/things/*")], ["/xxx", "/yyy", "/Things"], id="reason"),
        # Of the last one, one statement is nearer than the other.
        pytest.param(
            [allowing("prod/GET/aaaa/*"), allowing("prod/GET/bbbb/*")], ["/xx1", "/xx2", "/aab"], id="agreement"
        ),
        pytest.param(
            [allowing("*"), allowing("prod/GET/secret/*", effect="Deny")],
            ["/xx1", "/xx2", "/SECRET/1"],
            id="assumption",
        ),
        # A name of a statement is the path of the first call.
        pytest.param([allowing("prod/GET/*", sid="Reads")], ["/Reads", "/xx1", "/xx2", "/xx3"], id="name-first"),
        pytest.param([allowing("prod/GET/*", sid="Reads")], ["/xx1", "/Reads", "/xx2", "/xx3"], id="name-second"),
        pytest.param([allowing("prod/GET/*", sid="Reads")], ["/xx1", "/xx2", "/Reads", "/xx3"], id="name-last"),
        # A long path is cut where it stands beside NotResource.
        pytest.param(
            [{"Sid": "Others", "Effect": "Allow", "Action": "*", "NotResource": f"{API}/prod/GET/*"}],
            ["/xx1", "/xx2", f"/{'x' * 150}"],
            id="cut",
        ),
        # A value that is shorter than a hole.
        pytest.param([allowing("prod/POST/*")], ["/xx1", "/xx2", "/x", "/y"], id="short"),
    ],
)
def test_a_call_that_is_like_two_others_but_for(given_statements: list[Any], paths: list[str]) -> None:
    policy = Policy.parse({"Version": "2012-10-17", "Statement": given_statements}, kind="identity", name="own")
    route = Route("GET", "/{proxy+}", auth="AWS_IAM")
    api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"], routes=[route])
    compare(api, [Caller(ANN, identity=policy)], [f"GET {path}" for path in paths], NoMask())


def test_two_calls_of_a_class_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = Counter[str]()
    explain = GatewayResponse.explain

    def counted(response: GatewayResponse) -> Any:
        explained["calls"] += 1
        return explain(response)

    monkeypatch.setattr(GatewayResponse, "explain", counted)
    policy = Policy.parse(
        {"Version": "2012-10-17", "Statement": [allowing("prod/GET/things/*")]}, kind="identity", name="own"
    )
    routes = [
        Route("GET", f"/{part}/{number}", auth="AWS_IAM") for part in ("things", "others") for number in range(20)
    ]
    api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"], routes=routes)
    given_callers = {"nobody": None, "Ann": Caller(ANN, identity=policy)}
    table = matrix(api, given_callers, None, CONTEXTS)
    store = ExplanationStore([values_of_call(call) for call in table.calls], [[], [ANN]])
    assert len(list(CellExplainer(table, {"api": api}, store, {}, NoMask()).rows(0))) == 40
    # In each context: of nobody, and of Ann those that are allowed and those that are not.
    assert explained["calls"] == 2 * len(CONTEXTS) * 3
