"""Programs as users write them, one for each public room: `make check` holds their types."""

from pathlib import Path
from typing import Any, assert_type

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import spusk
from spusk.analysis import GradientNoise
from spusk.descent import Basins, Comparison, Descent, End, Escape, Many, Step
from spusk.errors import InputError, SpuskError
from spusk.functions import Function
from spusk.nn import ACTIVATIONS, CostSurface, Layer
from spusk.optim import Adam, GradientDescent, cosine
from spusk.runs import Run
from spusk.training import Event, Training

Floats = NDArray[np.floating[Any]]


def functions() -> None:
    """A formula, a callable, a name of the gallery."""
    f = spusk.function("x^2 + 10*y^2")
    assert_type(f, Function)
    assert_type(f.gradient([4.0, 1.0]), Floats)
    assert_type(f.hessian(np.zeros((5, 2))), Floats)
    traced = spusk.function(lambda x, y: x * x + y * y)
    assert_type(traced(1.0, 2.0), Floats)
    for name, entry in spusk.GALLERY.items():
        assert_type(name, str)
        assert_type(entry.rate, float)


def descents() -> None:
    """One descent, several rates, its loop by hand."""
    result = spusk.descend("x^2 + y^2", [1, 2], 0.1, rule="momentum", record=10)
    assert_type(result, Descent)
    assert_type(result.fun, float)
    assert_type(result.explain("ru"), str)
    spusk.descend(lambda x, y: x * x + y * y, [1, 2], cosine(0.1, 9), rule=Adam)
    assert_type(spusk.compare_rates("himmelblau", (0, 0), [0.01, 0.02]), Comparison)
    for event in spusk.descend_events(spusk.function("x^2"), [3.0], 0.1, steps=5):
        match event:
            case Step():
                assert_type(event.norm, float)
            case End():
                assert_type(event.step, int)


def many() -> None:
    """Starts by the thousand, basins, escapes."""
    starts = np.random.default_rng(0).uniform(-5, 5, (100, 2))
    assert_type(spusk.descend_many("himmelblau", starts, 0.01), Many)
    assert_type(spusk.basins("himmelblau", 0.01, size=8), Basins)
    escape = spusk.escape("trap", [0.01, 0.07], starts=16)
    assert_type(escape, Escape)
    assert_type(escape.rows[0].share_global, float)


def networks() -> None:
    """A network on a set of one's own, and its cost as a surface."""
    rng = np.random.default_rng(0)
    V = spusk.Sample(rng.random((12, 4)), labels=np.arange(12) % 3)
    net = spusk.Network([4, 5, 3], seed=1, activation="tanh", dtype=np.float64)
    training = spusk.train(net, V, rate=0.5, epochs=2)
    assert_type(training, Training)
    for event in spusk.train_events(net, V, rate=0.5, batch="all", epochs=1):
        assert_type(event, Event)
        assert_type(event.cost, float)
    several = spusk.train_seeds(
        lambda seed: spusk.Network([4, 3], seed), V, seeds=2, rate=0.5, epochs=1,
        callbacks=lambda event: event.cost < 0.01,
    )  # fmt: skip
    assert_type(several.median, float)
    assert_type(several.best, Training)
    assert_type(net.accuracy(V), float)
    assert_type(net.predict(V), NDArray[np.intp])
    assert_type(net.gradients(V), spusk.Parameters)
    spusk.descend(net.surface(V), net.theta, 0.1, steps=3, rule=GradientDescent)


def surfaces_of_networks() -> None:
    """A network's cost as a function that descends, from what `spusk.nn` names."""
    data = spusk.data.sample()
    net = spusk.Network([784, 3, 10], activation=next(iter(ACTIVATIONS)), dtype=np.float64)
    for layer in net.layers:
        assert_type(layer, Layer)
    surface = net.surface(data.train)
    assert_type(surface, CostSurface)
    assert_type(spusk.descend(surface, net.theta, 0.5, steps=1), Descent)


def sets() -> None:
    """The sets that come with the package."""
    data = spusk.data.load("sample", split=None)
    assert_type(data.train, spusk.Sample)
    assert data.test is not None
    assert_type(len(data.test), int)


def analysis() -> None:
    """Numbers about a network."""
    V = spusk.data.sample().train.take(slice(20))
    net = spusk.Network([784, 3, 10])
    noise = spusk.analysis.gradient_noise(net, V)
    assert_type(noise, GradientNoise)
    assert_type(spusk.analysis.confusion(net, V), NDArray[np.int64])
    for curve in spusk.analysis.work_curves(net, V, batches=["all"], rates=[1.0], passes=1):
        assert_type(curve.cost, list[float])


def pictures(folder: Path) -> None:
    """A picture, on a file."""
    result = spusk.descend("x^2 + y^2", [1, 2], 0.1, steps=3)
    axes = spusk.plots.path(result, lang="ru")
    assert_type(axes, Axes)
    assert_type(spusk.plots.save(axes, folder / "path.png"), Path)


def runs(folder: Path) -> None:
    """A run folder, written and read."""
    net = spusk.Network([4, 3])
    spusk.runs.save_weights(net, folder / "weights.safetensors")
    assert_type(spusk.runs.load_weights(folder / "weights.safetensors"), spusk.Network)
    net.save(str(folder / "net.safetensors"))
    assert_type(spusk.Network.load(str(folder / "net.safetensors")), spusk.Network)
    try:
        run = spusk.load(folder / "nothing")
        assert_type(run, Run)
        spusk.resume(run.folder, epochs=20)
    except SpuskError as error:
        assert_type(error.sentence("ru"), str)


def errors() -> None:
    """What was wrong is an error of ours."""
    try:
        spusk.function("x^2 +")
    except InputError as error:
        assert_type(str(error), str)
