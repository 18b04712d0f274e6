"""The meaning of a response of API Gateway: what refused the call, what that shows, and what to check next."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from shlex import join
from typing import Any

from execpolicy._base.frozen import Frozen
from execpolicy._base.outline import Outlined, OutlineLine
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.layers import Layer
from execpolicy.gateway.model.names import ApiType

SCHEMA_VERSION = 1


class Gate(StrEnum):
    """What can refuse a call (GW-25). Steps whose responses are alike are one gate here."""

    DOMAIN = "custom domain"
    #: A host with the access mode STRICT (GW-33).
    ACCESS_MODE = "endpoint access mode"
    MUTUAL_TLS = "mutual TLS"
    WAF = "WAF"
    ROUTE = "route"
    VPC_ENDPOINT = "VPC endpoint"
    PRIVATE_DOMAIN = "private domain"
    #: The caller's signature or token.
    AUTHENTICATION = "authentication"
    #: A Lambda authorizer: the function, or the policy that it returned.
    AUTHORIZER = "Lambda authorizer"
    #: IAM and the resource policy.
    AUTHORIZATION = "authorization"
    CACHE = "cache invalidation"
    API_KEY = "API key"
    LIMITS = "throttling and quotas"
    VALIDATION = "request validation"
    INTEGRATION = "integration"
    #: A browser, which hides the response.
    BROWSER = "a browser"
    #: A response that does not come from API Gateway.
    ELSEWHERE = "something before API Gateway"


class Diagnosis(Outlined, Frozen):
    """The meaning of a response of API Gateway, as ``read_message`` returns it.

    ``gates`` and ``layers`` are those that can give the response, the likeliest first; ``gate`` and ``layer`` are set
    where there is only one. ``explicit`` is whether a Deny applies, None where the response is about something else or
    does not say so in words that are recognised; ``unread`` are words of the message that are not recognised.
    ``left_out`` are causes that the API excludes, each with the reason. ``reproduce`` are the words of the command that
    simulates the call, none if the text does not name method, path and caller.
    ``proves`` and ``leaves_open`` are sentences, and so is ``check_next``, in the order in which to check.
    ``principal``, ``action`` and ``resource`` are those of the response, empty where it has none; API Gateway masks the
    account in the resource (``is_masked``). ``rules`` are ids of docs/semantics.md.
    """

    __slots__ = (
        "action",
        "api_type",
        "authorization_id",
        "check_next",
        "explicit",
        "gates",
        "layers",
        "leaves_open",
        "left_out",
        "message",
        "policy_arn",
        "policy_type",
        "principal",
        "proves",
        "reproduce",
        "resource",
        "response_type",
        "rules",
        "status",
        "summary",
        "unread",
    )
    message: str
    summary: str
    gates: tuple[Gate, ...]
    layers: tuple[Layer, ...]
    policy_type: str
    explicit: bool | None
    principal: str
    action: str
    resource: str
    policy_arn: str
    authorization_id: str
    api_type: ApiType | None
    status: int | None
    response_type: str
    proves: tuple[str, ...]
    leaves_open: tuple[str, ...]
    check_next: tuple[str, ...]
    rules: tuple[str, ...]
    unread: str
    left_out: tuple[str, ...]
    reproduce: tuple[str, ...]

    def __init__(
        self,
        *,
        message: str,
        summary: str,
        gates: tuple[Gate, ...],
        proves: tuple[str, ...],
        leaves_open: tuple[str, ...],
        check_next: tuple[str, ...],
        rules: tuple[str, ...],
        layers: tuple[Layer, ...] = (),
        policy_type: str = "",
        explicit: bool | None = None,
        principal: str = "",
        action: str = "",
        resource: str = "",
        policy_arn: str = "",
        authorization_id: str = "",
        api_type: ApiType | None = None,
        status: int | None = None,
        response_type: str = "",
        unread: str = "",
        left_out: tuple[str, ...] = (),
        reproduce: tuple[str, ...] = (),
    ) -> None:
        self._set(
            message=message,
            summary=summary,
            gates=gates,
            layers=layers,
            policy_type=policy_type,
            explicit=explicit,
            principal=principal,
            action=action,
            resource=resource,
            policy_arn=policy_arn,
            authorization_id=authorization_id,
            api_type=api_type,
            status=status,
            response_type=response_type,
            proves=proves,
            leaves_open=leaves_open,
            check_next=check_next,
            rules=rules,
            unread=unread,
            left_out=left_out,
            reproduce=reproduce,
        )

    def changed(self, **parts: Any) -> Diagnosis:
        """The same meaning with other parts."""
        return Diagnosis(**{name: getattr(self, name) for name in Diagnosis.__slots__} | parts)

    @property
    def gate(self) -> Gate | None:
        """The gate that gives the response, None where several can."""
        return self.gates[0] if len(self.gates) == 1 else None

    @property
    def layer(self) -> Layer | None:
        """The layer of policies that gives the response, None where several can, or none does."""
        return self.layers[0] if len(self.layers) == 1 else None

    @property
    def rule(self) -> str:
        """The rule that describes the response itself."""
        return self.rules[0]

    @property
    def is_masked(self) -> bool:
        """Whether digits of the account in the resource are masked."""
        return "*" in self._account

    @property
    def account_digits(self) -> str:
        """The digits of the account in the resource that are not masked: all twelve, the last four, or none."""
        return self._account.lstrip("*")

    @property
    def _account(self) -> str:
        fields = self.resource.split(":", 5)
        return fields[4] if len(fields) > 5 else ""

    def to_dict(self) -> dict[str, Any]:
        """The meaning as plain data, by the schema ``docs/schemas/why-1.json``; None for absent values."""
        return {
            "schema_version": SCHEMA_VERSION,
            "message": self.message,
            "summary": self.summary,
            "gates": [gate.value for gate in self.gates],
            "layers": [layer.value for layer in self.layers],
            "policy_type": self.policy_type or None,
            "explicit": self.explicit,
            "principal": self.principal or None,
            "action": self.action or None,
            "resource": self.resource or None,
            "policy_arn": self.policy_arn or None,
            "authorization_id": self.authorization_id or None,
            "api_type": None if self.api_type is None else self.api_type.value,
            "status": self.status,
            "response_type": self.response_type or None,
            "proves": list(self.proves),
            "leaves_open": list(self.leaves_open),
            "check_next": list(self.check_next),
            "rules": list(self.rules),
            "unread": self.unread or None,
            "left_out": list(self.left_out),
            "reproduce": list(self.reproduce),
        }

    def _outline(self) -> Iterator[OutlineLine]:
        yield OutlineLine(0, "explicit_deny", self.summary)
        yield OutlineLine(1, "fact", f"refused by: {listed(self.gates)}")
        for name, value in self._facts():
            yield OutlineLine(1, "fact", f"{name}: {value}")
        for text in self.left_out:
            yield OutlineLine(1, "fact", f"left out: {text}")
        yield from _list("it shows", "proven", self.proves)
        yield from _list("it does not show", "undecided", self.leaves_open)
        yield OutlineLine(0, "heading", "check next")
        for number, text in enumerate(self.check_next, 1):
            yield OutlineLine(1, "advice", f"{number}. {text}")
        if self.reproduce:
            yield OutlineLine(0, "heading", "to simulate the call")
            yield OutlineLine(1, "command", join(self.reproduce))
            if "FILE" in self.reproduce:
                yield OutlineLine(1, "fact", "FILE stands for a file of yours: see execpolicy check --help")
        yield OutlineLine(0, "rules", f"rules: {', '.join(self.rules)}")

    def _facts(self) -> Iterator[tuple[str, str]]:
        kind = "" if self.api_type is None else f"{self.api_type.value} API"
        answer = " ".join(part for part in (kind, str(self.status or ""), self.response_type) if part)
        layers = listed(dict.fromkeys(layer.policy_type for layer in self.layers)) if self.layers else ""
        facts = {
            "layer": layers or self.policy_type,
            "message": self.message,
            "not recognised": self.unread,
            "answer": answer,
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "policy": self.policy_arn,
            "authorization id": self.authorization_id,
        }
        yield from ((name, value) for name, value in facts.items() if value)


def _list(heading: str, style: str, texts: tuple[str, ...]) -> Iterator[OutlineLine]:
    if texts:
        yield OutlineLine(0, "heading", heading)
        yield from (OutlineLine(1, style, f"- {text}") for text in texts)
