"""The conditions of statements, as the rules of conditions read them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from execpolicy._base.frozen import lazy_attribute
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Condition, Statement
from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.language.condition import ConditionTest, holds_without_value
from execpolicy.language.context_keys import ContextKey, find_context_key
from execpolicy.language.operators import OPERATORS
from execpolicy.language.truth import Truth
from execpolicy.linter.arns.entries import is_about_calls
from execpolicy.linter.finding import Fix
from execpolicy.linter.fixes.edits import made, replacement
from execpolicy.linter.fixes.member_edits import with_member, without_text
from execpolicy.linter.rule import FixSafety, RuleExample
from execpolicy.linter.subject import CheckResult, PolicySubject

#: Keys that stand in double quotes as they are.
_KEY: Final = re.compile(r"[\w:/.+=@-]+")
#: The kinds of policies that are evaluated for calls through VPC endpoints only.
_OF_ENDPOINTS: Final = (PolicyKind.VPC_ENDPOINT, PolicyKind.DOMAIN_NAME)
#: The kinds whose statements are about the calls of an API whatever actions they name.
_OF_APIS: Final = (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME)


class Tested:
    """A condition of a statement: one operator over one key.

    Attributes:
        subject: the policy.
        statement: its statement.
        condition: the condition.
        record: what is known of the key; None for a key that AWS does not have.
        key: the name of the key in lower case.
        operator: what is known of the operator.
        family: the type that the operator compares, such as ``String``.
        negated: whether the operator is one such as StringNotEquals.
        allows: whether the statement is an Allow.
    """

    def __init__(self, subject: PolicySubject, statement: Statement, condition: Condition) -> None:
        self.subject = subject
        self.statement = statement
        self.condition = condition
        self.record: ContextKey | None = find_context_key(condition.key.value)
        self.key = condition.key.value.lower()
        self.operator = OPERATORS[condition.operator.base]
        self.family = self.operator.family
        self.negated = self.operator.negated
        self.allows = statement.effect == "Allow"

    @property
    def is_null(self) -> bool:
        return self.family == "Null"

    @property
    def grants(self) -> bool:
        """Whether a call gets in because the key has one of the values."""
        return self.allows is not self.negated

    @lazy_attribute
    def is_about_calls(self) -> bool:
        """Whether the statement is about calls of APIs, and about nothing else."""
        return self.subject.policy.kind in _OF_APIS or is_about_calls(self.statement)

    @property
    def only_through_endpoints(self) -> bool:
        """Whether only calls through VPC endpoints are compared with it."""
        api = self.api
        return self.subject.policy.kind in _OF_ENDPOINTS or (api is not None and api.is_private)

    @property
    def api(self) -> ApiDefinition | None:
        """The API whose policy it is, if all of it is known."""
        return self.subject.once(_known_api)

    @lazy_attribute
    def known_values(self) -> tuple[Text, ...]:
        """The values, without those that are not known or have variables."""
        return tuple(text for text in self.condition.values if "${" not in text.value and not has_unknown(text.value))

    @lazy_attribute
    def read_values(self) -> tuple[tuple[Text, Any], ...]:
        """The known values with what the operator reads: None for a value that it cannot read."""
        read = self.operator.read_policy_value
        return tuple((text, read((text.value,))) for text in self.known_values)

    @lazy_attribute
    def holds_without_key(self) -> Truth:
        """Whether the condition holds for a request without the key."""
        if not self.is_null:
            return holds_without_value(self.condition.operator, negated=self.negated)
        policy = self.subject.policy
        test = ConditionTest(
            self.condition,
            version=policy.version,
            effect=self.statement.effect,
            of_rcp=policy.kind is PolicyKind.RCP,
        )
        return test.test(lambda name: () if name == self.key else None)

    @property
    def consequence(self) -> str:
        """What follows if no call has the key."""
        holds = self.holds_without_key
        if holds is None:
            return "so the condition cannot do what it says"
        if not holds or self.is_required:
            return f"so this {self.statement.effect} never applies"
        return "so the condition limits nothing" if self.allows else "so this Deny applies to every call"

    def others(self, *keys: str) -> list[Tested]:
        """The other conditions of the statement on one of the keys."""
        by_key = self.subject.once(_by_key)
        found = (each for key in keys for each in by_key.get((self.statement.number, key), ()))
        return [each for each in found if each is not self]

    @property
    def is_required(self) -> bool:
        """Whether the statement applies to requests with the key only, by another condition on it."""
        return any(each.holds_without_key is False for each in self.others(self.key))

    def at(self, text: Text, message: str, part: str = "") -> CheckResult:
        """A finding about a text of the condition, or about a part of it."""
        condition = self.condition
        path = f"Statement[{self.statement.number}].Condition.{condition.operator_text.value}.{condition.key.value}"
        first = text.value.find(part) if part else 0
        found = self.subject.at(text, message, path, first=first, last=first + len(part or text.value))
        return found._replace(about=self)

    def at_key(self, message: str, new: str = "") -> CheckResult:
        """A finding about the key, with the name in place of it."""
        found = self.at(self.condition.key, message)
        return found._replace(fix=self.key_fix(new)) if new else found

    def at_operator(self, message: str, new: str | None = None, part: str = "") -> CheckResult:
        """A finding about the operator or a part of it, with the text in place of it if it compares no other key."""
        found = self.at(self.condition.operator_text, message, part)
        return found if new is None else found._replace(fix=self.operator_fix(new, part))

    def key_fix(self, new: str) -> Fix | None:
        """The fix that writes another key, if the operator does not compare that one already."""
        operator = self.condition.operator_text
        if any(each.condition.operator_text == operator for each in self.others(new.lower())):
            return None
        return self.text_fix(self.condition.key, new)

    def operator_fix(self, new: str, part: str = "") -> Fix | None:
        """The fix that writes a text in place of the operator or of a part of it, if it compares no other key.

        There is none where the statement has the new operator already: the name would stand twice.
        """
        text = self.condition.operator_text
        changed = text.value.replace(part or text.value, new)
        names = self.subject.once(_operator_names)[self.statement.number]
        if names[text.value] != 1 or changed in names or any(p.operator for p in self.statement.unknown_parts):
            return None
        return self.text_fix(text, new, part)

    def null_fix(self) -> Fix | None:
        """The fix that adds a Null condition, so that the statement applies to requests with the key only."""
        subject, key = self.subject, self.condition.key.value
        condition = subject.node(self.statement.number, "Condition")
        if not isinstance(condition, JsonObject) or not _KEY.fullmatch(key):
            return None
        null = condition.members.get("Null")
        if null is None:
            edit = with_member(subject.policy, condition, "Null", f'{{"{key}": "false"}}')
        elif isinstance(null[2], JsonObject) and self.key not in map(str.lower, null[2].members):
            edit = with_member(subject.policy, null[2], key, '"false"')
        else:
            return None
        return made(FixSafety.UNSAFE, edit)

    def value_removal(self, text: Text) -> Fix | None:
        """The fix that removes a value from a list of several."""
        condition = self.condition
        values = self.subject.node(
            self.statement.number, "Condition", condition.operator_text.value, condition.key.value
        )
        return made(FixSafety.UNSAFE, without_text(self.subject.policy, values, text))

    def text_fix(self, text: Text, new: str, part: str = "", safety: FixSafety = FixSafety.UNSAFE) -> Fix | None:
        """The fix that writes another text in place of a text of the condition, or of a part of it."""
        first = text.value.find(part) if part else 0
        last = first + len(part or text.value)
        return made(safety, replacement(self.subject.policy, text, new, first, last))


def tests(subject: PolicySubject) -> tuple[Tested, ...]:
    """The conditions of a policy whose keys are known."""
    return subject.once(_tests)


def _tests(subject: PolicySubject) -> tuple[Tested, ...]:
    return tuple(
        Tested(subject, each.statement, condition)
        for each in subject.statements
        for condition in each.statement.conditions
        if not has_unknown(condition.key.value)
    )


def _known_api(subject: PolicySubject) -> ApiDefinition | None:
    return None if subject.api is None or subject.api.has_unknown_access else subject.api


def _operator_names(subject: PolicySubject) -> Mapping[int, Counter[str]]:
    """How many conditions each operator of a statement has, by the number of the statement and the operator's name."""
    found: dict[int, Counter[str]] = {}
    # A statement of unknown effect stands twice, with one number.
    for statement in {each.statement.number: each.statement for each in subject.statements}.values():
        texts = [each.operator_text for each in statement.conditions]
        texts += [each.operator_text for each in statement.empty_conditions if each.operator_text is not None]
        found[statement.number] = Counter(text.value for text in texts)
    return found


def _by_key(subject: PolicySubject) -> Mapping[tuple[int, str], Sequence[Tested]]:
    """The conditions of each statement on each key, by the number of the statement and the key in lower case."""
    found: dict[tuple[int, str], list[Tested]] = {}
    for tested in tests(subject):
        found.setdefault((tested.statement.number, tested.key), []).append(tested)
    return found


def known_tests(subject: PolicySubject) -> tuple[tuple[Tested, ContextKey], ...]:
    """The conditions on keys that AWS has, except those that only ask whether a key is there."""
    return subject.once(_known_tests)


def _known_tests(subject: PolicySubject) -> tuple[tuple[Tested, ContextKey], ...]:
    return tuple(
        (tested, tested.record) for tested in tests(subject) if tested.record is not None and not tested.is_null
    )


def condition_example(condition: str, underlined: str = "", *, effect: str = "Allow") -> RuleExample:
    """A resource policy with one statement that has a condition."""
    statement = (
        f'"Effect": "{effect}", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*", '
        f'"Condition": {{{condition}}}'
    )
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {{{statement}}}}}', "resource", underlined)


def identity_condition_example(condition: str, underlined: str = "", *, effect: str = "Deny") -> RuleExample:
    """An identity policy with such a statement."""
    statement = f'"Effect": "{effect}", "Action": "execute-api:Invoke", "Resource": "*", "Condition": {{{condition}}}'
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {{{statement}}}}}', "identity", underlined)


def api_condition_example(
    condition: str, underlined: str = "", *, effect: str = "Allow", api: str = "", auth: str = "AWS_IAM"
) -> RuleExample:
    """An API file whose resource policy has such a statement."""
    extra = "".join(f"{line}\n" for line in api.split("; ") if line)
    text = f"""schema: execpolicy/api/1
id: a1b2c3d4e5
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod]
{extra}routes:
  GET /orders: {{auth: {auth}}}
resource_policy:
  Version: "2012-10-17"
  Statement:
    - Effect: {effect}
      Principal: "*"
      Action: execute-api:Invoke
      Resource: execute-api:/*
      Condition: {{{condition}}}
"""
    return RuleExample(text, "", underlined)
