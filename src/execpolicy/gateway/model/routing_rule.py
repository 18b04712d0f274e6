"""Routing rules of custom domains of REST APIs (GW-32)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import flag, one_among, text, text_or_none, texts_by_name
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.literals import RoutingMode

MAPPINGS_ONLY: Final = "API_MAPPING_ONLY"
RULES_ONLY: Final = "ROUTING_RULE_ONLY"
RULES_THEN_MAPPINGS: Final = "ROUTING_RULE_THEN_API_MAPPING"
#: What selects the stage of a call to a custom domain.
ROUTING_MODES: tuple[RoutingMode, ...] = (MAPPINGS_ONLY, RULES_ONLY, RULES_THEN_MAPPINGS)

LARGEST_PRIORITY = 1_000_000
_MOST_HEADERS = 2
#: The names of headers that AWS accepts.
_NAME = re.compile(r"[A-Za-z0-9*?!#$%&'.^_`|~-]{1,39}")
#: Headers that no condition can name.
_RESTRICTED = re.compile(r"authorization|host|x-amz-.*|x-forwarded-.*", re.IGNORECASE | re.DOTALL)


class RoutingRule(Frozen):
    """A routing rule of a custom domain: its conditions, and the stage that it selects (GW-32).

    Args:
        priority: from 1 to 1,000,000; the rule with the lowest number is compared first.
        stage: the name of the stage.
        headers: conditions on at most two headers, value by name; ``*`` at the beginning or the end of a value stands
            for any text. All of them must match.
        base_path: the base path that the path of a call must begin with; None is no such condition.
        strip_base_path: whether the base path is removed from the path that the API receives.
        api_id: the id of the API, if it is another one.

    Raises:
        UsageError: an argument is of the wrong type, or AWS accepts no such rule.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html

    >>> RoutingRule(10, stage="beta", headers={"X-Version": "beta*"}).headers
    (('X-Version', 'beta*'),)
    """

    __slots__ = ("api_id", "base_path", "headers", "priority", "stage", "strip_base_path")
    priority: int
    stage: str
    headers: tuple[tuple[str, str], ...]
    base_path: str | None
    strip_base_path: bool
    api_id: str | None

    def __init__(  # noqa: PLR0917  # the first two have an obvious order, the others are given by name
        self,
        priority: int,
        stage: str,
        headers: Mapping[str, str] | None = None,
        base_path: str | None = None,
        strip_base_path: bool = False,
        api_id: str | None = None,
    ) -> None:
        self._set(
            priority=_priority(priority),
            stage=text(stage, "a rule's stage"),
            headers=tuple(texts_by_name(headers, "headers").items()),
            base_path=text_or_none(base_path, "base_path"),
            strip_base_path=flag(strip_base_path, "strip_base_path"),
            api_id=text_or_none(api_id, "api_id"),
        )
        self._check()

    def _check(self) -> None:
        if len(self.headers) > _MOST_HEADERS:
            raise UsageError(f"headers of a rule are at most two, found {len(self.headers)}", rule="GW-32")
        for name, value in self.headers:
            _check_header(name, value)
        if self.base_path is not None and not self.base_path.strip("/"):
            raise UsageError(
                f"base_path is not empty, found {self.base_path!r}",
                advice="leave it out: a rule without it matches every path",
                rule="GW-32",
            )


def _check_header(name: str, value: str) -> None:
    if not name or _RESTRICTED.fullmatch(name):
        raise UsageError(
            f"headers has a condition on {name!r}, which AWS does not accept",
            advice="Authorization, Host, X-Amz-… and X-Forwarded-… cannot be conditions",
            rule="GW-32",
        )
    if _NAME.fullmatch(name) is None:
        raise UsageError(
            f"headers has the name {quoted(name)}, which AWS does not accept",
            advice="it has at most 39 characters: letters, digits and *?-!#$%&'.^_`|~",
            rule="GW-32",
        )
    inner = value[1:-1] if len(value) > 1 else ""
    if not value or "*" in inner:
        raise UsageError(
            f"headers has the value {value!r} for {name}: `*` is at its beginning, its end, or both",
            advice="such as beta*, *beta or *beta*",
            rule="GW-32",
        )


def _priority(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= LARGEST_PRIORITY:
        shown = given if isinstance(given, int) and abs(given) < 10**20 else type(given).__name__
        raise UsageError(f"priority is a number from 1 to 1,000,000, found {shown!r}", rule="GW-32")
    return int(given)


def routing_mode(value: object) -> RoutingMode:
    """Check a routing mode.

    Raises:
        UsageError: there is no such mode.
    """
    found = one_among(value, ROUTING_MODES)
    if found is None:
        raise UsageError(f"routing_mode is {' or '.join(ROUTING_MODES)}, found {value!r}", rule="GW-32")
    return found
