"""Why a resource does not match: where the pattern and the ARN of the request differ."""

from __future__ import annotations

import re

from execpolicy._base.records import NamedTuple
from execpolicy.engine.explain.condition_reason import without_value_note
from execpolicy.engine.explain.reasons import ClauseReason, Reason
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.resource_entry import ResourceEntry
from execpolicy.engine.view import View
from execpolicy.language.arn import FIELDS, SHORT_FORM
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, agreeing_lengths, normalised
from execpolicy.language.variables import Unresolved

_SHORT_ELSEWHERE = (
    "`{}` is a short form of an ARN only in the resource policy of an API, and only with a slash: execute-api:/…"
)
_SHORT_WITHOUT_SLASH = "`{}` has no slash after execute-api: so it is not a short form; write `execute-api:/…`"
_MISPLACED = "`{}` has a variable before the fifth colon of an ARN, so it matches nothing here (POL-14)"
_NO_PATH = "`{}` contains a path of an API, and the resource has none"
_CUT_SHORT = "`{}` names an API without stage, method and path; end it in `/*`"


class ExplainedPattern(NamedTuple):
    """A pattern: its tokens, the literal text that it begins with, the text of the rest, and a note on a mistake."""

    tokens: Tokens
    head: str
    tail: str
    mistake: str

    @classmethod
    def of(cls, tokens: Tokens, mistake: str) -> ExplainedPattern:
        head = tokens[0] if tokens and isinstance(tokens[0], str) else ""
        return cls(tokens, head, _rest(tokens[1:] if head else tokens, 0), mistake)

    def rest(self, reached: int) -> str:
        """The text of the pattern after the part that matches ``reached`` characters."""
        if reached <= len(self.head):
            return self.head[reached:] + self.tail
        return _rest(self.tokens, reached)


def resource_reason(clause: ResourceClause, view: View) -> ClauseReason:
    """Why no entry of a Resource element matches; the note is about the entry that matches the longest part."""
    entries = clause.entries
    if all(entry.fixed is None and entry.test(view) is Unresolved.MISSING for entry in entries):
        missing = without_value_note(clause.without_value(view), view)
        return ClauseReason(Reason.NO_VALUE_FOR_VARIABLE, f"{missing}, so the entry matches no resource")
    furthest, found = -1, ""
    for entry in entries:
        if entry.matches_nothing:
            found = found or _MISPLACED.format(entry.text)
            continue
        pattern = pattern_of(clause, entry, view)
        if pattern is not None:
            subject = entry.subject(view)
            reached, place = agreeing_lengths(pattern.tokens, subject or "")
            if reached > furthest:
                furthest = reached
                mistake = pattern.mistake if subject is not None else _NO_PATH.format(entry.text)
                found = mistake or _difference(pattern, reached, subject or "", place)
    return ClauseReason(Reason.DIFFERS, found)


def agreeing_length(clause: ResourceClause, view: View) -> int:
    """How many characters of the resource agree with the entry of a Resource element that agrees with the most."""
    longest = 0
    for entry in clause.entries:
        pattern = None if entry.matches_nothing else pattern_of(clause, entry, view)
        if pattern is not None:
            longest = max(longest, agreeing_lengths(pattern.tokens, entry.subject(view) or "")[1])
    return longest


def pattern_of(clause: ResourceClause, entry: ResourceEntry, view: View) -> ExplainedPattern | None:
    """The pattern of an entry, stored if it has no variables; None if a variable has no value."""
    stored = entry.explained_pattern
    if isinstance(stored, ExplainedPattern):
        return stored
    tokens = entry.resolved(view)
    if entry.reads_both(view) and (not entry.strict or entry.test_once(view, empty=False) is True):
        tokens = entry.resolved(view, empty=True)  # the reading that does not match (VAR-3)
    if isinstance(tokens, Unresolved):
        return None
    pattern = ExplainedPattern.of(
        normalised(entry.patterns(tokens, entry.readings[0])[0]), _common_mistake(clause, entry)
    )
    if entry.fixed is not None:
        entry.explained_pattern = pattern
    return pattern


def _common_mistake(clause: ResourceClause, entry: ResourceEntry) -> str:
    """The note for a common mistake in an entry (GW-7, GW-8); empty if there is none."""
    text = entry.text
    if text.startswith("execute-api:") and not any(each.short and each.text == text for each in clause.entries):
        without_slash = clause.takes_short_forms and not text.startswith(SHORT_FORM)
        return (_SHORT_WITHOUT_SLASH if without_slash else _SHORT_ELSEWHERE).format(text)
    names_api = text.startswith("arn:") and text.count(":") == len(FIELDS) - 1 and text.split(":")[2] == "execute-api"
    if names_api and "/" not in text.rsplit(":", 1)[1].rstrip("/") and "*" not in text.rsplit(":", 1)[1]:
        return _CUT_SHORT.format(text)
    return ""


def _difference(pattern: ExplainedPattern, reached: int, subject: str, place: int) -> str:
    """Where a pattern and the resource begin to differ, and what each of them has there."""
    rest = pattern.rest(reached)
    if not (_at_end_of_word(rest) and _at_end_of_word(subject[place:])):
        reached, place = _at_start_of_word(pattern, reached, subject, place)
        rest = pattern.rest(reached)
    if not place:
        return f"nothing of it matches: the pattern has `{pattern.rest(0)}` and the request `{subject}`"
    return place_note(rest, shortened(subject[:place]), subject[place:], subject[place - 1])


def place_note(rest: str, same: str, left: str, last: str) -> str:
    """What a pattern and the resource have from the place on where they begin to differ.

    Args:
        rest: the rest of the pattern.
        same: the part that agrees, as it is shown.
        left: the rest of the resource.
        last: the last character that agrees.
    """
    if not rest:
        return f"matched up to `{same}`, where the pattern ends; the request goes on with `{left}`"
    if not left:
        return f"the request ends at `{same}`; the pattern goes on with `{rest}`"
    template = re.match(r"\{[^/{}]*\}", rest) if rest[0] == "{" else None
    if template:
        return f"matched up to `{same}`; `{template.group()}` is literal text here, use `*`"
    if rest[0] == "/" and last == "/":
        return (
            f"matched up to `{same}`; the method is followed by a slash already, so write it once: `{rest.lstrip('/')}`"
        )
    ours, theirs = rest.partition("/")[0], left.partition("/")[0]
    if ours != theirs and ours.lower() == theirs.lower():
        return f"matched up to `{same}`; `{ours}` and `{theirs}` differ in case, and matching is case-sensitive"
    return f"matched up to `{same}`; there the pattern has `{rest}` and the request `{left}`"


def _at_end_of_word(text: str) -> bool:
    """Whether ``text`` starts with the end of a word."""
    return text[:1] in ("", "/", ":", "*")


def _at_start_of_word(pattern: ExplainedPattern, reached: int, subject: str, place: int) -> tuple[int, int]:
    """The same position, moved back to the start of the word in the pattern and in the resource."""
    begin = max(subject.rfind("/", 0, place), subject.rfind(":", 0, place)) + 1
    length = place - begin
    text = pattern.head
    if reached > len(text):
        literal = (token for token in pattern.tokens if token not in (ANY, ANY_IN_FIELD))
        text = "".join(token if isinstance(token, str) else "\0" for token in literal)
    agrees = length and text[max(0, reached - length) : reached] == subject[begin:place]
    return (reached - length, begin) if agrees else (reached, place)


def _rest(pattern: Tokens, reached: int) -> str:
    """The text of a pattern after the part that matches ``reached`` characters."""
    out, count = "", 0
    for token in pattern:
        if isinstance(token, str):
            out += token[max(0, reached - count) :]
            count += len(token)
        elif token in (ONE, ONE_IN_FIELD):
            out += "?" if count >= reached else ""
            count += 1
        elif count >= reached:
            out += "*"
    return out


def shortened(agreed: str) -> str:
    """The resource part of an ARN, if the matching text extends into it."""
    fields = agreed.split(":", len(FIELDS) - 1)
    return fields[-1] if len(fields) == len(FIELDS) and fields[-1] else agreed
