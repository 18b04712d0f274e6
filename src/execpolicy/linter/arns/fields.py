"""Rules of the family ARN about the first five fields: prefix, partition, service, region and account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from execpolicy.gateway.arn.execute_api_arn import PARTITIONS, partition_of
from execpolicy.linter.arns.entries import Entry, entries, identity_example, resource_example
from execpolicy.linter.arns.pattern import PatternField
from execpolicy.linter.arns.requests import show_no_match
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.documents.actions import is_like_execute_api
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]")
_OPEN: Final = re.compile(r"[*?]|\$\{")


class _Fields(NamedTuple):
    """The fields of an entry that is written as an ARN; a field that is missing is None."""

    partition: PatternField
    service: PatternField | None
    region: PatternField | None
    account: PatternField | None
    resource: PatternField | None


def _arns(subject: PolicySubject) -> tuple[tuple[Entry, _Fields], ...]:
    """The entries that begin as an ARN, with their fields."""
    return subject.once(_read_arns)


def _read_arns(subject: PolicySubject) -> tuple[tuple[Entry, _Fields], ...]:
    return tuple(_with_fields(entries(subject)))


def _with_fields(found: Iterable[Entry]) -> Iterator[tuple[Entry, _Fields]]:
    for entry in found:
        prefix, *fields = entry.fields
        if prefix.text == "arn" and fields:
            filled: list[PatternField | None] = [*fields, None, None, None, None]
            yield entry, _Fields(fields[0], *filled[1:5])


def _is_call(fields: _Fields) -> bool:
    return fields.service is not None and fields.service.text == "execute-api"


NO_ARN = Rule(
    id="EP-ARN-020",
    name="resource-is-no-arn",
    severity=Severity.ERROR,
    title="An entry of Resource is neither an ARN nor `*`.",
    why="Resource is matched against the ARN of the call, which begins with `arn:`.",
    fix="write the whole ARN, or * for every resource",
    bad=identity_example("a1b2c3/prod/GET/orders", "a1b2c3/prod/GET/orders"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"),
    semantics=("RES-2",),
    issue_code="INVALID_ARN_PREFIX",
)


def _no_arns(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry in entries(subject):
        text = entry.text.value
        if not text.startswith(("arn:", "execute-api:", "*", "${", "?")):
            yield entry.result(f"the ARN of every call begins with arn:, {entry.consequence}")


MISSING_FIELD = Rule(
    id="EP-ARN-021",
    name="arn-field-missing",
    severity=Severity.ERROR,
    title="An ARN in Resource has fewer than six fields.",
    why="AWS completes such an ARN in an identity policy, and refuses it in others. The missing fields match "
    "everything, or the entry matches nothing, by the kind of policy.",
    fix="write all six fields: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH",
    bad=resource_example("arn:aws:execute-api:eu-west-1:a1b2c3/*", "arn:aws:execute-api:eu-west-1:a1b2c3/*"),
    good=resource_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("RES-2",),
    issue_code="MISSING_ARN_FIELD",
)


def _missing_fields(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, fields in _arns(subject):
        text = entry.text.value
        # arn:aws:execute-api:* is every API.
        if fields.resource is None and not text.endswith(":*"):
            yield entry.result(f"this ARN has {text.count(':') + 1} fields, and an ARN has six")


MISSING_REGION = Rule(
    id="EP-ARN-022",
    name="region-missing",
    severity=Severity.ERROR,
    title="The region of an ARN in Resource is empty.",
    why="The ARN of a call has a region, so an entry without one matches no call.",
    fix="write the region, or *",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:execute-api::111122223333:a1b2c3/*", "arn:aws:execute-api::111122223333:a1b2c3/*"),
    good=identity_example("arn:aws:execute-api:*:111122223333:a1b2c3/*"),
    semantics=("GW-1",),
    issue_code="MISSING_ARN_REGION",
)


def _missing_regions(subject: PolicySubject) -> Iterator[CheckResult]:
    return _empty(subject, "region", "a region")


def _empty(subject: PolicySubject, name: str, shown: str) -> Iterator[CheckResult]:
    """The entries for calls in which a field is empty."""
    for entry, fields in _arns(subject):
        field: PatternField | None = getattr(fields, name)
        if fields.resource is not None and _is_call(fields) and field is not None and not field.text:
            found = entry.result(f"the ARN of every call has {shown}, {entry.consequence}")
            yield found._replace(fix=entry.fix(field, "*"))


MISSING_ACCOUNT = Rule(
    id="EP-ARN-023",
    name="account-missing",
    severity=Severity.ERROR,
    title="The account of an ARN in Resource is empty.",
    why="The ARN of a call has the account of the API, so an entry without one matches no call.",
    fix="write the account, or *",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:execute-api:eu-west-1::a1b2c3/*", "arn:aws:execute-api:eu-west-1::a1b2c3/*"),
    good=identity_example("arn:aws:execute-api:eu-west-1:*:a1b2c3/*"),
    semantics=("GW-1",),
    issue_code="MISSING_ARN_ACCOUNT",
)


def _missing_accounts(subject: PolicySubject) -> Iterator[CheckResult]:
    return _empty(subject, "account", "an account")


INVALID_ACCOUNT = Rule(
    id="EP-ARN-024",
    name="account-is-no-account",
    severity=Severity.ERROR,
    title="The account of an ARN in Resource does not have twelve digits.",
    why="An account is twelve digits. An entry with another text matches no call.",
    fix="write the twelve digits of the account",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:execute-api:eu-west-1:1111-2222-3333:a1b2c3/*", "1111-2222-3333"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("GW-1",),
    issue_code="INVALID_ARN_ACCOUNT",
)


def _invalid_accounts(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, fields in _arns(subject):
        account = fields.account
        if fields.resource is None or account is None or not account.text or _OPEN.search(account.text):
            continue
        if _ACCOUNT.fullmatch(account.text) is None:
            message = f"{account.text} is not the twelve digits of an account, {entry.consequence}"
            digits = re.sub(r"[ _-]", "", account.text)
            yield entry.result(message, account, digits if _ACCOUNT.fullmatch(digits) else None)


INVALID_REGION = Rule(
    id="EP-ARN-025",
    name="region-is-no-region",
    severity=Severity.ERROR,
    title="The region of an ARN in Resource does not exist, or belongs to another partition.",
    why="Each region belongs to one partition. An entry with another text, or with the region of another partition, "
    "matches no call.",
    fix="write a region of the partition, such as eu-west-1 of aws",
    bad=identity_example("arn:aws-cn:execute-api:eu-west-1:111122223333:a1b2c3/*", "eu-west-1"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("GW-9",),
    issue_code="INVALID_ARN_REGION",
)


def _invalid_regions(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, fields in _arns(subject):
        region, partition = fields.region, fields.partition.text
        if fields.resource is None or region is None or not region.text or _OPEN.search(region.text):
            continue
        if _REGION.fullmatch(region.text) is None:
            yield entry.result(f"{region.text} is no region, {entry.consequence}", region)
        elif partition in PARTITIONS and partition_of(region.text) != partition:
            message = f"{region.text} is a region of {partition_of(region.text)}, not of {partition}"
            yield entry.result(f"{message}, {entry.consequence}", region)


INVALID_PARTITION = Rule(
    id="EP-ARN-026",
    name="partition-is-no-partition",
    severity=Severity.ERROR,
    title="The partition of an ARN in Resource does not exist.",
    why="The partitions are aws, aws-cn, aws-us-gov and some that few can use. An entry with another one "
    "matches no call.",
    fix="write aws, or the partition of the region",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:amazon:execute-api:eu-west-1:111122223333:a1b2c3/*", "amazon"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("GW-9", "RES-3"),
    issue_code="INVALID_PARTITION",
)


def _invalid_partitions(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, fields in _arns(subject):
        partition = fields.partition
        if partition.text not in PARTITIONS and not _OPEN.search(partition.text):
            message = f"there is no partition {partition.text or '(empty)'}, {entry.consequence}"
            is_region = fields.region is not None and _REGION.fullmatch(fields.region.text)
            meant = partition_of(fields.region.text) if fields.region is not None and is_region else None
            yield entry.result(message, partition, meant)


SERVICE_CASE = Rule(
    id="EP-ARN-027",
    name="service-in-wrong-case",
    severity=Severity.ERROR,
    title="The service of an ARN in Resource is not in lower case.",
    why="The ARN of a call has execute-api in lower case, and the comparison regards case.",
    fix="write execute-api",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:Execute-API:eu-west-1:111122223333:a1b2c3/*", "Execute-API"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("GW-1", "RES-7"),
    issue_code="INVALID_ARN_SERVICE_CASE",
)


def _services_in_wrong_case(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, fields in _arns(subject):
        service = fields.service
        if service is not None and service.text != "execute-api" and service.text.lower() == "execute-api":
            message = f"no call has the service {service.text} in this case, {entry.consequence}"
            yield entry.result(message, service, "execute-api")


SERVICE_WILDCARD = Rule(
    id="EP-ARN-028",
    name="wildcard-in-service",
    severity=Severity.SUGGESTION,
    title="The service of an ARN in Resource has a wildcard.",
    why="AWS does not save a wildcard in the service of an ARN in every policy, and it matches other services too.",
    fix="write execute-api",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:exec*:eu-west-1:111122223333:a1b2c3/*", "exec*"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("RES-3",),
    issue_code="WILDCARD_IN_SERVICE_NAME",
)


def _services_with_wildcard(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, fields in _arns(subject):
        service = fields.service
        if service is not None and service.text != "*" and re.search(r"[*?]", service.text):
            yield entry.result("a wildcard in the service matches other services too", service, "execute-api")


OTHER_SERVICE = Rule(
    id="EP-ARN-029",
    name="resource-of-another-service",
    severity=Severity.ERROR,
    title="An entry of Resource beside actions of execute-api names a resource of another service.",
    why="Calls have ARNs of the service execute-api. Those of `apigateway` name an API as a thing to manage.",
    fix="write an ARN of execute-api: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH",
    bad=resource_example("arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/*", "apigateway"),
    good=resource_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("GW-1",),
    issue_code="UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
)


def _named_services(subject: PolicySubject) -> Iterator[tuple[Entry, PatternField]]:
    """The services of ARNs other than execute-api."""
    for entry, fields in _arns(subject):
        service = fields.service
        if service is not None and not _OPEN.search(service.text) and service.text.lower() != "execute-api":
            yield entry, service


def _other_services(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, service in _named_services(subject):
        if is_like_execute_api(service.text):
            continue
        yield entry.result(f"no call has an ARN of the service {service.text}, {entry.consequence}", service)


MISSPELLED_SERVICE = Rule(
    id="EP-ARN-030",
    name="misspelled-service-in-arn",
    severity=Severity.ERROR,
    title="The service of an ARN in Resource is nearly execute-api.",
    why="No service has this name, so the entry matches no call.",
    fix="write execute-api",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:executeapi:eu-west-1:111122223333:a1b2c3/*", "executeapi"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"),
    semantics=("GW-1",),
    issue_code="INVALID_SERVICE",
)


def _misspelled_services(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, service in _named_services(subject):
        if is_like_execute_api(service.text):
            message = f"there is no service {service.text}, {entry.consequence}"
            yield entry.result(message, service, "execute-api")


#: One line for each rule.
CHECKS = (
    PolicyCheck(NO_ARN, _no_arns, show_no_match),
    PolicyCheck(MISSING_FIELD, _missing_fields),
    PolicyCheck(MISSING_REGION, _missing_regions, show_no_match),
    PolicyCheck(MISSING_ACCOUNT, _missing_accounts, show_no_match),
    PolicyCheck(INVALID_ACCOUNT, _invalid_accounts, show_no_match),
    PolicyCheck(INVALID_REGION, _invalid_regions, show_no_match),
    PolicyCheck(INVALID_PARTITION, _invalid_partitions, show_no_match),
    PolicyCheck(SERVICE_CASE, _services_in_wrong_case, show_no_match),
    PolicyCheck(SERVICE_WILDCARD, _services_with_wildcard),
    PolicyCheck(OTHER_SERVICE, _other_services, show_no_match),
    PolicyCheck(MISSPELLED_SERVICE, _misspelled_services, show_no_match),
)
