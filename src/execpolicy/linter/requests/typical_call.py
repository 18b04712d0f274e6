"""A typical call that a statement is about: who calls, what is called, and with which condition keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import PrincipalEntry, Statement
from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.explain.condition_value import value_for
from execpolicy.gateway.arn.execute_api_arn import PARTITIONS, partition_of
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.language.context_keys import CALLER_KEYS, RESOURCE_KEYS, ExecuteApi, find_context_key
from execpolicy.linter.arns.pattern import fields_of
from execpolicy.linter.subject import PolicySubject

#: An address that is in no list of known callers, and one of a VPC.
PUBLIC_ADDRESS: Final = "198.51.100.250"
PRIVATE_ADDRESS: Final = "10.0.0.250"
SOME_VPCE: Final = "vpce-0123456789abcdef0"
SOME_VPC: Final = "vpc-0123456789abcdef0"
_ACCOUNT, _REGION, _API = "111122223333", "eu-west-1", "a1b2c3d4e5"
_METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_ENDPOINT_KEYS: Final = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")
_SOURCE_IP: Final = "aws:sourceip"
#: Values of keys that calls have, by the names in lower case.
TYPICAL_VALUES: Final = {
    _SOURCE_IP: PUBLIC_ADDRESS,
    "aws:sourcevpce": SOME_VPCE,
    "aws:sourcevpc": SOME_VPC,
    "aws:vpcsourceip": PRIVATE_ADDRESS,
    "aws:multifactorauthpresent": "true",
    "aws:multifactorauthage": "60",
    "aws:securetransport": "true",
    "aws:currenttime": "2027-01-01T00:00:00Z",
}
_PARAMETER: Final = re.compile(r"\{[^{}/]*\}")
_URL: Final = re.compile(r"(?:https?|wss?)://[^/]*")
_HOST: Final = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.[a-z.]+")


class TypicalCall(NamedTuple):
    """A call: who makes it, to what, and its condition keys."""

    caller: str
    resource: str
    context: Mapping[str, str]


def typical_call(
    subject: PolicySubject,
    compiled: CompiledStatement,
    *,
    resource: str = "",
    without: Collection[str] = (),
    values: Mapping[str, str] | None = None,
) -> TypicalCall | None:
    """A call that a statement is about; None if the statement names nobody or nothing that can be written.

    Args:
        subject: the policy.
        compiled: the statement.
        resource: what is called; by default what the first entry of Resource stands for.
        without: the names in lower case of keys that the call does not have.
        values: the values of some keys, by their names as they are written.
    """
    caller = _caller(subject, compiled, without)
    called = resource or _resource(subject, compiled.statement)
    if not caller or not called:
        return None
    context = dict(_context(compiled, without))
    given = {**context, **(values or {})}
    names = {key.lower() for key in given}
    if not names.intersection((*_ENDPOINT_KEYS, _SOURCE_IP)):
        if _only_through_endpoints(subject) and "aws:sourcevpce" not in without:
            given["aws:SourceVpce"] = SOME_VPCE
        elif _SOURCE_IP not in without and subject.once(_compares_source_ip):
            given["aws:SourceIp"] = PUBLIC_ADDRESS
    return TypicalCall(caller, called, given)


def _only_through_endpoints(subject: PolicySubject) -> bool:
    of_private_api = subject.api is not None and subject.api.is_private
    return of_private_api or subject.policy.kind is PolicyKind.VPC_ENDPOINT


def _compares_source_ip(subject: PolicySubject) -> bool:
    conditions = (each for compiled in subject.statements for each in compiled.statement.conditions)
    return any(each.key.value.lower() == _SOURCE_IP for each in conditions)


def _context(compiled: CompiledStatement, without: Collection[str]) -> Iterator[tuple[str, str]]:
    """The values with which the conditions of a statement hold, except those that follow from caller and resource."""
    for occurrence in compiled.occurrences:
        clause = occurrence.clause
        if not isinstance(clause, ConditionClause):
            continue
        key = clause.condition.key
        record = find_context_key(key)
        if key in without or key in CALLER_KEYS or key in RESOURCE_KEYS:
            continue
        if record is None or record.execute_api is ExecuteApi.NEVER:
            continue
        value = value_for(clause, holds=True)
        if value is None and clause.operator.base == "Null" and "false" in clause.values:
            value = TYPICAL_VALUES.get(key)
        if value and value.isprintable():
            yield occurrence.key, value


def _caller(subject: PolicySubject, compiled: CompiledStatement, without: Collection[str]) -> str:
    """Who calls: one whom the statement names."""
    statement = compiled.statement
    account = subject.api.account if subject.api is not None else _account_of(statement)
    named = _named_by_conditions(compiled)
    principal = statement.principal
    if principal is None:
        default = "assumed-role" if subject.policy.kind is PolicyKind.SESSION else ""
        return named or (_session(account, "app") if default else _user(account))
    if principal.negated:
        return _user("999999999999")
    entries = [entry for entry in principal.entries if not has_unknown(entry.text.value)]
    if any(entry.text.value == "*" for entry in entries):
        if named:
            return named
        signed = any(_is_of_callers(each.key.value) for each in statement.conditions) and not _lacks_caller(without)
        return _user(account) if signed else "anonymous"
    return next(filter(None, (caller_of(entry) for entry in entries)), "")


def _lacks_caller(without: Collection[str]) -> bool:
    """Whether a call is anonymous because it lacks a key of the caller."""
    return any(key in CALLER_KEYS or _is_of_callers(key) for key in without)


def _is_of_callers(key: str) -> bool:
    record = find_context_key(key)
    return record is not None and record.execute_api is ExecuteApi.AWS_IAM


def _named_by_conditions(compiled: CompiledStatement) -> str:
    """The caller whose ARN a condition asks for."""
    for occurrence in compiled.occurrences:
        clause = occurrence.clause
        if not isinstance(clause, ConditionClause) or clause.condition.key != "aws:principalarn":
            continue
        found = value_for(clause, holds=True) or ""
        fields = found.split(":")
        if len(fields) == 6 and fields[2] == "iam" and re.fullmatch("[0-9]{12}", fields[4]):
            kind, _, name = fields[5].partition("/")
            if kind in ("role", "user") and name:
                last = name.rpartition("/")[2]
                return _session(fields[4], last) if kind == "role" else found
    return ""


def _user(account: str) -> str:
    return f"arn:aws:iam::{account}:user/ann"


def _session(account: str, role: str) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role}/session"


def caller_of(entry: PrincipalEntry) -> str:
    """A caller whom an entry of Principal names; the empty text for an entry of another form."""
    text = entry.text.value
    if entry.type == "Service":
        return text
    if entry.type != "AWS":
        return ""
    if re.fullmatch("[0-9]{12}", text):
        return _user(text)
    fields = text.split(":")
    if len(fields) != 6 or not re.fullmatch("[0-9]{12}", fields[4]):
        return ""
    kind, _, name = fields[5].partition("/")
    if kind == "root":
        return _user(fields[4])
    if kind == "role" and name:
        return _session(fields[4], name.rpartition("/")[2])
    return text if kind in ("user", "assumed-role") and "/" not in name.partition("/")[2] else ""


def _account_of(statement: Statement) -> str:
    """The account of the APIs that a statement names."""
    for text in statement.resource.values:
        fields = fields_of(text.value)
        if len(fields) == 6 and re.fullmatch("[0-9]{12}", fields[4].text):
            return fields[4].text
    return _ACCOUNT


def _resource(subject: PolicySubject, statement: Statement) -> str:
    if statement.resource.negated:
        return meant_resource("*", subject.api, _account_of(statement))
    for text in statement.resource.values:
        found = meant_resource(text.value, subject.api, _account_of(statement))
        if found:
            return found
    return ""


def meant_resource(text: str, api: ApiDefinition | None, account: str = _ACCOUNT) -> str:
    """The ARN of a call that an entry of Resource is meant for, where the entry may be written wrongly.

    Returns:
        The ARN; the empty text for an entry with unknown values or variables, or of a private custom domain.

    >>> meant_resource("execute-api:/prod/get//orders/{id}", None)
    'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/7'
    """
    if has_unknown(text) or "${" in text or "/domainnames/" in text or not text.isprintable():
        return ""
    region, api_id, stage = _REGION, _API, "prod"
    if api is not None:
        region, account, api_id, stage = api.region, api.account, api.id, api.stage.name
    fields = fields_of(text)
    rest = fields[-1].text
    if text.startswith("execute-api:"):
        rest = f"{api_id}/{text.removeprefix('execute-api:').lstrip('/')}"
    elif len(fields) >= 4 and fields[2].text == "apigateway":
        rest = api_id
    elif len(fields) >= 4 and fields[0].text == "arn" and api is None:
        written = next((field.text for field in fields[3:-1] if _is_region(field.text, fields[1].text)), "")
        region = written or region
    rest = _HOST.sub(r"\1", _URL.sub(lambda match: match.group().partition("://")[2], rest)).partition("?")[0]
    parts = rest.split("/")
    if api is None and re.fullmatch("[a-z0-9]+", parts[0]):
        api_id = parts[0]
    if len(parts) > 2 and parts[1] == parts[0] == api_id:
        del parts[1]
    called = _called(parts[1:], stage if api is not None else "")
    return f"arn:{partition_of(region)}:execute-api:{region}:{account}:{api_id}/{called}"


def _is_region(text: str, partition: str) -> bool:
    known = re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", text) is not None
    return known and (partition not in PARTITIONS or partition_of(text) == partition)


def _called(parts: list[str], own_stage: str) -> str:
    """Stage, method and path of a call, without wildcards and braces."""
    if parts and parts[0].upper() in _METHODS:
        parts = ["*", *parts]
    stage = own_stage or (_plain(parts[0], "prod") if parts else "prod")
    method = parts[1].upper() if len(parts) > 1 else ""
    path = "/".join(parts[2:]).strip("/")
    return f"{stage}/{method if method in _METHODS else 'GET'}/{_plain(_PARAMETER.sub('7', path), 'x') if path else ''}"


def _plain(text: str, default: str) -> str:
    """A text that a pattern matches."""
    if not text or set(text) <= {"*"}:
        return default
    return text.replace("*", "x").replace("?", "x")
