"""Count the modules in which a function runs: for a decision with its explanation, and for a call to an API.

``python -m tools.modules_run`` prints both numbers; ``--list`` prints the modules, too. They measure how many files a
reader meets who follows one answer through the code.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "execpolicy"
FOUNDATION, GATEWAY = ROOT / "examples" / "foundation", ROOT / "examples" / "gateway"

DECISION = (
    *("check", "--identity", str(FOUNDATION / "identity.json"), "--resource", str(FOUNDATION / "resource.json")),
    *("--as", "arn:aws:sts::111122223333:assumed-role/Clerk/ann"),
    *("--on", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17"),
    *("--context", "aws:SourceIp=203.0.113.7"),
)
CALL = (
    *("check", "GET", "/orders/17", "--api", str(GATEWAY / "orders.api.yaml")),
    *("--header", "Authorization: Bearer abc"),
    *("--authorizer-output", str(GATEWAY / "answers" / "reads-order-9.json")),
)


def functions_run(work: Callable[[], object]) -> list[tuple[str, str]]:
    """The functions of the package that run, each with its module, in the order in which they first run.

    Bodies of modules and classes are not counted.
    """
    found: dict[tuple[str, str], None] = {}

    def note(frame: object, event: str, _argument: object) -> None:
        if event == "call":
            code = frame.f_code  # type: ignore[attr-defined]  # what sys.setprofile hands over is a frame
            if code.co_flags & 0x1:  # bodies of modules and classes have no optimized local variables
                found[code.co_filename, code.co_qualname] = None

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    own = ((Path(file), name) for file, name in found if Path(file).is_relative_to(SOURCE))
    return [(path.relative_to(SOURCE).as_posix(), name) for path, name in own]


def command(arguments: Sequence[str]) -> list[tuple[str, str]]:
    """The functions that run for one command, as ``functions_run`` gives them."""
    from execpolicy.cli.main import main as run

    with contextlib.redirect_stdout(io.StringIO()):
        return functions_run(lambda: run(list(arguments)))


def main() -> int:
    """Print the numbers."""
    parser = argparse.ArgumentParser(prog="python -m tools.modules_run", description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the modules, too")
    options = parser.parse_args()
    for name, arguments in (("decision with its explanation", DECISION), ("call with --api", CALL)):
        found = {module for module, _ in command(arguments)}
        print(f"{len(found):4} modules run for one {name}")
        if options.list:
            print(*(f"     {module}" for module in sorted(found)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
