"""The explanation looks from where a run ended: in Python, and by the same numbers in the page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spusk.descent import descend
from spusk.descent.explain import settled
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.lab.formulas.describe import described
from spusk.optim.stopping import DescentOutcome
from tests.conftest import examples
from tests.lab.modules import answers

FLAT, SHARP = 0.0, 2.9813146655211624  # the minima of trap
PLACES = [  # formula, start, rate, steps, did, minimum, bound
    ("trap", [4.1], 0.23, 3000, "converged", [FLAT], 10.0),  # the best point met is the sharp one
    ("trap", [3.2], 0.065, 400, "oscillating_past", [SHARP], 0.06263214899912112),
    ("trap", [-0.3], 10.05, 200, "oscillating_past", [FLAT], 10.0),
    ("escape", [5], 0.3, 300, "oscillating_past", [2.9368313771056522], 0.2245995667),
    ("x^4 - 3*x^2 + x", [0.2], 0.001, 100, "out_of_steps_below", [1.1309011226], 0.2139667161),
    ("lecture", [0, 0], 0.6, 1000, "diverged_past", [5, 5], 0.5),
    ("x^3 - 3*x", [0.5], 2, 1000, "diverged_past", [1], 1 / 3),  # below any minimum at the end
    ("exp(x) + exp(-x) + y^2", [1, 1], 1, 300, "not_finite", [0, 0], 1.0),
    ("ackley", [2.1, 1.9], 0.01, 300, "converged", [1.974451986, 1.974451986], 0.0377552308),
    ("six-hump-camel", [0, 0], 0.1, 10, "converged_still", None, None),  # a saddle
    ("-exp(-x^2)", [5], 0.1, 10, "converged_still", None, None),  # a plateau
]
IDS = [f"{text} from {start} by {rate}" for text, start, rate, *_ in PLACES]


@pytest.mark.parametrize("record", ["all", "last", 7])
@pytest.mark.parametrize(
    ("f", "start", "rate", "steps", "did", "minimum", "bound"), PLACES, ids=IDS
)
def test_where_it_looks(f, start, rate, steps, did, minimum, bound, record):
    why = descend(f, start, rate, steps, record=record).explanation
    assert why.did == did
    assert why.minimum == (minimum if minimum is None else pytest.approx(minimum, abs=1e-5))
    assert why.bound == (bound if bound is None else pytest.approx(bound, rel=1e-5))
    assert why.why == ("none" if minimum is None else "")


def test_the_page_looks_there_too():
    jobs = []
    for f, start, rate, steps, *_ in PLACES:
        data = described(f)
        jobs.append({"kind": "explained", "tape": data["tape"], "start": start,
                     "known": data["minima"] if data["name"] else [],
                     "options": {"rate": rate, "rule": "plain", "steps": steps}})  # fmt: skip
    for case, told in zip(PLACES, answers(jobs), strict=True):
        *_, did, minimum, bound = case
        assert told["did"] == did, case
        assert told["minimum"] == (minimum and pytest.approx(minimum, abs=1e-5)), case
        assert told["bound"] == (bound and pytest.approx(bound, rel=1e-5)), case


def test_a_cycle_is_explained_by_its_middle():
    """Its last point alone may lie where Newton's method jumps to another minimum."""
    run = descend("trap", [3.2], 0.065, 400)
    assert run.outcome is DescentOutcome.OSCILLATING
    np.testing.assert_array_equal(run.anchor, run.iterates[-100:].mean(axis=0))


def test_a_run_stopped_where_f_is_lost_is_explained_from_its_calmest_point():
    def stop(step):
        if not np.isfinite(step.value):
            raise StopIteration

    run = descend("x - log(x)", [1.5], 5, callback=stop)
    assert run.outcome is DescentOutcome.STOPPED
    assert run.explanation.minimum == pytest.approx([1])


def test_float32_and_many_variables_are_explained_from_the_end():
    run = descend("trap", np.array([4.1], np.float32), 0.23, 3000, 1e-3)
    assert run.explanation.bound == pytest.approx(10)
    text = " + ".join(f"(x{k} - 1)^2" for k in range(1, 5))
    assert descend(text, [0] * 4, 0.3).explanation.minimum == pytest.approx([1] * 4)


SHARES = st.floats(0.02, 1.6)


@given(st.sampled_from(sorted(GALLERY)), st.tuples(SHARES, SHARES), SHARES)
@examples(60)
def test_who_converged_is_told_of_the_point_it_converged_to(name, places, share):
    f, entry = function(name), GALLERY[name]
    low, high = np.array(entry.view).T
    start = low + (high - low) * np.array(places[: entry.n]) / 1.6
    run = descend(f, start, share * (entry.bound or 0.05), 300, 1e-5, record="last")
    if not run.success:
        return
    why = run.explanation
    if why.minimum is None:  # a saddle, a plateau, a point without a gradient
        assert np.linalg.eigvalsh(np.nan_to_num(f.hessian(run.x)))[0] <= 0
        return
    assert np.linalg.norm(why.minimum - run.x) <= 1e-2 * (1 + np.linalg.norm(run.x))
    assert np.linalg.norm(f.gradient(why.minimum)) <= run.norms[-1]
    assert f.value(why.minimum) <= run.fun + 1e-12 * (1 + abs(run.fun))


def test_newton_carries_no_converged_point_away():
    plateau = np.array([5.0])
    assert settled(function("-exp(-x^2)"), plateau) is plateau
