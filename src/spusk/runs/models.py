"""A network as a file of its own, at a path as people write it."""

from pathlib import Path

from spusk.errors import InputError
from spusk.i18n.reasons import reason
from spusk.io.paths import home
from spusk.nn.network import Network
from spusk.nn.saved import Files
from spusk.runs.folder import load
from spusk.runs.weights import load_weights, save_weights

ENDING = ".safetensors"


def save_network(net: Network, path: str | Path) -> None:
    """Writes a network. Raises InputError for another ending, and where it cannot be written."""
    file = home(path)
    if file.suffix != ENDING:
        raise InputError.keyed("runs.model_name", path=path, expected=file.stem + ENDING)
    try:
        save_weights(net, file)
    except OSError as error:
        raise InputError.keyed("data.unwritten", path=path, why=reason(error)) from error


def load_network(path: str | Path) -> Network:
    """Reads the network of a file, or of a run folder. Raises RunError."""
    file = home(path)
    return load(file).net if file.is_dir() else load_weights(file)


FILES = Files(save_network, load_network)
