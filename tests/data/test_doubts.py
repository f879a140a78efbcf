"""What makes a picture doubtful: seen where it is, and not where it is not."""

import numpy as np
import pytest
from PIL import Image

from spusk.data import load
from spusk.data.digit import read_picture
from spusk.data.doubts import doubts, pieces
from spusk.data.looks import look_of

V = load("sample").test
LOOK = look_of(load("sample").train)
RANDOM = np.random.default_rng(0)


def test_pieces_are_those_that_a_search_finds():
    for _ in range(20):
        drawn = RANDOM.random((12, 15)) > 0.6
        left = {(int(r), int(c)) for r, c in np.argwhere(drawn)}
        found = set()
        while left:
            piece, border = set(), {left.pop()}
            while border:
                r, c = border.pop()
                piece.add((r, c))
                near = {(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
                border |= near
                left -= near
            rows, columns = [r for r, _ in piece], [c for _, c in piece]
            found.add((len(piece), min(rows), max(rows) + 1, min(columns), max(columns) + 1))
        assert {tuple(piece) for piece in pieces(drawn)} == found
    assert pieces(np.zeros((3, 3), bool)) == []


def test_digits_are_not_doubtful():
    digits = V.x.reshape(-1, 28, 28) > 64
    said = [doubts(digit) for digit in digits]
    assert sum(reasons != () for reasons in said) <= 0.02 * len(said)
    assert sum(bool({"pieces", "line", "block"} & set(reasons)) for reasons in said) <= 3


def sheet(number, count=1, size=(400, 460)):
    """A photo of some digits on paper."""
    paper = np.full(size, 230.0)
    for k in range(count):
        digit = V.x[number + k].reshape(28, 28)[4:24, 4:24]
        big = np.asarray(Image.fromarray(digit).resize((140, 140), Image.Resampling.BICUBIC))
        paper[100:240, 40 + 180 * k : 180 + 180 * k] -= 0.8 * big
    return paper


def plain(number):
    return sheet(number)


def two(number):
    return sheet(number, 2)


def squares(number):
    paper = sheet(number)
    paper[::25] -= 90
    paper[:, ::25] -= 90
    return paper


def lines(number):
    paper = sheet(number)
    paper[20::60] -= 120
    return paper


def rim(number):
    return np.pad(sheet(number), 12, constant_values=10)


def table(number):
    return np.pad(sheet(number), 100, constant_values=90)


def underlined(number):
    paper = sheet(number)
    paper[270:276, 20:240] -= 150
    return paper


def cut(number):
    return sheet(number)[:, 100:]


@pytest.mark.parametrize(
    ("scene", "reason"),
    [(two, "pieces"), (squares, "ground"), (lines, "edge"), (rim, "block"), (table, "block"),
     (underlined, "line"), (cut, "edge"), (plain, None)],
)  # fmt: skip
def test_photos_that_show_no_single_sign_are_doubtful(tmp_path, scene, reason):
    found = []
    for number in range(6):
        shades = scene(number) + np.random.default_rng(number).normal(0, 3, scene(number).shape)
        Image.fromarray(shades.clip(0, 255).astype(np.uint8)).save(tmp_path / "a.png")
        found.append(read_picture(tmp_path / "a.png", LOOK).doubts)
    doubted = [reasons for reasons in found if (reason in reasons if reason else reasons)]
    assert len(doubted) >= 5 if reason else not doubted
