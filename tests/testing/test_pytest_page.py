"""The page on pytest is true: its examples pass on the sample project, and its failure is the one that is shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from execpolicy.testing.checked import Checked
from execpolicy.testing.scenario import Scenario
from execpolicy.testing.scenario_call import CallSteps
from tests.testing.pytest_runs import installed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pytest.md").read_text("utf-8")
SAMPLE = ROOT / "examples" / "orders-service"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def sample(
    pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the sample project in which the page's examples stand instead of its tests."""
    installed(tmp_path_factory.mktemp("site"), monkeypatch)
    shutil.copytree(SAMPLE, pytester.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    tests = pytester.mkdir("tests")
    for number, text in enumerate(blocks("python")):
        (tests / f"test_page_{number}.py").write_text(text, "utf-8")
    for number, text in enumerate(blocks("yaml")):
        (tests / f"page_{number}.execpolicy.yaml").write_text(text, "utf-8")
    return pytester.path


@pytest.mark.usefixtures("sample")
def test_the_examples_pass(pytester: pytest.Pytester) -> None:
    assert (len(blocks("python")), len(blocks("yaml")), len(blocks("text"))) == (3, 1, 1)
    pytester.runpytest_subprocess().assert_outcomes(passed=8)


def test_the_failure_is_the_one_that_is_shown(pytester: pytest.Pytester, sample: Path) -> None:
    policy = sample / "policies" / "resource.json"
    text = policy.read_text("utf-8")
    opened = text.replace('"execute-api:/prod/GET/health"', open_resources())
    assert opened != text
    policy.write_text(opened, "utf-8")
    run = pytester.runpytest_subprocess("-k", "test_customers_read_what_is_theirs")
    run.assert_outcomes(failed=1, deselected=7)
    (shown,) = blocks("text")
    run.stdout.fnmatch_lines([re.sub(r"([\[\]?*])", r"[\1]", line) for line in shown.splitlines()])


def open_resources() -> str:
    """The mistake, as the sample project's README writes it."""
    (written,) = re.findall(r'^"Resource": (\[.*\])$', (SAMPLE / "README.md").read_text("utf-8"), re.MULTILINE)
    assert f'"Resource": {written}' in PAGE
    return str(written)


def test_the_table_has_the_steps_of_a_scenario() -> None:
    table = PAGE.partition("| step | description |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`\.(\w+)[`(]", table)) == {
        name for kind in (Scenario, CallSteps) for name in vars(kind) if not name.startswith("_")
    }


def test_the_page_tells_all_of_a_result() -> None:
    about = PAGE.partition("The result has ")[2].partition("\n## ")[0]
    public = {name for name in vars(Checked) if not name.startswith("_")} - {"name"}
    assert public <= set(re.findall(r"`(\w+)[`(]", about))


def test_the_options_are_those_of_the_plugin(pytester: pytest.Pytester, sample: Path) -> None:
    told = set(re.findall(r"--execpolicy-[a-z-]+", pytester.runpytest_subprocess("--help", sample).stdout.str()))
    assert told == set(re.findall(r"--execpolicy-[a-z-]+", PAGE))


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)", PAGE)
    assert len(targets) >= 3
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []


def test_no_line_of_prose_is_too_long() -> None:
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 120 and not line.startswith("|")] == []
