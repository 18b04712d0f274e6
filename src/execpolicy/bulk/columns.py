"""Decides the requests of one caller that are given as columns: the outcomes only, one byte for each request."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from execpolicy.arguments import described, instance, items
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.fast.fast_outcome import fast_outcome
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import request_of
from execpolicy.errors import UsageError
from execpolicy.language.context import Context

if TYPE_CHECKING:
    from execpolicy.language.principal import Principal

#: The outcomes by their codes: the code of an outcome is its place here.
OUTCOMES: Final = (Outcome.ALLOW, Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY, Outcome.INDETERMINATE)
_CODES: Final = {outcome: code for code, outcome in enumerate(OUTCOMES)}
_NO_POLICIES: Final = Target()

#: A context as ``Request`` takes it.
AnyContext = Context | Mapping[str, Any]
#: A context, and the codes of the outcomes in it by resource. A plain tuple, which is unpacked for each request.
_Decided = tuple[Context, dict[str, int]]


def authorize_columns(
    caller: Caller | Principal | str,
    action: str,
    resources: Iterable[str],
    contexts: AnyContext | Iterable[AnyContext] | None = None,
    target: Target = _NO_POLICIES,
) -> bytes:
    """Decide many requests of one caller for one action: the outcome of each as one byte.

    Requests with equal resources and equal contexts are decided once.

    Args:
        caller: the caller, with the policies that apply to it.
        action: the action, such as ``execute-api:Invoke``.
        resources: the ARNs, one for each request.
        contexts: the context of each request, or one for all of them; None is one without keys.
        target: the policies on the resource's side.

    Returns:
        The codes of the outcomes in the order of the requests: 0 is an allow, 1 an implicit deny, 2 an explicit deny,
        and 3 an outcome that depends on a key that is not known.

    Raises:
        RequestError: as ``authorize`` does, for the first request that is refused.
        UsageError: an argument is of the wrong type, or there are more or fewer contexts than resources.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

    >>> from execpolicy import Caller, Policy
    >>> reads = Policy.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": "arn:aws:execute-api:*:*:*/*/GET/*"}}, kind="identity")
    >>> ann = Caller("arn:aws:iam::111122223333:user/Ann", identity=reads)
    >>> api = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
    >>> list(authorize_columns(ann, "execute-api:Invoke", [f"{api}/GET/pets", f"{api}/PUT/pets"]))
    [0, 1]
    """
    who = caller if isinstance(caller, Caller) else Caller(caller)
    to = instance(target, Target, "target")
    if isinstance(resources, (str, bytes)) or not isinstance(resources, Iterable):
        raise UsageError(
            f"resources are a list of ARNs, found {described(resources)}", advice="put one ARN into a list"
        )
    arns = list(resources)
    is_text = {str}.issuperset(map(type, arns))
    outcomes = bytearray()
    for arn, (context, codes) in zip(arns, _contexts(contexts, len(arns)), strict=True):
        # What is no text is refused as a resource; of a text of another type nobody knows what it equals.
        code = codes.get(arn) if is_text else None
        if code is None:
            request = request_of(who, action, arn, context)
            outcome = fast_outcome(request, to)
            code = _CODES[authorize(request, to).outcome if outcome is None else outcome]
            if is_text:
                codes[arn] = code
        outcomes.append(code)
    return bytes(outcomes)


def _contexts(given: AnyContext | Iterable[AnyContext] | None, length: int) -> Iterable[_Decided]:
    """The context of each request; equal contexts share their codes."""
    if given is None or isinstance(given, (Context, Mapping)):
        return repeat((_context(given), {}), length)
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise UsageError(
            f"contexts are a list of contexts, or one context, found {described(given)}",
            advice="give one context for each resource",
        )
    several = list(items(given))
    if len(several) != length:
        raise UsageError(f"found {len(several)} contexts for {length} resources", advice="give one for each resource")
    # The list keeps the objects, so that no other one has the id of one of them.
    numbers = list(map(id, several))
    found: dict[int, _Decided] = {}
    equal: dict[Hashable, _Decided] = {}
    for number, each in dict(zip(numbers, several, strict=True)).items():
        key = _key(each)
        known = None if key is None else equal.get(key)
        found[number] = decided = (_context(each), {}) if known is None else known
        if key is not None:
            equal[key] = decided
    return map(found.__getitem__, numbers)


def _key(context: AnyContext) -> Hashable | None:
    """What equal contexts share; None for one whose values cannot be compared so."""
    if isinstance(context, Context):
        return context
    if not isinstance(context, Mapping):
        return None
    key = tuple((name, value if type(value) is str else None) for name, value in context.items())
    return None if any(value is None for _, value in key) else key


def _context(given: AnyContext | None) -> Context:
    return given if isinstance(given, Context) else Context(given)
