"""Run tests in a fork of this process: one session for many changed functions, or one for a module of another text."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tools.linter_mutants import session
from tools.linter_mutants.families import FOLDER, ROOT, concerns, name_of, tests_of

#: A fork that runs longer is killed: the tests usually end within some seconds.
MOST_SECONDS = 120.0
#: What the tests import besides the linter. The forks have it already.
_WARM = ("hypothesis", "yaml", "execpolicy.api", "execpolicy.loaders.kinds", "_hypothesis_pytestplugin", "xdist.plugin")
#: Nobody reads why a test fails: to find that out takes longer than the test.
_OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "--assert=plain", "--tb=native")


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


class _Concerning:
    """A plugin of pytest that leaves out the tests that do not concern a module."""

    def __init__(self, module: Path) -> None:
        self._module = module

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave them out."""
        items[:] = [item for item in items if concerns(self._module, item.nodeid)]


def warm() -> None:
    """Import what all forks need. The linter is imported by the forks: each can have another text of it."""
    for name in _WARM:
        importlib.import_module(name)
    imported = [name for name in sys.modules if name.startswith("execpolicy.linter")]
    assert not imported, f"imported before the fork: {imported}"


def survivors_of(module: Path, texts: Sequence[str], jobs: int) -> list[int]:
    """Return the numbers of the texts of a module with which all its tests pass.

    They are found with the functions of one session changed in forks of it. A text that changes a function that has run
    before, when modules were imported, is tried again with the whole module made from it.

    Args:
        module: the module.
        texts: what its text becomes: each differs from it inside of a function.
        jobs: how many forks run at once.

    Raises:
        SystemExit: the tests do not pass with the module as it is.
    """
    codes = _in_one_session(module, texts, jobs)
    if codes is None:
        raise SystemExit(f"the tests of {module} do not pass as they are")
    left = [number for number, code in enumerate(codes) if code != session.FAILED]
    uncertain = [number for number in left if codes[number] == session.UNCERTAIN]
    again = session.in_forks(
        lambda text: _run_changed(module, text), [texts[number] for number in uncertain], jobs, MOST_SECONDS
    )
    noticed = {number for number, code in zip(uncertain, again, strict=True) if code == session.FAILED}
    return [number for number in left if number not in noticed]


def _in_one_session(module: Path, texts: Sequence[str], jobs: int) -> list[int] | None:
    plugin = session.ForkedSession(
        name_of(module), module.read_text("utf-8"), texts, lambda test: concerns(module, test), jobs
    )

    def work() -> list[int] | None:
        with plugin.noting_functions(str(module)):
            for each in sorted((ROOT / FOLDER).glob("**/[!_]*.py")):
                importlib.import_module(name_of(each))
        _run_pytest(module, plugin)
        return plugin.codes

    return _returned(work)  # type: ignore[no-any-return]  # what the work returns


def _returned(work: Callable[[], Any]) -> Any:
    """What work returns in a fork of this process."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reads)
            nothing = os.open(os.devnull, os.O_RDWR)
            for number in range(3):
                os.dup2(nothing, number)
            with os.fdopen(writes, "wb") as file:
                pickle.dump(work(), file)
            code = 0
        finally:
            os._exit(code)
    os.close(writes)
    with os.fdopen(reads, "rb") as file:
        data = file.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else None  # the data of our own fork


def _run_changed(module: Path, text: str) -> int:
    """Run the tests in this process with a module of another text. Any error counts as a failure."""
    sys.meta_path.insert(0, _Changed(name_of(module), text))
    importlib.import_module(name_of(module))
    return session.PASSED if _run_pytest(module, _Concerning(module)) == 0 else session.FAILED


def _run_pytest(module: Path, plugin: object) -> int:
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    return int(pytest.main([*_OPTIONS, *tests_of(module)], plugins=[plugin]))
