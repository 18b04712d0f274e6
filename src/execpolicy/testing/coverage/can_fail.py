"""Decides which clauses can fail. No case can cover a clause that is true for every call to an API."""

from __future__ import annotations

import re

from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, EmptyConditionClause
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.resource_entry import ResourceEntry
from execpolicy.language.glob import ANY, ANY_IN_FIELD, Tokens

#: The action of every call to an API, in lower case.
_INVOKE = "execute-api:invoke"

#: The number of fields of an ARN, of which the last names the API.
_FIELDS = 6


def can_fail(clause: Clause, api_arn: str = "") -> bool:
    """Whether a clause is false for some call to an API.

    The action of every call is execute-api:Invoke, so no call detects an Action that is too wide. A clause with a value
    that is not known can fail if some value makes it fail (SRC-10).

    Args:
        clause: of a compiled statement.
        api_arn: the ARN of the API that the policy is attached to, up to its id: the policy does not apply to other
            APIs. Empty for a policy that can apply to any API.

    >>> from execpolicy.document.model import Element

    >>> from execpolicy.document.syntax.nodes import Text
    >>> actions = ("execute-api:Invoke", "execute-api:ManageConnections")
    >>> [can_fail(ActionClause(Element("Action", (Text(action),)), effect="Allow")) for action in actions]
    [False, True]
    """
    if isinstance(clause, ActionClause):
        if clause.negated and any(may_match(_INVOKE) for _, may_match in clause.may_match):
            return True
        return clause.never_matches or any(match(_INVOKE) for match in clause.matchers) is clause.negated
    if isinstance(clause, EmptyConditionClause):
        return not clause.holds
    if isinstance(clause, ResourceClause):
        if clause.negated:
            return clause.never_matches or bool(clause.entries)
        return not any(_is_everything(entry, api_arn) for entry in clause.entries)
    if isinstance(clause, PrincipalClause):
        return bool(clause.values) if clause.negated else not clause.is_everybody
    return True


def _is_everything(entry: ResourceEntry, api_arn: str) -> bool:
    """Whether an entry matches every API, or everything of the API that the policy is attached to."""
    if entry.fixed is None:
        return False
    texts = [_written(tokens) for tokens, _ in entry.fixed]
    if entry.short:
        return "/*" in texts
    return any(text == "*" or _names_everything(text, api_arn) for text in texts)


def _written(tokens: Tokens) -> str:
    """A pattern as text, in which every ``*`` is a wildcard."""
    parts = (
        token.replace("*", "\0") if isinstance(token, str) else "*" if token in (ANY, ANY_IN_FIELD) else "?"
        for token in tokens
    )
    return re.sub(r"\*+", "*", "".join(parts))


def _names_everything(text: str, api_arn: str) -> bool:
    fields = text.split(":", _FIELDS - 1)
    if len(fields) < _FIELDS:
        return False
    if not api_arn:
        _, _, service, region, account, rest = fields
        return service in ("execute-api", "*") and region == account == rest == "*"
    *places, api = api_arn.split(":", _FIELDS - 1)
    reaches = all(field in ("*", place) for field, place in zip(fields, places, strict=False))
    return reaches and fields[-1] in ("*", "*/*", f"{api}*", f"{api}/*")
