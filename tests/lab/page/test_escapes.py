"""The page's escape experiment counts as Python's does."""

import numpy as np
import pytest

import spusk
from spusk.functions import function
from spusk.functions.gallery import GALLERY
from spusk.lab.formulas.describe import described
from tests.lab.modules import answers, calls

ENDS = ("global", "local", "unsettled", "diverged")


@pytest.mark.parametrize("name", ["escape", "trap", "styblinski-tang", "rastrigin"])
def test_shares_are_pythons(name):
    bound, starts = GALLERY[name].bound, 1500
    rates = [share * bound for share in (0.05, 0.3, 0.9, 1.2)]
    job = {"kind": "shares", "rates": rates, "part": 400,
           "options": {"count": starts, "steps": 400, "seed": 3},
           **{part: described(name)[part] for part in ("tape", "minima", "view")}}  # fmt: skip
    [found] = answers([job])
    known = spusk.escape(name, rates, starts, 400, seed=4)
    for one, other in zip(found, known.rows, strict=True):
        assert one["whole"] == one["sum"], "counted part by part as all at once"
        expected = (other.share_global, other.share_local, other.unsettled, other.diverged)
        shares = [one["shares"][end] for end in ENDS]
        assert sum(shares) == pytest.approx(1)
        for share, its in zip(shares, expected, strict=True):
            middle = min((share + its) / 2, 1)
            assert abs(share - its) <= 4.5 * np.sqrt(2 * middle * (1 - middle) / starts) + 1e-9


@pytest.mark.parametrize(("text", "start", "expected"), [
    ("sin(20*x)+0.05*x^2", [3.0], "local"),  # 46 minima, of which 24 are listed
    ("(x^2-1)^2+100*y^2", [0.0, 0.5], "unsettled"),  # a saddle
    ("(x^2+y^2-1)^2", [0.5, 0.3], "global"),  # a whole circle
])  # fmt: skip
def test_an_end_beside_no_listed_minimum_counts_as_what_it_is(text, start, expected):
    said = described(text)
    side = 1e-9
    job = {"kind": "shares", "rates": [0.004], "part": 5, "tape": said["tape"],
           "minima": [said["minima"][0]] if said["minima"] else [],
           "view": [[x, x + side] if x else [-side * 1e-9, side * 1e-9] for x in start],
           "options": {"count": 10, "steps": 9000, "seed": 1}}  # fmt: skip
    [[found]] = answers([job])
    assert found["whole"] == {end: 10 * (end == expected) for end in ENDS}


@pytest.mark.parametrize("name", ["escape", "trap", "styblinski-tang", "himmelblau"])
def test_bounds_are_those_of_the_hessians_and_rates_lie_about_them(name):
    data, f = described(name), function(name)
    [found] = answers([{"kind": "rates", "tape": data["tape"], "scene": data}])
    tops = [np.linalg.eigvalsh(f.hessian(np.array(row["x"])))[-1] for row in data["minima"]]
    assert found["bounds"] == pytest.approx([2 / top for top in tops], rel=1e-9)
    rates = np.array(found["rates"])
    assert len(rates) == 25
    assert np.diff(np.log(rates)) == pytest.approx(np.log(rates[1] / rates[0]))
    assert rates[0] < min(found["bounds"]) < max(found["bounds"]) < rates[-1]


def test_starts_are_even_and_of_their_seed():
    box = [[-4, 6], [0, 1]]
    one, again, other = calls([("math/escapes.js", "startsIn", box, 2000, k) for k in (1, 1, 2)])
    assert one == again != other
    for (low, high), drawn in zip(box, one, strict=True):
        counts = np.histogram(drawn, 10, (low, high))[0]
        assert counts.sum() == 2000
        assert ((counts - 200) ** 2 / 200).sum() < 30  # χ² of 9 degrees


def test_the_lowest_minima_are_global():
    values = [{"value": v} for v in (2, -1, -1 + 1e-8, -0.9)]
    [found] = calls([("math/escapes.js", "lowest", values)])
    assert found == [False, True, True, False]
