"""The house: which room may import which, what stays unloaded, what is public."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import spusk

SOURCE = Path(spusk.__file__).parent
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
    "plots",
    "export",
    "sklearn",
    "lab",
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


def modules():
    return [p for p in SOURCE.rglob("*.py") if p != SOURCE / "__init__.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_flow_one_way(path):
    here = room(path)
    assert here in ROOMS, f"{here} is a new room: give it its place in the list"
    for there in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if there in ROOMS and there != here:
            assert ROOMS.index(there) < ROOMS.index(here), f"{here} imports {there}"


def in_a_fresh_python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_import_is_light():
    said = in_a_fresh_python(
        "import sys, time; t = time.perf_counter(); import spusk; "
        "print(time.perf_counter() - t); print(*sys.modules)"
    )
    seconds, loaded = said.splitlines()
    assert float(seconds) < 0.2
    assert not set(HEAVY) & set(loaded.split())


def test_training_loads_no_picture_and_no_mathematics():
    loaded = in_a_fresh_python(
        "import sys, spusk; d = spusk.data.load('sample');"
        "n = spusk.Network([784, 5, 10]); spusk.train(n, d.train, 3.0, epochs=1);"
        "print(*sys.modules)"
    )
    assert not {"matplotlib", "sympy", "torch", "scipy", "PIL", "rich"} & set(loaded.split())


def test_public_names_are_all_there():
    for name in spusk.__all__:
        assert getattr(spusk, name) is not None
    assert set(dir(spusk)) == set(spusk.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        spusk.nothing  # noqa: B018


FORBIDDEN = {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_nothing_runs_text_and_nothing_is_pickled(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            assert not {"pickle", "marshal", "shelve", "dill"} & set(names)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
