"""Many short epochs: what is written grows as the epochs do, and no faster."""

import os
from dataclasses import replace

import numpy as np
import pytest

from spusk import Network, Sample, runs
from spusk.data import Data
from spusk.runs import writer
from spusk.training import Plan
from tests.reliability.helpers import PLAN, SETS, begin, carry

XOR = Data(Sample(x=[[0, 0], [0, 1], [1, 0], [1, 1]], labels=[0, 1, 1, 0], classes=2), None, "xor")


@pytest.fixture
def written(monkeypatch):
    """The bytes of each write: of history.csv's lines, and of whole files."""
    found = {"lines": [], "files": []}
    write, move = os.write, os.replace

    def counted(handle, content):
        found["lines"].append(len(content))
        return write(handle, content)

    def moved(old, new):
        found["files"].append(os.stat(old).st_size)
        move(old, new)

    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(os, "write", counted)
    monkeypatch.setattr(os, "replace", moved)
    return found


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by a hundredth of a second each time it is looked at."""
    now = [0.0]

    def looked_at():
        now[0] += 0.01
        return now[0]

    monkeypatch.setattr(writer, "monotonic", looked_at)
    return now


def trained(folder, epochs):
    plan = Plan(rate=3.0, batch=1, epochs=epochs)
    net = Network([2, 4, 2], seed=1)
    carry(runs.open_new(folder, net, plan, XOR, "xor", engine="reference"))
    assert [row["epoch"] for row in runs.load(folder).history] == [*range(1, epochs + 1)]


@pytest.mark.usefixtures("clock")
def test_what_is_written_is_linear_in_epochs(tmp_path, written):
    counts = []
    for epochs in (200, 400):
        trained(tmp_path / str(epochs), epochs)
        counts.append((len(written["lines"]), sum(written["lines"]), len(written["files"])))
        assert max(written["files"][1:]) < 3000  # a checkpoint does not hold the history
        for found in written.values():
            found.clear()
    (few, short, saves), (many, long, more) = counts
    assert few >= 200
    assert many < 2.2 * few  # a line is written once
    assert long < 2.2 * short
    assert more < 2.2 * saves
    assert saves < 200 / 3  # most ends are not worth a save


def test_an_end_is_saved_once_it_is_worth_it(tmp_path, monkeypatch):
    """A save that took 0.02 s: after 0.2 s; one that took longer: after a second; and the end."""
    now, cost = [0.0], 0.005
    monkeypatch.setattr(writer, "monotonic", lambda: now[0])
    monkeypatch.setattr(os, "fsync", lambda _: now.__setitem__(0, now[0] + cost))
    begun = begin(tmp_path / "r", replace(PLAN, epochs=60))
    saved, began = [], now[0]
    with begun.writer as keeper:
        keeper.looked_at = lambda epoch: False
        for event in begun.events:
            before = keeper.saved
            keeper.take(event)
            if keeper.saved != before:
                saved.append(now[0] - began)
                cost, began = (0.005 if event.epoch < 30 else 0.5), now[0]
            now[0] += 0.05
        keeper.finish(event)
    assert all(0.1 < passed < 0.3 for passed in saved[2:5])
    assert 1.0 <= saved[-3] < 3.0
    assert runs.newest(tmp_path / "r").cursor.epoch == 60


@pytest.mark.usefixtures("clock")
def test_ends_that_were_looked_at_are_saved_whatever_it_costs(tmp_path, monkeypatch):
    """A run that goes wrong goes back to the newest of them."""
    monkeypatch.setattr(writer, "MOST_LOST", 1e9)
    monkeypatch.setattr(writer, "SHARE", 1e9)
    plan = replace(PLAN, rate=0.05, epochs=70)
    begun = begin(tmp_path / "r", plan)
    places = set()
    with begun.writer as keeper:
        for event in begun.events:
            keeper.take(event)
            places.add(runs.newest(tmp_path / "r").cursor.epoch)
            if event.epoch == 69:
                break
    assert places == {1, 64}  # 1: the start, and the end of the first epoch


def test_short_epochs_end_in_the_same_weights_after_a_kill(tmp_path):
    """What was not saved is trained again."""
    plan = replace(PLAN, epochs=40)
    expected = carry(begin(tmp_path / "straight", plan)).theta
    begun = begin(tmp_path / "r", plan)
    with begun.writer as keeper:
        for event in begun.events:
            keeper.take(event)
            if event.epoch == 23:
                break
    lines = (tmp_path / "r" / "history.csv").read_text().count("\n")
    assert lines > 20  # each epoch's line is there, saved or not
    carry(runs.open_resumed(tmp_path / "r", sets=SETS))
    np.testing.assert_array_equal(runs.load(tmp_path / "r").net.theta, expected)
    assert [row["epoch"] for row in runs.load(tmp_path / "r").history] == [*range(1, 41)]
