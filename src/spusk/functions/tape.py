"""A formula as plain data: a straight row of operations that needs no interpreter of text.

A Tape runs in NumPy over blocks of points with scratch that stays in cache, and goes to a browser
as JSON. Cells 0 … n−1 are the variables; each operation writes one further cell.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

import numpy as np
import sympy
from numpy.typing import NDArray

from spusk.errors import InputError

Floats = NDArray[np.floating[Any]]
POWER_LIMIT = 64  # whole powers up to here become products

ONE: dict[str, Any] = {  # of one operand
    "neg": np.negative, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "abs": np.abs,
    "sign": np.sign, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "inv": np.reciprocal, "copy": np.positive,
}  # fmt: skip
TWO: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
}  # fmt: skip
NATIVE = ("add", "sub", "mul", "div", "neg", "sqrt", "abs", "inv", "copy")  # as native/tape.hpp
NAMED = {
    sympy.exp: "exp", sympy.log: "log", sympy.Abs: "abs", sympy.sign: "sign", sympy.sin: "sin",
    sympy.cos: "cos", sympy.tan: "tan", sympy.asin: "asin", sympy.acos: "acos",
    sympy.atan: "atan", sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.tanh: "tanh",
}  # fmt: skip
Operand = int | float  # a cell, or a constant


@dataclass(frozen=True)
class Tape:
    """`ops` rows are (name, target cell, operands); `outputs` are cells or constants."""

    n: int
    cells: int  # after cells whose last use has passed were given to others
    ops: tuple[tuple[str, int, tuple[Operand, ...]], ...]
    outputs: tuple[Operand, ...]

    def data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return asdict(self)

    def walker(self) -> "Walker | None":
        """The tape as numbers for the native part; None where it is not built, or not enough."""
        try:
            from spusk import _native
        except ImportError:
            return None
        if any(op not in NATIVE for op, _, _ in self.ops) or len(self.outputs) != self.n:
            return None
        return Walker(self, _native.walk)

    def bind(self, points: Sequence[Floats]) -> Callable[[], list[Floats]]:
        """A function without arguments that reads these n arrays (B,) and gives the outputs.

        The outputs are its own scratch: valid until the next call; the caller may write into them.
        """
        kind, count = points[0].dtype.type, len(points[0])
        pool = np.empty((self.cells - self.n, count), kind)
        cells = [*points, *pool]
        functions = ONE | TWO
        calls = [
            (functions[op], [cells[a] if _cell(a) else kind(a) for a in operands], cells[target])
            for op, target, operands in self.ops
        ]
        outputs = [cells[a] if _cell(a) else np.empty(count, kind) for a in self.outputs]
        numbers = [(k, a) for k, a in enumerate(self.outputs) if not _cell(a)]

        def run() -> list[Floats]:
            for call, operands, out in calls:
                call(*operands, out)
            for k, number in numbers:
                outputs[k][...] = number
            return outputs

        return run


class Walker:
    """Steps of x ← x − η∇f by the native part, with NumPy's very numbers."""

    def __init__(self, tape: Tape, walk: Callable[..., None]) -> None:
        self.walk = walk
        numbers = {a for _, _, operands in tape.ops for a in operands if not _cell(a)}
        numbers |= {a for a in tape.outputs if not _cell(a)}
        self.numbers = sorted(numbers)
        self.cells = tape.cells + len(self.numbers)
        place = {number: tape.cells + k for k, number in enumerate(self.numbers)}
        rows = [
            (NATIVE.index(op), target, *(a if _cell(a) else place[a] for a in (*ins, *ins)[:2]))
            for op, target, ins in tape.ops
        ]
        self.ops = np.array(rows, np.int32).reshape(-1, 4)
        self.outputs = np.array([a if _cell(a) else place[a] for a in tape.outputs], np.int32)

    def __call__(self, x: Floats, first: int, eta: Any, **ends: Any) -> None:  # noqa: ANN401
        """Descents from the starts x (S, n), beginning with the first-th and going round.

        η is one number, or one for each descent; `ends` is what native/tape.hpp's Ends holds,
        and steps.
        """
        constants = np.array(self.numbers, x.dtype)
        rates = np.array(eta, x.dtype).reshape(-1)
        isa = os.environ.get("SPUSK_ISA", "")
        self.walk(self.ops, self.outputs, constants, self.cells, x, first, rates, isa=isa, **ends)


def _cell(operand: Operand) -> TypeGuard[int]:
    return isinstance(operand, int)


class _Writer:
    """Writes a tree's operations in order, each subtree once."""

    def __init__(self, symbols: Sequence[Any]) -> None:
        self.known: dict[Any, Operand] = {symbol: k for k, symbol in enumerate(symbols)}
        self.count = len(symbols)
        self.ops: list[tuple[str, int, tuple[Operand, ...]]] = []

    def put(self, op: str, *operands: Operand) -> int:
        self.ops.append((op, self.count, operands))
        self.count += 1
        return self.count - 1

    def write(self, tree: Any) -> Operand:  # noqa: ANN401
        if tree not in self.known:
            self.known[tree] = self.fresh(tree)
        return self.known[tree]

    def fresh(self, tree: Any) -> Operand:  # noqa: ANN401
        if not tree.free_symbols and tree.is_number:
            return float(tree)
        if tree.is_Add:
            return self.total(tree.args)
        if tree.is_Mul:
            return self.product(tree.args)
        if tree.is_Pow:
            return self.power(tree.base, tree.exp)
        if type(tree) not in NAMED:
            raise InputError(f"tape: no operation for {type(tree).__name__}")
        return self.put(NAMED[type(tree)], self.write(tree.args[0]))

    def total(self, parts: Iterable[Any]) -> Operand:
        """A sum: numbers last, terms with a minus subtracted."""
        parts = sorted(parts, key=lambda p: (p.is_number, p.could_extract_minus_sign()))
        cell = self.write(parts[0])
        for part in parts[1:]:
            if not part.is_number and part.could_extract_minus_sign():
                cell = self.put("sub", cell, self.write(-part))
            else:
                cell = self.put("add", cell, self.write(part))
        return cell

    def product(self, parts: Iterable[Any]) -> Operand:
        """A product: the number first as a factor, negative powers as divisors."""
        above = [p for p in parts if not (p.is_Pow and p.exp.is_number and p.exp.is_negative)]
        below = [1 / p for p in parts if p.is_Pow and p.exp.is_number and p.exp.is_negative]
        above.sort(key=lambda p: not p.is_number)
        above = above or [sympy.Integer(1)]
        cell = self.write(above[0])
        for part in above[1:]:
            factor = self.write(part)
            minus = not _cell(cell) and cell == -1
            cell = self.put("neg", factor) if minus else self.put("mul", factor, cell)
        for part in below:
            divisor = self.write(part)
            one = not _cell(cell) and cell == 1
            cell = self.put("inv", divisor) if one else self.put("div", cell, divisor)
        return cell

    def power(self, base: Any, exponent: Any) -> Operand:  # noqa: ANN401
        if exponent == sympy.Rational(1, 2):
            return self.put("sqrt", self.write(base))
        if exponent.is_Integer and abs(int(exponent)) <= POWER_LIMIT:
            whole = int(exponent)
            if whole < 0:
                return self.put("inv", self.write(base**-whole))
            half = self.write(base ** (whole // 2))
            square = self.put("mul", half, half)
            return self.put("mul", square, self.write(base)) if whole % 2 else square
        return self.put("pow", self.write(base), self.write(exponent))


def tape(symbols: Sequence[Any], outputs: Sequence[Any]) -> Tape:
    """The tape of several SymPy trees, common parts computed once. InputError: no such operation.

    The trees are those that the whitelist built, and their derivatives.
    """
    writer = _Writer(symbols)
    shared, results = sympy.cse(list(outputs), order="none")
    for symbol, tree in shared:
        writer.known[symbol] = writer.write(tree)
    cells: list[Operand] = []
    for tree in results:
        cell = writer.write(tree)
        shared_cell = _cell(cell) and (cell < len(symbols) or cell in cells)
        cells.append(writer.put("copy", cell) if shared_cell else cell)
    return reuse(len(symbols), writer.ops, tuple(cells))


def reuse(
    n: int, ops: Sequence[tuple[str, int, tuple[Operand, ...]]], outputs: tuple[Operand, ...]
) -> Tape:
    """Gives a cell whose last use has passed to a later operation: less scratch, warmer cache.

    Outputs keep a cell of their own: the caller may write into them.
    """
    last = {a: k for k, (_, _, operands) in enumerate(ops) for a in operands if _cell(a)}
    last |= {a: len(ops) for a in outputs if _cell(a)}
    place: dict[Operand, int] = {k: k for k in range(n)}
    free: list[int] = []
    cells = n
    renamed = []
    for k, (op, target, operands) in enumerate(ops):
        moved = tuple(place[a] if _cell(a) else a for a in operands)
        for a in {a for a in operands if _cell(a) and last[a] == k and a >= n}:
            free.append(place[a])
        if not free:
            free.append(cells)
            cells += 1
        place[target] = free.pop()
        renamed.append((op, place[target], moved))
    return Tape(n, cells, tuple(renamed), tuple(place[a] if _cell(a) else a for a in outputs))
