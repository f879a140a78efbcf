"""A network as one safetensors file: W1, W2, …, b1, b2, …, its description, and more metadata.

θ = (w, b) is written as it lies in memory, so saving makes no second copy. A CRC over metadata
and θ stands in the metadata: a flipped bit is found, not trained on.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict
from numpy.typing import NDArray

from spusk.data.preprocessing import BEFORE, Preparation
from spusk.errors import RunError
from spusk.i18n.reasons import Reason, reason
from spusk.io.files import plain, write
from spusk.nn.init import INITS
from spusk.nn.names import checked_activations, named
from spusk.nn.network import Network
from spusk.nn.parameters import Parameters, checked_sizes
from spusk.runs.descriptions import Whole, meant
from spusk.runs.preparations import SavedPreparation, data_of

WEIGHTS = "weights.safetensors"  # in a run folder, once it has ended well
DTYPES = {"F32": np.float32, "F64": np.float64}
KINDS = {**DTYPES, "I64": np.int64}  # of a state's arrays
STATE = "state."  # what their names begin with
Array = NDArray[Any]


class SavedNetwork(Struct, frozen=True, forbid_unknown_fields=True):
    """What it takes to make a network of a kind again, its weights aside."""

    sizes: tuple[Whole, ...]
    activation: str
    output: str
    error: str
    seed: Any  # of NumPy's generators, which take more than numbers
    init: str
    preparation: SavedPreparation | UnsetType | None = UNSET  # unset: of before there was any


class Tensors(Protocol):
    """An open safetensors file: a tensor's shape and type, before its numbers are read."""

    def keys(self) -> list[str]:
        """The tensors' names."""
        ...

    def get_tensor(self, name: str) -> Any:  # noqa: ANN401 - safetensors has no types
        """The tensor's numbers."""
        ...

    def get_slice(self, name: str) -> Any:  # noqa: ANN401 - safetensors has no types
        """The tensor, unread."""
        ...


def description(net: Network) -> dict[str, Any]:
    """A network's SavedNetwork, as JSON keeps it."""
    found = {name: getattr(net, name) for name in SavedNetwork.__struct_fields__}
    return found | {"preparation": data_of(net.preparation)}


def shapes(sizes: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes of all tensors in θ's order."""
    for number, (n, m) in enumerate(pairwise(sizes), start=1):
        yield f"W{number}", (n, m)
    for number, m in enumerate(sizes[1:], start=1):
        yield f"b{number}", (m,)


def save_weights(
    net: Network,
    path: Path,
    more: Mapping[str, str] | None = None,
    state: Mapping[str, Array] | None = None,
) -> None:
    """Writes a network as one safetensors file, whole or not at all.

    W1, W2, …, b1, b2, …, with a description and a CRC in the metadata.

    Args:
        net: the network.
        path: the file.
        more: joins the metadata.
        state: the arrays of a rule's state, which follow the weights.
    """
    write(path, *packed(net, more, state or {}))


def packed(
    net: Network,
    more: Mapping[str, str] | None = None,
    state: Mapping[str, Array] = MappingProxyType({}),
) -> list[memoryview]:
    """The parts of such a file: its head, θ as it lies in memory, and each array of a state."""
    arrays = {name: np.asarray(array, order="C") for name, array in state.items()}
    parts = packed_parts(net, arrays)
    about = {"spusk": json.dumps(description(net)), **(more or {})}
    about["crc32"] = f"{checksum(about, *parts):08x}"
    header: dict[str, Any] = {"__metadata__": about}
    kind, end = f"F{8 * net.dtype.itemsize}", 0
    for name, shape in shapes(net.sizes):
        start, end = end, end + int(np.prod(shape)) * net.dtype.itemsize
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
    for name, array in sorted(arrays.items()):
        start, end = end, end + array.nbytes
        kind = next(kind for kind, dtype in KINDS.items() if dtype == array.dtype)
        header[STATE + name] = {"dtype": kind, "shape": array.shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return [memoryview(len(text).to_bytes(8, "little") + text), *parts]


def packed_parts(net: Network, state: Mapping[str, Array]) -> list[memoryview]:
    """The bytes of θ and of each array of a state, as they lie in memory."""
    arrays = (net.theta, *(state[name] for name in sorted(state)))
    return [array.reshape(-1).data.cast("B") for array in arrays]


def read_state(file: Tensors) -> dict[str, Array]:
    """The arrays of a rule's state in an open file. Raises ValueError."""
    names = [name for name in file.keys() if name.startswith(STATE)]  # noqa: SIM118
    state = {name.removeprefix(STATE): file.get_tensor(name) for name in names}
    if any(array.dtype not in KINDS.values() for array in state.values()):
        raise ValueError("a state of other numbers")
    return state


def checksum(about: Mapping[str, str], *parts: memoryview) -> int:
    """CRC-32 of the metadata (itself aside), of θ's bytes, and of those of a state."""
    code = 0
    for key in sorted(about):
        if key != "crc32":
            code = zlib.crc32(f"{key}={about[key]}\n".encode(), code)
    for part in parts:
        code = zlib.crc32(part, code)
    return code


def load_weights(path: str | Path) -> Network:
    """The network of a weights file.

    Args:
        path: the file.

    Returns:
        The network, of the kind that the file describes.

    Raises:
        RunError: no such file, a damaged one, another program's, or numbers that are not finite.
    """
    return load_all(Path(path)).net


class Loaded(NamedTuple):
    """A weights file: the network, its metadata, and the arrays of a rule's state by name."""

    net: Network
    about: dict[str, str]
    state: dict[str, Array]


def load_all(path: Path) -> Loaded:
    """All of a weights file, every promise of the file checked. Raises RunError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(plain(path), framework="numpy") as file:
            about = dict(file.metadata() or {})
            if "spusk" not in about:  # another program's weights
                raise RunError.keyed("data.no_weights", path=path, why=Reason("description"))
            saved = meant(SavedNetwork, json.loads(about["spusk"]), path, "weights", "network")
            net = fitting(file, saved, path)
            for number, (W, b) in enumerate(net.layers, start=1):
                W[:], b[:] = file.get_tensor(f"W{number}"), file.get_tensor(f"b{number}")
            state = read_state(file)
    except OSError as error:
        raise RunError.keyed("data.unread", path=path, why=reason(error)) from error
    except (KeyError, TypeError, ValueError, RecursionError, SafetensorError) as error:
        why = reason(error, "description")
        raise RunError.keyed("data.no_weights", path=path, why=why) from error
    expected = about.get("crc32", "")
    if expected and expected != f"{checksum(about, *packed_parts(net, state)):08x}":
        raise RunError.keyed("data.damaged", path=path, expected=expected)
    if not np.isfinite(net.theta).all():
        raise RunError.keyed("data.not_finite_weights", path=path)
    return Loaded(net, about, state)


def fitting(file: Tensors, about: SavedNetwork, path: Path) -> Network:
    """An empty network as described, once the tensors are known to have its shapes and type.

    Looked at before anything is allocated: a description must not ask for more than is there.
    """
    sizes = checked_sizes(about.sizes)
    first = file.get_slice("W1").get_dtype()
    if first not in DTYPES:
        raise RunError.keyed("data.weights_type", path=path, found=first)
    for name, shape in shapes(sizes):
        part = file.get_slice(name)
        found, kind = tuple(part.get_shape()), part.get_dtype()
        if found != shape or kind != first:
            wrong = {"expected": f"{first}{shape}", "found": f"{kind}{found}"}
            raise RunError.keyed("data.weights_shape", path=path, name=name, **wrong)
    # every name looked at, nothing drawn at random, and no data asked for
    bare = {"sizes": (1, 1), "init": "scaled", "activation": "sigmoid", "preparation": None}
    net = Network(**{**asdict(about), **bare})
    net.activation = checked_activations(about.activation, len(sizes) - 2)
    net.init = named(INITS, about.init, "init")
    net.preparation = preparation(about)
    Parameters.__init__(net, sizes, DTYPES[first])
    return net


def preparation(about: SavedNetwork) -> Preparation | None:
    """How the network's inputs are prepared. Raises ValueError where it is for other sizes."""
    if isinstance(about.preparation, UnsetType):
        return BEFORE
    return None if about.preparation is None else about.preparation.preparation(about.sizes)
