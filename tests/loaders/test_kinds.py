"""The table of kinds of files: which entry reads a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execpolicy import Api, PolicySyntaxError, UsageError
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders import kinds
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import FileKind, kind_of, load_named_contents, only_api, parse_api
from tests.refused import refused
from tests.untyped import untyped

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


def read_several(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    """A kind of file with two APIs, of which one has two stages."""
    first = read_other(problems, document, options._replace(stage="prod")).apis["Other"].values[0]
    parts = {name: getattr(first, name) for name in ApiParts.__slots__}
    second = ApiDefinition(**{**parts, "id": "second", "stages": ["prod", "beta"], "stage": "prod"})
    return TemplateContents("several", {"First": Variants((first,)), "Second": Variants((second,))})


def is_other(document: Node) -> bool:
    return isinstance(document, JsonObject) and "other" in document.members


@pytest.fixture
def two_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "FILE_KINDS", (*kinds.FILE_KINDS, FileKind("other", is_other, read_other)))


@pytest.fixture
def several_apis(monkeypatch: pytest.MonkeyPatch) -> None:
    several = FileKind("several", is_other, read_several, uses=("stage", "name"))
    monkeypatch.setattr(kinds, "FILE_KINDS", (*kinds.FILE_KINDS, several))


@pytest.mark.usefixtures("two_kinds")
def test_each_document_is_read_by_the_kind_that_recognises_it(tmp_path: Path) -> None:
    assert parse_api(API).id == "a1b2c3"
    other = parse_api(OTHER, name="some", options=ReadOptions(stage="test"))
    assert (other.id, other.stage.name, other.routes[0].key) == ("other", "test", "GET /some")
    path = tmp_path / "any.json"
    path.write_text(OTHER, "utf-8")
    loaded = Api.load(path, stage="beta")
    assert (type(loaded), loaded.id, loaded.stage.name) == (Api, "other", "beta")


@pytest.mark.parametrize("text", ["{}", "[]", '{"schema": 1}', '{"schema": "execpolicy/api/0"}', OTHER])
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
        options = ReadOptions(stage="prod", account="444455556666")
        (api,) = only_api(load_named_contents("orders.json", options), options).values
    assert (api.id, api.account) == ("a1b2c3", "111122223333")


@pytest.mark.usefixtures("two_kinds")
def test_a_kind_can_be_named() -> None:
    assert Api.parse(OTHER, kind=untyped("other")).id == "other"
    said = refused(PolicySyntaxError, lambda: Api.parse(OTHER, kind="execpolicy"))
    assert (said.message, said.at) == ('found an API file without "schema"', "<api>:1:1")
    said = refused(UsageError, lambda: Api.parse(OTHER, kind=untyped("othr")))
    assert said.message == 'found "othr" as kind=, which is no kind of file'
    assert said.advice == 'did you mean "other"?'


@pytest.mark.usefixtures("several_apis")
def test_one_of_several_apis_is_named(tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    path.write_text(OTHER, "utf-8")
    assert Api.load(path, name="First").id == "other"
    second = Api.load(path, name="Second", stage="beta")
    assert (second.id, second.stage.name) == ("second", "beta")
    said = refused(UsageError, lambda: Api.load(path))
    assert (said.message, said.advice) == ("the file describes 2 APIs: First and Second", "give name= with one of them")
    said = refused(UsageError, lambda: Api.load(path, name="Secnd"))
    assert said.message == 'found the API "Secnd", which the file does not have'
    assert said.advice == 'did you mean "Second"?'
    said = refused(UsageError, lambda: Api.load(path, name="Second"))
    assert said.message == "which stage is called? The API has prod, beta; none is given"
    said = refused(UsageError, lambda: Api.load(path, name="First", stage="beta"))
    assert said.message == "which stage is called? The API has prod; there is no 'beta'"


@pytest.mark.usefixtures("two_kinds")
def test_the_name_of_the_only_api() -> None:
    assert Api.parse(OTHER, name="Other").id == "other"
    said = refused(UsageError, lambda: Api.parse(OTHER, name="Orders"))
    assert (said.message, said.advice) == (
        'found the API "Orders", which the file does not have',
        "use Other, its only API",
    )


def test_a_document_is_parsed_as_text_bytes_or_mapping() -> None:
    known = Api.parse(API)
    assert Api.parse(API.encode()) == known
    assert Api.parse(json.loads(API)) == known
    assert known.stage.name == "prod"
    said = refused(UsageError, lambda: Api.parse(7))  # type: ignore[arg-type]  # what is refused
    assert said.message == "a document is text, bytes or a mapping, found 7, an int"


def test_a_mapping_has_places_in_its_json_text() -> None:
    document = {**json.loads(API), "routes": {"GET orders": {}}}
    said = refused(PolicySyntaxError, lambda: Api.parse(document))
    assert (said.message, said.at) == ('found the route "GET orders", expected a method and a path', "<api>:11:5")
    with pytest.raises(PolicySyntaxError) as caught:
        Api.parse({**document, "title": b"x"})
    message = "found a value of type bytes, expected a mapping, list, string, number, bool or None"
    assert [(one.message, one.path) for one in caught.value.errors] == [(message, "title")]


OF_TEMPLATES = {
    "name": "Orders",
    "parameters": {"Stage": "prod"},
    "account": "111122223333",
    "region": "eu-west-1",
    "api_id": "a1b2c3",
    "type": "HTTP",
}


@pytest.mark.parametrize("option", OF_TEMPLATES)
def test_what_a_file_does_not_use_is_refused(option: str) -> None:
    said = refused(UsageError, lambda: Api.parse(API, **{option: OF_TEMPLATES[option]}))  # type: ignore[arg-type]  # one of them
    assert said.message == f"found {option}= for a file of kind execpolicy, which does not use it"
    assert said.advice == "leave it out: such a file uses stage="


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("account", "1111", 'account= is wrong: an account has 12 digits, found "1111"'),
        ("account", 111122223333, "account is a text, found 111122223333, an int"),
        ("region", "europe", 'region= is wrong: a region is such as eu-west-1, found "europe"'),
        ("api_id", "a-b", 'api_id= is wrong: an API id is letters and digits, found "a-b"'),
        ("type", "WEBSOCKET", 'type= is REST or HTTP, found "WEBSOCKET"'),
        ("parameters", ["a"], "parameters is a mapping, found a list"),
        ("parameters", {"Count": 3}, "parameters['Count'] is a text, found 3, an int"),
        ("kind", 3, "kind is a text, found 3, an int"),
        ("name", 3, "name is a text, found 3, an int"),
    ],
)
@pytest.mark.usefixtures("two_kinds")
def test_options_that_are_wrong(option: str, value: object, message: str) -> None:
    said = refused(UsageError, lambda: Api.parse(OTHER, **{option: value}))  # type: ignore[arg-type]  # what is refused
    assert said.message == message
