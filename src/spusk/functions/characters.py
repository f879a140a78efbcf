"""Signs as people's keyboards, pages and letters have them → the few that a formula is read in."""

import unicodedata
from functools import cache
from typing import NamedTuple

ALIKE = str.maketrans("хХуУеЕсСаАоОрРкКтТ", "xXyYeEcCaAoOpPkKtT")  # Cyrillic that looks Latin
LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
VULGAR = "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
SIGNS = dict.fromkeys("·×⋅∙∗•", "*") | dict.fromkeys("−–—‐‑‒―﹣", "-") | dict.fromkeys("÷∕⁄", "/")
SIGNS |= {"ˆ": "^", "ℯ": "e"}
WIDE = range(0xFF01, 0xFF5F)  # full-width ASCII
MATHEMATICAL = range(0x1D400, 0x1D800)  # 𝑥, 𝒙, 𝟐: letters and digits with a face of their own
UNSEEN = ("Cf", "Cc", "Zs", "Zl", "Zp", "Cs", "Cn", "Co", "Mn")  # categories of no visible sign


class Token(NamedTuple):
    """A piece of the text and the column it stands in."""

    kind: str
    text: str
    place: int


def plain(text: str) -> tuple[str, list[int]]:
    """The text in plain signs, and the column that each of them comes from.

    A space of any width is a space; signs without a width (U+200B, U+FEFF) are left out.
    """
    kept = [(sign, k) for k, char in enumerate(text) if (sign := _plain(char))]
    return "".join(sign for sign, _ in kept), [k for _, k in kept]


@cache
def _plain(char: str) -> str:
    if char.isascii():
        return char
    if char in SIGNS:
        return SIGNS[char]
    if ord(char) in WIDE:
        return chr(ord(char) - 0xFEE0)
    if ord(char) in MATHEMATICAL:
        return unicodedata.normalize("NFKC", char)
    category = unicodedata.category(char)
    if category in ("Zs", "Zl", "Zp"):
        return " "
    return "" if category == "Cf" else char.translate(ALIKE).translate(LOW)


def shown(char: str) -> str:
    """A sign as an error names it: itself in quotes; by code point and name where it is unseen."""
    if char != " " and unicodedata.category(char) in UNSEEN:
        return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
    return repr(char)
