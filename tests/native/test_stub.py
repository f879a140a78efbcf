"""_native.pyi says what the built module has: nanobind, asked for a stub, says the same."""

import ast
from pathlib import Path

import pytest

import spusk
from spusk.engines import native

STUB = Path(spusk.__file__).with_name("_native.pyi")


def signatures(text):
    """Name -> its parameters and what it returns; properties too. Finer types than nanobind's pass:
    of a parameter only the name is taken, of what is returned only the outermost type."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef):
            owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    found[owner + part.name] = signature(part)
    return found


def signature(function):
    fixed = len(function.args.posonlyargs)  # these have no names from outside
    names = [argument.arg for argument in function.args.args]
    returned = ast.unparse(function.returns).split("[")[0]
    properties = [ast.unparse(decorator) for decorator in function.decorator_list]
    return fixed, names, returned, "property" in properties


@pytest.mark.skipif(not native.available(), reason="native part not built")
def test_the_stub_is_the_module():
    stubgen = pytest.importorskip("nanobind.stubgen")
    generated = stubgen.StubGen(native._native)
    generated.put(native._native)
    assert signatures(STUB.read_text(encoding="utf-8")) == signatures(generated.get())


def test_a_parameter_that_is_missing_is_seen():
    text = STUB.read_text(encoding="utf-8")
    assert signatures(text) != signatures(text.replace("    tolerance: float,\n", ""))
    assert signatures(text) != signatures(text.replace("rates: NDArray[Any], taken", "taken"))
    assert signatures(text) != signatures(text.replace("-> str", "-> bytes"))
