"""The parts of invariants in Python: calls, callers, sources and tests of keys, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest

from execpolicy import ExecPolicyError, UsageError
from execpolicy.analysis.invariants.call_pattern import CallPattern
from execpolicy.analysis.invariants.call_source import CallSource, SourceKind
from execpolicy.analysis.invariants.caller_set import CallerPattern, CallerSet
from execpolicy.analysis.invariants.key_test import KeyRelation, KeyTest
from execpolicy.language.context_keys import KeyType
from tests.refused import Refusal, refused

A_CALL = "expected a method and a path, a path, anything or $connect"


def made(make: Callable[..., object], *values: object, **named: object) -> Callable[[], object]:
    """What makes a value of arguments of any type."""
    return lambda: make(*values, **named)


METHODS = "methods are DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and ANY"


@pytest.mark.rule("INV-1")
@pytest.mark.parametrize(
    ("text", "methods", "path", "written"),
    [
        ("GET /orders/*", ("GET",), "/orders/*", "GET /orders/*"),
        (" GET ,POST  /orders", ("GET", "POST"), "/orders", "GET, POST /orders"),
        ("GET, GET /orders", ("GET",), "/orders", "GET /orders"),
        ("/orders", (), "/orders", "/orders"),
        ("ANY /orders", (), "/orders", "/orders"),
        ("GET, ANY /orders", (), "/orders", "/orders"),
        ("anything", (), "/**", "anything"),
        ("/**", (), "/**", "anything"),
        ("GET /**", ("GET",), "/**", "GET /**"),
    ],
)
def test_calls(text: str, methods: tuple[str, ...], path: str, written: str) -> None:
    found = CallPattern.parse(text)
    assert (found.methods, str(found.path), str(found)) == (methods, path, written)
    assert CallPattern(path, methods=methods) == found == CallPattern.parse(str(found))


@pytest.mark.rule("INV-1")
def test_a_call_has_one_of_the_methods_and_paths() -> None:
    assert CallPattern.parse("GET, POST /a").matches("POST", "/a")
    assert not CallPattern.parse("GET, POST /a").matches("PUT", "/a")
    assert not CallPattern.parse("GET, POST /a").matches("GET", "/b")
    assert CallPattern.parse("/a").matches("DELETE", "/a")
    assert not CallPattern.parse("/a").matches("TRACE", "/a")


@pytest.mark.rule("INV-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anonymous", {"kind": "anonymous"}),
        ("role/Clerk", {"kind": "role", "name": "Clerk"}),
        ("role/team/a/Clerk", {"kind": "role", "name": "Clerk", "path": "/team/a/"}),
        ("role/Clerk of 111122223333", {"kind": "role", "name": "Clerk", "account": "111122223333"}),
        ("user/Ann", {"kind": "user", "name": "Ann"}),
        ("user/x@y.z of 000000000001", {"kind": "user", "name": "x@y.z", "account": "000000000001"}),
        ("account 111122223333", {"kind": "account", "account": "111122223333"}),
        ("this account", {"kind": "account"}),
        ("accounts inside o-exampleorg", {"kind": "organization", "name": "o-exampleorg"}),
        ("service apigateway.amazonaws.com", {"kind": "service", "name": "apigateway.amazonaws.com"}),
        ("arn:aws:iam::111122223333:role/Clerk",
         {"kind": "role", "name": "Clerk", "path": "/", "account": "111122223333", "partition": "aws"}),
        ("arn:aws-cn:iam::111122223333:user/team/Ann",
         {"kind": "user", "name": "Ann", "path": "/team/", "account": "111122223333", "partition": "aws-cn"}),
        ("arn:aws:iam::111122223333:root", {"kind": "root", "account": "111122223333", "partition": "aws"}),
        ("arn:aws:sts::111122223333:assumed-role/Clerk/ann",
         {"kind": "session", "name": "Clerk", "session": "ann", "account": "111122223333", "partition": "aws"}),
        ("arn:aws:sts::111122223333:federated-user/Ann",
         {"kind": "federated-user", "name": "Ann", "account": "111122223333", "partition": "aws"}),
    ],
)  # fmt: skip
def test_callers(text: str, expected: dict[str, str]) -> None:
    found = CallerPattern(text)
    empty = {"name": "", "path": None, "session": "", "account": None, "partition": None}
    assert {name: getattr(found, name) for name in ("kind", *empty)} == {**empty, **expected}
    assert (str(found), repr(found)) == (text, f"CallerPattern('{text}')")
    assert CallerPattern(f"  {text.replace(' ', '   ')} ") == found
    assert found.is_of_own_account is (text in {"role/Clerk", "role/team/a/Clerk", "user/Ann", "this account"})


@pytest.mark.rule("INV-3")
def test_sets_of_callers() -> None:
    assert CallerSet(["role/A", CallerPattern("role/B"), "role/A"]).members == (
        CallerPattern("role/A"),
        CallerPattern("role/B"),
    )
    assert CallerSet("role/A") == CallerSet(CallerPattern("role/A")) != CallerSet("role/A", all_except=True)
    assert CallerSet.everybody() == CallerSet(all_except=True)
    assert CallerSet.everybody().is_everybody
    assert not CallerSet("anonymous", all_except=True).is_everybody
    assert [str(CallerSet(["role/A", "user/B"])), str(CallerSet.everybody())] == ["role/A, user/B", "anybody"]
    assert str(CallerSet("anonymous", all_except=True)) == "anybody but anonymous"


@pytest.mark.rule("INV-4")
@pytest.mark.parametrize(
    ("text", "kind", "canonical", "keys"),
    [
        ("10.0.0.0/8", SourceKind.ADDRESSES, "10.0.0.0/8", ("aws:SourceIp", "aws:VpcSourceIp")),
        ("198.51.100.7", SourceKind.ADDRESSES, "198.51.100.7/32", ("aws:SourceIp", "aws:VpcSourceIp")),
        ("2001:DB8:0::/32", SourceKind.ADDRESSES, "2001:db8::/32", ("aws:SourceIp", "aws:VpcSourceIp")),
        ("0.0.0.0/0", SourceKind.ADDRESSES, "0.0.0.0/0", ("aws:SourceIp", "aws:VpcSourceIp")),
        ("vpce-0a1b2c3d", SourceKind.ENDPOINT, "vpce-0a1b2c3d", ("aws:SourceVpce",)),
        ("vpc-0a1b2c3d", SourceKind.VPC, "vpc-0a1b2c3d", ("aws:SourceVpc",)),
    ],
)
def test_sources(text: str, kind: SourceKind, canonical: str, keys: tuple[str, ...]) -> None:
    found = CallSource(text)
    assert (found.kind, found.text, str(found), found.keys) == (kind, canonical, canonical, keys)
    assert found.network == (ip_network(canonical) if kind is SourceKind.ADDRESSES else None)
    assert found.preposition == ("from" if kind is SourceKind.ADDRESSES else "through")
    assert CallSource(canonical) == found
    assert repr(found) == f"CallSource('{canonical}')"


@pytest.mark.rule("INV-5")
@pytest.mark.parametrize(
    ("arguments", "type_", "written"),
    [
        (("aws:PrincipalTag/team", "in", "blue"), KeyType.STRING, "aws:PrincipalTag/team = blue"),
        (("AWS:principaltag/Team", "in", ["a", "b", "a"]), KeyType.STRING, "aws:PrincipalTag/Team in (a, b)"),
        (("aws:principalorgid", "not in", "o-1"), KeyType.STRING, "aws:PrincipalOrgID != o-1"),
        (("aws:PrincipalOrgID", "not in", ("o-1", "o-2")), KeyType.STRING, "aws:PrincipalOrgID not in (o-1, o-2)"),
        (("aws:SourceVpce", "is present"), KeyType.STRING, "aws:SourceVpce is present"),
        (("aws:TokenIssueTime", KeyRelation.ABSENT), KeyType.DATE, "aws:TokenIssueTime is absent"),
        (("aws:VpcSourceIp", "in", "10.0.0.1"), KeyType.IP, "aws:VpcSourceIp = 10.0.0.1/32"),
        (("aws:SecureTransport", "in", "true"), KeyType.BOOL, "aws:SecureTransport = true"),
        (("aws:PrincipalTag/a b", "in", ["x y", "and", "", 'q"', "a*", "é"]), KeyType.STRING,
         '"aws:PrincipalTag/a b" in ("x y", "and", "", "q""", "a*", é)'),
    ],
)  # fmt: skip
def test_tests_of_keys(arguments: tuple[Any, ...], type_: KeyType, written: str) -> None:
    found = KeyTest(*arguments)
    assert (found.type, str(found)) == (type_, written)


CALLER = (
    "a caller is anonymous, role/NAME, user/NAME, account and 12 digits, this account, accounts inside o-…, service "
    "and its name, or an ARN; of and an account may follow a role or user"
)
NAME = "name one role; a name has at most 64 letters, digits and _+=,.@-"
TWELVE = "write the account as 12 digits, leading zeros included"
COMMAS = "separate callers with commas"
ORGANIZATION = 'write for example "accounts inside o-exampleorg"'
SOURCE = "write from and a range such as 198.51.100.0/24, through vpce-0a1b2c3d, or through vpc-0a1b2c3d"
SERVICE = "write the service as policies name it, such as apigateway.amazonaws.com"


@pytest.mark.parametrize(
    ("make", "text", "message", "at", "underlined", "advice", "rule"),
    [
        (CallPattern.parse, "GET", f'found "GET", {A_CALL}', "call:1:1", "GET",
         "write for example GET /orders/*", "INV-1"),
        (CallPattern.parse, "GET $connect", f'found "GET $connect", {A_CALL}',
         "call:1:1", "GET $connect", "write for example GET /orders/*", "INV-1"),
        (lambda text: CallPattern("$connect", methods=text), "GET", "$connect has no method", "call:1:1", "GET",
         "write $connect alone", "INV-1"),
        (CallPattern.parse, "", f"found nothing, {A_CALL}", "call:1:1", "",
         "write for example GET /orders/*", "INV-1"),
        (CallPattern.parse, "get /a", 'found "get", expected a method', "method:1:1", "get", 'did you mean "GET"?',
         "INV-1"),
        (CallPattern.parse, "TRACE /a", 'found "TRACE", expected a method', "method:1:1", "TRACE", METHODS, "INV-1"),
        (CallPattern.parse, "GET, /a", "found nothing, expected a method", "method:1:1", "", METHODS, "INV-1"),
        (CallerPattern, "", "found nothing, expected a caller", "caller:1:1", "", CALLER, "INV-3"),
        (CallerPattern, "bob", 'found "bob", expected a caller', "caller:1:1", "bob", CALLER, "INV-3"),
        (CallerPattern, "anonimous", 'found "anonimous", expected a caller', "caller:1:1", "anonimous",
         'did you mean "anonymous"?', "INV-3"),
        (CallerPattern, "rol/Clerk", 'found "rol/Clerk", expected a caller', "caller:1:1", "rol/Clerk",
         'did you mean "role/"?', "INV-3"),
        (CallerPattern, "Role/Clerk", 'found "Role/Clerk", expected a caller', "caller:1:1", "Role/Clerk",
         'did you mean "role/"?', "INV-3"),
        (CallerPattern, "role/", "found nothing, expected the name of a role", "caller:1:6", "", NAME, "INV-3"),
        (CallerPattern, "role/Cl*", 'found "Cl*", expected the name of a role', "caller:1:6", "Cl*", NAME, "INV-3"),
        (CallerPattern, "role//Clerk", 'found "/Clerk", expected the name of a role', "caller:1:6", "/Clerk", NAME,
         "INV-3"),
        (CallerPattern, "role/" + "a" * 65, f'found "{"a" * 59}…", expected the name of a role', "caller:1:6",
         "a" * 65, NAME, "INV-3"),
        (CallerPattern, "role/Clerk in 111122223333", 'found "in", expected of and an account', "caller:1:12", "in",
         COMMAS, "INV-3"),
        (CallerPattern, "role/Clerk of", "found nothing, expected an account", "caller:1:14", "", TWELVE, "INV-3"),
        (CallerPattern, "role/Clerk of 1111", 'found "1111", expected an account', "caller:1:15", "1111", TWELVE,
         "INV-3"),
        (CallerPattern, "role/A of 111122223333 role/B", 'found "role/B", expected the end of the caller',
         "caller:1:24", "role/B", COMMAS, "INV-3"),
        (CallerPattern, "account", "found nothing, expected an account", "caller:1:8", "", TWELVE, "INV-3"),
        (CallerPattern, "account ١١١١٢٢٢٢٣٣٣٣", 'found "١١١١٢٢٢٢٣٣٣٣", expected an account', "caller:1:9",
         "١١١١٢٢٢٢٣٣٣٣", TWELVE, "INV-3"),
        (CallerPattern, "this", "found nothing, expected account", "caller:1:5", "",
         'write "this account" for the account of the API', "INV-3"),
        (CallerPattern, "accounts in o-x", 'found "in", expected inside and an organization', "caller:1:10", "in",
         ORGANIZATION, "INV-3"),
        (CallerPattern, "accounts inside org", 'found "org", expected the id of an organization', "caller:1:17", "org",
         ORGANIZATION, "INV-3"),
        (CallerPattern, "service", "found nothing, expected the name of a service", "caller:1:8", "", SERVICE, "INV-3"),
        (CallerPattern, "service lambda", 'found "lambda", expected the name of a service', "caller:1:9", "lambda",
         SERVICE, "INV-3"),
        (CallerPattern, "arn:aws:iam::1:role/A", 'found "1", expected the ARN of a caller', "caller:1:14", "1", TWELVE,
         "INV-3"),
        (CallerPattern, "arn:aws:iam::111122223333:group/A", 'found "group/A", expected the ARN of a caller',
         "caller:1:27", "group/A", "name its users, or attach the policy to the group", "INV-3"),
        (CallerPattern, "arn:aws:iam::111122223333:role/*", 'found "*", expected the ARN of a caller', "caller:1:32",
         "*", 'use "*" with a Condition of ArnLike on aws:PrincipalArn', "INV-3"),
        (CallSource, "vpce-", 'found "vpce-", expected the id of a VPC endpoint or of a VPC', "source:1:1", "vpce-",
         SOURCE, "INV-4"),
        (CallSource, "vpc-*", 'found "vpc-*", expected the id of a VPC endpoint or of a VPC', "source:1:1", "vpc-*",
         SOURCE, "INV-4"),
        (CallSource, "home", 'found "home", expected a range of addresses', "source:1:1", "home", SOURCE, "INV-4"),
        (CallSource, "10.0.0.0/33", 'found "10.0.0.0/33", expected a range of addresses', "source:1:1", "10.0.0.0/33",
         SOURCE, "INV-4"),
        (CallSource, "10.0.0.0/255.0.0.0", 'found "10.0.0.0/255.0.0.0", expected a range of addresses', "source:1:1",
         "10.0.0.0/255.0.0.0", SOURCE, "INV-4"),
        (CallSource, "fe80::1%eth0", 'found "fe80::1%eth0", expected a range of addresses', "source:1:1",
         "fe80::1%eth0", SOURCE, "INV-4"),
        (CallSource, "10.0.0.7/8", "found 10.0.0.7/8, whose address is not the first of its range", "source:1:1",
         "10.0.0.7/8", "write 10.0.0.0/8", "INV-4"),
        (lambda key: KeyTest(key, "in", "a"), "aws:PrincipleTag/team",
         'found "aws:PrincipleTag/team", which is not a condition key that AWS documents', "key:1:1",
         "aws:PrincipleTag/team", "did you mean aws:PrincipalTag/team?", "INV-5"),
        (lambda key: KeyTest(key, "in", "a"), "aws:PrincipalTag/", 'found "aws:PrincipalTag/", which names no tag',
         "key:1:1", "aws:PrincipalTag/", "write the key of a tag after the slash: aws:PrincipalTag/team", "INV-5"),
        (lambda key: KeyTest(key, "in", "a"), "s3:prefix",
         'found "s3:prefix", which is not a condition key that AWS documents', "key:1:1", "s3:prefix",
         "name a key of docs/semantics.md, KEY-1", "INV-5"),
        (lambda key: KeyTest(key, "in", "a"), "AWS:requesttag/a",
         "found aws:RequestTag/, which API Gateway supplies to no policy", "key:1:1", "AWS:requesttag/a",
         "name another key (GW-23)", "INV-5"),
        (lambda value: KeyTest("aws:SourceIp", "in", value), "10.0.0.7/8",
         "found 10.0.0.7/8, whose address is not the first of its range", "value:1:1", "10.0.0.7/8",
         "write 10.0.0.0/8", "INV-4"),
        (lambda value: KeyTest("aws:SourceIp", "in", value), "here", 'found "here", expected a range of addresses',
         "value:1:1", "here", "a value of aws:SourceIp is an address or a range, such as 198.51.100.0/24", "INV-4"),
        (lambda value: KeyTest("aws:SecureTransport", "in", value), "True", 'found "True", expected true or false',
         "value:1:1", "True", "a value of aws:SecureTransport is true or false", "INV-5"),
        (lambda value: KeyTest("aws:CurrentTime", "in", value), "2026-01-01",
         "found a value of aws:CurrentTime, whose values no invariant compares", "value:1:1", "2026-01-01",
         'write "aws:CurrentTime is absent" or "aws:CurrentTime is present"', "INV-5"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_valid(
    make: Callable[[str], object], text: str, *, message: str, at: str, underlined: str, advice: str, rule: str
) -> None:
    part, place = at.split(":", 1)
    assert refused(ExecPolicyError, lambda: make(text)) == Refusal(
        message, f"<{part}>:{place}", underlined, advice, rule
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (made(CallPattern.parse, 1), "a pattern of calls is a text, found 1, an int"),
        (made(CallPattern, None), "path is a PathPattern, found a NoneType"),
        (made(CallPattern, "/a", methods=1), "methods is a text or a list of texts, found 1, an int"),
        (made(CallPattern("/a").matches, 1, "/a"), "method is a text, found 1, an int"),
        (made(CallerPattern, b"a"), "a caller is a text, found a bytes"),
        (made(CallerSet), "a set of callers has members, found none"),
        (made(CallerSet, {"a": 1}), "members is a text or a list of texts, found a dict"),
        (made(CallerSet, 7), "members is a text or a list of texts, found 7, an int"),
        (made(CallerSet, [7]), "a caller is a text, found 7, an int"),
        (made(CallerSet, "anonymous", all_except=1), "all_except is True or False, found 1"),
        (made(CallSource, 7), "a source is a text, found 7, an int"),
        (made(KeyTest, 7), "a key is a text, found 7, an int"),
        (made(KeyTest, "aws:SourceIp", "="), "a relation is in, not in, is absent or is present, found '='"),
        (made(KeyTest, "aws:SourceIp", 1), "a relation is in, not in, is absent or is present, found 1"),
        (made(KeyTest, "aws:userid", "in", 1), "values is a text or a list of texts, found 1, an int"),
        (made(KeyTest, "aws:userid"), "a test with 'in' has values, found none"),
        (made(KeyTest, "aws:userid", "is absent", "a"), "a test with 'is absent' has no values, found a"),
    ],
)
def test_an_argument_of_a_wrong_type(make: Callable[[], object], message: str) -> None:
    assert refused(UsageError, make).message == message


@pytest.mark.parametrize(
    "value",
    [
        CallPattern.parse("GET /a"),
        CallerSet(["role/A of 111122223333"], all_except=True),
        CallSource("10.0.0.0/8"),
        KeyTest("aws:userid", "in", "a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_copied_and_pickled(value: object) -> None:
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value
    assert hash(pickle.loads(pickle.dumps(value))) == hash(value)
    with pytest.raises(AttributeError, match="is immutable"):
        value.text = "b"  # type: ignore[attr-defined]  # nothing can be set
