"""Replays the calls of access logs against another version of an API, and finds those that it would have refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from execpolicy.api import Api
from execpolicy.arguments import described, flag, text_or_none
from execpolicy.bulk.call_classes import CallClasses
from execpolicy.bulk.log_files import LogLine, log_lines
from execpolicy.bulk.log_sample import sample_of, sampled
from execpolicy.bulk.logged_verdict import admitted_by_aws
from execpolicy.bulk.needed_variables import needed_variables
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replay_counts import ReplayCounts
from execpolicy.bulk.replay_result import NotReplayed, Replay, UnusedInLog
from execpolicy.bulk.replayed_call import CallReplayer, ReplayedCall
from execpolicy.call import Call
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import RequestError, UsageError
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.gateway.model.variants import values_of
from execpolicy.language.principal import SESSION
from execpolicy.loaders.call_texts import read_calls
from execpolicy.template import Template

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy

#: The most answers that are kept.
_MOST_ANSWERS: Final = 100_000
#: The number of lines that show which variables a log has.
_FIRST_LINES: Final = 1000
#: What is true of every replay.
_NOT_ALL: Final = "API Gateway does not log every call, so that the log may lack some"
_BY_LOG: Final = "where the answer of the old version is not known, AWS's logged answer is used instead"
#: Writes a line that is not replayed.
OnReject = Callable[[LogLine, NotReplayed], None]


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
        dedupe: whether to leave out a call whose request id occurred before; all ids are kept in memory.
        sample: the part of the lines to replay, such as ``1/100``, which is drawn at random.
        seed: the seed of that.

    Returns:
        The counts of calls by their change, with groups and examples.

    Raises:
        ExecPolicyError: a log cannot be read; the message has the place. A line that cannot be read is counted.
        UsageError: an argument is of the wrong type.

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
    return replay_lines(
        sampled(log_lines(logs), part, seed),
        versions,
        LogCallers(callers),
        log_format=form,
        raw_values=raw,
        dedupe=flag(dedupe, "dedupe"),
        sample="" if part is None else str(part),
    )


def replay_lines(
    lines: Iterable[LogLine],
    versions: tuple[Api | None, Api],
    callers: LogCallers,
    *,
    log_format: str | None = None,
    raw_values: bool = False,
    dedupe: bool = False,
    sample: str = "",
    on_reject: OnReject | None = None,
    on_line: Callable[[int], None] | None = None,
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
        on_reject: gets each line that is not replayed, with the reason.
        on_line: gets the number of lines so far, after each line.
        on_note: gets what the log lacks of what the policies need, before the first call is replayed.
    """
    before, after = versions
    counts = ReplayCounts(raw_values=raw_values)
    answers = KnownAnswers(before, after, callers)
    read = ((line, tuple(calls_of_line(line, log_format))) for line in lines)
    first = list(islice(read, _FIRST_LINES))
    first_calls = [call for _, calls in first for call in calls if isinstance(call, Call)]
    lacking = tuple(needed_variables(first_calls, answers.versions, answers.policies))
    if on_note is not None:
        for note in lacking:
            on_note(note)
    seen = _SeenRequests(dedupe)
    for line, calls in chain(first, read):
        counts.lines += 1
        for call in calls:
            reason = call if isinstance(call, NotReplayed) else _left_out(call, after) or seen.again(call)
            if reason is not None:
                counts.leave_out(line, reason)
                if on_reject is not None:
                    on_reject(line, reason)
            elif isinstance(call, Call):
                counts.add(line, call, answers.of(call))
        if on_line is not None:
            on_line(counts.lines)
    notes = (_NOT_ALL, _BY_LOG) if before is not None else (_NOT_ALL,)
    return counts.result(_statements(_policies(after, callers)), (*lacking, *notes), sample=sample)


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


def calls_of_line(line: LogLine, log_format: str | None) -> Iterator[Call | NotReplayed]:
    """The calls of a line, or why it has none; a subscription record has several.

    Args:
        line: the line.
        log_format: the format of the log.

    Raises:
        RequestError: the format is wrong.
    """
    if not line.content.strip():
        yield NotReplayed.EMPTY
        return
    try:
        text = line.content.decode("utf-8")
        found = read_calls(text, line.file, log_format=log_format)
    except UnicodeDecodeError:
        yield NotReplayed.BROKEN
        return
    except RequestError as error:
        if error.source is not None and error.source.name == "<log_format>":
            raise
        yield NotReplayed.BROKEN
        return
    yield from map(Call.of, found.calls)
    yield from (NotReplayed.BROKEN for _ in found.faults)


def _left_out(call: Call, api: Api) -> NotReplayed | None:
    """Why a call is not one to the API; None if it may be."""
    own = None if call.host is None else parse_own_host(call.host.lower())
    said = {
        "id": {call.api_id, None if own is None else own["api"]},
        "account": {call.account},
        "region": {call.region},
    }
    if any(found - {None, getattr(api, part)} for part, found in said.items()):
        return NotReplayed.OTHER_API
    names = {stage.name for each in api.variants for stage in each.stages}
    return NotReplayed.OTHER_STAGE if call.stage is not None and call.stage not in names else None


class _SeenRequests:
    """The ids of the requests so far, as numbers that are equal for equal ids; none unless they are wanted."""

    def __init__(self, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._seen: set[bytes] = set()

    def again(self, call: Call) -> NotReplayed | None:
        """Whether a call was there before; one without an id was not."""
        if not self._is_wanted or call.request_id is None:
            return None
        found = blake2b(call.request_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if found in self._seen:
            return NotReplayed.DUPLICATE
        self._seen.add(found)
        return None


class KnownAnswers:
    """The changes of calls, decided once for each class of calls that no policy tells apart.

    Args:
        before: the old version; None for AWS's answer in the log.
        after: the new version.
        callers: the callers whose policies are given.
    """

    def __init__(self, before: Api | None, after: Api, callers: LogCallers) -> None:
        self._replayer = CallReplayer(before, after, callers)
        #: The versions, and the policies that decide in them.
        self.versions = (after,) if before is None else (before, after)
        self.policies = tuple(dict.fromkeys(policy for each in self.versions for policy in _policies(each, callers)))
        by_session = any(each.principal.kind == SESSION for given in callers.all for each in values_of(given))
        self._classes = CallClasses(self.versions, self.policies, by_session=by_session)
        #: What was decided, by class and by AWS's logged answer.
        self.decided: dict[tuple[object, bool | None], ReplayedCall] = {}

    def of(self, call: Call) -> ReplayedCall:
        """The change of a call, with the answers of both versions."""
        of_class = self._classes.of(call)
        if of_class is None:
            return self._replayer.replay(call)
        key = (of_class, admitted_by_aws(call))
        found = self.decided.get(key)
        if found is None:
            if len(self.decided) >= _MOST_ANSWERS:
                self.decided.clear()
            self.decided[key] = found = self._replayer.replay(call)
        return found


def _policies(api: Api, callers: LogCallers) -> Iterator[Policy]:
    """The policies of a version: those of the API, and those of the callers that are given."""
    of_apis = chain.from_iterable(
        (each.resource_policy, *(domain.policy for domain in each.domains)) for each in api.variants
    )
    of_callers = (policy for each in callers.all for caller in values_of(each) for policy in caller.policies)
    yield from dict.fromkeys(policy for policy in chain(of_apis, of_callers) if policy is not None)


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
