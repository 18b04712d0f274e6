"""How a rule about documents that do not load is written: its name, its issue code, and its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

#: An Allow of an identity policy, without its Resource.
ALLOW: Final = '"Effect": "Allow", "Action": "execute-api:Invoke"'
#: The elements of a sound statement of an identity policy.
SOUND: Final = f'{ALLOW}, "Resource": "*"'
#: The elements of a sound statement of a resource policy, without its principal.
CALLS: Final = f'{ALLOW}, "Resource": "execute-api:/*"'


def example(statement: str, underlined: str = "", kind: PolicyKindName = "identity") -> RuleExample:
    """A document of one statement."""
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {{{statement}}}}}', kind, underlined)


class LoadRule(NamedTuple):
    """A fault with which no document loads: the number in its id, its issue code, and the rest of a rule.

    ``has_fix`` says whether some of its findings have a fix. It is not safe: the document decided nothing before.
    """

    number: int
    name: str
    issue_code: str
    title: str
    why: str
    fix: str
    semantics: tuple[str, ...]
    bad: RuleExample
    good: RuleExample
    has_fix: bool = False

    def rule(self) -> Rule:
        """The rule of the family DOC."""
        return Rule(
            id=f"EP-DOC-{self.number:03}",
            name=self.name,
            severity=Severity.ERROR,
            title=self.title,
            why=self.why,
            fix=self.fix,
            bad=self.bad,
            good=self.good,
            semantics=self.semantics,
            issue_code=self.issue_code,
            fix_safety=FixSafety.UNSAFE if self.has_fix else FixSafety.NONE,
        )
