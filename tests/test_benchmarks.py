"""The benchmark itself: small tasks, few peers; wrong arithmetic must be found out."""

from functools import partial

import numpy as np
import pytest
from benchmarks import first_layer, report, widths
from benchmarks.limits import Limits
from benchmarks.peers import Peer, numpy_hand, ours, peers
from benchmarks.race import Entry, Result, race
from benchmarks.rows import ROWS, Row, chosen
from benchmarks.run import Run
from benchmarks.task import TOLERANCE, Task, checked_rows, disagreement, oracle

from spusk import data
from spusk.training import order

TASK = Task((784, 12, 10), 10, 200, 1.0, "sample")
DEEP = Task((784, 9, 7, 10), 7, 210, 1.0, "sample")
ROW = Row(TASK, 3, 0.5)
LIMITS = Limits(1e11, ((1 << 16, 8e10), (1 << 20, 4e10), (1 << 28, 2e10)))

on_torch = partial(pytest.param, marks=pytest.mark.torch)


def missed(task, runnable):
    runnable.steps(checked_rows(task))
    return disagreement(task, runnable.weights(), oracle(task))


@pytest.mark.parametrize("task", [TASK, DEEP], ids=lambda task: task.name)
def test_peers_do_the_same_arithmetic(task):
    assert missed(task, numpy_hand.prepare(task, 1)) < TOLERANCE / 10
    assert missed(task, ours.prepare(task, 1, "reference")) < TOLERANCE / 10


@pytest.mark.parametrize("module", ["blas", on_torch("torch_hand"), on_torch("torch_eager")])
def test_other_libraries_do_the_same_arithmetic(module):
    from importlib import import_module

    peer = import_module(f"benchmarks.peers.{module}")
    assert missed(DEEP, peer.prepare(DEEP, 1)) < TOLERANCE / 10


@pytest.mark.parametrize("slip", [{"rate": -1.0}, {"rate": 1.1}, {"batch": 20}])
def test_a_slip_is_found_out(slip):
    runnable = numpy_hand.prepare(TASK._replace(**slip), 1)
    if "batch" not in slip:
        assert missed(TASK, runnable) > TOLERANCE
    else:  # twice as many precedents in a step, half as many steps
        runnable.steps(checked_rows(TASK).reshape(-1, 20))
        assert disagreement(TASK, runnable.weights(), oracle(TASK)) > TOLERANCE


def test_what_is_not_a_number_agrees_with_nothing():
    layers = [(W * np.nan, b) for W, b in TASK.net().layers]
    assert disagreement(TASK, layers, oracle(TASK)) == float("inf")


def test_an_epoch_is_its_steps():
    by_epoch, by_steps = (numpy_hand.prepare(TASK, 1) for _ in range(2))
    by_epoch.epoch(1)
    by_steps.steps(TASK.rows(1))
    for (W, b), (V, c) in zip(by_epoch.weights(), by_steps.weights(), strict=True):
        assert np.array_equal(W, V)
        assert np.array_equal(b, c)


@pytest.mark.more
def test_a_race_leaves_out_who_is_wrong_or_absent(tmp_path, monkeypatch):
    (tmp_path / "wrong_sign.py").write_text(
        "from benchmarks.peers import numpy_hand\n"
        "def prepare(task, threads, option=''):\n"
        "    return numpy_hand.prepare(task._replace(rate=-task.rate), threads)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cast = {
        "reference": peers(1)["reference"],
        "numpy": peers(1)["numpy"],
        "wrong": Peer("wrong", "wrong_sign", "numpy", (1,)),
        "absent": Peer("absent", "absent", "no_such_library", (1,)),
    }
    result = race(ROW, cast, 2, lambda line: None)
    assert set(result.entries) == {"reference", "numpy"}
    assert all(len(entry.timed) == 2 for entry in result.entries.values())
    assert "disagree" in result.missing["wrong"]
    assert "not installed" in result.missing["absent"]
    text = report.page(Run("python -m benchmarks.run", 0.0, "", results=[result]), LIMITS)
    assert TASK.name in text
    assert "wrong is left out" in text
    assert "provisional" not in text


def test_ratio_and_time_to_accuracy():
    ours_, peer, other = (Entry("", 1, 0.0, m, [9.0]) for m in (0.0, 0.0, None))
    ours_.timed, peer.timed, other.timed = [2.0, 1.0, 3.0], [6.0, 6.0], [0.1]
    result = Result(ROW, {"native": ours_, "numpy": peer, "sklearn": other})
    assert result.best_peer is peer  # another cost is no peer to beat
    assert result.ratio == 3
    ours_.accuracies = [0.90, 0.96, 0.97, 0.98]
    assert ours_.to_accuracy(0.97) == (12.0, 3)
    assert ours_.to_accuracy(0.99) is None


def test_the_limit_is_the_slower_of_arithmetic_and_memory():
    task = Task((784, 30, 10), 10, 100, 3.0, "sample")
    assert task.Q == 23_820
    assert task.flops == 10 * (6 * 23_820 - 2 * 784 * 30)
    by_arithmetic, by_memory = LIMITS.seconds(task)
    assert by_arithmetic == pytest.approx(task.flops / 1e11)
    assert 12 * task.Q / 8e10 < by_memory < 12 * task.Q / 4e10
    slow_call = Limits(1.0, ((1 << 16, 1e9), (1 << 20, 4e10)))
    assert slow_call.bandwidth(1 << 16) == 4e10  # a smaller set is never slower
    assert slow_call.better(LIMITS._replace(product=2.0)).product == 2.0


def test_rows_are_chosen_by_name():
    assert [row.task.batch for row in chosen(ROWS, ("784-100-10:10",))] == [10, 100]
    assert len(chosen(ROWS, ())) == 9
    with pytest.raises(ValueError, match="is none of"):
        chosen(ROWS, ("12-3",))


def test_odd_widths_and_first_layers_are_timed_beside_each_other(monkeypatch):
    monkeypatch.setattr(widths, "WORK", 1e6)
    monkeypatch.setattr(first_layer, "WORK", 1000)
    V = data.sample().train
    rows = order(len(V), 0, 1)
    pair = [widths.Timed(V, (784, width, 10), 10, rows) for width in (13, 16)]
    odd, even = widths.raced(pair, 2)
    assert len(odd.seconds) == len(even.seconds) == 3
    assert odd.flops == 10 * (6 * (784 * 13 + 13 * 10) - 2 * 784 * 13)
    assert odd.rate > 0
    assert first_layer.raced(V, 20, 10, 1).keys() == {"packed", "lazy"}
