"""What makes one doubt that a picture shows one sign: pieces of its ink, and where they lie."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DOUBTS = ("ground", "edge", "block", "line", "pieces")
SMALL = 0.15  # of the largest piece: less is a dot or a speck
APART = 0.12  # of the larger piece's longest side lies between two signs
LONG = 4  # times as wide as high, or as high as wide: a line
FULL = 0.8  # of the box round it: a sheet or a frame, no strokes


class Piece(NamedTuple):
    """Ink that hangs together: its pixels, and its box, ends excluded."""

    area: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Rows of the box."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns of the box."""
        return self.right - self.left


def doubts(drawn: NDArray[np.bool_]) -> tuple[str, ...]:
    """Why ink may show no single sign: "edge", "block", "line", "pieces" of DOUBTS, or nothing.

    Args:
        drawn: where there is ink, (h, w).

    Returns:
        What is doubtful: ink that runs off the picture; a sheet or a frame taken for ink; a line
        under or over a sign; several signs.
    """
    found = pieces(drawn)
    most = max((piece.area for piece in found), default=0)
    large = [piece for piece in found if piece.area >= SMALL * most]
    reasons = []
    if any(side.any() for side in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1])):
        reasons.append("edge")
    if any(_is_block(piece, min(drawn.shape)) for piece in large):
        reasons.append("block")
    lines = [p for p in large if any(_is_line_by(p, other) for other in large)]
    signs = [piece for piece in large if piece not in lines]
    if lines:
        reasons.append("line")
    if any(_apart(one, other) for one in signs for other in signs):
        reasons.append("pieces")
    return tuple(reasons)


def pieces(drawn: NDArray[np.bool_]) -> list[Piece]:
    """The pieces of ink, touching corners included, found row by row by their runs of pixels."""
    found: list[Piece] = []
    root: list[int] = []

    def piece_of(number: int) -> int:
        while root[number] != number:
            root[number] = number = root[root[number]]
        return number

    above: list[tuple[int, int, int]] = []
    changes = np.diff(drawn, axis=1, prepend=False, append=False)  # (h, w + 1)
    for row, line in enumerate(changes):
        ends = np.flatnonzero(line).tolist()
        runs = []
        for left, right in zip(ends[::2], ends[1::2], strict=True):
            number = len(found)
            found.append(Piece(right - left, row, row + 1, left, right))
            root.append(number)
            for start, end, other in above:
                if start <= right and end >= left and piece_of(other) != piece_of(number):
                    _join(found, root, piece_of(other), piece_of(number))
            runs.append((left, right, number))
        above = runs
    return [piece for number, piece in enumerate(found) if root[number] == number]


def _join(found: list[Piece], root: list[int], into: int, number: int) -> None:
    one, other = found[into], found[number]
    found[into] = Piece(
        one.area + other.area, min(one.top, other.top), max(one.bottom, other.bottom),
        min(one.left, other.left), max(one.right, other.right),
    )  # fmt: skip
    root[number] = into


def _gaps(one: Piece, other: Piece) -> tuple[int, int]:
    """Rows and columns between two boxes; negative where they overlap."""
    return (
        max(one.top, other.top) - min(one.bottom, other.bottom),
        max(one.left, other.left) - min(one.right, other.right),
    )


def _apart(one: Piece, other: Piece) -> bool:
    longest = max(one.height, one.width, other.height, other.width)
    return max(_gaps(one, other)) > APART * longest


def _is_line_by(one: Piece, other: Piece) -> bool:
    """Whether a piece is a line that lies wholly under, over or beside another, as long as it."""
    rows, columns = _gaps(one, other)
    flat = one.width >= LONG * one.height and one.width >= 0.7 * other.width and rows >= 0
    upright = one.height >= LONG * one.width and one.height >= 1.5 * other.height and columns >= 0
    return one != other and (flat or upright)


def _is_block(one: Piece, side: int) -> bool:
    return one.area >= FULL * one.height * one.width and min(one.height, one.width) >= side / 3
