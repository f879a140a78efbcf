"""`spusk predict`: names, doubts, bad pictures among good ones, and what the network sees."""

import json

import numpy as np
import pytest
from PIL import Image

import spusk as package
from spusk import data, runs
from spusk.data import Sample, prepare
from spusk.training import Plan
from tests.commands import spusk
from tests.i18n.russian import foreign

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS = data.load("sample").train.take(slice(0, 400))


def save(path, shades):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(shades, np.uint8)).save(path)
    return path


def kept(folder, V, **layers):
    """A run folder of a network that learned V."""
    net = package.Network(
        [V.x.shape[1], 30, V.classes], activation="relu", output="sigmoid", **layers,
        preparation=prepare(V),
    )  # fmt: skip
    plan = Plan(rate=0.3, epochs=50)
    package.train(net, V, rule="adam", rate=1e-3, epochs=plan.epochs)
    runs.save(folder, net, plan, "sample", [], {"shape": list(V.shape)})
    return folder


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """A network of dark digits on white paper, and its pictures."""
    home = tmp_path_factory.mktemp("paper")
    V = Sample(255 - DIGITS.x, labels=DIGITS.labels, class_names=WORDS, shape=(28, 28))
    files = [save(home / f"{k}.png", V.x[k].reshape(28, 28)) for k in range(40)]
    return kept(home / "run", V), V, files


def answers(*words):
    done = spusk("predict", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_its_own_pictures_are_answered_as_while_it_learned(paper):
    run, V, files = paper
    net = runs.load(run).net
    said = answers(run, *files)
    np.testing.assert_allclose([each["answer"] for each in said], net.answer(V.x[:40]), atol=1e-6)
    right = [each["class"] == label for each, label in zip(said, V.labels[:40], strict=True)]
    assert np.mean(right) > 0.9
    assert [each["name"] for each in said] == [WORDS[each["class"]] for each in said]
    assert said[0]["names"] == list(WORDS)


def test_names_stand_in_the_answer(paper):
    run, _, files = paper
    name = answers(run, files[0])[0]["name"]
    shown = spusk("predict", run, files[0]).stdout.splitlines()
    assert shown[0] == f"{files[0]}: {name}"
    assert [word for word in WORDS if word in shown[1]] == list(WORDS)


def test_a_bad_picture_among_good_ones_is_named_and_costs_nobody_else(paper, tmp_path):
    run, _, files = paper
    (tmp_path / "bad.png").write_text("<html>")
    empty = save(tmp_path / "empty.png", np.zeros((28, 28)))
    done = spusk("predict", run, files[0], tmp_path / "bad.png", empty, files[1], "none.png")
    assert done.stdout.count("α(x)") == 2
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == ["error"] * 3
    for name in ("bad.png", "empty.png", "none.png"):
        assert name in done.stderr
    assert done.returncode == 2


def test_doubts_are_said(paper, tmp_path):
    run, V, files = paper
    two = np.hstack([V.x[0].reshape(28, 28), V.x[1].reshape(28, 28)]).repeat(6, 0).repeat(6, 1)
    path = save(tmp_path / "two.png", two)
    assert answers(run, path)[0]["doubts"] == ["pieces"]
    assert answers(run, files[0])[0]["doubts"] == []
    lines = spusk("predict", run, path).stdout.splitlines()
    assert len(lines) == 3
    assert "several signs" in lines[2]
    russian = spusk("--lang", "ru", "predict", run, path).stdout.splitlines()[2]
    assert not foreign(russian)


def test_what_the_network_sees_can_be_seen(paper, tmp_path):
    run, V, files = paper
    big = save(tmp_path / "big" / "0.png", V.x[0].reshape(28, 28).repeat(10, 0).repeat(10, 1))
    answers(run, files[0], big, "--prepared", tmp_path / "seen")
    with Image.open(tmp_path / "seen" / "0.png") as same, Image.open(
        tmp_path / "seen" / "0-2.png"
    ) as made:  # fmt: skip
        np.testing.assert_array_equal(same, V.x[0].reshape(28, 28))
        assert np.abs(np.asarray(made, float) - V.x[0].reshape(28, 28)).mean() < 12
    done = spusk("predict", run, files[0], "--prepared", files[1])
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_network_of_before_takes_pictures_as_mnist_s(tmp_path):
    V = DIGITS
    net = package.Network([784, 10], preparation=None)
    plan = Plan(rate=1.0, epochs=1)
    runs.save(tmp_path / "run", net, plan, "sample", [], {"shape": [28, 28]})
    path = save(tmp_path / "a.png", V.x[0].reshape(28, 28))
    said = answers(tmp_path / "run", path)[0]
    np.testing.assert_allclose(said["answer"], net.answer(V.x[0]), rtol=1e-5)
    assert said["name"] == str(said["class"])


def test_rows_of_numbers_are_no_pictures(tmp_path):
    V = Sample(np.random.default_rng(0).normal(size=(30, 3)), labels=np.arange(30) % 2)
    run = kept(tmp_path / "run", V)
    path = save(tmp_path / "a.png", DIGITS.x[0].reshape(28, 28))
    done = spusk("predict", run, path)
    assert (done.returncode, "rows of numbers" in done.stderr) == (2, True)
