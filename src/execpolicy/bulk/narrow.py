"""Narrows a policy to what the admitted calls of access logs need, and shows that it refuses none of them (LOG-10)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.arguments import flag, instance, text_or_none
from execpolicy.bulk.counted_calls import CallCounter, CountedCalls
from execpolicy.bulk.log_blocks import LogBlock, log_blocks
from execpolicy.bulk.log_files import LogLine, log_lines, log_paths, read_once
from execpolicy.bulk.narrowed import Narrowed
from execpolicy.bulk.narrowed_document import narrowed_document
from execpolicy.bulk.narrowed_versions import PolicyVersion, version_of
from execpolicy.bulk.needed_statements import NeededStatements, admitted_answers, classes_of
from execpolicy.bulk.reading_progress import NO_PROGRESS, ReadingProgress
from execpolicy.bulk.replay import one_api, replay_lines
from execpolicy.bulk.replay_result import CallChange, NotReplayed
from execpolicy.bulk.version_answer import admits_call, response_of_version
from execpolicy.call import Call
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import counted
from execpolicy.errors import ExecPolicyError, UsageError

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.call_classes import CallClasses
    from execpolicy.bulk.replay_counts import TimesOfCalls
    from execpolicy.bulk.replay_result import Replay
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.template import Template

#: The verdicts of a policy that allows nothing more.
_NOT_LAXER: Final = (ComparisonVerdict.EQUAL, ComparisonVerdict.STRICTER)
#: The most lines that are named.
_MOST_PLACES: Final = 5
#: An Allow that applies to no call: a policy without one would be none at all.
_SILENT: Final = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}


class NotNarrowedError(ExecPolicyError):
    """A narrowed policy that is not shown to be right: there is no result.

    >>> issubclass(NotNarrowedError, ExecPolicyError)
    True
    """


def narrow(
    logs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    policy: Policy,
    api: Api | Template,
    callers: Any = None,
    log_format: str | None = None,
    *,
    sources: bool = False,
    raw_values: bool = False,
) -> Narrowed:
    """Narrow a policy to the Allow statements and the resources that the admitted calls of logs need.

    Denies and conditions stay. A placeholder of a route becomes ``*``. The result is compared with the policy before
    and the logs are replayed: it allows nothing more, and refuses no call that was admitted.

    Args:
        logs: files, folders or patterns of names. They are read twice.
        policy: the resource policy of the API, or an identity-based policy of one of the callers.
        api: the API.
        callers: a Template or callers with their policies. The policies of others may say anything.
        log_format: the format of the log with its ``$context`` variables, for lines that are not read without it.
        sources: whether the addresses of the calls become conditions: their networks.
        raw_values: whether these are single addresses, and the replay has the values of the log.

    Returns:
        The narrowed policy, and which statements it keeps and leaves out.

    Raises:
        ExecPolicyError: a log cannot be read, or the narrowed policy is not shown to be right.
        UsageError: an argument is of the wrong type, or nobody has the policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html

    >>> import pathlib, tempfile
    >>> from execpolicy import Api
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /orders/{id}", "DELETE /orders/{id}"])
    >>> everything = Policy.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
    ...     "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}}, kind="resource")
    >>> log = pathlib.Path(tempfile.mkdtemp()) / "access.log"
    >>> line = '{"httpMethod": "GET", "path": "/prod/orders/7", "ip": "203.0.113.7", "userArn": "-", "status": 200}'
    >>> _ = log.write_text(line)
    >>> narrow(log, everything, api).policy.to_document()["Statement"][0]["Resource"]
    'execute-api:/prod/GET/orders/*'
    """
    paths = log_paths(logs)
    once = read_once(paths)
    if once is not None:
        raise UsageError(f"narrow reads the logs twice, and {once} can be read once", advice="give a file")
    return narrow_logs(
        lambda: log_lines(paths),
        version_of(instance(policy, Policy, "policy"), one_api(api, "api"), callers),
        log_format=text_or_none(log_format, "log_format"),
        sources=flag(sources, "sources"),
        raw_values=flag(raw_values, "raw_values"),
        blocks=lambda: log_blocks(paths),
    )


def narrow_logs(
    lines: Callable[[], Iterable[LogLine]],
    version: PolicyVersion,
    *,
    log_format: str | None = None,
    sources: bool = False,
    raw_values: bool = False,
    blocks: Callable[[], Iterable[LogBlock]] | None = None,
    progress: ReadingProgress = NO_PROGRESS,
) -> Narrowed:
    """As ``narrow``, of lines that are read by a function.

    Args:
        lines: gives the lines, twice.
        version: the policy with its API and the callers.
        log_format: the format of the log.
        sources: whether the addresses of the calls become conditions.
        raw_values: whether these are single addresses, and the replay has the values of the log.
        blocks: gives the same lines in blocks, twice.
        progress: gets how much of the logs is counted, in each of two passes.
    """
    bare = version.with_policy(_without_allows(version.policy))
    classes = classes_of(version, bare)
    needed = NeededStatements(version, bare, classes.of, sources=sources, raw_values=raw_values)
    options: dict[str, Any] = {"log_format": log_format, "raw_values": raw_values, "progress": progress}
    replay_lines(
        lines(),
        (version.api, version.api),
        version.callers,
        counters=[needed],
        classes=classes,
        blocks=None if blocks is None else blocks(),
        **options,
    )
    made = narrowed_document(version, needed.calls, sources=sources)
    if not made.document["Statement"]:
        raise NotNarrowedError(
            "no admitted call of the log needs a statement of the policy: nothing would remain",
            advice="give a log with admitted calls, or remove the policy",
        )
    policy = Policy.parse(made.document, kind=version.policy.kind, name=version.policy.name)
    comparison = _compared(version.policy, policy)
    again = None if blocks is None else blocks()
    replayed = _replayed(lines(), version, policy, blocks=again, **options)
    return Narrowed(
        version.policy,
        policy,
        made.statements,
        comparison=comparison,
        replay=replayed,
        unknown_callers=sorted(needed.unknown_callers.items()),
        notes=_notes(replayed),
    )


def _without_allows(policy: Policy) -> Policy:
    document = policy.to_document()
    written = document["Statement"]
    denies = [each for each in (written if isinstance(written, list) else [written]) if each["Effect"] == "Deny"]
    silent = {**_SILENT, **({"Principal": "*"} if any(each.principal for each in policy.statements) else {})}
    return Policy.parse({**document, "Statement": [*denies, silent]}, kind=policy.kind, name=policy.name)


def _compared(before: Policy, after: Policy) -> Comparison:
    """How the narrowed policy compares.

    Raises:
        NotNarrowedError: it is not shown that it allows nothing more.
    """
    found = compare(before, after)
    if found.verdict not in _NOT_LAXER:
        reasons = "; ".join((*found.unknown, *(str(each).partition("\n")[0] for each in found.newly_allowed)))
        raise NotNarrowedError(
            f"the narrowed policy is not shown to allow nothing more: compare says {found.verdict} ({reasons})",
            advice="narrow the policy by hand, and compare it with execpolicy diff",
        )
    return found


class _NothingMore(CountedCalls):
    """Calls of a class at which nobody has to look again."""

    def add_more(self, number: int, times: TimesOfCalls) -> None:
        """More calls of the class say nothing more."""


class _RefusedCalls(CallCounter):
    """Finds calls that a narrowed policy refuses, or may refuse, although the one before did not."""

    def __init__(self, before: PolicyVersion, after: PolicyVersion, classes: CallClasses) -> None:
        self._before = before
        self._after = after
        self._classes = classes
        self._known: set[object] = set()
        self.places: list[str] = []

    def add(self, line: LogLine, call: Call, found: ReplayedCall) -> CountedCalls:
        """Look at a call; those of one class are looked at once."""
        of_class = self._classes.of(call)
        key = None if of_class is None else (of_class, found.change)
        if key is None or key not in self._known:
            self._known.add(key)
            if found.change is CallChange.NEWLY_REFUSED or any(self._is_refused(call)):
                self.places.append(line.place)
        return _NothingMore()

    def _is_refused(self, call: Call) -> Iterable[bool]:
        for who, answer in admitted_answers(self._before, call):
            after = admits_call(response_of_version(self._after.api, call, self._after.same_caller(who)))
            yield after is False or (after is None and admits_call(answer) is True)


def _replayed(
    lines: Iterable[LogLine],
    before: PolicyVersion,
    policy: Policy,
    **options: Any,
) -> Replay:
    """The replay of the log with the narrowed policy.

    Raises:
        NotNarrowedError: a call is newly refused, or it is not known that it is not.
    """
    after = before.with_policy(policy)
    classes = classes_of(before, after)
    refused = _RefusedCalls(before, after, classes)
    versions = (before.api, after.api)
    found = replay_lines(lines, versions, after.callers, counters=[refused], classes=classes, **options)
    if refused.places or found.counts[CallChange.NEWLY_REFUSED]:
        raise NotNarrowedError(
            f"the narrowed policy refuses calls of the log: {', '.join(refused.places[:_MOST_PLACES])}",
            advice="narrow the policy by hand",
        )
    return found


def _notes(found: Replay) -> tuple[str, ...]:
    unread = found.left_out.get(NotReplayed.BROKEN, 0)
    unknown = found.counts[CallChange.UNKNOWN]
    notes = []
    if unread:
        notes.append(f"{counted(unread, 'line')} cannot be read: what the calls in them need is not kept")
    if unknown:
        what = f"of {counted(unknown, 'call')} it is not known whether they are admitted"
        notes.append(f"{what}: they have all that may apply to them")
    return (*notes, "API Gateway does not log every call, and another period may have calls that need more")
