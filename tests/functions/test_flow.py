"""The gradient flow ends where a solver of differential equations does, in another's hands."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import spusk
from spusk.functions.flow import FlowEnd, flow
from spusk.functions.gallery import GALLERY

NEAR = 1e-3  # 1 + |x|: in a narrow valley the other solver still moves
BEYOND = {"ackley": "its minima are many, and the lowest has no gradient"}


@pytest.mark.parametrize("name", sorted(set(GALLERY) - set(BEYOND)))
def test_it_ends_where_a_solver_does(name):
    f, entry = spusk.function(name), GALLERY[name]
    low, high = np.array(entry.view).T
    for start in np.random.default_rng(1).uniform(low, high, (6, f.n)):
        led = flow(f, start)
        way = solve_ivp(lambda _, x: -f.gradient(x), (0, 1e4), start, "LSODA", rtol=1e-9,
                        atol=1e-10)  # fmt: skip
        end = way.y[:, -1]
        if led.end is FlowEnd.ENDLESS:  # Beale's function falls for ever along a valley
            assert f.value(end) < led.value
            assert np.linalg.norm(end) > np.linalg.norm(led.x)
            continue
        assert led.end is FlowEnd.REST
        assert np.linalg.norm(led.x - end) <= NEAR * (1 + np.linalg.norm(end)), (start, end, led)


def test_the_steps_grow_with_the_logarithm_of_a_valleys_narrowness():
    asked = []

    class Bowl:
        n = 2

        def __init__(self, top):
            self.A = np.diag([1.0, top])

        def value(self, x):
            return 0.5 * x @ self.A @ x

        def gradient(self, x):
            asked.append(1)
            return self.A @ x

        def hessian(self, x):
            return self.A

    counts = []
    for top in (1.0, 1e3, 1e6):
        asked.clear()
        assert flow(Bowl(top), [1.0, 1.0]).end is FlowEnd.REST
        counts.append(len(asked))
    assert counts[2] - counts[1] <= counts[1] - counts[0] + 2 <= 15
