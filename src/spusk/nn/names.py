"""What a network may be made of by name, looked up in the tables."""

from collections.abc import Mapping, Sequence

from spusk.errors import NetworkError
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.losses import LOSSES


def named(table: Mapping[str, object], name: str, what: str) -> str:
    """The name, if the table has it. Raises NetworkError naming what there is."""
    if name not in table:
        raise NetworkError.keyed("network.name", what=what, names=", ".join(table), found=name)
    return name


def checked_activations(given: str | Sequence[str], hidden: int) -> str:
    """The activations of so many hidden layers as one text: "relu", or "relu,tanh".

    One name is for all of them. Raises NetworkError for a name that is none or is for the last
    layer alone, and for a number of names that is not theirs.
    """
    names = given.split(",") if isinstance(given, str) else list(given)
    for name in names:
        if ACTIVATIONS[named(ACTIVATIONS, name, "activation")].coupled and hidden:
            raise NetworkError.keyed("network.coupled", found=name)
    if len(names) not in (1, hidden):
        raise NetworkError.keyed("network.activations", found=len(names), expected=hidden)
    return names[0] if len(set(names)) == 1 else ",".join(names)


def checked_output(loss: str, output: str) -> None:
    """Raises NetworkError where a loss is not written for outputs of this activation."""
    fitting = LOSSES[loss].cancels
    if fitting and output not in fitting:
        names = {"outputs": ", ".join(fitting), "first": fitting[0]}
        raise NetworkError.keyed("network.loss_output", loss=loss, found=output, **names)
