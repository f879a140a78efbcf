"""The native part, built from native/ (see engines/native.py)."""

from typing import Any

from numpy.typing import NDArray

def instruction_sets() -> list[str]: ...
def compiled(isa: str) -> str: ...  # by which compiler, with which flags
def names() -> dict[str, dict[str, list[str]]]: ...  # kind -> name -> names of parameters

class Session:
    def __init__(
        self,
        sizes: list[int],
        theta: NDArray[Any],
        activations: list[int],  # places in names()["activations"], one a layer
        loss: int,
        x: NDArray[Any],
        answers: NDArray[Any],
        batch: int,
        threads: int,
        isa: str,
        resident: int,  # bytes of a first layer that stays packed; -1: by the batch
        update: int,
        parameters: list[float],
        weights: NDArray[Any] | None = None,
    ) -> None: ...
    @property
    def window(self) -> int: ...
    @property
    def threads(self) -> int: ...
    @property
    def isa(self) -> str: ...
    @property
    def states(self) -> int: ...
    @property
    def layout(self) -> list[tuple[int, int, int]]: ...  # panels, neurons in one, blocks
    def steps(
        self, order: NDArray[Any], first: int, last: int, rates: NDArray[Any], taken: int, /
    ) -> tuple[float, int, int]: ...
    def read_state(self, state: int, into: NDArray[Any], /) -> None: ...
    def write_state(self, state: int, values: NDArray[Any], /) -> None: ...

def walk(
    ops: NDArray[Any],
    outputs: NDArray[Any],
    constants: NDArray[Any],
    cells: int,
    x: NDArray[Any],
    first: int,
    eta: NDArray[Any],
    tolerance: float,
    grown: float,
    far: float,
    converged: int,
    diverged: int,
    not_finite: int,
    out_of_steps: int,
    ends: NDArray[Any],
    codes: NDArray[Any],
    taken: NDArray[Any],
    steps: int,
    isa: str,
) -> None: ...
