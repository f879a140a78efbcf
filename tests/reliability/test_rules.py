"""A run keeps its rule, its schedule and the rule's state, and goes on bit for bit."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

import spusk
from spusk import runs
from spusk.cli.runs import rates_text
from spusk.data import Data
from spusk.engines import native
from spusk.errors import EngineError, RateError, RunError
from spusk.i18n import LANGUAGES
from spusk.optim import RULES, SCHEDULES, Adam, Nesterov, cosine, inverse, staircase
from spusk.runs import Every
from spusk.runs.weights import load_all, save_weights
from spusk.training import Plan, UnsavedRateWarning
from tests.commands import spusk as cli
from tests.conftest import blobs
from tests.reliability.helpers import PLAN, SETS, begin, carry, fresh, older

STEPS = 29
SMALL = Data(blobs(61, seed=1), None, "blobs")  # 9 steps, the last of them ragged
RULE = [*list(RULES.values())[:2], lambda rate: Nesterov(rate, 0.5), lambda rate: Adam(rate, 0.8)]
RATES = [0.125, SCHEDULES["constant"](0.25), inverse(0.25, half=40), staircase(0.5, 10, 0.75),
         cosine(0.5, 100)]  # fmt: skip


def plan(rate, rule, **more):
    return replace(PLAN, rate=rate, rule=rule(rate), **more)


def run_json(folder):
    return json.loads((folder / "run.json").read_text())


def cut_at(folder, cuts, begun):
    """Carries a run to its end; copies of its folder as it was at these steps, and θ at the end."""
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
            n = (event.epoch - 1) * event.steps + event.step
            if n in cuts:
                shutil.copytree(folder, f"{folder}-{n}")
        writer.finish(event)
    return writer.net.theta


def goes_on(folder, begun, rate):
    """Cut anywhere, inside an epoch of 9 steps or in its end: each ends in the same weights.

    At 20 places where the rate is another at every step, else at five.
    """
    cuts = range(3, 23) if rate is RATES[-1] else (3, 9, 10, 16, 18)
    expected = cut_at(folder, cuts, begun)
    for cut in cuts:
        result = spusk.resume(f"{folder}-{cut}", sets=SMALL)
        assert result.outcome.complete
        np.testing.assert_array_equal(result.net.theta, expected)


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("rule", RULE, ids=lambda rule: str(rule(0.5)))
def test_every_cut_ends_in_the_same_weights(tmp_path, quick, rule, rate):
    of = plan(rate, rule, epochs=3)
    goes_on(tmp_path / "r", begin(tmp_path / "r", of, SMALL, Every(steps=1)), rate)
    assert run_json(tmp_path / "r")["plan"]["rule"] == of.rule.data()
    assert runs.load(tmp_path / "r").plan == of


@pytest.mark.skipif(not native.available(), reason="the native part is not built")
@pytest.mark.parametrize("rate", RATES[::2], ids=str)
@pytest.mark.parametrize("rule", list(native.NAMES["updates"]))
def test_so_they_do_by_the_native_engine(tmp_path, quick, rule, rate):
    of = plan(rate, RULES[rule], epochs=3)
    goes_on(tmp_path / "r", begin(tmp_path / "r", of, SMALL, Every(steps=1), "native"), rate)
    assert run_json(tmp_path / "r")["engine"] == "native"


def test_the_schedule_says_the_rate_of_each_epoch(tmp_path, quick):
    rate = inverse(0.5, half=10)
    carry(begin(tmp_path / "r", plan(rate, RULES["plain"])))
    learned = [row["learning_rate"] for row in runs.load(tmp_path / "r").history]
    assert learned == [rate(epoch * STEPS - 1) for epoch in (1, 2, 3, 4)]


@pytest.mark.parametrize("rule", RULES)
def test_another_rate_keeps_the_rules_state(tmp_path, quick, rule):
    """As if the rates had been planned so: a number, then a schedule that counts from the start."""
    folder, later = tmp_path / "r", cosine(0.5, 100)
    carry(begin(folder, plan(0.25, RULES[rule]), every=Every(steps=1)), 40)
    result = spusk.resume(folder, sets=SETS, rate=later)
    with pytest.warns(UnsavedRateWarning):
        straight = spusk.train(
            fresh(), SETS.train, rate=lambda n: 0.25 if n < 40 else later(n), rule=rule,
            batch=PLAN.batch, epochs=PLAN.epochs, seed=PLAN.seed, engine="reference",
        )  # fmt: skip
    np.testing.assert_array_equal(result.net.theta, straight.net.theta)
    back = runs.load(folder)
    assert back.rates == ((1, 0, 0.25), (2, 11, later))
    assert back.plan.rate == later
    assert rates_text(back.rates, "en").endswith(
        "η = cosine(0.5, steps=100, last=0.01) from epoch 2, step 11"
    )


def test_a_finished_run_is_extended_with_its_state(tmp_path, quick):
    short, long = (plan(0.01, RULES["adam"], epochs=epochs) for epochs in (2, 4))
    expected = carry(begin(tmp_path / "long", long)).theta
    carry(begin(tmp_path / "r", short))
    result = spusk.resume(tmp_path / "r", epochs=4, sets=SETS)
    np.testing.assert_array_equal(result.net.theta, expected)


def test_a_run_of_the_first_format_goes_on_as_plain_descent(tmp_path, quick):
    expected = carry(begin(tmp_path / "straight")).theta
    carry(begin(tmp_path / "r", every=Every(steps=1)), 40)
    older(tmp_path / "r", 1, "rule")
    assert runs.load(tmp_path / "r").plan == PLAN
    result = spusk.resume(tmp_path / "r", sets=SETS)
    np.testing.assert_array_equal(result.net.theta, expected)
    assert run_json(tmp_path / "r")["format"] == 3


def test_a_rule_that_did_not_save_the_checkpoint_is_refused(tmp_path, quick):
    folder = tmp_path / "r"
    carry(begin(folder, plan(0.25, RULES["momentum"]), every=Every(steps=1)), 40)
    about = run_json(folder)
    for rule in (None, {"name": "adam"} | Adam(0.1).data(), {"name": "momentum", "beta": 0.5}):
        about["plan"]["rule"] = rule
        (folder / "run.json").write_text(json.dumps(about))
        before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        with pytest.raises(
            RunError, match=r"was saved by rule \{'name': 'momentum'.*0.9"
        ) as caught:
            spusk.resume(folder, sets=SETS)
        assert len({caught.value.sentence(lang) for lang in LANGUAGES}) == 2
        assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda state: state.clear(), "found 0"),
        (lambda state: state.pop("n"), r"expected a state of rule adam \(m: float32"),
        (lambda state: state.update(more=np.zeros(3)), r"more: float64 \(3,\)"),
        (lambda state: state.update(m=state["m"][:-1]), "adam"),
        (lambda state: state.update(s=state["s"].astype(np.float64)), "s: float64"),
    ],
)
def test_a_state_that_is_not_the_rules_is_refused(tmp_path, quick, spoil, said):
    folder = tmp_path / "r"
    carry(begin(folder, plan(0.25, RULES["adam"]), every=Every(steps=1)), 40)
    path = runs.newest(folder).path
    net, about, state = load_all(path)
    spoil(state)
    save_weights(net, path, {"state": about["state"]}, state)
    with pytest.raises(EngineError, match=said):
        spusk.resume(folder, sets=SETS)


def test_a_flipped_bit_of_the_state_is_found(tmp_path, quick):
    folder = tmp_path / "r"
    carry(begin(folder, plan(0.25, RULES["adam"]), every=Every(steps=1)), 40)
    path = runs.newest(folder).path
    content = bytearray(path.read_bytes())
    content[-9] ^= 1  # the last number of s; n comes before it
    path.write_bytes(content)
    with pytest.raises(RunError, match="expected checksum"):
        runs.load_checkpoint(path)


def test_other_programs_read_the_state(tmp_path, quick):
    from safetensors.numpy import load_file

    carry(begin(tmp_path / "r", plan(0.25, RULES["adam"])))
    found = load_file(runs.newest(tmp_path / "r").path)
    assert set(found) == {"W1", "W2", "b1", "b2", "state.m", "state.s", "state.n"}
    assert found["state.n"] == PLAN.epochs * STEPS
    assert set(load_file(tmp_path / "r" / "weights.safetensors")) == {"W1", "W2", "b1", "b2"}


def test_a_bare_function_is_told_and_goes_on_at_another_rate_alone(tmp_path, quick):
    folder = tmp_path / "r"
    with pytest.warns(UnsavedRateWarning, match="can't be resumed"):
        begun = begin(folder, Plan(lambda n: 0.5 / (1 + n), 7, 4, 5), every=Every(steps=1))
    carry(begun, 40)
    kept = run_json(folder)["plan"]["rate"]
    assert kept["name"] == "function"
    assert "lambda" in kept["text"]
    assert "lambda" in f"{runs.load(folder).plan.rate:g}"
    assert runs.load(folder).history[0]["learning_rate"] is None
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(RateError, match=r"a function of Python \(.*lambda.*resume --rate 0.1"):
        spusk.resume(folder, sets=SETS)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    assert spusk.resume(folder, sets=SETS, rate=0.5).outcome.complete
    learned = [row["learning_rate"] for row in runs.load(folder).history]
    assert learned == [None, 0.5, 0.5, 0.5]


def test_the_command_trains_by_a_rule_and_goes_on(tmp_path):
    quick = ("--layers", "784-8-10", "--no-pictures", "--json", "--engine", "reference")
    train = ("train", *quick, "--rule", "adam", "--rate", 0.01, "--epochs")
    assert cli(*train, 2, "--out", "a", cwd=tmp_path).returncode in (0, 3)
    assert cli(*train, 1, "--out", "b", cwd=tmp_path).returncode in (0, 3)
    done = cli("resume", "b", "--epochs", 2, "--no-pictures", "--json", cwd=tmp_path)
    assert done.returncode in (0, 3), done.stderr
    a, b = (runs.load(tmp_path / name) for name in "ab")
    np.testing.assert_array_equal(a.net.theta, b.net.theta)
    assert a.plan.rule == Adam(0.01)
    said = cli("train", "--help", cwd=tmp_path).stdout
    assert f"--rule [{'|'.join(RULES)}]" in said
    wrong = cli("train", "--rule", "newton", cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1
