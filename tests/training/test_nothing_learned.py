"""A run that learned nothing says so, and why; one that learned never does."""

import numpy as np
import pytest

import spusk
from spusk import Network, Sample
from spusk.i18n import LANGUAGES
from spusk.training import NothingLearnedWarning, Plan, likely_cause, root_cause
from spusk.training.nothing_learned import no_better
from tests.commands import spusk as cli
from tests.conftest import blobs

NORMAL = np.random.default_rng(3).normal(0, 1, (300, 2))
SIDE = (NORMAL[:, 0] > 0).astype(int)
COIN = np.random.default_rng(4).integers(0, 2, 300)
XOR = Sample(x=np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), labels=[0, 1, 1, 0], classes=2)


def trained(V, sizes, rate=3.0, epochs=10, **more):
    net = Network(sizes, 0, V=V, **more)
    with np.errstate(all="ignore"):
        result = spusk.train(net, V, rate=rate, epochs=epochs, engine="reference")
    return net, result, Plan(rate, 10, epochs, 0)


def cause(V, net, result, plan, look=likely_cause):
    costs = [event.cost for event in result.history]
    return look(net, V, plan, result.last, costs)


BAD = {  # name -> its set, network, rate, epochs; the cause
    "far": (Sample(x=NORMAL * 1e5, labels=SIDE), (2, 20, 2), 1e-3, 10, "large"),
    "near": (Sample(x=NORMAL / 1e4, labels=SIDE), (2, 20, 2), 3.0, 10, "small"),
    "reach": (Sample(x=NORMAL, y=20 + 5 * NORMAL[:, :1]), (2, 20, 1), 1e-3, 10, "reach"),
    "slow": (Sample(x=NORMAL, labels=SIDE), (2, 20, 2), 1e-5, 10, "slow"),
    "noise": (Sample(x=NORMAL, labels=COIN), (2, 20, 2), 3.0, 10, "rate"),
    "few": (Sample(x=NORMAL, labels=COIN), (2, 20, 2), 3.0, 1, "few"),
    "xor": (XOR, (2, 4, 2), 3.0, 10, "plateau"),
}


@pytest.mark.filterwarnings("ignore::spusk.errors.SpuskWarning")
@pytest.mark.parametrize("name", BAD)
def test_what_learned_nothing_says_why(name):
    V, sizes, rate, epochs, key = BAD[name]
    net, result, plan = trained(V, sizes, rate, epochs)
    assert result.outcome == "learned nothing"
    assert not result.outcome.failed
    assert result.outcome.complete
    found = cause(V, net, result, plan)
    assert found.key == key
    said = [found.sentence(lang) for lang in LANGUAGES]
    assert said[0] != said[1]
    assert all("{" not in each for each in said)


@pytest.mark.filterwarnings("ignore::spusk.errors.SpuskWarning")
def test_a_set_that_comes_class_by_class_and_slopes_that_have_collapsed():
    V = blobs(300)
    V = V.take(np.argsort(V.labels, kind="stable"))
    net, result, plan = trained(V, (6, 9, 3), 1e-3)
    assert cause(V, net, result, plan).key == "sorted"
    net.theta *= 1e3
    found = cause(V, net, result, plan)
    assert found.key == "flat"
    assert found.rate == pytest.approx(1e-4)


def test_a_cost_that_still_falls_wants_more_epochs():
    V = Sample(x=NORMAL, labels=SIDE)
    net, result, plan = trained(V, (2, 20, 2), 0.3, 3)
    found = likely_cause(net, V, plan, result.last, [0.3, 0.28, 0.26])
    assert (found.key, found.longer) == ("falling", True)


@pytest.mark.parametrize(
    ("V", "sizes", "rate"),
    [
        (Sample(x=NORMAL, labels=SIDE), (2, 20, 2), 3.0),
        (blobs(300), (6, 9, 3), 0.5),
        (Sample(x=NORMAL, y=SIDE[:, None] * 0.8 + 0.1), (2, 20, 1), 3.0),
    ],
)
def test_what_learned_is_left_alone(V, sizes, rate):
    net, result, _ = trained(V, sizes, rate)
    assert result.outcome == "finished"
    assert not no_better(result.last, net, V)


def test_a_rare_class_is_no_fault():
    labels = np.zeros(300, int)
    labels[7] = 1
    V = Sample(x=NORMAL, labels=labels)
    net, result, _ = trained(V, (2, 20, 2), 0.1)
    assert result.outcome == "finished"
    assert no_better(result.last, net, V)


@pytest.mark.filterwarnings("ignore::spusk.errors.SpuskWarning")
def test_one_answer_that_is_right_needs_no_word():
    """Targets that are all the same, and targets that hardly differ."""
    for spread in (0.0, 1e-3):
        V = Sample(x=NORMAL, y=0.5 + spread * NORMAL[:, :1])
        assert trained(V, (2, 5, 1))[1].outcome == "finished"


@pytest.mark.filterwarnings("ignore::spusk.errors.SpuskWarning")
def test_a_failure_names_targets_out_of_reach_instead_of_the_rate_alone():
    V = Sample(x=NORMAL, y=20 + 5 * NORMAL[:, :1])
    net, result, plan = trained(V, (2, 20, 1), 3.0)
    assert result.outcome.failed
    found = cause(V, net, result, plan, root_cause)
    assert "0…1 only" in found.sentence("en")
    V = blobs(300)
    assert cause(V, *trained(V, (6, 9, 3), 1e4), root_cause) is None


@pytest.mark.parametrize(
    ("name", "rate", "remedy", "typed"),
    [
        ("far", 1e-3, 'scaling="auto"', "--scaling auto"),
        ("reach", 3.0, 'output="identity"', "--output identity"),
        ("near", 3.0, 'scaling="auto"', "--scaling auto"),
        ("reach", 1e-3, 'output="identity"', "--output identity"),
    ],
)
def test_python_is_warned_with_the_cause_and_a_remedy_of_python(name, rate, remedy, typed):
    V, sizes, *_ = BAD[name]
    with pytest.warns(NothingLearnedWarning) as caught:
        net, result, plan = trained(V, sizes, rate)
    said = [warning.message for warning in caught if warning.category is NothingLearnedWarning]
    assert len(said) == 1
    for lang in LANGUAGES:
        assert remedy in said[0].sentence(lang)
        assert "--" not in said[0].sentence(lang)
        why = cause(V, net, result, plan, root_cause)
        assert typed in why.said_in("shell").sentence(lang)
        assert not any(each in why.said_in("page").sentence(lang) for each in (remedy, typed))


def test_the_command_says_it_keeps_the_weights_and_exits_with_3(tmp_path):
    rows = "".join(f"{a ^ b},{a},{b}\n" for a in (0, 1) for b in (0, 1))
    (tmp_path / "xor.csv").write_text("label,a,b\n" + rows)
    train = (
        "train",
        "--data",
        "xor.csv",
        "--layers",
        "2-4-2",
        "--no-pictures",
        "--rate",
        1e-4,
        "--epochs",
        10,
    )
    for lang, says in (("en", "It learned nothing: the cost"), ("ru", "ничему не научилась")):
        done = cli("--lang", lang, *train, "--out", lang, cwd=tmp_path)
        assert done.returncode == 3
        assert says in done.stdout
        assert f"spusk resume {lang} --epochs 100" in done.stdout
        assert (tmp_path / lang / "weights.safetensors").exists()
