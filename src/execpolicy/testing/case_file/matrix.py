"""Reads a matrix in the ``cases`` of a case file: callers and requests, with a case or a call for each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text, describe
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.testing.case_file.calls import CallCase
from execpolicy.testing.case_file.definitions import Definitions
from execpolicy.testing.case_file.handlers import OUTPUT_FIELDS, refuse_second_output
from execpolicy.testing.case_file.item import ItemFields, read_item_fields
from execpolicy.testing.case_file.model import Case
from execpolicy.testing.case_file.read_call import CALL_FIELDS, call_of
from execpolicy.testing.case_file.read_case import CASE_FIELDS, case_of

#: The fields that differ between cells.
_OF_A_CELL = ("name", "caller", "call", "resource", "expect")
#: The fields that a matrix can give for all of its requests, by whether these are calls. A request can override them.
SHARED_FIELDS = {
    True: tuple(name for name in CALL_FIELDS if name not in _OF_A_CELL),
    False: tuple(name for name in CASE_FIELDS if name not in _OF_A_CELL),
}
MATRIX_FIELDS = (
    *("name", "callers", "requests", "expect"),
    *SHARED_FIELDS[True],
    *(name for name in SHARED_FIELDS[False] if name not in SHARED_FIELDS[True]),
)
REQUEST_FIELDS = {True: ("name", "call", *SHARED_FIELDS[True]), False: ("name", "resource", *SHARED_FIELDS[False])}

#: Separates caller and request in the name of a cell.
TIMES = "\N{MULTIPLICATION SIGN}"

#: The maximum number of cells.
MAX_CELLS = 100_000

_CALLER = "the name of a caller, or a principal"
_REQUEST = "a method and a path, the ARN of a resource, or an object"


class _MatrixRequest(NamedTuple):
    """One request: its node, its name in cells, whether it is a call, and its fields."""

    node: Node
    label: str
    is_call: bool
    members: dict[str, Member]


class _CellExpectation(NamedTuple):
    """What a cell expects, and whether the value belongs to this cell only."""

    node: Node
    is_own: bool


def is_matrix(node: JsonObject) -> bool:
    """Whether an entry of ``cases`` is a matrix, valid or not."""
    return "callers" in node.members or "requests" in node.members


def read_matrix(problems: Problems, definitions: Definitions, node: JsonObject) -> Iterator[Case | CallCase | None]:
    """The cells of a matrix as cases, caller by caller; None for a cell that is invalid."""
    fields = Fields(problems, node, "a matrix", (*MATRIX_FIELDS, "caller", "call", "resource"))
    fields.must("name", "callers", "requests", "expect")
    fields.refuse(("caller",), "a matrix", 'put it into "callers"')
    fields.refuse(("call", "resource"), "a matrix", 'put it into "requests"')
    refuse_second_output(fields, "a call")
    callers, requests = _callers(fields), _requests(fields)
    _check_shared(fields, requests)
    if len(callers) * len(requests) > MAX_CELLS:
        found = f"found a matrix of {len(callers) * len(requests)} cells, expected at most {MAX_CELLS}"
        problems.report(node, found, "split it")
        return
    expected = _expectations(fields, callers, len(requests))
    bases = [_cell_template(fields, request) if request is not None else None for request in requests]
    name = read_item_fields(fields)["name"]
    for caller in callers:
        for base, cell in zip(bases, expected.get(caller.value, ()), strict=False):
            if base is not None:
                yield base.cell(definitions, name, caller, cell)


class _CellTemplate(NamedTuple):
    """What all cells of one request share."""

    problems: Problems
    request: _MatrixRequest
    members: dict[str, Member]
    about: ItemFields

    def cell(
        self, definitions: Definitions, name: str, caller: Text, expected: _CellExpectation
    ) -> Case | CallCase | None:
        """The case for the cell of a caller."""
        request, start, end = self.request, self.request.node.start, self.request.node.end
        members = {**self.members, "caller": _member(caller), "expect": _member(expected.node)}
        node = JsonObject(members, start, end)
        about: ItemFields = {**self.about, "name": f"{name} [{caller.value} {TIMES} {request.label}]"}
        if expected.is_own:
            about["span"] = self.problems.span(expected.node)
        if request.is_call:
            return call_of(Fields(self.problems, node, "a call of a matrix", members), definitions, about)
        return case_of(Fields(self.problems, node, "a request of a matrix", members), definitions, about)


def _cell_template(matrix: Fields, request: _MatrixRequest) -> _CellTemplate:
    """A request with the fields that the matrix gives for all; its own fields override them."""
    # A call has one output of its authorizer: its own overrides that of the matrix, whatever form each has.
    own_output = any(name in request.members for name in OUTPUT_FIELDS)
    shared = {
        name: member
        for name, member in matrix.node.members.items()
        if name in SHARED_FIELDS[request.is_call] and not (own_output and name in OUTPUT_FIELDS)
    }
    members = {**shared, **request.members}
    node = JsonObject(members, request.node.start, request.node.end)
    return _CellTemplate(
        matrix.problems, request, members, read_item_fields(Fields(matrix.problems, node, "a request", members))
    )


def _member(node: Node) -> Member:
    """A value as a member whose name has the place of the value."""
    return (node.start, node.end, node)


def _callers(fields: Fields) -> list[Text]:
    """The callers of a matrix, each once."""
    callers: dict[str, Text] = {}
    nodes = _listed(fields, "callers")
    for node in nodes:
        if not isinstance(node, Text) or not node.value:
            found = "an empty string" if isinstance(node, Text) else describe(node)
            advice = 'give it a name in "callers" of the file, and write that name here'
            fields.problems.report(node, f"found {found} as a caller of a matrix, expected {_CALLER}", advice)
        elif node.value in callers:
            fields.problems.report(node, f"found {quoted(node.value)} twice in callers", "remove one of them")
        else:
            callers[node.value] = node
    return list(callers.values())


def _listed(fields: Fields, name: str) -> list[Node]:
    """The entries of a list that must not be empty."""
    nodes = fields.items(name, f"a list of {name}")
    if isinstance(value := fields.value(name), JsonArray) and not nodes:
        fields.problems.report(value, f"found an empty list as {name}", "a matrix without cells would pass: add some")
    return nodes


def _requests(fields: Fields) -> list[_MatrixRequest | None]:
    """The requests of a matrix, each with a different name; None for one that is invalid."""
    seen: dict[str, Node] = {}
    requests = [_request(fields.problems, node) for node in _listed(fields, "requests")]
    for request in requests:
        if request is None:
            continue
        first = seen.setdefault(request.label, request.node)
        if first is not request.node:
            place = fields.problems.place(first)
            found = f"found the request {quoted(request.label)} twice; the first is at {place}"
            advice = 'remove one of them, or write it as an object with a "name" of its own'
            fields.problems.report(request.node, found, advice)
    return requests


def _request(problems: Problems, node: Node) -> _MatrixRequest | None:
    if isinstance(node, Text) and node.value:
        field = "resource" if node.value.startswith("arn:") else "call"
        return _MatrixRequest(node, node.value, field == "call", {field: _member(node)})
    if not isinstance(node, JsonObject):
        found = "an empty string" if isinstance(node, Text) else describe(node)
        advice = "write it as GET /orders/7, $connect or arn:aws:execute-api:…"
        problems.report(node, f"found {found} as a request of a matrix, expected {_REQUEST}", advice)
        return None
    is_call = "call" in node.members
    if is_call == ("resource" in node.members):
        found = (
            'found "call" and "resource" in a request' if is_call else 'found a request without "call" or "resource"'
        )
        problems.report(node, f"{found}, expected one of them", "give either a call or a resource")
        return None
    what = "a call of a matrix" if is_call else "a request of a matrix"
    fields = Fields(problems, node, what, (*REQUEST_FIELDS[is_call], "caller", "expect"))
    fields.refuse(("caller",), what, 'give it in "callers" of the matrix')
    fields.refuse(("expect",), what, 'give it in "expect" of the matrix')
    label = fields.text("name") or fields.text("call" if is_call else "resource") or ""
    own = {name: member for name, member in node.members.items() if name in REQUEST_FIELDS[is_call] and name != "name"}
    return _MatrixRequest(node, label, is_call, own)


def _check_shared(fields: Fields, requests: Sequence[_MatrixRequest | None]) -> None:
    """Report fields for all requests that one of the requests cannot have."""
    kinds = {request.is_call for request in requests if request is not None}
    for name, member in fields.node.members.items():
        for is_call in sorted(kinds):
            if name in SHARED_FIELDS[not is_call] and name not in SHARED_FIELDS[is_call]:
                kind = "a call" if is_call else "a request for a resource"
                found = f"found {quoted(name)} for all requests of a matrix, which {kind} cannot have"
                fields.problems.report_name(member, found, "give it to the requests that it is for, or remove it")


def _expectations(fields: Fields, callers: Sequence[Text], requests: int) -> dict[str, list[_CellExpectation]]:
    """What each caller expects of each request; nothing for a caller without an expectation."""
    node = fields.value("expect")
    if isinstance(node, JsonArray):
        advice = "write one value for all cells, or an object with one for each caller, which may be such a list"
        fields.problems.report(node, "found a list as expect of a matrix, expected a value or an object", advice)
    if node is None or isinstance(node, JsonArray):
        return {}
    if not isinstance(node, JsonObject):
        return {caller.value: [_CellExpectation(node, is_own=False)] * requests for caller in callers}
    names = [caller.value for caller in callers]
    for name, member in node.members.items():
        if name not in names:
            found = f'found {quoted(name)} in expect, which "callers" of the matrix does not have'
            fields.problems.report_name(member, found, did_you_mean(name, names) if names else "add it there")
    expected: dict[str, list[_CellExpectation]] = {}
    for name in names:
        if name in node.members:
            expected[name] = _row(fields.problems, node.members[name][2], requests)
        else:
            found = f"found nothing for {quoted(name)} in expect"
            fields.problems.report(node, found, "add what this caller may expect: one value, or a list of them")
    return expected


def _row(problems: Problems, node: Node, requests: int) -> list[_CellExpectation]:
    """What one caller expects of each request."""
    if not isinstance(node, JsonArray):
        return [_CellExpectation(node, is_own=False)] * requests
    if len(node.items) != requests:
        several = "request" if requests == 1 else "requests"
        found = f"found a list of {len(node.items)} as what a caller may expect of {requests} {several}"
        problems.report(node, found, "give one value for each request, in their order, or one value for all")
    return [_CellExpectation(item, is_own=True) for item in node.items]
