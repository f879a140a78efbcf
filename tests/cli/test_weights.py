"""Weights on the command line: said, kept, read again, and of no use to who evaluates."""

import json

import numpy as np
import pytest

from spusk.cli.data_options import ClassWeights
from tests.commands import spusk

random = np.random.default_rng(5)
K = 80
A = random.normal(0, 1, K).round(3)
KIND = np.array(["rare", "usual", "very, very rare"])[random.integers(0, 3, K)]
MORE = ("--batch", "7", "--rate", "0.5", "--no-pictures")


@pytest.fixture
def here(tmp_path):
    """A folder with a table that has weights."""
    rows = [f'{a},{k % 3},"{kind}"' for k, (a, kind) in enumerate(zip(A, KIND, strict=True))]
    (tmp_path / "t.csv").write_text("\n".join(["a,w,kind", *rows]) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("balanced", "balanced"),
        ("a=2,b=0.5", {"a": 2, "b": 0.5}),
        (" a = 2 , x=y=3", {"a": 2, "x=y": 3}),
        ('"New York, NY=2",7=1e3', {"New York, NY": 2, "7": 1000}),
        *((bad, None) for bad in ("", "a", "a=", "=2", "a=2,a=3", "a=inf", "a=2,", "a=x", "even")),
    ],
)
def test_weights_of_classes_are_names_and_numbers(text, found):
    if found is None:
        with pytest.raises(Exception, match="rare=5,usual=1") as caught:
            ClassWeights().convert(text, None, None)
        assert repr(text) in str(caught.value)
    else:
        asked = ClassWeights().convert(text, None, None)
        assert (asked if text == "balanced" else dict(asked)) == found


def test_weights_are_said_kept_and_read_again(here):
    asked = ("--data", "t.csv", "--weight", "w", "--class-weight", '"very, very rare=4"', *MORE)
    done = spusk("train", *asked, "--epochs", "3", "--out", "run", cwd=here)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == (
        "Answer: column kind, 3 classes (rare, usual, very, very rare). "
        "Inputs: 1 number, standardised. Example weights: w. "
        "Example weights by class: very, very rare 4. Order: mixed."
    )
    read = json.loads((here / "run" / "run.json").read_text())["note"]["read"]
    assert read["weight"] == "w"
    assert read["class_weight"] == {"very, very rare": 4.0}
    last = spusk("--lang", "ru", "resume", "run", "--epochs", "5", "--no-pictures", cwd=here)
    assert last.returncode == 0, last.stderr
    assert "Веса прецедентов: w. Веса прецедентов по классам: very, very rare 4." in last.stdout
    spusk("train", *asked, "--epochs", "5", "--out", "whole", cwd=here)
    weights = [(here / name / "weights.safetensors").read_bytes() for name in ("run", "whole")]
    assert weights[0] == weights[1]
    text = (here / "t.csv").read_text()
    (here / "t.csv").write_text(text.replace(",1,", ",1.5,"))
    other = spusk("resume", "run", "--epochs", "7", cwd=here)
    assert other.returncode == 2
    assert "was trained on another set" in other.stderr


def test_who_evaluates_or_predicts_counts_every_example_alike(here):
    asked = ("--data", "t.csv", "--weight", "w", "--epochs", "2", *MORE)
    asked += ("--validation", "0.2", "--class-weight", "balanced")
    spusk("train", *asked, "--out", "run", cwd=here)
    again = spusk("resume", "run", "--epochs", "3", "--no-pictures", cwd=here)
    assert "Going on in epoch 3" in again.stdout, again.stderr  # balanced by the same part
    parts = [json.loads(line) for line in spusk("evaluate", "run", "--json", cwd=here)
             .stdout.splitlines()]  # fmt: skip
    whole = json.loads(spusk("evaluate", "run", "--data", "t.csv", "--json", cwd=here).stdout)
    assert [part["part"] for part in parts] == ["train", "validation", "test"]
    cost = sum(part["count"] * part["cost"] for part in parts) / K
    assert whole["count"] == K
    assert whole["cost"] == pytest.approx(cost, rel=1e-5)
    answered = spusk("predict", "run", "t.csv", cwd=here)
    assert len(answered.stdout.splitlines()) == K + 1
    assert "left out: w" in answered.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--weight", "a"), "the weight '-"),
        (("--weight", "mass"), "no column 'mass'"),
        (("--weight", "w", "--label", "w"), "both the answer and the weights"),
        (("--class-weight", "rar=2"), "the classes are rare, usual, very, very rare"),
        (("--class-weight", "rare=-2"), "the weight of class rare is -2.0"),
        (("--class-weight", "rare"), "expected balanced, or weights such as rare=5,usual=1"),
        (("--label", "a", "--class-weight", "balanced"), "are numbers, not classes"),
    ],
)
def test_what_is_refused_is_refused_before_a_folder_is_made(here, options, says):
    done = spusk("train", "--data", "t.csv", *options, *MORE, cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert not (here / "runs").exists()
