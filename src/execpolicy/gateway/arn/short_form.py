"""Short forms of resource policies, and the traps in them (GW-7)."""

from __future__ import annotations

import re

from execpolicy.gateway.arn.execute_api_arn import ShortForm
from execpolicy.gateway.arn.parts import problem_of
from execpolicy.language.arn import SHORT_FORM
from execpolicy.language.glob import matcher, tokens_of

_PLACEHOLDER = re.compile(r"(?<!\$)\{[^/{}]*\}")
#: A part with any of these can be more than it says.
_OPEN = re.compile(r"[*?]|\$\{")


def expanded(prefix: str, body: str, domain: str | None) -> ShortForm:
    """A short form, from its slash on, after what API Gateway puts before it. ``domain``: the resource of a domain."""
    trap, rule = _trap_in_api(body) if domain is None else _trap_in_domain(body, domain)
    return ShortForm(prefix + body, trap, rule)


def _trap_in_domain(body: str, domain: str) -> tuple[str, str]:
    if "${" in body or matcher(tokens_of(body))(domain):
        return "", ""
    return (
        f"the ARN of this domain goes on with `{domain}`, which `{body}` does not match; write `{SHORT_FORM}*`",
        "GW-7",
    )


def _trap_in_api(body: str) -> tuple[str, str]:
    """Why no call matches: part by part, up to a ``*``, which may stand for all that follows."""
    stage, *rest = body[1:].split("/", 2)
    if _open_ended(stage):
        return _placeholder(body)
    if not any(rest):
        stage = f"{stage}/" if stage else ""
        return f"`{SHORT_FORM}{body[1:]}` names no method, so no call matches it; write `{SHORT_FORM}{stage}*`", "GW-8"
    return _problem("stage", stage) or _trap_after_stage(body, *rest)


def _trap_after_stage(body: str, method: str, path: str | None = None) -> tuple[str, str]:
    if path is None or _open_ended(method):
        return _problem("route_key", method) or _placeholder(body)
    if problem := _problem("method", method):
        return problem
    if path.startswith("/"):
        return f"the method brings its slash, so write it once: `{SHORT_FORM}{_once(body)}`", "GW-3"
    return _placeholder(body)


def _once(body: str) -> str:
    return re.sub("/{2,}", "/", body[1:])


def _open_ended(part: str) -> bool:
    return "*" in part or "${" in part


def _problem(part: str, value: str) -> tuple[str, str] | None:
    problem = None if _OPEN.search(value) else problem_of(part, value)
    return None if problem is None else (f"{problem.message}, so no call matches it; {problem.advice}", problem.rule)


def _placeholder(body: str) -> tuple[str, str]:
    found = _PLACEHOLDER.search(body)
    return ("", "") if found is None else (f"`{found.group()}` is literal text here, write `*`", "GW-2")
