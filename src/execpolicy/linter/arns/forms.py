"""Rules of the family ARN about what is called: stage, method and path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.language.arn import SHORT_FORM
from execpolicy.linter.arns.entries import (
    COMPLETED,
    Entry,
    entries,
    identity_example,
    is_open,
    patterns,
    resource_example,
)
from execpolicy.linter.arns.pattern import METHODS, PatternField, read_api_pattern
from execpolicy.linter.arns.requests import show_no_match, show_other_method
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Fix
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_PARAMETER: Final = re.compile(r"(?<!\$)\{[^{}/*?]*\}")
_QUERY: Final = re.compile(r"\?[^/?=&*]*=.*")
_URL: Final = re.compile(r"(?:https?|wss?)://[^/]*")
#: The part of an API's host after its id, which ends the characters before it: a search for those would be quadratic.
_HOST: Final = re.compile(r"\.execute-api\.[a-z0-9-]+\.amazonaws\.[a-z.]+")
_LONGEST_ID: Final = 63
_ID_AT_END: Final = re.compile(rf"[a-z0-9-]{{1,{_LONGEST_ID}}}\Z")
#: The fields of an ARN before that of the resource.
_FIELDS_BEFORE: Final = 5

PATH_PARAMETER = Rule(
    id="EP-ARN-001",
    name="path-parameter-in-arn",
    severity=Severity.ERROR,
    title="An entry of Resource names a path parameter in braces.",
    why="A policy is matched against the path of the request. `{id}` stands for these four characters, which no "
    "ordinary request has, so the entry matches no call.",
    fix="write * in place of the parameter",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/GET/orders/{id}", "{id}"),
    good=resource_example("execute-api:/prod/GET/orders/*"),
    semantics=("GW-2",),
)


def _path_parameters(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        for match in _PARAMETER.finditer(pattern.path.text if pattern.path is not None else ""):
            assert pattern.path is not None, "the parameter is in the path"
            part = PatternField(match.group(), pattern.path.start + match.start())
            message = f"{part.text} matches these characters only, not a value, {entry.consequence}"
            yield entry.result(message, part, "*")


METHOD_CASE = Rule(
    id="EP-ARN-003",
    name="method-in-lower-case",
    severity=Severity.ERROR,
    title="The method of an entry of Resource is not in upper case.",
    why="The ARN of a call has the method in upper case, and the comparison regards case.",
    fix="write the method in upper case",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/get/orders", "get"),
    good=resource_example("execute-api:/prod/GET/orders"),
    semantics=("GW-1", "RES-7"),
)


def _methods_in_wrong_case(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        method = pattern.method
        if method is not None and method.text not in METHODS and method.text.upper() in METHODS:
            message = f"no call has the method {method.text} in this case, {entry.consequence_of(method)}"
            yield entry.result(message, method, method.text.upper())


UNKNOWN_METHOD = Rule(
    id="EP-ARN-004",
    name="unknown-method",
    severity=Severity.ERROR,
    title="The method of an entry of Resource is no HTTP method.",
    why="The ARN of a call has the method of the request. ANY is the name of a route that takes every method: no "
    "request has it.",
    fix="write a method such as GET, or * for all of them",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/ANY/orders", "ANY"),
    good=resource_example("execute-api:/prod/*/orders"),
    semantics=("GW-1",),
)


def _unknown_methods(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        method = pattern.method
        # Without a path it can be the route key of a WebSocket API.
        if method is None or pattern.path is None or is_open(method) or not method.text:
            continue
        if method.text.upper() not in METHODS and not method.text.startswith(("$", "@")):
            message = f"no call has the method {method.text}, {entry.consequence_of(method)}"
            yield entry.result(message, method, "*" if method.text.upper() == "ANY" else None)


MISSING_PATH = Rule(
    id="EP-ARN-005",
    name="method-without-path",
    severity=Severity.ERROR,
    title="An entry of Resource ends after the method.",
    why="The ARN of every call has a slash and the path after the method: that of the root is `GET/`.",
    fix="add the path, or /* for every path",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/GET", "GET"),
    good=resource_example("execute-api:/prod/GET/*"),
    semantics=("GW-3",),
)


def _missing_paths(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        method = pattern.method
        if method is not None and pattern.path is None and method.text in METHODS:
            message = f"the ARN of every call goes on after {method.text}, {entry.consequence_of(method)}"
            yield entry.result(message, method, f"{method.text}/*")


MISSING_METHOD = Rule(
    id="EP-ARN-006",
    name="api-without-methods",
    severity=Severity.ERROR,
    title="An entry of Resource ends before the method.",
    why="The ARN of a call has the stage, the method and the path after the API id. An entry that ends before them "
    "matches no call; some samples of AWS end so.",
    fix="add /* at the end",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod", "prod"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/*"),
    semantics=("GW-8",),
    issue_code="INVALID_ARN_RESOURCE",
)


def _missing_methods(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        last = next((field for field in (pattern.method, pattern.stage, pattern.api) if field is not None), None)
        if last is None or pattern.path is not None or "*" in entry.text.value.rpartition(":")[2] or is_open(last):
            continue
        if pattern.method is None or not last.text:
            shown = last if last.text else None
            whole = entry.text.value.rstrip("/")
            found = entry.result(f"the ARN of every call goes on after this, {entry.consequence}", shown)
            end = PatternField("", len(entry.text.value))
            yield found._replace(fix=entry.fix(end, "*" if whole != entry.text.value else "/*"))


SHORT_FORM_WITHOUT_SLASH = Rule(
    id="EP-ARN-008",
    name="short-form-without-slash",
    severity=Severity.ERROR,
    title="A short form has no slash after `execute-api:`.",
    why="API Gateway completes `execute-api:/…` with the ARN of the API. Without the slash the text is stored as it "
    "is, and matches no call.",
    fix="write execute-api:/",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:*", "execute-api:"),
    good=resource_example("execute-api:/*"),
    semantics=("GW-7",),
)


def _short_forms_without_slash(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry in entries(subject):
        if entry.text.value.startswith("execute-api:") and not entry.text.value.startswith("execute-api:/"):
            message = f"without a slash this text is not completed with the ARN of the API, {entry.consequence}"
            found = entry.result(message, PatternField("execute-api:", 0))
            # In other kinds of policies a short form with a slash matches nothing either.
            is_meant = subject.policy.kind in COMPLETED and _names_path(f"{SHORT_FORM}{entry.text.value[12:]}")
            yield found._replace(fix=entry.fix(PatternField("execute-api:", 0), SHORT_FORM) if is_meant else None)


def _names_path(text: str) -> bool:
    """Whether an entry names what is called to its end, or ends with a wildcard."""
    pattern = read_api_pattern(text)
    return pattern is not None and (pattern.path is not None or text.endswith("*"))


SHORT_FORM_ELSEWHERE = Rule(
    id="EP-ARN-009",
    name="short-form-outside-resource-policy",
    severity=Severity.ERROR,
    title="A short form stands in a policy that is not attached to an API.",
    why="Only API Gateway completes `execute-api:/…`, in resource policies of APIs and of private custom domains. In "
    "any other policy it matches no call.",
    fix="write the whole ARN, such as arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH",
    bad=identity_example("execute-api:/prod/GET/orders", "execute-api:/prod/GET/orders"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"),
    semantics=("GW-7",),
    issue_code="INVALID_ARN_PREFIX",
)


def _short_forms_elsewhere(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind in COMPLETED:
        return
    for entry in entries(subject):
        if entry.text.value.startswith("execute-api:/"):
            kind = subject.policy.kind.value
            yield entry.result(f"a short form is not completed in a policy of the kind {kind}, {entry.consequence}")


URL_IN_ARN = Rule(
    id="EP-ARN-010",
    name="url-in-resource",
    severity=Severity.ERROR,
    title="An entry of Resource contains a URL or the host of an API.",
    why="Resource is matched against the ARN of the call, which has the id of the API and no host.",
    fix="write the ARN: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example(
        "arn:aws:execute-api:eu-west-1:111122223333:https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/*",
        "https://a1b2c3.execute-api.eu-west-1.amazonaws.com",
    ),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/*"),
    semantics=("GW-1",),
    issue_code="INVALID_ARN_RESOURCE",
)


def _urls(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry in entries(subject):
        part = _host_in(entry.text.value)
        if part is not None:
            found = entry.result(f"no ARN of a call contains a host, {entry.consequence}", part)
            yield found._replace(fix=_without_host(entry, part))


def _without_host(entry: Entry, part: PatternField) -> Fix | None:
    """The fix that writes the id of the API in place of its host, where an ARN has its id."""
    *before, last = entry.fields
    host = _HOST.search(part.text)
    api = _id_before(part.text, host.start()) if host is not None else None
    if api is None or len(before) != _FIELDS_BEFORE or last.start != part.start:
        return None
    rest = entry.text.value[part.end :]
    return entry.fix(part, api.group()) if _names_path(f"{SHORT_FORM}{rest.removeprefix('/')}") else None


def _host_in(text: str) -> PatternField | None:
    """The first URL in a text, or the host of an API."""
    match = _URL.search(text)
    if match is not None:
        return PatternField(match.group(), match.start())
    match = _HOST.search(text)
    before = _id_before(text, match.start()) if match is not None else None
    if match is None or before is None:
        return None
    return PatternField(before.group() + match.group(), before.start())


def _id_before(text: str, end: int) -> re.Match[str] | None:
    return _ID_AT_END.search(text, max(0, end - _LONGEST_ID), end)


QUERY_IN_ARN = Rule(
    id="EP-ARN-011",
    name="query-in-resource",
    severity=Severity.ERROR,
    title="The path of an entry of Resource contains a query.",
    why="The query string is not a part of the ARN of a call. `?` is a wildcard here: it stands for one character.",
    fix="remove the query; a policy cannot compare query parameters",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/GET/orders?state=open", "?state=open"),
    good=resource_example("execute-api:/prod/GET/orders"),
    semantics=("GW-2",),
)


def _queries(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        match = _QUERY.search(pattern.path.text) if pattern.path is not None else None
        if match is not None and pattern.path is not None:
            part = PatternField(match.group(), pattern.path.start + match.start())
            yield entry.result(f"the ARN of a call has no query, {entry.consequence}", part, "")


API_TWICE = Rule(
    id="EP-ARN-012",
    name="api-id-twice",
    severity=Severity.ERROR,
    title="The API id of an entry of Resource stands in place of the stage too.",
    why="The stage follows the API id: an entry with the id twice matches calls of a stage with that name.",
    fix="write the id once",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/a1b2c3d4e5/prod/*", "a1b2c3d4e5/"),
    good=identity_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/*"),
    semantics=("GW-1",),
)


def _api_ids_twice(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        api, stage = pattern.api, pattern.stage
        if api is None or stage is None or is_open(api) or api.text != stage.text or pattern.method is None:
            continue
        part = PatternField(f"{stage.text}/", stage.start)
        yield entry.result(f"the stage of this entry is {stage.text}, the id of the API", part, "")


WILDCARD_ACROSS = Rule(
    id="EP-ARN-013",
    name="wildcard-reaches-other-methods",
    severity=Severity.SUGGESTION,
    title="A wildcard in place of the stage lets an entry match other methods.",
    why="`*` matches slashes too: `*/GET/*` also matches `prod/DELETE/files/GET/a`, a call with DELETE whose path has "
    "a segment GET. That matters where a route has a path parameter that takes any segment.",
    fix="name the stage, or deny the other methods",
    bad=resource_example("execute-api:/*/GET/*", "*/GET"),
    good=resource_example("execute-api:/prod/GET/*"),
    semantics=("RES-2", "GW-1"),
)


def _wildcards_across(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        stage, method, path = pattern.stage, pattern.method, pattern.path
        if stage is None or method is None or path is None or not entry.grants:
            continue
        if stage.text.endswith("*") and method.text in METHODS:
            other = "DELETE" if method.text != "DELETE" else "PUT"
            example = f"{other} …/{method.text}/{path.text.replace('*', '…')}"
            part = PatternField(f"*/{method.text}", stage.end - 1)
            yield entry.result(f"this entry also matches {example}, because * matches slashes", part)


#: One line for each rule.
CHECKS = (
    PolicyCheck(PATH_PARAMETER, _path_parameters, show_no_match),
    PolicyCheck(METHOD_CASE, _methods_in_wrong_case, show_no_match),
    PolicyCheck(UNKNOWN_METHOD, _unknown_methods, show_no_match),
    PolicyCheck(MISSING_PATH, _missing_paths, show_no_match),
    PolicyCheck(MISSING_METHOD, _missing_methods, show_no_match),
    PolicyCheck(SHORT_FORM_WITHOUT_SLASH, _short_forms_without_slash, show_no_match),
    PolicyCheck(SHORT_FORM_ELSEWHERE, _short_forms_elsewhere, show_no_match),
    PolicyCheck(URL_IN_ARN, _urls, show_no_match),
    PolicyCheck(QUERY_IN_ARN, _queries, show_no_match),
    PolicyCheck(API_TWICE, _api_ids_twice, show_no_match),
    PolicyCheck(WILDCARD_ACROSS, _wildcards_across, show_other_method),
)
