"""Text → SymPy tree, safely: a tokenizer, Python's grammar, and a whitelist.

Nothing of the text is ever executed: it is cut into tokens we know, written again as a plain
expression, parsed (not compiled) by Python's `ast`, and walked node by node. Every number is
also tracked as a float, so that towers such as 9^9^9 are refused before anyone computes them.
"""

import ast
import difflib
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sympy

from spusk.errors import FormulaError

LONGEST, DEEPEST, MOST = 500, 24, 250  # characters, nesting, nodes
HIGHEST = 50  # exponent; SymPy takes (complex)^100 apart for over a second
LARGEST = 1e300
ALIKE = str.maketrans("хХуУеЕсСаАоОрРкКтТ", "xXyYeEcCaAoOpPkKtT")  # Cyrillic that looks Latin
SIGNS = {
    "·": "*", "×": "*", "⋅": "*", "∙": "*", "−": "-", "–": "-", "÷": "/", "^": "**",
    "π": "pi", "√": "sqrt",
}  # fmt: skip
LOW = {c: str(k) for k, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}
HIGH = {c: str(k) for k, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
TOKEN = re.compile(
    r"(?P<number>(\d+([.,]\d+)?|\.\d+)([eE][+-]?\d+)?|\d+\.)|(?P<name>[A-Za-z]\w*)"
    r"|(?P<power>\*\*)|(?P<sign>[-+*/])|(?P<open>\()|(?P<close>\))|(?P<space>\s+)",
    re.ASCII,
)


class Known(NamedTuple):
    """A function of one number: how SymPy says it, and how floats do."""

    symbolic: Callable[[Any], Any]
    value: Callable[[float], float]


def _lg(x: Any) -> Any:  # noqa: ANN401
    return sympy.log(x) / sympy.log(10)


def _log2(x: Any) -> Any:  # noqa: ANN401
    return sympy.log(x) / sympy.log(2)


_TABLE: tuple[tuple[str, Callable[[Any], Any], Callable[[float], float]], ...] = (
    ("sin", sympy.sin, math.sin),
    ("cos", sympy.cos, math.cos),
    ("tan tg", sympy.tan, math.tan),
    ("cot ctg", sympy.cot, lambda x: 1 / math.tan(x)),
    ("asin arcsin", sympy.asin, math.asin),
    ("acos arccos", sympy.acos, math.acos),
    ("atan arctan arctg", sympy.atan, math.atan),
    ("acot arccot arcctg", sympy.acot, lambda x: math.atan(1 / x)),
    ("sinh sh", sympy.sinh, math.sinh),
    ("cosh ch", sympy.cosh, math.cosh),
    ("tanh th", sympy.tanh, math.tanh),
    ("asinh arsinh arsh", sympy.asinh, math.asinh),
    ("acosh arcosh arch", sympy.acosh, math.acosh),
    ("atanh artanh arth", sympy.atanh, math.atanh),
    ("exp", sympy.exp, math.exp),
    ("ln log", sympy.log, math.log),
    ("lg log10", _lg, math.log10),
    ("log2", _log2, math.log2),
    ("sqrt", sympy.sqrt, math.sqrt),
    ("cbrt", lambda x: sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3), math.cbrt),
    ("abs", sympy.Abs, abs),
    ("sign sgn", sympy.sign, lambda x: math.copysign(1, x) if x else 0.0),
)
FUNCTIONS = {name: Known(s, v) for names, s, v in _TABLE for name in names.split()}
CONSTANTS = {"pi": (sympy.pi, math.pi), "e": (sympy.E, math.e), "E": (sympy.E, math.e)}


class Node(NamedTuple):
    """A part of the tree: as SymPy, and as a float where it has no variable."""

    tree: Any
    value: float | None


class Token(NamedTuple):
    """A piece of the text and the column it stands in."""

    kind: str
    text: str
    place: int


def tokens(text: str) -> list[Token]:
    """The text as known pieces. Raises FormulaError at the first unknown one."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char in HIGH:
            end = place + 1
            while end < len(text) and text[end] in HIGH:
                end += 1
            found.append(Token("power", "**", place))
            found.append(Token("number", "".join(HIGH[c] for c in text[place:end]), place))
            place = end
        elif char in SIGNS:
            word = SIGNS[char]
            kind = "power" if word == "**" else "name" if word.isalpha() else "sign"
            found.append(Token(kind, word, place))
            place += 1
        else:
            place = word_at(text, place, found)
    return found


def word_at(text: str, place: int, found: list[Token]) -> int:
    """Adds the token at a place; returns the place after it. Raises FormulaError."""
    latin = "".join(LOW.get(c, c) for c in text[place : place + LONGEST]).translate(ALIKE)
    match = TOKEN.match(latin)
    if match is None:
        raise FormulaError(unknown_sign(text, place), place)
    kind = str(match.lastgroup)
    word = match.group(kind)
    if kind == "number":
        word = word.replace(",", ".")
    if kind != "space":
        found.append(Token(kind, word, place))
    return place + match.end()


def unknown_sign(text: str, place: int) -> str:
    """What to write instead of a sign that means nothing here."""
    char = text[place]
    hint = {
        ",": "write a decimal mark between digits (0,5 or 0.5); functions take one number",
        "|": "write abs(x)",
        "=": "write the function alone, without f(x) =",
        "[": "use round brackets",
        "{": "use round brackets",
        "!": "factorials are not differentiable",
    }.get(char, "use numbers, x, y, z or x1, x2, …, + - * / ^ ( ) and functions such as sin")
    return f"formula: {char!r} at column {place + 1} means nothing here; {hint}"


def joined(pieces: Sequence[Token]) -> tuple[str, list[int]]:
    """The pieces as one expression of Python's grammar, with left-out products put in.

    Also the column of the text that each character comes from.
    """
    text, places = "", []
    for k, piece in enumerate(pieces):
        word = piece.text
        if k and leaves_out_product(pieces[k - 1], piece):
            word = "*" + word
        text += word
        places += [piece.place] * len(word)
    return text, places


def leaves_out_product(left: Token, right: Token) -> bool:
    """2x, 2(x), (x)(y), (x)y; but sin x and x(y) are refused with what to write."""
    if left.kind in ("number", "close") and right.kind in ("name", "open"):
        return True
    if left.kind == "name" and right.kind == "open" and is_variable(left.text):
        raise FormulaError(
            f"formula: {left.text}( at column {left.place + 1} is no function; "
            f"write {left.text}*( for a product",
            left.place,
        )
    if left.kind in ("name", "number", "close") and right.kind in ("name", "number"):
        remedy = (
            f"{left.text}({right.text})" if left.text in FUNCTIONS else f"{left.text}*{right.text}"
        )
        raise FormulaError(
            f"formula: two things side by side at column {right.place + 1}; write {remedy}",
            right.place,
        )
    return False


def is_variable(name: str) -> bool:
    """x, y, z, x1 … x100, or a constant: a thing that stands alone."""
    return name in CONSTANTS or re.fullmatch(r"[xyz]|x([1-9]\d?|100)", name) is not None


def parse(text: str) -> tuple[Any, tuple[str, ...]]:
    """The SymPy tree of a formula and the variables written in it, in order.

    Symbols are real. x1, x3 mean x1, x2, x3. Raises FormulaError with the column.
    """
    if not isinstance(text, str) or not text.strip():
        raise FormulaError("formula: it is empty; write for example x1^2 + 2*x2^2", 0)
    if len(text) > LONGEST:
        raise FormulaError(
            f"formula: {len(text)} characters, at most {LONGEST} are read; shorten it", LONGEST
        )
    line, places = joined(tokens(text))
    try:
        tree = ast.parse(line, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = (getattr(error, "offset", None) or len(line)) - 1
        place = places[min(max(column, 0), len(places) - 1)] if places else 0
        raise FormulaError(
            f"formula: it breaks off or does not fit together at column {place + 1}; "
            "look for a missing bracket or sign",
            place,
        ) from None
    reader = Reader(places)
    expression = reader.read(tree.body).tree
    return expression, variables(reader.names)


def variables(names: set[str]) -> tuple[str, ...]:
    """The variables in order; gaps among x1 … xn are filled. Raises FormulaError for a mixture."""
    numbered = {name for name in names if len(name) > 1}
    if not numbered:
        return tuple(sorted(names))
    if numbered != names:
        raise FormulaError(
            f"formula: {', '.join(sorted(names))} mix two ways to name variables; "
            "use x, y, z or x1, x2, …",
            0,
        )
    return tuple(f"x{k}" for k in range(1, 1 + max(int(name[1:]) for name in names)))


class Reader:
    """Walks Python's tree and builds SymPy's, with caps on depth, size and numbers."""

    def __init__(self, places: list[int]) -> None:
        self.places, self.count = places, 0
        self.names: set[str] = set()

    def fail(self, node: ast.AST, what: str) -> FormulaError:
        """An error that knows its column."""
        place = self.places[min(int(getattr(node, "col_offset", 0)), len(self.places) - 1)]
        return FormulaError(f"formula: {what} (column {place + 1})", place)

    def read(self, node: ast.expr, depth: int = 0) -> Node:
        """One node and all below it."""
        self.count += 1
        if depth > DEEPEST or self.count > MOST:
            raise self.fail(
                node, f"at most {DEEPEST} levels and {MOST} parts are read; simplify it"
            )
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
                raise self.fail(node, "a part that is no formula; functions take one number")
        return self.sound(node, made)

    def number(self, node: ast.expr, number: float) -> Node:
        """Whole numbers stay exact; decimals are the doubles they are written as."""
        if isinstance(number, bool) or not abs(number) < LARGEST:
            raise self.fail(node, f"a number too large, at most {LARGEST:g}")
        exact = isinstance(number, int) and abs(number) < 10**15
        return Node(sympy.Integer(number) if exact else sympy.Float(float(number)), float(number))

    def name(self, node: ast.expr, name: str) -> Node:
        """A variable or a constant. Raises FormulaError with the nearest name that exists."""
        if name in CONSTANTS:
            return Node(*CONSTANTS[name])
        if is_variable(name):
            self.names.add(name)
            return Node(sympy.Symbol(name, real=True), None)
        if name in FUNCTIONS:
            raise self.fail(node, f"{name} needs brackets; write {name}(x)")
        near = difflib.get_close_matches(name, [*FUNCTIONS, *CONSTANTS, "x", "y", "z", "x1"], 1)
        letters = [c for c in name if c in "xyz"]
        if len(letters) == len(name):
            near = ["*".join(name)]
        meant = f"did you mean {near[0]}?" if near else "use x, y, z or x1, x2, …"
        raise self.fail(node, f"unknown name {name!r}; {meant}")

    def call(self, node: ast.expr, name: str, part: Node) -> Node:
        """A function of the table."""
        if name not in FUNCTIONS:
            near = difflib.get_close_matches(name, FUNCTIONS, 1)
            meant = f"did you mean {near[0]}?" if near else f"known: {', '.join(FUNCTIONS)}"
            raise self.fail(node, f"unknown function {name!r}; {meant}")
        known = FUNCTIONS[name]
        if part.value is None:
            return Node(known.symbolic(part.tree), None)
        return Node(known.symbolic(part.tree), self.float(node, known.value, part.value))

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
                    raise self.fail(node, "division by zero")
                tree, value = (
                    a.tree / b.tree,
                    both and self.float(node, lambda x: x / both[1], both[0]),
                )
            case ast.Pow():
                if b.value is not None and abs(b.value) > HIGHEST:
                    raise self.fail(node, f"exponents go up to {HIGHEST}, found {b.value:g}")
                if a.tree == 0 and (b.value or 0) < 0:
                    raise self.fail(node, "division by zero")
                if b.value is None and (a.tree == 0 or (a.value is not None and a.value < 0)):
                    raise self.fail(
                        node, "zero or a negative number to a variable power is not real; use exp"
                    )
                value = both and self.float(node, lambda x: x ** both[1], both[0])
                tree = a.tree**b.tree
            case _:
                raise self.fail(node, "an operation that is not + - * / ^")
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
            raise self.fail(node, "a number that is not real, or too large")
        return float(value)

    def sound(self, node: ast.expr, made: Node) -> Node:
        """The node, if SymPy found nothing unreal in it; long exact numbers become floats."""
        tree = made.tree
        if made.value is not None:
            if not abs(made.value) < LARGEST:
                raise self.fail(node, "a number that is not real, or too large")
            if tree.is_Rational and max(abs(tree.p), tree.q) > 10**15:
                tree = sympy.Float(made.value)
        if tree.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
            raise self.fail(node, "this is not a real number anywhere")
        return Node(tree, made.value)
