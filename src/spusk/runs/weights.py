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
from typing import Any, Protocol

import numpy as np

from spusk.errors import RunError
from spusk.i18n.reasons import Reason, reason
from spusk.io.files import plain, write
from spusk.nn.init import INITS
from spusk.nn.network import Network, named
from spusk.nn.parameters import Parameters, checked_sizes

WEIGHTS = "weights.safetensors"  # in a run folder, once it has ended well
DESCRIPTION = ("sizes", "activation", "output", "error", "seed", "init")
DTYPES = {"F32": np.float32, "F64": np.float64}


class Tensors(Protocol):
    """An open safetensors file: a tensor's shape and type, before its numbers are read."""

    def get_slice(self, name: str) -> Any:  # noqa: ANN401 - safetensors has no types
        """The tensor, unread."""
        ...


def description(net: Network) -> dict[str, Any]:
    """What it takes to make a network of this kind again, its weights aside."""
    return {name: getattr(net, name) for name in DESCRIPTION}


def shapes(sizes: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes of all tensors in θ's order."""
    for number, (n, m) in enumerate(pairwise(sizes), start=1):
        yield f"W{number}", (n, m)
    for number, m in enumerate(sizes[1:], start=1):
        yield f"b{number}", (m,)


def save_weights(net: Network, path: Path, more: Mapping[str, str] | None = None) -> None:
    """Writes a network as one safetensors file, whole or not at all.

    W1, W2, …, b1, b2, …, with a description and a CRC in the metadata.

    Args:
        net: the network.
        path: the file.
        more: joins the metadata.
    """
    write(path, *packed(net, more))


def packed(net: Network, more: Mapping[str, str] | None = None) -> tuple[bytes, memoryview]:
    """The two parts of such a file: its head, and θ as it lies in memory."""
    theta = net.theta.data.cast("B")
    about = {"spusk": json.dumps(description(net)), **(more or {})}
    about["crc32"] = f"{checksum(about, theta):08x}"
    header: dict[str, Any] = {"__metadata__": about}
    kind, end = f"F{8 * net.dtype.itemsize}", 0
    for name, shape in shapes(net.sizes):
        start, end = end, end + int(np.prod(shape)) * net.dtype.itemsize
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, theta


def checksum(about: Mapping[str, str], theta: memoryview) -> int:
    """CRC-32 of the metadata (itself aside) and of θ's bytes."""
    code = 0
    for key in sorted(about):
        if key != "crc32":
            code = zlib.crc32(f"{key}={about[key]}\n".encode(), code)
    return zlib.crc32(theta, code)


def load_weights(path: Path) -> Network:
    """The network of a weights file.

    Args:
        path: the file.

    Returns:
        The network, of the kind that the file describes.

    Raises:
        RunError: no such file, a damaged one, another program's, or numbers that are not finite.
    """
    return load_all(path)[0]


def load_all(path: Path) -> tuple[Network, dict[str, str]]:
    """Network and metadata of a weights file, every promise of the file checked. RunError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(plain(path), framework="numpy") as file:
            about = dict(file.metadata() or {})
            if "spusk" not in about:  # another program's weights
                raise RunError.keyed("data.no_weights", path=path, why=Reason("description"))
            net = fitting(file, json.loads(about["spusk"]), path)
            for number, (W, b) in enumerate(net.layers, start=1):
                W[:], b[:] = file.get_tensor(f"W{number}"), file.get_tensor(f"b{number}")
    except OSError as error:
        raise RunError.keyed("data.unread", path=path, why=reason(error)) from error
    except (KeyError, TypeError, ValueError, RecursionError, SafetensorError) as error:
        why = reason(error, "description")
        raise RunError.keyed("data.no_weights", path=path, why=why) from error
    expected = about.get("crc32", "")
    if expected and expected != f"{checksum(about, net.theta.data.cast('B')):08x}":
        raise RunError.keyed("data.damaged", path=path, expected=expected)
    if not np.isfinite(net.theta).all():
        raise RunError.keyed("data.not_finite_weights", path=path)
    return net, about


def fitting(file: Tensors, about: dict[str, Any], path: Path) -> Network:
    """An empty network as described, once the tensors are known to have its shapes and type.

    Looked at before anything is allocated: a description must not ask for more than is there.
    """
    sizes = checked_sizes(about["sizes"])
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
    net = Network(**{**about, "sizes": (1, 1), "init": "scaled"})
    net.init = named(INITS, about["init"], "init")
    Parameters.__init__(net, sizes, DTYPES[first])
    return net
