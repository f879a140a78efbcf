"""spec/training_steps.json: every engine, the page and autograd make the same step of L11."""

from itertools import pairwise, product

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from spusk import Network, Sample
from spusk.engines import native
from spusk.engines.reference import Reference
from spusk.errors import NetworkError
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.losses import LOSSES
from tests.lab.modules import answers
from tests.spec.vectors import close, rows

ROWS = rows("training_steps.json")
ULPS = 64  # roundings that may meet in one number of these small networks


def tolerance(dtype):
    return ULPS * float(np.finfo(dtype).eps)


def pair(row, dtype):
    """The row's network and set."""
    net = Network(row["sizes"], activation=row["activation"], output=row["output"],
                  error=row["loss"], dtype=dtype)  # fmt: skip
    net.theta[:] = row["theta"]
    return net, Sample(np.array(row["x"], dtype), y=np.array(row["y"], dtype))


def after_one_step(engine, net, V, rate):
    """The mean cost that the engine met on its step; the network moves."""
    steps = engine.open(net, V, len(V), 1)
    return steps.steps(np.arange(len(V)), 0, 1, rate).cost / len(V)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_reference(dtype):
    for row in ROWS:
        net, V = pair(row, dtype)
        assert close(net.gradients(V).theta, row["gradient"], tolerance(dtype)), row
        assert close(net.cost(V), row["cost"], tolerance(dtype)), row
        assert close(
            after_one_step(Reference(), net, V, row["rate"]), row["cost"], tolerance(dtype)
        )
        assert close(net.theta, row["after"], tolerance(dtype)), row


@pytest.mark.parametrize("isa", native.instruction_sets() or ["none"])
def test_the_native_engine(isa, monkeypatch):
    if not native.available():
        pytest.skip("native part not built")
    monkeypatch.setenv("SPUSK_ISA", isa)
    for row in ROWS:
        net, V = pair(row, np.float32)
        cost = after_one_step(native.Native(), net, V, row["rate"])
        assert close(cost, row["cost"], tolerance(np.float32)), row
        assert close(net.theta, row["after"], tolerance(np.float32)), row


def test_the_page():
    """Its networks have sigmoid or tanh inside, sigmoid at the end, and every loss over it."""
    kept = [row for row in ROWS if row["activation"] in ("sigmoid", "tanh")
            and row["output"] == "sigmoid"]  # fmt: skip
    assert {(row["activation"], row["loss"]) for row in kept} == set(
        product(("sigmoid", "tanh"), OVER_SIGMOIDS)
    )
    jobs = [{"kind": "trained", **row} for row in kept]
    for row, answer in zip(kept, answers(jobs), strict=True):
        for part in ("cost", "gradient", "after"):
            assert close(answer[part], row[part], tolerance(np.float64)), (part, row)


OVER_SIGMOIDS = [
    loss for loss, kind in LOSSES.items() if "sigmoid" in (kind.cancels or ["sigmoid"])
]
SIGMAS = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky-relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}


def cost_of(theta, row):
    """C(θ) in the lecture's letters, for autograd."""
    a, y, sizes = anp.array(row["x"]), anp.array(row["y"]), row["sizes"]
    shapes = list(pairwise(sizes))
    W_at, b_at = 0, sum(n * m for n, m in shapes)
    for k, (n, m) in enumerate(shapes, 1):
        W, b = theta[W_at : W_at + n * m].reshape(n, m), theta[b_at : b_at + m]
        W_at, b_at = W_at + n * m, b_at + m
        a = SIGMAS[row["output" if k == len(shapes) else "activation"]](a @ W + b)
    if row["loss"] == "squared":
        return anp.sum((a - y) ** 2) / 2 / len(y)
    if row["loss"] == "categorical-cross-entropy":
        return -anp.sum(y * anp.log(a)) / len(y)
    return -anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a)) / len(y)


def test_autograd_agrees():
    checked = 0
    for row in ROWS:
        theta = np.array(row["theta"])
        if np.abs(theta).max() > 2:  # its ln 0 and e^800 are no oracle
            continue
        value, gradient = autograd.value_and_grad(cost_of)(theta, row)
        assert close(value, row["cost"], 1e-13), row
        assert close(gradient, row["gradient"], 1e-13), row
        assert close(theta - row["rate"] * gradient, row["after"], 1e-13), row
        checked += 1
    assert checked >= 30


def test_every_activation_and_loss_is_there():
    for activation, output, loss in product(ACTIVATIONS, ACTIVATIONS, LOSSES):
        try:
            Network([1, 1, 1], activation=activation, output=output, error=loss)
        except NetworkError:
            continue
        names = {"activation": activation, "output": output, "loss": loss}
        assert any(names.items() <= row.items() for row in ROWS), names
    assert any(row["cost"] == "Infinity" for row in ROWS)
