"""Short forms of resource policies, and mistakes that keep them from matching (GW-7)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.errors import RequestError
from execpolicy.gateway.arn.parts import InvalidArnPart, error_at, invalid_part
from execpolicy.language.arn import SHORT_FORM
from execpolicy.language.glob import matcher, tokens_of

_PLACEHOLDER = re.compile(r"(?<!\$)\{[^/{}]*\}")
#: A part with any of these can match other texts.
_OPEN = re.compile(r"[*?]|\$\{")


class ShortForm(NamedTuple):
    """An expanded short form, and why it may not match as intended.

    ``pattern`` is the pattern of an ARN. ``trap`` explains why it matches no call, or not the intended ones, and
    ``rule`` is the id of the rule; both are empty if nothing is wrong.
    """

    pattern: str
    trap: str = ""
    rule: str = ""


def expanded(short_form: str, prefix: str, domain: str | None) -> ShortForm:
    """Expand a short form.

    Args:
        short_form: a value of Resource or NotResource.
        prefix: what API Gateway puts before the slash of the short form.
        domain: the resource of a private custom domain; None for an API.

    Raises:
        RequestError: the text is not a short form, so it is stored as it is and matches nothing.
    """
    if not short_form.startswith(SHORT_FORM):
        raise _no_short_form(short_form)
    body = short_form[len(SHORT_FORM) - 1 :]
    trap, rule = _trap_in_api(body) if domain is None else _trap_in_domain(body, domain)
    return ShortForm(prefix + body, trap, rule)


def _no_short_form(text: str) -> RequestError:
    service = SHORT_FORM.removesuffix("/")
    if text.startswith(service):
        rest = text[len(service) :]
        message = f"found {rest!r}, expected a slash: without it the text is stored as it is and matches nothing"
        problem = InvalidArnPart(message, f"write {SHORT_FORM}{rest}", "GW-7")
        return error_at(problem, text=text, name="short form", start=len(service))
    advice = "a whole ARN is not expanded" if text.startswith("arn:") else f"{SHORT_FORM}* is every call of the API"
    message = f"found {text!r}, expected a short form, which begins with {SHORT_FORM}"
    return error_at(InvalidArnPart(message, advice, "GW-7"), text=text, name="short form")


def _trap_in_domain(body: str, domain: str) -> tuple[str, str]:
    if "${" in body or matcher(tokens_of(body))(domain):
        return "", ""
    return (
        f"the ARN of this domain continues with `{domain}`, which `{body}` does not match; write `{SHORT_FORM}*`",
        "GW-7",
    )


def _trap_in_api(body: str) -> tuple[str, str]:
    """Why no call matches; a ``*`` may match everything after it, so parts are checked up to the first one."""
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
        return f"the method is followed by a slash already, so write it once: `{SHORT_FORM}{_once(body)}`", "GW-3"
    return _placeholder(body)


def _once(body: str) -> str:
    return re.sub("/{2,}", "/", body[1:])


def _open_ended(part: str) -> bool:
    return "*" in part or "${" in part


def _problem(part: str, value: str) -> tuple[str, str] | None:
    problem = None if _OPEN.search(value) else invalid_part(part, value)
    return None if problem is None else (f"{problem.message}, so no call matches it; {problem.advice}", problem.rule)


def _placeholder(body: str) -> tuple[str, str]:
    found = _PLACEHOLDER.search(body)
    return ("", "") if found is None else (f"`{found.group()}` is literal text here, write `*`", "GW-2")
