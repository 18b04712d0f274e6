"""Write ``__init__.py`` of the packages with public names from ``tools/public_names.txt``.

``python -m tools.public_names`` writes the files; ``make docs`` runs it. A test fails when one of them is out of date.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tools" / "public_names.txt"
WIDTH = 120

DOCSTRINGS = {
    "execpolicy": "Decide whether a call to an Amazon API Gateway API is allowed, and explain why: the public names.",
    "execpolicy.testing": "Tests of policies: case files, assertions and scenarios.",
}

FILE = '''"""{docstring}

Written by ``make docs`` from ``tools/public_names.txt``: change that file.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

{imports}

__all__ = [
{names}
]
{version}
# Each module is imported when one of its names is first used (docs/adr/012).
_MODULES = {{
{modules}
}}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module '{package}' has no attribute {{name!r}}")
    from importlib import import_module

    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
'''


def public_names(text: str) -> dict[str, dict[str, str]]:
    """Return the module of each public name, by package.

    Raises:
        ValueError: a line is not a public name and its module, or a name is listed twice.
    """
    packages: dict[str, dict[str, str]] = {package: {} for package in DOCSTRINGS}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        package, _, name = words[0].rpartition(".")
        if len(words) != 2 or package not in packages or name in packages[package]:
            raise ValueError(f"{LIST.name}:{number}: expected a new public name and its module, found {line!r}")
        packages[package][name] = words[1]
    return packages


def written(package: str, modules: Mapping[str, str], version: str) -> str:
    """The text of the ``__init__.py`` of a package."""
    names = sorted(modules, key=lambda name: (name.islower(), name))
    return FILE.format(
        package=package,
        docstring=DOCSTRINGS[package],
        imports="\n".join(_imports(modules)),
        names="\n".join(f'    "{name}",' for name in names),
        version=f'__version__ = "{version}"\n' if package == "execpolicy" else "",
        modules="\n".join(f'    "{name}": "{modules[name]}",' for name in names),
    )


def _imports(modules: Mapping[str, str]) -> Iterator[str]:
    for module in sorted(set(modules.values())):
        names = [name for name in modules if modules[name] == module]
        yield from _import(module, sorted(names, key=lambda name: (name.islower(), name.lower())))


def _import(module: str, names: Iterable[str]) -> Iterator[str]:
    line = f"    from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"    from {module} import ("
    yield from (f"        {name}," for name in names)
    yield "    )"


def files(root: Path = ROOT) -> dict[Path, str]:
    """The files to write, with their text."""
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    packages = public_names((root / "tools" / LIST.name).read_text("utf-8"))
    return {
        root / "src" / package.replace(".", "/") / "__init__.py": written(package, modules, version)
        for package, modules in packages.items()
    }


def main() -> int:
    """Write the files."""
    for path, text in files().items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
