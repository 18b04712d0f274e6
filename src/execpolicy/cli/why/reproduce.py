"""Decides the call of a denial message with given policies, to compare their decision with the message."""

from __future__ import annotations

import argparse
from enum import StrEnum
from typing import Any, NamedTuple

from execpolicy.cli.caller_and_target import read_caller, read_target
from execpolicy.cli.check.notes import deciding_options
from execpolicy.cli.context import allow_key_option, read_context
from execpolicy.cli.inputs import Inputs
from execpolicy.diagnose.diagnosis import Diagnosis
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.authorize import authorize
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.request import Request
from execpolicy.engine.unrecognized_keys import refuse_unnamed_by
from execpolicy.errors import ExecPolicyError
from execpolicy.language.principal import Principal

#: Each of these options requests a reproduction.
_OPTIONS = (
    "as", "on", "action", "resource_account", "context", "partial", "at",
    "role_path", "unique_id", "tag", "org_id", "federated_by", "management_account",
    "identity", "boundary", "session", "scp", "resource", "vpc_endpoint", "rcp", "rcps_cover_execute_api",
)  # fmt: skip


class ReproductionVerdict(StrEnum):
    """How the decision of the policies compares with the message."""

    REPRODUCED = "reproduced"
    #: They deny the call, but not as the message says.
    DENIED_OTHERWISE = "denied_otherwise"
    ALLOWED = "allowed"
    INDETERMINATE = "indeterminate"


class Reproduction(NamedTuple):
    """How the decision compares with the message, in words, and the decision itself."""

    verdict: ReproductionVerdict
    text: str
    decision: Decision

    def to_dict(self) -> dict[str, Any]:
        """The reproduction as plain data."""
        return {"verdict": self.verdict.value, "text": self.text, "decision": self.decision.to_dict()}


def is_requested(arguments: argparse.Namespace) -> bool:
    """Whether any option apart from the message is given."""
    return any(getattr(arguments, name) for name in _OPTIONS)


def reproduce(inputs: Inputs, arguments: argparse.Namespace, meaning: Diagnosis) -> Reproduction | None:
    """Decide the call of a message; None if there are errors, which ``inputs`` then holds."""
    if not meaning.principal or meaning.layer is Layer.AUTHORIZER:
        inputs.report(
            "this message does not come from a policy of the caller or the API, so policies cannot reproduce it",
            advice="omit the options for policies, or simulate the call: execpolicy check --api FILE METHOD PATH",
        )
        return None
    principal = _principal(inputs, arguments, meaning)
    resource = _resource(inputs, arguments, meaning)
    caller = None if principal is None else read_caller(inputs, arguments, principal)
    target = read_target(inputs, arguments)
    given = read_context(inputs, arguments)
    if resource is None or caller is None or given is None or inputs.faults:
        return None
    request = inputs.attempt(
        lambda: Request(
            caller=caller,
            action=arguments.action or meaning.action,
            resource=resource,
            context=given.context,
            resource_account=arguments.resource_account,
        )
    )
    if request is None or not given.accepts_keys(
        inputs, lambda: refuse_unnamed_by(request, target, option_to_accept=allow_key_option)
    ):
        return None
    decision = inputs.attempt(lambda: authorize(request, target))
    if decision is None:
        return None
    compared = _compare(meaning, decision)
    if not meaning.is_masked or arguments.on or arguments.resource_account:
        return compared
    return compared._replace(text=f"{compared.text}; the account of the API is taken from the caller's account")


def _principal(inputs: Inputs, arguments: argparse.Namespace, meaning: Diagnosis) -> str | None:
    given: str | None = getattr(arguments, "as")
    if given is not None:
        return given
    try:
        Principal.parse(meaning.principal)
    except ExecPolicyError as error:
        inputs.report(f"the message's caller is {meaning.principal!r}: {error.message}", advice="give --as")
        return None
    return meaning.principal


def _resource(inputs: Inputs, arguments: argparse.Namespace, meaning: Diagnosis) -> str | None:
    """The resource of the call, with the account that the message masks."""
    if arguments.on is not None:
        return str(arguments.on)
    if not meaning.resource:
        inputs.report("the message names no resource", advice="give --on")
        return None
    if not meaning.is_masked:
        return meaning.resource
    fields = meaning.resource.split(":", 5)
    account = arguments.resource_account or _account_of_caller(meaning)
    if account is None:
        message = f"the message masks the account of the API: {fields[4]}"
        inputs.report(message, advice="give --resource-account with all 12 digits, or --on")
        return None
    if not account.endswith(meaning.account_digits):
        message = f"--resource-account is {account!r}, the account in the message ends in {meaning.account_digits}"
        inputs.report(message, advice="give the account that owns the API")
        return None
    return ":".join([*fields[:4], account, fields[5]])


def _account_of_caller(meaning: Diagnosis) -> str | None:
    """The caller's account, if its last digits are those of the API's account that the message shows.

    A resource policy that is named for a missing Allow is one of another account (EVL-5).
    """
    if meaning.explicit is False and meaning.layer is Layer.RESOURCE:
        return None
    fields = meaning.principal.split(":", 5)
    account = fields[4] if len(fields) > 5 else ""
    digits = meaning.account_digits
    return account if digits and account.isdigit() and account.endswith(digits) else None


def _compare(meaning: Diagnosis, decision: Decision) -> Reproduction:
    outcome = decision.outcome
    if outcome is Outcome.ALLOW:
        return Reproduction(
            ReproductionVerdict.ALLOWED, f"these policies allow the call: {_elsewhere(meaning, decision)}", decision
        )
    if outcome is Outcome.INDETERMINATE:
        advice = deciding_options(decision)
        text = "it is unknown whether these policies deny the call" + (
            f": to decide it, give {advice}" if advice else ""
        )
        return Reproduction(ReproductionVerdict.INDETERMINATE, text, decision)
    same_kind = meaning.explicit in (None, outcome is Outcome.EXPLICIT_DENY)
    if not (same_kind and set(meaning.layers) & decision.blocked_by):
        kind = "a Deny" if outcome is Outcome.EXPLICIT_DENY else "a missing Allow"
        text = f"these policies deny the call, but by {kind} of the {_names(decision)}, not as the message says"
        return Reproduction(ReproductionVerdict.DENIED_OTHERWISE, text, decision)
    silent = [] if meaning.explicit else [each.policy_type for each in _not_given(decision) if each in meaning.layers]
    note = f"; no {listed(silent)} was given, and that alone is a denial" if silent else ""
    how = "as the message says" if meaning.explicit is not None else "as far as the message says how"
    return Reproduction(ReproductionVerdict.REPRODUCED, f"these policies deny the call {how}{note}", decision)


def _names(decision: Decision) -> str:
    return listed((layer.policy_type for layer in Layer if layer in decision.blocked_by), "and")


def _elsewhere(meaning: Diagnosis, decision: Decision) -> str:
    """Other possible causes of the denial."""
    missing = [layer.policy_type for layer in meaning.layers if layer in _not_given(decision)]
    policies = f"policies that were not given ({listed(missing)}), " if missing else ""
    return f"look for {policies}keys of the call that --context does not give, or another version of a policy"


def _not_given(decision: Decision) -> set[Layer]:
    caller, target = decision.request.caller, decision.target
    given = {
        Layer.IDENTITY: caller.identity,
        Layer.BOUNDARY: caller.boundary,
        Layer.SESSION: caller.session,
        Layer.SCP: caller.scps,
        Layer.RCP: target.rcps,
        Layer.RESOURCE: target.resource,
        Layer.VPC_ENDPOINT: target.vpc_endpoint,
        Layer.DOMAIN_NAME: None,
    }
    return {layer for layer, policies in given.items() if not policies}
