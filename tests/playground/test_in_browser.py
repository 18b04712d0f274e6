"""The playground in Chromium, served to this computer: examples, the state in the URL, hostile texts, the keyboard."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from playground.answers import answer
from tests.browser_pages import launched_browser
from tests.playground.questions import EXAMPLES, edited, generated, question_of
from tools.playground.serve import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

ROOT = Path(__file__).parents[2]
#: The folder of the playground; without it these tests do not run, because they take minutes.
BUILT = os.environ.get("EXECPOLICY_PLAYGROUND", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not BUILT, reason="make test-playground builds the playground and runs these tests"),
]
AXE = ROOT / "build" / ".axe" / "node_modules" / "axe-core" / "axe.min.js"
HOSTILE = '</script><script>window.bad=1</script><img src=x onerror="window.bad=1"> javascript:window.bad=1 \u202egnp'
#: Python loads slowly on a busy machine.
PATIENCE = 120_000

#: What is added to the answers: of one caller the check never ends.
ENDLESS = """
_check_once = _ANSWERS["check"]


def _check_for_ever(question):
    while question.fields["caller"] == "endless":
        pass
    return _check_once(question)


_ANSWERS["check"] = _check_for_ever
"""

#: Opens the page with a fragment, and with options of the browser.
Open = Callable[..., "Page"]


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser has no terminal with a width."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched_browser() as found:
        yield found


def serving(folder: Path) -> Iterator[str]:
    """The address at which a folder is served."""
    with server(folder) as found:
        thread = Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}/"
        found.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    yield from serving(Path(BUILT))


def opener(browser: Browser, address: str) -> Iterator[Open]:
    """Opens pages; at the end none has written to the console or asked another origin for anything."""
    messages: list[str] = []
    contexts = []

    def open_page(fragment: str = "", **options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.on("request", lambda request: messages.append(request.url) if is_outside(request.url) else None)
        context.route(is_outside, lambda route: route.abort())
        page = context.new_page()
        page.on("console", lambda message: messages.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: messages.append(f"error: {error}"))
        page.goto(f"{address}{fragment and '#'}{fragment}")
        return page

    def is_outside(url: str) -> bool:
        return not url.startswith((address, f"blob:{address}"))

    yield open_page
    for context in contexts:
        context.close()
    assert messages == []


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Open]:
    yield from opener(browser, address)


@pytest.fixture(scope="module")
def page(opened: Open) -> Page:
    """A page for the tests that bring it into a state of their own: Python loads once."""
    found = opened()
    answered(found)
    return found


def fragment_of(state: dict[str, str], version: int = 1) -> str:
    """The fragment of a state, made in another way than by the page."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps(state).encode()) + packer.flush()
    return f"{version}.{base64.urlsafe_b64encode(packed).rstrip(b'=').decode()}"


def state_of(url: str) -> dict[str, str]:
    packed = re.split("#[12][.]", url)[1]
    text = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    found: dict[str, str] = json.loads(text)
    return found


def answered(page: Page) -> str:
    """The outcome, when the page has answered and 300 ms after a change have passed."""
    page.wait_for_timeout(500)
    page.locator("#answer[aria-busy=false]").wait_for()
    return page.locator("#outcome").inner_text()


def marks(page: Page) -> list[tuple[str, int]]:
    """The editors and lines that are marked, deciding statements first."""
    found = []
    for item in page.locator(".editor .marks li").all():
        editor = item.evaluate("item => item.closest('.editor').id.replace('editor-', '')")
        line = int(item.get_attribute("data-line") or 0)
        is_finding = any(kind in str(item.get_attribute("class")) for kind in ("warning", "error", "suggestion"))
        found.append((is_finding, editor, line))
    return [(editor, line) for _, editor, line in sorted(found)]


def write(page: Page, editor: str, text: str) -> None:
    page.locator(f"#editor-{editor} .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_each_example(page: Page, example: dict[str, Any]) -> None:
    page.locator("#tab-check").click()
    page.locator("#example").select_option(example["name"])
    assert answered(page).endswith(example["outcome"])
    assert marks(page)[:1] == [(example["marked"]["editor"], example["marked"]["line"])]
    question = question_of(example)
    assert page.locator("#text").text_content() == json.loads(answer("check", json.dumps(question)))["text"]

    # An edit of the text, which is that of the button too.
    after, edit = edited(example), example["edit"]
    write(page, edit["editor"], after[edit["editor"]])
    assert answered(page).endswith(edit["outcome"])
    expected = edit["marked"]
    assert marks(page)[:1] == ([] if expected is None else [(expected["editor"], expected["line"])])
    text = page.locator("#text").text_content()
    assert text == json.loads(answer("check", json.dumps(after)))["text"]

    # The state is in the URL.
    url = page.url
    assert state_of(url) == {name: value for name, value in (after | {"tab": "check"}).items() if value}
    page.locator("#example").select_option(example["name"])
    answered(page)
    page.goto(url)
    assert answered(page).endswith(edit["outcome"])
    assert page.locator("#text").text_content() == text


def test_the_button_makes_the_change(page: Page) -> None:
    example = EXAMPLES[1]
    page.locator("#example").select_option(example["name"])
    assert answered(page).endswith("allowed")
    assert "write GET/orders/17 in place of GET/orders/*" in page.locator("#mend-words").inner_text()
    page.locator("#mend").click()
    assert answered(page).endswith("denied")
    page.locator("#mend").click()
    assert page.locator("#mend-words").inner_text() == "The text was changed already: choose the example again."


def test_a_new_page_has_the_state_of_the_link(opened: Open) -> None:
    question = question_of(EXAMPLES[2])
    page = opened(fragment_of(question | {"tab": "lint"}))
    assert answered(page).endswith("denied")
    assert page.locator("#tab-lint").get_attribute("aria-selected") == "true"
    assert page.locator("#text").text_content() == "no findings\n"
    assert state_of(page.url) == question | {"tab": "lint"}


def test_the_answers_are_those_of_cpython(page: Page) -> None:
    questions = generated(200)
    expected = [json.loads(answer("check", json.dumps(question))) for question in questions]
    found = page.evaluate(
        """async (questions) => {
          const worker = new Worker("worker.js", { type: "module" });
          const next = () => new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data),
            { once: true }));
          await next();
          const found = [];
          for (const question of questions) {
            const answered = next();
            worker.postMessage({ number: 1, asked: "check", question });
            found.push((await answered).found);
          }
          worker.terminate();
          return found;
        }""",
        questions,
    )
    assert found == expected


def test_the_other_answers(page: Page) -> None:
    page.goto(page.url.partition("#")[0] + "#" + fragment_of(question_of(EXAMPLES[0])))
    assert answered(page).endswith("allowed")
    page.locator("#tab-who").click()
    answered(page)
    assert page.locator("#text").inner_text().startswith("GET /orders/17\n")
    page.locator("#tab-prove").click()
    write(page, "invariants", "nobody may call GET /orders/**")
    answered(page)
    assert page.locator("#state").inner_text() == "✕ refuted"
    page.locator("#tab-diff").click()
    answered(page)
    assert "Write the old version" in page.locator("#text").inner_text()
    page.locator("#keep").click()
    answered(page)
    assert page.locator("#state").inner_text() == "= equal"
    write(page, "api", edited(EXAMPLES[0])["api"])
    answered(page)
    assert page.locator("#state").inner_text().endswith("stricter: less is allowed than before")
    assert "GET /orders" in page.locator("#text").inner_text()
    page.locator("#tab-check").click()
    answered(page)


def test_a_place_leads_to_the_line(page: Page) -> None:
    page.goto(page.url.partition("#")[0] + "#" + fragment_of(question_of(EXAMPLES[2])))
    answered(page)
    page.locator("#text .place").first.click()
    assert page.evaluate("document.activeElement.closest('.editor').id") == "editor-resource"
    page.keyboard.insert_text("#")
    answered(page)
    lines = state_of(page.url)["resource"].split("\n")
    assert lines[10].startswith("#")


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("3.abc", "The link is of a newer playground (version 3, this one reads 2)."),
        ("0.abc", "The link has the unknown version 0."),
        ("hello", "The link is broken: its end is not a state of this page."),
        ("1.abc", "The link is broken: a part of it is missing or was changed."),
        ("1.A", "The link is broken: a part of it is missing or was changed."),
        (fragment_of(question_of(EXAMPLES[0]))[:-9], "The link is broken: a part of it is missing or was changed."),
        (fragment_of({"caller": 7}), "The link is broken: the field caller is not a text."),  # type: ignore[dict-item] # a fault
        (fragment_of({"callers": "x"}), "The link is broken: it has an unknown field."),
        (fragment_of({"tab": "x"}), "The link is broken: the field tab has an unknown value."),
        (fragment_of({"api": " " * 2_000_001}), "The link is broken: the field api is too long."),
        (fragment_of({"api": " " * 9_000_000}), "The link is broken: a part of it is missing or was changed."),
    ],
)
def test_a_link_that_cannot_be_read(page: Page, fragment: str, words: str) -> None:
    page.locator("#example").select_option(EXAMPLES[1]["name"])
    answered(page)
    page.goto(page.url.partition("#")[0] + f"#{fragment}")
    page.locator("#message:not([hidden])").wait_for()
    assert page.locator("#message").inner_text() == words
    # The page keeps what it has.
    assert page.locator("#outcome").inner_text() == "✓ allowed"
    assert "ReadOneOrder" in page.locator("#editor-identity .cm-content").inner_text()


def test_a_new_page_with_a_broken_link_has_an_example(opened: Open) -> None:
    page = opened("1.broken")
    assert answered(page).endswith("allowed")
    assert page.locator("#message").inner_text().startswith("The link is broken")
    assert page.locator("#example").input_value() == EXAMPLES[0]["name"]


def test_hostile_texts_stay_text(opened: Open) -> None:
    counts = []
    for name in ("name", HOSTILE):
        statement = {"Sid": name, "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, ensure_ascii=False)
        question = question_of(EXAMPLES[2]) | {"resource": policy, "context": json.dumps({"aws:UserAgent": name})}
        page = opened(fragment_of(question))
        assert answered(page).endswith("allowed")
        counts.append(page.evaluate("document.querySelectorAll('*').length"))
        shown = page.locator("#text").inner_text()
        assert name.split("\u202e", maxsplit=1)[0] in shown
        # Every field, the ones that are not in use too.
        fields = (
            "caller",
            "on",
            "call",
            "headers",
            "stage",
            "name",
            "reached",
            "api",
            "identity",
            "boundary",
            "scp",
            "authorizer",
            "claims",
        )
        page.goto(page.url.partition("#")[0] + "#" + fragment_of(dict.fromkeys(fields, name) | {"mode": "api"}))
        answered(page)
        for tab in ("lint", "diff", "who", "prove", "check"):
            page.locator(f"#tab-{tab}").click()
            answered(page)
        assert page.evaluate("window.bad") is None
        # CodeMirror has images without a source beside the words of an empty editor.
        assert page.locator("img:not(.cm-widgetBuffer)").count() == 0
        assert page.locator("script").count() == 1
    assert counts[0] == counts[1]


def test_a_boundary_and_an_scp_are_added_and_removed(page: Page) -> None:
    page.locator("#tab-check").click()
    page.locator("#example").select_option(EXAMPLES[1]["name"])
    assert answered(page).endswith("allowed")
    question = question_of(EXAMPLES[1])
    assert "#1." in page.url
    for name in ("boundary", "scp"):
        assert not page.locator(f"#editor-{name}").is_visible()
    # The editor that is added has the focus.
    page.locator("#add-boundary").click()
    boundary = question["identity"].replace("GET/orders/*", "GET/*")
    page.keyboard.insert_text(boundary)
    assert answered(page).endswith("allowed")
    page.locator("#add-scp").click()
    scp = question["identity"].replace("Allow", "Deny")
    page.keyboard.insert_text(scp)
    assert answered(page).endswith("denied")
    assert not page.locator("#add-policies").is_visible()
    assert marks(page)[:1] == [("scp", 4)]
    question |= {"boundary": boundary, "scp": scp}
    text = json.loads(answer("check", json.dumps(question)))["text"]
    assert page.locator("#text").text_content() == text
    page.locator("#text .place").first.click()
    assert page.evaluate("document.activeElement.closest('.editor').id") == "editor-scp"

    # A link has them, and says in its version that an older page does not know them.
    url = page.url
    assert "#2." in url
    assert state_of(url) == question | {"tab": "check"}
    page.locator("#example").select_option(EXAMPLES[0]["name"])
    answered(page)
    assert not page.locator("#editor-scp").is_visible()
    page.goto(url)
    assert answered(page).endswith("denied")
    assert page.locator("#text").text_content() == text

    page.locator("#editor-scp .remove").click()
    assert answered(page).endswith("allowed")
    assert page.evaluate("document.activeElement.id") == "add-scp"
    assert state_of(page.url).keys() & {"boundary", "scp"} == {"boundary"}
    page.get_by_role("button", name="Remove: Permissions boundary of the caller").click()
    assert answered(page).endswith("allowed")
    assert "#1." in page.url
    assert state_of(page.url).keys() & {"boundary", "scp"} == set()


def test_a_line_of_a_megabyte(page: Page) -> None:
    value = Random(1).randbytes(500_000).hex()
    policy = question_of(EXAMPLES[6])["resource"].replace('"vpce-0a1b2c3d"', f'["vpce-0a1b2c3d", "{value}"]')
    assert max(map(len, policy.split("\n"))) > 1_000_000
    question = question_of(EXAMPLES[6]) | {"resource": policy}
    page.goto(page.url.partition("#")[0] + "#" + fragment_of(question))
    answered(page)
    assert page.locator("#text").text_content() == json.loads(answer("check", json.dumps(question)))["text"]
    # A state of this size is no link: the URL does not keep an older one.
    assert "#" not in page.url
    page.locator("#copy-link").click()
    page.locator("#message:not([hidden])").wait_for()
    assert "Save a file instead" in page.locator("#message").inner_text()
    assert page.evaluate("document.activeElement.id") == "save"
    with page.expect_download() as downloading:
        page.locator("#save").click()
    assert downloading.value.suggested_filename == "execpolicy-playground.json"
    saved = json.loads(Path(downloading.value.path()).read_text("utf-8"))
    assert saved["resource"] == policy
    page.locator("#example").select_option(EXAMPLES[0]["name"])
    assert answered(page).endswith("allowed")
    saved["resource"] = question_of(EXAMPLES[6])["resource"]
    file: FilePayload = {"name": "x.json", "mimeType": "application/json", "buffer": json.dumps(saved).encode()}
    page.locator("#file").set_input_files(files=file)
    assert answered(page).endswith("allowed")
    assert state_of(page.url)["on"] == saved["on"]
    file["buffer"] = b"{"
    page.locator("#file").set_input_files(files=file)
    page.locator("#message:not([hidden])").wait_for()
    assert page.locator("#message").inner_text() == "x.json is no file of this page: it is not JSON."


def test_copying_a_link_says_what_is_in_it(opened: Open) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    answered(page)
    page.locator("#copy-link").click()
    page.locator("#message:not([hidden])").wait_for()
    words = "The link is copied. The policies are in it: who has the link can read them."
    assert page.locator("#message").inner_text() == words
    link = page.evaluate("navigator.clipboard.readText()")
    assert state_of(link) == question_of(EXAMPLES[0]) | {"tab": "check"}


def test_a_computation_without_end_is_stopped(browser: Browser, tmp_path: Path) -> None:
    shutil.copytree(BUILT, tmp_path / "site")
    source = (tmp_path / "site" / "answers.py").read_text("utf-8")
    (tmp_path / "site" / "answers.py").write_text(source + ENDLESS, "utf-8")
    for address in serving(tmp_path / "site"):
        for opened in opener(browser, address):
            page = opened(fragment_of(question_of(EXAMPLES[1])))
            assert answered(page).endswith("allowed")
            page.locator("#caller").fill("endless")
            page.get_by_text("■ stopped").first.wait_for()
            words = "The computation took more than 5 seconds and was stopped."
            assert words in page.locator("#text").inner_text()
            page.locator("#caller").fill("arn:aws:iam::111122223333:user/Ann")
            assert answered(page).endswith("allowed")
            page.locator("#caller").fill("anonymous")
            assert answered(page) == "! the input cannot be used"


def test_the_keyboard_alone(opened: Open) -> None:
    page = opened()
    answered(page)
    press, focus = page.keyboard.press, "(document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)"

    def tab_to(condition: str) -> None:
        for _ in range(60):
            press("Tab")
            if page.evaluate(f"{condition.replace('focus', focus)}"):
                return
        raise AssertionError(condition)

    press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to("focus.id === 'example'")
    press("ArrowDown")
    assert answered(page).endswith("allowed")
    assert page.locator("#example").input_value() == EXAMPLES[1]["name"]
    # The editor does not keep the Tab key.
    tab_to("focus.getAttribute('aria-label') === 'Identity policy of the caller'")
    press("Control+a")
    page.keyboard.insert_text(edited(EXAMPLES[1])["identity"])
    assert answered(page).endswith("denied")
    tab_to("focus.id === 'tab-check'")
    press("ArrowRight")
    answered(page)
    assert page.locator("#tab-lint").get_attribute("aria-selected") == "true"
    press("End")
    answered(page)
    assert page.locator("#tab-prove").get_attribute("aria-selected") == "true"
    tab_to("focus.getAttribute('aria-label') === 'Invariants, one on a line'")
    press("Shift+Tab")
    assert page.evaluate(f"{focus}.id") == "tab-prove"
    press("Home")
    assert page.locator("#tab-check").get_attribute("aria-selected") == "true"


def test_nothing_stands_beyond_the_edge_of_a_phone(opened: Open) -> None:
    page = opened(viewport={"width": 390, "height": 844})
    for example in EXAMPLES:
        page.locator("#example").select_option(example["name"])
        assert answered(page).endswith(example["outcome"])
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        # The outcome is in sight.
        box = page.locator("#outcome").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 844


def test_the_licences_are_listed(page: Page) -> None:
    page.get_by_text("Licences", exact=True).click()
    rows = page.locator("#licences tbody tr")
    names = rows.locator("td:first-child").all_inner_texts()
    assert {"execpolicy", "pyodide", "PyYAML", "python-dateutil", "six", "pyparsing", "@codemirror/view"} <= set(names)
    assert all(rows.locator("td:last-child").all_inner_texts())


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make test-playground installs it")
@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(13, 17, 23)")])
def test_axe_finds_no_serious_fault(opened: Open, scheme: str, ground: str) -> None:
    page = opened(color_scheme=scheme)
    answered(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    page.evaluate(AXE.read_text("utf-8"))
    for example, tab in ((EXAMPLES[0], "check"), (EXAMPLES[2], "lint"), (EXAMPLES[7], "diff"), (EXAMPLES[4], "prove")):
        page.locator("#example").select_option(example["name"])
        page.locator(f"#tab-{tab}").click()
        answered(page)
        found = page.evaluate("axe.run()")
        assert len(found["passes"]) > 20
        faults = [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found["violations"]]
        assert faults == []
        if tab == "check":
            page.locator("#add-boundary").click()
            page.locator("#add-scp").click()
