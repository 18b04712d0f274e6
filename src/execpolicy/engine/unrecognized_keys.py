"""Context keys outside the catalogue: a policy must name them, or the service of the action own them (KEY-1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.errors import RequestError, Source
from execpolicy.language.context import Context
from execpolicy.language.key_names import allow_unknown_argument, service_of

if TYPE_CHECKING:
    from execpolicy.engine.caller import Target
    from execpolicy.engine.request import Request


def keys_named(policies: Iterable[CompiledPolicies]) -> set[str]:
    """The keys that policies name, in conditions and in variables, in lower case."""
    return {key for each in policies for key in each.statement_table.clauses_by_key}


def refuse_unnamed_by(
    request: Request, target: Target, *, option_to_accept: Callable[[str], str] = allow_unknown_argument
) -> None:
    """Refuse a request with a key that is not of its action's service and that no policy of either side names.

    ``option_to_accept`` writes the option that accepts a key. Raises RequestError: as ``refuse_unnamed`` does.
    """
    sides = (request.caller.compiled(), target.compiled())
    named = keys_named(policies for side in sides for policies in side.values())
    refuse_unnamed(request.context, request.action, named, option_to_accept=option_to_accept)


def refuse_unnamed(
    context: Context,
    action: str,
    named: Collection[str],
    *,
    option_to_accept: Callable[[str], str] = allow_unknown_argument,
) -> None:
    """Refuse a key that is not of the action's service and that no policy names.

    Args:
        context: the context of the request.
        action: the action of the request.
        named: the keys that its policies name, in lower case.
        option_to_accept: writes the option that accepts a key, for the advice.

    Raises:
        RequestError: there is such a key. It would have no effect, and is most likely misspelled.
    """
    for name in context.uncatalogued():
        key = name.lower()
        if service_of(key) != service_of(action) and key not in named:
            source = Source(f"<context {name}>", name)
            meant = nearest(name, named)
            raise RequestError(
                f"found {quoted(name)}, which no policy names and which is no key of {service_of(action)}",
                source=source,
                span=source.span(0, len(name)),
                advice=f"did you mean {meant}?"
                if meant
                else f"leave it out, or accept it with {option_to_accept(name)}",
                rule="KEY-1",
            )
