"""A network as a file: who knows files stands in a later room, and registers here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self


class Files(NamedTuple):
    """What knows how a network is kept.

    Attributes:
        save: writes a network, (net, path).
        load: reads one, path -> network.
    """

    save: Callable[[Any, str | Path], None]
    load: Callable[[str | Path], Any]


BRINGERS: list[Callable[[], Files]] = []  # whoever knows all rooms brings the one with the files


class Saved:
    """What a network has of a file."""

    def save(self, path: str | Path) -> None:
        """Writes the network as one safetensors file: weights, biases, its kind, its preparation.

        Args:
            path: the file, whose name ends in .safetensors; one that is there is replaced.

        Raises:
            InputError: another ending, or a place that takes no file.
        """
        BRINGERS[-1]().save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a network that `save` or a run wrote.

        Args:
            path: the file; or a run folder, whose network it is then.

        Returns:
            The network: its weights, kind and preparation.

        Raises:
            RunError: no such file, a damaged one, or another program's.
        """
        net: Self = BRINGERS[-1]().load(path)
        return net
