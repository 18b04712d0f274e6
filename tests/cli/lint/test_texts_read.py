"""How often ``execpolicy lint`` reads a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import API, Execute, document
from tests.linter.reading import texts_read

TEMPLATE = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
TEXTS = {
    "template.json": json.dumps(TEMPLATE),
    "lower.json": json.dumps(document(Resource=f"{API}/prod/get/pets")),
    "sid.yaml": "Version: '2012-10-17'\nStatement: {Sid: '', Effect: Allow, Action: 'execute-api:*', Resource: '*'}\n",
    "other.json": json.dumps({"Statement": "of an account"}),
}


@pytest.fixture(autouse=True)
def files(folder: Path) -> Path:
    for each in folder.iterdir():
        each.unlink()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("options", [(), ("--diff",), ("--region", "eu-west-1"), ("--skip-unknown",)])
def test_each_text_of_a_folder_is_read_once(execute: Execute, options: tuple[str, ...]) -> None:
    read = texts_read(lambda: execute("lint", ".", *options))
    assert {text: read.count(text) for text in TEXTS.values()} == dict.fromkeys(TEXTS.values(), 1)


@pytest.mark.parametrize("options", [(), ("--region", "eu-west-1"), ("--diff",), ("--fix=unsafe",)])
def test_each_text_that_is_named_is_read_once(execute: Execute, options: tuple[str, ...]) -> None:
    names = ["template.json", "lower.json", "sid.yaml"]
    read = texts_read(lambda: execute("lint", *names, *options))
    assert {name: read.count(TEXTS[name]) for name in names} == dict.fromkeys(names, 1)
