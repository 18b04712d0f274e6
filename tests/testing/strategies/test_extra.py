"""Without Hypothesis the strategies name the extra that installs it."""

from __future__ import annotations

import subprocess
import sys


def test_an_import_without_hypothesis_names_the_extra() -> None:
    program = "import sys; sys.modules['hypothesis'] = None; import execpolicy.testing.strategies"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: execpolicy.testing.strategies needs Hypothesis: pip install 'execpolicy[testing]'"
    )
