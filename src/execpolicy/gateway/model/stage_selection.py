"""Which stage of an API is called, and the names of its stages in words (SRC-9)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from execpolicy.document.syntax.wording import did_you_mean, listed
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.errors import UsageError
from execpolicy.gateway.model.stage import Stage
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart


def selected_stage(
    stages: tuple[Stage, ...],
    name: str | None,
    unknown: Iterable[UnknownPart] = (),
    origins: Mapping[str, str] | None = None,
) -> Stage:
    """The stage with this name, or the only one if the name is None.

    Args:
        stages: the stages.
        name: the name of one of them.
        unknown: the unknown parts of the API: messages name the value that gives a stage its name.
        origins: what made the stages that the file of the API does not have itself, by their names.

    Raises:
        UsageError: there is no such stage, or several and none is named.
    """
    if name is None and len(stages) == 1:
        return stages[0]
    for each in stages:
        if each.name == name:
            return each
    unnamed = [part for part in unknown if part.concern is Concern.STAGE_NAME]
    values = list(dict.fromkeys(value for part in unnamed for value in part.names))
    known = ", ".join(stage_names(stages, unnamed, origins))
    found = "none is given" if name is None else f"there is no {name!r}"
    advice = f"name it with stage=, or give a value to {listed(values, 'and')}" if values else "give stage=…"
    if name is not None and stages and not values:
        advice = did_you_mean(name, [each.name for each in stages])
    raise UsageError(f"which stage is called? The API has {known or 'none'}; {found}", advice=advice)


def stage_names(
    stages: Iterable[Stage], unknown: Iterable[UnknownPart], origins: Mapping[str, str] | None = None
) -> list[str]:
    """The names of stages in words: the unknown value of a name that is not known, and what made the stage.

    Args:
        stages: the stages.
        unknown: the unknown parts of the API.
        origins: as for ``selected_stage``.

    >>> stage_names([Stage("prod"), Stage("Stage")], (), {"Stage": "made by SAM"})
    ['prod', 'Stage (made by SAM)']
    """
    unnamed = [part for part in unknown if part.concern is Concern.STAGE_NAME]
    shown = {part.key: with_unknown_in_words(written_name(part)) for part in unnamed}
    made = origins or {}
    names = [(stage.name, shown.get(stage.name, stage.name)) for stage in stages]
    return [f"{text} ({made[name]})" if name in made else text for name, text in names]


def written_name(part: UnknownPart) -> str:
    """The name of a stage that is not known, as the file has it."""
    name: str = json.loads(part.written)
    return name
