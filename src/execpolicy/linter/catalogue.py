"""Every rule of the linter, by family and by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.errors import UsageError
from execpolicy.linter.apis import deployments, sam_policies
from execpolicy.linter.apis import policies as api_policies
from execpolicy.linter.apis import reach as api_reach
from execpolicy.linter.apis import whole_api as apis
from execpolicy.linter.arns import fields as arn_fields
from execpolicy.linter.arns import forms as arns
from execpolicy.linter.arns import slashes as arn_slashes
from execpolicy.linter.arns import stages as arn_stages
from execpolicy.linter.arns import targets as arn_targets
from execpolicy.linter.arns.entries import entries
from execpolicy.linter.check import Family
from execpolicy.linter.conditions import forms as condition_forms
from execpolicy.linter.conditions import keys as condition_keys
from execpolicy.linter.conditions import operators as condition_operators
from execpolicy.linter.conditions import scope as condition_scope
from execpolicy.linter.conditions import texts as condition_texts
from execpolicy.linter.conditions import values as condition_values
from execpolicy.linter.conditions.tested import tests
from execpolicy.linter.documents import actions, empty_elements, not_principals, principals, sizes
from execpolicy.linter.documents import elements as documents
from execpolicy.linter.ignores import rules as ignore_rules
from execpolicy.linter.loading import findings as loading
from execpolicy.linter.rule import Rule

#: Every module of checks. A policy whose part is missing is not given to the checks that read this part.
FAMILIES: Final = (
    Family(documents.CHECKS),
    Family(sizes.CHECKS),
    Family(actions.CHECKS),
    Family(principals.CHECKS, principals.named),
    Family(not_principals.CHECKS, principals.named),
    Family(empty_elements.CHECKS),
    Family(api_policies.CHECKS, lambda subject: subject.api),
    Family(sam_policies.CHECKS, lambda subject: subject.api),
    Family(apis.CHECKS),
    Family(api_reach.CHECKS),
    Family(deployments.CHECKS),
    Family(arns.CHECKS, entries),
    Family(arn_slashes.CHECKS, entries),
    Family(arn_stages.CHECKS, entries),
    Family(arn_fields.CHECKS, entries),
    Family(arn_targets.CHECKS, lambda subject: subject.api),
    Family(condition_keys.CHECKS, tests),
    Family(condition_operators.CHECKS, tests),
    Family(condition_values.CHECKS, tests),
    Family(condition_forms.CHECKS, tests),
    Family(condition_texts.CHECKS, tests),
    Family(condition_scope.CHECKS, tests),
)
#: Every check.
CHECKS: Final = tuple(check for family in FAMILIES for check in family.checks)
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
