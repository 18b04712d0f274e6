"""Rules of the family API about the lists of ``ResourcePolicy`` in SAM, by the statements that they become (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from execpolicy.document.model import Statement
from execpolicy.document.unknown_value import has_unknown
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.language.arn import SHORT_FORM
from execpolicy.language.operators import read_network
from execpolicy.linter.apis.calls import listed_routes, opened_to_anybody
from execpolicy.linter.apis.requests import (
    ask_beside_authorizer,
    show_beside_authorizer,
    show_no_principal,
    show_unsigned,
)
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Related, ShownRequest
from execpolicy.linter.fixes.edits import written
from execpolicy.linter.requests.shown_requests import shown_by_policy
from execpolicy.linter.requests.typical_call import SOME_VPCE, typical_call
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import ApiSubject, CheckResult, PolicySubject

_WHITELISTS: Final = ("IpRangeWhitelist", "SourceVpcWhitelist", "IntrinsicVpcWhitelist", "IntrinsicVpceWhitelist")
_VPC_BLACKLISTS: Final = ("SourceVpcBlacklist", "IntrinsicVpcBlacklist", "IntrinsicVpceBlacklist")
_ADDRESSES, _ACCOUNTS, _BLOCKED = "IpRangeBlacklist", "AwsAccountWhitelist", "AwsAccountBlacklist"
_LISTS: Final = frozenset((*_WHITELISTS, *_VPC_BLACKLISTS, _ADDRESSES, _ACCOUNTS, _BLOCKED))


def _example(
    lists: str, underlined: str = "", auth: str = "", endpoint: str = "REGIONAL", more: str = ""
) -> RuleExample:
    """A SAM template with an API that has these lists."""
    text = f"""Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      EndpointConfiguration: {{Type: {endpoint}}}
{more}      Auth:
{auth}        ResourcePolicy:
          {lists}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: orders.handler
      InlineCode: pass
      Events:
        Get: {{Type: Api, Properties: {{Path: /orders, Method: get, RestApiId: !Ref Shop}}}}
"""
    return RuleExample(text, "", underlined)


_IAM: Final = "        DefaultAuthorizer: AWS_IAM\n"
_TOKENS: Final = """        DefaultAuthorizer: Tokens
        Authorizers:
          Tokens:
            FunctionArn: arn:aws:lambda:eu-west-1:111122223333:function:tokens
            Identity: {ReauthorizeEvery: 0}
"""


def _of_lists(subject: PolicySubject) -> Mapping[str, Sequence[Statement]]:
    """The statements that come from lists, by the name of the list."""
    return subject.once(_read_lists)


def _read_lists(subject: PolicySubject) -> Mapping[str, Sequence[Statement]]:
    found: dict[str, list[Statement]] = {}
    source = subject.policy.source
    for statement in subject.policy.statements if source is not None and subject.api is not None else ():
        span = subject.policy.span(statement)
        if source is None or span is None:
            continue
        name = written(source, span).strip("\"'")
        if name in _LISTS:
            found.setdefault(name, []).append(statement)
    return found


def _at(subject: PolicySubject, statement: Statement, message: str, about: object) -> CheckResult:
    """A finding at the name of the list that a statement comes from."""
    policy = subject.policy
    return CheckResult(message, policy.source, policy.span(statement), f"Statement[{statement.number}]", about=about)


def _routes(subject: PolicySubject, auth: AuthType) -> list[Route]:
    api = subject.api
    return [] if api is None or api.has_unknown_access else [each for each in api.routes if api.auth_of(each) is auth]


ACCOUNTS_BESIDE_LIST = Rule(
    id="EP-API-020",
    name="sam-accounts-beside-open-list",
    severity=Severity.SECURITY_WARNING,
    title="AwsAccountWhitelist of SAM stands beside a list of addresses or networks.",
    why="SAM writes an Allow for everybody for a list of addresses or networks. Beside it the Allow for some accounts "
    "limits nothing: one Allow is enough.",
    fix="write the statement yourself in CustomStatements, with the accounts and the condition",
    bad=_example(
        'AwsAccountWhitelist: ["111122223333"]\n          IpRangeWhitelist: [198.51.100.0/24]',
        "AwsAccountWhitelist",
        _IAM,
    ),
    good=_example('AwsAccountWhitelist: ["111122223333"]', "", _IAM),
    semantics=("SRC-3", "EVL-4"),
)


def _accounts_beside_lists(subject: PolicySubject) -> Iterator[CheckResult]:
    lists = _of_lists(subject)
    other = next((name for name in lists if name not in (_ACCOUNTS, _BLOCKED)), None)
    if _ACCOUNTS not in lists or other is None:
        return
    allow = next(each for each in lists[other] if each.effect == "Allow")
    message = f"the Allow for everybody that {other} becomes applies to other accounts too"
    found = _at(subject, lists[_ACCOUNTS][0], message, allow.number)
    source, span = subject.policy.source, subject.policy.span(allow)
    if source is not None and span is not None:
        found = found._replace(related=(Related(other, source, span),))
    yield found


def _show_other_account(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call of another account."""
    call = typical_call(subject, subject.statement(found.about))
    other = "arn:aws:iam::999999999999:user/ann"
    return shown_by_policy(
        subject, call._replace(caller=other) if call is not None else None, found.about, applies=True
    )


BLOCKED_ACCOUNTS = Rule(
    id="EP-API-021",
    name="sam-blocked-accounts-without-allow",
    severity=Severity.ERROR,
    title="AwsAccountBlacklist of SAM stands alone, and the API has methods without AWS_IAM.",
    why="SAM writes a Deny for the list, and no Allow. For a method without authorization the policy then allows "
    "nobody, and the Deny does not apply either: the caller is anonymous there.",
    fix="set the authorization to AWS_IAM, or add an Allow in CustomStatements",
    bad=_example("AwsAccountBlacklist: [!Ref AWS::AccountId]", "AwsAccountBlacklist"),
    good=_example("AwsAccountBlacklist: [!Ref AWS::AccountId]", "", _IAM),
    semantics=("SRC-3", "GW-12", "PRN-9"),
)


def _blocked_accounts(subject: PolicySubject) -> Iterator[CheckResult]:
    lists = _of_lists(subject)
    routes = _routes(subject, AuthType.NONE)
    if _BLOCKED in lists and routes and all(each.effect == "Deny" for each in subject.policy.statements):
        which = listed_routes(routes)
        message = f"nothing allows a call of {which}, and this Deny never applies to its anonymous callers"
        yield _at(subject, lists[_BLOCKED][0], message, lists[_BLOCKED][0].number)


OPEN_TO_THE_REST = Rule(
    id="EP-API-022",
    name="sam-blocked-addresses-open-the-api",
    severity=Severity.SUGGESTION,
    title="IpRangeBlacklist of SAM allows everybody who is not in the list.",
    why="SAM writes an Allow for everybody beside the Deny for the list.",
    fix="set an authorization for the methods, or list the accepted addresses in IpRangeWhitelist",
    bad=_example("IpRangeBlacklist: [203.0.113.0/24]", "IpRangeBlacklist"),
    good=_example("IpRangeWhitelist: [198.51.100.0/24]"),
    semantics=("SRC-3", "GW-12"),
)


def _open_to_the_rest(subject: PolicySubject) -> Iterator[CheckResult]:
    lists, api = _of_lists(subject), subject.api
    if _ADDRESSES not in lists or api is None:
        return
    routes = [route for route in opened_to_anybody(api) if api.auth_of(route) is AuthType.NONE]
    if routes:
        message = f"a call from every other address can pass at {listed_routes(routes)}"
        yield _at(subject, lists[_ADDRESSES][0], message, routes[0])


BOTH_KINDS = Rule(
    id="EP-API-023",
    name="sam-blocked-networks-of-both-kinds",
    severity=Severity.SECURITY_WARNING,
    title="A list of blocked VPCs in SAM has VPC endpoints too.",
    why="SAM writes both kinds under one operator, so the Deny applies to calls that come from a listed VPC and "
    "through a listed endpoint. A call with one of both passes.",
    fix="list one kind here, and deny the other in CustomStatements",
    bad=_example("SourceVpcBlacklist: [vpc-1a2b3c4d, vpce-1a2b3c4d]", "SourceVpcBlacklist", "", "PRIVATE"),
    good=_example("SourceVpcBlacklist: [vpce-1a2b3c4d]", "", "", "PRIVATE"),
    semantics=("SRC-3", "CND-1"),
)


def _both_kinds(subject: PolicySubject) -> Iterator[CheckResult]:
    lists = _of_lists(subject)
    for name in _VPC_BLACKLISTS:
        for statement in lists.get(name, ()):
            keys = {condition.key.value.lower() for condition in statement.conditions}
            if statement.effect == "Deny" and {"aws:sourcevpc", "aws:sourcevpce"} <= keys:
                message = "this Deny applies only to calls from a listed VPC that come through a listed endpoint too"
                yield _at(subject, statement, message, statement.number)
                return


def _show_one_kind(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call from a listed VPC through another endpoint."""
    call = typical_call(subject, subject.statement(found.about), values={"aws:SourceVpce": SOME_VPCE})
    return shown_by_policy(subject, call, found.about, applies=False)


LIST_BESIDE_AUTHORIZER = Rule(
    id="EP-API-024",
    name="sam-list-beside-authorizer",
    severity=Severity.SUGGESTION,
    title="A list of accepted addresses or networks in SAM stands beside a Lambda authorizer.",
    why="SAM writes an Allow for everybody beside the Deny for the others. If the policy of the function has no "
    "statement that matches the call, this Allow is enough: the list stands in place of the authorizer, not beside it.",
    fix="let the function answer with a Deny, or write only the Deny in CustomStatements",
    bad=_example("IpRangeWhitelist: [198.51.100.0/24]", "IpRangeWhitelist", _TOKENS),
    good=_example("IpRangeWhitelist: [198.51.100.0/24]", "", _IAM),
    semantics=("SRC-3", "GW-17"),
)


def _lists_beside_authorizers(subject: PolicySubject) -> Iterator[CheckResult]:
    lists, api = _of_lists(subject), subject.api
    name = next((each for each in _WHITELISTS if each in lists), None)
    # One route of each authorizer is enough.
    routes = {route.authorizer: route for route in reversed(_routes(subject, AuthType.CUSTOM))}
    if name is None or not routes or api is None:
        return
    context = _accepted(lists[name])
    for route in routes.values():
        try:
            asked = ask_beside_authorizer(ApiSubject(api), route, context)
        except ExecPolicyError:
            continue
        if asked is not None and asked[1].allowed:
            what = f"a call that {name} accepts can pass at {route.key}"
            message = f"{what} although no statement of its authorizer matches it"
            yield _at(subject, lists[name][0], message, (route, context))
            return


def _accepted(statements: Sequence[Statement]) -> dict[str, str]:
    """The condition keys of a call that a list accepts."""
    for statement in statements:
        for condition in statement.conditions:
            if statement.effect == "Deny" and condition.values:
                value = condition.values[0].value
                return {condition.key.value: value.partition("/")[0] if read_network(value) is not None else value}
    return {}


def _show_accepted(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    route, context = found.about
    return show_beside_authorizer(subject, found._replace(about=route), context)


OTHER_STAGES = Rule(
    id="EP-API-025",
    name="sam-list-misses-stages",
    severity=Severity.SECURITY_WARNING,
    title="A list of SAM denies calls of one stage, and the API has others.",
    why="SAM writes the stage of the API into the statements of a list. A call of another stage, such as the stage "
    "Stage that SAM makes by itself, is denied by none of them: where the method has an authorization, that alone "
    "decides.",
    fix="set OpenApiVersion, so that SAM makes no stage Stage; for other stages, deny in CustomStatements",
    bad=_example("IpRangeBlacklist: [203.0.113.0/24]", "IpRangeBlacklist", _IAM),
    good=_example("IpRangeBlacklist: [203.0.113.0/24]", "", _IAM, more="      OpenApiVersion: 3.0.1\n"),
    semantics=("SRC-3", "GW-13"),
)


def _other_stages(subject: PolicySubject) -> Iterator[CheckResult]:
    api = subject.api
    if api is None or all(api.auth_of(route) is AuthType.NONE for route in api.routes):
        return
    for name, statements in _of_lists(subject).items():
        denies = next((each for each in statements if each.effect == "Deny"), None)
        if denies is None:
            continue
        named = {text.value.split("/")[1] for text in denies.resource.values if text.value.startswith(SHORT_FORM)}
        others = [stage.name for stage in api.stages if stage.name not in named]
        if others and not any(has_unknown(each) for each in (*named, *others)):
            message = f"{name} denies no call of the stage {others[0]}"
            yield _at(subject, denies, message, (denies.number, others[0]))


def _show_other_stage(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call of another stage."""
    if subject.api is None:
        return None
    number, stage = found.about
    other = PolicySubject(subject.policy, subject.api.with_stage(stage), subject.given)
    return shown_by_policy(other, typical_call(other, other.statement(number)), number, applies=False)


#: One line for each rule.
CHECKS = (
    PolicyCheck(ACCOUNTS_BESIDE_LIST, _accounts_beside_lists, _show_other_account),
    PolicyCheck(BLOCKED_ACCOUNTS, _blocked_accounts, show_no_principal),
    PolicyCheck(OPEN_TO_THE_REST, _open_to_the_rest, show_unsigned),
    PolicyCheck(BOTH_KINDS, _both_kinds, _show_one_kind),
    PolicyCheck(LIST_BESIDE_AUTHORIZER, _lists_beside_authorizers, _show_accepted),
    PolicyCheck(OTHER_STAGES, _other_stages, _show_other_stage),
)
