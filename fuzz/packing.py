"""Bytes put where checksums would keep them out: the damage lies inside a sound file."""

import io
import json
import zipfile
import zlib

import numpy as np

from spusk.nn.network import Network
from spusk.runs.weights import checksum, description


def plain(data: bytes) -> bytes:
    """As it is."""
    return data


def resealed(data: bytes) -> bytes:
    """A PNG whose chunks' checksums are right again."""
    good, place = bytearray(data), 8
    while place + 12 <= len(good):
        end = place + 8 + int.from_bytes(good[place : place + 4], "big")
        if end + 4 > len(good):
            break
        good[end : end + 4] = zlib.crc32(good[place + 4 : end]).to_bytes(4, "big")
        place = end + 4
    return bytes(good)


def archived(data: bytes) -> bytes:
    """An .npz whose x is this; its y has three labels."""
    labels, packed = io.BytesIO(), io.BytesIO()
    np.save(labels, np.arange(3, dtype=np.uint8))
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.npy", data)
        archive.writestr("y.npy", labels.getvalue())
    return packed.getvalue()


def checkpoint(data: bytes) -> bytes:
    """A checkpoint of a small network whose place and history are this text."""
    net = Network([2, 1], seed=0)
    theta = net.theta.data.cast("B")
    state = data.decode("utf-8", "ignore")
    about = {"spusk": json.dumps(description(net)), "state": state}
    about["crc32"] = f"{checksum(about, theta):08x}"
    header = {
        "__metadata__": about,
        "W1": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
        "b1": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]},
    }
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(theta)
