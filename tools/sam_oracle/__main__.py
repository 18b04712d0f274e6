"""Write what AWS's translator answers to generated templates: ``make test-oracles``.

``python -m tools.sam_oracle PYTHON`` draws the templates, has them translated by the interpreter PYTHON, and writes
templates and answers to ``tests/fixtures/sam/``, one line for each. ``make test`` compares the expansion with them and
needs no translator.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tools.sam_oracle.templates import naming_implicit_apis, templates

FOLDER = Path(__file__).parents[2] / "tests" / "fixtures" / "sam"
FIXTURE = FOLDER / "translated.jsonl"
COUNT = 160
#: Resources of the answers that are compared; functions and their permissions say nothing of an API.
_COMPARED = ("AWS::ApiGateway::", "AWS::ApiGatewayV2::")


def drawn(count: int) -> list[dict[str, Any]]:
    """Different templates, the same each time."""
    found: dict[str, dict[str, Any]] = {}

    @seed(13)
    @settings(
        max_examples=count * 2,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(template=templates())
    def collect(template: dict[str, Any]) -> None:
        found.setdefault(json.dumps(template, sort_keys=True), template)

    collect()
    return [*found.values()][:count]


def _kept(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with only the types of resources that are not compared: others refer to them."""
    if "translated" not in answer:
        return answer
    resources = answer["translated"]["Resources"]
    kept = {
        name: each if each["Type"].startswith(_COMPARED) else {"Type": each["Type"]} for name, each in resources.items()
    }
    return {"translated": {**answer["translated"], "Resources": kept}}


def main() -> None:
    """Write the fixture."""
    asked = [*drawn(COUNT), *naming_implicit_apis()]
    run = subprocess.run(
        [sys.argv[1], str(Path(__file__).with_name("translate.py"))],
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    answers = json.loads(run.stdout)
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"translator": answers["version"]})]
    for template, answer in zip(asked, answers["answers"], strict=True):
        lines.append(json.dumps({"template": template, **_kept(answer)}, separators=(",", ":")))
    FIXTURE.write_text("\n".join(lines) + "\n", "utf-8")
    refused = sum("refused" in answer for answer in answers["answers"])
    sys.stdout.write(f"{FIXTURE}: {len(asked)} templates, {refused} refused\n")


if __name__ == "__main__":
    main()
