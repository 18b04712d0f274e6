"""Translates SAM templates with AWS's translator, in the environment that has it.

It reads a list of templates from the standard input, and writes for each its translation, or the errors. ``make
test-oracles`` runs it in an environment of its own: the translator pins packages that others need in other versions.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any


def main() -> None:
    """Translate the templates of the standard input."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    translator = import_module("samtranslator.translator.translator").Translator
    parser = import_module("samtranslator.parser.parser").Parser
    error = import_module("samtranslator.model.exceptions").ExceptionWithMessage

    def answer(template: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"translated": translator({}, parser()).translate(copy.deepcopy(template), {})}
        except error as refusal:
            causes = getattr(refusal, "causes", [refusal])
            return {"refused": [str(cause.message) for cause in causes]}

    answers = [answer(template) for template in json.load(sys.stdin)]
    json.dump({"version": version("aws-sam-translator"), "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
