"""Every rule of the linter, by family and by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.errors import UsageError
from execpolicy.linter import (
    actions,
    api_policies,
    apis,
    arn_fields,
    arn_targets,
    arns,
    condition_forms,
    condition_keys,
    condition_operators,
    condition_scope,
    condition_texts,
    condition_values,
    documents,
    empty_elements,
    loading,
    principals,
    sizes,
)
from execpolicy.linter.check import Check
from execpolicy.linter.ignores import rules as ignore_rules
from execpolicy.linter.rule import Rule

#: The checks of every family.
CHECKS: Final[tuple[Check, ...]] = (
    *documents.CHECKS,
    *sizes.CHECKS,
    *actions.CHECKS,
    *principals.CHECKS,
    *empty_elements.CHECKS,
    *api_policies.CHECKS,
    *apis.CHECKS,
    *arns.CHECKS,
    *arn_fields.CHECKS,
    *arn_targets.CHECKS,
    *condition_keys.CHECKS,
    *condition_operators.CHECKS,
    *condition_values.CHECKS,
    *condition_forms.CHECKS,
    *condition_texts.CHECKS,
    *condition_scope.CHECKS,
)
#: Every rule by its id, in the order of ids.
RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for rule in sorted(
        (*loading.RULES, *ignore_rules.RULES, *(check.rule for check in CHECKS)), key=lambda rule: rule.id
    )
}


def find_rule(name: str) -> Rule:
    """A rule by its id or its name, in any case.

    Raises:
        UsageError: there is no such rule.
    """
    for rule in RULES.values():
        if name.lower() in (rule.id.lower(), rule.name):
            return rule
    meant = nearest(name, [*RULES, *(rule.name for rule in RULES.values())])
    advice = f'did you mean "{meant}"?' if meant is not None else "execpolicy explain --list shows all rules"
    raise UsageError(f"there is no rule {quoted(name)}", advice=advice)


def selected(names: str | None, rules: Mapping[str, Rule] = RULES) -> frozenset[str]:
    """The ids of rules that a list with commas names: by id, by name, or by the beginning of ids such as ``EP-ARN``.

    Raises:
        UsageError: a name is that of no rule.
    """
    found: set[str] = set()
    for name in (names or "").split(","):
        prefix = name.strip().upper()
        if not prefix:
            continue
        of_prefix = {rule_id for rule_id in rules if rule_id == prefix or rule_id.startswith(f"{prefix}-")}
        found |= of_prefix or {find_rule(name.strip()).id}
    return frozenset(found)
