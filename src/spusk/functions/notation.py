"""Formulas as people write them, from Python's grammar, in English and Russian.

The text reads back as the same formula, in both languages.
"""

import ast
from abc import ABC, abstractmethod
from typing import NamedTuple

from spusk.functions.characters import SUPERSCRIPT
from spusk.functions.vocabulary import FUNCTIONS

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly a part holds together
MINUS = "\N{MINUS SIGN}"
LONG, LARGEST = 10**15, 10**300  # whole numbers between are read as decimals


class Part(NamedTuple):
    """A part of a formula as it is written.

    minus: whether a minus leads it; head: a function's name, where a power may follow it.
    """

    text: str
    level: int
    minus: bool = False
    head: str = ""


class Notation(ABC):
    """What text, LaTeX and MathML have in common: the order of the parts, and their brackets."""

    mark = ","  # the Russian decimal mark

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, formula: ast.expr) -> str:
        """The whole formula."""
        return self.write(formula).text

    def write(self, node: ast.expr) -> Part:
        """A node and all below it."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(*self.decimal(value))
            case ast.Name(id=name):
                return Part(self.name("e" if name == "E" else name), ATOM)
            case ast.UnaryOp(op=op, operand=inner):
                part = self.write(inner)
                return part if isinstance(op, ast.UAdd) else self.negative(self.held(part, PRODUCT))
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self.call(name, self.write(argument))
            case ast.BinOp(left=left, op=ast.Div() as op, right=right) if top := opposite(left):
                return self.negative(self.operation(op, self.write(top), self.write(right)))
            case ast.BinOp(left=left, op=op, right=right):
                return self.operation(op, self.write(left), self.write(right))
        raise TypeError(f"no formula has a {type(node).__name__}")

    def operation(self, op: ast.operator, left: Part, right: Part) -> Part:
        """A sum, difference, product, quotient or power of two parts."""
        match op:
            case ast.Add() | ast.Sub():
                plus = isinstance(op, ast.Add)
                return self.sum(left, self.held(right, SUM if plus else PRODUCT), plus=plus)
            case ast.Mult():
                return self.product(self.tight(left), self.held(right, POWER))
            case ast.Div():
                return self.quotient(left, right)
            case _:
                return self.power(left, right)

    def held(self, part: Part, level: int) -> Part:
        """The part, in brackets where it holds less tightly or a minus leads it."""
        return part if part.level >= level and not part.minus else self.bracketed(part)

    def tight(self, part: Part) -> Part:
        """The part, in brackets where it is a sum; a minus may lead it."""
        return part if part.level >= PRODUCT else self.bracketed(part)

    def decimal(self, value: float) -> tuple[str, str]:
        """The shortest digits that read back as the number, and its power of ten, if any."""
        whole = isinstance(value, int) or value.is_integer()
        exact = whole and not LONG <= abs(value) <= LARGEST
        digits, _, tens = (str(int(value)) if exact else repr(float(value))).partition("e")
        digits = digits.removesuffix(".0")
        if self.lang == "ru":
            digits = digits.replace(".", self.mark)
        return digits, str(int(tens)) if tens else ""

    @abstractmethod
    def number(self, digits: str, tens: str) -> Part:
        """A number that is not negative."""

    @abstractmethod
    def name(self, name: str) -> str:
        """A variable or a constant."""

    @abstractmethod
    def bracketed(self, part: Part) -> Part:
        """(u)."""

    @abstractmethod
    def negative(self, part: Part) -> Part:
        """−u."""

    @abstractmethod
    def sum(self, left: Part, right: Part, *, plus: bool) -> Part:
        """u + v, u − v."""

    @abstractmethod
    def product(self, left: Part, right: Part) -> Part:
        """u·v."""

    @abstractmethod
    def quotient(self, left: Part, right: Part) -> Part:
        """u/v."""

    @abstractmethod
    def power(self, base: Part, exponent: Part) -> Part:
        """u^v."""

    @abstractmethod
    def call(self, name: str, argument: Part) -> Part:
        """sin(u)."""


class Text(Notation):
    """As the lecture writes: 2·x1 − 10, x1², exp(x); what it writes can be typed."""

    def number(self, digits: str, tens: str) -> Part:
        """0.5; 1e-5, whose minus is a part of it."""
        return Part(f"{digits}e{tens}", POWER) if tens else Part(digits, ATOM)

    def name(self, name: str) -> str:
        """As it is."""
        return name

    def bracketed(self, part: Part) -> Part:
        """(u)."""
        return Part(f"({part.text})", ATOM)

    def negative(self, part: Part) -> Part:
        """−u."""
        return Part(f"{MINUS}{part.text}", PRODUCT, minus=True)

    def sum(self, left: Part, right: Part, *, plus: bool) -> Part:
        """u + v, u − v."""
        return Part(f"{left.text} {'+' if plus else MINUS} {right.text}", SUM, left.minus)

    def product(self, left: Part, right: Part) -> Part:
        """u·v."""
        return Part(f"{left.text}·{right.text}", PRODUCT, left.minus)

    def quotient(self, left: Part, right: Part) -> Part:
        """u/v."""
        left, right = self.tight(left), self.held(right, POWER)
        return Part(f"{left.text}/{right.text}", PRODUCT, left.minus)

    def power(self, base: Part, exponent: Part) -> Part:
        """x², x^2.5, x^(−2)."""
        below = self.held(base, ATOM).text
        if exponent.text.isdecimal():
            return Part(below + exponent.text.translate(SUPERSCRIPT), POWER)
        return Part(f"{below}^{self.held(exponent, ATOM).text}", POWER)

    def call(self, name: str, argument: Part) -> Part:
        """sin(u)."""
        known = FUNCTIONS[name]
        word = known.russian if self.lang == "ru" else known.english
        return Part(f"{word}({argument.text})", ATOM)


def opposite(written: ast.expr) -> ast.expr | None:
    """u of −u, a·b of (−a)·b; None where no minus leads."""
    if isinstance(written, ast.UnaryOp):
        return written.operand
    if isinstance(written, ast.BinOp) and isinstance(written.op, ast.Mult | ast.Div):
        left = opposite(written.left)
        return left and ast.BinOp(left, written.op, written.right)
    return None
