"""The best epoch on the test set: its weights are kept, and training ends when none is better."""

import json
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import Network, runs, train
from spusk.data import Data
from spusk.errors import InputError
from spusk.runs import Every
from spusk.training import Event, Plan
from spusk.training.best import Best
from tests.commands import spusk as cli
from tests.conftest import blobs
from tests.reliability.helpers import PLAN, SETS, begin, carry, fresh

HARD = Data(blobs(60, seed=1), blobs(25, seed=1), "blobs")
WILD = replace(PLAN, rate=4.0, epochs=12, keep="best")


def met(epoch, accuracy, cost):
    return Event(epoch, 1, 1, 0.0, None, 0.0, 0.0, cost, accuracy)


def test_the_best_has_most_answers_right_and_among_equals_the_least_cost():
    best = Best([met(1, 0.5, 0.2), met(2, 0.75, 0.4)])
    assert best.event.epoch == 2
    assert not best.look(met(3, 0.75, 0.4))
    assert best.look(met(4, 0.75, 0.3))
    assert not best.look(replace(met(5, 1.0, None)))
    assert best.stale(7) == 3
    targets = Best(
        [
            met(1, None, float("inf")),
            met(1, None, 0.2),
            met(2, None, float("nan")),
            met(3, None, 0.1),
        ]
    )
    assert targets.event.epoch == 3
    assert Best().stale(9) == 0


def whole(folder, plan=WILD, sets=HARD):
    """The run that nothing disturbed."""
    begun = begin(folder, plan, sets)
    net = carry(begun)
    return net.theta.copy(), begun.writer


def test_the_weights_of_the_best_epoch_are_kept(tmp_path):
    theta, writer = whole(tmp_path / "r")
    best = Best(writer.history).event
    assert writer.best.epoch == best.epoch < 12
    again = fresh()
    train(again, HARD.train, rate=4.0, batch=7, epochs=best.epoch, seed=5, engine="reference")
    np.testing.assert_array_equal(theta, again.theta)
    np.testing.assert_array_equal(runs.load(tmp_path / "r").net.theta, theta)
    assert runs.newest(tmp_path / "r").cursor.epoch == 12
    net = fresh()
    train(net, HARD.train, rate=4.0, batch=7, epochs=12, seed=5, engine="reference",
          test=HARD.test, keep="best")  # fmt: skip
    np.testing.assert_array_equal(net.theta, theta)


@pytest.mark.parametrize("cut", [5, 18, 40, 63, 100])
def test_a_cut_run_keeps_the_same_best(tmp_path, cut):
    expected, _ = whole(tmp_path / "straight")
    begun = begin(tmp_path / "r", WILD, HARD, every=Every(steps=1))
    with begun.writer as writer:
        for event in begun.events:  # killed, as it were
            writer.take(event)
            if (event.epoch - 1) * event.steps + event.step >= cut:
                break
    result = spusk.resume(tmp_path / "r", sets=HARD)
    np.testing.assert_array_equal(result.net.theta, expected)
    longer = spusk.resume(tmp_path / "r", 14, HARD)
    assert longer.outcome.complete


def test_a_best_of_another_place_is_not_taken_for_it(tmp_path):
    """Killed between the best and its checkpoint: it comes again."""
    expected, _ = whole(tmp_path / "straight")
    begin(tmp_path / "r", WILD, HARD).writer.lock.release()
    (tmp_path / "r" / "best.safetensors").write_bytes(
        (tmp_path / "straight" / "best.safetensors").read_bytes()
    )
    result = spusk.resume(tmp_path / "r", sets=HARD)
    np.testing.assert_array_equal(result.net.theta, expected)


def test_patience_ends_a_run_and_a_cut_one_at_the_same_epoch(tmp_path):
    plan = replace(WILD, epochs=60, patience=3)
    theta, writer = whole(tmp_path / "straight", plan)
    last = writer.history[-1]
    assert last.outcome.complete
    assert last.epoch == Best(writer.history).event.epoch + 3 < 60
    begun = begin(tmp_path / "r", plan, HARD, every=Every(steps=1))
    with begun.writer as keeper:
        for event in begun.events:
            keeper.take(event)
            if event.epoch == last.epoch - 1 and event.step == 4:
                break
    result = spusk.resume(tmp_path / "r", sets=HARD)
    assert result.history[-1].epoch == last.epoch
    np.testing.assert_array_equal(result.net.theta, theta)
    with pytest.raises(InputError, match="has ended, as no epoch was better for 3"):
        spusk.resume(tmp_path / "r", sets=HARD)
    (tmp_path / "r" / "weights.safetensors").unlink()
    again = spusk.resume(tmp_path / "r", sets=HARD)  # its last words
    assert again.history[-1].epoch == last.epoch
    np.testing.assert_array_equal(again.net.theta, theta)
    more = spusk.resume(tmp_path / "r", epochs=last.epoch + 5, sets=HARD)
    assert more.history[-1].epoch == last.epoch + 5


def test_patience_in_python():
    result = train(fresh(), HARD.train, rate=4.0, batch=7, epochs=60, seed=5, test=HARD.test,
                   patience=3, engine="reference")  # fmt: skip
    assert result.outcome.complete
    assert len(result.history) == Best(result.history).event.epoch + 3 < 60


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"keep": "first"}, "keep: expected"),
        ({"keep": "best"}, "no part to find .* validation=0.1"),
        ({"patience": 3}, "no part to find"),
        ({"validation": 1.5}, "share between 0 and 1, found 1.5"),
        ({"validation": "a tenth"}, "a Sample or a share"),
        ({"patience": 0, "test": SETS.test}, "patience: expected"),
    ],
)
def test_what_makes_no_best_is_refused(how, says):
    with pytest.raises(InputError, match=says):
        train(Network([6, 9, 3]), SETS.train, rate=0.5, **how)


def test_a_plan_without_them_stays_as_it_was(tmp_path):
    begin(tmp_path / "r").writer.lock.release()
    plan = json.loads((tmp_path / "r" / "run.json").read_text())["plan"]
    assert not {"keep", "patience"} & set(plan)
    assert runs.load(tmp_path / "r").plan == PLAN == Plan(0.5, 7, 4, 5)
    assert not (tmp_path / "r" / "best.safetensors").exists()


def test_the_command_says_whose_the_weights_are(tmp_path):
    """Both ways the number said and the weights saved agree."""
    rng = np.random.default_rng(1)
    rows = [f"{int(u > 0)},{u:.3f},{v:.3f}" for u, v in rng.normal(0, 1, (120, 2))]
    (tmp_path / "t.csv").write_text("label,a,b\n" + "\n".join(rows) + "\n")
    train = (
        "train",
        "--data",
        "t.csv",
        "--layers",
        "2-6-2",
        "--rate",
        3,
        "--no-pictures",
        "--epochs",
        40,
    )
    best = cli(*train, "--keep", "best", "--patience", 4, "--out", "best", cwd=tmp_path)
    assert best.returncode == 0, best.stderr
    assert "86 examples; 10 split off for validation are watched" in best.stdout
    assert "24 of test are looked at once, in the end." in best.stdout
    assert "40 epochs, the best one kept" in best.stdout
    assert "It ended early: no epoch was better on the validation part for 4." in best.stdout
    run = runs.load(tmp_path / "best")
    epoch = Best([met(int(r["epoch"]), r["val_accuracy"], r["val_loss"]) for r in run.history])
    assert f"The weights are those of epoch {epoch.event.epoch}, the best" in best.stdout
    said = [
        json.loads(row)
        for row in cli("evaluate", "best", "--json", cwd=tmp_path).stdout.splitlines()
    ]
    assert [part["part"] for part in said] == ["train", "validation", "test"]
    assert said[1]["accuracy"] == pytest.approx(epoch.event.watched_accuracy)
    assert (said[2]["cost"], said[2]["accuracy"]) == pytest.approx(run.test)
