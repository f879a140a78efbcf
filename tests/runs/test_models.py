"""A network as a file of its own, by the paths that people write."""

import os
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import Network, runs
from spusk.data import prepare
from spusk.errors import InputError, RunError
from spusk.i18n import LANGUAGES
from tests.commands import spusk as cli
from tests.conftest import blobs
from tests.reliability.helpers import PLAN, SETS, begin, carry


def test_a_network_is_saved_and_loaded_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    V = blobs()
    net = Network([6, 5, 3], seed=2, activation="tanh", preparation=prepare(V, "standardise"))
    net.save("~/model.safetensors")
    back = Network.load(str(tmp_path / "model.safetensors"))
    np.testing.assert_array_equal(back.answer(V), net.answer(V))
    assert (back.activation, back.preparation) == ("tanh", net.preparation)
    net.theta += 1
    net.save(tmp_path / "model.safetensors")  # a model that is there is replaced
    np.testing.assert_array_equal(Network.load(tmp_path / "model.safetensors").theta, net.theta)


def test_a_run_is_loaded_by_a_text(tmp_path):
    net = carry(begin(tmp_path / "r"))
    for back in (spusk.load(str(tmp_path / "r")).net, Network.load(str(tmp_path / "r"))):
        np.testing.assert_array_equal(back.theta, net.theta)
    np.testing.assert_array_equal(
        runs.load_weights(str(tmp_path / "r" / "weights.safetensors")).theta, net.theta
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda net: net.save("model.h5"), "name the file model.safetensors"),
        (lambda net: net.save("no/such/model"), "name the file model.safetensors"),
        (lambda net: net.save("locked.safetensors/m.safetensors"), "cannot be written"),
        (lambda net: Network.load("nowhere.safetensors"), "nowhere.safetensors"),
        (lambda net: Network.load("table.csv"), "expected spusk weights"),
        (lambda net: spusk.load("table.csv"), "expected a run folder, found a file"),
        (lambda net: spusk.load("nowhere"), "expected a run folder"),
    ],
)
def test_what_is_no_model_is_named(tmp_path, monkeypatch, call, says):
    monkeypatch.chdir(tmp_path)
    for name in ("table.csv", "locked.safetensors"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    with pytest.raises((InputError, RunError)) as caught:
        call(Network([2, 3]))
    said = [caught.value.sentence(lang) for lang in LANGUAGES]
    assert says in said[0]
    assert said[0] != said[1]
    assert not [name for name in os.listdir(tmp_path) if name.endswith((".part", ".h5"))]


def test_fewer_epochs_than_are_done_of_more_that_were_planned(tmp_path):
    """Leaving --epochs out is what goes on."""
    begun = begin(tmp_path / "r", replace(PLAN, epochs=9), every=runs.Every(steps=29))
    carry(begun, 3 * 29)
    with pytest.raises(InputError, match=r"has done 3 of 9 epochs, and 2 .* leave --epochs out"):
        spusk.resume(tmp_path / "r", 2, SETS)
    assert len(spusk.resume(tmp_path / "r", sets=SETS).history) == 9


def test_a_set_that_was_moved_is_asked_for(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{k % 2},{k % 2 + rng.random():.3f},{rng.random():.3f}" for k in range(60)]
    (tmp_path / "own.csv").write_text("class,one,two\n" + "\n".join(rows) + "\n")
    train = ("train", "--data", "own.csv", "--no-pictures", "--epochs", 3, "--out", "r")
    assert cli(*train, cwd=tmp_path).returncode == 0
    (tmp_path / "own.csv").rename(tmp_path / "moved.csv")
    for words in (("evaluate", "r"), ("resume", "r", "--epochs", 5, "--no-pictures")):
        gone = cli(*words, cwd=tmp_path)
        assert gone.returncode == 2
        assert "is not there any more; say where it is now with --data" in gone.stderr
        assert cli(*words, "--data", "moved.csv", cwd=tmp_path).returncode == 0
