"""Which texts are read as JSON or YAML, for tests that hold how often."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from execpolicy.document.fast_parse import parse_fast
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.yaml_reader import read_yaml

_READERS = frozenset(function.__code__ for function in (parse_fast, read_json, read_yaml))


def texts_read(action: Callable[[], object]) -> list[str]:
    """The texts that are read while a function runs, each as often as it is read."""
    texts: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in _READERS:
            texts.append(frame.f_locals["text"])

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return texts
