"""Schedules against their closed formulas; kept as JSON and read back; what they refuse."""

import json
from itertools import pairwise
from math import cos, isclose, pi, sin

import pytest

from spusk.errors import InputError, RateError
from spusk.i18n import LANGUAGES
from spusk.optim import SCHEDULES, constant, cosine, inverse, linear, onecycle, staircase, warmup
from spusk.optim.schedules import Unsaved, checked, rate_data, rate_of

STEPS = [0, 1, 2, 9, 10, 25, 99, 100, 101, 10_000]


def one_cycle(n):
    """From 0.2 to 1 over 25 steps, then to 0.5 over 75, by half angles."""
    if n < 25:
        return 0.2 + 0.8 * sin(pi * n / 50) ** 2
    return 1 - 0.5 * sin(pi * min(n - 25, 75) / 150) ** 2


CASES = [
    (constant(0.3), lambda n: 0.3),
    (inverse(2.0), lambda n: 2 / (1 + n)),
    (inverse(1.0, half=2), lambda n: 2 / (2 + n)),
    (staircase(1.0, 10), lambda n: 1 / 2 ** (n // 10)),
    (staircase(3.0, every=4, factor=0.9), lambda n: 3 * 0.9 ** int(n / 4)),
    (cosine(1.0, 100), lambda n: 0.01 + 0.495 * (1 + cos(pi * n / 100)) if n < 100 else 0.01),
    (cosine(0.5, 10, last=0.2), lambda n: 0.1 + 0.2 * (1 + cos(pi * n / 10)) if n < 10 else 0.1),
    (linear(2.0, 100), lambda n: 2 - 1.98 * n / 100 if n < 100 else 0.02),
    (warmup(0.5, 10), lambda n: 0.05 * (n + 1) if n < 10 else 0.5),
    (onecycle(1.0, 100, 0.25, 0.2, 0.5), one_cycle),
]
RISING = (warmup, onecycle)


@pytest.mark.parametrize(("schedule", "formula"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_schedule_is_its_formula(schedule, formula):
    for n in STEPS:
        assert isclose(schedule(n), formula(n), rel_tol=1e-12)
        assert type(schedule(n)) is float
    falls = isinstance(schedule, RISING) or all(
        b <= a for a, b in pairwise(map(schedule, range(120)))
    )
    assert falls


@pytest.mark.parametrize("schedule", [case[0] for case in CASES], ids=str)
def test_a_schedule_goes_through_json_and_comes_back(schedule):
    kept = json.loads(json.dumps(rate_data(schedule)))
    assert SCHEDULES[kept["name"]] is type(schedule)
    assert rate_of(kept) == schedule
    assert rate_data(0.25) == rate_of(0.25) == 0.25


def test_every_schedule_is_tried_here():
    assert {type(schedule) for schedule, _ in CASES} == set(SCHEDULES.values())


def test_a_schedule_is_told_by_its_name_and_numbers():
    assert f"{inverse(1.0, half=2):g}" == "inverse(1, half=2)"
    assert f"{cosine(0.25, 100):.4g}" == "cosine(0.25, steps=100, last=0.01)"
    assert f"{constant(3.0):g}" == "constant(3)"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: constant(0), "constant: rate must be positive and finite, found 0; try 0.1"),
        (lambda: inverse(1, half=0), "inverse: half must be positive .* found 0; try 1"),
        (lambda: inverse(float("inf")), "inverse: rate must be positive and finite, found inf"),
        (lambda: staircase(1, 0), "staircase: every must be a whole number from 1 up, found 0"),
        (lambda: staircase(1, 2.5), "staircase: every must be a whole number"),
        (lambda: staircase(1, 2, -0.5), "staircase: factor must be positive"),
        (lambda: cosine(1, True), "cosine: steps must be a whole number from 1 up, found True"),
        (lambda: cosine(1, 10, last=0), "cosine: last must be positive"),
        (lambda: linear(1, 0), "linear: steps must be a whole number"),
        (lambda: warmup(0, 10), "warmup: rate must be positive"),
        (lambda: onecycle(1, 10, rise=1), "onecycle: rise must"),
        (lambda: onecycle(1, 10, rise=0), "onecycle: rise must be positive"),
        (lambda: cosine("1", 10), "cosine: rate must be positive and finite, found '1'"),
    ],
)
def test_numbers_that_make_no_schedule(make, said):
    with pytest.raises(RateError, match=said) as caught:
        make()
    assert len({caught.value.sentence(lang) for lang in LANGUAGES}) == 2


@pytest.mark.parametrize(
    "found",
    [None, True, "0.1", 0, -1.0, float("nan"), 10**400, [0.1], {}, {"name": "constant"},
     {"name": "eval", "rate": 1}, {"name": "inverse", "rate": 1.0},
     {"name": "inverse", "rate": 1.0, "half": 0}, {"name": "constant", "rate": 1, "half": 2}],
    ids=str,
)  # fmt: skip
def test_a_file_that_means_no_rate_is_refused(found):
    with pytest.raises(InputError):
        rate_of(found)


def test_a_bare_function_trains_but_is_not_kept():
    rate = checked(lambda n: 1 / (1 + n))
    assert rate(1) == 0.5
    kept = json.loads(json.dumps(rate_data(rate)))
    back = rate_of(kept)
    assert isinstance(back, Unsaved)
    assert "lambda" in f"{back:g}"
    with pytest.raises(RateError, match=r"was a function of Python \(.*lambda.*resume --rate 0.1"):
        back(0)
