"""Context keys that are not in the catalogue: a policy of the call must name each of them (KEY-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from execpolicy.document.action_name import INVOKE
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import NodeInSource, to_python
from execpolicy.engine.caller import Caller
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.unrecognized_keys import keys_named, refuse_unnamed
from execpolicy.gateway.authorizers.cache import AuthorizerCache
from execpolicy.gateway.authorizers.output import AuthorizerOutput, compiled_policy
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.language.context import Context
from execpolicy.language.key_names import allow_unknown_argument


def refuse_unrecognized_keys(
    api: ApiDefinition,
    context: Context,
    *,
    caller: Caller | Variants[Caller] | None,
    vpc_endpoint_policy: Policy | Variants[Policy] | None,
    authorizer_output: Any,
    cache: AuthorizerCache | None,
    option_to_accept: Callable[[str], str] = allow_unknown_argument,
) -> PendingKeyCheck | None:
    """Refuse a key that no policy of a call names, regardless of the gates that the call passes.

    The output of a handler or of a cache is known later: the check is then returned, to be completed with the output,
    or without one if the route has no Lambda authorizer. ``option_to_accept`` writes the option that accepts a key.

    Raises:
        RequestError: no policy names the key.
    """
    foreign = context.uncatalogued()
    if not foreign:
        return None
    named = keys_named(_policies(api, caller, vpc_endpoint_policy))
    if cache is not None or _is_function(authorizer_output):
        return PendingKeyCheck(context, named, option_to_accept)
    returned = _text(authorizer_output).lower()
    named.update(name.lower() for name in foreign if name.lower() in returned)
    refuse_unnamed(context, INVOKE, named, option_to_accept=option_to_accept)
    return None


class PendingKeyCheck(NamedTuple):
    """A check that needs the output of a function: the context, and the keys that the other policies name."""

    context: Context
    named: set[str]
    option_to_accept: Callable[[str], str]

    def complete(self, output: AuthorizerOutput | None = None) -> None:
        """Refuse a key that neither the other policies nor the policy of the function name.

        Raises:
            RequestError: no policy names the key.
        """
        returned = (
            ()
            if output is None or output.policy is None
            else compiled_policy(output.policy).statement_table.clauses_by_key
        )
        refuse_unnamed(self.context, INVOKE, {*self.named, *returned}, option_to_accept=self.option_to_accept)


def _is_function(output: object) -> bool:
    return callable(output) and not isinstance(output, (type, AuthorizerOutput))


def _policies(
    api: ApiDefinition, caller: Caller | Variants[Caller] | None, endpoint: Policy | Variants[Policy] | None
) -> Iterator[CompiledPolicies]:
    yield from api.target.compiled().values()
    for each in values_of(caller):
        yield from each.compiled().values()
    for policy in (*values_of(endpoint), *(domain.policy for domain in api.domains)):
        if policy is not None:
            yield compiled_policy(policy)


def _text(output: Any) -> str:
    """The output of a function as a text that contains every key that its policy names."""
    if isinstance(output, AuthorizerOutput):
        return "" if output.policy is None else str(output.policy.to_document())
    return str(to_python(output.node) if isinstance(output, NodeInSource) else output)
