"""Callables that raise beyond the way of a descent: NaN there, and nowhere else."""

import numpy as np
import pytest

from spusk.errors import CallableError
from spusk.functions import function
from spusk.functions.lenient import lenient

POINTS = np.array([[[1.0, 1], [5, 0]], [[0, 5], [1, 0]]])


def bowl(x):
    if x[0] > 4:
        raise ValueError("too far")
    return x @ x


def slopes(x):
    if x[1] > 4:
        raise ValueError("too far")
    return 2 * x


@pytest.mark.parametrize(("options", "known"), [
    ({"trace": False}, [[1, 0], [1, 1]]), ({"gradient": slopes}, [[1, 1], [0, 1]]),
    ({"jac": True}, [[1, 0], [0, 1]]),
])  # fmt: skip
def test_what_raises_is_nan(options, known):
    source = (lambda x: (bowl(x), slopes(x))) if "jac" in options else bowl
    f = function(source, n=2, **options)
    with pytest.raises(CallableError, match="too far"):
        f.value_and_gradient(POINTS)
    calm = lenient(f)
    value, gradient = calm.value_and_gradient(POINTS)
    expected = np.where(np.array(known)[..., None] == 1, 2 * POINTS, np.nan)
    np.testing.assert_allclose(gradient, expected, atol=1e-6)
    np.testing.assert_allclose(calm.gradient(POINTS), expected, atol=1e-6)
    raises = POINTS[..., 0] > 4 if "jac" not in options else np.array(known) == 0
    np.testing.assert_allclose(value, np.where(raises, np.nan, (POINTS**2).sum(-1)))
    np.testing.assert_allclose(calm.value(POINTS), value)
    assert np.isnan(calm.value(POINTS[0, 1]))
