"""Explanations that are stored once: filling the holes gives exactly what was added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from execpolicy.render.report.explanations import CellExplanation, ExplainedGate, ExplainedLine, ExplanationStore

WORDS = st.lists(st.sampled_from(["GET", "/orders/1", "`", "role/Ann", "ann", "/", " ", "a", "é", "x`y`"]), max_size=8)
TEXTS = WORDS.map("".join)
VALUES = st.lists(st.lists(TEXTS, max_size=3), min_size=2, max_size=2)
EXPLANATIONS = st.builds(
    CellExplanation,
    state=st.sampled_from(["allowed", "denied"]),
    outcome=st.just("denied"),
    statuses=st.sampled_from([(), (403,), (401, 403)]),
    reason=TEXTS,
    gates=st.lists(st.builds(ExplainedGate, st.just("2"), TEXTS, st.sampled_from([True, None])), max_size=2).map(tuple),
    lines=st.lists(
        st.builds(ExplainedLine, st.integers(0, 3), st.just("fact"), TEXTS, st.lists(TEXTS, max_size=2).map(tuple)),
        max_size=4,
    ).map(tuple),
)


@given(VALUES, VALUES, st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), EXPLANATIONS), max_size=6))
def test_an_explanation_is_given_back_as_it_was_added(
    calls: list[list[str]], callers: list[list[str]], added: list[tuple[int, int, CellExplanation]]
) -> None:
    store = ExplanationStore(calls, callers)
    numbers = [store.add(call, caller, explanation) for call, caller, explanation in added]
    stored = store.stored()
    for (call, caller, explanation), number in zip(added, numbers, strict=True):
        assert stored.expand(number, call, caller) == explanation


def explanation(text: str) -> CellExplanation:
    return CellExplanation("denied", "denied", (403,), "", (), (ExplainedLine(0, "fact", text),))


def test_explanations_of_two_calls_are_one() -> None:
    store = ExplanationStore([["/orders/1"], ["/orders/2"]], [["role/Ann"], ["role/Bob"]])
    numbers = {
        store.add(call, caller, explanation(f"GET /orders/{call + 1} by {who}"))
        for call in range(2)
        for caller, who in enumerate(["role/Ann", "role/Bob"])
    }
    assert numbers == {0}
    assert len(store.stored().lines) == 1


def test_a_value_of_its_own_is_no_other_frame() -> None:
    store = ExplanationStore([[]], [[]])
    numbers = [store.add(0, 0, explanation(f"the request has `{value}`")) for value in ("1.1.1.1", "2.2.2.2")]
    stored = store.stored()
    assert numbers == [0, 1]
    assert (len(stored.frames), len(stored.lines), stored.values) == (1, 1, ("1.1.1.1", "2.2.2.2"))
