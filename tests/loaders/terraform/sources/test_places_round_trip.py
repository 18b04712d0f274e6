"""Each part of a plan is found where its source was written, or in what contains it (SRC-4)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.written_places import WrittenPlaces
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.json_in_text import read_json_in_text
from execpolicy.loaders.terraform.recognition import TERRAFORM_RULES
from execpolicy.loaders.terraform.sections import read_file
from execpolicy.loaders.terraform.sources.modules import Sources
from execpolicy.loaders.terraform.sources.places import places_in_sources
from tests.loaders.api_file.generated import api_definitions
from tests.loaders.terraform.from_template import resources_of, sayable_of
from tests.loaders.terraform.sources.hcl_written import JSON, HclWriter, Places
from tests.loaders.terraform.written import Written, plan_of, state_of


@pytest.mark.rule("SRC-4")
@settings(max_examples=settings().max_examples // 2)
@given(api=api_definitions(), data=st.data())
def test_each_value_is_found_where_it_was_written(api: ApiDefinition, data: st.DataObject) -> None:
    assume(api.type != "REST" or all(each.type != "JWT" for each in api.authorizers))  # Terraform has none for REST
    resources = resources_of(sayable_of(api))
    writers = [HclWriter(data.draw, "first"), HclWriter(data.draw, "other")]
    # The last file has what the first one has not.
    split = data.draw(st.integers(0, len(resources)))
    writers[0].resources(resources[:split])
    writers[1].resources(resources[split:])
    for document in (plan_of(resources), state_of(resources)):
        with tempfile.TemporaryDirectory() as folder:
            for number, writer in enumerate(writers):
                (Path(folder) / f"file{number}.tf").write_text(writer.text, "utf-8", newline="")
            problems, root = read_any(json.dumps(document, indent=1), "plan.json", TERRAFORM_RULES)
            places = places_in_sources(read_file(problems, root), Sources(folder))
        check(problems, root, places, resources, writers)


def check(
    problems: Problems, root: Node, places: WrittenPlaces, resources: list[Written], writers: list[HclWriter]
) -> None:
    """Check the places of all values of all resources."""
    by_address = {each.address: each for each in resources}
    for node in resource_nodes(root):
        address = member(node, "address")
        assert isinstance(address, Text)
        local = by_address[address.value].local
        number = next(number for number, writer in enumerate(writers) if local in writer.places)
        written, text = writers[number].places[local], writers[number].text
        values = member(node, "values")
        for path, value in [((), node), *walked(problems, values or JsonObject({}), ())]:
            place = places.find(value.start, value.end)
            assert place is not None
            assert place.source.text == text
            found = place.start, place.end
            allowed = [written[part] for part in parents(path) if part in written]
            # A part of a text that is written as it stands is found too.
            stands_so = text[slice(*found)] == problems.source.text[value.start : value.end]
            assert found in allowed or (stands_so and written[path[:1]][0] < found[0] < written[path[:1]][1])
            if is_exact(path, value, written):
                assert found == written[path]


def is_exact(path: tuple[str | int, ...], value: Node, written: Places) -> bool:
    """Whether the place of a value itself has to be found: not of an item of a set, or of a block with another one."""
    if path not in written:
        return False
    if JSON in path:
        return True
    return all(isinstance(step, str) or (*path[:at], 1) not in written for at, step in enumerate(path))


def parents(path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """A path and those of what contains it."""
    return [path[:length] for length in range(len(path), -1, -1)]


def resource_nodes(root: Node) -> Iterator[JsonObject]:
    """The resources of a plan or a state, as they are after it."""
    values = member(root, "planned_values") or member(root, "values")
    resources = member(member(values, "root_module"), "resources")
    assert isinstance(resources, JsonArray)
    for node in resources.items:
        assert isinstance(node, JsonObject)
        yield node


def walked(problems: Problems, node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[Any, ...], Node]]:
    """The values in a value, with their paths; of a text that holds a document, also those of the document."""
    inside: list[tuple[str | int, Node]] = []
    if isinstance(node, JsonObject):
        inside = [(name, value) for name, (_, _, value) in node.members.items()]
    elif isinstance(node, JsonArray):
        inside = [*enumerate(node.items)]
    elif isinstance(node, Text) and path[-1] == "policy":
        document = read_json_in_text(problems, node)
        assert document is not None
        inside = [(JSON, document)]
    for step, value in inside:
        yield (*path, step), value
        yield from walked(problems, value, (*path, step))


def member(node: Node | None, name: str) -> Node | None:
    return node.members[name][2] if isinstance(node, JsonObject) and name in node.members else None
