"""A rule of the family DOC about the characters of a document (POL-14)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.documents.document_text import json_text_of
from execpolicy.linter.loading.load_rule import example
from execpolicy.linter.rule import Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

#: The documents that IAM and STS keep.
_OF_IAM: Final = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION)
_BEYOND: Final = re.compile("[^\x00-\xff]")
_RESOURCE: Final = '"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:a1b2c3d4e5/'

CHARACTER_BEYOND_LATIN_1 = Rule(
    id="EP-DOC-080",
    name="character-beyond-latin-1",
    severity=Severity.ERROR,
    title="A policy that IAM keeps has a character beyond U+00FF.",
    why="IAM and STS refuse the document: they take the characters up to U+00FF, and all others as escapes of JSON.",
    fix="write each such character as an escape, such as \\u65e5",
    bad=example(f'{_RESOURCE}prod/GET/\u65e5"', "\u65e5"),
    good=example(f'{_RESOURCE}prod/GET/\\u65e5"'),
    semantics=("POL-14",),
)


def _beyond_latin_1(subject: PolicySubject) -> Iterator[CheckResult]:
    policy = subject.policy
    text = json_text_of(policy) if policy.kind in _OF_IAM else None
    found = [] if text is None else _BEYOND.findall(text)
    if found:
        at = policy.decoded_text.index(found[0])
        others = f", the first of {len(found):,}" if len(found) > 1 else ""
        yield CheckResult(
            f"IAM refuses a document with the character U+{ord(found[0]):04X}{others}",
            policy.source,
            policy.source.span(at, at + 1) if policy.source is not None else None,
            help=f"write {json.dumps(found[0])[1:-1]}",
        )


#: One line for each rule.
CHECKS = (PolicyCheck(CHARACTER_BEYOND_LATIN_1, _beyond_latin_1),)
