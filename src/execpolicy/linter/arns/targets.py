"""Rules of the family ARN about policies of an API that is known: entries that name another API, stage or place."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.wording import listed, nearest
from execpolicy.gateway.arn.execute_api_arn import partition_of
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.unknown_part import Concern
from execpolicy.language.arn import SHORT_FORM
from execpolicy.linter.arns.entries import Entry, all_patterns, is_open
from execpolicy.linter.arns.pattern import ApiPattern, PatternField
from execpolicy.linter.arns.requests import show_no_match
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Fix
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject


def _api_example(resource: str, underlined: str = "") -> RuleExample:
    """An API file whose resource policy has one entry."""
    text = f"""schema: execpolicy/api/1
id: a1b2c3d4e5
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod]
routes:
  GET /orders: {{auth: AWS_IAM}}
resource_policy:
  Version: "2012-10-17"
  Statement:
    Effect: Deny
    Principal: "*"
    Action: execute-api:Invoke
    Resource: {resource}
"""
    return RuleExample(text, "", underlined)


def _of_api(subject: PolicySubject) -> Iterator[tuple[Entry, ApiPattern, ApiDefinition]]:
    if subject.api is not None:
        for entry, pattern in all_patterns(subject):
            yield entry, pattern, subject.api


OTHER_PLACE = Rule(
    id="EP-ARN-040",
    name="resource-of-another-place",
    severity=Severity.ERROR,
    title="An entry of an API's policy names another partition, region or account.",
    why="The policy applies to calls of its own API only. An entry for another place matches none of them.",
    fix="write the place of the API, or use the short form execute-api:/STAGE/METHOD/PATH",
    fix_safety=FixSafety.UNSAFE,
    bad=_api_example("arn:aws:execute-api:eu-west-1:444455556666:a1b2c3d4e5/*", "444455556666"),
    good=_api_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*"),
    semantics=("GW-1", "GW-9"),
)


def _other_places(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern, api in _of_api(subject):
        if not pattern.fields:
            continue
        partition, _, region, account = pattern.fields
        own = ((partition, partition_of(api.region)), (region, api.region), (account, api.account))
        for field, expected in own:
            if field.text and not is_open(field) and field.text != expected:
                name = "account" if field is account else "region"
                related = subject.related_part(f"the {name} of the API", name)
                yield _differs(entry, field, expected)._replace(related=related)
                break


def _differs(entry: Entry, field: PatternField, expected: str) -> CheckResult:
    found = entry.result(f"the API is in {expected}, not in {field.text}, {entry.consequence}", field)
    return found._replace(fix=_as_short_form(entry))


def _as_short_form(entry: Entry) -> Fix | None:
    """The fix that writes the entry for the API that the policy is attached to, whatever its id and its place are."""
    pattern = entry.pattern
    if pattern is None or pattern.api is None or pattern.stage is None:
        return None
    return entry.fix(PatternField(entry.text.value[: pattern.stage.start], 0), SHORT_FORM)


OTHER_API = Rule(
    id="EP-ARN-041",
    name="resource-of-another-api",
    severity=Severity.ERROR,
    title="An entry of an API's policy names another API.",
    why="The policy applies to calls of its own API only. An entry with another id matches none of them.",
    fix="write the id of the API, or use the short form execute-api:/STAGE/METHOD/PATH",
    fix_safety=FixSafety.UNSAFE,
    bad=_api_example("arn:aws:execute-api:eu-west-1:111122223333:f6g7h8i9j0/*", "f6g7h8i9j0"),
    good=_api_example("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*"),
    semantics=("GW-1",),
)


def _other_apis(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern, api in _of_api(subject):
        field = pattern.api
        if field is not None and field.text and not is_open(field) and field.text != api.id:
            message = f"the policy is attached to the API {api.id}, not to {field.text}, {entry.consequence}"
            related = subject.related_part("the id of the API", "id")
            yield entry.result(message, field)._replace(fix=_as_short_form(entry), related=related)


OTHER_STAGE = Rule(
    id="EP-ARN-042",
    name="stage-that-the-api-does-not-have",
    severity=Severity.ERROR,
    title="An entry of an API's policy names a stage that the API does not have.",
    why="A call has the stage that it is made to, so the entry matches no call.",
    fix="write a stage of the API, or *",
    fix_safety=FixSafety.UNSAFE,
    bad=_api_example("execute-api:/production/GET/*", "production"),
    good=_api_example("execute-api:/prod/GET/*"),
    semantics=("GW-1",),
)


def _other_stages(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern, api in _of_api(subject):
        stage = pattern.stage
        names = [each.name for each in api.stages]
        is_other_api = pattern.api is not None and pattern.api.text != api.id
        if stage is None or not stage.text or is_open(stage) or is_other_api or stage.text in names:
            continue
        if any(part.concern is Concern.STAGE_NAME for part in api.unknown_parts):
            continue  # it may be the name that is not known
        message = f"the API has the stages {listed(api.stage_names(), 'and')}, not {stage.text}, {entry.consequence}"
        meant = names[0] if len(names) == 1 else nearest(stage.text, names)
        yield entry.result(message.replace("stages", "stage") if len(names) == 1 else message, stage, meant)


#: One line for each rule.
CHECKS = (
    PolicyCheck(OTHER_PLACE, _other_places, show_no_match),
    PolicyCheck(OTHER_API, _other_apis, show_no_match),
    PolicyCheck(OTHER_STAGE, _other_stages, show_no_match),
)
