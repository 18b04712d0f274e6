"""Replays the calls of access logs against another version of an API, and finds those that it would have refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from execpolicy.api import Api
from execpolicy.arguments import described, flag, text_or_none
from execpolicy.bulk.checkpoint import Checkpoint
from execpolicy.bulk.counted_blocks import counted_blocks
from execpolicy.bulk.grouped_lines import GroupedLines, OnReject
from execpolicy.bulk.known_answers import KnownAnswers, deciding_policies
from execpolicy.bulk.line_columns import LineColumns
from execpolicy.bulk.log_blocks import LogBlock, log_blocks
from execpolicy.bulk.log_files import LogLine, log_lines, log_paths, read_once
from execpolicy.bulk.log_sample import sample_of, sampled, sampled_blocks
from execpolicy.bulk.needed_variables import needed_variables
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.bulk.reading_progress import LINES_BETWEEN, NO_PROGRESS, ReadingProgress
from execpolicy.bulk.replay_counts import ReplayCounts
from execpolicy.bulk.replay_result import Replay, UnusedInLog
from execpolicy.bulk.replayed_call import label_of
from execpolicy.bulk.score_counts import ScoreCounts
from execpolicy.bulk.scored_call import CallScorer
from execpolicy.call import Call
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.template import Template

if TYPE_CHECKING:
    from execpolicy.bulk.call_classes import CallClasses
    from execpolicy.bulk.changed_calls import ChangedCalls
    from execpolicy.bulk.counted_calls import CallCounter
    from execpolicy.document.policy import Policy

#: The number of lines that show which variables a log has.
FIRST_LINES: Final = 1000
#: What is true of every replay.
_NOT_ALL: Final = "API Gateway does not log every call, so that the log may lack some"
_BY_LOG: Final = "where the answer of the old version is not known, AWS's logged answer is used instead"


def replay(
    logs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    before: Api | Template | None = None,
    after: Api | Template | None = None,
    callers: Any = None,
    log_format: str | None = None,
    *,
    raw_values: bool = False,
    dedupe: bool = False,
    sample: str | None = None,
    seed: int = 0,
    score: bool = False,
) -> Replay:
    """Replay the calls of access logs, and find those that a new version newly refuses or newly admits.

    ``Call.parse`` says how a line is read. What a log does not record is unknown: a change is certain only if it
    follows for every possible value.

    Args:
        logs: files, folders or patterns of names, gzip-compressed or not; ``-`` is standard input.
        before: the old version, an Api or a Template with one; None compares with AWS's answer in the log.
        after: the new version.
        callers: a Template or callers with their policies. The policies of others may say anything.
        log_format: the format of the log with its ``$context`` variables, for lines that are not read without it.
        raw_values: whether the result has paths, sessions and addresses. By default it has routes, roles and networks.
        dedupe: whether to leave out a call whose request id occurred before.
        sample: the part of the lines to replay, such as ``1/100``, which is drawn at random.
        seed: the seed of that.
        score: whether to compare the answers of the old version with AWS's answers in the log.

    Returns:
        The counts of calls by their change, with groups and examples.

    Raises:
        ExecPolicyError: a log cannot be read; the message has the place. A line that cannot be read is counted.
        UsageError: an argument is of the wrong type, or there is no old version to score.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html

    >>> from execpolicy import Api, Route
    >>> parts = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
    >>> before = Api(routes=["GET /orders/{id}"], **parts)
    >>> after = Api(routes=[Route("GET", "/orders/{id}", auth="AWS_IAM")], **parts)
    >>> import pathlib, tempfile
    >>> log = pathlib.Path(tempfile.mkdtemp()) / "access.log"
    >>> line = '{"httpMethod": "GET", "path": "/prod/orders/7", "ip": "203.0.113.7", "userArn": "-"}'
    >>> _ = log.write_text(line)
    >>> found = replay(log, before=before, after=after)
    >>> [(group.change.value, group.route, group.caller, group.calls) for group in found.groups]
    [('newly refused', 'GET /orders/{id}', 'anonymous', 1)]
    """
    versions = (None if before is None else one_api(before, "before"), one_api(after, "after"))
    form, raw = text_or_none(log_format, "log_format"), flag(raw_values, "raw_values")
    part = sample_of(sample)
    paths = log_paths(logs)
    return replay_lines(
        sampled(log_lines(paths), part, seed),
        versions,
        LogCallers(callers),
        log_format=form,
        raw_values=raw,
        dedupe=flag(dedupe, "dedupe"),
        sample="" if part is None else str(part),
        score=flag(score, "score"),
        blocks=blocks_of(paths, part, seed),
    )


def blocks_of(paths: Sequence[str], part: Fraction | None, seed: int) -> Iterable[LogBlock] | None:
    """The blocks of logs; None for standard input and pipes, which are read once, line by line.

    Args:
        paths: the files.
        part: the part of the lines that is replayed; None for all.
        seed: the seed of the numbers that decide which.
    """
    return None if read_once(paths) else sampled_blocks(log_blocks(paths), part, seed)


def replay_lines(
    lines: Iterable[LogLine],
    versions: tuple[Api | None, Api],
    callers: LogCallers,
    *,
    log_format: str | None = None,
    raw_values: bool = False,
    dedupe: bool = False,
    sample: str = "",
    score: bool = False,
    changed: ChangedCalls | None = None,
    counters: Sequence[CallCounter] = (),
    classes: CallClasses | None = None,
    blocks: Iterable[LogBlock] | None = None,
    checkpoint: Checkpoint | None = None,
    on_reject: OnReject | None = None,
    progress: ReadingProgress = NO_PROGRESS,
    on_note: Callable[[str], None] | None = None,
) -> Replay:
    """As ``replay``, of lines that are read already.

    Args:
        lines: the lines of the logs.
        versions: the old version, or None, and the new one.
        callers: the callers whose policies are given.
        log_format: the format of the log.
        raw_values: whether the result has paths, sessions and addresses.
        dedupe: whether to leave out a call whose request id occurred before.
        sample: the part of the lines that these are.
        score: whether to compare the answers of the old version with AWS's answers in the log.
        changed: gets the calls that change or may change.
        counters: what counts the calls that are replayed besides.
        classes: finds the classes of calls, if counters need those of more policies.
        blocks: the same lines in blocks, which are then counted; the lines show which variables a log has.
        checkpoint: keeps the counts after each block, and has those of the blocks that are counted already.
        on_reject: gets each line that is not replayed, with the reason.
        progress: gets how much of the logs is counted.
        on_note: gets what the log lacks of what the policies need, before the first call is replayed.

    Raises:
        UsageError: there is no old version to score.
    """
    before, after = versions
    counts = ReplayCounts(raw_values=raw_values)
    answers = KnownAnswers(before, after, callers, classes)
    lines = iter(lines)
    first = list(islice(lines, FIRST_LINES))
    first_calls = [call for line in first for call in calls_of_line(line, log_format) if isinstance(call, Call)]
    lacking = tuple(needed_variables(first_calls, answers.versions, answers.policies))
    if on_note is not None:
        for note in lacking:
            on_note(note)
    scores = _scores(before, callers, answers, raw_values=raw_values) if score else None
    columns = LineColumns(answers.classes, lambda arn: label_of(arn, raw_values=raw_values))
    grouped = GroupedLines(
        counts,
        answers,
        columns,
        after,
        raw_values=raw_values,
        log_format=log_format,
        dedupe=dedupe,
        on_reject=on_reject,
        counters=counters if scores is None else (*counters, scores),
        changed=changed,
    )
    if blocks is None:
        progress.begin(0, 0)
        for number, line in enumerate(chain(first, lines), 1):
            grouped.add(line)
            if number % LINES_BETWEEN == 0:
                progress.update(number, 0)
    else:
        done = 0 if checkpoint is None else checkpoint.restore(counts)
        rest = iter(blocks)
        skipped = max((block.read for block in islice(rest, done)), default=0)
        progress.begin(counts.lines, skipped)
        for number, _ in enumerate(counted_blocks(rest, grouped, progress), done + 1):
            if checkpoint is not None:
                grouped.count()
                checkpoint.save(counts, number)
    grouped.count()
    notes = (_NOT_ALL, _BY_LOG) if before is not None else (_NOT_ALL,)
    return counts.result(
        _statements(deciding_policies(after, callers)),
        (*lacking, *notes),
        sample=sample,
        score=None if scores is None else scores.result(),
    )


def _scores(before: Api | None, callers: LogCallers, answers: KnownAnswers, *, raw_values: bool) -> ScoreCounts:
    """What counts how the old version agrees with AWS's answers.

    Raises:
        UsageError: there is no old version.
    """
    if before is None:
        message = "score compares the old version with AWS's answers, and there is no old version"
        raise UsageError(message, advice="give before= or --before: the version that AWS had")
    return ScoreCounts(before, CallScorer(before, callers, answers.classes.of), raw_values=raw_values)


def one_api(subject: object, name: str) -> Api:
    """The API of an argument.

    Raises:
        UsageError: it is neither an Api nor a Template with one.
    """
    if isinstance(subject, Api):
        return subject
    if not isinstance(subject, Template):
        raise UsageError(f"{name} is an Api or a Template, found {described(subject)}")
    if len(subject.apis) != 1:
        found = listed(list(subject.apis), "and") if subject.apis else "none"
        raise UsageError(
            f"{name} is a Template with one API, found {found}", advice='give the API: template.apis["Name"]'
        )
    return next(iter(subject.apis.values()))


def _statements(policies: Iterable[Policy]) -> Iterator[UnusedInLog]:
    found: Mapping[tuple[str, int, str], UnusedInLog] = {
        (policy.name, each.number, each.effect): UnusedInLog(
            policy.name,
            each.number,
            None if each.sid is None else each.sid.value,
            each.effect,
            policy.place(each, f"Statement[{each.number}]"),
        )
        for policy in policies
        for each in policy.statements
    }
    return iter(found.values())
