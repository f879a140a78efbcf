"""What to write instead: remedies for texts that are nearly formulas, said only where right."""

import difflib
import re
from collections.abc import Sequence

from spusk.errors import FormulaError
from spusk.functions.characters import Token
from spusk.functions.vocabulary import CONSTANTS, FUNCTIONS, is_variable

ALIKE = 0.82  # of 1: below this a name that exists is no likely reading of another
ELSEWHERE = {  # names of other languages and books → what says the same here
    "csc": "1/sin({})", "cosec": "1/sin({})", "sec": "1/cos({})", "csch": "1/sinh({})",
    "cosech": "1/sinh({})", "sech": "1/cosh({})", "coth": "1/tanh({})", "cth": "1/th({})",
    "ctan": "cot({})", "cotan": "cot({})", "ctgh": "1/th({})", "tgh": "th({})",
    "asec": "acos(1/({}))", "arcsec": "acos(1/({}))", "acsc": "asin(1/({}))",
    "arccsc": "asin(1/({}))", "acoth": "atanh(1/({}))", "arccosh": "acosh({})",
    "arcsinh": "asinh({})", "arctanh": "atanh({})", "arcsh": "arsh({})", "arcch": "arch({})",
    "arcth": "arth({})", "expm1": "exp({})-1", "log1p": "log(1+({}))", "exp2": "2^({})",
    "exp10": "10^({})", "lb": "log2({})", "square": "({})^2", "cube": "({})^3",
    "reciprocal": "1/({})", "inv": "1/({})", "neg": "-({})", "fabs": "abs({})", "root": "sqrt({})",
    "sinc": "sin({0})/({0})", "sigmoid": "1/(1+exp(-({})))", "logistic": "1/(1+exp(-({})))",
    "expit": "1/(1+exp(-({})))", "softplus": "log(1+exp({}))", "relu": "(({0})+abs({0}))/2",
    "rad": "({})*pi/180", "radians": "({})*pi/180",
}  # fmt: skip
INFINITE = {"inf", "infinity", "infty", "oo", "nan"}
IMAGINARY = {"i", "j", "I"}
UNCLEAR = {"sqr"}  # a square in Pascal, a root in Basic
LETTERS = r"(?:x[1-9]\d?|[xyz]|pi|e)"
PRODUCT = re.compile(rf"{LETTERS}+")
ANY_FUNCTION = "|".join(sorted(FUNCTIONS, key=len, reverse=True))
AFTER_LETTERS = re.compile(rf"({LETTERS}+)({ANY_FUNCTION})")
BEFORE_LETTER = re.compile(rf"({ANY_FUNCTION})(\d*(?:x[1-9]\d?|[xyz])?)")
BARE = re.compile(r"(?<![A-Za-z0-9])\((\w+)\)")  # brackets round a single name or number
INVERSE = {name: f"a{name}" for name in ("sin", "cos", "tan", "cot", "sinh", "cosh", "tanh")}
INVERSE |= {"tg": "arctg", "ctg": "arcctg", "sh": "arsh", "ch": "arch", "th": "arth"}


def unknown(name: str, place: int, argument: str | None = None) -> FormulaError:
    """The error for a name that is not known, with what was likely meant.

    Where it is called like a function, `argument` is what stands in its brackets.
    """
    if name in ELSEWHERE:
        remedy = BARE.sub(r"\1", ELSEWHERE[name].format(argument or "x"))
        return FormulaError.at_column("elsewhere", place, name=name, remedy=remedy)
    if name in INFINITE:
        return FormulaError.at_column("infinite", place, name=name)
    if name in IMAGINARY and argument is None:
        return FormulaError.at_column("imaginary", place, name=name)
    near = meant(name, argument)
    if argument is None:
        key = "near_name" if near else "unknown_name"
        return FormulaError.at_column(key, place, name=name, near=near)
    key = "near_function" if near else "unknown_function"
    return FormulaError.at_column(key, place, name=name, near=near, known=", ".join(FUNCTIONS))


def meant(name: str, argument: str | None) -> str:
    """What an unknown name is a slip of: xy → x*y, sinx → sin(x), sinn → sin; else nothing."""
    if PRODUCT.fullmatch(name):
        product = "*".join(re.findall(LETTERS, name))
        return product if argument is None else f"{product}*({argument})"
    if argument is None:
        if (both := BEFORE_LETTER.fullmatch(name)) and both[2]:
            return f"{both[1]}({both[2]})"
    elif both := AFTER_LETTERS.fullmatch(name):
        return f"{'*'.join(re.findall(LETTERS, both[1]))}*{both[2]}({argument})"
    names = [*FUNCTIONS, *(CONSTANTS if argument is None else ())]
    same = [other for other in names if digits(other) == digits(name)]
    near = difflib.get_close_matches(name, same, 1, ALIKE)
    return near[0] if near and name not in UNCLEAR else ""


def digits(name: str) -> str:
    """The digits in a name: log3 is no slip of log2."""
    return re.sub(r"\D", "", name)


def function_power(found: Sequence[Token], k: int) -> FormulaError:
    """sin^2(x) → sin(x)^2; sin^-1(x) is either of two."""
    name, place = found[k].text, found[k].place
    after = k + 2
    sign = found[after].text if after < len(found) and found[after].kind == "sign" else ""
    after += bool(sign)
    exponent = one(found, after)
    argument = bare(chain(found, after + len(exponent))) or "x"
    power = sign + text(exponent)
    inverse = INVERSE.get(name)
    if power in ("-1", "(-1)") and inverse:
        return FormulaError.at_column(
            "function_inverse", place, name=name,
            inverse=f"{inverse}({argument})", reciprocal=f"1/{name}({argument})",
        )  # fmt: skip
    raised = f"({power})" if sign else power or "2"
    remedy = f"{name}({argument})^{raised}"
    return FormulaError.at_column("function_power", place, name=name, remedy=remedy)


def starting(found: Sequence[Token], k: int) -> str:
    """The text of the operand that starts at a piece, a function's argument in brackets."""
    if found[k].text not in FUNCTIONS:
        return text(one(found, k))
    root = found[k].text in ("sqrt", "cbrt")
    argument = one(found, k + 1) if root else chain(found, k + 1)
    if not root and argument and argument[0].text in FUNCTIONS:
        return f"{found[k].text}({starting(found, k + 1)})"
    return f"{found[k].text}({bare(argument) or 'x'})"


def before(found: Sequence[Token], k: int) -> str:
    """The text of the operand that ends at a piece."""
    if found[k].kind != "close":
        return found[k].text
    depth, first = 0, k
    for first in range(k, -1, -1):
        depth += {"close": 1, "open": -1}.get(found[first].kind, 0)
        if depth == 0:
            break
    if first and found[first - 1].text in FUNCTIONS:
        first -= 1
    return text(found[first : k + 1])


def chain(found: Sequence[Token], k: int) -> Sequence[Token]:
    """The pieces of an argument without brackets, as far as no sign ends it: 2x of sin 2x + 1."""
    if k < len(found) and found[k].kind == "open":
        return one(found, k)
    end = k
    while end < len(found) and found[end].kind in ("name", "number", "power"):
        end += 1
    return found[k:end]


def one(found: Sequence[Token], k: int) -> Sequence[Token]:
    """The piece at k, or the whole bracket that opens there, with its function's name."""
    end, depth = k, 0
    if k + 1 < len(found) and found[k].kind == "name" and found[k + 1].kind == "open":
        end += not is_variable(found[k].text)
    while end < len(found):
        depth += {"open": 1, "close": -1}.get(found[end].kind, 0)
        end += 1
        if depth <= 0:
            break
    return found[k:end]


def bare(found: Sequence[Token]) -> str:
    """The text of pieces without the brackets round them."""
    inside = found[1:-1] if found and found[0].kind == "open" else found
    return text(inside)


def text(found: Sequence[Token]) -> str:
    """The pieces as one types them."""
    return "".join(piece.text for piece in found).replace("**", "^")
