"""The direction of imports (docs/adr/001): a module imports from its own package and from packages to its left."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import execpolicy

SOURCE = Path(__file__).parents[1] / "src" / "execpolicy"

#: Left to right. Packages between the same bars do not import each other; "execpolicy" is the list of public names.
ORDER = (
    "_base | literals | errors | arguments | document | language | engine | gateway"
    " | analysis loaders diagnose handler | call | api | template | linter | suggestions | bulk | render | execpolicy"
    " | testing | cli | __main__"
)
RANK = {package: rank for rank, packages in enumerate(ORDER.split("|")) for package in packages.split()}

#: Packages inside another one that import nothing else of it.
SELF_CONTAINED = ("execpolicy.document.syntax",)

#: Packages of the target layout that are not there yet.
PLANNED: set[str] = set()

#: What `import execpolicy` must not load (docs/adr/005, docs/adr/006).
HEAVY = {"dataclasses", "dateutil", "inspect", "ipaddress", "pyparsing", "rich", "yaml"}
#: What a decision needs nothing of (docs/adr/012): it is loaded when it is first asked for.
LATER = {
    "typing",
    "execpolicy._base.outline",
    "execpolicy.document.parse",
    "execpolicy.document.syntax.json_reader",
    "execpolicy.engine.full.sensitivity",
    "execpolicy.engine.full.evaluation",
    "execpolicy.engine.explain.allowing_context",
    "execpolicy.engine.explain.answer",
    "execpolicy.engine.explain.answer_outline",
    "execpolicy.engine.explain.condition_value",
    "execpolicy.engine.explain.explanation",
    "execpolicy.engine.explain.message",
    "execpolicy.engine.explain.clause_reason",
    "execpolicy.engine.explain.condition_reason",
    "execpolicy.engine.explain.nearest",
    "execpolicy.engine.explain.outline",
    "execpolicy.engine.explain.principal_note",
    "execpolicy.engine.explain.reasons",
    "execpolicy.engine.explain.resource_reason",
    "execpolicy.engine.explain.subject",
    "execpolicy.engine.explain.trace",
    "execpolicy.gateway",
}


def package_of(module: str) -> str:
    return [*module.split("."), "execpolicy"][1]


def imported(tree: ast.Module, package: list[str]) -> Iterator[tuple[int, str]]:
    """Line and full name of every import in a module of ``package``, also in functions and under TYPE_CHECKING."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=name, names=names, level=level):
                anchor = package[: len(package) - level + 1] if level else []
                base = ".".join([*anchor, *filter(None, [name])])
                for alias in names:
                    is_module = base != "execpolicy" or alias.name in RANK
                    yield node.lineno, f"{base}.{alias.name}" if is_module else base
            case ast.Call(ast.Name(id=called) | ast.Attribute(attr=called), [ast.Constant(value=str(name)), *_]):
                if called in {"import_module", "__import__"}:
                    yield node.lineno, name


def leaves_package(module: str, name: str) -> bool:
    """Whether a module of a self-contained package imports something else of the package around it."""
    for package in SELF_CONTAINED:
        if f"{module}.".startswith(f"{package}.") and not f"{name}.".startswith(f"{package}."):
            return name.startswith(package.rpartition(".")[0])
    return False


def wrong_imports(root: Path) -> list[str]:
    wrong = []
    for path in sorted(root.rglob("*.py")):
        parts = ["execpolicy", *path.relative_to(root).with_suffix("").parts]
        module = ".".join(part for part in parts if part != "__init__")
        here = package_of(module)
        for line, name in imported(ast.parse(path.read_text("utf-8")), parts[:-1]):
            there = package_of(name)
            if leaves_package(module, name):
                wrong.append(f"{path.relative_to(root).as_posix()}:{line}: {module} imports {name}")
            if name.split(".")[0] != "execpolicy" or there == here:
                continue
            if RANK.get(there, 99) >= RANK.get(here, -1):
                wrong.append(f"{path.relative_to(root).as_posix()}:{line}: {here} imports {there}")
    return wrong


def is_listing(node: ast.stmt) -> bool:
    """Whether a statement of the package's __init__.py only names things: imports, __all__, a lazy __getattr__."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("_")
        case ast.FunctionDef(name=name):
            return name in {"__getattr__", "__dir__"}
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            return all(is_listing(part) for part in body)
    return False


def test_every_package_has_a_rank() -> None:
    packages = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in SOURCE.rglob("*.py")}
    assert {"_base", "errors", "document"} <= packages
    assert packages - {"__init__"} <= RANK.keys()


def test_imports_go_left() -> None:
    assert wrong_imports(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "code", "expected"),
    [
        ("engine/compile.py", "from execpolicy.cli import main", "1: engine imports cli"),
        (
            "engine/compile.py",
            "x = 1\nimport execpolicy.gateway.model.api_definition as api",
            "2: engine imports gateway",
        ),
        ("language/arn.py", "def f():\n    from execpolicy.engine import x", "2: language imports engine"),
        ("language/arn.py", "if TYPE_CHECKING:\n    from execpolicy import linter", "2: language imports linter"),
        ("document/read.py", "from ..language import glob", "1: document imports language"),
        ("document/__init__.py", "from .. import language", "1: document imports language"),
        ("document/read.py", "from execpolicy import Policy", "1: document imports execpolicy"),
        ("document/read.py", "import execpolicy", "1: document imports execpolicy"),
        (
            "document/syntax/nodes.py",
            "from execpolicy.document import kinds",
            "1: execpolicy.document.syntax.nodes imports execpolicy.document.kinds",
        ),
        (
            "document/syntax/nodes.py",
            "from ..model import Statement",
            "1: execpolicy.document.syntax.nodes imports execpolicy.document.model.Statement",
        ),
        ("linter/arns/forms.py", "from execpolicy.render import text", "1: linter imports render"),
        ("render/text.py", "import_module('execpolicy.cli')", "1: render imports cli"),
        ("_base/frozen.py", "from execpolicy.errors import ExecPolicyError", "1: _base imports errors"),
        ("__init__.py", "from execpolicy.cli.main import main", "1: execpolicy imports cli"),
        ("attic/old.py", "from execpolicy.errors import ExecPolicyError", "1: attic imports errors"),
        ("cli/main.py", "from execpolicy.attic import old", "1: cli imports attic"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, code: str, expected: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(code, "utf-8")
    assert wrong_imports(tmp_path) == [f"{file}:{expected}"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("errors.py", "from execpolicy._base.frozen import Frozen"),
        ("engine/compile.py", "import json\nfrom execpolicy.engine.clauses import Clause\nfrom .index import Index"),
        ("engine/compile.py", "from execpolicy import language\nfrom ..document.model import Text"),
        (
            "document/syntax/fields.py",
            "from execpolicy.document.syntax.nodes import Node\nimport execpolicy.errors",
        ),
        ("cli/main.py", "from execpolicy import Policy\nfrom execpolicy.render import text"),
        ("__init__.py", "from execpolicy.render.text import show\nfrom .errors import ExecPolicyError"),
    ],
)
def test_imports_to_the_left_pass(tmp_path: Path, file: str, code: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(code, "utf-8")
    assert wrong_imports(tmp_path) == []


def test_the_package_is_only_a_list_of_names() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    assert [f"line {node.lineno}: {ast.unparse(node)}" for node in tree.body if not is_listing(node)] == []


@pytest.mark.parametrize(
    "code", ["def load(): ...", "class Policy: ...", "DEBUG = 1", "print()", "if 1:\n    import x"]
)
def test_anything_but_names_is_found(code: str) -> None:
    assert not is_listing(ast.parse(code).body[0])


def test_every_public_name_is_there() -> None:
    assert [name for name in execpolicy.__all__ if not hasattr(execpolicy, name)] == []
    assert len(set(execpolicy.__all__)) == len(execpolicy.__all__) > 0


def loaded_by(code: str) -> set[str]:
    """The modules that an interpreter loads to run some code."""
    shown = f"import sys; before = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
    return set(
        subprocess.run([sys.executable, "-c", shown], capture_output=True, encoding="utf-8", check=True).stdout.split()
    )


def test_public_names_load_nothing_heavy() -> None:
    found = loaded_by("import execpolicy; [getattr(execpolicy, name) for name in execpolicy.__all__]")
    assert {"execpolicy.errors", "execpolicy.api"} <= found
    assert HEAVY.isdisjoint(found)


DECIDES = """
from execpolicy import Caller, Policy, Request, Target, authorize
statement = '{"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"%s}}'
caller = Caller("arn:aws:iam::111122223333:user/Ann", identity=Policy.parse(statement % "", kind="identity"))
target = Target(resource=Policy.parse(statement % ', "Principal": "*"', kind="resource"))
resource = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=resource), target)
assert decision.allowed
"""


@pytest.mark.parametrize(
    "code", ["from execpolicy import Caller, Policy, Request, Target, authorize", DECIDES], ids=["names", "decision"]
)
def test_a_decision_loads_nothing_that_only_tells_of_it(code: str) -> None:
    found = loaded_by(code)
    assert "execpolicy.engine.authorize" in found
    assert found & LATER == set()


def test_an_explanation_loads_what_tells_of_it() -> None:
    found = loaded_by(f"{DECIDES}decision.explain()")
    assert {"execpolicy.engine.explain.explanation", "execpolicy.document.parse"} <= found


def imports_between(root: Path) -> dict[str, set[str]]:
    """For each module of a package, the modules of it that it imports: at load, deferred, and for types alone."""
    paths = {}
    for path in root.rglob("*.py"):
        parts = ["execpolicy", *path.relative_to(root).with_suffix("").parts]
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    found: dict[str, set[str]] = {}
    for module, path in paths.items():
        package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        names = {name for _, name in imported(ast.parse(path.read_text("utf-8")), package)}
        # A name may be a module of the package before the last dot, or what a module defines.
        found[module] = ({*names, *(name.rpartition(".")[0] for name in names - paths.keys())} & paths.keys()) - {
            module
        }
    return found


def import_cycles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other, directly or through others."""
    reached: dict[str, set[str]] = {}
    for module in imports:
        seen, waiting = set[str](), [module]
        while waiting:
            new = imports[waiting.pop()] - seen
            seen |= new
            waiting += new
        reached[module] = seen
    groups = {tuple(sorted(m for m in reached[module] if module in reached[m])) for module in imports}
    return sorted(list(group) for group in groups if group)


def test_no_modules_import_each_other() -> None:
    assert import_cycles(imports_between(SOURCE)) == []


@pytest.mark.parametrize(
    "code",
    [
        "import execpolicy.document.b",
        "from execpolicy.document import b",
        "from execpolicy.document.b import name",
        "from .b import name",
        "def f():\n    from execpolicy.document.b import name",
        "if TYPE_CHECKING:\n    from execpolicy.document.b import name",
    ],
)
def test_an_import_cycle_is_found(tmp_path: Path, code: str) -> None:
    (tmp_path / "document").mkdir()
    (tmp_path / "document" / "__init__.py").touch()
    (tmp_path / "document" / "a.py").write_text(code, "utf-8")
    (tmp_path / "document" / "b.py").write_text("from execpolicy.document.c import name", "utf-8")
    (tmp_path / "document" / "c.py").write_text("from execpolicy.document.d import name", "utf-8")
    (tmp_path / "document" / "d.py").touch()
    assert import_cycles(imports_between(tmp_path)) == []
    (tmp_path / "document" / "d.py").write_text("from execpolicy.document.a import name", "utf-8")
    assert import_cycles(imports_between(tmp_path)) == [[f"execpolicy.document.{name}" for name in "abcd"]]


def test_every_module_that_is_named_exists() -> None:
    modules = set(imports_between(SOURCE))
    assert {name for name in LATER if name.startswith("execpolicy.")} <= modules
    assert {f"execpolicy.{name}" for name in RANK} - {"execpolicy.execpolicy"} - PLANNED <= modules


#: Records offer these under names that begin with an underscore, so that fields may have any other name.
OF_RECORDS = {"_asdict", "_field_defaults", "_fields", "_make", "_replace"}
#: What the class of a frozen value calls on another value of its own.
OF_FROZEN_VALUES = {"_set"}
#: What the standard library gives no public name.
OF_STANDARD_LIBRARY = {"_ArgumentGroup", "_SubParsersAction", "_exit", "_getframe"}


def private_reads(text: str) -> list[str]:
    """Attributes that a module reads of other modules' objects although their names begin with an underscore.

    What is read of ``self`` or ``cls`` is the module's own, and so is what the module itself defines.
    """
    tree = ast.parse(text)
    own, read = set[str](), list[tuple[int, str]]()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("self" | "cls"), name):
                own.add(name)
            case ast.Attribute(attr=name) if name.startswith("_") and not name.startswith("__"):
                read.append((node.lineno, name))
            case ast.FunctionDef(name=name) | ast.Constant(value=str(name)) | ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
    return [
        f"{line}: {name}"
        for line, name in read
        if name not in own | OF_RECORDS | OF_FROZEN_VALUES | OF_STANDARD_LIBRARY
    ]


def test_no_module_reads_private_attributes_of_others() -> None:
    found = {
        path.relative_to(SOURCE).as_posix(): private_reads(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")
    }
    assert {module: reads for module, reads in found.items() if reads} == {}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(api): return api._target", ["1: _target"]),
        ("class A:\n    def f(self): return self._x.y._z", ["2: _z"]),
        ("class A:\n    __slots__ = ('_x',)\n    def same(self, other): return other._x", []),
        ("class A:\n    def _f(self): ...\ndef g(a): a._f()", []),
        ("def f(record): return record._replace(a=1), record.__class__", []),
    ],
)
def test_a_read_of_a_private_attribute_is_found(code: str, expected: list[str]) -> None:
    assert private_reads(code) == expected


#: Packages inside a package, from the lowest: each imports from those before it.
INSIDE = {"gateway": ("arn", "model", "authorizers", "flow")}


def wrong_way_inside(package: str, imports: Mapping[str, set[str]]) -> list[str]:
    """The imports inside a package that lead from a lower part to a higher one, at load or for types."""
    order, prefix = INSIDE[package], f"execpolicy.{package}."
    rank = {module: order.index(module.split(".")[2]) for module in imports if module.startswith(prefix)}
    return [
        f"{module} imports {name}"
        for module in sorted(rank)
        for name in sorted(imports[module])
        if name in rank and rank[name] > rank[module]
    ]


@pytest.mark.parametrize("package", sorted(INSIDE))
def test_packages_inside_a_package_import_in_one_direction(package: str) -> None:
    assert wrong_way_inside(package, imports_between(SOURCE)) == []


def test_an_import_of_a_higher_part_is_found() -> None:
    imports = {
        "execpolicy.gateway.arn.parts": set[str](),
        "execpolicy.gateway.model.route": {"execpolicy.gateway.flow.invoke", "execpolicy.gateway.arn.parts"},
        "execpolicy.gateway.flow.invoke": set[str](),
    }
    found = ["execpolicy.gateway.model.route imports execpolicy.gateway.flow.invoke"]
    assert wrong_way_inside("gateway", imports) == found
