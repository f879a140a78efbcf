"""Every row of the gallery: formula, gradient, minima and bound, checked independently."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from spusk.functions import function
from spusk.functions.differences import central
from spusk.functions.gallery import GALLERY

pi, e = np.pi, np.e
DIRECT = {  # written again by hand, apart from the parser
    "lecture": lambda x, y: x**2 - 10 * x + 2 * y**2 - 20 * y + 75,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "rosenbrock": lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2,
    "rastrigin": lambda x, y: 20 + x**2 - 10 * np.cos(2 * pi * x) + y**2 - 10 * np.cos(2 * pi * y),
    "beale": lambda x, y: (
        (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
    ),
    "booth": lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    "matyas": lambda x, y: 0.26 * (x**2 + y**2) - 0.48 * x * y,
    "styblinski-tang": lambda x, y: sum(t**4 - 16 * t**2 + 5 * t for t in (x, y)) / 2,
    "six-hump-camel": lambda x, y: (
        (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2
    ),
    "three-hump-camel": lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2,
    "mccormick": lambda x, y: np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
    "ackley": lambda x, y: (
        -20 * np.exp(-0.2 * np.sqrt((x**2 + y**2) / 2))
        - np.exp((np.cos(2 * pi * x) + np.cos(2 * pi * y)) / 2)
        + 20
        + e
    ),
    "escape": lambda x: x**2 / 10 - 0.6 * np.exp(-8 * (x - 3) ** 2),
    "trap": lambda x: x**2 / 10 - 2 * np.exp(-8 * (x - 3) ** 2),
}
BOUNDS = {  # 2/λmax at the global minimum, from the project's own table
    "lecture": 0.5, "himmelblau": 0.0243, "rosenbrock": 0.0020, "rastrigin": 0.0050,
    "beale": 0.0408, "booth": 0.111, "matyas": 2, "styblinski-tang": 0.0578,
    "six-hump-camel": 0.121, "three-hump-camel": 0.453, "mccormick": 0.5,
}  # fmt: skip


def somewhere(entry, count=50):
    low, high = np.array(entry.view).T
    return np.random.default_rng(1).uniform(low, high, (count, entry.n))


@pytest.fixture(params=list(GALLERY.values()), ids=list(GALLERY))
def entry(request):
    return request.param


def test_formula_is_the_function_written_by_hand(entry):
    points = somewhere(entry)
    np.testing.assert_allclose(
        function(entry.name).value(points), DIRECT[entry.name](*points.T), rtol=1e-12, atol=1e-12
    )


def test_gradient_equals_differences(entry):
    f, points = function(entry.name), somewhere(entry)
    expected, found = central(f.value, points), f.gradient(points)
    assert np.linalg.norm(found - expected) <= 1e-6 * np.linalg.norm(expected)


def test_gradient_and_hessian_equal_automatic_differentiation(entry):
    f, direct = function(entry.name), DIRECT[entry.name]
    # the same lambda with the library's functions in NumPy's place
    moved = type(direct)(direct.__code__, {"np": anp, "sum": sum, "pi": pi, "e": e})
    gradient = autograd.grad(lambda x: moved(*x))
    hessian = autograd.hessian(lambda x: moved(*x))
    for point in somewhere(entry, 5):
        np.testing.assert_allclose(f.gradient(point), gradient(point), rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(f.hessian(point), hessian(point), rtol=1e-9, atol=1e-8)


def test_minima_are_minima_and_global_ones_are_the_lowest(entry):
    f = function(entry.name)
    lowest = min(m.value for m in entry.minima)
    for minimum in entry.minima:
        x = np.array(minimum.x, float)
        assert f.value(x) == pytest.approx(minimum.value, abs=1e-12)
        assert np.abs(f.gradient(x)).max() < 1e-12
        assert (minimum.kind == "global") == (minimum.value == pytest.approx(lowest, abs=1e-12))
        if entry.nonsmooth is None:
            assert np.linalg.eigvalsh(f.hessian(x)).min() > 0
    assert f.value(somewhere(entry, 20_000)).min() >= lowest - 1e-12


def test_bound_is_two_over_the_largest_eigenvalue(entry):
    if entry.bound is None:
        return
    x = next(m.x for m in entry.minima if m.kind == "global")
    largest = np.linalg.eigvalsh(function(entry.name).hessian(np.array(x, float))).max()
    assert entry.bound == pytest.approx(2 / largest, rel=1e-7)
    if entry.name in BOUNDS:
        assert entry.bound == pytest.approx(
            BOUNDS[entry.name], abs=5e-5 if entry.bound < 0.1 else 5e-4
        )


def test_its_own_start_and_rate_reach_a_minimum(entry):
    f, x = function(entry.name), np.array(entry.start, float)
    seen = set()
    for _ in range(60_000):
        if x.tobytes() in seen:  # from here it goes round for ever, mostly on the spot
            break
        seen.add(x.tobytes())
        x = x - entry.rate * f.gradient(x)
    near = min(np.linalg.norm(x - m.x) for m in entry.minima)
    assert near < (0.1 if entry.name == "ackley" else 1e-6)


def plain(name, start, rate, steps=5000):
    f, x = function(name), np.array([start])
    for _ in range(steps):
        x = x - rate * f.gradient(x)
    return x[0]


def test_escape_a_small_rate_stays_and_a_larger_one_escapes_and_settles():
    sharp, flat = GALLERY["escape"].minima[1].x[0], 0.0
    f = function("escape")
    low = 2 / f.hessian(np.array([sharp]))[0, 0]
    assert low < 1.0 < GALLERY["escape"].bound
    assert plain("escape", 5.0, 0.1) == pytest.approx(sharp, abs=1e-6)
    assert plain("escape", 5.0, 1.0) == pytest.approx(flat, abs=1e-6)


def test_trap_a_larger_rate_loses_the_global_minimum():
    deep = GALLERY["trap"].minima[0].x[0]
    assert plain("trap", 5.0, 0.03) == pytest.approx(deep, abs=1e-6)
    assert plain("trap", 5.0, 1.0) == pytest.approx(0, abs=1e-6)
