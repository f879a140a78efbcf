"""The native walk against NumPy's steps: the same numbers to the last bit, on random tapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spusk.descent import descend_many
from spusk.descent.batch import empty, walk
from spusk.descent.batch_block import Block
from spusk.engines.native import instruction_sets
from spusk.functions.tape import NATIVE, ONE, Tape
from spusk.optim.stopping import OUTCOMES
from tests.conftest import examples

SETS = instruction_sets()
pytestmark = pytest.mark.skipif(not SETS, reason="the native part is not built")


class Slopes:
    """A tape as a gradient."""

    def __init__(self, tape):
        self.tape = tape

    def __call__(self, block):
        return self.tape.bind(list(block))


@st.composite
def tapes(draw):
    """Any operations on any cells, numbers among them; scratch is used again and again."""
    n, cells = draw(st.integers(1, 3)), draw(st.integers(7, 9))
    ops = []
    for _ in range(draw(st.integers(1, 12))):
        op = draw(st.sampled_from(NATIVE))
        operand = st.one_of(st.integers(0, cells - 1), st.sampled_from([0.5, -1.25, 3.0]))
        count = 1 if op in ONE else 2
        ops.append(
            (op, draw(st.integers(n, cells - 1)), tuple(draw(operand) for _ in range(count)))
        )
    first = [("mul", k, (k % n, 0.1 + k)) for k in range(n, cells)]  # no cell is read unwritten
    outputs = draw(st.permutations(range(n, cells)))[:n]
    return Tape(n, cells, (*first, *ops), tuple(outputs))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@examples(150)
@given(tape=tapes(), seed=st.integers(0, 99), steps=st.integers(0, 7), each=st.booleans())
def test_any_tape_walks_as_numpy_does(dtype, tape, seed, steps, each):
    rng = np.random.default_rng(seed)
    x0 = rng.uniform(-2, 2, (150, tape.n)).astype(dtype)
    eta = rng.uniform(0.01, 0.3, 150).astype(dtype) if each else 0.1
    tolerance = 0.5
    with np.errstate(all="ignore"):
        expected = Block(Slopes(tape), x0.T, eta, "plain", tolerance)
        expected.run(steps, None, 0)
    for isa in SETS:
        many = empty(150, x0, steps, 0)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SPUSK_ISA", isa)
            walk(tape.walker(), x0, eta, steps, tolerance, many, slice(0, 150))
        np.testing.assert_array_equal(many.codes, expected.codes, isa)
        np.testing.assert_array_equal(many.steps, expected.taken, isa)
        np.testing.assert_array_equal(many.x.T, expected.ends, isa)


@pytest.mark.parametrize("name", ["himmelblau", "lecture", "rosenbrock", "beale"])
def test_descents_end_where_numpys_do(name):
    starts = np.random.default_rng(0).uniform(-4, 4, (20_000, 2))
    rates = [1e-4, 2e-3, 0.2]
    native = descend_many(name, starts, rates, 80)
    numpy = descend_many(name, starts, rates, 80, record=80)
    np.testing.assert_array_equal(native.x, numpy.x)
    np.testing.assert_array_equal(native.codes, numpy.codes)
    np.testing.assert_array_equal(native.steps, numpy.steps)
    assert len({OUTCOMES[c] for c in np.unique(native.codes)}) > 1


def test_an_instruction_set_that_is_not_here_is_refused(monkeypatch):
    monkeypatch.setenv("SPUSK_ISA", "mmx")
    with pytest.raises(ValueError, match="mmx"):
        descend_many("lecture", [[1.0, 2.0]], 0.1)
