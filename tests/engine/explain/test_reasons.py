"""Why a clause does not hold: the reason and the text of the note."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import ClauseTrace, Context, Principal, Reason
from execpolicy.literals import PolicyKindName
from tests.engine.making import (
    ACCOUNT,
    ANN,
    API,
    BUCKET,
    FEDERATED,
    OTHER,
    PETS,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    allowing,
    decided,
    policy,
    stated,
    statement_trace,
)

ELSEWHERE = (
    "`{}` is a short form of an ARN only in the resource policy of an API, and only with a slash: execute-api:/…"
)
SHOWN = "a1b2c3/prod/GET/"  # what notes show of an ARN that matched that far


def traced(
    element: str, *, kind: PolicyKindName = "identity", statement: dict[str, Any], **request: Any
) -> ClauseTrace:
    """The trace of one clause, found by its element or condition key."""
    if kind == "resource":
        statement = {"Principal": "*", **statement} if "NotPrincipal" not in statement else statement
    document = policy(stated(**statement), kind=kind)
    layer: dict[str, Any] = {"identity": document} if kind == "identity" else {"resource_policy": document}
    (found,) = [
        each for each in statement_trace(decided(**layer, **request)).clauses if element in (each.element, each.key)
    ]
    return found


def found_of(trace: ClauseTrace) -> tuple[bool | None, Reason, str]:
    return trace.holds, trace.reason, trace.note


def reason_of(trace: ClauseTrace) -> tuple[Reason, str]:
    return trace.reason, trace.note


def resource_note(text: Any, *, kind: PolicyKindName = "identity", **request: Any) -> tuple[Reason, str]:
    found = traced("Resource", kind=kind, statement={"Resource": text}, **request)
    assert found.holds is False
    return found.reason, found.note


@pytest.mark.rule("EVL-11", "RES-1", "GW-2", "GW-3", "GW-5")
@pytest.mark.parametrize(
    ("text", "resource", "note"),
    [
        (
            f"{API}/prod/GET/pets",
            f"{PETS}/7",
            f"matched up to `{SHOWN}pets`, where the pattern ends; the request goes on with `/7`",
        ),
        (f"{API}/prod/GET/", PETS, f"matched up to `{SHOWN}`, where the pattern ends; the request goes on with `pets`"),
        (
            f"{API}/prod/GET/pe?",
            PETS,
            f"matched up to `{SHOWN}pet`, where the pattern ends; the request goes on with `s`",
        ),
        (f"{API}/prod/GET/pets/*", PETS, f"the request ends at `{SHOWN}pets`; the pattern goes on with `/*`"),
        (f"{API}/prod/GET/pets", f"{API}/prod/GET/", f"the request ends at `{SHOWN}`; the pattern goes on with `pets`"),
        (f"{API}/prod/GET/{{id}}", PETS, f"matched up to `{SHOWN}`; `{{id}}` is literal text here, use `*`"),
        (f"{API}/prod/GET/{{proxy+}}/x", PETS, f"matched up to `{SHOWN}`; `{{proxy+}}` is literal text here, use `*`"),
        (
            f"{API}/prod/GET//pets",
            PETS,
            f"matched up to `{SHOWN}`; the method is followed by a slash already, so write it once: `pets`",
        ),
        (
            f"{API}/prod/get/pets",
            PETS,
            "matched up to `a1b2c3/prod/`; `get` and `GET` differ in case, and matching is case-sensitive",
        ),
        (
            f"{API}/prod/GET/peTs",
            PETS,
            f"matched up to `{SHOWN}`; `peTs` and `pets` differ in case, and matching is case-sensitive",
        ),
        (
            f"{API}/prod/POST/*",
            PETS,
            "matched up to `a1b2c3/prod/`; there the pattern has `POST/*` and the request `GET/pets`",
        ),
        (f"{API}/*/GET/cats", PETS, f"matched up to `{SHOWN}`; there the pattern has `cats` and the request `pets`"),
        (
            f"{API}/*/?ET/pe??/x?z*w",
            f"{PETS}/yyz",
            f"matched up to `{SHOWN}pets/`; there the pattern has `x?z*w` and the request `yyz`",
        ),
        (
            f"arn:aws:execute-api:eu-north-1:{ACCOUNT}:a1b2c3/*",
            PETS,
            f"matched up to `arn:aws:execute-api:`; there the pattern has `eu-north-1:{ACCOUNT}:a1b2c3/*` and the "
            f"request `eu-west-1:{ACCOUNT}:a1b2c3/prod/GET/pets`",
        ),
        (
            f"arn:aws:execute-api:eu-west-1:{OTHER}:*",
            PETS,
            f"matched up to `arn:aws:execute-api:eu-west-1:`; there the pattern has `{OTHER}:*` and the request "
            f"`{ACCOUNT}:a1b2c3/prod/GET/pets`",
        ),
        ("foo", PETS, f"nothing of it matches: the pattern has `foo` and the request `{PETS}`"),
        (
            "arn:aws:s3:::bucket",
            PETS,
            f"matched up to `arn:aws:`; there the pattern has `s3:::bucket` and the request `{PETS[8:]}`",
        ),
        (
            [f"{API}/dev/*", f"{API}/prod/GET/cats", f"{API}/prod/POST/*"],
            PETS,
            f"matched up to `{SHOWN}`; there the pattern has `cats` and the request `pets`",
        ),
    ],
)
def test_where_a_resource_and_the_request_differ(text: Any, resource: str, note: str) -> None:
    assert resource_note(text, resource=resource) == (Reason.DIFFERS, note)


@pytest.mark.rule("GW-7", "GW-8")
@pytest.mark.parametrize(
    ("kind", "text", "resource", "note"),
    [
        ("identity", "execute-api:/*", PETS,
         ELSEWHERE.format("execute-api:/*")),
        ("identity", "execute-api:*", PETS,
         ELSEWHERE.format("execute-api:*")),
        ("resource", "execute-api:*", PETS,
         "`execute-api:*` has no slash after execute-api: so it is not a short form; write `execute-api:/…`"),
        ("resource", "execute-api:prod/*", PETS,
         "`execute-api:prod/*` has no slash after execute-api: so it is not a short form; write `execute-api:/…`"),
        ("resource", "execute-api:/prod/*", f"{API}",
         "`execute-api:/prod/*` contains a path of an API, and the resource has none"),
        ("resource", "execute-api:/prod/GET/cats", PETS,
         "matched up to `/prod/GET/`; there the pattern has `cats` and the request `pets`"),
        ("identity", "arn:aws:execute-api:${aws:RequestedRegion}:*:*", PETS,
         "`arn:aws:execute-api:${aws:RequestedRegion}:*:*` has a variable before the fifth colon of an ARN, so it "
         "matches nothing here (POL-14)"),
        ("resource", API, PETS, f"`{API}` names an API without stage, method and path; end it in `/*`"),
        ("identity", f"{API}/", PETS, f"`{API}/` names an API without stage, method and path; end it in `/*`"),
    ],
)  # fmt: skip
def test_common_mistakes_in_resources(kind: PolicyKindName, text: str, resource: str, note: str) -> None:
    assert resource_note(text, kind=kind, resource=resource) == (Reason.DIFFERS, note)


@pytest.mark.rule("VAR-3", "POL-13")
def test_resources_without_a_value_or_an_entry() -> None:
    of = f"{API}/prod/GET/${{custom:x}}/${{aws:PrincipalTag/y}}"
    assert resource_note([of, of]) == (
        Reason.NO_VALUE_FOR_VARIABLE,
        "custom:x, aws:PrincipalTag/y has no value here, so the entry matches no resource",
    )
    empty = "custom:x, aws:PrincipalTag/y has no value here (custom:x is empty, which counts as no value)"
    assert resource_note(of, context={"custom:x": ""})[1] == f"{empty}, so the entry matches no resource"
    several = {"custom:x": ["a", "b"], "aws:PrincipalTag/y": "c"}
    assert resource_note(of, context=several)[1] == "custom:x has no value here, so the entry matches no resource"
    assert resource_note([of, f"{API}/dev/*"])[1].startswith("matched up to `a1b2c3/`")
    assert resource_note([]) == (Reason.EMPTY, "the list of Resource is empty, so the statement never applies")
    filled = resource_note(f"{API}/prod/GET/${{custom:x}}/y", context={"custom:x": "pets"})
    assert filled == (Reason.DIFFERS, f"the request ends at `{SHOWN}pets`; the pattern goes on with `/y`")


@pytest.mark.rule("VAR-3", "EVL-11")
def test_where_the_empty_text_is_read_both_ways_the_reason_shows_it_as_a_value() -> None:
    context = {"custom:x": "", "custom:y": ""}
    denied = traced(
        "Resource", statement={"Effect": "Deny", "Resource": f"{API}/dev/${{custom:x}}*"}, context={"custom:x": ""}
    )
    note = "matched up to `a1b2c3/`; there the pattern has `dev/*` and the request `prod/GET/pets`"
    assert reason_of(denied) == (Reason.DIFFERS, note)
    excluded = condition_trace("StringNotEquals", "custom:y", "${custom:x}", context=context)
    assert found_of(excluded) == (False, Reason.EXCLUDED, "")
    missing = condition_trace("StringEquals", "custom:y", "${custom:x}", context=context)
    note = "custom:x has no value here (custom:x is empty, which counts as no value)"
    assert found_of(missing) == (False, Reason.NO_VALUE_FOR_VARIABLE, note)
    defaulted = condition_trace("StringEquals", "custom:y", "${custom:x, 'b'}", context={**context, "custom:y": "b"})
    note = "custom:x is empty, which is read as a value and as none: both must match (VAR-3)"
    assert found_of(defaulted) == (False, Reason.DIFFERS, note)
    granted = traced(
        "Resource", statement={"Resource": f"{API}/prod/GET/${{custom:x, 'pets'}}"}, context={"custom:x": ""}
    )
    note = "matched up to `a1b2c3/prod/GET/`, where the pattern ends; the request goes on with `pets`"
    assert reason_of(granted) == (Reason.DIFFERS, note)


@pytest.mark.rule("ACT-3", "VAR-5", "EVL-11")
def test_a_value_that_a_not_element_lists_is_excluded() -> None:
    excluded = traced("NotResource", statement={"NotResource": PETS})
    assert (excluded.reason, excluded.note, excluded.expected) == (Reason.EXCLUDED, "", (PETS,))
    assert traced("NotAction", statement={"NotAction": "execute-api:*"}).reason is Reason.EXCLUDED
    unfilled = {"NotResource": f"{API}/prod/GET/${{custom:x}}"}
    assert reason_of(traced("NotResource", statement=unfilled)) == (
        Reason.NO_VALUE_FOR_VARIABLE,
        "a variable of NotResource has no value here, so the Allow does not apply (VAR-5)",
    )
    denies = {"Effect": "Deny", "NotResource": [unfilled["NotResource"], PETS]}
    assert reason_of(traced("NotResource", statement=denies)) == (Reason.EXCLUDED, "")


@pytest.mark.rule("ACT-1", "POL-13")
def test_actions_have_expected_and_actual_values() -> None:
    found = traced("Action", statement={"Action": ["s3:*", "execute-api:Manage*"]})
    assert (found.expected, found.actual) == (("s3:*", "execute-api:Manage*"), ("execute-api:Invoke",))
    assert (found.holds, found.reason, found.note) == (False, Reason.DIFFERS, "")
    empty = traced("Action", statement={"Action": []})
    assert reason_of(empty) == (Reason.EMPTY, "the list of Action is empty, so the statement never applies")


@pytest.mark.rule("POL-13")
def test_an_allow_that_excludes_nothing_or_has_an_empty_condition() -> None:
    for element in ("NotAction", "NotResource"):
        note = f"the list of {element} is empty, so the Allow does not apply (POL-13)"
        assert reason_of(traced(element, statement={element: []})) == (Reason.EMPTY, note)
    for operator, what in (("", "the Condition is empty"), ("Bool", "Bool has no keys")):
        block: dict[str, Any] = {operator: {}} if operator else {}
        found = traced("Condition", statement={"Condition": block})
        assert reason_of(found) == (Reason.EMPTY, f"{what}, so the Allow does not apply (POL-13)")
        assert (found.element, found.operator, found.key, found.expected, found.actual) == (
            "Condition", operator, "", (), (),
        )  # fmt: skip
        assert found.place == "identity: Statement[0].Condition" + ("" if not operator else f".{operator}")
        shown = str(decided(identity=policy(stated(Condition=block))).explain().full())
        assert f"{found.place}: {operator or 'Condition'}: {what}, so the Allow does not apply (POL-13)" in shown


# Principals


@pytest.mark.rule("PRN-1", "PRN-2", "PRN-4", "PRN-5", "PRN-8", "EVL-11")
@pytest.mark.parametrize(
    ("principal", "caller", "note"),
    [
        ({"AWS": ANN}, "anonymous", "the caller is anonymous: only `*` names it"),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, Principal.parse(ANN, unique_id="AIDAOTHER"),
         "AIDACKCEVSQ6C2EXAMPLE is the unique id of another user, or of a deleted one, the caller's is AIDAOTHER"),
        ({"AWS": "AROADBQP57FF2AEXAMPLE"}, ANN,
         "AROADBQP57FF2AEXAMPLE is the unique id of another role, or of a deleted one"),
        ({"AWS": "AROADBQP57FF2AEXAMPLE:bob"}, Principal.parse(SESSION, unique_id="AROADBQP57FF2AEXAMPLE"),
         "it names the session bob of that role, the caller's is ann"),
        ({"AWS": OTHER}, ANN, f"it names account {OTHER}, the caller belongs to {ACCOUNT}"),
        ({"AWS": ANN}, SERVICE, f"it names account {ACCOUNT}, the caller belongs to none"),
        ({"AWS": ANN.replace("aws", "aws-cn")}, ANN, "it names partition aws-cn, the caller belongs to aws"),
        ({"AWS": ANN}, FEDERATED,
         "a federated user's ARN does not show which user created the session: set federated_by"),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/Bob"}, Principal.parse(FEDERATED, federated_by=ANN), ""),
        ({"AWS": ANN.replace("Ann", "ann")}, ANN, "ann and Ann differ in case, and names are case-sensitive"),
        ({"AWS": ROLE.replace("Clerk", "clerk")}, SESSION,
         "clerk and Clerk differ in case, and names are case-sensitive"),
        ({"AWS": ANN.replace("user/", "user/staff/")}, ANN, "it names the path /staff/, the caller has /"),
        ({"AWS": SESSION.replace("/ann", "/bob")}, SESSION,
         "it names the session bob of that role, the caller's is ann"),
        ({"AWS": ANN.replace("Ann", "Bob")}, ANN, ""),
        ({"AWS": ["AIDACKCEVSQ6C2EXAMPLE", OTHER]}, ROOT,
         "AIDACKCEVSQ6C2EXAMPLE is the unique id of another user, or of a deleted one"),
        ({"AWS": [ROLE, OTHER]}, ANN, f"it names account {OTHER}, the caller belongs to {ACCOUNT}"),
        ({"Service": SERVICE}, ANN, ""),
        ({"AWS": ["*", ANN]}, SERVICE,
         "`*` under AWS names no service where it allows: write `*` alone, or name the service (PRN-1)"),
    ],
    ids=str,
)  # fmt: skip
def test_why_a_principal_does_not_name_the_caller(principal: Any, caller: Principal | str, note: str) -> None:
    found = traced("Principal", kind="resource", statement={"Principal": principal}, caller=caller)
    assert (found.holds, found.reason, found.note) == (False, Reason.DIFFERS, note)
    assert found.actual == ((caller if isinstance(caller, Principal) else Principal.parse(caller)).arn,)


@pytest.mark.rule("PRN-6", "POL-13", "PRN-4")
def test_other_reasons_of_principals() -> None:
    spared = {"Effect": "Deny", "NotPrincipal": {"AWS": [ACCOUNT, ANN]}}
    assert found_of(traced("NotPrincipal", kind="resource", statement=spared)) == (False, Reason.EXCLUDED, "")
    bound = traced("NotPrincipal", kind="resource", statement=spared, boundary=allowing("boundary"))
    assert found_of(bound) == (True, Reason.HOLDS, "NotPrincipal exempts no caller that has a permissions boundary")
    nobody = traced("Principal", kind="resource", statement={"Principal": {"AWS": []}})
    assert reason_of(nobody) == (Reason.EMPTY, "the list of Principal is empty, so the statement never applies")
    unknown_session = traced("Principal", kind="resource", statement={"Principal": {"AWS": SESSION}}, caller=ROLE)
    assert found_of(unknown_session) == (None, Reason.UNKNOWN, "the caller's session name is not known")


# Conditions


def condition_trace(operator: str, key: str, values: Any, **request: Any) -> ClauseTrace:
    return traced(key, statement={"Condition": {operator: {key: values}}}, **request)


@pytest.mark.rule("CND-3", "KEY-4", "GW-19", "GW-23")
@pytest.mark.parametrize(
    ("key", "request_", "because"),
    [
        ("aws:SourceVpce", {}, ": the call did not come through a VPC endpoint"),
        ("aws:SourceVpc", {}, ": the call did not come through a VPC endpoint"),
        ("aws:VpcSourceIp", {}, ": the call did not come through a VPC endpoint"),
        (
            "aws:MultiFactorAuthPresent",
            {},
            ": requests with long-term access keys never have it, nor do those of some sessions",
        ),
        ("aws:MultiFactorAuthAge", {}, ": the caller did not sign in with MFA"),
        ("aws:UserAgent", {}, ": the client sent no such header"),
        ("aws:referer", {}, ": the client sent no such header"),
        ("aws:username", {"caller": SESSION}, ": only an IAM user has it"),
        ("aws:PrincipalOrgID", {}, ": no organization is given for the caller's account"),
        (
            "aws:SourceIp",
            {"context": {"aws:SourceVpce": "vpce-1"}},
            ": a call through a VPC endpoint has no aws:SourceIp, use aws:VpcSourceIp",
        ),
        ("aws:VpceAccount", {}, ": API Gateway never supplies it"),
        ("aws:ResourceTag/team", {}, ": API Gateway never supplies it"),
        ("aws:VpceAccount", {"action": "s3:GetObject", "resource": BUCKET, "account": ACCOUNT}, ""),
        ("aws:PrincipalTag/team", {}, ""),
        ("custom:x", {}, ""),
    ],
)
def test_why_a_key_is_absent(key: str, request_: dict[str, Any], because: str) -> None:
    absent = condition_trace("StringLike", key, "*", **request_)
    assert (absent.actual, found_of(absent)) == ((), (False, Reason.KEY_ABSENT, f"{key} is absent{because}"))
    for operator in ("StringNotLike", "StringLikeIfExists"):
        holding = condition_trace(operator, key, "*", **request_)
        assert found_of(holding) == (True, Reason.HOLDS, f"{key} is absent, so {operator} holds{because}")


@pytest.mark.rule("CND-3", "KEY-2")
def test_an_anonymous_call_has_no_keys_of_signed_calls() -> None:
    statement = {"Condition": {"ArnLike": {"aws:principalARN": "*"}}}
    found = traced("aws:principalARN", kind="resource", statement=statement, caller="anonymous")
    assert reason_of(found) == (
        Reason.KEY_ABSENT,
        "aws:PrincipalArn is absent: "
        "API Gateway provides keys of the caller only where the method uses AWS_IAM (GW-22)",
    )


@pytest.mark.rule("CND-3", "KEY-4")
def test_a_key_of_signed_calls_that_api_gateway_does_not_list() -> None:
    statement = {"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}
    found = traced("aws:PrincipalIsAWSService", kind="resource", statement=statement, caller="anonymous")
    assert reason_of(found) == (
        Reason.KEY_ABSENT,
        "aws:PrincipalIsAWSService is absent: an anonymous call does not have it",
    )


@pytest.mark.rule("CND-4", "CND-12", "CND-14", "CND-15")
@pytest.mark.parametrize(
    ("operator", "values", "given", "reason", "note"),
    [
        ("Null", "true", "1", Reason.KEY_PRESENT, "custom:x is present"),
        ("Null", "false", [], Reason.KEY_ABSENT, "custom:x is absent"),
        ("Null", "false", "", Reason.KEY_ABSENT, "custom:x is absent"),
        ("Null", "maybe", "1", Reason.UNFIT_VALUE, "`maybe` of the policy is not true or false (CND-15)"),
        ("Null", [], "1", Reason.EMPTY, "the list of values is empty"),
        ("ForAnyValue:Null", "true", "1", Reason.DIFFERS, "Null under ForAnyValue never holds (CND-12)"),
        ("StringEquals", [], "1", Reason.EMPTY, "the list of values is empty"),
    ],
)
def test_null_and_empty_lists(operator: str, values: Any, given: Any, reason: Reason, note: str) -> None:
    found = condition_trace(operator, "custom:x", values, context={"custom:x": given})
    assert found_of(found) == (False, reason, note)


@pytest.mark.rule("KEY-4", "CND-4")
def test_null_with_an_unknown_value() -> None:
    surely_there = condition_trace("Null", "aws:SourceIp", "true")
    assert (surely_there.actual, found_of(surely_there)) == (
        None,
        (False, Reason.KEY_PRESENT, "aws:SourceIp is present"),
    )
    assert found_of(condition_trace("Null", "aws:SourceIp", "false")) == (True, Reason.HOLDS, "")
    assert found_of(condition_trace("Null", "custom:x", "true")) == (True, Reason.HOLDS, "")


@pytest.mark.rule("CND-13")
@pytest.mark.parametrize(("key", "given"), [("custom:x", ["1", "2"]), ("aws:CalledVia", ["1"])])
def test_several_values_need_a_set_operator(key: str, given: list[str]) -> None:
    for operator in ("StringEquals", "StringNotEqualsIfExists"):
        found = condition_trace(operator, key, "1", context={key: given})
        assert found_of(found) == (
            False,
            Reason.NEEDS_SET_OPERATOR,
            f"{key} can have several values: write ForAnyValue:{operator} or ForAllValues:{operator} (CND-13)",
        )


@pytest.mark.rule("CND-11")
def test_a_set_operator_ignores_an_empty_string() -> None:
    found = condition_trace("ForAnyValue:NumericEquals", "custom:x", "5", context={"custom:x": ""})
    assert found_of(found) == (False, Reason.KEY_ABSENT, "custom:x is absent")


@pytest.mark.rule("CND-5", "CND-9", "CND-15", "VAR-3", "EVL-11")
@pytest.mark.parametrize(
    ("operator", "values", "given", "reason", "note"),
    [
        ("StringEquals", "a", "b", Reason.DIFFERS, ""),
        ("StringEquals", "Red", "red", Reason.DIFFERS, "the values differ in case, and the operator is case-sensitive"),
        ("StringLike", "Red", "red", Reason.DIFFERS, "the values differ in case, and the operator is case-sensitive"),
        (
            "ForAnyValue:StringEquals",
            ["Red"],
            ["blue", "red"],
            Reason.DIFFERS,
            "the values differ in case, and the operator is case-sensitive",
        ),
        ("ForAllValues:StringEquals", ["red"], ["red", "blue"], Reason.DIFFERS, ""),
        ("ForAllValues:StringEqualsIgnoreCase", ["red"], ["Red", "blue"], Reason.DIFFERS, ""),
        (
            "StringEquals",
            "r*",
            "red",
            Reason.DIFFERS,
            "`*` and `?` are literal text under StringEquals, use StringLike",
        ),
        (
            "ForAnyValue:StringEqualsIgnoreCase",
            "r?d",
            "red",
            Reason.DIFFERS,
            "`*` and `?` are literal text under ForAnyValue:StringEqualsIgnoreCase, use StringLike",
        ),
        ("StringLike", "b*", "red", Reason.DIFFERS, ""),
        ("StringNotEquals", "red", "red", Reason.EXCLUDED, ""),
        ("NotIpAddress", "10.0.0.0/8", "10.0.0.1", Reason.EXCLUDED, ""),
        ("NumericEquals", ["7", "many"], 5, Reason.UNFIT_VALUE, "`many` of the policy is not a number (CND-15)"),
        ("Bool", "1", True, Reason.UNFIT_VALUE, "`1` of the policy is not true or false (CND-15)"),
        (
            "ArnLike",
            "*",
            "arn:aws:s3:::b",
            Reason.UNFIT_VALUE,
            "`*` of the policy is not an ARN of six fields (CND-15)",
        ),
        ("StringEquals", "${custom:y}", "red", Reason.NO_VALUE_FOR_VARIABLE, "custom:y has no value here"),
        (
            "StringEquals",
            ["${custom:y}", "Red"],
            "red",
            Reason.DIFFERS,
            "the values differ in case, and the operator is case-sensitive",
        ),
        ("IpAddress", "10.0.0.0/8", "11.0.0.1", Reason.DIFFERS, ""),
        ("IpAddress", "2001:db8::/32", "2001:db9::1", Reason.DIFFERS, ""),
        ("IpAddress", "2001:db8::/32", "11.0.0.1", Reason.DIFFERS, ""),
        (
            "IpAddress",
            ["10.0.0.0/8", "2001:db8::/32"],
            "2001:db9::1",
            Reason.DIFFERS,
            "the caller has an IPv6 address, and no IPv6 range of the list contains it",
        ),
        ("DateLessThan", "2026", "2027", Reason.DIFFERS, ""),
    ],
)
def test_why_values_do_not_satisfy_an_operator(
    operator: str, values: Any, given: Any, reason: Reason, note: str
) -> None:
    found = condition_trace(operator, "custom:x", values, context={"custom:x": given})
    assert found_of(found) == (False, reason, note)


@pytest.mark.rule("CND-15")
def test_a_catalogued_key_of_another_type_is_unfit() -> None:
    found = condition_trace("NumericLessThan", "aws:username", "5")
    assert found_of(found) == (False, Reason.UNFIT_VALUE, "`Ann` of the request is not a number (CND-15)")


@pytest.mark.rule("KEY-4", "CND-15")
def test_unknown_clauses() -> None:
    found = condition_trace("StringEquals", "aws:UserID", ["${aws:SourceIp}", "x"])
    assert (found.actual, found_of(found)) == (
        None,
        (None, Reason.UNKNOWN, "aws:SourceIp and aws:userid are not known"),
    )
    beside = policy(stated(), stated(Condition={"NumericEquals": {"custom:x": "5"}}))
    unread = statement_trace(decided(identity=beside, context={"custom:x": "five"}), 1).clauses[-1]
    assert (unread.actual, found_of(unread)) == (
        ("five",),
        (None, Reason.UNKNOWN, "a value of the request cannot be compared"),
    )
    unknown = traced("Resource", statement={"Resource": f"{API}/prod/GET/${{aws:userid}}"})
    assert found_of(unknown) == (None, Reason.UNKNOWN, "aws:userid is not known")


@pytest.mark.rule("KEY-4")
def test_a_clause_that_holds_has_no_note() -> None:
    context = Context({"custom:x": "1"}, complete=False)
    assert found_of(condition_trace("StringNotEquals", "custom:x", "2", context=context)) == (True, Reason.HOLDS, "")
    assert found_of(traced("Resource", statement={})) == (True, Reason.HOLDS, "")


@pytest.mark.rule("KEY-7")
def test_a_key_that_is_absent_or_false_is_told_as_such() -> None:
    statement = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    found = traced("aws:MultiFactorAuthPresent", statement=statement, caller=SESSION)
    assert reason_of(found) == (
        Reason.KEY_ABSENT,
        "aws:MultiFactorAuthPresent is absent or false: the reading that denies is used (KEY-7)",
    )


@pytest.mark.rule("KEY-7", "KEY-4")
def test_a_variable_of_a_key_that_is_absent_or_false_is_named_as_unknown() -> None:
    statement = {"Condition": {"StringEquals": {"aws:UserAgent": "${aws:MultiFactorAuthPresent}"}}}
    document = policy(stated(**statement))
    found = decided(identity=document, caller=SESSION, context={"aws:UserAgent": "false"})
    assert str(found.outcome.value) == "indeterminate"
    assert set(found.missing_keys) == {"aws:MultiFactorAuthPresent"}


@pytest.mark.rule("KEY-9")
@pytest.mark.parametrize(("complete", "expected"), [(False, ("KEY-9",)), (True, ())])
def test_a_partial_context_that_does_not_say_who_makes_the_call(complete: bool, expected: tuple[str, ...]) -> None:
    document = policy(stated(Condition={"Bool": {"aws:ViaAWSService": "false"}}))
    found = decided(identity=document, context=Context({"aws:SourceIp": "203.0.113.9"}, complete=complete))
    assert (found.allowed, tuple(found.assumed)) == (True, expected)
