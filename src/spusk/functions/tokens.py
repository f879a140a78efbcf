"""Text → known pieces → one expression of Python's grammar, with left-out products put in."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from spusk.errors import FormulaError
from spusk.functions.vocabulary import FUNCTIONS, is_variable

LONGEST = 500  # characters
ALIKE = str.maketrans("хХуУеЕсСаАоОрРкКтТ", "xXyYeEcCaAoOpPkKtT")  # Cyrillic that looks Latin
SIGNS = {
    "·": "*", "×": "*", "⋅": "*", "∙": "*", "−": "-", "–": "-", "÷": "/", "^": "**",
    "π": "pi", "√": "sqrt",
}  # fmt: skip
LOW = {c: str(k) for k, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}
HIGH = {c: str(k) for k, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
SIGN_HINTS = {  # a sign that means nothing here → the sentence that says what to write instead
    ",": "sign_comma", "|": "sign_bar", "=": "sign_equals",
    "[": "sign_bracket", "{": "sign_bracket", "!": "sign_factorial",
}  # fmt: skip
TOKEN = re.compile(
    r"(?P<number>(\d+([.,]\d+)?|\.\d+)([eE][+-]?\d+)?|\d+\.)|(?P<name>[A-Za-z]\w*)"
    r"|(?P<power>\*\*)|(?P<sign>[-+*/])|(?P<open>\()|(?P<close>\))|(?P<space>\s+)",
    re.ASCII,
)


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
        char = text[place]
        raise FormulaError.at_column(SIGN_HINTS.get(char, "sign"), place, char=char)
    kind = str(match.lastgroup)
    word = match.group(kind)
    if kind == "number":
        word = word.replace(",", ".")
    if kind != "space":
        found.append(Token(kind, word, place))
    return place + match.end()


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
        raise FormulaError.at_column("no_function", left.place, name=left.text)
    if left.kind in ("name", "number", "close") and right.kind in ("name", "number"):
        remedy = (
            f"{left.text}({right.text})" if left.text in FUNCTIONS else f"{left.text}*{right.text}"
        )
        raise FormulaError.at_column("side_by_side", right.place, remedy=remedy)
    return False
