"""Which clauses can fail. One that holds for every call to an API has no second side that a case could show."""

from __future__ import annotations

import re

from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause, ResourceEntry
from execpolicy.language.glob import ANY, ANY_IN_FIELD, Tokens

#: The action of every call to an API, as clauses compare it.
_INVOKE = "execute-api:invoke"

#: The fields of an ARN before the one that names the API, with the one that does.
_FIELDS = 6


def can_fail(clause: Clause, api_arn: str = "") -> bool:
    """Whether some call to an API fails a clause.

    An Action that is too wide no call shows: every call asks for execute-api:Invoke.

    Args:
        clause: of a compiled statement.
        api_arn: the ARN of the API that the policy belongs to, up to its id: it is asked of no other API's calls. Empty
            for a policy that may meet any.

    >>> from execpolicy.document.model import Element

    >>> from execpolicy.document.syntax.nodes import Text
    >>> actions = ("execute-api:Invoke", "execute-api:ManageConnections")
    >>> [can_fail(ActionClause(Element("Action", (Text(action),)))) for action in actions]
    [False, True]
    """
    if isinstance(clause, ActionClause):
        return any(match(_INVOKE) for match in clause.matchers) is clause.negated
    if isinstance(clause, ResourceClause):
        if clause.negated:
            return bool(clause.entries)
        return not any(_is_everything(entry, api_arn) for entry in clause.entries)
    if isinstance(clause, PrincipalClause):
        return bool(clause.names) if clause.negated else not clause.is_everybody
    return True


def _is_everything(entry: ResourceEntry, api_arn: str) -> bool:
    """Whether an entry matches every API, or everything of the API that the policy belongs to."""
    if entry.fixed is None:
        return False
    texts = [_written(tokens) for tokens, _ in entry.fixed]
    if entry.short:
        return "/*" in texts
    return any(text == "*" or _names_everything(text, api_arn) for text in texts)


def _written(tokens: Tokens) -> str:
    """A pattern as text, in which ``*`` is nothing but the wildcard."""
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
