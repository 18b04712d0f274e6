"""Files that are policies where APIs are expected, and the other way round."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.inputs import Inputs
from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.errors import ExecPolicyError, Source

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

#: What the loaders say of a policy.
_IS_POLICY = "is a policy: it is not read as an API"


def advise_on_policy(inputs: Inputs, advice: str) -> None:
    """Say in the errors about a policy in place of an API what to do with it.

    Args:
        inputs: has the errors.
        advice: which option of the verb takes the policy, or which verb.
    """
    inputs.faults[:] = [
        fault._replace(advice=advice) if fault.message.endswith(_IS_POLICY) else fault for fault in inputs.faults
    ]


def read_policy(inputs: Inputs, source: Source, kind: PolicyKindName, *, advice: str) -> Policy | None:
    """The policy of a text, or None with the errors; a text that describes APIs is one error.

    Args:
        inputs: collects the errors.
        source: JSON or YAML, without a byte order mark, with its name for messages.
        kind: the kind of the policy.
        advice: what to do with a text that describes APIs.
    """
    first = len(inputs.faults)
    policy = inputs.attempt(lambda: Policy.from_file_text(source.text, kind=kind, name=source.name))
    if policy is None and _describes_apis(source):
        inputs.faults[first:] = []
        inputs.report(f"{source.name} describes APIs: it is no policy", advice=advice)
    return policy


def advise_on_kind(inputs: Inputs, first: int, source: Source, kind: PolicyKindName) -> None:
    """Say in the errors about a policy which kind it has, if they are about nothing but its kind.

    Args:
        inputs: has the errors.
        first: the index of the first error about the policy.
        source: the text of the policy.
        kind: the kind that was given.
    """
    faults = inputs.faults[first:]
    names_callers = ELEMENT_RULES[PolicyKind(kind)].principal
    other: PolicyKindName = "identity" if names_callers else "resource"
    if not faults or any(fault.rule != "POL-8" for fault in faults) or not _is_of_kind(source, other):
        return
    advice = (
        "a policy without Principal is of another kind: give --kind identity, or boundary, session or scp"
        if names_callers
        else "a policy with Principal is of another kind: give --kind resource, or rcp or vpc_endpoint"
    )
    inputs.faults[first:] = [fault._replace(advice=advice) for fault in faults]


def _is_of_kind(source: Source, kind: PolicyKindName) -> bool:
    try:
        Policy.from_file_text(source.text, kind=kind, name=source.name)
    except ExecPolicyError:
        return False
    return True


def _describes_apis(source: Source) -> bool:
    from execpolicy.document.syntax.json_or_yaml import read_any
    from execpolicy.loaders.kinds import is_known_kind, rules_of

    try:
        _, document = read_any(source.text, source.name, rules_of(source.text))
    except ExecPolicyError:
        return False
    return is_known_kind(document)
