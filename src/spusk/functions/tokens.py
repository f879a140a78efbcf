"""Text → known pieces → one expression of Python's grammar, with left-out products put in."""

import keyword
import re
import unicodedata
from collections.abc import Sequence

from spusk.errors import FormulaError
from spusk.functions.characters import HIGH, VULGAR, Token, plain, shown
from spusk.functions.remedies import before, function_power, starting, unknown
from spusk.functions.vocabulary import CONSTANTS, FUNCTIONS, is_variable

LONGEST = 500  # characters
NAMES = {"π": "pi", "√": "sqrt", "∛": "cbrt"}
SIGN_HINTS = {  # a sign that means nothing here → the sentence that says what to write instead
    ",": "sign_comma", "|": "sign_bar", "=": "sign_equals",
    "[": "sign_bracket", "{": "sign_bracket", "!": "sign_factorial",
}  # fmt: skip
TOKEN = re.compile(
    rf"(?P<vulgar>\d*[{VULGAR}])"
    r"|(?P<number>(\d+([.,]\d+|\.)?|\.\d+)([eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z]\w*|[π√∛])|(?P<high>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<power>\*\*|\^)|(?P<sign>[-+*/])|(?P<open>\()|(?P<close>\))|(?P<space>\s+)",
    re.ASCII,
)


def tokens(text: str) -> list[Token]:
    """The text as known pieces. Raises FormulaError at the first unknown one."""
    signs, places = plain(text)
    found: list[Token] = []
    at = 0
    while at < len(signs):
        match = TOKEN.match(signs, at)
        if match is None:
            char = text[places[at]]
            key = SIGN_HINTS.get(signs[at], "sign")
            raise FormulaError.at_column(key, places[at], char=shown(char))
        found += pieces(str(match.lastgroup), match.group(), places[at])
        at = match.end()
    return found


def pieces(kind: str, word: str, place: int) -> list[Token]:
    """A word of the text as tokens: one, two or three for a raised number, none for a space."""
    match kind:
        case "space":
            return []
        case "high":
            raised = word.translate(HIGH)
            sign = [Token("sign", raised[0], place)] if raised[0] in "+-" else []
            number = Token("number", raised.lstrip("+-"), place)
            return [Token("power", "**", place), *sign, number]
        case "vulgar":
            value = int(word[:-1] or 0) + unicodedata.numeric(word[-1])
            return [Token("number", repr(value), place)]
        case "number":
            return [Token(kind, word.replace(",", "."), place)]
        case "power":
            return [Token(kind, "**", place)]
        case _:
            return [Token(kind, NAMES.get(word, word), place)]


def joined(found: Sequence[Token]) -> tuple[str, list[int]]:
    """The pieces as one expression of Python's grammar, with left-out products put in.

    Also the column of the text that each character comes from.
    """
    for piece in found:
        if piece.kind == "name" and keyword.iskeyword(piece.text):
            raise FormulaError.at_column("unknown_name", piece.place, name=piece.text)
    text, places = "", []
    for k, piece in enumerate(found):
        word = piece.text
        if k and leaves_out_product(found, k):
            word = "*" + word
        text += word
        places += [piece.place] * len(word)
    return text, places


def leaves_out_product(found: Sequence[Token], k: int) -> bool:
    """2x, 2(x), (x)(y), (x)y, pi(x), 2 pi x; but sin x and x(y) are refused with what to write."""
    left, right = found[k - 1], found[k]
    if left.kind in ("number", "close") and right.kind in ("name", "open"):
        return True
    if left.text in CONSTANTS and right.kind == "open":
        return True
    if left.text == "pi" and is_known(right):  # but e x may be a copied eˣ
        return True
    if left.kind != "name" and (left.kind, right.kind) not in PAIRS:
        return False
    known = left.text in FUNCTIONS
    if right.kind == "power" and known:
        raise function_power(found, k - 1)
    if right.kind == "open" and is_variable(left.text):
        raise FormulaError.at_column("no_function", left.place, name=left.text)
    if right.kind in ("name", "number"):
        for piece in (left, right):
            if piece.kind == "name" and not is_known(piece):
                raise unknown(piece.text, piece.place)
        remedy = starting(found, k - 1) if known else f"{before(found, k - 1)}*{starting(found, k)}"
        raise FormulaError.at_column("side_by_side", right.place, remedy=remedy)
    return False


def is_known(piece: Token) -> bool:
    """Whether a piece is the name of a function, a constant or a variable."""
    return piece.text in FUNCTIONS or is_variable(piece.text)


PAIRS = {("number", "number"), ("close", "number")}  # beside each other without a sign
