"""The callers of a log: those whose policies are given, and the possible policies of the others (LOG-8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from execpolicy.arguments import described
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.language.principal import FEDERATED_USER, ROLE, SESSION, USER, Principal
from execpolicy.template import Template

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

#: The beginning of the names of policies that stand for those that are not given.
_NAME: Final = "<any policy "
#: Callers of a log whose possible policies are kept.
_MOST_CALLERS: Final = 2048

#: A caller as ``Api.invoke`` takes it.
AnyCaller = Caller | Variants[Caller]


class LogCallers:
    """The callers whose policies are given, by what a log says of a caller.

    Args:
        given: a Template, callers, or a mapping of names to callers; None for none.

    Raises:
        UsageError: it is something else.
    """

    def __init__(self, given: object) -> None:
        self._by_name: dict[tuple[str, str | None, str | None, str | None], AnyCaller] = {}
        for each in _callers(given):
            principal = values_of(each)[0].principal
            self._by_name[_key(principal)] = each
        self.all: tuple[AnyCaller, ...] = tuple(self._by_name.values())

    def find(self, principal: Principal) -> AnyCaller | None:
        """The given caller that a principal of a log is: the session itself, else its role; None if it is not given."""
        found = self._by_name.get(_key(principal))
        if found is None and principal.kind == SESSION:
            found = self._by_name.get((ROLE, principal.account, principal.name, None))
        return found


def _key(principal: Principal) -> tuple[str, str | None, str | None, str | None]:
    return principal.kind, principal.account, principal.name, principal.session_name


def _callers(given: object) -> Iterator[AnyCaller]:
    if given is None:
        return
    if isinstance(given, Template):
        for name in given.callers:
            yield given.callers.variants(name).value_or_variants()
        return
    values: object = given.values() if isinstance(given, Mapping) else given
    if isinstance(given, (Caller, Variants)):
        values = (given,)
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise UsageError(
            f"callers are a Template or a list of callers, found {described(given)}", advice="put one into a list"
        )
    for each in values:
        if not isinstance(each, (Caller, Variants)):
            raise UsageError(
                f"a caller is a Caller with its policies, found {described(each)}",
                advice="leave out a caller whose policies are not known",
            )
        yield each


def _policy(kind: PolicyKindName, effect: str, action: str = "*") -> Policy:
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": statement}
    return Policy.parse(document, kind=kind, name=f"{_NAME}of kind {kind}>")


def is_of_possible_policy(name: str) -> bool:
    """Whether a policy of this name stands for one that is not given."""
    return name.startswith(_NAME)


#: A policy that says nothing of any call to an API.
_SILENT: Final = "s3:ListBucket"


@lru_cache(maxsize=_MOST_CALLERS)
def possible_callers(principal: Principal) -> tuple[Caller, ...]:
    """The caller with each combination of what its policies may say of a call: allow it, deny it, or nothing.

    For one call, policies of one layer say no more than that. A Deny of any layer decides, so that one is enough.

    Args:
        principal: the caller.
    """
    if not principal.is_iam or principal.acts_as_root:
        return (Caller(principal),)
    found = [Caller(principal, **_parts(principal, "Deny", layers=()))]
    layers = [name for name in ("boundary", "session", "scps") if _can_have(principal, name)]
    for identity, *silent in product((True, False), *([(False, True)] * len(layers))):
        without = tuple(name for name, is_silent in zip(layers, silent, strict=True) if is_silent)
        found.append(Caller(principal, **_parts(principal, "Allow" if identity else "", layers=without)))
    return tuple(found)


def _can_have(principal: Principal, layer: str) -> bool:
    return {"boundary": principal.kind in (USER, ROLE, SESSION), "session": principal.kind != USER}.get(layer, True)


def _parts(principal: Principal, identity: str, *, layers: tuple[str, ...]) -> dict[str, Any]:
    """The policies of a caller; ``layers`` are those with a policy that says nothing of the call."""
    parts: dict[str, Any] = {"identity": [_policy("identity", identity)] if identity else []}
    if principal.kind == FEDERATED_USER and "session" not in layers:
        parts["session"] = [_policy("session", "Allow")]
    if "session" in layers:
        parts["session"] = [_policy("session", "Allow", _SILENT)]
    if "boundary" in layers:
        parts["boundary"] = _policy("boundary", "Allow", _SILENT)
    if "scps" in layers:
        parts["scps"] = [[_policy("scp", "Allow", _SILENT)]]
    return parts
