"""The checkpoint of ``execpolicy replay``, and what makes two runs the same."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterable, Iterator
from typing import Final

from execpolicy import __version__
from execpolicy.api import Api
from execpolicy.bulk.checkpoint import Checkpoint
from execpolicy.bulk.log_files import read_once
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.cli.replay.rejects import RejectFile
from execpolicy.cli.replay.versions import ReadVersions
from execpolicy.document.policy import Policy
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.gateway.model.variants import values_of
from execpolicy.render.api_outline import api_lines

#: Options on which no count depends.
_OF_OUTPUT: Final = frozenset(
    {"checkpoint", "color", "debug", "fail_on", "format", "quiet", "run", "tz", "verb", "verbose"}
)
#: Options with which lines are not counted in blocks, or not by counts alone.
_WITHOUT: Final = ("changed", "dedupe", "sample", "score")


def checkpoint_of(arguments: argparse.Namespace, versions: ReadVersions, rejects: RejectFile) -> Checkpoint | None:
    """The checkpoint that an option names; None without it.

    Args:
        arguments: the options.
        versions: the versions, the callers and the files of the logs.
        rejects: the file of the rejected lines.

    Raises:
        ExecPolicyError: its folder cannot be used, or has the checkpoint of another run.
        UsageError: another option excludes it.
    """
    if arguments.checkpoint is None:
        return None
    for name in _WITHOUT:
        if getattr(arguments, name):
            raise UsageError(
                f"--checkpoint is given with --{name}, which needs all lines again", advice="leave one out"
            )
    once = read_once(versions.paths)
    if once is not None:
        raise UsageError(f"--checkpoint is given with {once}, which is not read twice", advice="name a file")
    run = {
        "the version of execpolicy": __version__,
        "the logs": [_state_of_file(path) for path in versions.paths],
        "the options": _digest(_options(arguments)),
        "the versions of the API": _digest(_versions(arguments, versions)),
        "the callers": _digest(_callers(versions)),
    }
    return Checkpoint(arguments.checkpoint, run, rejects.size, rejects.continue_at)


def _options(arguments: argparse.Namespace) -> Iterator[str]:
    for name, value in sorted(vars(arguments).items()):
        if name not in _OF_OUTPUT and not callable(value):
            yield f"{name}={value!r}"


def _state_of_file(path: str) -> list[str | int]:
    try:
        found = os.stat(path)
    except OSError as error:
        raise ExecPolicyError(f"cannot read {path!r}: {error.strerror or error}", advice="check the path") from error
    return [path, found.st_size, found.st_mtime_ns]


def _digest(texts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()


def _versions(arguments: argparse.Namespace, versions: ReadVersions) -> Iterator[str]:
    for path in (arguments.before, arguments.api):
        if path is not None and os.path.isfile(path):
            with open(path, "rb") as file:
                yield hashlib.sha256(file.read()).hexdigest()
    for api in (versions.before, versions.after):
        yield from () if api is None else _of_api(api)


def _of_api(api: Api) -> Iterator[str]:
    for variant in api.variants:
        yield from (line.text for line in api_lines("", variant, ()))
        policies = (variant.resource_policy, *(domain.policy for domain in variant.domains))
        yield from (_of_policy(policy) for policy in policies if policy is not None)


def _callers(versions: ReadVersions) -> Iterator[str]:
    for each in LogCallers(versions.callers).all:
        for caller in values_of(each):
            yield caller.principal.arn
            yield from map(_of_policy, caller.policies)


def _of_policy(policy: Policy) -> str:
    places = [policy.place(each, "") for each in policy.statements]
    return f"{policy.name} {policy.to_document()} {places}"
