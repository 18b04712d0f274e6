"""Checks what the user gives besides a file, and whether a file of its kind uses it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping

from execpolicy.arguments import encodable, flags_by_name, text_or_none, texts_by_name
from execpolicy.arguments import path as checked_path
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions

#: The options, as an error names them.
OPTIONS = tuple(name for name in ReadOptions._fields if name not in ("endpoint_ids", "source_option", "source_files"))

_SHAPES = {
    "account": (re.compile("[0-9]{12}"), "an account has 12 digits"),
    "region": (re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+"), "a region is such as eu-west-1"),
    "api_id": (re.compile("[A-Za-z0-9]+"), "an API id is letters and digits"),
}


def read_options(
    *,
    stage: str | None = None,
    name: str | None = None,
    parameters: Mapping[str, str] | None = None,
    conditions: Mapping[str, bool] | None = None,
    account: str | None = None,
    region: str | None = None,
    api_id: str | None = None,
    type: str | None = None,
    terraform_source: str | os.PathLike[str] | None = None,
) -> ReadOptions:
    """The options of a call of the library, checked.

    Raises:
        UsageError: an option is of the wrong type or has no such value.

    >>> read_options(account="111122223333").account
    '111122223333'
    """
    return ReadOptions(
        stage=text_or_none(stage, "stage"),
        name=text_or_none(name, "name"),
        parameters=_known(texts_by_name(parameters, "parameters")),
        conditions=flags_by_name(conditions, "conditions"),
        account=_shaped("account", account),
        region=_shaped("region", region),
        api_id=_shaped("api_id", api_id),
        type=_type(text_or_none(type, "type")),
        terraform_source=None if terraform_source is None else checked_path(terraform_source),
    )


def _known(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Check that no value of a parameter stands for an unknown value (SRC-10)."""
    for name, value in parameters.items():
        encodable(value, f"the parameter {name}")
    return parameters


def is_given(options: ReadOptions, name: str) -> bool:
    """Whether the user gives an option."""
    return bool(getattr(options, name) != getattr(NOTHING_GIVEN, name))


def used_options(options: ReadOptions, uses: Collection[str]) -> ReadOptions:
    """The options without those that files of a kind do not use, for options that are given for several files."""
    return ReadOptions(**{name: value for name, value in options._asdict().items() if name in uses})


def with_defaults(options: ReadOptions, defaults: ReadOptions) -> ReadOptions:
    """The options, with the account and the region of the defaults where they are not given."""
    return options._replace(account=options.account or defaults.account, region=options.region or defaults.region)


def refuse_unused(options: ReadOptions, kind: str, uses: Collection[str]) -> None:
    """Refuse an option that files of a kind do not use: it would have no effect.

    Args:
        options: what the user gives.
        kind: the name of the kind of file.
        uses: the options that such files use.

    Raises:
        UsageError: an option is given that is not among them.
    """
    for option in OPTIONS:
        if option not in uses and is_given(options, option):
            used = listed([f"{each}=" for each in OPTIONS if each in uses], "and")
            raise UsageError(
                f"found {option}= for a file of kind {kind}, which does not use it",
                advice=f"leave it out: such a file uses {used}",
            )


def _shaped(option: str, value: object) -> str | None:
    shape, expected = _SHAPES[option]
    text = text_or_none(value, option)
    if text is not None and shape.fullmatch(text) is None:
        raise UsageError(f"{option}= is wrong: {expected}, found {quoted(text)}")
    return text


def _type(value: str | None) -> str | None:
    types = (ApiType.REST.value, ApiType.HTTP.value)
    if value is not None and value not in types:
        raise UsageError(f"type= is {listed(types)}, found {quoted(value)}")
    return value
