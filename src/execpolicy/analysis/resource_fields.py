"""The region and the account of the resource, where requests to other services than execute-api are meant too (KEY-3).

The ARN of an API has both. ARNs of other resources may have neither, and then only the context says the region, and the
request the account. So each of the two keys has a dimension of its own, and boxes say where it does not agree with the
ARN of an API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.arn_texts import patterns_of_condition
from execpolicy.analysis.values.text_pattern import either
from execpolicy.engine.clauses import ConditionClause

if TYPE_CHECKING:
    from execpolicy.engine.clause import Clause

#: The keys that the ARN of an API determines, in lower case.
OF_REGION, OF_ACCOUNT = KEYS_OF_ARNS = ("aws:requestedregion", "aws:resourceaccount")


class ResourceField(NamedTuple):
    """A condition on the region or the account of the resource.

    Attributes:
        clause: the condition.
        matching: the ARNs whose field it compares as equal; None if it compares none.
    """

    clause: ConditionClause
    matching: ArnRegion | None


def is_of_arn(clause: Clause) -> bool:
    """Whether a clause is a condition on the region or the account of the resource."""
    return isinstance(clause, ConditionClause) and clause.condition.key in KEYS_OF_ARNS


def resource_fields(clauses: Iterable[Clause]) -> Iterator[ResourceField]:
    """The conditions on the region or the account, without those that no pattern of ARNs can express."""
    for clause in clauses:
        if not isinstance(clause, ConditionClause) or not is_of_arn(clause):
            continue
        condition = clause.condition
        patterns = None if condition.variables or condition.unknown else patterns_of_condition(condition)
        if patterns is not None:
            matching = ArnRegion(f"resources of {condition.name}", either(patterns)) if patterns else None
            yield ResourceField(clause, matching)
