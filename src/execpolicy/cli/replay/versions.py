"""The two versions of an API that a replay compares, the callers, and the lines of the logs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from execpolicy.api import Api
from execpolicy.bulk.log_files import LogLine, log_lines, log_paths
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.call import Call
from execpolicy.cli.check.one_api import named_part
from execpolicy.cli.inputs import Inputs, with_option_of_text
from execpolicy.cli.only_callers import OF_API, names_callers, read_only_callers
from execpolicy.cli.template import GivenApi, read_file, select_api
from execpolicy.diagnose.named_api import NamedApi
from execpolicy.errors import ExecPolicyError

#: The number of lines at the beginning of the logs that may name the API.
_MOST_LINES = 1000


class ReadVersions(NamedTuple):
    """What a replay needs.

    Attributes:
        paths: the files of the logs.
        lines: the lines of the logs.
        before: the old version; None for AWS's answer in the log.
        after: the new version.
        callers: the callers with their policies, by logical id.
    """

    paths: Sequence[str]
    lines: Iterator[LogLine]
    before: Api | None
    after: Api
    callers: Mapping[str, Any]


def read_versions(inputs: Inputs, arguments: argparse.Namespace) -> ReadVersions | None:
    """Read the files of the versions; None with the errors.

    A template does not say the id, the account and the region of its API: the first call of the logs that names them
    gives them. Calls to other APIs are left out and counted.
    """
    try:
        paths = log_paths(arguments.logs)
        lines = log_lines(paths)
        first = list(islice(lines, _MOST_LINES))
        named = _named_api(first, arguments.log_format)
    except ExecPolicyError as error:
        inputs.faults.append(with_option_of_text(error.diagnostic))
        return None
    after = _version(inputs, arguments, arguments.api, "--api", named)
    if after is None:
        return None
    before = None
    if arguments.before is not None:
        before = _version(inputs, arguments, arguments.before, "--before", named)
        if before is None:
            return None
    callers: Mapping[str, Any] | None
    if names_callers(arguments):
        callers = read_only_callers(inputs, arguments, after, otherwise=OF_API)
    else:
        callers = {name: each.value_or_variants() for name, each in after.file.callers.items()}
    if callers is None:
        return None
    return ReadVersions(paths, chain(first, lines), None if before is None else before.api, after.api, callers)


def _version(
    inputs: Inputs, arguments: argparse.Namespace, path: str, option: str, named: NamedApi | None
) -> GivenApi | None:
    given = read_file(inputs, arguments, path, option)
    return None if given is None else select_api(inputs, given, named=named, any_stage=True)


def _named_api(lines: list[LogLine], log_format: str | None) -> NamedApi | None:
    """The API that the first call names which names one; None if none does."""
    for line in lines:
        for call in calls_of_line(line, log_format):
            if isinstance(call, Call):
                api_id = named_part(call, "api_id")
                if api_id:
                    return NamedApi(api_id, named_part(call, "region") or "", call.account or "")
    return None
