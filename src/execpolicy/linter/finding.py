"""A finding: a rule, the place that breaks it, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from execpolicy._base.characters import printable
from execpolicy._base.frozen import Frozen
from execpolicy.errors import Diagnostic, Source, Span
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity


class Related(NamedTuple):
    """A second place that a finding is about: what it is, and where."""

    label: str
    source: Source
    span: Span

    @property
    def place(self) -> str:
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


class Edit(NamedTuple):
    """A change of a text: the part that is replaced, and the text in its place. An empty part is an insertion."""

    span: Span
    text: str


class Fix(NamedTuple):
    """The edits that mend a finding, all in its source.

    ``is_alone`` says that they are proven to keep all decisions of the text as it is: a text is not changed by other
    edits at the same time, but checked again after them.
    """

    safety: FixSafety
    edits: tuple[Edit, ...]
    is_alone: bool = False


class ShownRequest(NamedTuple):
    """A request that shows what a finding says, with the answer of the engine.

    Attributes:
        command: asks the same: it can be pasted into a shell.
        answer: the outcome of a request, such as ``implicit_deny``; the status of a call, such as ``403``.
        statement: the number of the statement that the finding is about; None if it is about no statement.
        applies: whether that statement applies to the request.
    """

    command: str
    answer: str
    statement: int | None = None
    applies: bool | None = None


class Finding(Frozen):
    """What a rule finds in a document.

    Attributes:
        rule: the rule.
        severity: that of the rule.
        message: what was found here, and what follows from it.
        source: the text; None for a document that is given as Python objects.
        span: the part of the text that breaks the rule; None without a text.
        path: the place inside a policy, such as ``Statement[0].Resource``; empty outside of policies.
        sid: the Sid of the statement that it is about, or the empty string.
        help: how to mend it.
        related: other places that belong to it.
        issue_code: the issue code of IAM Access Analyzer, or the empty string.
        fix: the edits that mend it; None if it needs a decision.
        shown: for a finding that says what happens: a request that shows it; else None. The first findings of a policy
            and of an API have one, where the file can be named.

    >>> from execpolicy import Policy, lint
    >>> policy = Policy.parse({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
    ...     "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET//orders"}}, kind="resource")
    >>> [(finding.rule.name, finding.path) for finding in lint(policy)]
    [('double-slash-before-path', 'Statement[0].Resource')]

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    __slots__ = ("fix", "help", "issue_code", "message", "path", "related", "rule", "shown", "sid", "source", "span")
    rule: Rule
    message: str
    source: Source | None
    span: Span | None
    path: str
    sid: str
    help: str
    related: tuple[Related, ...]
    issue_code: str
    fix: Fix | None
    shown: ShownRequest | None

    def __init__(
        self,
        rule: Rule,
        message: str,
        *,
        source: Source | None,
        span: Span | None,
        path: str = "",
        sid: str = "",
        help: str = "",
        related: Iterable[Related] = (),
        issue_code: str = "",
        fix: Fix | None = None,
        shown: ShownRequest | None = None,
    ) -> None:
        self._set(
            rule=rule,
            message=message,
            source=source,
            span=span,
            path=path,
            sid=sid,
            help=help or rule.fix,
            related=tuple(related),
            issue_code=issue_code or rule.issue_code,
            fix=fix,
            shown=shown,
        )

    @property
    def severity(self) -> Severity:
        """The severity of the rule."""
        return self.rule.severity

    @property
    def request(self) -> str:
        """The request that shows what the finding says, as a command; empty if it has none."""
        return self.shown.command if self.shown is not None else ""

    @property
    def place(self) -> str:
        """``file:line:column``, or the path where there are no lines."""
        return Diagnostic(self.message, self.source, self.span, self.path).place

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain data, in the schema ``docs/schemas/lint-1.json``.

        ``findingType``, ``issueCode`` and ``locations`` are those of IAM Access Analyzer.
        """
        return {
            "rule": self.rule.id,
            "name": self.rule.name,
            "severity": str(self.severity),
            "message": self.message,
            "file": self.source.name if self.source is not None else None,
            "path": self.path,
            "help": self.help,
            "related": [
                {"label": each.label, "file": each.source.name, "span": _span_data(each.source, each.span)}
                for each in self.related
            ],
            "fix": None if self.fix is None else self._fix_data(self.fix),
            "request": self.request,
            "findingType": self.severity.finding_type,
            "issueCode": self.issue_code,
            "locations": self._locations(),
        }

    def _fix_data(self, fix: Fix) -> dict[str, Any]:
        assert self.source is not None, "a fix changes a text"
        edits = [{"span": _span_data(self.source, edit.span), "text": edit.text} for edit in fix.edits]
        return {"safety": str(fix.safety), "edits": edits}

    def _locations(self) -> list[dict[str, Any]]:
        if self.source is None or self.span is None:
            return []
        return [{"path": _path_data(self.path), "span": _span_data(self.source, self.span)}]

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.severity} {self.rule.id} {self.message}")

    def __repr__(self) -> str:
        return f"<Finding: {self}>"

    def _repr_html_(self) -> str:
        from execpolicy._base.notebook_html import html_of  # only notebooks need it

        style = "error" if self.severity in (Severity.ERROR, Severity.SECURITY_WARNING) else "indeterminate"
        lines = [(0, style, f"{self.severity} {self.rule.id}: {self.message}"), (1, "fact", self.place)]
        if self.source is not None and self.span is not None:
            lines += [(1, "source", line) for line in self.source.excerpt(self.span).splitlines()]
        return html_of((depth, style, printable(text), 0) for depth, style, text in (*lines, (1, "advice", self.help)))


def _span_data(source: Source, span: Span) -> dict[str, Any]:
    """A span as IAM Access Analyzer gives it: lines from 1, columns and offsets from 0."""
    return {
        "start": {"line": span.line, "column": span.column - 1, "offset": source.offset(span.line, span.column)},
        "end": {
            "line": span.end_line,
            "column": span.end_column - 1,
            "offset": source.offset(span.end_line, span.end_column),
        },
    }


def _path_data(path: str) -> list[dict[str, Any]]:
    """A path such as ``Statement[0].Resource`` in the parts of IAM Access Analyzer."""
    parts: list[dict[str, Any]] = []
    for part in path.split(".") if path else ():
        name, *indices = part.split("[")
        parts.append({"value": name})
        parts.extend({"index": int(index.rstrip("]"))} for index in indices if index.rstrip("]").isdecimal())
    return parts
