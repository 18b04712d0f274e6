"""Cases of policies that look alike and are not, or look different and are equal, each with what compare says."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Caller, Policy, Route, Target, prove
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.literals import PolicyKindName

HERE, THERE = "111122223333", "444455556666"
API = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3d4e5"
ROLE = f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann"


def allow(resource: Any = "*", principal: Any = "*", **condition: Any) -> dict[str, Any]:
    """A statement that allows calls; ``condition`` has the operators, with their keys and values."""
    return _statement("Allow", resource, principal, condition)


def deny(resource: Any = "*", principal: Any = "*", **condition: Any) -> dict[str, Any]:
    """A statement that denies calls."""
    return _statement("Deny", resource, principal, condition)


def _statement(effect: str, resource: Any, principal: Any, condition: dict[str, Any]) -> dict[str, Any]:
    made = {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": resource}
    operators = {name.replace("__", ":"): keys for name, keys in condition.items()}
    return {**made, "Condition": operators} if operators else made


def policy(*statements: dict[str, Any], kind: PolicyKindName = "resource", name: str = "p") -> Policy:
    """A policy; one of the caller's side has no principals."""
    if kind != "resource":
        statements = tuple({key: value for key, value in each.items() if key != "Principal"} for each in statements)
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, name=name)


def between(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Comparison:
    """The comparison of two resource policies."""
    return compare(policy(*before), policy(*after))


OFFICE = "203.0.113.0/24"
HALVES = ["203.0.113.0/25", "203.0.113.128/25"]
NOBODY = [allow(), deny()]
ENDPOINT = {"aws:SourceVpce": "vpce-1"}

#: Pairs that are equal over all requests.
EQUAL = {
    "outside a range is denied, or its halves are allowed": (
        [allow(), deny(NotIpAddress={"aws:SourceIp": OFFICE})],
        [allow(IpAddress={"aws:SourceIp": HALVES})],
    ),
    "the two halves of all addresses": (
        [allow(IpAddress={"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]})],
        [allow(IpAddress={"aws:SourceIp": "0.0.0.0/0"})],
    ),
    "trap 1: two Denies of an address and of an endpoint admit nobody": (
        [
            allow(),
            deny(NotIpAddress={"aws:SourceIp": OFFICE}),
            deny(StringNotEquals=ENDPOINT),
        ],
        NOBODY,
    ),
    "trap 4: a role in Principal matches whatever its path": (
        [allow(principal={"AWS": f"arn:aws:iam::{HERE}:role/staff/Clerk"})],
        [allow(principal={"AWS": f"arn:aws:iam::{HERE}:role/Clerk"})],
    ),
    "trap 4: the ARN of a session is never a value of aws:PrincipalArn": (
        [allow(principal={"AWS": HERE}, ArnEquals={"aws:PrincipalArn": ROLE})],
        NOBODY,
    ),
    "trap 6: IfExists behind ForAnyValue changes nothing": (
        [allow(ForAnyValue__StringLikeIfExists={"aws:PrincipalOrgPaths": "o-1/*"})],
        [allow(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-1/*"})],
    ),
    "trap 7: a negated operator denies all by a key that no call of an API has": (
        [allow(), deny(StringNotEquals={"aws:VpceAccount": HERE})],
        NOBODY,
    ),
    "trap 8: a value that cannot be read never matches": (
        [allow(IpAddress={"aws:SourceIp": "the office"})],
        NOBODY,
    ),
    "trap 8: its negation always holds": (
        [allow(), deny(NotIpAddress={"aws:SourceIp": "the office"})],
        NOBODY,
    ),
    "trap 10: the paths of two methods one by one": (
        [allow([f"{API}/prod/GET/a", f"{API}/prod/GET/b"])],
        [allow(f"{API}/prod/GET/b"), allow(f"{API}/prod/GET/a")],
    ),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name: str) -> None:
    before, after = EQUAL[name]
    compared = between(before, after)
    assert compared.verdict is ComparisonVerdict.EQUAL, [
        str(each) for each in (*compared.newly_allowed, *compared.newly_denied)
    ]


#: Pairs that are not equal: the statements before and after, the verdict, and the first witness of each direction.
DIFFERENT: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], ComparisonVerdict, list[str], list[str]]] = {
    "IfExists lets in calls without the key": (
        [allow(StringEquals=ENDPOINT)],
        [allow(StringEqualsIfExists=ENDPOINT)],
        ComparisonVerdict.LAXER,
        [
            "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by anonymous",
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "a Deny of all addresses leaves calls through an endpoint": (
        NOBODY,
        [allow(), deny(IpAddress={"aws:SourceIp": ["0.0.0.0/0", "::/0"]})],
        ComparisonVerdict.LAXER,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "states.amazonaws.com"
            ),
            "  before: explicit deny by Statement[1] (p)",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "ForAllValues lets anonymous callers in": (
        [allow(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-1/*"}, Null={"aws:PrincipalOrgPaths": "false"})],
        [allow(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-1/*"})],
        ComparisonVerdict.LAXER,
        [
            "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by anonymous",
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "one Deny with two operators is weaker than two": (
        [allow(), deny(NotIpAddress={"aws:SourceIp": OFFICE}), deny(StringNotEquals=ENDPOINT)],
        [allow(), deny(NotIpAddress={"aws:SourceIp": OFFICE}, StringNotEquals=ENDPOINT)],
        ComparisonVerdict.LAXER,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "anonymous aws:SourceVpce=vpce-1"
            ),
            "  before: explicit deny by Statement[1] (p)",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "a pattern of account ids is more than the account": (
        [allow(principal={"AWS": HERE})],
        [allow(StringLike={"aws:PrincipalArn": "arn:aws:iam::1111*"})],
        ComparisonVerdict.BOTH,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111111111111:assumed-role/Clerk/ann"
            ),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:federated-user/Fay"
            ),
            "  before: allow by Statement[0] (p)",
            "  after:  implicit deny",
        ],
    ),
    "trap 2: a resource pattern for an account is no condition on the account": (
        [allow("arn:aws:execute-api:*", StringEquals={"aws:ResourceAccount": HERE})],
        [allow(f"arn:aws:execute-api:*:{HERE}:*")],
        ComparisonVerdict.LAXER,
        [
            "execute-api:Invoke on arn:aws:execute-api:a:000000000000:111122223333: by anonymous",
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "trap 4: aws:PrincipalArn carries the path": (
        [allow(ArnEquals={"aws:PrincipalArn": f"arn:aws:iam::{HERE}:role/staff/Clerk"})],
        [allow(ArnEquals={"aws:PrincipalArn": f"arn:aws:iam::{HERE}:role/Clerk"})],
        ComparisonVerdict.BOTH,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
            ),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:assumed-role/Clerk/ann "
                "(a session of arn:aws:iam::111122223333:role/staff/Clerk)"
            ),
            "  before: allow by Statement[0] (p)",
            "  after:  implicit deny",
        ],
    ),
    "trap 5: the empty text is a value for StringLike and none for Null": (
        [allow(Null={"aws:PrincipalTag/team": "false"})],
        [allow(StringLike={"aws:PrincipalTag/team": "*"})],
        ComparisonVerdict.LAXER,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:assumed-role/Clerk/ann aws:PrincipalTag/team="
            ),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "trap 6: two conditions ForAnyValue need two values": (
        NOBODY,
        [
            allow(
                ForAnyValue__StringEquals={"aws:PrincipalOrgPaths": "o-1/r-1/a/"},
                ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-1/r-1/b*"},
            )
        ],
        ComparisonVerdict.LAXER,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:assumed-role/Clerk/ann aws:PrincipalOrgPaths=o-1/r-1/a/,o-1/r-1/b"
            ),
            "  before: explicit deny by Statement[1] (p)",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "trap 7: Null beside a negated operator lets anonymous callers in": (
        [allow(), deny(StringNotEquals={"aws:PrincipalTag/team": "red"})],
        [allow(), deny(StringNotEquals={"aws:PrincipalTag/team": "red"}, Null={"aws:PrincipalTag/team": "false"})],
        ComparisonVerdict.LAXER,
        [
            "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by anonymous",
            "  before: explicit deny by Statement[1] (p)",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "trap 8: numbers are exact": (
        [allow(NumericEquals={"aws:MultiFactorAuthAge": "9007199254740992"})],
        [allow(NumericEquals={"aws:MultiFactorAuthAge": "9007199254740993"})],
        ComparisonVerdict.BOTH,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:assumed-role/Clerk/ann aws:MultiFactorAuthAge=9007199254740993"
            ),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "arn:aws:sts::111122223333:assumed-role/Clerk/ann aws:MultiFactorAuthAge=9007199254740992"
            ),
            "  before: allow by Statement[0] (p)",
            "  after:  implicit deny",
        ],
    ),
    "trap 8: fractions of seconds are exact": (
        [allow(DateLessThan={"aws:CurrentTime": "2026-01-01T00:00:00Z"})],
        [allow(DateLessThan={"aws:CurrentTime": "2026-01-01T00:00:00.001Z"})],
        ComparisonVerdict.LAXER,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
                "anonymous aws:CurrentTime=2026-01-01T00:00:00Z"
            ),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
    "trap 10: a method also stands within a path": (
        [allow(f"{API}/prod/GET/*")],
        [allow(f"{API}/prod/*/GET/*")],
        ComparisonVerdict.BOTH,
        [
            ("execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/POST/GET/ by anonymous"),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [
            ("execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/ by anonymous"),
            "  before: allow by Statement[0] (p)",
            "  after:  implicit deny",
        ],
    ),
    "trap 10: merging statements takes the cross product": (
        [allow(f"{API}/prod/GET/a", {"AWS": HERE}), allow(f"{API}/prod/GET/b", {"AWS": THERE})],
        [allow([f"{API}/prod/GET/a", f"{API}/prod/GET/b"], {"AWS": [HERE, THERE]})],
        ComparisonVerdict.LAXER,
        [
            (
                "execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/a by "
                "arn:aws:sts::444455556666:assumed-role/Clerk/ann"
            ),
            "  before: implicit deny",
            "  after:  allow by Statement[0] (p)",
        ],
        [],
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name: str) -> None:
    before, after, verdict, allowed, denied = DIFFERENT[name]
    compared = between(before, after)
    assert compared.verdict is verdict, compared.unknown
    assert str(compared.newly_allowed[0]).splitlines() == allowed
    assert [line for each in compared.newly_denied[:1] for line in str(each).splitlines()] == denied


def resources(compared: Comparison) -> list[str]:
    """The resources of the requests that are newly allowed."""
    return [each.request.resource for each in compared.newly_allowed if each.request is not None]


USER = f"arn:aws:iam::{HERE}:user/Ann"


def layered(caller: str, resource: dict[str, Any], **own: Any) -> tuple[Caller, Target]:
    """A caller with its policies, and the target of a resource policy with one statement."""
    return Caller(caller, **own), Target(resource=policy(resource))


def test_trap_9_naming_the_user_bypasses_a_silent_boundary() -> None:
    silent = policy(allow(f"{API}/prod/GET/other"), kind="boundary")
    by_account = layered(USER, allow(f"{API}/prod/GET/a", {"AWS": HERE}), boundary=silent)
    by_name = layered(USER, allow(f"{API}/prod/GET/a", {"AWS": USER}), boundary=silent)
    compared = compare(by_account, by_name)
    assert compared.verdict is ComparisonVerdict.LAXER
    assert resources(compared)[0] == f"{API}/prod/GET/a"


def test_trap_9_no_name_bypasses_an_scp() -> None:
    silent = [[policy(allow(f"{API}/prod/GET/other"), kind="scp")]]
    by_account = layered(USER, allow(f"{API}/prod/GET/a", {"AWS": HERE}), scps=silent)
    by_name = layered(USER, allow(f"{API}/prod/GET/a", {"AWS": USER}), scps=silent)
    assert compare(by_account, by_name).verdict is ComparisonVerdict.EQUAL


def test_trap_9_across_accounts_both_sides_must_allow() -> None:
    there = f"arn:aws:iam::{THERE}:user/Ann"
    nothing = layered(there, allow(f"{API}/prod/GET/a", {"AWS": THERE}))
    by_name = layered(there, allow(f"{API}/prod/GET/a", {"AWS": there}))
    assert compare(nothing, by_name).verdict is ComparisonVerdict.EQUAL
    own = policy(allow(), kind="identity")
    both = layered(there, allow(f"{API}/prod/GET/a", {"AWS": there}), identity=own)
    compared = compare(by_name, both)
    assert compared.verdict is ComparisonVerdict.LAXER
    assert f"{API}/prod/GET/a" in resources(compared)


@pytest.mark.rule("ANA-2", "KEY-7")
def test_a_key_that_may_be_false_is_shown_as_absent() -> None:
    key = "aws:MultiFactorAuthPresent"
    session = {"AWS": ROLE}
    found = between([allow(principal=session, Null={key: "true"})], [NOBODY[1]])
    assert found.verdict is ComparisonVerdict.STRICTER
    request = found.newly_denied[0].request
    assert request is not None
    assert request.context.get(key) == ()


def test_regions_of_an_scp_are_compared_for_all_services() -> None:
    def only_in(*regions: str) -> Policy:
        everything = {"Action": "*", "Resource": "*"}
        elsewhere = {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}
        statements = [{"Effect": "Allow", **everything}, {"Effect": "Deny", **everything, "Condition": elsewhere}]
        return Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="scp", name="p")

    assert compare(only_in("eu-west-1"), only_in("eu-west-1")).verdict is ComparisonVerdict.EQUAL
    compared = compare(only_in("eu-west-1"), only_in("eu-west-1", "us-east-1"))
    assert compared.verdict is ComparisonVerdict.LAXER
    request = compared.newly_allowed[0].request
    assert request is not None
    assert request.values("aws:requestedregion") == ("us-east-1",)


NO_ADDRESS = deny(IpAddress={"aws:SourceIp": ["0.0.0.0/0", "::/0"]})
NO_SERVICE = deny(Bool={"aws:PrincipalIsAWSService": "true"})
NOT_FORWARDED = deny(Bool={"aws:ViaAWSService": "true"})


@pytest.mark.rule("KEY-4", "GW-19")
@pytest.mark.parametrize(
    ("endpoint", "statements", "witness"),
    [
        # No call reaches a regional API through a VPC endpoint; a service may call it for a caller who did.
        (
            "REGIONAL",
            [allow(), NO_ADDRESS],
            "by arn:aws:sts::111122223333:assumed-role/Clerk/ann aws:ViaAWSService=true",
        ),
        ("REGIONAL", [allow(), NO_ADDRESS, NOT_FORWARDED], "by states.amazonaws.com"),
        ("REGIONAL", [allow(), NO_ADDRESS, NOT_FORWARDED, NO_SERVICE], None),
        ("PRIVATE", [allow(), NO_ADDRESS, NOT_FORWARDED, NO_SERVICE], "aws:SourceVpce=vpce-0a1b2c3d4e5f60718"),
    ],
)
def test_calls_without_an_address(endpoint: Any, statements: list[dict[str, Any]], witness: str | None) -> None:
    route = Route("GET", "/orders", auth="AWS_IAM")
    api = Api(
        id="a1b2c3",
        type="REST",
        endpoint=endpoint,
        region="eu-west-1",
        account=HERE,
        stages=["prod"],
        routes=[route],
        resource_policy=policy(*statements),
    )
    proof = prove("nobody may call GET /orders", api)
    assert proof.verdict.value == ("proven" if witness is None else "refuted")
    assert (proof.witness is None) is (witness is None)
    assert witness is None or witness in str(proof.witness)


@pytest.mark.rule("KEY-3", "ANA-1")
@pytest.mark.parametrize("resource", ["arn:aws:execute-api:*:*:*", "arn:aws:s3:::pets/*"])
def test_the_owner_of_a_resource_of_another_service_is_an_account(resource: str) -> None:
    """A value of aws:ResourceAccount that is no account is in no request, and a witness has one that is."""
    whole = {"Effect": "Allow", "Action": "*", "Resource": resource}
    of_apis = {**whole, "Action": "execute-api:*"}
    owned = {**whole, "Condition": {"StringEquals": {"aws:ResourceAccount": [HERE, THERE]}}}
    before, after = (
        Policy.parse({"Version": "2012-10-17", "Statement": [each, of_apis]}, kind="identity", name="p")
        for each in (owned, whole)
    )
    compared = compare(before, after)
    assert compared.verdict is ComparisonVerdict.LAXER, compared.unknown
    request = compared.newly_allowed[0].request
    assert request is not None
    assert request.view().values("aws:resourceaccount") == ("123456789012",)
