"""Formulas as TeX and browsers set them: LaTeX and presentation MathML."""

import ast

from spusk.functions.notation import ATOM, MINUS, POWER, PRODUCT, SUM, Notation, Part
from spusk.functions.vocabulary import FUNCTIONS

TEX = {  # functions that TeX knows by name
    "sin", "cos", "tan", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln",
    "lg",
}  # fmt: skip
BASES = {"log10": "10", "log2": "2"}


def word_of(name: str, lang: str) -> str:
    """A function's name in print."""
    known = FUNCTIONS[name]
    return known.russian if lang == "ru" else known.printed


class Latex(Notation):
    """As TeX sets it."""

    mark = "{,}"

    def number(self, digits: str, tens: str) -> Part:
        """0.5; 6.5 · 10⁻⁷."""
        if not tens:
            return Part(digits, ATOM)
        ten = f"10^{{{tens}}}"
        return Part(ten if digits == "1" else rf"{digits} \cdot {ten}", PRODUCT)

    def name(self, name: str) -> str:
        """x_{1}, π."""
        if name[0] == "x" and name[1:]:
            return f"x_{{{name[1:]}}}"
        return {"pi": r"\pi", "nan": r"\mathrm{NaN}"}.get(name, name)

    def bracketed(self, part: Part) -> Part:
        """(u)."""
        return Part(rf"\left({part.text}\right)", ATOM)

    def negative(self, part: Part) -> Part:
        """−u."""
        return Part(f"- {part.text}", PRODUCT, minus=True)

    def sum(self, left: Part, right: Part, *, plus: bool) -> Part:
        """u + v, u − v."""
        return Part(f"{left.text} {'+' if plus else '-'} {right.text}", SUM, left.minus)

    def product(self, left: Part, right: Part) -> Part:
        """u v; a dot where numbers would meet."""
        dot = r"\cdot " if right.text[0].isdigit() else ""
        return Part(f"{left.text} {dot}{right.text}", PRODUCT, left.minus)

    def quotient(self, left: Part, right: Part) -> Part:
        """A fraction."""
        return Part(rf"\frac{{{left.text}}}{{{right.text}}}", POWER)

    def power(self, base: Part, exponent: Part) -> Part:
        """x^{2}, sin^{2}(x)."""
        raised = f"^{{{exponent.text}}}"
        if base.head and exponent.text.isdecimal():
            return Part(base.head + raised + base.text.removeprefix(base.head), POWER)
        return Part(self.held(base, ATOM).text + raised, POWER)

    def call(self, name: str, argument: Part) -> Part:
        """Functions, roots, |u|, e^u."""
        match name:
            case "sqrt":
                return Part(rf"\sqrt{{{argument.text}}}", ATOM)
            case "cbrt":
                return Part(rf"\sqrt[3]{{{argument.text}}}", ATOM)
            case "abs":
                return Part(rf"\left|{{{argument.text}}}\right|", ATOM)
            case "exp":
                return Part(f"e^{{{argument.text}}}", POWER)
        head = self.operator(name)
        return Part(f"{head}{self.bracketed(argument).text}", ATOM, head=head)

    def operator(self, name: str) -> str:
        r"""\sin, \operatorname{tg}, \log_{2}."""
        word = word_of(name, self.lang)
        if word in BASES:
            return rf"\log_{{{BASES[word]}}}"
        return rf"\{word}" if word in TEX else rf"\operatorname{{{word}}}"


class Mathml(Notation):
    """Presentation MathML without its <math>; a sum is one row, which a page may break."""

    def __call__(self, formula: ast.expr) -> str:
        """The whole formula as one element."""
        return self.row(self.write(formula))

    def row(self, part: Part) -> str:
        """The part as one element: sums and products are several."""
        return part.text if part.level >= POWER else f"<mrow>{part.text}</mrow>"

    def number(self, digits: str, tens: str) -> Part:
        """0.5; 6.5 · 10⁻⁷."""
        if not tens:
            return Part(f"<mn>{digits}</mn>", ATOM)
        size = f"<mn>{tens.lstrip('-')}</mn>"
        raised = f"<mrow><mo>{MINUS}</mo>{size}</mrow>" if tens[0] == "-" else size
        ten = f"<msup><mn>10</mn>{raised}</msup>"
        return Part(ten if digits == "1" else f"<mn>{digits}</mn><mo>·</mo>{ten}", PRODUCT)

    def name(self, name: str) -> str:
        """x₁, π."""
        if name[0] == "x" and name[1:]:
            return f"<msub><mi>x</mi><mn>{name[1:]}</mn></msub>"
        word = {"pi": "π", "nan": "NaN"}.get(name, name)
        return f"<mi>{word}</mi>"

    def bracketed(self, part: Part) -> Part:
        """(u)."""
        return Part(f"<mrow><mo>(</mo>{self.row(part)}<mo>)</mo></mrow>", ATOM)

    def negative(self, part: Part) -> Part:
        """−u."""
        return Part(f"<mo>{MINUS}</mo>{self.row(part)}", PRODUCT, minus=True)

    def sum(self, left: Part, right: Part, *, plus: bool) -> Part:
        """u + v, u − v."""
        first = left.text if left.level == SUM else self.row(left)
        return Part(f"{first}<mo>{'+' if plus else MINUS}</mo>{self.row(right)}", SUM, left.minus)

    def product(self, left: Part, right: Part) -> Part:
        """u v; a dot where numbers would meet."""
        sign = "·" if right.text.startswith(("<mn>", "<msup><mn>")) else "\N{INVISIBLE TIMES}"
        return Part(f"{left.text}<mo>{sign}</mo>{right.text}", PRODUCT, left.minus)

    def quotient(self, left: Part, right: Part) -> Part:
        """A fraction."""
        return Part(f"<mfrac>{self.row(left)}{self.row(right)}</mfrac>", POWER)

    def power(self, base: Part, exponent: Part) -> Part:
        """x², sin²(x)."""
        raised = self.row(exponent)
        if base.head and exponent.level == ATOM and raised.startswith("<mn>"):
            head = f"<msup>{base.head}{raised}</msup>"
            return Part(base.text.replace(base.head, head, 1), POWER)
        return Part(f"<msup>{self.held(base, ATOM).text}{raised}</msup>", POWER)

    def call(self, name: str, argument: Part) -> Part:
        """Functions, roots, |u|, e^u."""
        inside = self.row(argument)
        match name:
            case "sqrt":
                return Part(f"<msqrt>{inside}</msqrt>", ATOM)
            case "cbrt":
                return Part(f"<mroot>{inside}<mn>3</mn></mroot>", ATOM)
            case "abs":
                return Part(f"<mrow><mo>|</mo>{inside}<mo>|</mo></mrow>", ATOM)
            case "exp":
                return Part(f"<msup><mi>e</mi>{inside}</msup>", POWER)
        head = self.operator(name)
        brackets = self.bracketed(argument).text
        text = f"<mrow>{head}<mo>\N{FUNCTION APPLICATION}</mo>{brackets}</mrow>"
        return Part(text, ATOM, head=head)

    def operator(self, name: str) -> str:
        """The name of a function: sin, tg, log₂."""
        word = word_of(name, self.lang)
        if word in BASES:
            return f"<msub><mi>log</mi><mn>{BASES[word]}</mn></msub>"
        return f"<mi>{'ln' if word == 'log' else word}</mi>"
