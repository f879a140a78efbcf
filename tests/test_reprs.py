"""The repr of every public result is one short line, whatever it holds; and results pickle."""

import inspect
import pickle
from functools import cache

import numpy as np
import pytest

import spusk
from spusk.data import Data, Found, Reading, prepare
from spusk.descent import descend_events
from spusk.engines.base import StepTotals
from spusk.runs import Checkpoint, Every, Run, Since
from spusk.training import Cause, Cursor, Plan
from tests.conftest import blobs
from tests.transcript import names

N = 10_000
LONGEST = 300
WEIGHTS = np.linspace(1, 4, N)
NUMBERS = ("spusk.optim",)  # rules and schedules are a few numbers
OPEN = ("Resumed",)  # it holds an open folder


def value(x):
    return 0.5 * WEIGHTS @ x**2


def slope(x):
    return WEIGHTS * x


@cache
def runs():
    f = spusk.function(value, n=N, gradient=slope)
    start = np.ones(N)
    run = spusk.descend(f, start, 0.1, 1000, 0, record=100)
    step, *_, end = descend_events(f, start, 0.1, steps=3)
    failed = spusk.descend(failing, [1.0, 2.0], 0.1, 100, trace=False)
    return [
        f, run, run.best, step, end, failed, run.explanation, run.explanation.point, run.trail,
        spusk.descend(f, start, 0.3, 1000, record="last").explanation,
        spusk.descend_many(f, np.ones((3, N)), 0.1, 5, record=1),
        spusk.descend_many("himmelblau", np.ones((1000, 2)), 0.01, 1000),
        spusk.compare_rates("lecture", (0, 0), list(np.linspace(0.01, 0.4, 100)), 1000),
        spusk.basins("himmelblau", 0.01, size=16),
        spusk.escape("escape", list(np.linspace(0.01, 0.2, 100)), 64, 100),
        spusk.escape("escape", [0.1], 64, 100).rows[0],
        spusk.descend("+".join(f"x{k}^2" for k in range(1, 30)), np.ones(29), 0.1, 5),
        spusk.function("x^2 + " + "y^2 + " * 60 + "z").check(0, "2x"),
    ]  # fmt: skip


def failing(x):
    if x[0] < 0.5:
        raise ValueError("a very long reason " * 100)
    return float(x @ x)


@cache
def networks():
    small = blobs()
    net = spusk.Network([784, 500, 300, 100, 10])
    parts = Data(small, small, "name " * 100)
    trained = spusk.train(spusk.Network([6, 30, 3]), small, rate=1.0, epochs=200)
    several = spusk.train_seeds(lambda seed: spusk.Network([6, 3], seed), small, rate=1.0, seeds=2)
    plan, note = Plan(rate=1.0), {f"key {k}": k for k in range(100)}
    return [
        small, parts, prepare(blobs(n=784, classes=10), "standardise"),
        Found("column " * 99, ("left " * 99,) * 9), Reading("label " * 99),
        net, net.layers[0], net.surface(blobs(n=784, classes=10)), trained,
        *trained.history[:1], plan, Cursor(), StepTotals(1.0, 2, 3), Every(1.0), Since(1, 2, 0.5),
        Cause("plateau", {"share": 0.5}),
        spusk.analysis.gradient_noise(trained.net, small), several, several.spread,
        Run(spusk.__path__[0] * 9, net, plan, "source " * 99, trained.history, note),
        Checkpoint(net, Cursor(), trained.history, spusk.__path__[0] * 9, True, plan.rule,
                   {"m": np.ones(573_910)}),
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore::spusk.errors.SpuskWarning")
@pytest.mark.parametrize("made", [runs, networks])
def test_a_repr_is_one_short_line(made):
    for result in made():
        shown = repr(result)
        assert len(shown) < LONGEST, type(result)
        assert "\n" not in shown, type(result)
        assert type(result).__name__ in shown


def test_every_public_record_is_among_them():
    """Named tuples and dataclasses that the rooms offer."""
    shown = {type(result).__name__ for made in (runs, networks) for result in made()}
    for room, module in names.rooms().items():
        for name in names.public(module) if room not in NUMBERS else ():
            kind = getattr(module, name)
            record = hasattr(kind, "_fields") or hasattr(kind, "__dataclass_fields__")
            if inspect.isclass(kind) and record and name not in OPEN:
                assert name in shown, name


def test_results_pickle():
    for result in runs():
        again = pickle.loads(pickle.dumps(result))
        if type(result).__name__ != "Trail":
            assert repr(again) == repr(result)
