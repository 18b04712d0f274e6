"""The meaning of IAM's message for a denied request from API Gateway or another service."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.diagnose.access_denied import AccessDenied
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.pasted_text import PastedText, on_one_line, without_secrets
from execpolicy.engine.layers import Layer
from execpolicy.gateway.model.names import ApiType

_SERVICE = "execute-api:"
_INVALIDATE, _MANAGE = "execute-api:InvalidateCache", "execute-api:ManageConnections"

#: The layers that may have denied a signed caller if the message names none, in the order of EVL-1.
_OF_A_SIGNER = (
    Layer.IDENTITY,
    Layer.RESOURCE,
    Layer.BOUNDARY,
    Layer.SESSION,
    Layer.SCP,
    Layer.VPC_ENDPOINT,
)
_OF_ANYBODY = (Layer.RESOURCE, Layer.VPC_ENDPOINT, Layer.DOMAIN_NAME)

#: Where the policies of a layer are, and how they differ from others.
_WHERE: dict[Layer, str] = {
    Layer.IDENTITY: "the policies of the user or role, those of its groups too",
    Layer.RESOURCE: "the resource policy of the API",
    Layer.BOUNDARY: "the permissions boundary of the user or role: it grants nothing, and must allow as well",
    Layer.SESSION: "the session policies that were given when the session was made: they grant nothing, and must allow "
    "as well",
    Layer.SCP: "the service control policies of every level above the caller's account: each level must allow",
    Layer.RCP: "the resource control policies above the API's account; execute-api is not on AWS's list of what they "
    "cover",
    Layer.VPC_ENDPOINT: "the policy of the VPC endpoint that the call came through",
    Layer.DOMAIN_NAME: "the policy of the private custom domain name, which denies all unless it allows",
}

_NOT_AN_AWS_PRINCIPAL = 'Principal: an anonymous caller is matched by "*" alone, never by an account, user or role'
_OF_PRIVATE_APIS = (
    "Condition: a call through a VPC endpoint has no aws:SourceIp; write aws:VpcSourceIp, aws:SourceVpc or "
    "aws:SourceVpce, and compare the ids"
)
_ABSENT_KEYS = (
    "its conditions: NotIpAddress and StringNotEquals apply also where the key is absent, as aws:SourceIp is through a "
    "VPC endpoint and aws:SourceVpce is from the internet"
)
_DEPLOYED = "whether the stage was deployed since the resource policy was changed: it acts from then on"
_NOT_AN_ARN = (
    'who called: what follows "User:" is not an ARN, so the text may have been changed, or written by somebody else'
)
_HOW_IS_UNREAD = "how, the message says in words that are not known here"
_OWN_POLICIES = (
    "whether it is the caller's own policies that do not allow: AWS was seen to name the resource policy for a caller "
    "of another account that the policy allows (MSG-1)"
)
_PRIVATE_NEEDS_ONE = "a PRIVATE API without a resource policy denies every call: attach one"


class _AccessDeniedFacts(NamedTuple):
    """The message, the pasted text around it, and the layers and gates that follow from both."""

    denial: AccessDenied
    pasted: PastedText
    layers: tuple[Layer, ...]
    gates: tuple[Gate, ...]

    @property
    def path(self) -> str:
        """The part of the resource after the API id, as in short forms; empty if there is none."""
        fields = self.denial.resource.split(":", 5)
        api, slash, rest = fields[5].partition("/") if len(fields) > 5 else ("", "", "")
        return slash + rest if api else ""

    @property
    def what(self) -> str:
        """The action and the resource, in short."""
        named = (
            self.denial.resource.split(":", 5)[-1] if self.denial.action.startswith(_SERVICE) else self.denial.resource
        )
        return f"{self.denial.action} on {named}" if named else self.denial.action

    @property
    def who(self) -> str:
        """The caller, as a sentence names it."""
        if self.denial.is_anonymous:
            return "an anonymous caller"
        name = self.denial.principal
        return name if self.denial.names_an_arn else f"a caller that the message calls {name}"

    @property
    def may_be_explicit(self) -> bool:
        """Whether a Deny may apply, by the message."""
        return self.denial.explicit is not False

    @property
    def may_be_implicit(self) -> bool:
        """Whether an Allow may be missing, by the message."""
        return self.denial.explicit is not True


def diagnose_access_denied(
    denial: AccessDenied, message: str, pasted: PastedText, excluded: frozenset[Layer] = frozenset()
) -> Diagnosis:
    """The meaning of an access denied message.

    Args:
        denial: the parsed message.
        message: its text.
        pasted: the pasted text around it.
        excluded: layers of policies that the API does not have.
    """
    possible = _layers(denial)
    layers = tuple(layer for layer in possible if layer not in excluded) or possible
    facts = _AccessDeniedFacts(denial, pasted, layers, _gates(denial, layers))
    ours = denial.action.startswith(_SERVICE)
    return Diagnosis(
        message=on_one_line(without_secrets(message)),
        summary=_summary(facts),
        gates=facts.gates,
        layers=layers,
        policy_type=denial.policy_type,
        explicit=denial.explicit,
        unread=without_secrets(denial.end.unread),
        principal=denial.principal,
        action=denial.action,
        resource=denial.resource,
        policy_arn=denial.end.policy_arn,
        authorization_id=denial.authorization_id,
        api_type=_api_type(denial, pasted) if ours else None,
        status=pasted.status or (403 if ours else None),
        response_type="ACCESS_DENIED" if ours else "",
        proves=tuple(_proves(facts)),
        leaves_open=tuple(_leaves_open(facts)),
        check_next=tuple(_check_next(facts)),
        rules=_rules(facts),
    )


def _layers(denial: AccessDenied) -> tuple[Layer, ...]:
    if ":/domainnames/" in denial.resource and denial.layer in (None, Layer.RESOURCE):
        return (Layer.DOMAIN_NAME,)
    if denial.layer is not None:
        return (denial.layer,)
    if denial.policy_type:
        return ()
    return _OF_ANYBODY if denial.is_anonymous else _OF_A_SIGNER


def _gates(denial: AccessDenied, layers: tuple[Layer, ...]) -> tuple[Gate, ...]:
    if denial.action == _INVALIDATE:
        return (Gate.CACHE,)
    if not denial.action.startswith(_SERVICE) or denial.action == _MANAGE:
        return (Gate.AUTHORIZATION,)
    own = {Layer.VPC_ENDPOINT: Gate.VPC_ENDPOINT, Layer.DOMAIN_NAME: Gate.PRIVATE_DOMAIN}
    return tuple(dict.fromkeys(own.get(layer, Gate.AUTHORIZATION) for layer in layers)) or (Gate.AUTHORIZATION,)


def _api_type(denial: AccessDenied, pasted: PastedText) -> ApiType | None:
    """HTTP APIs never send this message (MSG-2); WebSocket APIs do, for @connections."""
    if denial.action == _MANAGE:
        return ApiType.WEBSOCKET
    return ApiType.REST if denial.is_anonymous else pasted.api_type


def _summary(facts: _AccessDeniedFacts) -> str:
    denial = facts.denial
    named = facts.layers[0].policy_type if len(facts.layers) == 1 else denial.policy_type
    if denial.explicit:
        return f"A Deny in {f'the {named}' if named else 'a policy'} refuses {denial.action} to {facts.who}"
    if denial.explicit is False:
        return f"No {named or 'policy that would have to'} allows {denial.action} to {facts.who}"
    how = (
        "how, the message says in words that are not known here"
        if denial.end.unread
        else "the message does not say how"
    )
    return f"{denial.action} is refused to {facts.who}; {how}"


def _proves(facts: _AccessDeniedFacts) -> list[str]:
    denial = facts.denial
    if denial.explicit:
        texts = [f"a Deny statement applies to {facts.what}; no Allow overrides it"]
    elif denial.explicit is False:
        texts = [f"no Deny applies: there is no Allow of {facts.what}"]
    else:
        texts = [f"{facts.what} was denied"]
    if denial.end.through:
        texts.append(f"it is the {denial.end.through} that denies, evaluated through a {denial.policy_type}")
    if not denial.action.startswith(_SERVICE):
        service = denial.action.partition(":")[0]
        return [*texts, f"it is {service} that refuses, so the call that was denied is not one to an API's URL"]
    if denial.is_anonymous:
        texts.append(
            "the caller counts as anonymous: the method is not AWS_IAM, or it is the VPC endpoint's policy that "
            "refuses a call without a signature"
        )
    elif denial.names_an_arn:
        texts.append("the credentials and the signature are valid")
        if facts.gates == (Gate.AUTHORIZATION,):
            texts.append("the method requires AWS_IAM: for any other authorization the caller would be anonymous")
    if denial.resource:
        texts.append("the call reached the API: the resource names the stage, method and path")
    return texts


def _leaves_open(facts: _AccessDeniedFacts) -> list[str]:
    texts = ["whether other types of policies deny as well: AWS names one, and after a change another may be named"]
    if len(facts.layers) > 1 and facts.denial.end.unread:
        texts.insert(0, "which policy it is: the message may name it in the words that are not known here")
    elif len(facts.layers) > 1:
        texts.insert(0, "which policy it is: the message names none")
    if facts.denial.explicit is None:
        texts.insert(0, "whether a Deny applies or an Allow is missing")
    if not facts.denial.is_anonymous and not facts.denial.names_an_arn:
        texts.insert(0, _NOT_AN_ARN)
    if any(arn.startswith((facts.denial.resource or arn, facts.denial.principal)) for arn in facts.pasted.joined_arns):
        texts.append("the ARN in the message: it was broken over lines in the text, and is joined here")
    if facts.denial.is_anonymous and facts.may_be_explicit:
        texts.append(
            "the result of the method's authorizer: a Deny of the resource policy comes before a Lambda function"
        )
    if facts.denial.is_anonymous and facts.may_be_implicit:
        texts.append("whether the method takes tokens: with a valid token the resource policy must allow as well")
    if facts.denial.names_an_arn and facts.denial.explicit is False and facts.layers == (Layer.RESOURCE,):
        texts.append(_OWN_POLICIES)
    if facts.denial.resource.count("*") and not facts.denial.is_anonymous:
        texts.append("whether caller and API belong to one account, beyond the digits that are shown")
    return texts


def _check_next(facts: _AccessDeniedFacts) -> list[str]:
    denial = facts.denial
    texts = []
    if not denial.is_anonymous and not denial.names_an_arn:
        texts.append("paste the whole response with its headers (curl -i), as API Gateway sent it")
    if denial.end.policy_arn:
        texts.append(f"the policy that the message names: {denial.end.policy_arn}")
    if denial.authorization_id:
        texts.append(f"the details that AWS keeps under authorization id {denial.authorization_id}")
    texts.extend(_where(facts))
    if not denial.action.startswith(_SERVICE):
        return texts
    if facts.may_be_explicit:
        texts.append(_ABSENT_KEYS)
    if facts.may_be_implicit:
        texts.extend(_missing_allow(facts))
    if denial.action == _MANAGE:
        texts.append(
            "the resource of @connections: arn:…:API/STAGE/METHOD/@connections/ID, with METHOD POST, GET or DELETE"
        )
    if denial.action == _INVALIDATE:
        texts.append("leave the header Cache-Control: max-age=0 out, or let the stage ignore it")
    if {Layer.RESOURCE, Layer.DOMAIN_NAME} & set(facts.layers):
        texts.append(_DEPLOYED)
    return texts


def _where(facts: _AccessDeniedFacts) -> list[str]:
    verbs = ("for a Deny that covers",) if facts.may_be_explicit else ()
    verb = " and ".join((*verbs, "for an Allow of") if facts.may_be_implicit else verbs)
    if not facts.layers:
        return [f"look in the {facts.denial.policy_type} {verb} {facts.what}"]
    return [f"look {verb} {facts.what} in {_WHERE[facts.layers[0]]}", *(_WHERE[layer] for layer in facts.layers[1:])]


def _missing_allow(facts: _AccessDeniedFacts) -> list[str]:
    path = facts.path or "/STAGE/METHOD/PATH"
    texts = [
        f"Resource: it must cover {path} with the path as it is sent, such as execute-api:{path}; an ARN that ends "
        "in the API id and a slash covers nothing, and without /* at its end nothing below it"
    ]
    if facts.denial.is_anonymous:
        texts += [_NOT_AN_AWS_PRINCIPAL, _OF_PRIVATE_APIS, _PRIVATE_NEEDS_ONE]
        texts.append("if the caller is to be identified: set AWS_IAM on the method, and sign the call")
    elif _is_of_another_account(facts.denial):
        texts.append(
            "the caller's account is not the API's: its own policies and the API's resource policy must both allow; "
            "HTTP and WebSocket APIs have no resource policy, so assume a role of the API's account"
        )
    return texts


def _is_of_another_account(denial: AccessDenied) -> bool:
    """Whether the digits that are shown of the two accounts differ."""
    caller, api = (f"{arn}:::::".split(":")[4].lstrip("*") for arn in (denial.principal, denial.resource))
    return bool(caller and api) and not (caller.endswith(api) or api.endswith(caller))


def _rules(facts: _AccessDeniedFacts) -> tuple[str, ...]:
    denial = facts.denial
    if not denial.action.startswith(_SERVICE):
        return ("MSG-1", "EVL-1")
    own = {
        Gate.CACHE: "GW-24",
        Gate.VPC_ENDPOINT: "GW-19",
        Gate.PRIVATE_DOMAIN: "GW-20",
        Gate.AUTHORIZATION: "GW-14" if denial.is_anonymous else "GW-13",
    }
    return ("MSG-2" if denial.is_anonymous else "MSG-1", *(own[gate] for gate in facts.gates), "EVL-1")
