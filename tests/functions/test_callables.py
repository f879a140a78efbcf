"""Callables: how they take their variables, their gradients, and starts of all shapes."""

import functools
import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spusk
from spusk.errors import CallableError, GradientError, InputError, StartError
from tests.conftest import examples


def test_n_comes_from_the_start():
    run = spusk.descend(lambda x: x**2, 5.0, 0.1)
    assert run.success
    assert run.x.shape == (1,)
    assert spusk.descend(lambda x: x @ x, [1, 2, 3], 0.1).x.shape == (3,)


class Number:
    """What becomes a number when it is asked to, such as a tensor."""

    def __init__(self, number):
        self.number = number

    def __float__(self):
        return self.number

    def __array__(self, *_, **__):
        raise RuntimeError("this tensor keeps its gradient")


class Bowl:
    """|x|² in the ways a class can be asked."""

    def __call__(self, x):
        return float(x @ x)

    def method(self, x):
        return x @ x

    def apart(self, x, y):
        return x * x + y * y

    @staticmethod
    def static(x, y):
        return x * x + y * y


def by_recursion(x, depth=5):
    return x @ x if depth == 0 else by_recursion(x, depth - 1)


def by_a_loop(x):
    total = 0
    for k in range(len(x)):
        total += x[k] ** 2
    return total


def by_a_branch(x):
    return x @ x if x[0] > 0 else sum(v * v for v in x)


def in_place(x):
    x *= x
    return np.sum(x)


def unpacked(x):
    a, b = x
    return a * a + b * b


def with_a_keyword(x, *, a=1):
    return a * (x @ x)


BOWLS = {
    "vector": lambda x: x @ x,
    "apart": lambda x, y: x * x + y * y,
    "of any": lambda *x: sum(v * v for v in x),
    "of any, a vector": lambda *x: x[0] @ x[0],
    "defaults": lambda x=0, y=0: x * x + y * y,
    "a default": lambda x, a=1: a * (x @ x),
    "keyword only": with_a_keyword,
    "class": Bowl(), "method": Bowl().method, "method apart": Bowl().apart, "static": Bowl.static,
    "partial": functools.partial(lambda a, x: a * (x @ x), 1.0),
    "partial by name": functools.partial(lambda x, a: a * (x @ x), a=1.0),
    "recursion": by_recursion, "loop": by_a_loop, "branch": by_a_branch, "in place": in_place,
    "unpacked": unpacked, "list": lambda x: sum(v * v for v in x.tolist()),
    "math": lambda x: math.fsum(v * v for v in x), "float": lambda x: float(x[0]) ** 2 + x[1] ** 2,
    "hypot": lambda *x: math.hypot(*x) ** 2, "norm": lambda x: np.linalg.norm(x) ** 2,
    "einsum": lambda x: np.einsum("i,i", x, x), "conjugate": lambda x: (x * np.conj(x)).sum(),
    "matrix": lambda x: x.reshape(1, -1) @ x.reshape(-1, 1),
    "0-d": lambda x: np.array(float(x @ x)), "list of one": lambda x: [float(x @ x)],
    "fraction": lambda x: sum(Fraction(float(v)) ** 2 for v in x),
    "decimal": lambda x: sum(Decimal(float(v)) ** 2 for v in x),
    "tensor": lambda x: Number(float(x @ x)), "long": lambda x: np.longdouble(x @ x),
    "float32": lambda x: np.float32(x @ x),
}  # fmt: skip


@pytest.mark.parametrize("f", BOWLS.values(), ids=BOWLS)
def test_however_it_is_written_it_is_the_same_bowl(f):
    start = np.array([1.0, 2.0])
    run = spusk.descend(f, start, 0.1, 200, 1e-3)
    assert run.success
    np.testing.assert_allclose(run.x, 0, atol=1e-3)
    np.testing.assert_allclose(run.iterates[:5], start * 0.8 ** np.arange(5)[:, None], rtol=5e-3)
    assert run.explanation.bound == pytest.approx(1, rel=1e-2)
    assert start.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("f", [np.hypot, np.add, operator.mul, math.hypot, pow])
def test_functions_of_two_numbers(f):
    made = spusk.descend(f, [1.5, 2.5], 0.01, 2).f
    assert made.value([1.25, 2.5]) == pytest.approx(f(1.25, 2.5), rel=1e-12)


@pytest.mark.parametrize("f", [sum, max, np.linalg.norm, np.var, np.sum, np.prod])
def test_functions_of_a_vector(f):
    made = spusk.descend(f, [1.5, 2.5, 3.0], 0.01, 2).f
    assert made.value([1.25, 2.5, 3]) == pytest.approx(f(np.array([1.25, 2.5, 3])), rel=1e-12)


@pytest.mark.parametrize("f", [abs, float, math.cosh, np.square, np.cosh])
@pytest.mark.parametrize("start", [1.5, [1.5]])
def test_functions_of_a_number(f, start):
    made = spusk.descend(f, start, 0.01, 2).f
    assert made.value([1.25]) == pytest.approx(f(1.25), rel=1e-12)


def test_one_number_or_a_vector_of_one():
    for f in (math.cosh, lambda x: math.cosh(x[0]), np.cosh):
        for start in (1.0, 1, np.array(1.0), [1.0], (1,), np.array([1.0])):
            run = spusk.descend(f, start, 0.2, 300)
            assert run.success, start
            assert run.x.shape == (1,)


def test_two_numbers_are_not_a_start_of_three():
    for f, start in ((lambda x, y: x * y, [1, 2, 3]), (lambda x, a: a * (x @ x), [1, 2, 3]),
                     (lambda x, y: x * y, 5.0)):  # fmt: skip
        with pytest.raises(StartError, match="2 separate numbers"):
            spusk.descend(f, start, 0.1)
    with pytest.raises(InputError, match="n=3"):
        spusk.function(lambda x, y: x * y, n=3)


def test_args_go_on_behind_x():
    A = np.diag([1.0, 3.0])
    for f, args in ((lambda x, A: x @ A @ x, A), (lambda x, A, b: x @ A @ x + b, (A, 5)),
                    (lambda x, *rest: x @ rest[0] @ x, (A,)),
                    (lambda x, y, A: A[0, 0] * x * x + A[1, 1] * y * y, (A,))):  # fmt: skip
        run = spusk.descend(f, [1.0, 1.0], 0.1, args=args)
        assert run.success
        assert run.explanation.bound == pytest.approx(1 / 3, rel=1e-4)
    run = spusk.descend(lambda x, a: a * (x @ x), [1.0, 1.0], 0.1, args=3,
                        jac=lambda x, a: 2 * a * x)  # fmt: skip
    assert run.f.how == "given"
    assert run.explanation.bound == pytest.approx(1 / 3, rel=1e-4)
    with pytest.raises(CallableError, match="positional argument"):
        spusk.descend(lambda x: x @ x, [1.0, 1.0], 0.1, args=(2,))


@pytest.mark.parametrize(("f", "jac"), [
    (lambda x: (x @ x, 2 * x), True), (lambda x: [x @ x, list(2 * x)], True),
    (lambda x, y: (x * x + y * y, (2 * x, 2 * y)), True),
    (lambda x: x @ x, lambda x: 2 * x), (lambda x: x @ x, lambda x: (2 * x)[:, None]),
    (lambda x, y: x * x + y * y, lambda x, y: (2 * x, 2 * y)),
    (lambda x, y: x * x + y * y, lambda x: 2 * x), (lambda x: x @ x, lambda x, y: (2 * x, 2 * y)),
    (lambda x: x @ x, functools.partial(np.multiply, 2)),
])  # fmt: skip
def test_a_gradient_of_ones_own(f, jac):
    run = spusk.descend(f, [1.0, 2.0], 0.1, jac=jac)
    assert (run.f.how, run.success) == ("given", True)


@pytest.mark.parametrize(("jac", "error", "words"), [
    (lambda x: x, GradientError, "component"), (lambda x: None, InputError, "None"),
    (lambda x: 2 * x[:1], InputError, "2 numbers"),
    (lambda x: 1 / 0, CallableError, "ZeroDivision"), ("2-point", InputError, "2-point"),
    (3, InputError, "jac"),
])  # fmt: skip
def test_a_gradient_that_is_none(jac, error, words):
    with pytest.raises(error, match=words) as caught:
        spusk.descend(lambda x: x @ x, [1.0, 2.0], 0.1, jac=jac)
    assert caught.value.sentence("ru") != caught.value.sentence("en")


def test_gradients_are_given_once():
    with pytest.raises(InputError, match="both"):
        spusk.function(lambda x: (x @ x, 2 * x), n=2, jac=True, gradient=lambda x: 2 * x)
    for answer in (3.0, None, (1.0,), np.ones(3), (1.0, None), (None, np.ones(2))):
        with pytest.raises(InputError):
            spusk.descend(lambda x, answer=answer: answer, [1.0, 2.0], 0.1, jac=True)


@pytest.mark.parametrize("jac", [None, lambda x: 2 * x])
def test_vectorized_ones_take_rows(jac):
    shapes = set()

    def f(x):
        shapes.add(x.ndim)
        return np.sum(x**2, axis=1)

    made = spusk.function(f, n=3, vectorized=True, trace=False, jac=jac)
    for shape in ((3,), (4, 3), (2, 5, 3)):
        x = np.random.default_rng(0).uniform(-2, 2, shape)
        np.testing.assert_allclose(made.value(x), np.sum(x**2, axis=-1), rtol=1e-14)
        np.testing.assert_allclose(made.gradient(x), 2 * x, rtol=1e-8, atol=1e-8)
    assert shapes == {2}
    assert spusk.descend(made, [1.0, 2.0, 3.0], 0.1).success
    assert spusk.descend(lambda x, y: x**2 + y**2, [1.0, 2.0], 0.1, vectorized=True, trace=False,
                         jac=jac and (lambda x, y: (2 * x, 2 * y))).success  # fmt: skip
    for wrong in (lambda x: np.sum(x**2), lambda x: x @ x, lambda x: np.sum(x**2, axis=0)):
        with pytest.raises(InputError):
            spusk.descend(wrong, [1.0, 2.0, 3.0], 0.1, vectorized=True)


@pytest.mark.parametrize("vectorized", [False, True])
def test_a_buffer_used_again_changes_nothing(vectorized):
    buffer, seen = np.empty((100, 2)), []

    def gradient(x):
        seen.append(x)
        return np.multiply(x, 2, out=buffer[: len(x)] if vectorized else buffer[0])

    f = spusk.function(lambda x: np.sum(x * x, axis=-1), n=2, gradient=gradient,
                       vectorized=vectorized)  # fmt: skip
    first, second = f.gradient([1.0, 1.0]), f.gradient([5.0, 5.0])
    assert (first.tolist(), second.tolist()) == ([2, 2], [10, 10])
    run = spusk.descend(f, [1.0, 2.0], 0.1, 3)
    for k in range(len(seen)):
        seen[k] += 1000
    np.testing.assert_allclose(run.gradients, 2 * run.iterates)


STARTS = st.one_of(
    st.floats(-5, 5), st.integers(-5, 5), st.booleans(),
    st.lists(st.floats(-5, 5), min_size=1, max_size=30),
)  # fmt: skip


@examples(60)
@given(numbers=STARTS, form=st.sampled_from([list, tuple, np.array, "float32", "column", "row"]),
       trace=st.booleans())  # fmt: skip
def test_starts_of_all_shapes(numbers, form, trace):
    """A number or a row of them is a start; a table is said to be none."""
    start = np.atleast_1d(np.asarray(numbers, float))
    kinds = {"float32": start.astype(np.float32), "column": start[:, None], "row": start[None]}
    given_start = kinds[form] if isinstance(form, str) else (
        form(start) if np.ndim(numbers) else (np.array(numbers) if form is np.array else numbers)
    )  # fmt: skip
    if form in ("column", "row"):
        with pytest.raises(StartError, match="shape"):
            spusk.descend(lambda x: np.sum(x**2), given_start, 0.1, 3, trace=trace)
        return
    run = spusk.descend(lambda x: np.sum(x**2), given_start, 0.1, 3, trace=trace)
    assert run.iterates.shape[1] == start.size
    np.testing.assert_allclose(
        run.iterates[:2], start * [[1], [0.8]][: len(run.iterates)], atol=2e-2
    )


@pytest.mark.parametrize("start", [[], "5", ["1"], [1j, 2], None, [None], {1, 2}, {}, iter([1]),
                                   [math.nan], [10**400], np.ma.masked_array([1, 2], [0, 1]),
                                   [[1, 2], [3]], np.array(["2020"], "M8[D]")])  # fmt: skip
def test_starts_that_are_none(start):
    with pytest.raises(InputError):
        spusk.descend(lambda x: np.sum(x**2), start, 0.1)
