"""The table of kinds of files: which entry reads a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy import Api, PolicySyntaxError
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.route import Route
from execpolicy.loaders import kinds
from execpolicy.loaders.contents import ReadOptions, TemplateContents, Variants
from execpolicy.loaders.kinds import FileKind, kind_of, load_named_api, parse_api

API = """{"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1",
"account": "111122223333", "stages": ["prod"], "routes": {"GET /orders": {}}}"""
OTHER = '{"other": "1.0"}'


def read_other(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    assert isinstance(document, JsonObject)
    api = ApiDefinition(
        id="other",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=[options.stage or "prod"],
        routes=[Route("GET", f"/{problems.source.name}")],
    )
    return TemplateContents("other", {"Other": Variants((api,))})


def is_other(document: Node) -> bool:
    return isinstance(document, JsonObject) and "other" in document.members


@pytest.fixture
def two_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "FILE_KINDS", (*kinds.FILE_KINDS, FileKind("other", is_other, read_other)))


@pytest.mark.usefixtures("two_kinds")
def test_each_document_is_read_by_the_kind_that_recognises_it(tmp_path: Path) -> None:
    assert parse_api(API).id == "a1b2c3"
    other = parse_api(OTHER, name="some", stage="test")
    assert (other.id, other.stage.name, other.routes[0].key) == ("other", "test", "GET /some")
    path = tmp_path / "any.json"
    path.write_text(OTHER, "utf-8")
    loaded = Api.load(path, stage="beta")
    assert (type(loaded), loaded.id, loaded.stage.name) == (Api, "other", "beta")


@pytest.mark.parametrize("text", ["{}", "[]", '{"schema": 1}', '{"schema": "execpolicy/cases/1"}', OTHER])
def test_a_document_of_no_known_kind_is_read_as_an_api_file(text: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_api(text, name="some.json")
    assert caught.value.errors


@pytest.mark.usefixtures("two_kinds")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (API, "execpolicy"),
        ('{"schema": "execpolicy/api/2", "other": 1}', "execpolicy"),
        ('{"schema": "execpolicy/cases/1", "other": 1}', "other"),
        ('{"schema": 1, "other": 1}', "other"),
        (OTHER, "other"),
        ("[]", "execpolicy"),
    ],
)
def test_a_kind_is_recognised_by_content(text: str, expected: str) -> None:
    from execpolicy.document.syntax.json_or_yaml import read_any

    assert kind_of(read_any(text, "some.json")[1]).name == expected


def test_a_file_that_another_file_names_is_read_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("orders.json").write_text(API, "utf-8")
    with reading_within("."):
        assert load_named_api("orders.json", stage="prod").id == "a1b2c3"
