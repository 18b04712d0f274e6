"""A suggested change of policies: what is changed, what it opens, and the proof that it opens nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import NamedTuple
from execpolicy.errors import Source
from execpolicy.linter.documents.sizes import over_quota
from execpolicy.suggestions.candidate import ChangeKind
from execpolicy.suggestions.written_change import edited

if TYPE_CHECKING:
    from execpolicy.analysis.comparison import Comparison
    from execpolicy.document.policy import Policy
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.engine.decision import Decision
    from execpolicy.engine.layers import Layer
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.linter.finding import Edit


class SuggestedChange(NamedTuple):
    """One change of one policy.

    Attributes:
        kind: what it does.
        layer: the layer of the policy.
        policy: the policy, before the change.
        number: the number of the statement that is changed; None for a new one.
        sid: the Sid of the statement that is changed, or None.
        what: what is added, in words.
        opens: what it opens, in one sentence: who may call what then, as far as all other policies let them.
        statement: the same as a statement: of an Allow it applies to the requests that the policy allows now; of a
            Deny, to those that it no longer denies.

    >>> from execpolicy import Caller, Policy, Request, authorize, suggest
    >>> prod = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": f"{prod}/GET/pets"}}, kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource=f"{prod}/GET/dogs"))
    >>> suggest(decision)[0].changes[0].opens
    'lets those who have reads call GET on /prod/dogs of a1b2c3'
    """

    kind: ChangeKind
    layer: Layer
    policy: Policy
    number: int | None
    sid: str | None
    what: str
    opens: str
    statement: CompiledStatement


class Suggestion(Frozen):
    """Changes of policies that together let a refused call through.

    Attributes:
        changes: the changes, one or more for each layer that refuses.
        policies: the policies that are changed, each with the one after the change.
        edits: by the text of a file, the edits that make the changes, as places and new texts.
        outside: the comparison of the requests outside of what the changes open: its verdict is EQUAL. It holds
            whatever other policies there are.
        answer: the decision, or the response, with the changes; it is an allow.

    >>> from execpolicy import Caller, Policy, Request, authorize, suggest
    >>> prod = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": f"{prod}/GET/pets"}}, kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource=f"{prod}/GET/dogs"))
    >>> best = suggest(decision)[0]
    >>> best.answer.allowed, best.outside.verdict.value
    (True, 'equal')
    """

    __slots__ = ("answer", "changes", "edits", "outside", "policies")
    changes: tuple[SuggestedChange, ...]
    policies: Mapping[Policy, Policy]
    edits: Mapping[Source, tuple[Edit, ...]]
    outside: Comparison
    answer: Decision | GatewayResponse

    def __init__(
        self,
        changes: Iterable[SuggestedChange],
        policies: Mapping[Policy, Policy],
        edits: Mapping[Source, Sequence[Edit]],
        outside: Comparison,
        answer: Decision | GatewayResponse,
    ) -> None:
        self._set(
            changes=tuple(changes),
            policies=dict(policies),
            edits={source: tuple(each) for source, each in edits.items()},
            outside=outside,
            answer=answer,
        )

    def texts(self) -> tuple[tuple[Source, str], ...]:
        """The texts that are changed, each with the one after the change. No file is written."""
        return tuple((source, edited(source, edits)) for source, edits in self.edits.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """What AWS may refuse: each changed policy that is longer than its quota."""
        words = ((each.name, over_quota(each)) for each in self.policies.values())
        return tuple(f"{name} is longer than its quota: {found}" for name, found in words if found is not None)

    @property
    def size(self) -> int:
        """The number of characters that are written."""
        return sum(len(edit.text) for edits in self.edits.values() for edit in edits)

    def to_dict(self) -> dict[str, Any]:
        """The suggestion as plain data, as a part of ``docs/schemas/decision-1.json``."""
        return {
            "changes": [_change_data(each) for each in self.changes],
            "edits": [
                {
                    "file": source.name,
                    "line": edit.span.line,
                    "column": edit.span.column,
                    "end_line": edit.span.end_line,
                    "end_column": edit.span.end_column,
                    "text": edit.text,
                }
                for source, edits in self.edits.items()
                for edit in edits
            ],
            "outside": self.outside.verdict.value,
            "assumed": sorted(self.answer.assumed),
            "notes": list(self.notes),
        }


def _change_data(change: SuggestedChange) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "layer": change.layer.value,
        "policy": change.policy.name,
        "statement": change.number,
        "sid": change.sid,
        "adds": change.what,
        "opens": change.opens,
    }


class SuggestionResult(NamedTuple):
    """What is suggested for a refused call.

    Attributes:
        suggestions: the suggestions, those that open the least first.
        instead: what must change instead, or besides, where no edit of the policies is enough.
    """

    suggestions: tuple[Suggestion, ...] = ()
    instead: tuple[str, ...] = ()
