"""Write what z3 answers to pairs of policies: ``make test-oracles``.

``python -m tools.smt_oracle PYTHON`` has the pairs answered by the interpreter PYTHON, and writes pairs and answers to
``tests/fixtures/smt/``, one line for each. ``make test`` compares the analysis with them and needs no z3.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

from tools.smt_oracle.pairs import as_data, pairs

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "smt" / "answered.jsonl"
COUNT = 150


def main() -> None:
    """Write the fixture."""
    asked = [as_data(each) for each in islice(pairs(), COUNT)]
    run = subprocess.run(
        [sys.argv[1], "-m", "tools.smt_oracle.answer"],
        cwd=ROOT,
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(run.stdout)
    lines = [json.dumps({"z3": found["version"]})]
    for each, answer in zip(asked, found["answers"], strict=True):
        lines.append(json.dumps({**each, **answer}, separators=(",", ":")))
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text("\n".join(lines) + "\n", "utf-8")
    results = Counter(answer[name]["result"] for answer in found["answers"] for name in answer)
    sys.stdout.write(f"{FIXTURE}: {COUNT} pairs, {dict(results)}\n")


if __name__ == "__main__":
    main()
