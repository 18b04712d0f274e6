"""What IAM's sentence for a denied request means when API Gateway, or another service, says it."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.diagnose.access_denied import AccessDenied
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.pasted_text import PastedText
from execpolicy.engine.layers import Layer
from execpolicy.gateway.model.names import ApiType

_SERVICE = "execute-api:"
_INVALIDATE, _MANAGE = "execute-api:InvalidateCache", "execute-api:ManageConnections"

#: The layers that may have denied a signed caller when the sentence names none, in the order of EVL-1.
_OF_A_SIGNER = (
    Layer.IDENTITY,
    Layer.RESOURCE,
    Layer.BOUNDARY,
    Layer.SESSION,
    Layer.SCP,
    Layer.VPC_ENDPOINT,
)
_OF_ANYBODY = (Layer.RESOURCE, Layer.VPC_ENDPOINT, Layer.DOMAIN_NAME)

#: Where the policies of a layer are, and what is peculiar to them.
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
_PRIVATE_NEEDS_ONE = "a PRIVATE API without a resource policy denies every call: attach one"


class _AccessDeniedFacts(NamedTuple):
    """What the sentence and its surroundings come to."""

    denial: AccessDenied
    pasted: PastedText
    layers: tuple[Layer, ...]
    gates: tuple[Gate, ...]

    @property
    def path(self) -> str:
        """What follows the API id in the resource, as short forms have it; empty where there is none."""
        fields = self.denial.resource.split(":", 5)
        api, slash, rest = fields[5].partition("/") if len(fields) > 5 else ("", "", "")
        return slash + rest if api else ""

    @property
    def what(self) -> str:
        """What was asked for, in short."""
        named = (
            self.denial.resource.split(":", 5)[-1] if self.denial.action.startswith(_SERVICE) else self.denial.resource
        )
        return f"{self.denial.action} on {named}" if named else self.denial.action

    @property
    def effect(self) -> str:
        return "Deny" if self.denial.explicit else "Allow"


def meaning_of_access_denied(denial: AccessDenied, message: str, pasted: PastedText) -> Diagnosis:
    """What the sentence means.

    Args:
        denial: the sentence, read.
        message: its text.
        pasted: what stood around it.
    """
    layers = _layers(denial)
    told = _AccessDeniedFacts(denial, pasted, layers, _gates(denial, layers))
    ours = denial.action.startswith(_SERVICE)
    return Diagnosis(
        message=message,
        summary=_summary(told),
        gates=told.gates,
        layers=layers,
        policy_type=denial.policy_type,
        explicit=denial.explicit,
        principal=denial.principal,
        action=denial.action,
        resource=denial.resource,
        policy_arn=denial.policy_arn,
        authorization_id=denial.authorization_id,
        api_type=_api_type(denial, pasted) if ours else None,
        status=pasted.status or (403 if ours else None),
        response_type="ACCESS_DENIED" if ours else "",
        proves=tuple(_proves(told)),
        leaves_open=tuple(_leaves_open(told)),
        check_next=tuple(_check_next(told)),
        rules=_rules(told),
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
    """HTTP APIs never answer with this sentence (MSG-2); WebSocket APIs do, for @connections."""
    if denial.action == _MANAGE:
        return ApiType.WEBSOCKET
    return ApiType.REST if denial.is_anonymous else pasted.api_type


def _summary(told: _AccessDeniedFacts) -> str:
    denial = told.denial
    who = "an anonymous caller" if denial.is_anonymous else denial.principal
    named = told.layers[0].policy_type if len(told.layers) == 1 else denial.policy_type
    if denial.explicit:
        return f"A Deny in {f'the {named}' if named else 'a policy'} refuses {denial.action} to {who}"
    return f"No {named or 'policy that would have to'} allows {denial.action} to {who}"


def _proves(told: _AccessDeniedFacts) -> list[str]:
    denial = told.denial
    if denial.explicit:
        texts = [f"a Deny statement applies to {told.what}; no Allow anywhere outweighs it"]
    else:
        texts = [f"no Deny decided: what is missing is an Allow of {told.what}"]
    if denial.through:
        texts.append(f"it is the {denial.through} that denies, met on the way through a {denial.policy_type}")
    if not denial.action.startswith(_SERVICE):
        service = denial.action.partition(":")[0]
        return [*texts, f"it is {service} that refuses, so the call that was denied is not one to an API's URL"]
    if denial.is_anonymous:
        texts.append(
            "the caller counts as anonymous: the method is not AWS_IAM, or it is the VPC endpoint's policy that "
            "refuses a call without a signature"
        )
    else:
        texts.append("the credentials are valid and the signature is good")
        if told.gates == (Gate.AUTHORIZATION,):
            texts.append("the method asks for AWS_IAM: for any other authorization the caller would be anonymous")
    if denial.resource:
        texts.append("the call came to the API: its resource says which stage, method and path")
    return texts


def _leaves_open(told: _AccessDeniedFacts) -> list[str]:
    texts = ["whether other types of policies deny as well: AWS names one, and mending it may show the next"]
    if len(told.layers) > 1:
        texts.insert(0, "which policy it is: the message names none")
    if told.denial.is_anonymous and told.denial.explicit:
        texts.append(
            "what the method's authorizer would say: a Deny of the resource policy comes before a Lambda function"
        )
    if told.denial.is_anonymous and not told.denial.explicit:
        texts.append("whether the method takes tokens: after a good one the resource policy must allow as well")
    if told.denial.resource.count("*") and not told.denial.is_anonymous:
        texts.append("whether caller and API belong to one account, beyond the digits that are shown")
    return texts


def _check_next(told: _AccessDeniedFacts) -> list[str]:
    denial = told.denial
    texts = []
    if denial.policy_arn:
        texts.append(f"the policy that the message names: {denial.policy_arn}")
    if denial.authorization_id:
        texts.append(f"the details that AWS keeps under authorization id {denial.authorization_id}")
    texts.extend(_where(told))
    if not denial.action.startswith(_SERVICE):
        return texts
    if denial.explicit:
        texts.append(_ABSENT_KEYS)
    else:
        texts.extend(_missing_allow(told))
    if denial.action == _MANAGE:
        texts.append(
            "the resource of @connections: arn:…:API/STAGE/METHOD/@connections/ID, with METHOD POST, GET or DELETE"
        )
    if denial.action == _INVALIDATE:
        texts.append("leave the header Cache-Control: max-age=0 out, or let the stage ignore it")
    if {Layer.RESOURCE, Layer.DOMAIN_NAME} & set(told.layers):
        texts.append(_DEPLOYED)
    return texts


def _where(told: _AccessDeniedFacts) -> list[str]:
    kind = told.effect
    verb = "for a Deny that covers" if kind == "Deny" else "for an Allow of"
    if not told.layers:
        return [f"look in the {told.denial.policy_type} {verb} {told.what}"]
    return [f"look {verb} {told.what} in {_WHERE[told.layers[0]]}", *(_WHERE[layer] for layer in told.layers[1:])]


def _missing_allow(told: _AccessDeniedFacts) -> list[str]:
    path = told.path or "/STAGE/METHOD/PATH"
    texts = [
        f"Resource: it must cover {path} with the path as it is sent, such as execute-api:{path}; an ARN that ends "
        "in the API id and a slash covers nothing, and without /* at its end nothing of what lies below"
    ]
    if told.denial.is_anonymous:
        texts += [_NOT_AN_AWS_PRINCIPAL, _OF_PRIVATE_APIS, _PRIVATE_NEEDS_ONE]
        texts.append("if the caller is meant to be known: set AWS_IAM on the method, and sign the call")
    elif _is_of_another_account(told.denial):
        texts.append(
            "the caller's account is not the API's: its own policies and the API's resource policy must both allow; "
            "HTTP and WebSocket APIs have no resource policy, so assume a role of the API's account"
        )
    return texts


def _is_of_another_account(denial: AccessDenied) -> bool:
    """Whether the digits that are shown of the two accounts differ."""
    caller, api = (f"{arn}:::::".split(":")[4].lstrip("*") for arn in (denial.principal, denial.resource))
    return bool(caller and api) and not (caller.endswith(api) or api.endswith(caller))


def _rules(told: _AccessDeniedFacts) -> tuple[str, ...]:
    denial = told.denial
    if not denial.action.startswith(_SERVICE):
        return ("MSG-1", "EVL-1")
    own = {
        Gate.CACHE: "GW-24",
        Gate.VPC_ENDPOINT: "GW-19",
        Gate.PRIVATE_DOMAIN: "GW-20",
        Gate.AUTHORIZATION: "GW-14" if denial.is_anonymous else "GW-13",
    }
    return ("MSG-2" if denial.is_anonymous else "MSG-1", *(own[gate] for gate in told.gates), "EVL-1")
