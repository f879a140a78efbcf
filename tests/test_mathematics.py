"""Mathematics has its rooms: formulas stand there, and who serves or keeps only asks for them."""

import ast

from tests.test_house import SOURCE, graph, modules, parsed, room

MATHEMATICS = {"functions", "optim", "nn", "analysis", "descent"}
ELSEWHERE = {  # formulas of another subject, each where its subject is
    "data/digit.py",  # the paper's brightness as a plane
    "data/images.py",  # how many pixels are bright
    "data/preprocessing.py",  # the deviation of a column
    "plots/basin_maps.py",  # shades on a logarithm
    "training/nothing_learned.py",  # how far the steps went
    "training/health.py",  # what slopes and norms say of a training
}
FORMULAS = {
    "linalg", "fft", "dot", "vdot", "inner", "outer", "matmul", "tensordot", "einsum", "gradient",
    "power", "sqrt", "cbrt", "hypot", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p",
    *(f"{arc}{name}{h}" for arc in ("", "a", "arc") for name in ("sin", "cos", "tan")
      for h in ("", "h")),
}  # fmt: skip
SOLVERS = {
    f"spusk.{name}"
    for name in (
        "functions.critical", "functions.derivative", "functions.differences", "functions.minima",
        "functions.symbolic", "functions.tape", "functions.trace", "functions.writer",
        "nn.backprop", "optim.line_search",
    )
}  # fmt: skip


def formulas(tree):
    """Where a module computes what is a formula: (line, by what)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            yield node.lineno, "@"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("np", "numpy", "math") and node.attr in FORMULAS:
                yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name for alias in node.names}
            of_numbers = node.module in ("math", "numpy") and names & FORMULAS
            solver = (
                node.module.split(".")[0] in ("scipy", "sympy") or node.module == "numpy.linalg"
            )
            if of_numbers or solver:
                yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            yield from ((node.lineno, n) for n in names if n.split(".")[0] in ("scipy", "sympy"))


def test_formulas_stand_in_the_rooms_of_mathematics():
    found = {}
    for path in modules():
        if room(path) not in MATHEMATICS:
            here = list(formulas(parsed(path)))
            found |= {path.relative_to(SOURCE).as_posix(): here} if here else {}
    assert {name: here for name, here in found.items() if name not in ELSEWHERE} == {}
    assert set(found) == ELSEWHERE, "an exception that is none any more"


def test_a_formula_is_seen():
    text = (
        "import sympy\nfrom math import isfinite, tanh\nz = W @ a\nnp.linalg.norm(z)\nmath.exp(1)"
    )
    seen = [(1, "sympy"), (2, "math"), (3, "@"), (4, "linalg"), (5, "exp")]
    assert sorted(formulas(ast.parse(text))) == seen
    assert list(formulas(ast.parse("from math import isfinite\nnp.isfinite(z)"))) == []


def test_who_serves_keeps_and_reads_solves_nothing():
    serving = ("cli", "io", "i18n", "runs", "data", "lab.server", "lab.runs")
    for name, there in graph().items():
        if name.startswith(tuple(f"spusk.{place}" for place in serving)):
            assert not there & SOLVERS, name
