"""What a file describes, as lines: its APIs, callers and VPC endpoints, what is not known, and what was not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from execpolicy._base.outline import OutlineLine
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.engine.caller import Caller
from execpolicy.errors import Source, Span
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.api_file.contents import ONLY_API
from execpolicy.loaders.contents import TemplateContents
from execpolicy.render.api_outline import api_lines, column_of, heading, policies_in_words, row, section


def file_lines(
    contents: TemplateContents, placeholders: Mapping[str, tuple[str, ...]], *, verbose: bool
) -> Iterator[OutlineLine]:
    """The lines of a file.

    Args:
        contents: what the file describes.
        placeholders: by the name of an API, which of ``account``, ``region`` and ``api_id`` are placeholders.
        verbose: whether to list what was not read.
    """
    first = True
    for name, found in contents.apis.items():
        for number, api in enumerate(found.values, 1):
            if not first:
                yield OutlineLine(0, "", "")
            first = False
            title = "" if name == ONLY_API and len(contents.apis) == 1 else _title(name, number, found)
            yield from api_lines(title, api, placeholders.get(name, ()))
    if not contents.apis:
        yield OutlineLine(0, "missing", "the file describes no API")
    yield from _caller_lines(contents.callers)
    endpoints = contents.vpc_endpoints.items()
    yield from section("VPC endpoints", [(name, _policy_words(found)) for name, found in endpoints])
    others = contents.policies.items()
    yield from section("policies", [(name, f"{_kinds(found)}, {_policy_words(found)}") for name, found in others])
    places = [(_place(each.source, each.span), f"{each.name}: {each.reason}") for each in contents.unknowns]
    yield from section("not known", places)
    yield from _ignored_lines(contents, verbose=verbose)


def _ignored_lines(contents: TemplateContents, *, verbose: bool) -> Iterator[OutlineLine]:
    ignored = contents.ignored
    if verbose:
        yield from section("not read", [(_place(each.source, each.span), each.what) for each in ignored])
    elif ignored:
        yield OutlineLine(0, "", "")
        parts = counted(len(ignored), "part")
        yield OutlineLine(0, "more", f"not read: {parts} of the file without bearing on authorization (--verbose)")


def _title(name: str, number: int, found: Variants[ApiDefinition]) -> str:
    if len(found.values) == 1:
        return name
    depends = f"depends on {listed(found.depends_on, 'and')}" if found.depends_on else "has several variants"
    truths = [f"{condition} is {str(truth).lower()}" for condition, truth in found.when(number - 1)]
    when = f": if {listed(truths, 'and')}" if truths else ""
    return f"{name}, which {depends} ({number} of {len(found.values)}{when})"


def _dependence(found: Variants[Any]) -> Iterator[str]:
    """What a part depends on, for one that is written once for all of its values."""
    if not found.is_known:
        conditions = f" (condition {listed(found.conditions, 'and')})" if found.conditions else ""
        yield f"depends on {listed(found.depends_on, 'and')}{conditions}"


def _caller_lines(callers: Mapping[str, Variants[Caller]]) -> Iterator[OutlineLine]:
    """Each caller with its principal, and a line for each kind of policy that it has."""
    if callers:
        yield from heading("callers")
    column = column_of(callers)
    for name, found in callers.items():
        arns = dict.fromkeys(with_unknown_in_words(caller.principal.arn) for caller in found.values)
        yield from row(name, " or ".join(arns), column)
        policies = dict.fromkeys(words for caller in found.values for words in _policies_of(caller))
        yield from (OutlineLine(2, "", words) for words in (*policies, *_dependence(found)))


def _policies_of(caller: Caller) -> Iterator[str]:
    for kind, policies in groupby(caller.policies, attrgetter("kind")):
        yield f"{'SCP' if kind is PolicyKind.SCP else kind.value}: {policies_in_words([*policies])}"
    if not (caller.identity or caller.session):
        yield "no identity-based policies"


def _kinds(found: Variants[Policy]) -> str:
    return " | ".join(dict.fromkeys(policy.kind.value for policy in found.values))


def _policy_words(found: Variants[Policy]) -> str:
    words = " | ".join(dict.fromkeys(policies_in_words([policy]) for policy in found.values))
    return ", ".join([words, *_dependence(found)])


def _place(source: Source, span: Span) -> str:
    return f"{source.name}:{span.line}:{span.column}"
