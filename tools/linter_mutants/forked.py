"""Run tests in a fork of this process, in which one module is made from another text."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

#: A mutant that runs longer is killed: the tests usually end within some seconds.
MOST_SECONDS = 120.0
#: What the tests import besides the linter. The fork has it already.
_WARM = ("hypothesis", "yaml", "execpolicy.api", "execpolicy.loaders.kinds", "_hypothesis_pytestplugin", "xdist.plugin")
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and makes it from a text."""

    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def find_spec(self, name: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the specification of this module, and nothing for others."""
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the text in the module."""
        exec(compile(self._source, f"<changed {self._name}>", "exec"), module.__dict__)


def warm() -> None:
    """Import what all forks need. The linter is imported by the fork: each has another text of it."""
    for name in _WARM:
        importlib.import_module(name)
    imported = [name for name in sys.modules if name.startswith("execpolicy.linter")]
    assert not imported, f"imported before the fork: {imported}"


def tests_fail(root: Path, module: str, source: str, tests: Sequence[str]) -> bool:
    """Whether a test fails if a module has this text.

    Args:
        root: the folder of the project.
        module: the name of the module, such as ``execpolicy.linter.arns.forms``.
        source: its text.
        tests: the files of the tests, those first that fail most often.
    """
    child = os.fork()
    if child == 0:
        os._exit(_run(root, module, source, tests))
    return _exit_code(child) != 0


def _run(root: Path, module: str, source: str, tests: Sequence[str]) -> int:
    """Run the tests in the fork. Any error counts as a failure."""
    code = 1
    try:
        os.chdir(root)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        sys.dont_write_bytecode = True
        os.environ["HYPOTHESIS_PROFILE"] = "mutants"
        sys.meta_path.insert(0, _Changed(module, source))
        # Before pytest finds the modules of the package itself, to rewrite their assertions.
        importlib.import_module(module)
        code = int(pytest.main(["-x", "-q", "-n0", "-p", "no:cacheprovider", *_QUIET, *tests]))
    except BaseException:  # noqa: BLE001  # a module that cannot be imported is noticed by every test
        code = 1
    return code


def _exit_code(child: int) -> int:
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1
