"""Fingerprints of findings: a finding keeps its own when lines are inserted or moved (docs/adr/024)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from execpolicy.document.syntax.file_names import relative_name
from execpolicy.document.syntax.wording import quoted
from execpolicy.linter.finding import Finding

#: The number of the way in which fingerprints are made: another way needs another number.
FINGERPRINT_VERSION: Final = 1
#: The number of hexadecimal digits of a fingerprint.
LENGTH: Final = 32
#: This many characters of the underlined text count, so that long parts that are underlined often take no time.
_MOST: Final = 1000
_INDEX: Final = re.compile(r"\AStatement\[[0-9]+\]")


def fingerprints(findings: Iterable[Finding], root: str) -> tuple[str, ...]:
    """The fingerprint of each finding.

    It is made from the id of the rule, the file, the path inside the policy (with the Sid of the statement, if it has
    one), the underlined text without regard to blanks and line ends, and the number of the finding among those that are
    equal in all this. Neither the line nor the message counts.

    Args:
        findings: all findings of a run, in the order of the text; also those that are not shown.
        root: the folder that the names of files are relative to.

    Returns:
        The fingerprints, in the same order. All are different.

    >>> from execpolicy import Policy, lint
    >>> text = '''{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
    ...     "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET//orders"}}'''
    >>> first = lint(Policy.parse(text, kind="resource"))
    >>> moved = lint(Policy.parse(text.replace('"Action"', '  "Action"'), kind="resource"))
    >>> fingerprints(first, ".") == fingerprints(moved, ".")
    True
    """
    names: dict[str, str] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    made = []
    for finding in findings:
        name = finding.source.name if finding.source is not None else ""
        if name not in names:
            names[name] = relative_name(name, root)
        parts = (finding.rule.id, names[name], _path(finding), _underlined(finding))
        seen[parts] += 1
        # A text that holds a lone surrogate has a fingerprint too.
        text = "\0".join((*parts, str(seen[parts]))).encode("utf-8", "surrogatepass")
        made.append(sha256(text).hexdigest()[:LENGTH])
    return tuple(made)


def _path(finding: Finding) -> str:
    """The path of a finding; the Sid stands for the number of its statement."""
    return _INDEX.sub(lambda _: f"Statement[{quoted(finding.sid)}]", finding.path) if finding.sid else finding.path


def _underlined(finding: Finding) -> str:
    """The underlined text, with one blank for blanks and line ends."""
    source, span = finding.source, finding.span
    if source is None or span is None:
        return ""
    start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
    return " ".join(source.text[start : min(end, start + _MOST)].split())
