"""The context of a call that comes through a VPC endpoint of a template (SRC-7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from execpolicy.api import Api
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.caller import Caller
from execpolicy.errors import RequestError, Source
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.context import Context
from execpolicy.loaders.cloudformation.values.placeholders import endpoint_id

_T = TypeVar("_T")
_KEY = "aws:SourceVpce"


def through_endpoint(context: Context, name: str) -> Context:
    """The context with the placeholder id of an endpoint as ``aws:SourceVpce``, unless it has another id.

    Args:
        context: the context of the call. The logical id of the endpoint stands for its id.
        name: the logical id.

    >>> through_endpoint(Context(), "Endpoint").given("aws:sourcevpce")
    ('vpce-31c7805f3b808c99c',)
    """
    if context.given(_KEY.lower()) not in (None, (name,)):
        return context
    values = {key: value for key, value in context.values.items() if key.lower() != _KEY.lower()}
    return Context({**values, _KEY: endpoint_id(name)}, complete=context.complete, allow_unknown=context.allow_unknown)


def check_endpoint_id(
    context: Context,
    name: str,
    endpoint: Policy | Variants[Policy],
    api: Api,
    caller: Caller | Variants[Caller] | None,
) -> None:
    """Refuse an id of an endpoint of a template that the policies of that template do not have for it.

    A ``Ref`` in them is the placeholder id: a Deny that names the endpoint would not see it in another id.

    Args:
        context: the context of the call, from ``through_endpoint``.
        name: the logical id of the endpoint.
        endpoint: its policy.
        api: the API that is called.
        caller: who signed the call.

    Raises:
        RequestError: the context has another id, and the API or the caller is of the same template.
    """
    given, placeholder = context.given(_KEY.lower()), endpoint_id(name)
    others = _policies(api, *_each(caller)) if caller is not None else _policies(api)
    if given in (None, (placeholder,)) or not _files_of(_each(endpoint)) & _files_of(others):
        return
    written = next(key for key in context.values if key.lower() == _KEY.lower())
    shown = listed(list(given or ()), "and") or "no value"
    source = Source(f"<context {written}>", shown)
    raise RequestError(
        f"found {shown} as {written}, and the template has {placeholder} as the id of {name}",
        source=source,
        span=source.span(0, len(shown)),
        advice="leave it out: the call has that id",
        rule="SRC-7",
    )


def _each(part: _T | Variants[_T]) -> tuple[_T, ...]:
    return part.values if isinstance(part, Variants) else (part,)


def _files_of(policies: Iterable[Policy]) -> set[str]:
    return {policy.source.name for policy in policies if policy.source is not None}


def _policies(api: Api, *callers: Caller) -> Iterator[Policy]:
    found = [api.resource_policy, *(domain.policy for domain in api.domains)]
    for caller in callers:
        found += caller.policies
    return (policy for policy in found if policy is not None)
