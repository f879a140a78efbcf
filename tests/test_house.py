"""The house: which room may import which, what stays unloaded, what is public."""

import ast
import importlib
import inspect
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import median

import pytest

import spusk

SOURCE = Path(spusk.__file__).parent
NATIVE = Path(__file__).parents[1] / "native"
ROOMS = [  # nothing flows back: a room imports only rooms that stand before it
    "_version",
    "_lazy",
    "i18n",
    "errors",
    "io",
    "display",
    "functions",
    "optim",
    "descent",
    "data",
    "nn",
    "engines",
    "training",
    "parallel",
    "runs",
    "analysis",
    "export",
    "sklearn",
    "lab",
    "plots",
    "cli",
    "__main__",
]
HEAVY = ("matplotlib", "sympy", "torch", "scipy", "PIL", "rich", "click", "starlette", "uvicorn")


def room(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(tree):
    """Names of spusk's rooms that a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = inner if node.module == "spusk" else [node.module]
        else:
            continue
        yield from (n.split(".")[1] for n in names if n.startswith("spusk."))


@cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def modules():
    return [p for p in SOURCE.rglob("*.py") if p != SOURCE / "__init__.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_flow_one_way(path):
    here = room(path)
    assert here in ROOMS, f"{here} is a new room: give it its place in the list"
    for there in imports(parsed(path)):
        if there in ROOMS and there != here:
            assert ROOMS.index(there) < ROOMS.index(here), f"{here} imports {there}"


def called(path):
    """A module's dotted name."""
    parts = ("spusk", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def graph():
    """Module -> the modules it imports, anywhere in it, be it by a string such as 'spusk.plots'."""
    every = {called(path): path for path in SOURCE.rglob("*.py")}
    edges = {}
    for name, path in every.items():
        found = set()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                native = {"spusk._native"} & inner
                found |= inner & every.keys() or native or {node.module}
            elif (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value
            ):
                found.add(node.value)
        edges[name] = (found & every.keys()) - {name}
    return edges


def circles(edges):
    """The groups of modules that come back to themselves: those left when no leaf is left."""
    left = dict(edges)
    while leaves := [name for name in left if not edges[name] & left.keys()]:
        for name in leaves:
            del left[name]
    while tops := [name for name in left if not any(name in left[other] for other in left)]:
        for name in tops:
            del left[name]
    return sorted(left)


def test_no_module_comes_back_to_itself():
    assert circles(graph()) == []


def test_a_circle_is_seen():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert circles(edges) == ["b", "c"]


def test_no_room_imports_another_by_a_string():
    lazily = {"spusk", "spusk.cli", "spusk.data", "spusk.descent", "spusk.nn", "spusk.plots"}
    for path in modules():
        if called(path) in lazily:  # their tables of public names are this room's own modules
            continue
        for node in ast.walk(parsed(path)):
            name = getattr(node, "func", None)
            by_string = isinstance(node, ast.Call) and "import_module" in ast.dump(name)
            assert not by_string or called(path) in ("spusk._lazy", "spusk.engines.native")


def test_no_public_function_bears_the_name_of_a_module():
    """Importing the module would put it in the function's place (`plots.path`)."""
    for name, path in ((called(p), p) for p in SOURCE.rglob("__init__.py")):
        module = importlib.import_module(name)
        inside = {p.stem for p in path.parent.iterdir()} - {"__init__"}
        public = set(getattr(module, "__all__", ()))
        functions = {n for n in public if not inspect.ismodule(getattr(module, n))}
        assert not functions & inside, name


def test_public_names_stay_what_they_are_when_everything_is_loaded():
    said = in_a_fresh_python(
        "import importlib, inspect, pkgutil, spusk\n"
        "before = {n: getattr(spusk, n) for n in spusk.__all__}\n"
        "rooms = [r for r in before.values() if inspect.ismodule(r)]\n"
        "inner = [(r, n, getattr(r, n)) for r in rooms for n in getattr(r, '__all__', ())]\n"
        "for m in pkgutil.walk_packages(spusk.__path__, 'spusk.'):\n"
        "    if m.name != 'spusk.__main__': importlib.import_module(m.name)\n"
        "print(all(getattr(spusk, n) is v for n, v in before.items())\n"
        "      and all(getattr(r, n) is v for r, n, v in inner))"
    )
    assert said.strip() == "True"


WRITTEN = {".py", ".pyi", ".js", ".css", ".html", ".toml", ".cpp", ".hpp", ".md"}


def test_files_and_functions_stay_short():
    lengths = []
    for path in (p for tree in (SOURCE, NATIVE) for p in tree.rglob("*") if p.suffix in WRITTEN):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 350, f"{path.name} has {len(lines)} lines"
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths.append(node.end_lineno - node.lineno + 1)
    assert median(lengths) < 10


def in_a_fresh_python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_import_is_light():
    loaded = in_a_fresh_python("import sys, spusk; print(*sys.modules)")
    assert not set(HEAVY) & set(loaded.split())


def test_training_loads_no_picture_and_no_mathematics():
    loaded = in_a_fresh_python(
        "import sys, spusk; d = spusk.data.load('sample');"
        "n = spusk.Network([784, 5, 10]); spusk.train(n, d.train, rate=3.0, epochs=1);"
        "print(*sys.modules)"
    )
    assert not {"matplotlib", "sympy", "torch", "scipy", "PIL", "rich"} & set(loaded.split())


def test_the_page_as_one_file_needs_no_server():
    loaded = in_a_fresh_python(
        "import sys, spusk; from spusk.lab.formulas.moving import moving_page;"
        "moving_page([spusk.descend('lecture', (0, 0), 0.3)], 'en'); print(*sys.modules)"
    )
    assert not {"starlette", "uvicorn", "matplotlib", "numpy.f2py"} & set(loaded.split())


def test_public_names_are_all_there():
    for name in spusk.__all__:
        assert getattr(spusk, name) is not None
    assert set(dir(spusk)) == set(spusk.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        spusk.nothing  # noqa: B018


SILENT = {"cli", "i18n", "io", "lab"}  # rooms that promise no names


def typed_and_bound(path):
    """(names imported for types alone, all names bound at the top) of a module."""
    tree = parsed(path)
    typed, bound = {}, set()
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                typed |= {alias.asname or alias.name: inner.module for alias in inner.names}
        elif isinstance(node, ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign):
            bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return typed, bound


@pytest.mark.parametrize("path", [SOURCE / "__init__.py", *SOURCE.glob("*/__init__.py")],
                         ids=lambda p: p.parent.name)  # fmt: skip
def test_what_is_public_is_what_is_typed_and_what_is_loaded(path):
    if path.parent.name in SILENT:
        return
    here = importlib.import_module(called(path))
    typed, bound = typed_and_bound(path)
    assert len(here.__all__) == len(set(here.__all__))
    assert set(here.__all__) <= typed.keys() | bound
    assert typed.keys() <= set(here.__all__)
    lazy = getattr(here, "__getattr__", None)
    promised = inspect.getclosurevars(lazy).nonlocals["modules"] if lazy else {}
    assert promised.keys() == typed.keys()
    for name, module in typed.items():
        room_of_it = importlib.import_module(module)
        inner = f"{module}.{name}"
        found = getattr(room_of_it, name, None) or importlib.import_module(inner)
        assert getattr(here, name) is found, name


FORBIDDEN = {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_nothing_runs_text_and_nothing_is_pickled(path):
    tree = parsed(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            assert not {"pickle", "marshal", "shelve", "dill"} & set(names)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
