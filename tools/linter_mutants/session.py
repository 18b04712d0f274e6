"""One session of pytest that collects the tests of a module once, and runs them in a fork for each changed text."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

import pytest

from tools.linter_mutants import substituted

#: What a fork returns: all tests passed, one failed, or they passed and have to be run with the whole module changed.
PASSED, FAILED, UNCERTAIN = 0, 1, 2
#: A fork that takes so many times as long as the text as it is, and at least so many seconds, is killed.
TIMES: Final = 10
LEAST_SECONDS: Final = 20.0


class ForkedSession:
    """A plugin of pytest. In place of the tests themselves it runs them in a fork for each text of a module.

    Attributes:
        codes: what each fork returned; None until the session has run, or if the tests do not pass as they are.
    """

    def __init__(
        self, module: str, source: str, texts: Sequence[str], concerns: Callable[[str], bool], jobs: int
    ) -> None:
        self.codes: list[int] | None = None
        self._module = module
        self._source = source
        self._texts = texts
        self._concerns = concerns
        self._jobs = jobs
        self._run_before: set[str] = set()

    @contextmanager
    def noting_functions(self, path: str) -> Iterator[None]:
        """Note the functions of a file that run before the tests do: what they did was done with the text as it is."""

        def note(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and frame.f_code.co_filename == path:
                self._run_before.add(frame.f_code.co_qualname)

        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the tests that do not concern the module, and begin with those that are named by its rules."""
        rules = [check.rule.id for check in getattr(sys.modules.get(self._module), "CHECKS", ())]
        concerning = [item for item in items if self._concerns(item.nodeid)]
        items[:] = sorted(concerning, key=lambda item: not any(rule in item.nodeid for rule in rules))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests with the text as it is, then with each other text."""
        functions = substituted.functions_of(self._module)

        def run(text: str) -> int:
            changed = substituted.substitute(functions, self._source, text)
            if changed is None:
                return UNCERTAIN
            if _first_failure(session):
                return FAILED
            return UNCERTAIN if changed & self._run_before else PASSED

        gc.freeze()  # so that collections in a fork do not copy what is here
        start = time.monotonic()
        (code,) = in_forks(run, [self._source], 1, 600.0)
        seconds = max(LEAST_SECONDS, TIMES * (time.monotonic() - start))
        if code == PASSED and not session.testsfailed:
            self.codes = in_forks(run, self._texts, self._jobs, seconds)
        return True


def _first_failure(session: pytest.Session) -> bool:
    """Run the tests of a session until one fails."""
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return True
    return False


def in_forks(work: Callable[[str], int], texts: Sequence[str], jobs: int, seconds: float) -> list[int]:
    """Do the work for each text in a fork of this process.

    Args:
        work: returns the exit code of the fork. An error counts as 1.
        texts: the texts.
        jobs: how many forks run at once.
        seconds: a fork that runs longer is killed, and counts as 1.
    """
    codes = [FAILED] * len(texts)
    waiting = iter(enumerate(texts))
    running: dict[int, tuple[int, float]] = {}
    _start(work, waiting, running, jobs)
    while running:
        time.sleep(0.005)
        for child, (index, start) in [*running.items()]:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                codes[index] = os.waitstatus_to_exitcode(status)
            elif time.monotonic() - start > seconds:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            else:
                continue
            del running[child]
        _start(work, waiting, running, jobs)
    return [code if code in (PASSED, UNCERTAIN) else FAILED for code in codes]


def _start(
    work: Callable[[str], int], waiting: Iterator[tuple[int, str]], running: dict[int, tuple[int, float]], jobs: int
) -> None:
    while len(running) < jobs:
        index, text = next(waiting, (0, None))
        if text is None:
            return
        child = os.fork()
        if child == 0:
            os._exit(_done(work, text))
        running[child] = index, time.monotonic()


def _done(work: Callable[[str], int], text: str) -> int:
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        return work(text)
    except BaseException:  # noqa: BLE001  # whatever goes wrong with a changed text is noticed
        return FAILED
