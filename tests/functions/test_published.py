"""Published functions, typed as formulas, are those of their papers, and so are their gradients.

Written once more here as plain Python, which autograd differentiates.
"""

import autograd
import autograd.numpy as np
import pytest
from autograd.numpy import pi
from numpy.testing import assert_allclose

from spusk.functions import function
from tests.functions.published import PUBLISHED

POINTS = 300


def sin2(u):
    return np.sin(u) ** 2


DIRECT = {
    "goldstein-price": lambda x, y: (
        (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2))
        * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))
    ),
    "branin": lambda x, y: (
        (y - 5.1 / (4 * pi**2) * x**2 + 5 / pi * x - 6) ** 2
        + 10 * (1 - 1 / (8 * pi)) * np.cos(x)
        + 10
    ),
    "easom": lambda x, y: -np.cos(x) * np.cos(y) * np.exp(-((x - pi) ** 2 + (y - pi) ** 2)),
    "eggholder": lambda x, y: (
        -(y + 47) * np.sin(np.sqrt(np.abs(x / 2 + (y + 47))))
        - x * np.sin(np.sqrt(np.abs(x - (y + 47))))
    ),
    "holder-table": lambda x, y: (
        -np.abs(np.sin(x) * np.cos(y) * np.exp(np.abs(1 - np.sqrt(x**2 + y**2) / pi)))
    ),
    "cross-in-tray": lambda x, y: (
        -0.0001
        * (np.abs(np.sin(x) * np.sin(y) * np.exp(np.abs(100 - np.sqrt(x**2 + y**2) / pi))) + 1)
        ** 0.1
    ),
    "bukin6": lambda x, y: 100 * np.sqrt(np.abs(y - 0.01 * x**2)) + 0.01 * np.abs(x + 10),
    "drop-wave": lambda x, y: -(1 + np.cos(12 * np.sqrt(x**2 + y**2))) / (0.5 * (x**2 + y**2) + 2),
    "schaffer2": lambda x, y: 0.5 + (sin2(x**2 - y**2) - 0.5) / (1 + 0.001 * (x**2 + y**2)) ** 2,
    "schaffer4": lambda x, y: (
        0.5 + (np.cos(np.sin(np.abs(x**2 - y**2))) ** 2 - 0.5) / (1 + 0.001 * (x**2 + y**2)) ** 2
    ),
    "levy13": lambda x, y: (
        sin2(3 * pi * x)
        + (x - 1) ** 2 * (1 + sin2(3 * pi * y))
        + (y - 1) ** 2 * (1 + sin2(2 * pi * y))
    ),
    "griewank": lambda x, y: 1 + (x**2 + y**2) / 4000 - np.cos(x) * np.cos(y / 2**0.5),
    "schwefel": lambda x, y: (
        418.9829 * 2 - x * np.sin(np.sqrt(np.abs(x))) - y * np.sin(np.sqrt(np.abs(y)))
    ),
    "michalewicz": lambda x, y: (
        -np.sin(x) * np.sin(x**2 / pi) ** 20 - np.sin(y) * np.sin(2 * y**2 / pi) ** 20
    ),
    "dixon-price": lambda x, y: (x - 1) ** 2 + 2 * (2 * y**2 - x) ** 2,
    "zakharov": lambda x, y: x**2 + y**2 + (0.5 * x + y) ** 2 + (0.5 * x + y) ** 4,
    "trid2": lambda x, y: (x - 1) ** 2 + (y - 1) ** 2 - x * y,
    "powell": lambda a, b, c, d: (
        (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4
    ),
    "colville": lambda a, b, c, d: (
        100 * (a**2 - b) ** 2
        + (a - 1) ** 2
        + (c - 1) ** 2
        + 90 * (c**2 - d) ** 2
        + 10.1 * ((b - 1) ** 2 + (d - 1) ** 2)
        + 19.8 * (b - 1) * (d - 1)
    ),
    "sum-powers": lambda a, b, c: np.abs(a) ** 2 + np.abs(b) ** 3 + np.abs(c) ** 4,
    "shubert": lambda x, y: (
        sum(i * np.cos((i + 1) * x + i) for i in range(1, 6))
        * sum(i * np.cos((i + 1) * y + i) for i in range(1, 6))
    ),
    "forrester": lambda x: (6 * x - 2) ** 2 * np.sin(12 * x - 4),
    "gramacy-lee": lambda x: np.sin(10 * pi * x) / (2 * x) + (x - 1) ** 4,
    "bohachevsky1": lambda x, y: (
        x**2 + 2 * y**2 - 0.3 * np.cos(3 * pi * x) - 0.4 * np.cos(4 * pi * y) + 0.7
    ),
    "bohachevsky3": lambda x, y: x**2 + 2 * y**2 - 0.3 * np.cos(3 * pi * x + 4 * pi * y) + 0.3,
    "chichinadze": lambda x, y: (
        x**2
        - 12 * x
        + 8 * np.sin(5 * pi * x / 2)
        + 10 * np.cos(pi * x / 2)
        + 11
        - 0.2 * 5**0.5 * np.exp(-0.5 * (y - 0.5) ** 2)
    ),
    "deckkers-aarts": lambda x, y: (
        100000.0 * x**2 + y**2 - (x**2 + y**2) ** 2 + 1e-05 * (x**2 + y**2) ** 4
    ),
    "adjiman": lambda x, y: np.cos(x) * np.sin(y) - x / (y**2 + 1),
    "brent": lambda x, y: (x + 10) ** 2 + (y + 10) ** 2 + np.exp(-(x**2) - y**2),
    "freudenstein-roth": lambda x, y: (
        (x - 13 + ((5 - y) * y - 2) * y) ** 2 + (x - 29 + ((y + 1) * y - 14) * y) ** 2
    ),
    "egg-crate": lambda x, y: x**2 + y**2 + 25 * (sin2(x) + sin2(y)),
    "exponential": lambda x, y: -np.exp(-0.5 * (x**2 + y**2)),
    "treccani": lambda x, y: x**4 + 4 * x**3 + 4 * x**2 + y**2,
    "trefethen": lambda x, y: (
        np.exp(np.sin(50 * x))
        + np.sin(60 * np.exp(y))
        + np.sin(70 * np.sin(x))
        + np.sin(np.sin(80 * y))
        - np.sin(10 * (x + y))
        + (x**2 + y**2) / 4
    ),
    "ursem1": lambda x, y: -np.sin(2 * x - 0.5 * pi) - 3 * np.cos(y) - 0.5 * x,
    "zettl": lambda x, y: (x**2 - 2 * x + y**2) ** 2 + 0.25 * x,
    "zirilli": lambda x, y: 0.25 * x**4 - 0.5 * x**2 + 0.1 * x + 0.5 * y**2,
    "wayburn-seader1": lambda x, y: (x**6 + y**4 - 17) ** 2 + (2 * x + y - 4) ** 2,
    "parsopoulos": lambda x, y: np.cos(x) ** 2 + np.sin(y) ** 2,
    "damavandi": lambda x, y: (
        (1 - np.abs(np.sin(pi * (x - 2)) * np.sin(pi * (y - 2)) / (pi**2 * (x - 2) * (y - 2))) ** 5)
        * (2 + (x - 7) ** 2 + 2 * (y - 7) ** 2)
    ),
    "csendes": lambda x: x**6 * (2 + np.sin(1 / x)),
    "cube": lambda x, y: 100 * (y - x**3) ** 2 + (1 - x) ** 2,
    "hartmann3": lambda x, y, z: (
        -1.0 * np.exp(-3 * (x - 0.3689) ** 2 - 10 * (y - 0.117) ** 2 - 30 * (z - 0.2673) ** 2)
        - 1.2 * np.exp(-0.1 * (x - 0.4699) ** 2 - 10 * (y - 0.4387) ** 2 - 35 * (z - 0.747) ** 2)
        - 3.0 * np.exp(-3 * (x - 0.1091) ** 2 - 10 * (y - 0.8732) ** 2 - 30 * (z - 0.5547) ** 2)
        - 3.2 * np.exp(-0.1 * (x - 0.03815) ** 2 - 10 * (y - 0.5743) ** 2 - 35 * (z - 0.8828) ** 2)
    ),
    "bird": lambda x, y: (
        np.sin(x) * np.exp((1 - np.cos(y)) ** 2)
        + np.cos(y) * np.exp((1 - np.sin(x)) ** 2)
        + (x - y) ** 2
    ),
    "keane": lambda x, y: -sin2(x - y) * sin2(x + y) / np.sqrt(x**2 + y**2),
    "peaks(matlab)": lambda x, y: (
        3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2)
        - 10 * (x / 5 - x**3 - y**5) * np.exp(-(x**2) - y**2)
        - 1 / 3 * np.exp(-((x + 1) ** 2) - y**2)
    ),
    "rosenbrock5": lambda *x: sum(
        100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(4)
    ),
    "step-like log-sum-exp": lambda x, y: np.log(
        np.exp(x + 3 * y - 0.1) + np.exp(x - 3 * y - 0.1) + np.exp(-x - 0.1)
    ),
    "boyd-exp": lambda x, y: np.exp(x + 3 * y - 0.1) + np.exp(x - 3 * y - 0.1) + np.exp(-x - 0.1),
    "salomon": lambda x, y: 1 - np.cos(2 * pi * np.sqrt(x**2 + y**2)) + 0.1 * np.sqrt(x**2 + y**2),
    "alpine1": lambda x, y: np.abs(x * np.sin(x) + 0.1 * x) + np.abs(y * np.sin(y) + 0.1 * y),
    "alpine2": lambda x, y: -np.sqrt(x) * np.sin(x) * np.sqrt(y) * np.sin(y),
    "xin-she-yang2": lambda x, y: (np.abs(x) + np.abs(y)) * np.exp(-np.sin(x**2) - np.sin(y**2)),
    "quartic": lambda a, b, c: a**4 + 2 * b**4 + 3 * c**4,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_function_is_what_its_paper_has(name):
    text, box = PUBLISHED[name]
    low, high = np.array(box, float).T
    points = np.random.default_rng(7).uniform(low, high, (POINTS, len(box)))
    value, slopes = function(text).value_and_gradient(points)
    direct = DIRECT[name](*points.T)
    expected = [autograd.elementwise_grad(DIRECT[name], k)(*points.T) for k in range(len(box))]
    assert_allclose(value, direct, rtol=1e-9, atol=1e-9 * np.abs(direct).max())
    size = np.abs(expected).max(axis=0)[:, None]  # (K, 1): of the largest slope at each point
    assert_allclose(slopes / size, np.stack(expected, -1) / size, rtol=0, atol=1e-8)
