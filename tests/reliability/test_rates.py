"""A run goes on at another rate: recorded, reproducible, and kept from then on."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import engines, runs
from spusk.cli.ending import command
from spusk.errors import RateError, RunError
from spusk.runs import Every
from spusk.training import Plan, order
from tests.commands import spusk as cli
from tests.reliability.helpers import PLAN, SETS, begin, carry, fresh, straight

ENGINES = ["reference", pytest.param("auto", id="auto")]
STEPS = 29
WILD = Plan(rate=1e4, batch=7, epochs=3, seed=5)


def run_json(folder):
    return json.loads((folder / "run.json").read_text())


def rates(folder):
    return [(row["epoch"], row["step"], row["rate"]) for row in run_json(folder)["rates"]]


def by_hand(net, engine, place, changes, epochs=PLAN.epochs):
    """Descends step by step from a place, the rate of each looked up: (epoch, step) -> rate."""
    session = engines.engine(engine, net).open(net, SETS.train, PLAN.batch)
    for epoch in range(place[0], epochs + 1):
        rows = order(len(SETS.train), PLAN.seed, epoch - 1)
        for step in range(place[1] if epoch == place[0] else 0, STEPS):
            rate = [new for *since, new in changes if tuple(since) <= (epoch, step)][-1]
            session.steps(rows, step, step + 1, rate)
    return net.theta


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cut", [11, STEPS, 50, 3 * STEPS])
def test_it_equals_a_descent_by_hand(tmp_path, engine, cut):
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1), engine=engine), cut)
    last = runs.newest(folder)
    expected = by_hand(last.net, engine, last.cursor[:2], [(1, 0, 0.125)])
    result = spusk.resume(folder, sets=SETS, rate=0.125)
    assert result.outcome.complete
    np.testing.assert_array_equal(result.net.theta, expected)
    assert np.any(expected != straight(tmp_path, engine=engine))
    # and run.json alone says how to come there from the start
    assert run_json(folder)["plan"]["rate"] == 0.125
    again = by_hand(fresh(), engine, (1, 0), rates(folder))
    np.testing.assert_array_equal(again, expected)


def test_a_second_resume_keeps_the_new_rate(tmp_path):
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1)), 20)
    carry(runs.open_resumed(folder, sets=SETS, every=Every(steps=1), rate=0.125), 40)
    carry(runs.open_resumed(folder, sets=SETS, every=Every(steps=1)), 70)
    assert rates(folder) == [(1, 0, 0.5), (1, 20, 0.125)]
    carry(runs.open_resumed(folder, sets=SETS, every=Every(steps=1), rate=2), 90)
    result = spusk.resume(folder, sets=SETS)
    changes = [(1, 0, 0.5), (1, 20, 0.125), (3, 12, 2)]
    assert rates(folder) == changes
    np.testing.assert_array_equal(result.net.theta, by_hand(fresh(), "reference", (1, 0), changes))
    with (folder / "history.csv").open() as file:
        learned = [float(row["learning_rate"]) for row in csv.DictReader(file)]
    assert learned == [0.125, 0.125, 2, 2]
    assert [row["learning_rate"] for row in runs.load(folder).history] == learned
    assert runs.load(folder).rates == tuple(changes)


def test_an_extended_run_at_another_rate(tmp_path):
    carry(begin(tmp_path / "r", replace(PLAN, epochs=2)))
    result = spusk.resume(tmp_path / "r", epochs=4, sets=SETS, rate=0.25)
    changes = [(1, 0, 0.5), (3, 0, 0.25)]
    assert rates(tmp_path / "r") == changes
    np.testing.assert_array_equal(result.net.theta, by_hand(fresh(), "reference", (1, 0), changes))


def test_a_run_that_went_wrong_begins_anew_at_a_rate_that_can_work(tmp_path):
    with np.errstate(all="ignore"):
        carry(begin(tmp_path / "r", replace(WILD, epochs=4), every=Every(steps=5)))
    result = spusk.resume(tmp_path / "r", sets=SETS, rate=0.5)
    assert result.outcome.complete
    assert rates(tmp_path / "r") == [(1, 0, 0.5)]  # nothing is left of what went wrong
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))


@pytest.mark.parametrize("rate", [0.1, None])
def test_a_rate_whose_steps_were_thrown_away_is_forgotten(tmp_path, rate):
    """It went wrong back to a place before its change."""
    folder = tmp_path / "r"
    carry(begin(folder, replace(PLAN, epochs=2)))
    carry(runs.open_resumed(folder, 9, SETS, every=Every(steps=1)), 70)
    with np.errstate(all="ignore"):
        assert spusk.resume(folder, sets=SETS, rate=1e4).outcome == "saturated"
        assert rates(folder) == [(1, 0, 0.5), (3, 12, 1e4)]
        carry(runs.open_resumed(folder, 9, SETS, every=Every(steps=1), rate=rate), 65)
    assert rates(folder) == [(1, 0, 0.5), (3, 0, rate or 1e4)]


def test_an_epoch_that_waits_for_its_test_alone_was_trained_at_the_old_rate(tmp_path):
    folder = tmp_path / "r"
    begun = begin(folder, stop=lambda: True)
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
            if event.ends_epoch:
                break
        writer.finish(event)
    result = spusk.resume(folder, sets=SETS, rate=0.125)
    assert rates(folder) == [(1, 0, 0.5), (1, STEPS, 0.125)]
    assert [row["learning_rate"] for row in runs.load(folder).history] == [0.5, *[0.125] * 3]
    again = by_hand(fresh(), "reference", (1, 0), rates(folder))
    np.testing.assert_array_equal(result.net.theta, again)


def test_a_run_made_before_rates_were_recorded(tmp_path):
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1)), 20)
    about = run_json(folder)
    del about["rates"]
    (folder / "run.json").write_text(json.dumps(about))
    assert runs.load(folder).rates == ((1, 0, 0.5),)
    spusk.resume(folder, sets=SETS, rate=0.125)
    assert rates(folder) == [(1, 0, 0.5), (1, 20, 0.125)]


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_cannot_work_changes_nothing(tmp_path, rate):
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1)), 20)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(RateError, match="rate must be positive and finite"):
        spusk.resume(folder, sets=SETS, rate=rate)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


FIRST = {"epoch": 1, "step": 0, "rate": 0.5}


@pytest.mark.parametrize(
    "found",
    [
        [FIRST | {"step": 1}],
        [FIRST | {"step": False}],
        [FIRST | {"rate": 0}],
        [FIRST | {"rate": "1"}],
        [FIRST, FIRST],
        [FIRST, FIRST | {"epoch": 2.0}],
        [FIRST, FIRST | {"epoch": 2, "step": -1}],
        [FIRST, {"epoch": 2, "step": 0}],
        [FIRST | {"more": 1}],
        {"0": FIRST},
    ],
    ids=str,
)
def test_rates_that_are_none_are_refused(tmp_path, found):
    carry(begin(tmp_path / "r"), 20)
    about = run_json(tmp_path / "r") | {"rates": found}
    (tmp_path / "r" / "run.json").write_text(json.dumps(about))
    with pytest.raises(RunError, match=r"run\.json: expected a spusk run, its rates "):
        spusk.resume(tmp_path / "r", sets=SETS)


def test_the_command_says_the_way_on_and_it_is_one(tmp_path):
    bad = cli("train", "--layers", "784-8-10", "--rate", 1000, "--epochs", 2, "--no-pictures",
              "--out", "my run", cwd=tmp_path, PYTHONWARNINGS="ignore")  # fmt: skip
    assert bad.returncode == 3, bad.stderr
    way = "Go on with:  spusk resume 'my run' --rate 3\n"
    assert way in bad.stdout
    russian = cli("--lang", "ru", "resume", "my run", "--rate", 900, "--no-pictures", cwd=tmp_path)
    assert russian.returncode == 3, russian.stderr
    assert "η = 900" in russian.stdout
    assert "spusk resume 'my run' --rate 3\n" in russian.stdout
    good = cli("resume", "my run", "-η", 3, "--no-pictures", cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert "η = 3," in good.stdout
    more = cli("resume", "my run", "--eta", 0.5, "--epochs", 3, "--no-pictures", cwd=tmp_path)
    assert more.returncode == 0, more.stderr
    assert rates(tmp_path / "my run") == [(1, 0, 3), (3, 0, 0.5)]
    said = cli("show", "my run", cwd=tmp_path).stdout
    assert "η = 3 from the start" in said
    assert "η = 0.5 from epoch 3, step 0" in said
    wrong = cli("resume", "my run", "--rate", "nan", "--epochs", 4, cwd=tmp_path)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_a_number_in_a_command_is_one_that_can_be_read(tmp_path):
    """Also in Russian, where a sentence's numbers have a decimal comma."""
    carry(begin(tmp_path / "r"), 1)
    assert command(runs.load(tmp_path / "r"), "ru", 0.25).endswith("/r --rate 0.25")
