"""Matrices of a case file: which cells they have, and that each is the case that somebody would have written out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import PolicySyntaxError
from execpolicy.testing import CallCase, Case, Item, parse_cases, run_item
from execpolicy.testing.case_file.matrix import MAX_CELLS, TIMES
from tests.testing.malformed_matrices import SOUND_MATRICES

NAME = "cases.json"
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"


def items_of(*changes: tuple[str, str]) -> tuple[Item, ...]:
    text = SOUND_MATRICES
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_cases(text, name=NAME).items


def test_a_cell_for_each_caller_and_request() -> None:
    assert [(item.name.replace(TIMES, "x"), item.place) for item in items_of()] == [
        ("orders [ann x GET /orders/7]", f"{NAME}:30:26"),
        ("orders [ann x POST /orders]", f"{NAME}:30:31"),
        ("orders [ann x dev]", f"{NAME}:30:48"),
        ("orders [bob x GET /orders/7]", f"{NAME}:25:9"),
        ("orders [bob x POST /orders]", f"{NAME}:26:9"),
        ("orders [bob x dev]", f"{NAME}:27:9"),
        ("orders [anonymous x GET /orders/7]", f"{NAME}:30:95"),
        ("orders [anonymous x POST /orders]", f"{NAME}:30:100"),
        ("orders [anonymous x dev]", f"{NAME}:30:105"),
        (f"as IAM has it [ann x {ARN}/DELETE/orders/7]", f"{NAME}:36:9"),
        (f"as IAM has it [ann x {ARN}/POST/orders]", f"{NAME}:37:9"),
        (f"as IAM has it [arn:aws:iam::111122223333:user/Cid x {ARN}/DELETE/orders/7]", f"{NAME}:36:9"),
        (f"as IAM has it [arn:aws:iam::111122223333:user/Cid x {ARN}/POST/orders]", f"{NAME}:37:9"),
        ("both [bob x GET /orders/7]", f"{NAME}:43:20"),
        (f"both [bob x {ARN}/GET/orders/7]", f"{NAME}:43:37"),
    ]


def test_every_cell_of_a_sound_file_passes() -> None:
    results = [run_item(item) for item in items_of()]
    assert [str(result) for result in results if not result.passed] == []


def test_what_a_matrix_says_is_said_of_each_cell_unless_its_request_says_otherwise() -> None:
    first, _, dev, *_ = items_of()
    assert isinstance(first, CallCase)
    assert isinstance(dev, CallCase)
    assert first.call is not None
    assert dev.call is not None
    assert (first.rules, first.page, first.why) == (
        ("GW-13",),
        "apigateway-authorization-flow",
        "she reads, he does not",
    )
    assert (dev.rules, dev.why) == (("GW-13",), "not yet")
    assert first.api is not None
    assert dev.api is not None
    assert (first.api.stage.name, dev.api.stage.name) == ("prod", "dev")
    assert (first.call.headers, dev.call.headers) == ({"Accept": "text/html"}, {"Accept": "text/html"})
    assert first.call.context.get("aws:SourceIp") == ("192.0.2.1",)
    assert dev.call.context.get("aws:SourceIp") is None


def test_what_cells_share_is_made_once() -> None:
    cells = [item for item in items_of() if isinstance(item, CallCase)][:6]
    calls = [cell.call for cell in cells if cell.call is not None]
    assert calls[0].context is calls[1].context is calls[3].context
    assert calls[0].caller is calls[2].caller
    assert cells[0].api is cells[3].api
    strangers = [item.request for item in items_of() if isinstance(item, Case) and item.request is not None][2:4]
    assert strangers[0].caller is strangers[1].caller


def test_anonymous_is_a_call_without_a_signature() -> None:
    signed, unsigned = [run_item(items_of()[number]).response for number in (3, 6)]
    assert signed is not None
    assert unsigned is not None
    assert "is not authorized to perform" in signed.message
    assert unsigned.message == "Missing Authentication Token"


def test_a_cell_that_fails_names_its_place() -> None:
    result = run_item(items_of(("[200, ", "[403, "))[0])
    assert str(result).splitlines()[:3] == [
        f"{NAME}:30:26: orders [ann {TIMES} GET /orders/7] [GW-13]: failed",
        "  expected: 403",
        "  found:    200",
    ]


def test_an_error_that_all_cells_are_about() -> None:
    arn = '"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/DELETE/orders/7"'
    cells = items_of(
        ('"expect": "deny"\n    },', '"expect": "error", "error": "expected"\n    },'),
        (arn, '"arn:aws:execute-api:eu-west-1:1:a1b2c3"'),
        ('"complete": false', '"action": "Invoke"'),
    )[9:13]
    assert [run_item(cell).passed for cell in cells] == [True] * 4


def test_a_matrix_larger_than_any_that_is_meant() -> None:
    side = 1 + int(MAX_CELLS**0.5)
    callers = [f"arn:aws:iam::111122223333:user/u{number}" for number in range(side)]
    matrix = {"name": "m", "callers": callers, "requests": [f"{ARN}/GET/{n}" for n in range(side)], "expect": "deny"}
    text = json.dumps({"schema": "execpolicy/cases/1", "title": "t", "cases": [matrix]})
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(text, name=NAME)
    (error,) = caught.value.errors
    assert error.message == f"found a matrix of {side * side} cells, expected at most {MAX_CELLS}"
    assert error.place == f"{NAME}:1:{text.index('[') + 2}"
    assert error.advice == "split it"


CALLERS = ("ann", "bob", "anonymous", "arn:aws:iam::111122223333:user/Cid")
REQUESTS: tuple[Any, ...] = (
    "GET /orders/7",
    "POST /orders",
    {"name": "in dev", "call": "GET /orders/8", "stage": "dev"},
    {"call": "GET /orders/9", "context": {"aws:SourceIp": "192.0.2.7"}, "gate": "IAM", "why": "of its own"},
    f"{ARN}/GET/orders/7",
    {"name": "its own action", "resource": f"{ARN}/GET/orders/8", "action": "execute-api:Manage", "rule": "EVL-1"},
)
SHARED = {"context": {"aws:SourceIp": "192.0.2.1"}, "rule": "GW-13", "page": "a page", "why": "a remark", "sid": []}
OUTCOMES = ("allow", "deny", "explicit_deny", "implicit_deny", "indeterminate")


@st.composite
def matrices(draw: st.DrawFn) -> dict[str, Any]:
    callers = draw(st.lists(st.sampled_from(CALLERS), min_size=1, max_size=4, unique=True))
    requests = draw(st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=4, unique_by=json.dumps))
    shared = draw(st.lists(st.sampled_from(sorted(SHARED)), unique=True))
    outcome = st.sampled_from(OUTCOMES)
    row = outcome | st.lists(outcome, min_size=len(requests), max_size=len(requests))
    expect = draw(outcome | st.fixed_dictionaries(dict.fromkeys(callers, row)))
    return {
        "name": "m",
        "callers": callers,
        "requests": requests,
        "expect": expect,
        **{name: SHARED[name] for name in shared},
    }


def written_out(matrix: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells of a matrix as cases of their own."""
    shared = {name: value for name, value in matrix.items() if name not in ("name", "callers", "requests", "expect")}
    cells = []
    for caller in matrix["callers"]:
        for number, request in enumerate(matrix["requests"]):
            field = "resource" if isinstance(request, str) and request.startswith("arn:") else "call"
            own = request if isinstance(request, dict) else {field: request}
            label = own.get("name") or own.get("call") or own.get("resource")
            expect = matrix["expect"]
            if isinstance(expect, dict):
                row = expect[caller]
                expect = row[number] if isinstance(row, list) else row
            name = f"m [{caller} {TIMES} {label}]"
            cells.append({**shared, **own, "name": name, "caller": caller, "expect": expect})
    return cells


def file_of(cases: list[dict[str, Any]]) -> str:
    # A case each of the policy, the caller and the API, so that none of them is unused.
    uses = [
        {"name": "of the API", "call": "GET /orders/7", "expect": 403},
        {"name": "of the caller", "caller": "ann", "resource": f"{ARN}/GET/orders/7", "expect": "allow"},
    ]
    return json.dumps({**json.loads(SOUND_MATRICES), "cases": [*uses, *cases]})


def account(item: Item) -> tuple[object, ...]:
    """All of an item and its result but the place in the file."""
    result = run_item(item)
    asked = (item.call, item.api) if isinstance(item, CallCase) else ()
    request = item.request if isinstance(item, Case) else None
    return type(item), item.name, item.rules, item.page, item.why, *asked, request, result.expected, result.found


@given(matrices())
def test_a_matrix_is_its_cells_written_out(matrix: dict[str, Any]) -> None:
    expanded = parse_cases(file_of([matrix]), name=NAME).items
    written = parse_cases(file_of(written_out(matrix)), name=NAME).items
    # Named policies stand at the same places of both files; texts and so sources differ in what follows.
    assert [str(account(item)) for item in expanded] == [str(account(item)) for item in written]
