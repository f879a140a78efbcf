"""Extreme eigenvalues from products alone, against LAPACK on the whole matrix."""

import numpy as np
import pytest

from spusk.functions import function, lanczos
from spusk.functions.lanczos import ACCURACY, extremes


def quadratic(lambdas, seed):
    """xᵀHx/2 with these eigenvalues, in a random basis; how often its gradient was asked."""
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((len(lambdas), len(lambdas))))
    H = (Q * lambdas) @ Q.T
    asked = []

    def gradient(x):
        asked.append(1)
        return H @ x

    f = function(lambda x: x @ H @ x / 2, n=len(lambdas), gradient=gradient)
    return f, np.linalg.eigvalsh(H), asked


SPECTRA = {
    "one valley": np.linspace(1, 50, 300),
    "a saddle": np.r_[-3.0, np.linspace(1, 50, 299)],
    "many scales": np.geomspace(1e-4, 1e2, 300),
    "a maximum": -np.linspace(1, 9, 250),
    "all alike": np.full(260, 2.0),
    "one far above": np.r_[np.linspace(1, 2, 259), 1e4],
}


@pytest.mark.parametrize("name", SPECTRA)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_ends_of_a_spectrum(name, seed):
    f, exact, asked = quadratic(SPECTRA[name], seed)
    before = len(asked)
    found = extremes(f, np.ones(len(exact)))
    assert found is not None
    low, top = found
    size = np.abs(exact).max()
    assert exact[-1] - 1e-6 * size <= top <= exact[-1] + ACCURACY * size
    assert (low < 0) == (exact[0] < 0)
    assert low >= exact[0] - ACCURACY * size
    assert len(asked) - before <= 201


def test_a_gradient_that_is_none_tells_nothing():
    f, exact, _ = quadratic(np.linspace(1, 2, 230), 0)
    assert extremes(f, np.full(len(exact), np.nan)) is None


def test_as_much_is_looked_at_as_the_way_there_cost(monkeypatch):
    monkeypatch.setattr(lanczos, "PRODUCTS", 20)
    f, exact, asked = quadratic(SPECTRA["one valley"], 0)
    before = len(asked)
    assert extremes(f, np.ones(300)) is None
    assert len(asked) - before == 21
    low, top = extremes(f, np.ones(300), spent=100)
    assert len(asked) - before <= 21 + 101
    assert (low, top) == pytest.approx((exact[0], exact[-1]), abs=ACCURACY * exact[-1])


def test_many_variables_are_looked_at_as_far_as_memory_goes(monkeypatch):
    f = function(lambda x: x @ x, n=30_000, gradient=lambda x: 2 * x)
    assert extremes(f, np.ones(30_000)) == pytest.approx((2, 2))
    monkeypatch.setattr(lanczos, "MEMORY", 29_999)
    assert extremes(f, np.ones(30_000)) is None
