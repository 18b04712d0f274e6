"""Strategies for the ARNs of calls: any, and those that match or nearly match the resources of policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.policy import Policy
from execpolicy.errors import UsageError
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.language.arn import SHORT_FORM, fields_of
from execpolicy.testing.strategies.words import WORDS, KeyLookup, filled, near_edits

REGION, ACCOUNT, API = "eu-west-1", "111122223333", "a1b2c3"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

#: The route keys that every WebSocket API has.
ROUTES = ("$connect", "$disconnect", "$default")

_API = re.compile("[a-zA-Z0-9]+")
_STAGE = re.compile(r"[a-zA-Z0-9_-]+|\$default")
_FIELDS = ("arn", "aws", "execute-api", REGION, ACCOUNT)
#: A path segment as clients send it. Characters with a special meaning in policies are frequent.
_SEGMENTS = st.sampled_from(("orders", "7", "{id}", "a:b", "*", "$")) | st.text(
    st.characters(codec="ascii", min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="/?#%"),
    min_size=1,
    max_size=8,
)


def arns(
    *,
    region: str = REGION,
    account: str = ACCOUNT,
    api_ids: Sequence[str] = (API,),
    stages: Sequence[str] = ("prod", "dev"),
    methods: Sequence[str] = METHODS,
) -> st.SearchStrategy[ExecuteApiArn]:
    """ARNs of calls to REST and HTTP APIs.

    Args:
        region: the region of all ARNs.
        account: the account of all ARNs, 12 digits.
        api_ids: the ids of APIs to draw from.
        stages: the names of stages to draw from.
        methods: the HTTP methods to draw from.

    Returns:
        A strategy of ExecuteApiArn.

    >>> from execpolicy.testing import strategies
    >>> from hypothesis import given
    >>> @given(strategies.arns(stages=["prod"]))
    ... def is_of_that_stage(arn):
    ...     assert arn.stage == "prod"
    >>> is_of_that_stage()
    """
    paths = st.lists(_SEGMENTS, max_size=4).map(lambda segments: "/" + "/".join(segments))
    return st.builds(
        lambda api_id, stage, method, path: ExecuteApiArn.build(
            region=region, account=account, api_id=api_id, stage=stage, method=method, path=path
        ),
        st.sampled_from(api_ids),
        st.sampled_from(stages),
        st.sampled_from(methods),
        paths,
    )


def resources_near(*policies: Policy, api: str = API, lookup: KeyLookup | None = None) -> st.SearchStrategy[str]:
    """The text of ARNs that match or nearly match a Resource of the policies.

    Wildcards are filled with segments of the policies, also with several, because a ``*`` matches slashes.

    Args:
        policies: at least one.
        api: the id of the API for short forms (``execute-api:/…``) and wildcards.
        lookup: the values of policy variables by the lower-case name of the key; ``requests_near`` gives those of its
            caller. Without it, each variable is replaced by a word.

    Raises:
        UsageError: no policy is given.
    """
    if not policies or not all(isinstance(policy, Policy) for policy in policies):
        raise UsageError("resources_near takes policies", advice="Policy.parse reads one")
    patterns = sorted(
        {
            (value.value, policy.version == NEW_VERSION)
            for policy in policies
            for statement in policy.statements
            for value in statement.resource.values
        }
    )
    find = lookup if lookup is not None else lambda key: None
    fills = _fills((pattern for pattern, _ in patterns), find, policies)
    near = [_near(pattern, api, fills, find if variables else None) for pattern, variables in patterns]
    return st.one_of(*near) if near else st.just(":".join((*_FIELDS, f"{api}/prod/GET/")))


def _fills(patterns: Iterable[str], lookup: KeyLookup, policies: Iterable[Policy]) -> list[str]:
    """Words for wildcards: the literal segments of the patterns, and some fixed words."""
    literal = {
        segment
        for pattern in patterns
        for segment in pattern.rpartition(":")[2].split("/")
        if segment and not set("*?$") & set(segment)
    }
    return sorted({*literal, *WORDS, *METHODS[:2], "other"})


def _near(pattern: str, api: str, fills: Sequence[str], lookup: KeyLookup | None) -> st.SearchStrategy[str]:
    if pattern.startswith(SHORT_FORM):
        part = pattern.removeprefix(SHORT_FORM)
        return _parts(f"{api}/{part}", fills, lookup).map(lambda text: _arn(_FIELDS, text))
    fields = pattern.split(":", 5) if lookup is None else fields_of(pattern)
    if len(fields) < 6:
        return _parts(f"{api}/*", fills, lookup).map(lambda text: _arn(_FIELDS, text))
    head = tuple(
        usual if set("*?") & set(field) or not field or (lookup is not None and "${" in field) else field
        for field, usual in zip(fields[:5], _FIELDS, strict=True)
    )
    part = fields[5]
    if part.startswith("*"):
        # The API of a call is never a wildcard.
        part = f"{api}/" + ("*" if part == "*" else part.removeprefix("*").removeprefix("/"))
    elsewhere = (*head[:4], "444455556666")
    heads = st.sampled_from((head, head, head, head, elsewhere))
    return st.builds(_arn, heads, _parts(part, fills, lookup))


def _parts(part: str, fills: Sequence[str], lookup: KeyLookup | None) -> st.SearchStrategy[str]:
    """API, stage, method and path of a call."""
    return filled(part, fills=fills, lookup=lookup).flatmap(near_edits).map(_called)


def _called(text: str) -> str:
    """A text that is not a call gets the missing part, before the text at its place."""
    api, _, rest = text.replace("?", "x").partition("/")
    if not _API.fullmatch(api):
        api, rest = API, f"{api}/{rest}"
    stage, _, rest = rest.partition("/")
    if not _STAGE.fullmatch(stage):
        stage, rest = "prod", f"{stage}/{rest}" if stage else rest
    method, _, path = rest.partition("/")
    if method in ROUTES and not path:
        return f"{api}/{stage}/{method}"
    if method not in METHODS:
        method, path = "GET", f"{method}/{path}" if method else path
    return f"{api}/{stage}/{method}/{path}"


def _arn(head: Sequence[str], part: str) -> str:
    return ":".join((*head, part))
