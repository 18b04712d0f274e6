"""The requests that show what findings about entries of Resource and Action say."""

from __future__ import annotations

from execpolicy.linter.arns.entries import Entry
from execpolicy.linter.finding import ShownRequest
from execpolicy.linter.requests.shown_requests import shown_by_policy
from execpolicy.linter.requests.typical_call import meant_resource, typical_call
from execpolicy.linter.subject import CheckResult, PolicySubject


def show_no_match(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """The call that an entry is meant for, which it does not match."""
    entry: Entry = found.about
    number = entry.statement.number
    resource = meant_resource(entry.text.value, subject.api)
    call = typical_call(subject, subject.statement(number), resource=resource) if resource else None
    return shown_by_policy(subject, call, number, applies=entry.statement.resource.negated)


def show_other_method(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call with another method, which an entry matches because ``*`` matches slashes."""
    entry: Entry = found.about
    pattern, number = entry.pattern, entry.statement.number
    meant = meant_resource(entry.text.value, subject.api)
    if pattern is None or pattern.method is None or not meant:
        return None
    head, _, path = meant.partition(f"/{pattern.method.text}/")
    other = "DELETE" if pattern.method.text != "DELETE" else "PUT"
    resource = f"{head}/{other}/x/{pattern.method.text}/{path}"
    call = typical_call(subject, subject.statement(number), resource=resource)
    return shown_by_policy(subject, call, number, applies=not entry.statement.resource.negated)


def show_no_action(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call of an API, to whose action a statement does not apply."""
    statement = subject.statement(found.about).statement
    call = typical_call(subject, subject.statement(found.about))
    return shown_by_policy(subject, call, statement.number, applies=statement.action.negated)


def show_statement(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call to which a statement applies."""
    return shown_by_policy(subject, typical_call(subject, subject.statement(found.about)), found.about, applies=True)
