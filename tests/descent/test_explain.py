"""The explanation looks from where a run ended: in Python, and by the same numbers in the page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spusk.descent import descend
from spusk.descent.explanation import printed
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
    ("lecture", [0, 0], 0.6, 1000, "diverged_growing", [5, 5], 0.5),
    ("x^3 - 3*x", [0.5], 2, 1000, "diverged_growing", [1], 1 / 3),  # below any minimum at the end
    ("exp(x) + exp(-x) + y^2", [1, 1], 1, 300, "not_finite", [0, 0], 1.0),
    ("ackley", [2.1, 1.9], 0.01, 300, "converged", [1.974451986, 1.974451986], 0.0377552308),
    ("six-hump-camel", [0, 0], 0.1, 10, "rest_saddle", None, None),
    ("-exp(-x^2)", [5], 0.1, 10, "rest_slope", None, None),  # a plateau
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
    assert why.point.is_minimum == (minimum is not None)


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
    np.testing.assert_array_equal(run.trail.anchor(run.outcome), run.iterates[-100:].mean(axis=0))


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


def test_no_bound_is_printed_above_itself_and_two_rates_never_look_alike():
    assert printed(0.0019968038374, 0.00199600757) == (0.0019968, 0.001996)
    assert printed(0.5, 0.25) == (0.5, 0.25)
    assert printed(0.5 - 1e-13, 0.25) == (0.5, 0.25)  # an eigenvalue's rounding is not cut
    assert printed(0.1, 1 / 11) == (0.1, 0.09091)
    for bound in np.random.default_rng(0).lognormal(0, 10, 500):
        told, fastest = printed(bound, bound * (1 - 1e-7))
        assert 0.99 * bound < fastest < told <= bound
        assert printed(bound, None)[0] <= bound


SAID = [  # formula, start, rate, steps; what has to be said
    ("x^2 - y^2", [1, 0], 0.1, 1000, "saddle, not at a minimum", "λ from -2 to 2"),
    ("cos(x) + cos(y)", [0, 0], 0.1, 10, "at a maximum", "start a little beside"),
    ("x^3", [1], 0.1, 9000, "inflection, not at a minimum", "does not curve"),
    ("-exp(-x^2)", [5], 0.1, 10, "on a plateau", "to a minimum at (0)"),
    ("exp(-x)", [14], 0.1, 10, "on a plateau", "attains no least value"),
    ("exp(-x)", [0], 0.1, 100, "did not finish in 100 steps", "(followed as far as 0)"),
    ("x^2 - x*y", [0, 5], 0.01, 100, "did not finish", "falls without end"),
    ("-x^2", [1], 0.1, 100, "ran away by step 55", "falls without end"),
    ("abs(x)", [1], 0.3, 100, "without settling", "gradient jumps"),
    ("x^4", [0.5], 0.1, 100, "did not finish", "does not curve (λ = 0)"),
    ("sqrt(x^2 + y^2)", [0, 0], 0.1, 10, "has no gradient", "gradient jumps"),
    ("lecture", [0, 0], 0.52, 50, "1.08 times longer", "2/λmax = 0.5 converges"),
    ("lecture", [5, 5], 0.3, 10, "is the global minimum already", "fastest at 0.3333"),
    ("lecture", [4, 5], 0.5 - 1e-9, 1, "in 1 step without", "2/λmax"),
    ("escape", [5], 0.03, 1000, "led to a local minimum", "2/λmax = 0.2245 converges"),
    ("trap", [2.4], 0.5, 1000, "led to a local minimum", "2/λmax = 10"),
    ("(x + y)^2", [1, 3], 0.1, 1000, "led to a minimum", "= 0.5 converges, fastest at 0.25"),
    ("log(x)", [1], 0.1, 3, "did not finish in 3 steps", "f falls without end"),
    ("sqrt(x)", [1], 0.1, 3, "did not finish in 3 steps", "jumps or has no values"),
    ("x^2", [1], 1.001, 30, "η = 1.001 is too large: each step is 1.002 times", "2/λmax = 1 conv"),
    ("x^2", [1], 1.0001, 1000, "η = 1.0001 is too large: each step is 1.0002", "2/λmax = 1 conv"),
    ("rosenbrock", [1.001, 1], 0.0019968, 9, "η = 0.0019968 is below", "= 0.001996803 converges"),
    ("abs(x)", [0], 0.3, 10, "is a minimum already", "by its start alone"),
    ("abs(x)", [1], 0.25, 10, "in 4 steps, at the bottom of a kink", "start alone"),
    ("(x^4 + y^4)^0.5", [0, 0], 0.1, 10, "is a minimum already", "has no Hessian"),
    ("x^2 + y^3", [1, 0], 0.1, 1000, "at a saddle", "f falls in some directions"),
    ("-sin(x)/x", [1], 0.5, 1000, "led to a minimum", "2/λmax = 6 converges, fastest at 3"),
    ("x^2 + 1e12*y^2", [1, 1], 9e-13, 9, "is below the bound", "λ from 2 to 2e+12"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "start", "rate", "steps", "did", "would"), SAID,
                         ids=[f"{f} from {x} by {r}" for f, x, r, *_ in SAID])  # fmt: skip
def test_what_is_said(f, start, rate, steps, did, would):
    run = descend(f, start, rate, steps)
    said = run.explain("en")
    assert did in said
    assert would in said
    assert run.success == ("led to" in said or "already" in said)
    assert (run.status == 0) == run.success
    assert "smaller rate" not in said


STEEP = [  # formula, start, rate: f curves more where it goes than at the minimum
    ("x^4", [3], 0.1), ("x^4 + y^2", [3, 1], 0.2), ("cosh(x)", [10], 0.1), ("x^4", [1], 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("f", "start", "rate"), STEEP)
def test_where_a_rate_is_too_large_for_the_way_a_smaller_one_is_advised_and_does(f, start, rate):
    run = descend(f, start, rate, 50)
    assert "take a smaller" in run.explain("en")
    assert "скорость меньше" in run.explain("ru")
    assert abs(descend(f, start, rate / 1000, 50).best.value) < run.values[0]


@pytest.mark.parametrize("f", ["-exp(-x^2)", "1e-8*x^2", "-1/(1 + x^2 + y^2)^9"])
def test_what_is_advised_on_a_plateau_arrives(f):
    run = descend(f, [5.0] * function(f).n, 0.1, 300)
    further = run.explanation.further
    assert not run.success
    assert "start nearer to it, or take a smaller tolerance" in run.explain("en")
    assert descend(f, 0.01 * run.x + 0.99 * further.x, 0.1, 300).success


@pytest.mark.parametrize("rule", ["momentum", "nesterov", "plain"])
def test_a_zigzag_is_what_the_path_does(rule):
    """Of an overshoot by the rule's own weight as of one by its rate."""
    run = descend("lecture", [0, 0], 0.3, 3000, rule=rule)
    along = run.gradients[:100]  # λ = 2 along x1 and 4 along x2: the axes are the directions
    turned = (along[1:] * along[:-1] < 0).mean(axis=0)
    assert run.success
    assert ("zigzag:" in run.explain("en")) == bool((turned >= 0.5).any())
    assert ("in loops" in run.explain("en")) == bool((turned < 0.5).all() and turned.any())


def test_equal_paths_are_told_alike():
    plain = descend("lecture", [0, 0], 0.1, 3000)
    search = descend("lecture", [0, 0], 0.1, 3000, search="armijo")
    np.testing.assert_array_equal(plain.iterates, search.iterates)
    assert plain.explanation.zigzag == search.explanation.zigzag
    assert plain.explanation.did == search.explanation.did


def test_many_variables_are_told_by_their_extreme_eigenvalues():
    top = np.linspace(1, 4, 300)
    f = function(lambda x: 0.5 * (top * x * x).sum(), n=300, gradient=lambda x: top * x)
    told = descend(f, np.ones(300), 0.3, 3000).explanation
    assert told.kind == "minimum"
    assert told.bound == pytest.approx(0.5, rel=1e-2)
    assert told.fastest == pytest.approx(0.4, rel=1e-2)
    assert "fastest at" in told.sentence("en")
    down = np.where(np.arange(300) == 7, -1.0, top)
    saddle = function(lambda x: 0.5 * (down * x * x).sum(), n=300, gradient=lambda x: down * x)
    run = descend(saddle, np.where(np.arange(300) == 7, 0.0, 1.0), 0.3, 3000)
    assert run.explanation.kind == "saddle"
    assert not run.success
