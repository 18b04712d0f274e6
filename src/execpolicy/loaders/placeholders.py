"""Which parts of an API are placeholders for what AWS assigns at deployment, because nothing gives them (SRC-7)."""

from __future__ import annotations

import re

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.cloudformation.values.pseudo_parameters import PLACEHOLDER_ACCOUNT, PLACEHOLDER_REGION
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import kind_named


def placeholders_of(name: str, api: ApiDefinition, kind: str, options: ReadOptions) -> tuple[str, ...]:
    """Which of the options ``account``, ``region`` and ``api_id`` would replace a placeholder.

    Args:
        name: the logical id of the API.
        api: the API as it was read.
        kind: the name of the kind of its file.
        options: what was given besides the file.
    """
    # The id is the logical id in lower case, with a number if it is not unique.
    logical = re.sub("[^a-z0-9]", "", name.lower()) or "api"
    found = {
        "account": api.account == PLACEHOLDER_ACCOUNT,
        "region": api.region == PLACEHOLDER_REGION,
        "api_id": re.fullmatch(f"{logical}[0-9]*", api.id) is not None,
    }
    uses = kind_named(kind).uses
    return tuple(
        option for option, is_one in found.items() if is_one and option in uses and not _given(options, option)
    )


def _given(options: ReadOptions, option: str) -> bool:
    return getattr(options, option) is not None
