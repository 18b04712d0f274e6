"""Write where python-hcl2 finds the parts of the sources of Terraform in the fixtures: ``make test-oracles``.

``python -m tools.hcl_oracle PYTHON`` has the files read by the interpreter PYTHON, and writes the places to
``tests/fixtures/hcl/places.json``. ``make test`` compares the reader with them and needs no python-hcl2.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures"
FOLDER = FIXTURES / "hcl"
PLACES = FOLDER / "places.json"


def texts() -> dict[str, str]:
    """The sources among the fixtures, by the names of the files."""
    files = [*FOLDER.glob("*.tf"), *(FIXTURES / "terraform").glob("*.tf")]
    return {path.name: path.read_text("utf-8") for path in sorted(files)}


def main() -> None:
    """Write the fixture."""
    run = subprocess.run(
        [sys.argv[1], str(Path(__file__).with_name("places.py"))],
        input=json.dumps(texts()),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    answers = json.loads(run.stdout)
    lines = [
        f" {json.dumps(name)}: [\n" + ",\n".join(f"  {json.dumps(place)}" for place in places) + "\n ]"
        for name, places in answers["answers"].items()
    ]
    head = f'{{"python-hcl2": {json.dumps(answers["version"])}, "places": {{\n'
    PLACES.write_text(head + ",\n".join(lines) + "\n}}\n", "utf-8")
    sys.stdout.write(f"{PLACES}: {len(lines)} files\n")


if __name__ == "__main__":
    main()
