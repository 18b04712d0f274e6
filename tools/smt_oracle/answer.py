"""Answer pairs of policies by z3: ``python -m tools.smt_oracle.answer`` reads them from stdin as JSON.

It runs where ``z3-solver`` is installed, and needs nothing else.
"""

from __future__ import annotations

import json
import sys

import z3

from tools.smt_oracle.encoding import newly_allowed


def main() -> None:
    """Write the version of z3 and the answers in both directions."""
    answers = []
    for each in json.load(sys.stdin):
        laxer = newly_allowed(each["before"], each["after"], steps=STEPS)
        stricter = newly_allowed(each["after"], each["before"], steps=STEPS)
        answers.append({"newly_allowed": laxer.as_data(), "newly_denied": stricter.as_data()})
    json.dump({"version": z3.get_version_string(), "answers": answers}, sys.stdout)


#: Units of z3's resource limit for one question, about two seconds; most take a tenth of that, or much longer.
STEPS = 6_000_000

if __name__ == "__main__":
    main()
