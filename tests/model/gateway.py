"""A naive model of API Gateway's flow for one route of a REST API, written from docs/semantics.md.

It imports nothing from ``src/``. Each gate says surely not, perhaps or surely; a call is allowed if every gate surely
lets it pass, and refused if one surely does not (GW-25).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.model.evaluator import NONE, Document, F, Principal, T, U, World, possible_outcomes, strongest

ANYBODY = Principal("anonymous", None)
#: GW-22: what the resource policy of a method without AWS_IAM does not see.
OF_AWS_IAM = (
    *("aws:tokenissuetime", "aws:multifactorauth", "aws:principalaccount", "aws:principalarn", "aws:principalorg"),
    *("aws:principaltag/", "aws:principaltype", "aws:userid", "aws:username"),
)


class GatewayCall(NamedTuple):
    """A call to the one route of an API, and all that API Gateway evaluates for it."""

    auth: str
    arn: str
    caller: Principal | None
    identity: list[Document]
    context: Mapping[str, Any]
    complete: bool
    resource_policy: Document | None
    #: What the function does: the policy that it returns, or the status of the response to its failure.
    answer: Document | int
    has_token: bool
    token_is_good: bool
    #: GW-18: whether policies of endpoints and private domains must allow an anonymous caller too.
    both: bool
    private: bool
    endpoint_policy: Document | None
    #: The ARN of the private domain of the call; empty for none.
    domain_arn: str
    domain_policy: Document | None
    is_associated: bool
    own_host_disabled: bool
    by_public_domain: bool
    needs_certificate: bool
    certificate: str | None
    #: GW-33: whether the access mode is STRICT, and whether the header Host names the host that the call connects to.
    strict: bool
    names_its_host: bool
    key_required: bool
    key_is_good: bool
    invalidates: bool
    invalidation_needs_permission: bool
    limits: str
    #: The ARN if the path of the call is read the other way (GW-4).
    other_arn: str = ""
    #: What is read otherwise of what is assumed: one of ``GATES``, or a reading that the model of policies has.
    otherwise: str = ""


#: The other readings of gates: the rule's id, and which of its sentences if there are several.
GATES = (
    "GW-4",
    "GW-14",
    "GW-18",
    "GW-20 no policy",
    "GW-20 key",
    "GW-24 signed",
    "GW-33",
    "AUT-9 scopes",
    "AUT-9 policy",
)


def respond(call: GatewayCall) -> tuple[str, int | None]:
    """The outcome of a call, and its status where only one is possible."""
    surely = True
    if call.otherwise == "GW-4":
        call = call._replace(arn=call.other_arn)
    for truth, status in gates(call):
        if truth == F:
            return "denied", status if surely else None
        surely = surely and truth == T
    return ("allowed", 200) if surely else ("indeterminate", None)


def gates(call: GatewayCall) -> Iterator[tuple[int, int]]:
    """The result of each gate, and the status of a refusal, in the order of GW-25."""
    domain = bool(call.domain_arn) or call.by_public_domain
    if call.own_host_disabled and not domain:
        yield F, 403  # GW-30
    if call.by_public_domain and call.needs_certificate:  # GW-31
        unknown = call.certificate is None and not call.complete
        yield T if call.certificate == "valid" else U if unknown else F, 403
    if call.strict and not (call.names_its_host and (call.otherwise != "GW-33" or not call.by_public_domain)):
        yield F, 403  # GW-33: by the other reading the domain is of another type than the API
    if call.private:
        yield from private_gates(call)
    yield from authorization(call)
    yield invalidation(call), 403
    yield F if call.key_required and not call.key_is_good else T, 403  # AUT-6
    yield F if call.limits != "within" else T, 429  # GW-35


def private_gates(call: GatewayCall) -> Iterator[tuple[int, int]]:
    """GW-18, GW-19, GW-20: the policies of the endpoint and of the private domain see who signed."""
    yield F if call.resource_policy is None else T, 403
    viewers = [call.caller or ANYBODY]
    both = call.both != (call.otherwise == "GW-18")
    if both and call.caller is not None and call.auth not in ("NONE", "AWS_IAM"):
        viewers.append(ANYBODY)
    for arn in (call.arn, call.domain_arn):
        for who in viewers:
            if arn and call.endpoint_policy is not None:
                yield allows(call, who, arn, [call.endpoint_policy], kind="vpc_endpoint"), 403
    if call.domain_arn:
        yield T if call.is_associated else F, 403
        for who in viewers:
            if call.domain_policy is not None:
                yield allows(call, who, call.domain_arn, [call.domain_policy]), 403
        if call.domain_policy is None and call.otherwise != "GW-20 no policy":
            yield F, 403


def authorization(call: GatewayCall) -> Iterator[tuple[int, int]]:
    attached = [] if call.resource_policy is None else [call.resource_policy]
    if call.auth == "NONE":  # GW-12
        yield allows(call, ANYBODY, call.arn, attached) if attached else T, 403
    elif call.auth == "AWS_IAM":  # GW-13
        yield F if call.caller is None else T, 403
        if call.caller is not None:
            yield by_iam(call, "execute-api:Invoke"), 403
    elif call.auth == "CUSTOM":  # GW-14
        yield T - denies(call, attached), 403
        yield T if call.has_token else F, 401  # AUT-4
        if isinstance(call.answer, int):
            yield F, call.answer  # AUT-2, AUT-3
        else:
            viewer = ANYBODY if call.otherwise != "GW-14" or call.caller is None else call.caller
            seen, of_function = world(call, viewer, call.arn), call.answer
            denied = max(applies(seen, "Deny", [of_function], kind="identity"), denies(call, attached))
            granted = applies(seen, "Allow", [of_function], kind="identity")
            by_resource = applies(world(call, ANYBODY, call.arn), "Allow", attached)
            yield min(T - denied, max(granted, by_resource)), 403  # GW-16, Table A
    else:  # GW-15, AUT-9: as in Table B
        is_good = call.token_is_good and not (call.auth == "JWT" and call.otherwise == "AUT-9 scopes")
        yield T if call.has_token and is_good else F, 401
        if call.auth == "JWT" and call.otherwise == "AUT-9 policy":  # only what the policy denies is refused
            yield T - denies(call, attached), 403
        else:
            yield allows(call, ANYBODY, call.arn, attached) if attached else T, 403


def invalidation(call: GatewayCall) -> int:
    """GW-24: with AWS_IAM it is an action as Invoke is, in the account of the API; else nobody has the permission."""
    if not (call.invalidates and call.invalidation_needs_permission):
        return T
    account = call.arn.split(":")[4]
    signed = call.auth == "AWS_IAM" or call.otherwise == "GW-24 signed"
    if not signed or call.caller is None or call.caller.account not in (None, account):
        return F
    return by_iam(call, "execute-api:InvalidateCache")


# Policies


def world(call: GatewayCall, who: Principal, arn: str) -> World:
    context, signed = dict(call.context), call.caller is not None
    if call.otherwise == "GW-20 key" and arn == call.domain_arn:
        context.pop("execute-api:viaDomainArn", None)
    found = World(
        who,
        "execute-api:Invoke",
        arn,
        context=context,
        complete=call.complete,
        otherwise=call.otherwise,
        is_public=not call.private,
    ).by_other_path()
    if who.kind == "anonymous":
        for key in call.context:
            # GW-22: the keys of a forward access session are on no line of its list.
            withheld = signed and found.never_of_caller(key.lower()) and "calledvia" not in key.lower()
            if withheld or key.lower().startswith(OF_AWS_IAM):
                del context[key]
    return found


def by_iam(call: GatewayCall, action: str) -> int:
    assert call.caller is not None
    asked = world(call, call.caller, call.arn)._replace(
        action=action, identity=call.identity, resource_policy=call.resource_policy
    )
    found = possible_outcomes(asked)
    return T if found == {"allow"} else U if "allow" in found else F


def allows(call: GatewayCall, who: Principal, arn: str, documents: list[Document], *, kind: str = "resource") -> int:
    """Whether policies by themselves allow a caller: one Allow applies, and no Deny."""
    asked = world(call, who, arn)
    return min(T - applies(asked, "Deny", documents, kind=kind), applies(asked, "Allow", documents, kind=kind))


def denies(call: GatewayCall, documents: list[Document]) -> int:
    return applies(world(call, ANYBODY, call.arn), "Deny", documents)


def applies(asked: World, effect: str, documents: list[Document], *, kind: str = "resource") -> int:
    """Whether a statement with this effect applies: surely not, perhaps, surely."""
    votes = asked.votes(kind, documents)
    return max(truth for truth in (F, U, T) if truth == F or strongest(effect, truth, votes) > NONE)
