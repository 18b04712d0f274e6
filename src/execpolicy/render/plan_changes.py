"""What a plan of changes does to APIs, callers and policies, as lines (SRC-4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from execpolicy._base.outline import OutlineLine
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import to_python
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.engine.caller import Caller
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.api_file.write import api_document
from execpolicy.loaders.contents import TemplateContents
from execpolicy.render.api_outline import heading

#: Members of an API file that say which format it has.
_LEFT_OUT: Final = ("schema",)
#: Members whose parts have names.
_NAMED: Final = ("authorizers", "domains", "gateway_responses", "routes", "stages")
_NOTHING: Final = "the plan changes no API, no caller and no policy"


def change_lines(before: TemplateContents, after: TemplateContents) -> Iterator[OutlineLine]:
    """The lines of what differs: ``+`` what the plan adds, ``-`` what it removes, ``~`` what it changes.

    Args:
        before: what the plan starts from.
        after: what is there after it.
    """
    old, new = _parts(before), _parts(after)
    is_first = True
    for name in dict.fromkeys((*old, *new)):
        rows = [*_rows(old.get(name, {}), new.get(name, {}))]
        if not rows:
            continue
        what = "changed" if name in old and name in new else "added" if name in new else "removed"
        yield from ([OutlineLine(0, "heading", f"{name}: {what}")] if is_first else heading(f"{name}: {what}"))
        is_first = False
        yield from rows
    if is_first:
        yield OutlineLine(0, "missing", _NOTHING)


def _rows(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[OutlineLine]:
    for part in dict.fromkeys((*old, *new)):
        if part not in old:
            yield OutlineLine(1, "", f"+ {part}: {new[part]}")
        elif part not in new:
            yield OutlineLine(1, "", f"- {part}: {old[part]}")
        elif old[part] != new[part]:
            yield OutlineLine(1, "", f"~ {part}: {old[part]} → {new[part]}")


def _parts(contents: TemplateContents) -> dict[str, dict[str, str]]:
    """The parts of each API, caller and policy, each as JSON."""
    found = {name: _of_apis(each) for name, each in contents.apis.items()}
    found.update({name: _of_callers(each) for name, each in contents.callers.items()})
    for policies in (contents.policies, contents.vpc_endpoints):
        for name, each in policies.items():
            found[name] = dict(pair for one in each.values for pair in _of_policy("statement", one))
    return found


def _of_apis(found: Variants[ApiDefinition]) -> dict[str, str]:
    parts: dict[str, str] = {}
    for number, api in enumerate(found.values, 1):
        which = "" if len(found.values) == 1 else f"variant {number}: "
        for name, value in api_document(api).items():
            if name == "resource_policy" and api.resource_policy is not None:
                parts.update((which + key, text) for key, text in _of_policy("resource policy", api.resource_policy))
            elif name in _NAMED and isinstance(value, dict):
                parts.update({f"{which}{name} {key}": _json(item) for key, item in value.items()})
            elif name not in _LEFT_OUT:
                parts[which + name] = _json(value)
    return parts


def _of_callers(found: Variants[Caller]) -> dict[str, str]:
    parts: dict[str, str] = {}
    for number, caller in enumerate(found.values, 1):
        which = "" if len(found.values) == 1 else f"variant {number}: "
        parts[f"{which}principal"] = with_unknown_in_words(caller.principal.arn)
        for kind, policies in groupby(caller.policies, attrgetter("kind")):
            for at, policy in enumerate(policies, 1):
                parts.update(_of_policy(f"{which}{kind.value} policy {at}", policy))
    return parts


def _of_policy(what: str, policy: Policy) -> Iterator[tuple[str, str]]:
    """The statements of a policy, by their Sids or numbers."""
    document = to_python(policy.root)
    written = document.get("Statement", []) if isinstance(document, dict) else document
    for number, each in enumerate(written if isinstance(written, list) else [written], 1):
        sid = each.get("Sid") if isinstance(each, dict) else None
        yield f"{what} {sid or number}", _json(each)


def _json(value: Any) -> str:
    return with_unknown_in_words(json.dumps(value, ensure_ascii=False))
