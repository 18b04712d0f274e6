"""Plans of the real terraform with a part that is dropped, swapped, retyped or hidden (SRC-4).

A changed plan is read or refused with a place, whatever was changed. A value that is hidden, as if it were known only
after apply, changes no answer into another one: the answer stays, is indeterminate, or the plan is refused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Api, CallOutcome, ExecPolicyError
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import only_api, parse_contents
from tests.examples import of_quick
from tests.loaders.terraform.written import Json
from tests.loaders.test_three_apis import APIS, FOLDER, READ_WITH, SOURCES, answer_to, calls_to

pytestmark = pytest.mark.rule("SRC-4")
PlanPath = tuple[str | int, ...]
#: What is written in place of a part.
OTHERS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "${x}",
    "\ufdd0x\ufdd1",
    [],
    {},
    [None],
    [{}],
    {"": []},
    {"a": "b"},
)


@cache
def text_of_plan(name: str) -> str:
    return (FOLDER / f"{name}.tfplan.json").read_text("utf-8")


def paths(node: Any, before: PlanPath = ()) -> Iterator[PlanPath]:
    """The paths of all parts."""
    yield before
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, item in items:
        yield from paths(item, (*before, step))


@cache
def all_paths(name: str) -> list[PlanPath]:
    return [path for path in paths(json.loads(text_of_plan(name))) if path]


def at(document: Any, path: PlanPath) -> Any:
    for step in path:
        document = document[step]
    return document


def exists(document: Any, path: PlanPath) -> bool:
    try:
        at(document, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def mutated(name: str, data: st.DataObject) -> Json:
    """A plan with one to three changes."""
    document: Json = json.loads(text_of_plan(name))
    for _ in range(data.draw(st.integers(1, 3))):
        path, other = (data.draw(st.sampled_from(all_paths(name))) for _ in range(2))
        if not exists(document, path):
            continue
        holder, last = at(document, path[:-1]), path[-1]
        kind = data.draw(st.sampled_from(["drop", "swap", "retype"]))
        if kind == "drop":
            del holder[last]
        elif kind == "retype":
            holder[last] = json.loads(json.dumps(data.draw(st.sampled_from(OTHERS))))
        elif exists(document, other):
            holder[last] = json.loads(json.dumps(at(document, other)))
    return document


def outcomes(name: str, document: Json) -> list[CallOutcome] | str:
    """The outcomes of the calls; the error if the plan is refused."""
    options: ReadOptions = READ_WITH[name]
    with TemporaryDirectory() as folder:
        shutil.copy(SOURCES / f"{name}.tf", Path(folder))
        try:
            found = parse_contents(json.dumps(document), options._replace(terraform_source=folder), name="plan.json")
            apis = only_api(found, options).values
            return [
                answer_to(call, Api(**api.__getstate__())).outcome  # type: ignore[arg-type]  # the parts of an API
                for api in apis
                for call in calls_to(name)
            ]
        except ExecPolicyError as error:
            return str(error)


@pytest.mark.parametrize("name", APIS)
@of_quick(12, long=1_500)
@given(data=st.data())
def test_a_changed_plan_is_read_or_refused(name: str, data: st.DataObject) -> None:
    assert outcomes(name, mutated(name, data))


@cache
def known_outcomes(name: str) -> list[CallOutcome]:
    found = outcomes(name, json.loads(text_of_plan(name)))
    assert isinstance(found, list)
    assert CallOutcome.INDETERMINATE not in found
    assert len({*found}) == 2
    return found


@cache
def hidable(name: str) -> list[tuple[str, str]]:
    """The attributes that the configuration sets and the plan knows, by the address of the instance."""
    document = json.loads(text_of_plan(name))
    written = {
        each["address"]: each.get("expressions", {}) for each in document["configuration"]["root_module"]["resources"]
    }
    return [
        (change["address"], attribute)
        for change in document["resource_changes"]
        for attribute, value in change["change"]["after"].items()
        if value is not None and attribute in written[change["address"].partition("[")[0]]
    ]


def hidden(name: str, parts: list[tuple[str, str]]) -> Json:
    """The plan without the values of attributes, which it says are known only after apply."""
    document: Json = json.loads(text_of_plan(name))
    values = {each["address"]: each for each in document["planned_values"]["root_module"]["resources"]}
    for change in document["resource_changes"]:
        for address, attribute in parts:
            if change["address"] == address:
                del change["change"]["after"][attribute]
                change["change"]["after_unknown"][attribute] = True
                values.get(address, {}).get("values", {}).pop(attribute, None)
    return document


def check_hidden(name: str, parts: list[tuple[str, str]]) -> None:
    """Check that no answer turns into another one."""
    found = outcomes(name, hidden(name, parts))
    if isinstance(found, list):
        # A plan with unknown values may be read as several APIs: each of them has the same calls.
        expected = known_outcomes(name) * (len(found) // len(known_outcomes(name)))
        assert all(one in (other, CallOutcome.INDETERMINATE) for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("name", APIS)
@of_quick(12, long=1_500)
@given(data=st.data())
def test_a_hidden_value_turns_no_answer_into_another(name: str, data: st.DataObject) -> None:
    check_hidden(name, data.draw(st.lists(st.sampled_from(hidable(name)), min_size=1, max_size=3, unique=True)))


def test_each_value_of_the_orders_that_is_hidden_by_itself() -> None:
    # Those of statements and of authorizers.
    for part in hidable("rest"):
        if part[1] in ("statement", "type", "identity_source"):
            check_hidden("rest", [part])
