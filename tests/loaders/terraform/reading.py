"""Reads plans and states that tests write as Python objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from execpolicy import Api
from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions, TemplateContents
from execpolicy.loaders.kinds import parse_contents
from tests.loaders.terraform.sources.hcl_written import HclWriter
from tests.loaders.terraform.written import Ref, Written, plan_of

NAME = "plan.json"
#: Blocks that are written: where a plan does not show them, they may be made by ``dynamic``.
REGIONAL = [{"types": ["REGIONAL"]}]
NO_INLINE_POLICY = [{"name": "", "policy": ""}]


class SourcedPlan(dict[str, Any]):
    """A plan of resources, with their sources.

    Attributes:
        files: the texts of the sources, by path.
    """

    def __init__(self, *resources: Written, files: Mapping[str, str] | None = None) -> None:
        """Take a plan of resources, which are written in the plainest layout if no sources are given."""
        super().__init__(plan_of(resources))
        self.files = {"main.tf": hcl_of(resources)} if files is None else files

    @contextmanager
    def written(self) -> Iterator[Path]:
        """The path of the plan, in a folder with its sources."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / NAME
            for name, text in {**self.files, NAME: text_of(self)}.items():
                (path.parent / name).parent.mkdir(exist_ok=True)
                (path.parent / name).write_text(text, "utf-8")
            yield path

    def api(self) -> Api:
        """The API of the plan."""
        with self.written() as path:
            return Api.load(path, terraform_source=path.parent)


def hcl_of(resources: Iterable[Written]) -> str:
    """Resources as HCL, in the plainest layout."""
    writer = HclWriter(lambda strategy: strategy.elements[0], "made")  # type: ignore[attr-defined]  # of sampled_from
    writer.resources(resources)
    return writer.text


def contents(document: dict[str, Any] | str, options: ReadOptions = NOTHING_GIVEN) -> TemplateContents:
    """What a document describes."""
    text = document if isinstance(document, str) else text_of(document)
    if not isinstance(document, SourcedPlan):
        return parse_contents(text, options, name=NAME)
    with document.written() as path:
        return parse_contents(text, options._replace(terraform_source=str(path.parent)), name=NAME)


def text_of(document: dict[str, Any]) -> str:
    """The text of a document, with a line for each value."""
    return json.dumps(document, indent=1)


def only(found: TemplateContents, name: str) -> ApiDefinition:
    """The API with an address, which has no variants."""
    (api,) = found.apis[name].values
    return api


def errors(document: dict[str, Any] | str, options: ReadOptions = NOTHING_GIVEN) -> list[tuple[str, str, str]]:
    """Each message, with the text at its place, and the advice."""
    with pytest.raises(PolicySyntaxError) as caught:
        contents(document, options)
    found = []
    for one in caught.value.errors:
        assert one.source is not None
        assert one.span is not None
        start = one.source.offset(one.span.line, one.span.column)
        end = one.source.offset(one.span.end_line, one.span.end_column)
        found.append((one.message, one.source.text[start:end][:60], one.advice))
    return found


def unknowns(found: TemplateContents) -> dict[str, str]:
    """What is not known, by name, with the reason."""
    return {each.name: each.reason for each in found.unknowns}


def rest_api(name: str = "orders", **values: Any) -> Written:
    """A REST API of which nothing is set besides its name."""
    assigned = {
        "id": "a1b2c3d4e5",
        "execution_arn": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5",
        "root_resource_id": "root01",
        "policy": "",
        "api_key_source": "HEADER",
        "endpoint_configuration": [{"types": ["EDGE"], "vpc_endpoint_ids": []}],
        "disable_execute_api_endpoint": False,
    }
    assigned = {key: value for key, value in assigned.items() if key not in values}
    return Written("aws_api_gateway_rest_api", name, {"name": name, **values}, assigned)


def root_method(name: str = "get", api: str = "orders", method: str = "GET", **values: Any) -> Written:
    """A method of the root of a REST API."""
    address = f"aws_api_gateway_rest_api.{api}"
    given = {
        "rest_api_id": Ref(address),
        "resource_id": Ref(address, "root_resource_id"),
        "http_method": method,
        "authorization": "NONE",
    }
    return Written("aws_api_gateway_method", name, {**given, **values}, {"id": f"agm-{name}"})


def stage(name: str = "prod", api: str = "orders", **values: Any) -> Written:
    """A stage of a REST API."""
    given = {"rest_api_id": Ref(f"aws_api_gateway_rest_api.{api}"), "stage_name": name, "deployment_id": "dep1"}
    return Written("aws_api_gateway_stage", name, {**given, **values}, {"id": f"ags-{name}"})
