"""Rules of the family ARN about slashes: two of them where one is meant, and one at the end."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.linter.arns.entries import patterns, resource_example
from execpolicy.linter.arns.pattern import PatternField
from execpolicy.linter.arns.requests import show_no_match
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

DOUBLE_SLASH = Rule(
    id="EP-ARN-002",
    name="double-slash-before-path",
    severity=Severity.ERROR,
    title="Two slashes stand between the method and the path.",
    why="The slash after the method is the first slash of the path: `GET/orders` is the path `/orders`, and "
    "`GET//orders` is the path `//orders`.",
    fix="write one slash",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/GET//orders", "//"),
    good=resource_example("execute-api:/prod/GET/orders"),
    semantics=("GW-3",),
)


def _double_slashes(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        if pattern.path is not None and pattern.path.text.startswith("/"):
            message = f"the path of this entry begins with two slashes: /{pattern.path.text}"
            slashes = len(pattern.path.text) - len(pattern.path.text.lstrip("/"))
            found = entry.result(message, PatternField("//", pattern.path.start - 1))
            yield found._replace(fix=entry.fix(PatternField("/" * slashes, pattern.path.start), ""))


TRAILING_SLASH = Rule(
    id="EP-ARN-007",
    name="path-ends-with-slash",
    severity=Severity.WARNING,
    title="The path of an entry of Resource ends with a slash.",
    why="A call of `/orders` has no slash at the end of its ARN, so an entry for `/orders/` does not match it.",
    fix="remove the slash, or write /* for the paths below",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod/GET/orders/", "/"),
    good=resource_example("execute-api:/prod/GET/orders"),
    semantics=("GW-4",),
)


def _trailing_slashes(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        path = pattern.path
        if path is not None and len(path.text) > 1 and path.text.endswith("/") and not path.text.endswith("//"):
            called = path.text.rstrip("/")
            message = f"this entry does not match a call of /{called}, without a slash at the end"
            yield entry.result(message, PatternField("/", path.end - 1), "")


EMPTY_PART = Rule(
    id="EP-ARN-014",
    name="empty-stage-or-method",
    severity=Severity.ERROR,
    title="The stage or the method of an entry of Resource is empty.",
    why="The ARN of every call has a stage and a method. An entry with two slashes in place of one matches no call.",
    fix="write the stage or the method, or * for all of them",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/prod//orders", "//"),
    good=resource_example("execute-api:/prod/*/orders"),
    semantics=("GW-1",),
)


def _empty_parts(subject: PolicySubject) -> Iterator[CheckResult]:
    for entry, pattern in patterns(subject):
        for name, part, after in (
            ("stage", pattern.stage, pattern.method),
            ("method", pattern.method, pattern.path),
        ):
            # Without a part after it the entry ends too early: that is another fault.
            if part is not None and not part.text and after is not None:
                message = f"the {name} between the two slashes is empty, {entry.consequence}"
                yield entry.result(message, PatternField("//", part.start - 1), "/*/")


#: One line for each rule.
CHECKS = (
    PolicyCheck(DOUBLE_SLASH, _double_slashes, show_no_match),
    PolicyCheck(TRAILING_SLASH, _trailing_slashes, show_no_match),
    PolicyCheck(EMPTY_PART, _empty_parts, show_no_match),
)
