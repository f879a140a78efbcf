"""Text → SymPy tree, safely: a tokenizer, Python's grammar, and a whitelist.

Nothing of the text is ever executed: it is cut into tokens we know, written again as a plain
expression, parsed (not compiled) by Python's `ast`, and walked node by node. Every number is
also tracked as a float, so that towers such as 9^9^9 are refused before anyone computes them.
"""

import ast
import math
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

import sympy

from spusk.errors import FormulaError
from spusk.functions.remedies import unknown
from spusk.functions.tokens import LONGEST, joined, tokens
from spusk.functions.vocabulary import CONSTANTS, FUNCTIONS, is_variable

DEEPEST, MOST = 24, 250  # nesting, nodes
GROWN = 2000  # nodes as SymPy has them
HIGHEST = 50  # exponent; SymPy takes (complex)^100 apart for over a second
LARGEST = 1e300


class Node(NamedTuple):
    """A part of the tree: as SymPy, and as a float where it has no variable."""

    tree: Any
    value: float | None


def parse(text: str) -> tuple[Any, tuple[str, ...]]:
    """The SymPy tree of a formula and the variables written in it, in order.

    Symbols are real. x1, x3 mean x1, x2, x3. Raises FormulaError with the column.
    """
    tree, places = grammar(text)
    reader = Reader(places)
    expression = reader.read(tree).tree
    return expression, variables(reader.names)


def grammar(text: str) -> tuple[ast.expr, list[int]]:
    """A formula in Python's grammar, as it was typed, and the columns it comes from.

    Raises FormulaError with the column.
    """
    if not isinstance(text, str) or not text.strip():
        raise FormulaError.at_column("empty", 0)
    if len(text) > LONGEST:
        raise FormulaError.at_column("long", LONGEST, found=len(text), limit=LONGEST)
    found = tokens(text)
    if not found:
        raise FormulaError.at_column("empty", 0)
    line, places = joined(found)
    try:
        return ast.parse(line, mode="eval").body, places
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = (getattr(error, "offset", None) or len(line)) - 1
        place = places[min(max(column, 0), len(places) - 1)] if places else 0
        raise FormulaError.at_column("broken", place) from None


def variables(names: set[str]) -> tuple[str, ...]:
    """The variables in order; gaps among x1 … xn are filled. Raises FormulaError for a mixture."""
    numbered = {name for name in names if len(name) > 1}
    if not numbered:
        return tuple(sorted(names))
    if numbered != names:
        raise FormulaError.at_column("mixed", 0, names=", ".join(sorted(names)))
    return tuple(f"x{k}" for k in range(1, 1 + max(int(name[1:]) for name in names)))


class Reader:
    """Walks Python's tree and builds SymPy's, with caps on depth, size and numbers."""

    def __init__(self, places: list[int]) -> None:
        self.places, self.count = places, 0
        self.names: set[str] = set()

    def fail(self, node: ast.AST, key: str, **values: object) -> FormulaError:
        """An error that knows its column."""
        return FormulaError.at_column(key, self.place(node), **values)

    def place(self, node: ast.AST) -> int:
        """The column of the text that a node begins in."""
        return self.places[min(int(getattr(node, "col_offset", 0)), len(self.places) - 1)]

    def read(self, node: ast.expr, depth: int = 0) -> Node:
        """One node and all below it."""
        self.count += 1
        if depth > DEEPEST or self.count > MOST:
            raise self.fail(node, "deep", levels=DEEPEST, parts=MOST)
        match node:
            case ast.Constant(value=int() | float() as number):
                made = self.number(node, number)
            case ast.Name(id=name):
                made = self.name(node, name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=inner):
                part = self.read(inner, depth + 1)
                sign = -1 if isinstance(op, ast.USub) else 1
                made = Node(sign * part.tree, None if part.value is None else sign * part.value)
            case ast.BinOp(left=a, op=op, right=b):
                made = self.operation(node, op, self.read(a, depth), self.read(b, depth + 1))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
                made = self.call(node, name, self.read(argument, depth + 1))
            case _:
                raise self.fail(node, "no_formula")
        return self.sound(node, made)

    def number(self, node: ast.expr, number: float) -> Node:
        """Whole numbers stay exact, 2.0 too; other decimals are the doubles they are written as."""
        if isinstance(number, bool) or not abs(number) < LARGEST:
            raise self.fail(node, "large_number", limit=LARGEST)
        value = float(number)
        exact = value.is_integer() and abs(value) < 10**15
        return Node(sympy.Integer(int(number)) if exact else sympy.Float(value), value)

    def name(self, node: ast.expr, name: str) -> Node:
        """A variable or a constant. Raises FormulaError with the nearest name that exists."""
        if name in CONSTANTS:
            return Node(*CONSTANTS[name])
        if is_variable(name):
            self.names.add(name)
            return Node(sympy.Symbol(name, real=True), None)
        if name in FUNCTIONS:
            raise self.fail(node, "needs_brackets", name=name)
        raise unknown(name, self.place(node))

    def call(self, node: ast.expr, name: str, part: Node) -> Node:
        """A function of the table."""
        if name not in FUNCTIONS:
            argument = ast.unparse(node.args[0]).replace("**", "^")  # type: ignore[attr-defined]
            raise unknown(name, self.place(node), argument)
        known = FUNCTIONS[name]
        value = None if part.value is None else self.float(node, known.value, part.value)
        return Node(known.symbolic(part.tree), value)

    def operation(self, node: ast.expr, op: ast.operator, a: Node, b: Node) -> Node:
        """+ − · / and powers, refused where the numbers say they cannot be."""
        both = (a.value, b.value) if a.value is not None and b.value is not None else None
        match op:
            case ast.Add():
                tree, value = a.tree + b.tree, both and both[0] + both[1]
            case ast.Sub():
                tree, value = a.tree - b.tree, both and both[0] - both[1]
            case ast.Mult():
                tree, value = a.tree * b.tree, both and both[0] * both[1]
            case ast.Div():
                if b.tree == 0 or b.value == 0:
                    raise self.fail(node, "division")
                tree, value = (
                    a.tree / b.tree,
                    both and self.float(node, lambda x: x / both[1], both[0]),
                )
            case ast.Pow():
                if b.value is not None and abs(b.value) > HIGHEST:
                    raise self.fail(node, "exponent", limit=HIGHEST, found=b.value)
                if a.tree == 0 and (b.value or 0) < 0:
                    raise self.fail(node, "division")
                if b.value is None and (a.tree == 0 or (a.value is not None and a.value < 0)):
                    raise self.fail(node, "base")
                power = b.value is not None and not b.value.is_integer()
                if power and a.value is None and a.tree.is_negative:
                    raise self.fail(node, "unreal")  # wherever one looks
                value = both and self.float(node, lambda x: x ** both[1], both[0])
                tree = a.tree**b.tree
            case _:
                raise self.fail(node, "operation")
        return Node(tree, value)

    def float(self, node: ast.expr, work: Callable[[float], Any], x: float) -> float:
        """A number of numbers, or an error that says it is none."""
        try:
            value = work(x)
        except (ValueError, ZeroDivisionError):
            value = math.nan
        except OverflowError:
            value = math.inf
        if isinstance(value, complex) or not abs(value) < LARGEST:
            raise self.fail(node, "unreal_number")
        return float(value)

    def sound(self, node: ast.expr, made: Node) -> Node:
        """The node, if SymPy found nothing unreal in it; long exact numbers become floats."""
        tree = made.tree
        if sum(1 for _ in islice(sympy.preorder_traversal(tree), GROWN + 1)) > GROWN:
            raise self.fail(node, "deep", levels=DEEPEST, parts=MOST)
        if made.value is not None:
            if not abs(made.value) < LARGEST:
                raise self.fail(node, "unreal_number")
            if tree.is_Rational and max(abs(tree.p), tree.q) > 10**15:
                tree = sympy.Float(made.value)
        if tree.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
            raise self.fail(node, "unreal")
        return Node(tree, made.value)
