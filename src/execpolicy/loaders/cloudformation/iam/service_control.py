"""The policies of Organizations in a template, and the levels of SCPs that its callers have (SRC-8)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import did_you_mean, how_to_give, quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import has_unknown, unknown_names, with_unknown_in_words
from execpolicy.loaders.cloudformation.iam.built_policies import full_access
from execpolicy.loaders.cloudformation.iam.documents import PolicyDocuments
from execpolicy.loaders.cloudformation.iam.properties import ORGANIZATIONS_POLICY, properties_of, texts_in
from execpolicy.loaders.cloudformation.resource import Resource

_SCP: Final = "SERVICE_CONTROL_POLICY"
_KINDS: Final = {_SCP: PolicyKind.SCP, "RESOURCE_CONTROL_POLICY": PolicyKind.RCP}
#: Types of policies of Organizations that have no effect on a call of an API.
_OTHER_TYPES: Final = (
    *("AISERVICES_OPT_OUT_POLICY", "BACKUP_POLICY", "BEDROCK_POLICY", "CHATBOT_POLICY", "DECLARATIVE_POLICY_EC2"),
    *("INSPECTOR_POLICY", "NETWORK_SECURITY_DIRECTOR_POLICY", "S3_POLICY", "SECURITYHUB_POLICY", "TAG_POLICY"),
    "UPGRADE_ROLLOUT_POLICY",
)
_TARGET: Final = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12}")
#: The order of the levels: root, organizational unit, what is not known, account.
_ORDER: Final = ("r", "o")


class ServiceControl:
    """The SCPs and RCPs of one stack.

    Attributes:
        policies: by logical id.
        levels: the SCPs that apply to the callers of the template, a list of policies for each target.
    """

    def __init__(self, documents: PolicyDocuments) -> None:
        self._documents = documents
        self._stack = documents.stack
        self.policies: dict[str, Policy] = {}
        self._targets: dict[str, tuple[Text, list[Policy]]] = {}
        for resource in self._stack.of_type(ORGANIZATIONS_POLICY):
            self._add(resource)
        in_order = sorted(self._targets.values(), key=lambda found: _rank(found[0].value))
        self.levels = tuple(tuple(self._level(target, policies)) for target, policies in in_order)

    def _add(self, resource: Resource) -> None:
        fields = properties_of(self._stack, resource)
        if not fields.must("Content", "Type"):
            return
        kind = self._kind(fields)
        node = fields.value("Content")
        before = self._stack.problems.count
        policy = self._documents.policy(node, "Content", kind) if kind is not None and node is not None else None
        if policy is None:
            if self._stack.problems.count > before:
                self._report_type(fields)
            return
        self.policies[resource.logical_id] = policy
        if kind is PolicyKind.RCP:
            what = f"the targets of {resource.logical_id}, because RCPs do not apply to execute-api"
            self._stack.ignore(resource.name, what)
            return
        for target in texts_in(fields, "TargetIds", "ids of roots, organizational units or accounts"):
            if self._concerns(target):
                self._targets.setdefault(target.value, (target, []))[1].append(policy)

    def _kind(self, fields: Fields) -> PolicyKind | None:
        """The kind of a policy by its Type; None for one without effect on calls. A wrong one is reported."""
        text = fields.text("Type")
        if text is None:
            return None
        node = fields.node.members["Type"][2]
        if text in _KINDS:
            return _KINDS[text]
        if text in _OTHER_TYPES:
            self._stack.ignore(node, f"a policy of the type {text}")
        elif has_unknown_part(node):
            if self._stack.equals(node, _SCP):
                return PolicyKind.SCP
            self._stack.ignore(node, "a policy of Organizations, where its type is not that of an SCP")
        else:
            known = (*_KINDS, *_OTHER_TYPES)
            self._stack.problems.report(node, f"found {quoted(text)} as Type", did_you_mean(text, known))
        return None

    def _report_type(self, fields: Fields) -> None:
        """Report a type that is not known of a policy that is no valid SCP: it may be of another type."""
        node = fields.value("Type")
        if has_unknown_part(node):
            message = f"found {with_unknown_in_words(node.value)} as Type, which decides whether the policy is an SCP"
            self._stack.problems.report(node, message, how_to_give(unknown_names(node.value)))

    def _concerns(self, target: Text) -> bool:
        """Whether a target concerns the account of the template, as far as the target says it: else it does (A)."""
        if has_unknown(target.value):
            return True
        if _TARGET.fullmatch(target.value) is None:
            message = f"found {quoted(target.value)} as a target, expected the id of a root, an OU or an account"
            self._stack.problems.report(target, message, "write an id such as r-ab12, ou-ab12-11111111 or 111122223333")
            return False
        is_other = target.value.isdecimal() and target.value != self._stack.account
        if is_other and self._stack.account_is_given:
            self._stack.ignore(target, f"the attachment of an SCP to the account {target.value}")
            return False
        return True

    def _level(self, target: Text, policies: list[Policy]) -> list[Policy]:
        """The policies of a level: AWS's FullAWSAccess is among them where none of the others allows anything (A)."""
        if any(statement.effect == "Allow" for policy in policies for statement in policy.statements):
            return policies
        full = self._documents.policy(full_access(target), "FullAWSAccess", PolicyKind.SCP)
        return policies if full is None else [full, *policies]


def _rank(target: str) -> int:
    if target.isdecimal():
        return len(_ORDER) + 1
    return _ORDER.index(target[0]) if target[0] in _ORDER else len(_ORDER)
