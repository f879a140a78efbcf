"""From a SymPy tree to its tape: common parts once, products for whole powers, cells used again."""

from collections.abc import Iterable, Sequence
from typing import Any

import sympy

from spusk.errors import InputError
from spusk.functions.roots import cbrt
from spusk.functions.tape import Operand, Tape, is_cell

POWER_LIMIT = 64  # whole powers up to here become products
NAMED = {
    sympy.exp: "exp", sympy.log: "log", sympy.Abs: "abs", sympy.sign: "sign", sympy.sin: "sin",
    sympy.cos: "cos", sympy.tan: "tan", sympy.asin: "asin", sympy.acos: "acos",
    sympy.atan: "atan", sympy.sinh: "sinh", sympy.cosh: "cosh", sympy.tanh: "tanh",
}  # fmt: skip


class Writer:
    """Writes a tree's operations in order, each subtree once."""

    def __init__(self, symbols: Sequence[Any]) -> None:
        self.known: dict[Any, Operand] = {symbol: k for k, symbol in enumerate(symbols)}
        self.count = len(symbols)
        self.ops: list[tuple[str, int, tuple[Operand, ...]]] = []

    def put(self, op: str, *operands: Operand) -> int:
        """Writes one operation; the cell that it fills."""
        self.ops.append((op, self.count, operands))
        self.count += 1
        return self.count - 1

    def write(self, tree: Any) -> Operand:  # noqa: ANN401
        """Writes what a tree needs, unless it stands there already; where its value is."""
        if tree not in self.known:
            self.known[tree] = self.fresh(tree)
        return self.known[tree]

    def fresh(self, tree: Any) -> Operand:  # noqa: ANN401
        """Writes a tree that is met for the first time; where its value is."""
        if not tree.free_symbols and tree.is_number:
            return float(tree)
        if tree.is_Add:
            return self.total(tree.args)
        if tree.is_Mul:
            return self.product(tree.args)
        if tree.is_Pow:
            return self.power(tree.base, tree.exp)
        if isinstance(tree, cbrt):
            return self.cube_root(tree.args[0])
        if type(tree) not in NAMED:
            raise InputError.keyed("function.tape", name=type(tree).__name__)
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
            minus = not is_cell(cell) and cell == -1
            cell = self.put("neg", factor) if minus else self.put("mul", factor, cell)
        for part in below:
            divisor = self.write(part)
            one = not is_cell(cell) and cell == 1
            cell = self.put("inv", divisor) if one else self.put("div", cell, divisor)
        return cell

    def cube_root(self, u: Any) -> Operand:  # noqa: ANN401
        """Writes ∛u as sign(u)·|u|^⅓; where it is."""
        size = self.put("pow", self.write(sympy.Abs(u)), 1 / 3)
        return self.put("mul", self.write(sympy.sign(u)), size)

    def power(self, base: Any, exponent: Any) -> Operand:  # noqa: ANN401
        """Writes base^exponent: a root, products for whole powers, else a power; where it is."""
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
    writer = Writer(symbols)
    shared, results = sympy.cse(list(outputs), order="none")
    for symbol, tree in shared:
        writer.known[symbol] = writer.write(tree)
    cells: list[Operand] = []
    for tree in results:
        cell = writer.write(tree)
        shared_cell = is_cell(cell) and (cell < len(symbols) or cell in cells)
        cells.append(writer.put("copy", cell) if shared_cell else cell)
    return reuse(len(symbols), writer.ops, tuple(cells))


def reuse(
    n: int, ops: Sequence[tuple[str, int, tuple[Operand, ...]]], outputs: tuple[Operand, ...]
) -> Tape:
    """Gives a cell whose last use has passed to a later operation: less scratch, warmer cache.

    Outputs keep a cell of their own: the caller may write into them.
    """
    last = {a: k for k, (_, _, operands) in enumerate(ops) for a in operands if is_cell(a)}
    last |= {a: len(ops) for a in outputs if is_cell(a)}
    place: dict[Operand, int] = {k: k for k in range(n)}
    free: list[int] = []
    cells = n
    renamed = []
    for k, (op, target, operands) in enumerate(ops):
        moved = tuple(place[a] if is_cell(a) else a for a in operands)
        for a in {a for a in operands if is_cell(a) and last[a] == k and a >= n}:
            free.append(place[a])
        if not free:
            free.append(cells)
            cells += 1
        place[target] = free.pop()
        renamed.append((op, place[target], moved))
    return Tape(n, cells, tuple(renamed), tuple(place[a] if is_cell(a) else a for a in outputs))


def real(tree: Any) -> Any:  # noqa: ANN401
    """The tree in the tape's operations; NaN where it is a real number nowhere."""

    def asinh(u: Any) -> Any:  # noqa: ANN401
        return sympy.sign(u) * sympy.log(sympy.Abs(u) + sympy.sqrt(u**2 + 1))

    written: dict[Any, Any] = {
        sympy.cot: lambda u: 1 / sympy.tan(u),
        sympy.asinh: asinh,
        sympy.acosh: lambda u: sympy.log(u + sympy.sqrt(u - 1) * sympy.sqrt(u + 1)),
        sympy.atanh: lambda u: (sympy.log(1 + u) - sympy.log(1 - u)) / 2,
        sympy.re: lambda u: u,
    }
    tree = sympy.sympify(tree)
    for kind, others in written.items():
        while tree.has(kind):  # one within another may turn its sign, and stay
            tree = tree.replace(kind, others)
    strange = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)
    return sympy.nan if tree.has(*strange) else tree
