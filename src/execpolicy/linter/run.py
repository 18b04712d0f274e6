"""Runs the checks on policies and APIs, and on files."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import path as checked_path
from execpolicy.arguments import texts
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.engine.caller import Caller, Target
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.linter.catalogue import API_CHECKS, DEFAULT, FAMILIES, RULES
from execpolicy.linter.documents.policy_version import has_policy_version
from execpolicy.linter.file_text import FileText
from execpolicy.linter.finding import Finding, ShownRequest
from execpolicy.linter.given_file import words_of_api, words_of_policy
from execpolicy.linter.ignores.apply import LintedText, judge, names_of, today
from execpolicy.linter.ignores.ignore_file import ignore_files_for, load_ignore_file
from execpolicy.linter.loading.findings import load_findings
from execpolicy.linter.order import in_order
from execpolicy.linter.rule import Rule
from execpolicy.linter.subject import MAX_REQUESTS, ApiSubject, CheckResult, PolicySubject
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions, TemplateContents

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

_EVERY_RULE = frozenset(RULES)


def lint(
    subject: Policy | ApiDefinition | Caller | Target, *, rules: Iterable[str] | None = None
) -> tuple[Finding, ...]:
    """What the rules find in a policy, in an API with its policies, or in the policies of a caller or a target.

    Args:
        subject: what is checked.
        rules: the ids of the rules to check; by default all that need no proof over all requests.

    Returns:
        The findings, in the order of the text.

    Raises:
        UsageError: the subject is something else, or a rule does not exist.

    >>> from execpolicy import Policy
    >>> policy = Policy.parse('''{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
    ...     "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/delete/*"}}''', kind="resource")
    >>> for finding in lint(policy):
    ...     print(finding)
    <policy>:2:68: error EP-ARN-003 no call has the method delete in this case, so this Deny never applies to it

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    return in_order(_of_subject(subject, _chosen(rules)))


def lint_file(
    path: str | os.PathLike[str],
    *,
    rules: Iterable[str] | None = None,
    options: ReadOptions = NOTHING_GIVEN,
    kind: PolicyKind | PolicyKindName | None = None,
) -> tuple[Finding, ...]:
    """What the rules find in a file: a policy, an API file, or a template. Load errors are findings too.

    Findings that a comment of the file or a file of ignores ignores are left out (docs/lint.md).

    Args:
        path: the file.
        rules: the ids of the rules to check; by default all that need no proof over all requests.
        options: what the file does not say, as ``Api.load`` takes it.
        kind: the kind of a policy file; by default ``resource`` if a statement has a principal, else ``identity``.

    Raises:
        PolicySyntaxError: a file of ignores is wrong.
        ExecPolicyError: the file cannot be read, or is of no known kind.
        UsageError: a rule does not exist.

    >>> lint_file("examples/foundation/resource.json")
    ()

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    name = checked_path(path)
    chosen = _chosen(rules)
    checked = check_file(FileText(read_text(name), name), rules=chosen, options=options, kind=kind)
    files = ignore_files_for(names_of([checked]))
    entries = [ignore for file in files for ignore in load_ignore_file(file)]
    return judge([checked], entries, chosen=chosen, day=today()).shown


def lint_text(
    text: str,
    name: str,
    *,
    rules: Iterable[str] | None = None,
    options: ReadOptions = NOTHING_GIVEN,
    kind: PolicyKind | PolicyKindName | None = None,
    report_unused_ignores: bool = False,
) -> tuple[Finding, ...]:
    """What the rules find in the text of a file: as ``lint_file``, but no file of ignores is read."""
    chosen = _chosen(rules)
    checked = check_file(FileText(text, name), rules=chosen, options=options, kind=kind)
    return judge([checked], chosen=chosen, day=today(), report_unused=report_unused_ignores).shown


def check_file(
    file: FileText,
    *,
    rules: Iterable[str] | None = None,
    options: ReadOptions = NOTHING_GIVEN,
    kind: PolicyKind | PolicyKindName | None = None,
) -> LintedText:
    """What the rules find in the text of a file, also what the file ignores: as ``lint_file``."""
    chosen = _chosen(rules)
    try:
        return LintedText(file.source, in_order(_of_file(file, chosen, options, kind)))
    except PolicySyntaxError as error:
        return LintedText(file.source, in_order(load_findings(error)))


def _of_file(
    file: FileText, chosen: Collection[str], options: ReadOptions, kind: PolicyKind | PolicyKindName | None
) -> Iterator[Finding]:
    from execpolicy.loaders.kinds import contents_of, is_known_kind  # all loaders, which lint needs not

    document = file.document
    if isinstance(document, PolicySyntaxError):
        return load_findings(document)
    if is_known_kind(document):
        return _of_contents(contents_of(Problems(file.source), document, options), chosen, options)
    if kind is not None or _is_policy(document):
        policy = file.policy(kind or _kind_of(document))
        return _of_policy(PolicySubject(policy, given=words_of_policy(policy)), chosen)
    raise ExecPolicyError(
        f"{file.name} is of no known kind", advice="give a policy, an API file, a template or an OpenAPI file"
    )


def _chosen(rules: Iterable[str] | None) -> Collection[str]:
    if rules is None:
        return DEFAULT
    chosen = frozenset(texts(rules, "rules"))
    for name in sorted(chosen - _EVERY_RULE):
        raise UsageError(f"there is no rule {name!r}", advice="the ids are those of execpolicy explain --list")
    return chosen


def _is_policy(document: Node) -> bool:
    return isinstance(document, JsonObject) and ("Statement" in document.members or has_policy_version(document))


def _kind_of(document: Node) -> PolicyKind:
    """``resource`` for a document with a principal, ``identity`` for others."""
    assert isinstance(document, JsonObject)
    _, _, statements = document.members.get("Statement", (0, 0, None))
    each = statements.items if isinstance(statements, JsonArray) else [statements]
    named = any(isinstance(one, JsonObject) and {"Principal", "NotPrincipal"} & {*one.members} for one in each)
    return PolicyKind.RESOURCE if named else PolicyKind.IDENTITY


def _of_subject(subject: object, chosen: Collection[str], *, has_variants: bool = False) -> Iterator[Finding]:
    if isinstance(subject, Policy):
        yield from _of_policy(PolicySubject(subject, given=words_of_policy(subject)), chosen)
    elif isinstance(subject, ApiDefinition):
        yield from _of_api(subject, chosen, words_of_api(subject, NOTHING_GIVEN))
    elif isinstance(subject, Caller):
        for policy in subject.policies:
            yield from _of_policy(PolicySubject(policy, has_variants=has_variants), chosen)
    elif isinstance(subject, Target):
        for policy in subject.policies:
            yield from _of_policy(PolicySubject(policy), chosen)
    else:
        raise UsageError(
            f"found a {type(subject).__name__} to check, expected a Policy, an Api, a Caller or a Target",
            advice="lint_file checks files",
        )


def _of_contents(contents: TemplateContents, chosen: Collection[str], options: ReadOptions) -> Iterator[Finding]:
    several = len(contents.apis) > 1
    for name, variants in contents.apis.items():
        has_variants = len(variants.values) > 1
        for api in variants.values:
            # A call to an API that is read in several ways is answered for all of them.
            given = () if has_variants else words_of_api(api, options, name if several else "")
            yield from _of_api(api, chosen, given, has_variants=has_variants)
    # The policies inside of a role or a user, and those that are attached to it.
    for callers in contents.callers.values():
        for caller in callers.values:
            yield from _of_subject(caller, chosen, has_variants=len(callers.values) > 1)
    for found in (*contents.policies.values(), *contents.vpc_endpoints.values()):
        for policy in found.values:
            yield from _of_policy(PolicySubject(policy, has_variants=len(found.values) > 1), chosen)


def _of_api(
    api: ApiDefinition, chosen: Collection[str], given: tuple[str, ...], *, has_variants: bool = False
) -> Iterator[Finding]:
    if api.resource_policy is not None:
        yield from _of_policy(PolicySubject(api.resource_policy, api, given, has_variants=has_variants), chosen)
    for domain in api.domains:
        if domain.policy is not None:
            yield from _of_policy(PolicySubject(domain.policy, has_variants=has_variants), chosen)
    subject = ApiSubject(api, given)
    requests = 0
    for check in API_CHECKS:
        if check.rule.id in chosen:
            for found in check.find(subject):
                asks = check.show is not None and requests < MAX_REQUESTS
                requests += asks
                yield _finding(check.rule, found, shown=check.show(subject, found) if asks and check.show else None)


def _of_policy(subject: PolicySubject, chosen: Collection[str]) -> Iterator[Finding]:
    for family in FAMILIES:
        if family.reads is not None and not family.reads(subject):
            continue
        for check in family.checks:
            if check.rule.id in chosen:
                for found in check.find(subject):
                    shown = check.show(subject, found) if check.show is not None and subject.may_ask() else None
                    yield _finding(check.rule, found, subject.sid_at(found.path), shown)
    subject.forget()


def _finding(rule: Rule, found: CheckResult, sid: str = "", shown: ShownRequest | None = None) -> Finding:
    return Finding(
        rule,
        found.message,
        source=found.source,
        span=found.span,
        path=found.path,
        sid=sid,
        help=found.help,
        related=found.related,
        fix=found.fix,
        shown=shown,
    )
