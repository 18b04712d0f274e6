"""Invariants over the alphabet of APIs, each with what it claims of one call, by the rules and not by the analysis."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple, TypeAlias

from execpolicy.language.principal import Principal
from tests.analysis.alphabet import HERE, THERE
from tests.analysis.api_pairs import METHODS, Call

#: Whether a call is meant.
Meant: TypeAlias = Callable[[Call], bool]
OFFICE = "203.0.113.0/24"


class Claim(NamedTuple):
    """An invariant, and the calls that it claims something about: that all get through, or that none does.

    Attributes:
        text: the invariant as people write it.
        meant: whether it claims something about a call.
        all_get_through: the claim: that all of them get through, or that none does.
    """

    text: str
    meant: Meant
    all_get_through: bool

    def is_contradicted(self, call: Call, *, allowed: bool) -> bool:
        """Whether a call shows that the claim is wrong."""
        return self.meant(call) and allowed is not self.all_get_through


CALLERS: dict[str, Callable[[Principal], bool]] = {
    "anonymous": lambda who: who.kind == "anonymous",
    "role/Clerk": lambda who: who.kind == "session" and who.account == HERE and ":assumed-role/Clerk/" in _arn(who),
    "user/Ann": lambda who: (
        _arn(who) == f"arn:aws:iam::{HERE}:user/Ann" or _arn(who).endswith(f"{HERE}:user/staff/Ann")
    ),
    "this account": lambda who: who.account == HERE,
    f"account {THERE}": lambda who: who.account == THERE,
    "service states.amazonaws.com": lambda who: who.kind == "service",
    f"role/Clerks of {THERE}": lambda who: f"{THERE}:assumed-role/Clerks/" in _arn(who),
}
PATHS = ("/orders", "/orders/*", "/orders/**", "/**", "/admin/**", "/*", "/x/GET/y", "/admin/*", "/open", "/nowhere")


def _arn(who: Principal) -> str:
    return str(who.arn)


def claim(random: Random) -> Claim:
    """An invariant."""
    who = random.choice([*CALLERS])
    methods, path = random.sample(METHODS, random.choice((0, 1, 1, 2))), random.choice(PATHS)
    calls = " ".join((*([", ".join(methods)] if methods else []), path))
    is_path = _matches(path)

    def called(call: Call) -> bool:
        return (not methods or call.method in methods) and is_path(call.path)

    limits, limited = random.choice(_LIMITS)
    excepted, is_excepted = random.choice(_EXCEPTIONS)
    text, callers, all_get_through = random.choice(_forms(who))
    return Claim(
        text.format(f"{calls}{limits}{excepted}"),
        lambda call: callers(call.who) and called(call) and limited(call) and not is_excepted(call),
        all_get_through,
    )


def _forms(who: str) -> list[tuple[str, Callable[[Principal], bool], bool]]:
    is_meant = CALLERS[who]
    # An anonymous caller of a method with a token is another one (INV-3), but the alphabet has no such method.
    return [
        ("nobody may call {}", lambda _: True, False),
        (f"{who} may not call {{}}", is_meant, False),
        (f"only {who} may call {{}}", lambda each: not is_meant(each), False),
        (f"{who} may call {{}}", is_meant, True),
        ("anybody may call {}", lambda _: True, True),
        (f"anybody but {who} may call {{}}", lambda each: not is_meant(each), True),
        (f"no account outside {THERE} may call {{}}", lambda each: each.account != THERE, False),
    ]


def _from_office(call: Call) -> bool:
    return any(key == "aws:SourceIp" and values[0].startswith("203.0.113.") for key, values in call.context)


def _has_tag(call: Call) -> bool:
    # A caller without an account has no tags.
    return ("aws:PrincipalTag/team", ("red",)) in call.context and call.who.is_iam


_LIMITS: list[tuple[str, Meant]] = [
    ("", lambda _: True),
    ("", lambda _: True),
    (" on prod", lambda _: True),
    (f" from {OFFICE}", _from_office),
    (" when aws:PrincipalTag/team = red", _has_tag),
]
_EXCEPTIONS: list[tuple[str, Meant]] = [
    ("", lambda _: False),
    ("", lambda _: False),
    (f" unless from {OFFICE}", _from_office),
    (" unless when aws:PrincipalTag/team = red", _has_tag),
]


def _matches(pattern: str) -> Callable[[str], bool]:
    """Whether a path is one of a pattern (INV-2)."""
    expression = re.escape(pattern).replace(r"/\*\*", "(?:/.*)?").replace(r"\*", "[^/]+")
    return lambda path: re.fullmatch(expression, path) is not None
