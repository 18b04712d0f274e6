"""Every operator: what it changes, what it says, where, and what stands in the diff."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Policy
from execpolicy.literals import PolicyKindName
from execpolicy.testing.mutation.change import Change
from execpolicy.testing.mutation.changes import changes
from execpolicy.testing.mutation.documents import SharedDocument, change_document
from execpolicy.testing.mutation.operators import MUTATION_OPERATORS, Reach, advice

ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
SHORT = "execute-api:"
SESSION = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
CLERK = "arn:aws:iam::111122223333:role/Clerk"
ROOT = "arn:aws:iam::111122223333:root"


def policy_of(kind: PolicyKindName = "identity", version: str = "2012-10-17", **elements: Any) -> Policy:
    effect = elements.pop("Effect", "Allow")
    statement = {"Effect": effect, "Action": "*", "Resource": "*", **elements}
    for name in elements:
        statement.pop(name.removeprefix("Not") if name.startswith("Not") else "", None)
    return Policy.parse(json.dumps({"Version": version, "Statement": [statement]}, indent=1), kind=kind, name="p.json")


def changes_of(policy: Policy) -> list[Change]:
    """Without those that every statement has."""
    common = ("drop_statement", "flip_effect")
    return [change for change in changes(policy) if change.operator.name not in common]


def words_of(policy: Policy) -> list[str]:
    return [change.words for change in changes_of(policy)]


def shown(policy: Policy, change: Change) -> tuple[str, list[str]]:
    """Where a change is, and the lines that it takes away and adds."""
    made = change_document(SharedDocument((policy,), ()), change.root, in_place=True)
    assert made is not None
    lines = [line for line in made.diff.splitlines()[3:] if not line.startswith(" ")]
    return policy.place(change.node), lines


#: For each operator an example: a policy, and the place and lines of the first mutant that it makes.
EXAMPLES: dict[str, tuple[Policy, str, list[str], str]] = {
    "drop_statement": (
        Policy.parse(
            '{"Version": "2012-10-17", "Statement": [\n{"Effect": "Allow", "Action": "*", "Resource": "*"},\n'
            '{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}',
            kind="scp",
            name="p.json",
        ),
        "p.json:2:1",
        ['-{"Effect": "Allow", "Action": "*", "Resource": "*"},'],
        "drop the statement",
    ),
    "flip_effect": (
        policy_of(Effect="Deny"),
        "p.json:5:14",
        ['-   "Effect": "Deny",', '+   "Effect": "Allow",'],
        'flip Effect: "Deny" → "Allow"',
    ),
    "widen_to_role": (
        policy_of("resource", Principal={"AWS": SESSION}),
        "p.json:9:12",
        [f'-    "AWS": "{SESSION}"', f'+    "AWS": "{CLERK}"'],
        f'widen a session to its role: "{SESSION}" → "{CLERK}"',
    ),
    "widen_to_account": (
        policy_of("resource", Principal={"AWS": [CLERK]}),
        "p.json:10:6",
        [f'-     "{CLERK}"', f'+     "{ROOT}"'],
        f'widen a principal to its account: "{CLERK}" → "{ROOT}"',
    ),
    "widen_to_all": (
        policy_of("resource", Principal={"Service": "states.amazonaws.com"}),
        "p.json:8:17",
        ['-   "Principal": {', '-    "Service": "states.amazonaws.com"', "-   }", '+   "Principal": "*"'],
        'widen the principals to everybody: "*"',
    ),
    "drop_principal": (
        policy_of("resource", Principal={"AWS": "111122223333", "Service": "states.amazonaws.com"}),
        "p.json:9:12",
        ['-    "AWS": "111122223333",'],
        'drop one of several principals: "111122223333"',
    ),
    "negate_principal": (
        policy_of("resource", Effect="Deny", Principal={"AWS": ROOT}),
        "p.json:8:4",
        ['-   "Principal": {', '+   "NotPrincipal": {'],
        "swap Principal and NotPrincipal: Principal → NotPrincipal",
    ),
    "widen_action": (
        policy_of(Action=["execute-api:Invoke"]),
        "p.json:7:5",
        ['-    "execute-api:Invoke"', '+    "execute-api:*"'],
        'widen an action: "execute-api:Invoke" → "execute-api:*"',
    ),
    "widen_service": (
        policy_of(Action="execute-api:*"),
        "p.json:6:14",
        ['-   "Action": "execute-api:*",', '+   "Action": "*",'],
        'widen an action to all services: "execute-api:*" → "*"',
    ),
    "drop_action": (
        policy_of(Action=["s3:*", "execute-api:*"]),
        "p.json:7:5",
        ['-    "s3:*",'],
        'drop one of several actions: "s3:*"',
    ),
    "negate_action": (
        policy_of(NotAction="s3:*"),
        "p.json:7:4",
        ['-   "NotAction": "s3:*"', '+   "Action": "s3:*"'],
        "swap Action and NotAction: NotAction → Action",
    ),
    "widen_path": (
        policy_of(Resource=f"{ARN}/prod/GET/orders/*"),
        "p.json:7:16",
        [f'-   "Resource": "{ARN}/prod/GET/orders/*"', f'+   "Resource": "{ARN}/prod/GET/*/*"'],
        'widen the path of a resource: "orders" → "*"',
    ),
    "widen_variable": (
        policy_of(Resource=f"{ARN}/prod/GET/${{aws:username}}/list"),
        "p.json:7:16",
        [f'-   "Resource": "{ARN}/prod/GET/${{aws:username}}/list"', f'+   "Resource": "{ARN}/prod/GET/*/list"'],
        'widen a variable of a resource: "${aws:username}" → "*"',
    ),
    "widen_method": (
        policy_of("resource", Principal="*", Resource=f"{SHORT}/prod/GET"),
        "p.json:7:16",
        ['-   "Resource": "execute-api:/prod/GET",', '+   "Resource": "execute-api:/prod/*",'],
        'widen the method of a resource: "GET" → "*"',
    ),
    "widen_stage": (
        policy_of(Resource=f"{ARN}/prod/*"),
        "p.json:7:16",
        [f'-   "Resource": "{ARN}/prod/*"', f'+   "Resource": "{ARN}/*/*"'],
        'widen the stage of a resource: "prod" → "*"',
    ),
    "widen_api": (
        policy_of(Resource=f"{ARN}/*"),
        "p.json:7:16",
        [f'-   "Resource": "{ARN}/*"', f'+   "Resource": "{ARN[: -len("a1b2c3")]}*/*"'],
        'widen the API of a resource: "a1b2c3" → "*"',
    ),
    "widen_resource": (
        policy_of(Resource="arn:aws:execute-api:*:*:a1b2c3"),
        "p.json:7:16",
        ['-   "Resource": "arn:aws:execute-api:*:*:a1b2c3"', '+   "Resource": "*"'],
        'widen a resource to all: "arn:aws:execute-api:*:*:a1b2c3" → "*"',
    ),
    "drop_resource": (
        policy_of(Resource=["arn:aws:s3:::a", "*"]),
        "p.json:8:5",
        ['-    "arn:aws:s3:::a",'],
        'drop one of several resources: "arn:aws:s3:::a"',
    ),
    "negate_resource": (
        policy_of(Resource=["arn:aws:s3:::a"]),
        "p.json:7:4",
        ['-   "Resource": [', '+   "NotResource": ['],
        "swap Resource and NotResource: Resource → NotResource",
    ),
    "drop_condition": (
        policy_of(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        "p.json:10:6",
        [
            '-   "Resource": "*",',
            '-   "Condition": {',
            '-    "Bool": {',
            '-     "aws:SecureTransport": "true"',
            "-    }",
            "-   }",
            '+   "Resource": "*"',
        ],
        "drop a condition: Bool aws:SecureTransport",
    ),
    "drop_value": (
        policy_of(Condition={"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}),
        "p.json:11:7",
        ['-      "vpc-1",'],
        'drop one of several values: "vpc-1"',
    ),
    "negate_operator": (
        policy_of(Condition={"NumericLessThan": {"app:level": 5}}),
        "p.json:9:5",
        ['-    "NumericLessThan": {', '+    "NumericGreaterThanEquals": {'],
        "negate an operator: NumericLessThan → NumericGreaterThanEquals, of app:level",
    ),
    "move_bound": (
        policy_of(Condition={"DateGreaterThanEquals": {"aws:CurrentTime": "2026-01-01"}}),
        "p.json:9:5",
        ['-    "DateGreaterThanEquals": {', '+    "DateGreaterThan": {'],
        "let an operator include or exclude its bound: DateGreaterThanEquals → DateGreaterThan, of aws:CurrentTime",
    ),
    "read_wildcards": (
        policy_of(Condition={"StringNotEquals": {"aws:UserAgent": "curl*"}}),
        "p.json:9:5",
        ['-    "StringNotEquals": {', '+    "StringNotLike": {'],
        "read wildcards as text, or text as wildcards: StringNotEquals → StringNotLike, of aws:UserAgent",
    ),
    "if_exists": (
        policy_of(Condition={"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}),
        "p.json:9:5",
        ['-    "StringEqualsIfExists": {', '+    "StringEquals": {'],
        "add or remove IfExists: StringEqualsIfExists → StringEquals, of aws:SourceVpc",
    ),
    "swap_quantifier": (
        policy_of(Condition={"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}),
        "p.json:9:5",
        ['-    "ForAnyValue:StringLike": {', '+    "ForAllValues:StringLike": {'],
        "swap ForAnyValue and ForAllValues: ForAnyValue:StringLike → ForAllValues:StringLike, of aws:TagKeys",
    ),
    "flip_truth": (
        policy_of(Condition={"Bool": {"aws:SecureTransport": False}}),
        "p.json:10:29",
        ['-     "aws:SecureTransport": false', '+     "aws:SecureTransport": true'],
        'swap true and false: "false" → "true"',
    ),
    "widen_cidr": (
        policy_of(Condition={"NotIpAddress": {"aws:SourceIp": "2001:db8:1:2::/64"}}),
        "p.json:10:22",
        ['-     "aws:SourceIp": "2001:db8:1:2::/64"', '+     "aws:SourceIp": "2001:db8:1:2::/48"'],
        'widen an address range: "2001:db8:1:2::/64" → "2001:db8:1:2::/48"',
    ),
    "widen_to_all_addresses": (
        policy_of(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        "p.json:10:22",
        ['-     "aws:SourceIp": "10.0.0.0/8"', '+     "aws:SourceIp": "0.0.0.0/0"'],
        'widen an address range to all: "10.0.0.0/8" → "0.0.0.0/0"',
    ),
}


def test_every_operator_has_an_example() -> None:
    assert list(EXAMPLES) == [operator.name for operator in MUTATION_OPERATORS]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_operator(name: str) -> None:
    policy, place, lines, words = EXAMPLES[name]
    change = next(change for change in changes(policy) if change.operator.name == name)
    assert change.words == words
    assert shown(policy, change) == (place, lines)


def test_operators_come_in_the_order_of_the_table() -> None:
    policy = policy_of(
        "resource",
        Effect="Deny",
        Principal={"AWS": [SESSION, ROOT]},
        Action=["execute-api:Invoke", "s3:*"],
        Resource=[f"{ARN}/prod/GET/${{aws:username}}/orders", "*"],
        Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.1"}, "StringEquals": {"aws:SourceVpc": ["a*", "b"]}},
    )
    order = [operator.name for operator in MUTATION_OPERATORS]
    elements = {operator.name: operator.element for operator in MUTATION_OPERATORS}
    found = [change.operator.name for change in changes(policy)]
    of_elements = [elements[name] for name in found]
    assert list(dict.fromkeys(of_elements)) == ["Statement", "Effect", "Principal", "Action", "Resource", "Condition"]
    assert set(found) < set(order)


@pytest.mark.parametrize(
    ("kind", "resource", "expected"),
    [
        ("identity", "*", []),
        ("identity", "arn:aws:execute-api:*:*:*", []),
        ("identity", "arn:aws:execute-api:*", []),
        (
            "identity",
            f"{ARN}/prod/GET/orders",
            ['"orders" → "*"', '"GET" → "*"', '"prod" → "*"', '"a1b2c3" → "*"', "*"],
        ),
        ("identity", f"{ARN}/*/GET/*", ['"GET" → "*"', '"a1b2c3" → "*"', "*"]),
        ("identity", "arn:aws:execute-api:eu-west-1:*:*/GET/a", ['"a" → "*"', '"GET" → "*"', "*"]),
        ("identity", f"{ARN}/prod/$connect", ['"$connect" → "*"', '"prod" → "*"', '"a1b2c3" → "*"', "*"]),
        ("identity", "arn:aws:s3:::bucket/a", ['"a" → "*"', "*"]),
        ("identity", "execute-api:/prod/GET/a", ["*"]),
        (
            "identity",
            f"{ARN}/prod/GET/${{aws:PrincipalTag/team}}/a",
            ['"a" → "*"', '"${aws:PrincipalTag/team}" → "*"', '"GET" → "*"', '"prod" → "*"', '"a1b2c3" → "*"', "*"],
        ),
        # What would be the same change twice is made once.
        (
            "identity",
            f"{ARN}/prod/GET/${{aws:username}}",
            ['"${aws:username}" → "*"', '"GET" → "*"', '"prod" → "*"', '"a1b2c3" → "*"', "*"],
        ),
        (
            "identity",
            "arn:aws:execute-api:${aws:RequestedRegion}:*:a1b2c3/prod/*",
            ['"${aws:RequestedRegion}" → "*"', '"prod" → "*"', '"a1b2c3" → "*"', "*"],
        ),
        ("resource", "execute-api:/*", []),
        ("resource", f"{ARN}/*", []),
        ("resource", "*", []),
        ("resource", "execute-api:/prod/*", ['"prod" → "*"', "execute-api:/*"]),
        ("resource", f"{ARN}/prod/GET/a", ['"a" → "*"', '"GET" → "*"', '"prod" → "*"', "execute-api:/*"]),
        ("resource", "execute-api:prod/GET/a", ["execute-api:/*"]),
        ("domain_name", "arn:aws:execute-api:eu-west-1:1:/domainnames/a+b", ['"a+b" → "*"', "execute-api:/*"]),
        ("vpc_endpoint", f"{ARN}/prod/*", ['"prod" → "*"', '"a1b2c3" → "*"', "*"]),
    ],
)
def test_a_resource_is_widened_step_by_step(kind: PolicyKindName, resource: str, expected: list[str]) -> None:
    named = {} if kind == "identity" else {"Principal": "*"}
    found = [words for words in words_of(policy_of(kind, Resource=resource, **named)) if words.startswith("widen")]
    short = [words.partition(": ")[2] if "to all" not in words else words.rpartition('→ "')[2][:-1] for words in found]
    assert short == expected


def test_a_variable_is_text_in_the_old_language() -> None:
    found = words_of(policy_of(version="2008-10-17", Resource=f"{ARN}/p/GET/${{a}}/b"))
    assert [words for words in found if "variable" in words] == []


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("Bool", "true", ['swap true and false: "true" → "false"']),
        ("Null", "TRUE", ['swap true and false: "TRUE" → "false"']),
        ("Bool", "maybe", []),
    ],
)
def test_truth_is_flipped(key: str, old: str, new: list[str]) -> None:
    found = words_of(policy_of(Condition={key: {"aws:SecureTransport": old}}))
    assert [words for words in found if words.startswith("swap true")] == new


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("203.0.113.9", ["203.0.113.9/31", "0.0.0.0/0"]),
        ("203.0.113.9/32", ["203.0.113.9/31", "0.0.0.0/0"]),
        ("203.0.113.0/24", ["203.0.113.0/16", "0.0.0.0/0"]),
        ("10.0.0.0/20", ["10.0.0.0/16", "0.0.0.0/0"]),
        ("10.0.0.0/8", ["0.0.0.0/0"]),
        ("0.0.0.0/0", []),
        ("2001:db8::1", ["2001:db8::1/127", "::/0"]),
        ("nowhere", []),
    ],
)
def test_a_range_is_widened_by_a_step_and_to_all(range_: str, expected: list[str]) -> None:
    found = words_of(policy_of(Condition={"IpAddress": {"aws:SourceIp": range_}}))
    assert [words.rpartition('→ "')[2][:-1] for words in found if words.startswith("widen")] == expected


@pytest.mark.parametrize(
    ("block", "changed_block"),
    [
        (
            {"StringEquals": {"a:a": "1", "a:b": "2"}},
            {"StringNotEquals": {"a:a": "1"}, "StringEquals": {"a:b": "2"}},
        ),
        (
            {"StringEquals": {"a:a": "1"}, "StringNotEquals": {"a:b": "2"}},
            {"StringNotEquals": {"a:a": "1", "a:b": "2"}},
        ),
        ({"StringEquals": {"a:a": "1"}, "StringNotEquals": {"A:A": "2"}}, None),
        ({"StringEquals": {"a:a": "1"}, "StringNotEquals": {}}, None),
    ],
)
def test_an_operator_is_swapped_over_one_key(block: dict[str, Any], changed_block: dict[str, Any] | None) -> None:
    policy = policy_of(Condition=block)
    found = [
        change
        for change in changes(policy)
        if change.words == "negate an operator: StringEquals → StringNotEquals, of a:a"
    ]
    if changed_block is None:
        assert found == []
        return
    made = change_document(SharedDocument((policy,), ()), found[0].root, in_place=True)
    assert made is not None
    assert made.policies[0].to_document()["Statement"][0]["Condition"] == changed_block


def test_if_exists_is_left_alone_where_it_changes_nothing() -> None:
    for operator in ("StringNotEquals", "StringNotEqualsIfExists", "ForAnyValue:StringEquals", "Null"):
        found = changes(policy_of(Condition={operator: {"aws:TagKeys": "true"}}))
        assert "if_exists" not in [change.operator.name for change in found], operator


@pytest.mark.parametrize(
    ("kind", "statement", "expected"),
    [
        # The one Allow that an RCP may have, and a Deny that may not become an Allow.
        ("rcp", {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, ["drop_statement"]),
        (
            "rcp",
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::a"},
            ["drop_statement", "widen_path", "widen_resource", "negate_resource"],
        ),
        # NotPrincipal goes with Deny alone.
        (
            "resource",
            {"Effect": "Deny", "NotPrincipal": {"AWS": ROOT}, "Action": "*", "Resource": "*"},
            ["drop_statement", "negate_principal"],
        ),
        # Nobody asks an API's own policy of another service.
        (
            "resource",
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:*", "Resource": "*"},
            ["drop_statement", "flip_effect", "negate_action"],
        ),
    ],
)
def test_what_a_kind_of_policy_may_not_have_is_not_made(
    kind: PolicyKindName, statement: dict[str, Any], expected: list[str]
) -> None:
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind=kind)
    assert [change.operator.name for change in changes(policy)] == expected


def test_advice_hangs_on_the_effect() -> None:
    near = MUTATION_OPERATORS[0]
    assert [advice(near, effect, reach) for effect in ("Allow", "Deny") for reach in Reach] == [
        "add a case of a request that no other statement covers; expect deny",
        "add a case of a request that no other statement covers; expect allow",
        "add a case of a request that no other statement covers; expect allow",
        "add a case of a request that no other statement covers, allowed but for this statement; expect explicit_deny",
    ]


def test_what_a_statement_excludes_is_widened_the_other_way() -> None:
    negated = policy_of(NotResource=[f"{ARN}/prod/GET/a", f"{ARN}/prod/GET/b"])
    reaches = {change.operator.name: change.reach for change in changes_of(negated)}
    assert (reaches["widen_path"], reaches["drop_resource"], reaches["negate_resource"]) == (
        Reach.LESS,
        Reach.MORE,
        Reach.MORE,
    )


def test_a_policy_of_python_objects_is_laid_out() -> None:
    document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    policy = Policy.parse(document, kind="identity", name="reads")
    change = next(iter(changes(policy)))
    assert policy.place(change.node, "Statement") == "reads: Statement"
    made = change_document(SharedDocument((policy,), ()), change.root, in_place=False)
    assert made is not None
    assert made.diff == (
        "--- reads (laid out)\n+++ reads (laid out) (mutant)\n@@ -1,7 +1,3 @@\n {\n"
        '-  "Statement": {\n-    "Effect": "Allow",\n-    "Action": "*",\n-    "Resource": "*"\n-  }\n'
        '+  "Statement": []\n }\n'
    )


def test_a_document_in_one_long_line_is_laid_out() -> None:
    text = json.dumps(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": [f"{ARN}/prod/GET/{n}" for n in range(9)]}}
    )
    policy = Policy.parse(text, kind="identity", name="reads.json")
    change = next(change for change in changes(policy) if change.operator.name == "drop_resource")
    made = change_document(SharedDocument((policy,), ()), change.root, in_place=True)
    assert made is not None
    assert made.diff.startswith("--- reads.json (laid out)\n")
    assert f'\n-      "{ARN}/prod/GET/0",\n' in made.diff


def test_an_escaped_document_is_laid_out() -> None:
    text = json.dumps(json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    assert not SharedDocument((Policy.parse(text, kind="identity"),), ()).in_place()
