"""Whether the Lambda authorizers of two versions of an API call the same functions (ANA-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.comparison import Difference
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.gateway.authorizers.identity_sources import needs_sources
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION, Authorizer
from execpolicy.gateway.model.names import AuthType

if TYPE_CHECKING:
    from execpolicy.gateway.model.api_definition import ApiDefinition

#: How the URI of a function begins to name a stage variable.
_STAGE_VARIABLE = "stageVariables."


class CalledFunctions:
    """The functions of the Lambda authorizers that routes of both versions have, by the names of the authorizers.

    Where a version does not say which function it calls, the versions are compared twice: as if both called the same
    function, and as if they called two.

    Args:
        before: the version before the change.
        after: the one after it.
    """

    def __init__(self, before: ApiDefinition, after: ApiDefinition) -> None:
        was, is_now = _functions(before), _functions(after)
        self._versions = before, after
        self._pairs = {name: (was[name], is_now[name]) for name in was if name in is_now}
        self._doubtful = tuple(name for name, pair in self._pairs.items() if _is_doubtful(*pair))

    def as_same(self) -> tuple[ApiDefinition, ApiDefinition]:
        """Both versions, in which each function that is not known is the same one."""
        before, after = self._versions
        same = dict.fromkeys(self._doubtful)
        return _with_functions(before, same), _with_functions(after, same)

    def as_others(self) -> tuple[ApiDefinition, ApiDefinition] | None:
        """Both versions, in which each function that is not known is another one; None if all are known."""
        if not self._doubtful:
            return None
        before, after = self._versions
        return (
            _with_functions(before, dict.fromkeys(self._doubtful, "before")),
            _with_functions(after, dict.fromkeys(self._doubtful, "after")),
        )

    def difference(self, same: Difference, others: Difference) -> Difference:
        """What differs in one direction.

        Args:
            same: what differs if each function that is not known is the same one in both versions.
            others: what differs if it is another one; that is everything that differs otherwise too.
        """
        if same.witnesses or not (others.witnesses or others.unknown):
            return same
        return same._replace(unknown=tuple(dict.fromkeys((*same.unknown, *self._reasons()))))

    def _reasons(self) -> Iterator[str]:
        for name in self._doubtful:
            was, is_now = self._pairs[name]
            silent = [when for when, text in (("before", was), ("after", is_now)) if text in (None, UNKNOWN_FUNCTION)]
            yield (
                f"it is not known whether the authorizer {name} calls the same function in both versions: "
                f"which one it calls {' and '.join(silent)} the change is not known"
            )

    def assumptions(self) -> Iterator[str]:
        """What is taken for granted about functions, of each authorizer that may call one function in both versions."""
        for name, (was, is_now) in self._pairs.items():
            if was is None and is_now is None:
                yield f"the authorizer {name} calls the same function in both versions, which do not say which one"
            elif was is not None and was == is_now and was != UNKNOWN_FUNCTION and has_unknown(was):
                yield f"the authorizer {name} calls the same function in both versions: {with_unknown_in_words(was)}"


def as_other_functions(versions: tuple[ApiDefinition, ApiDefinition]) -> tuple[ApiDefinition, ApiDefinition]:
    """Both versions, none of whose Lambda authorizers call the same function.

    That stands for calls with another ARN in each version: a function receives the ARN, and the policy that it returns
    is matched with it, so that the same function may let through one ARN and refuse the other.
    """
    before, after = (
        _with_functions(api, dict.fromkeys((each.name for each in api.authorizers if each.is_lambda), name))
        for api, name in zip(versions, ("before", "after"), strict=True)
    )
    return before, after


def reads_stage_variables(authorizer: Authorizer) -> bool:
    """Whether what an authorizer answers depends on a stage variable (AUT-4): what it receives, or its function."""
    texts = (*authorizer.identity_sources, authorizer.function_arn or "")
    return any(_STAGE_VARIABLE in text for text in texts)


def without_stage_variables(api: ApiDefinition) -> Iterator[str]:
    """The Lambda authorizers of routes that answer no call to a stage, since it lacks a variable they read (AUT-4)."""
    used = dict.fromkeys(route.authorizer for route in api.routes if api.auth_of(route) is AuthType.CUSTOM)
    for authorizer in api.authorizers:
        if authorizer.name not in used or not needs_sources(authorizer, api.type):
            continue
        names = [each.partition(_STAGE_VARIABLE)[2] for each in authorizer.identity_sources]
        for stage, name in product(api.stages, filter(None, names)):
            if not stage.variables.get(name):
                yield (
                    f"the authorizer {authorizer.name} reads the stage variable {name}, which the stage {stage.name} "
                    "does not have: it answers no call there"
                )


def differs_in_functions_only(variants: Sequence[ApiDefinition]) -> bool:
    """Whether the variants of an API with conditions are equal but for the functions that authorizers call."""
    first, *others = map(_parts_without_functions, variants)
    return all(each == first for each in others)


def _parts_without_functions(api: ApiDefinition) -> list[object]:
    without = _with_functions(api, {each.name: None for each in api.authorizers})
    return [getattr(without, name) for name in ApiParts.__slots__]


def _is_doubtful(was: str | None, is_now: str | None) -> bool:
    """Whether it is not known whether two functions are the same one."""
    return UNKNOWN_FUNCTION in (was, is_now) or (was is None) is not (is_now is None)


def _functions(api: ApiDefinition) -> dict[str, str | None]:
    """The functions of the authorizers that routes have, by the name of the authorizer.

    One that a condition of unknown truth chooses is not known.
    """
    variants: Sequence[ApiDefinition] = getattr(api, "variants", (api,))
    found: dict[str, str | None] = {}
    for route in api.routes:
        if api.auth_of(route) is AuthType.CUSTOM and route.authorizer is not None:
            functions = {each.authorizer(route.authorizer).function_arn for each in variants}
            found[route.authorizer] = functions.pop() if len(functions) == 1 else UNKNOWN_FUNCTION
    return found


def _with_functions(api: ApiDefinition, functions: Mapping[str, str | None]) -> ApiDefinition:
    """The API whose authorizers have other functions, by name; itself if there are none."""
    if not functions:
        return api

    def changed(authorizer: Authorizer) -> Authorizer:
        if authorizer.name not in functions:
            return authorizer
        return Authorizer(**{**authorizer.__getstate__(), "function_arn": functions[authorizer.name]})

    return api.with_checked_parts(authorizers=tuple(map(changed, api.authorizers)))
