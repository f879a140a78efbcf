"""Critical points: Newton's method, curvature and the stable rate, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import spusk
from spusk.functions import critical
from tests.conftest import examples

NUMBERS = st.floats(-3, 3, allow_subnormal=False)


class Quadratic:
    """f = ½ (x − m)ᵀ A (x − m), with its derivatives written by hand."""

    def __init__(self, A, m):
        self.A, self.m, self.n = A, m, len(m)

    def gradient(self, x):
        return self.A @ (x - self.m)

    def hessian(self, x):
        return self.A


@examples(50)
@given(
    basis=arrays(float, (3, 3), elements=NUMBERS),
    spectrum=arrays(float, 3, elements=st.floats(0.1, 50)),
    m=arrays(float, 3, elements=NUMBERS),
    start=arrays(float, 3, elements=NUMBERS),
)
def test_newton_finds_the_minimum_of_a_quadratic(basis, spectrum, m, start):
    Q, _ = np.linalg.qr(basis)
    A = Q * spectrum @ Q.T
    f = Quadratic((A + A.T) / 2, m)
    np.testing.assert_allclose(critical.newton(f, start), m, atol=1e-8)
    np.testing.assert_allclose(critical.eigenvalues(f, m), np.sort(spectrum), rtol=1e-9)
    assert critical.stable_rate(f, m) == pytest.approx(2 / spectrum.max(), rel=1e-9)


def test_newton_ends_at_no_saddle_and_no_maximum():
    for formula in ("x^2 - y^2", "-x^2 - y^2", "x*y"):
        assert critical.newton(spusk.function(formula), np.array([0.3, 0.2])) is None
        assert critical.newton(spusk.function(formula), np.zeros(2)) is None


def test_newton_leaves_a_saddle_for_a_minimum():
    f = spusk.function("x^4 - x^2 + y^2")  # a saddle at 0, minima at ±√½
    found = critical.newton(f, np.array([0.1, 0.3]))
    np.testing.assert_allclose(found, [0.5**0.5, 0], atol=1e-9)


def test_newton_says_nothing_where_f_ends():
    assert critical.newton(spusk.function("log(x) + y^2"), np.array([0.5, 1.0])) is None


@pytest.mark.parametrize(("lambdas", "minimum"), [
    ([1.0, 4.0], True), ([0.0, 4.0], True), ([-1e-9, 4.0], True),
    ([-1e-3, 4.0], False), ([-4.0, -1.0], False), ([0.0, 0.0], False),
])  # fmt: skip
def test_eigenvalues_tell_a_minimum(lambdas, minimum):
    assert critical.curves_up(np.array(lambdas)) is minimum


def test_a_saddle_is_one_as_far_as_the_hessian_tells():
    assert not critical.is_no_saddle(spusk.function("x^2 - y^2"), np.zeros(2))
    assert critical.is_no_saddle(spusk.function("x^2 + y^2"), np.zeros(2))
    assert critical.is_no_saddle(spusk.function("sqrt(x) + y^2"), np.zeros(2))  # no Hessian there
    assert critical.is_no_saddle(object(), np.zeros(2))


def test_nothing_curves_up_where_there_is_no_stable_rate():
    assert critical.stable_rate(spusk.function("-x^2"), np.zeros(1)) is None
    assert critical.stable_rate(spusk.function("lecture"), np.array([5.0, 5.0])) == 0.5


def test_known_minima_are_the_gallerys():
    found = critical.known_minima(spusk.function("himmelblau"))
    assert len(found) == 4
    assert [3.0, 2.0] in [x.tolist() for x in found]
    assert critical.known_minima(spusk.function("x^2")) == []


def test_a_point_without_a_gradient_is_known():
    f = spusk.function("ackley")
    assert critical.is_nonsmooth(f, np.zeros(2))
    assert not critical.is_nonsmooth(f, np.array([0.0, 1e-9]))
    assert not critical.is_nonsmooth(spusk.function("lecture"), np.zeros(2))
