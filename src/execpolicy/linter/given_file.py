"""How ``execpolicy check`` is given the file of a finding: the options that name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.contents import ReadOptions

#: The options for a file that is a policy, by its kind. No option takes the policy of a private custom domain alone.
_OPTIONS: Final = {
    PolicyKind.IDENTITY: "--identity",
    PolicyKind.BOUNDARY: "--boundary",
    PolicyKind.SESSION: "--session",
    PolicyKind.SCP: "--scp",
    PolicyKind.RESOURCE: "--resource",
    PolicyKind.VPC_ENDPOINT: "--vpc-endpoint",
}


def words_of_policy(policy: Policy) -> tuple[str, ...]:
    """The options that give a policy; none if it is only a part of a file, or not in a file.

    >>> words_of_policy(Policy.load("examples/foundation/resource.json", kind="resource"))
    ('--resource', 'examples/foundation/resource.json')
    """
    source = policy.source
    option = _OPTIONS.get(policy.kind)
    if source is None or option is None or not _is_file(source.name):
        return ()
    is_whole = not policy.decoded_text[: policy.root.start].strip() if policy.root.start >= 0 else False
    return (option, source.name) if is_whole else ()


def words_of_api(api: ApiDefinition, options: ReadOptions, name: str = "") -> tuple[str, ...]:
    """The options that give the file of an API as it was read; none if it is not in a file.

    Args:
        api: the API.
        options: what was given besides the file.
        name: its logical id, where the file has several APIs.
    """
    places = api.places
    if places is None or not _is_file(places.source.name):
        return ()
    return ("--api", places.source.name, *_given(options, name))


def _given(options: ReadOptions, name: str) -> Iterator[str]:
    plain = (
        ("--api-name", options.name or name),
        ("--account", options.account),
        ("--region", options.region),
        ("--api-id", options.api_id),
        ("--type", options.type),
        ("--terraform-source", options.terraform_source),
    )
    for option, value in plain:
        if value:
            yield from (option, value)
    for parameter, text in options.parameters.items():
        yield from ("--parameter", f"{parameter}={text}")
    for condition, truth in options.conditions.items():
        yield from ("--condition", f"{condition}={str(truth).lower()}")


def _is_file(name: str) -> bool:
    """Whether the name of a source is that of a file, not such as ``<policy>``."""
    return bool(name) and name.isprintable() and not name.startswith(("<", "-"))
