"""Two resource policies as a formula of z3, which holds of the requests that only one of them allows.

The encoding is written from ``docs/semantics.md`` and reads documents itself: it shares no code with the package. It
knows what ``tests/analysis/policy_pairs.py`` writes without variables, for callers who are anonymous, users, sessions
of roles, or root users.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import z3

from tools.smt_oracle.patterns import (
    ACTIONS,
    ANY,
    IPV6,
    NAME_CHARACTERS,
    NAMES_BELOW_PATHS,
    PRINCIPAL_ARN,
    RESOURCE,
    SESSION,
    address_of,
    address_range,
    all_of,
    any_of,
    arn_like,
    concat,
    equals,
    glob,
    instant,
    resource_pattern,
    without_case,
)

Document = Mapping[str, Any]

_ADDRESSES = ("aws:SourceIp", "aws:VpcSourceIp")
_TIMES = ("aws:CurrentTime", "aws:EpochTime")
_NUMBERS = ("app:level",)
_SEVERAL = ("aws:PrincipalOrgPaths",)
_MFA = "aws:MultiFactorAuthPresent"
#: Keys that only callers with an account have.
_OF_MEMBERS = ("aws:PrincipalTag/team", *_SEVERAL, _MFA)
_ENDPOINT = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
_PRIVATE = (
    *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    *("::1/128", "fc00::/7", "fe80::/10"),
    *(f"::ffff:{net}" for net in ("10.0.0.0/104", "100.64.0.0/106", "127.0.0.0/104", "169.254.0.0/112")),
    *(f"::ffff:{net}" for net in ("172.16.0.0/108", "192.168.0.0/112")),
)
#: The first and the last second of the years that dates can have.
_YEARS = (-62_135_596_800, 253_402_300_799)
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
_ORDERS: Mapping[str, Any] = {
    "Equals": lambda one, other: one == other,
    "LessThan": lambda one, other: one < other,
    "LessThanEquals": lambda one, other: one <= other,
    "GreaterThan": lambda one, other: one > other,
    "GreaterThanEquals": lambda one, other: one >= other,
}


class Key(NamedTuple):
    """A context key of a request: whether it is there, and its values, each of which may be there or not."""

    present: Any
    values: Sequence[tuple[Any, Any]]


class Answer(NamedTuple):
    """What z3 says: ``sat`` with the parts of a request, ``unsat``, or ``unknown``."""

    result: str
    request: dict[str, Any] | None = None

    def as_data(self) -> dict[str, Any]:
        """The answer as JSON."""
        return {"result": self.result, **({"request": self.request} if self.request else {})}


class Encoding:
    """The variables of a request, with what holds of every request."""

    def __init__(self, several: int) -> None:
        self.several = several
        self.anonymous = z3.Bool("anonymous")
        self.principal = z3.String("principal")
        self.session = z3.String("session")
        self.action = z3.Int("action")
        self.resource = z3.String("resource")
        self.through_endpoint = z3.Bool("through an endpoint")
        self.time = z3.Real("time")
        self.organization = z3.String("organization")
        self.keys: dict[str, Key] = {}
        self.facts = [
            z3.InRe(self.principal, PRINCIPAL_ARN),
            z3.InRe(self.session, SESSION),
            any_of(self.action == number for number in range(len(ACTIONS))),
            z3.InRe(self.resource, RESOURCE),
            self.time >= _YEARS[0],
            self.time <= _YEARS[1],
        ]

    def key(self, name: str) -> Key:
        """The key of a name, made when a policy first names it."""
        if name not in self.keys:
            self.keys[name] = self._made(name)
        return self.keys[name]

    def _made(self, name: str) -> Key:
        if name in _TIMES:
            if name == "aws:EpochTime":
                self.facts.append(self.time >= 0)
            return Key(z3.BoolVal(val=True), [(z3.BoolVal(val=True), self.time)])
        if name == "aws:PrincipalArn":
            return Key(z3.Not(self.anonymous), [(z3.BoolVal(val=True), self.principal)])
        if name == "aws:PrincipalAccount":
            # GW-22: for actions of execute-api an anonymous caller has no account, not even the text "anonymous".
            return Key(z3.Not(self.anonymous), [(z3.BoolVal(val=True), z3.SubString(self.principal, 13, 12))])
        given = z3.Bool(f"has {name}")
        present = given
        if name in _ENDPOINT:
            present = self.through_endpoint
        elif name == "aws:SourceIp":
            present = z3.Not(self.through_endpoint)
        elif name in _OF_MEMBERS:
            present = z3.And(given, z3.Not(self.anonymous))
        if name in _SEVERAL:
            return Key(present, self._several(name, present))
        return Key(present, [(z3.BoolVal(val=True), self._value(name))])

    def _value(self, name: str) -> Any:
        if name in _ADDRESSES:
            value = z3.Int(name)
            self.facts += [value >= 0, value < IPV6 + 2**128]
            if name == "aws:SourceIp":  # KEY-8
                for private in _PRIVATE:
                    first, last = address_range(private, denies=False)
                    self.facts.append(z3.Or(value < first, value > last))
            return value
        if name in _NUMBERS:
            return z3.Real(name)
        if name == _MFA:
            return z3.Bool(name)
        value = z3.String(name)
        self.facts.append(z3.InRe(value, z3.Star(ANY)))
        return value

    def _several(self, name: str, present: Any) -> list[tuple[Any, Any]]:
        """Values of a key with several, at least one of them; they are paths of one organization (KEY-3)."""
        values = [(z3.Bool(f"{name} {number}?"), z3.String(f"{name} {number}")) for number in range(self.several)]
        self.facts.append(z3.Implies(present, any_of(there for there, _ in values)))
        self.facts.append(z3.InRe(self.organization, z3.Plus(NAME_CHARACTERS)))
        for _, value in values:
            below = z3.PrefixOf(z3.Concat(self.organization, z3.StringVal("/")), value)
            self.facts += [z3.InRe(value, z3.Star(ANY)), z3.Or(value == self.organization, below)]
        return values

    def allowed(self, policy: Document) -> Any:
        """Whether a policy allows the request."""
        statements = policy["Statement"]
        allows = [self._applies(each, denies=False) for each in statements if each["Effect"] == "Allow"]
        denies = [self._applies(each, denies=True) for each in statements if each["Effect"] == "Deny"]
        return z3.And(any_of(allows), z3.Not(any_of(denies)))

    def _applies(self, statement: Document, *, denies: bool) -> Any:
        claims = []
        if "Principal" in statement:
            claims.append(self._named(statement["Principal"]))
        if "NotPrincipal" in statement:
            claims.append(z3.Not(self._exempt(statement["NotPrincipal"])))
        for name in ("Action", "NotAction"):
            if name in statement:
                patterns = [each.lower() for each in statement[name]]
                named = [
                    number for number, each in enumerate(ACTIONS) if any(fnmatchcase(each, one) for one in patterns)
                ]
                matched = any_of(self.action == number for number in named)
                claims.append(z3.Not(matched) if name == "NotAction" else matched)
        for name in ("Resource", "NotResource"):
            if name in statement:
                negated = name == "NotResource"
                wide = denies is not negated
                matched = any_of(self._resource(each, denies=wide) for each in statement[name])
                claims.append(z3.Not(matched) if negated else matched)
        for operator, keys in statement.get("Condition", {}).items():
            claims += [self._condition(operator, key, values, denies=denies) for key, values in keys.items()]
        return all_of(claims)

    def _resource(self, pattern: str, *, denies: bool) -> Any:
        if pattern == "*":  # RES-4
            return z3.BoolVal(val=True)
        return z3.InRe(self.resource, resource_pattern(pattern, denies=denies))

    def _named(self, element: Any) -> Any:
        """Whether Principal names the caller (PRN-1 to PRN-4)."""
        names = ["*"] if element == "*" else element["AWS"]
        if "*" in names:
            return z3.BoolVal(val=True)
        return z3.And(z3.Not(self.anonymous), any_of(self._is(name) for name in names))

    def _is(self, name: str) -> Any:
        """Whether the caller is one whom a name names: an account, a user, a role by its name, or a session."""
        account = _account_of(name)
        if account is not None:
            return z3.PrefixOf(f"arn:aws:iam::{account}:", self.principal)
        if ":assumed-role/" in name:
            before, role, session = _session_of(name)
            return z3.And(self._is_role(before, role), self.session == session)
        if ":role/" in name:
            before, _, path = name.partition(":role/")
            return self._is_role(before, path.rpartition("/")[2])
        return self.principal == name

    def _is_role(self, before: str, role: str) -> Any:
        paths = z3.Option(concat([NAMES_BELOW_PATHS, z3.Re("/")]))
        return z3.InRe(self.principal, concat([z3.Re(f"{before}:role/"), paths, z3.Re(role)]))

    def _exempt(self, element: Any) -> Any:
        """Whether NotPrincipal lists every ARN of the caller (PRN-6)."""
        if element == "*" or "*" in element["AWS"]:
            return z3.BoolVal(val=True)
        names = element["AWS"]
        claims = []
        for account in {each for each in map(_account_of, names) if each is not None}:
            start = f"arn:aws:iam::{account}:"
            whole = [self.principal == f"{start}root"]
            whole += [self.principal == each for each in names if each.startswith(f"{start}user/")]
            sessions = [_session_of(each) for each in names if ":assumed-role/" in each]
            for role in (each for each in names if each.startswith(f"{start}role/")):
                listed = [last for before, name, last in sessions if f"{before}:" == start and _name_of(role) == name]
                whole.append(z3.And(self.principal == role, any_of(self.session == each for each in listed)))
            claims.append(any_of(whole))
        return z3.And(z3.Not(self.anonymous), any_of(claims))

    def _condition(self, operator: str, name: str, values: Sequence[str], *, denies: bool) -> Any:
        key = self.key(name)
        holds = self._holds(operator, name, key, values, denies=denies)
        if name != _MFA:
            return holds
        # KEY-7: a session without the key is read both ways.
        as_false = Key(z3.BoolVal(val=True), [(z3.BoolVal(val=True), z3.BoolVal(val=False))])
        otherwise = self._holds(operator, name, as_false, values, denies=denies)
        is_session = z3.And(z3.Not(self.anonymous), z3.InRe(self.principal, glob("arn:aws:iam::*:role/*")))
        doubtful = z3.And(z3.Not(key.present), is_session)
        return z3.If(doubtful, z3.Or(holds, otherwise) if denies else z3.And(holds, otherwise), holds)

    def _holds(self, operator: str, name: str, key: Key, values: Sequence[str], *, denies: bool) -> Any:
        quantifier, _, base = operator.rpartition(":")
        if_exists = base.endswith("IfExists")
        base = base.removesuffix("IfExists")
        some = z3.And(key.present, any_of(z3.And(there, _not_empty(value)) for there, value in key.values))
        if base == "Null":
            return _null(quantifier, some, values)
        negated = base in _NEGATED
        wide = denies is not negated

        def one(value: Any) -> Any:
            matched = any_of(_matches(base, name, value, each, wide=wide) for each in values)
            return z3.Not(matched) if negated else matched

        if quantifier == "ForAllValues":
            return z3.Or(z3.Not(some), all_of(z3.Implies(there, one(value)) for there, value in key.values))
        if quantifier == "ForAnyValue":
            return z3.And(some, any_of(z3.And(there, one(value)) for there, value in key.values))
        present = any_of(z3.And(there, one(value)) for there, value in key.values)
        if name in _SEVERAL and not denies:  # CND-13
            present = z3.BoolVal(val=False)
        return z3.If(key.present, present, z3.BoolVal(val=negated or if_exists))


def _null(quantifier: str, some: Any, values: Sequence[str]) -> Any:
    if quantifier:
        return z3.BoolVal(val=quantifier == "ForAllValues")
    return any_of(z3.Not(some) if each.lower() == "true" else some for each in values)


def _not_empty(value: Any) -> Any:
    return value != z3.StringVal("") if z3.is_string(value) else z3.BoolVal(val=True)


def _matches(base: str, name: str, value: Any, given: str, *, wide: bool) -> Any:
    """Whether a value of the request matches one of a policy, the operator taken as positive."""
    positive = _NEGATED.get(base, base)
    if positive == "IpAddress":
        first, last = address_range(given, denies=wide)
        return z3.And(value >= first, value <= last)
    if positive == "Bool":
        return value if given.lower() == "true" else z3.Not(value)
    if positive.startswith(("Date", "Numeric")):
        number = instant(given)
        if number is None:
            return z3.BoolVal(val=False)
        order = positive.removeprefix("Date").removeprefix("Numeric")
        return _ORDERS[order](value, z3.RealVal(str(number)))
    if positive == "StringLike":
        return equals(value, given, glob(given))
    if positive.startswith("Arn"):
        return z3.InRe(value, arn_like(given))
    if positive == "StringEqualsIgnoreCase":
        return z3.InRe(value, without_case(given))
    assert positive == "StringEquals", (positive, name)
    return value == z3.StringVal(given)


def _account_of(name: str) -> str | None:
    if len(name) == 12 and name.isdigit():
        return name
    return name.split(":")[4] if name.endswith(":root") else None


def _session_of(name: str) -> tuple[str, str, str]:
    """The beginning of the ARNs of the role's account, the name of the role, and that of the session."""
    _, role, session = name.split("/")
    return f"arn:aws:iam::{name.split(':')[4]}", role, session


def _name_of(role: str) -> str:
    return role.rpartition("/")[2]


def newly_allowed(before: Document, after: Document, *, timeout: int = 0, steps: int = 0) -> Answer:
    """Whether the policy after a change allows a request that the one before it did not.

    Args:
        before: the policy before the change.
        after: the policy after it.
        timeout: milliseconds, after which the answer is ``unknown``; 0 for no limit.
        steps: units of z3's resource limit, after which the answer is ``unknown``; 0 for no limit. They do not depend
            on the machine, so that a second run gives the same answers.
    """
    encoding = Encoding(_most_values(before, after))
    solver = z3.Solver()
    if timeout:
        solver.set("timeout", timeout)
    if steps:
        solver.set("rlimit", steps)
    solver.add(encoding.allowed(after), z3.Not(encoding.allowed(before)))
    solver.add(*encoding.facts)
    result = str(solver.check())
    return Answer(result, _request(encoding, solver.model()) if result == "sat" else None)


def _most_values(*policies: Document) -> int:
    """So many values of one key can be needed: one for each condition."""
    blocks = [block for each in policies for one in each["Statement"] for block in one.get("Condition", {}).values()]
    return max(1, sum(1 for block in blocks for key in block if key in _SEVERAL))


def _request(encoding: Encoding, model: Any) -> dict[str, Any]:
    """The parts of the request that a model stands for."""

    def value(of: Any) -> Any:
        return model.eval(of, model_completion=True)

    def text(of: Any) -> str:
        return str(value(of).as_string())

    context: dict[str, list[str]] = {}
    for name, key in encoding.keys.items():
        if name in ("aws:PrincipalArn", "aws:PrincipalAccount") or not z3.is_true(value(key.present)):
            continue
        values = [each for there, each in key.values if z3.is_true(value(there))]
        context[name] = [_shown(name, value(each)) for each in values]
    return {
        "principal": None if z3.is_true(value(encoding.anonymous)) else text(encoding.principal),
        "session": text(encoding.session),
        "action": ACTIONS[value(encoding.action).as_long()],
        "resource": text(encoding.resource),
        "through_endpoint": z3.is_true(value(encoding.through_endpoint)),
        "context": context,
    }


def _shown(name: str, value: Any) -> str:
    if name in _ADDRESSES:
        return address_of(value.as_long())
    if name in _TIMES or name in _NUMBERS:
        return _decimal(value.as_fraction())
    return ("true" if z3.is_true(value) else "false") if name == _MFA else str(value.as_string())


def _decimal(number: Any) -> str:
    """A fraction as a decimal number, exact where that is possible."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.9f}".rstrip("0")
