"""Every rule of the linter, by family and by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from execpolicy.document.syntax.wording import nearest_or_longer, quoted
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
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
from execpolicy.linter.check import ApiCheck, Check, Family, PolicyCheck
from execpolicy.linter.conditions import forms as condition_forms
from execpolicy.linter.conditions import keys as condition_keys
from execpolicy.linter.conditions import operators as condition_operators
from execpolicy.linter.conditions import scope as condition_scope
from execpolicy.linter.conditions import texts as condition_texts
from execpolicy.linter.conditions import values as condition_values
from execpolicy.linter.conditions.tested import tests
from execpolicy.linter.documents import actions, characters, empty_elements, not_principals, principals, sizes
from execpolicy.linter.documents import elements as documents
from execpolicy.linter.ignores import rules as ignore_rules
from execpolicy.linter.loading import findings as loading
from execpolicy.linter.proofs import parts as proven_parts
from execpolicy.linter.proofs import statements as proven_statements
from execpolicy.linter.rule import Rule
from execpolicy.linter.subject import PolicySubject


def _api_of(subject: PolicySubject) -> ApiDefinition | None:
    return subject.api


#: Every module of checks, and what its checks of policies go through.
_MODULES: Final[Sequence[tuple[tuple[Check, ...], Callable[[PolicySubject], object] | None]]] = (
    (documents.CHECKS, None),
    (sizes.CHECKS, None),
    (characters.CHECKS, None),
    (actions.CHECKS, None),
    (principals.CHECKS, principals.named),
    (not_principals.CHECKS, principals.named),
    (empty_elements.CHECKS, empty_elements.empty),
    (api_policies.CHECKS, _api_of),
    (sam_policies.CHECKS, _api_of),
    (apis.CHECKS, None),
    (api_reach.CHECKS, None),
    (deployments.CHECKS, None),
    (arns.CHECKS, entries),
    (arn_slashes.CHECKS, entries),
    (arn_stages.CHECKS, entries),
    (arn_fields.CHECKS, entries),
    (arn_targets.CHECKS, _api_of),
    (condition_keys.CHECKS, tests),
    (condition_operators.CHECKS, tests),
    (condition_values.CHECKS, tests),
    (condition_forms.CHECKS, tests),
    (condition_texts.CHECKS, tests),
    (condition_scope.CHECKS, tests),
    (proven_statements.CHECKS, None),
    (proven_parts.CHECKS, None),
)
#: The checks of policies. A policy whose part is missing is not given to the checks that go through this part.
FAMILIES: Final = tuple(
    Family(tuple(check for check in checks if isinstance(check, PolicyCheck)), reads) for checks, reads in _MODULES
)
#: Every check.
CHECKS: Final = tuple(check for checks, _ in _MODULES for check in checks)
#: The checks of APIs as a whole.
API_CHECKS: Final = tuple(check for check in CHECKS if isinstance(check, ApiCheck))
#: Every rule by its id, in the order of ids.
RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for rule in sorted(
        (*loading.RULES, *ignore_rules.RULES, *(check.rule for check in CHECKS)), key=lambda rule: rule.id
    )
}
#: The ids of the rules that need a proof over all requests, which takes much longer than reading a policy.
PROVEN: Final = frozenset(check.rule.id for check in (*proven_statements.CHECKS, *proven_parts.CHECKS))
#: The ids of the rules that are checked by default.
DEFAULT: Final = frozenset(RULES) - PROVEN


def find_rule(name: str) -> Rule:
    """A rule by its id or its name, in any case.

    Raises:
        UsageError: there is no such rule.
    """
    for rule in RULES.values():
        if name.lower() in (rule.id.lower(), rule.name):
            return rule
    if any(rule_id.startswith(f"{name.upper()}-") for rule_id in RULES):
        advice = "execpolicy explain takes one rule, and --list shows those of a family"
        raise UsageError(f"found {quoted(name)}, which is a family of rules", advice=advice)
    meant = nearest_or_longer(name, [*RULES, *(rule.name for rule in RULES.values())])
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
