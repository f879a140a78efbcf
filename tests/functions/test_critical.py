"""Critical points: of what kind each is, against what calculus says, and closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import spusk
from spusk.functions import critical
from spusk.functions.points import PointKind
from tests.conftest import examples

NUMBERS = st.floats(-3, 3, allow_subnormal=False)
EASOM = "-cos(x)*cos(y)*exp(-((x-pi)^2+(y-pi)^2))"


class Quadratic:
    """f = ½ (x − m)ᵀ A (x − m), with its derivatives written by hand."""

    def __init__(self, A, m):
        self.A, self.m, self.n = A, m, len(m)

    def value(self, x):
        return 0.5 * np.einsum("...i,ij,...j->...", x - self.m, self.A, x - self.m)

    def gradient(self, x):
        return (x - self.m) @ self.A

    def hessian(self, x):
        return np.broadcast_to(self.A, (*np.shape(x)[:-1], self.n, self.n))


def rotated(basis, spectrum):
    Q, _ = np.linalg.qr(basis)
    A = Q * spectrum @ Q.T
    return (A + A.T) / 2


@examples(50)
@given(
    basis=arrays(float, (3, 3), elements=NUMBERS),
    spectrum=arrays(float, 3, elements=st.floats(0.1, 50)),
    m=arrays(float, 3, elements=NUMBERS),
    start=arrays(float, 3, elements=NUMBERS),
)
def test_the_minimum_of_a_quadratic(basis, spectrum, m, start):
    f = Quadratic(rotated(basis, spectrum), m)
    point = critical.leads_to(f, start, 1.0)
    assert point.kind is PointKind.MINIMUM
    np.testing.assert_allclose(point.x, m, atol=1e-8)
    np.testing.assert_allclose(point.eigenvalues, np.sort(spectrum), rtol=1e-9)
    assert critical.stable_rate(f, m) == pytest.approx(2 / spectrum.max(), rel=1e-9)


@examples(60)
@given(
    basis=arrays(float, (3, 3), elements=NUMBERS),
    signs=st.tuples(*[st.sampled_from([-1, 0, 1])] * 3),
    sizes=st.tuples(*[st.floats(0.1, 10)] * 3),
    m=arrays(float, 3, elements=NUMBERS),
)
def test_a_quadratic_is_what_its_eigenvalues_say(basis, signs, sizes, m):
    point = critical.point_at(Quadratic(rotated(basis, np.multiply(signs, sizes)), m), m)
    if {1, -1} <= set(signs):
        assert point.kind is PointKind.SADDLE
    elif -1 in signs:
        assert point.kind is PointKind.MAXIMUM
    elif 1 in signs:
        assert point.kind is (PointKind.VALLEY if 0 in signs else PointKind.MINIMUM)
    else:
        assert point.kind is PointKind.FLAT


AT = [  # formula, where a descent came to rest, what it is there
    ("x^2 - y^2", [1e-7, 0], "saddle"), ("cos(x) + cos(y)", [0, 0], "maximum"),
    ("x^3", [5.8e-4], "inflection"), ("x^5", [0.03], "inflection"),
    (EASOM, [10, 10], "slope"), ("1e5/x^12 - 40/x^6", [20], "slope"), ("exp(-x)", [14], "slope"),
    ("exp(-x) + y^2", [14, 0], "slope"), ("x^4", [6e-3], "minimum"), ("x^6", [0.043], "minimum"),
    ("x^10", [0.17], "minimum"), ("x1^4 + 2*x2^4 + 3*x3^4", [3e-3] * 3, "minimum"),
    ("1e-7*x^2 + y^2", [0, 0], "minimum"), ("(x - 1)^2 + 1e6", [1], "minimum"),
    ("exp(x) + exp(-x)", [1e-8], "minimum"), ("rosenbrock", [1, 1.0000001], "minimum"),
    ("(x + y)^2", [1, -1.0000001], "valley"), ("(x*y - 1)^2", [2, 0.5], "valley"),
    ("x^2*y^2", [1e-7, 1], "valley"), ("x^2*y^2 + x^2", [0, 1], "valley"),
    ("x^2*y^2", [2e-10, -2e-10], "valley"), ("(x*y*z)^2 + 5", [0, 0, 0], "valley"),
    ("x^2*(y - 1)^2", [3e-10, 1], "valley"), ("z^2 + x^2*y^2", [2e-10, 2e-10, 0], "valley"),
    ("(y - x^2)^4", [0, 0], "valley"), ("(x^2 - y^3)^2", [0, 0], "valley"),
    ("x^2*y^2*(x - 3y)^2", [1e-10, 1e-10], "valley"), ("(x1*x2*x3*x4)^2", [0] * 4, "valley"),
    ("(x^2 - y^3)^2", [0.216, 0.36], "valley"), ("(x^3 - y^2)^2 + 100", [0.36, 0.216], "valley"),
    ("(y - x^2)^4 + x^8", [0, 0], "minimum"), ("x^4 + y^12", [0, 0], "minimum"),
    ("x^2*y^2 + x^6 + y^6", [2e-10, 2e-10], "minimum"), ("z^2 + x^4 + y^4", [0] * 3, "minimum"),
    ("x^2*y^2 + (x + y)^4", [2e-10, 2e-10], "minimum"), ("1000 + x^4 + y^4", [0, 0], "minimum"),
    ("x^2*(1 + sin(y)^2)", [0, 0.5], "valley"), ("(x + y + z - 1)^2", [0.5, 0.25, 0.25], "valley"),
    ("x^2*y", [0, 1], "valley"), ("x^2*y", [0, 0], "saddle"), ("x*y*z", [0, 0, 0], "saddle"),
    ("x^3 - 3*x*y^2", [0, 0], "saddle"), ("(y - x^2)*(y - 3*x^2)", [0, 0], "saddle"),
    ("x^2 + y^3", [0, 1e-4], "saddle"), ("-x^2 + y^4", [0, 0], "saddle"),
    ("-x^4", [0], "maximum"), ("-x^2 - y^4", [0, 0], "maximum"), ("x^3 - 3*x", [-1], "maximum"),
    ("himmelblau", [-0.270845, -0.923039], "maximum"), ("x^4 - x^2", [0], "maximum"),
    ("abs(x)", [0], "kink"), ("abs(x) + y^2", [0, 1e-7], "kink"), ("abs(x) + x^2", [0], "kink"),
    ("sqrt(x^2 + y^2)", [0, 0], "kink"), ("abs(x - 1) + 1000", [1], "kink"),
    ("x^2 + abs(y)/1000", [0, 0], "kink"), ("ackley", [0, 0], "kink"),
    ("abs(x)^0.5", [0], "kink"), ("-abs(x)", [0], "maximum"), ("abs(x) - y^2", [0, 0], "saddle"),
    ("abs(x)*abs(y)", [1e-22, 1e-22], "valley"), ("abs(x) - abs(y)", [0, 0], "saddle"),
    ("cbrt(x)", [0], "slope"), ("x + 5*abs(y)", [1, 0], "slope"), ("sin(x)/x", [0], "maximum"),
    ("1 + 0*x", [1], "flat"), ("-exp(-x^2)", [22], "slope"),
    ("sqrt(x)", [0], "edge"), ("log(x)", [-1], "edge"), ("1/x^2", [0], "edge"),
    ("sin(x)/x", [0], "maximum"), ("1 - sin(x)/x", [1e-7], "minimum"),
    ("-(1 - cos(x))/x^2", [1e-5], "minimum"), ("sin(x)*sin(y)/(x*y)", [0, 0], "maximum"),
    ("abs(x)^1.5", [0], "kink"), ("(x^4 + y^4)^0.5", [0, 0], "minimum"),  # no Hessian, no jump
    ("x^4 - 4*x^3 + 6*x^2 - 4*x", [1.0063], "minimum"), ("x^3 - 3*x^2 + 3*x", [1], "inflection"),
    ("x^2 + 1e12*y^2", [0, 0], "minimum"), ("x^30", [0], "minimum"), ("x^9", [0], "inflection"),
    ("exp(x)*y^2", [-0.3, 1e-6], "valley"), ("x^4*(1 + y^2)", [1e-9, 0.8], "valley"),
    ("abs(x)^(4/3)", [1e-12], "kink"), ("x^2.5", [1e-9], "minimum"),
    ("(x^2 + 1e-8)^0.5", [0], "minimum"),  # round, seen closely
    ("-exp(-x^2)", [30], "flat"), ("1e-8*x^2", [1], "slope"), ("x^2 + 1e-9*y^2", [0, 1], "slope"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "x", "kind"), AT, ids=[f"{f} at {x}" for f, x, _ in AT])
def test_what_a_point_is(formula, x, kind):
    assert critical.point_at(spusk.function(formula), np.array(x, float)).kind == kind


FROM = [  # formula, start, what the flow leads to, where
    ("x^2 - x*y", [0, 5], "unbounded", None), ("-x^2", [1], "unbounded", None),
    ("2*x + 3", [0], "unbounded", None), ("x^3", [-1], "unbounded", None),
    ("-exp(x)", [-3], "unbounded", None), ("x^4 - y^4", [1, 1e-9], "unbounded", None),
    ("cos(x)*cosh(y)", [3, 0.1], "unbounded", None), ("x*exp(-x)", [0.9], "unbounded", None),
    ("tanh(x)", [0], "endless", None), ("tanh(x) + y^2", [-3, 1], "endless", None),
    ("x*log(x)", [0], "minimum", [np.exp(-1)]), ("x*y", [1, 1], "saddle", [0, 0]),
    ("log(x)", [1], "unbounded", [0]), ("log(x) - 1e5", [1], "unbounded", [0]),
    ("-1/x^2", [1], "unbounded", [0]), ("log(x^2)", [-1], "unbounded", [0]),
    ("-1/abs(x - 3)", [1], "unbounded", [3]), ("log(x) + y^2", [1, 1], "unbounded", None),
    ("tan(x)", [0], "unbounded", [-np.pi / 2]), ("-x^(-0.1)", [1], "unbounded", [0]),
    ("log(x + 3y) + x^2", [1, 1], "unbounded", None), ("log(log(x))", [3], "unbounded", [1]),
    ("-1/(x^2 + 4y^2)", [1, 1], "unbounded", [0, 0]), ("log(x*y*z)", [1, 2, 1], "unbounded", None),
    ("log(log(x^2 + 1))", [1], "unbounded", [0]),  # its last digits are lost on the way
    ("sqrt(x)", [1], "edge", [0]), ("x^0.01", [1], "edge", [0]), ("acos(x)", [0.5], "edge", [1]),
    ("sqrt(x) + y^2", [1, 3], "edge", [0, 0]), ("sqrt(x - 1)", [2], "edge", [1]),
    ("-log(x)", [1], "unbounded", None), ("exp(-x)", [0], "endless", None),
    ("1/(1 + x^2)", [1], "endless", None), ("atan(x)", [0], "endless", None),
    ("log(1 + exp(-x)) + log(1 + exp(-2*x))", [0], "endless", None),  # separable logistic loss
    ("-exp(-x^2)", [22], "slope", [22]),  # ∇f is there, and its square is none
    ("1/x", [0], "unbounded", [0]),
    ("abs(x)", [0.15], "kink", [0]), ("abs(x) + y^2", [0.1, 0.2], "kink", [0, 0]),
    ("abs(x - y) + 10*abs(x + y - 1)", [0.3, 0.2], "kink", [0.5, 0.5]),
    ("sqrt(x^2 + y^2)", [0.1, 0.2], "kink", [0, 0]), ("ackley", [0.3, 0.2], "kink", [0, 0]),
    ("x^3 - 4", [1], "inflection", [0]), ("x^2 - y^2", [1, 0], "saddle", [0, 0]),
    ("x^4 - x^2 + y^2", [0.1, 0.3], "minimum", [0.5**0.5, 0]),  # away from the saddle at 0
    ("x*log(x)", [1], "minimum", [np.exp(-1)]), ("1/x + x", [5], "minimum", [1]),
    ("sin(x) + x/10", [0], "minimum", [-np.arccos(-0.1)]),
    ("x^2 + 1e12*y^2", [1, 1], "minimum", [0, 0]), ("tanh(x)", [0], "endless", None),
    ("(x - y)^4 + (x + y)^2", [1, 3], "minimum", [0, 0]),
    ("-exp(x)", [0], "unbounded", None), ("x/(exp(x) - 1) + x", [1], "endless", None),
    ("x^20", [0.5], "minimum", [0]), ("x^6 + y^6 + z^8", [0.5, 0.4, 0.6], "minimum", [0, 0, 0]),
    ("1 - sin(x)/x", [1], "minimum", [0]), ("x/sin(x)", [1], "minimum", [0]),
    ("x^4 + y^4", [1, 1], "minimum", [0, 0]), ("rosenbrock", [-1.2, 1], "minimum", [1, 1]),
    ("escape", [4.386], "minimum", [2.9368313771056522]),  # Newton's leaps come to the other one
]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "x", "kind", "where"), FROM, ids=[f"{f} from {x}" for f, x, *_ in FROM]
)
def test_what_a_flow_leads_to(formula, x, kind, where):
    point = critical.leads_to(spusk.function(formula), np.array(x, float), 0.3)
    assert point.kind == kind
    if where is not None:
        assert point.x == pytest.approx(where, abs=1e-8)


@pytest.mark.parametrize(("f", "n", "kind"), [
    (lambda x: float(x[0])**4 + float(x[1])**2 + 1000, 2, "minimum"),
    (lambda x: float(x[0])**4 + float(x[1])**4 + 1000, 2, "minimum"),
    (lambda x: float(x[0])**4 + 1, 1, "minimum"), (lambda x: float(x[0])**4 - 1e5, 1, "minimum"),
    (lambda x: float(x[0])**6 + float(x[1])**2 + 1, 2, "minimum"),
    (lambda x: abs(float(x[0])) + float(x[1])**2 + 1, 2, "kink"),
    (lambda x: float(x[0])**3 + float(x[1])**2 + 1, 2, "unbounded"),
    (lambda x: np.floor(2*float(x[0]))**2 + np.floor(float(x[1])), 2, "flat"),
])  # fmt: skip
def test_rounding_of_differences_names_no_point(f, n, kind):
    f = spusk.function(f, n=n)
    assert f.how == "differences"
    for start in np.random.default_rng(0).uniform(-1.5, 1.5, (3, n)):
        assert critical.leads_to(f, start, 0.01).kind == kind


@pytest.mark.parametrize("start", [2.0, 1.3, 0.0, -1.0, 1.006])
def test_what_curves_only_by_rounding_does_not_curve(start):
    f = spusk.function("x^4 - 4*x^3 + 6*x^2 - 4*x")  # (x − 1)⁴ − 1
    point = critical.leads_to(f, np.array([start]), 0.3)
    assert point.x == pytest.approx([1], abs=1e-4)
    assert point.eigenvalues == [0]


@pytest.mark.parametrize("traced", [True, False])
def test_collinear_columns_make_a_valley(traced):
    """The third of the least squares' columns is the first again."""
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(50, 2))[:, [0, 1, 0]], rng.normal(size=50)
    told = spusk.descend(
        lambda x: 0.5 * np.sum((A @ x - b) ** 2), [1, 2, 3], 0.005, trace=traced
    ).explanation
    assert told.kind == "valley"
    assert told.bound == pytest.approx(2 / np.linalg.eigvalsh(A.T @ A)[-1], rel=1e-3)


def test_a_step_is_no_curve():
    stairs = spusk.function(lambda x: np.round(x[0], 1) ** 2, n=1)
    assert critical.point_at(stairs, np.array([2.52])).kind == "flat"


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
