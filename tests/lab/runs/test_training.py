"""The trainings of the lab: started, paused, stepped, stopped, and kept within their limits."""

import threading
import time

import numpy as np
import pytest

import spusk
from spusk.errors import DataError, InputError
from spusk.i18n import topic
from spusk.lab import requests
from spusk.lab.requests import RequestReader
from spusk.lab.runs import training
from spusk.lab.runs.training import Runs
from tests.lab.trained import LONG, PLAN, ended, tiny, until, wish


@pytest.fixture
def runs():
    made = Runs()
    yield made
    made.close()


def test_the_sample_is_learned_and_its_numbers_are_those_of_train(runs):
    run = ended(runs.start(wish(layers=[784, 30, 10]), "en"))
    said = run.described("en")
    best = max(row["test_accuracy"] for row in said["history"])
    assert best >= 0.92
    assert (said["state"], said["outcome"], len(said["history"])) == ("finished", "finished", 10)
    assert said["sentence"].startswith("Trained 10 epochs in ")
    assert f"{best:.2%}" in said["sentence"]
    assert run.described("ru")["sentence"].startswith("Обучение: 10 эпох")
    sets = spusk.data.load("sample")
    net = spusk.Network([784, 30, 10])
    known = spusk.train(net, sets.train, rate=3.0, test=sets.test)
    assert np.array_equal(run.seen.theta, net.theta)
    costs = [event.cost for event in known.history]  # sums of K costs, in chunks as time has it
    within = len(sets.train) * 2.0**-53
    assert [row["cost"] for row in said["history"]] == pytest.approx(costs, rel=within)


def test_a_pause_is_one_and_a_step_is_one_epoch(runs):
    run = runs.start(wish(**LONG), "en")
    runs.steer(run, "pause", "en")
    assert run.state == "paused"
    before, rows = run.net.theta.copy(), len(run.history)
    time.sleep(0.2)
    assert np.array_equal(run.net.theta, before)
    assert np.array_equal(run.seen.theta, before), "what is looked at is what is paused"
    runs.steer(run, "epoch", "en")  # to the end of the epoch under way
    until(lambda: run.state == "paused")
    assert len(run.history) in (rows, rows + 1)
    for _ in range(3):
        rows = len(run.history)
        runs.steer(run, "epoch", "en")
        until(lambda: run.state == "paused")
        assert len(run.history) == rows + 1
    assert not np.array_equal(run.net.theta, before)
    runs.steer(run, "go", "en")
    until(lambda: len(run.history) > rows + 3)
    assert run.state == "running"


def test_a_paused_run_learns_what_an_unpaused_one_does(runs):
    whole = ended(runs.start(wish(), "en"))
    run = runs.start(wish(), "en")
    while not run.over:
        try:
            runs.steer(run, "pause", "en")
            runs.steer(run, "epoch", "en")
        except InputError:  # it has ended between the two
            break
    assert np.array_equal(ended(run).net.theta, whole.net.theta)


def test_stop_stops_keeps_what_was_learned_and_is_final(runs):
    run = runs.start(wish(**LONG), "en")
    until(lambda: run.history)
    runs.steer(run, "stop", "en")
    run.thread.join(5)
    assert not run.thread.is_alive()
    said = run.described("en")
    assert (said["state"], said["outcome"]) == ("stopped", "stopped")
    assert "kept until you forget" in said["sentence"]
    for wanted in ("go", "pause", "epoch", "stop"):
        with pytest.raises(InputError, match="has ended"):
            runs.steer(run, wanted, "en")
    paused = runs.start(wish(**LONG), "en")
    runs.steer(paused, "pause", "en")
    runs.steer(paused, "stop", "en")
    assert paused.state == "stopped", "a paused one too"


def test_two_train_at_once_a_third_waits_its_turn(runs):
    one, two = runs.start(wish(**LONG), "en"), runs.start(wish(**LONG), "en")
    with pytest.raises(InputError, match="2 trainings are running"):
        runs.start(wish(), "en")
    runs.steer(one, "pause", "en")
    three = runs.start(wish(**LONG), "en")
    for wanted in ("go", "epoch"):
        with pytest.raises(InputError, match="2 trainings are running"):
            runs.steer(one, wanted, "en")
    runs.steer(two, "stop", "en")
    runs.steer(one, "go", "en")
    assert [run.state for run in (one, two, three)] == ["running", "stopped", "running"]


def test_many_who_start_at_once_get_two_places(runs):
    got, refused = [], []

    def start():
        try:
            got.append(runs.start(wish(**LONG), "en"))
        except InputError as error:
            refused.append(error)

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (2, 10)
    assert len({run.id for run in got}) == 2


def test_twenty_are_kept_and_a_forgotten_one_makes_room():
    runs = Runs(tiny)
    kept = [ended(runs.start(wish(epochs=1), "en")) for _ in range(training.KEPT)]
    with pytest.raises(InputError, match="20 runs are kept"):
        runs.start(wish(epochs=1), "en")
    runs.forget(kept[3])
    with pytest.raises(InputError, match="no such run"):
        runs.find(kept[3].id, "en")
    new = ended(runs.start(wish(epochs=1), "en"))
    assert new.id not in {run.id for run in kept}, "a forgotten run's name is not given again"


def test_a_forgotten_run_stops(runs):
    run = runs.start(wish(**LONG), "en")
    runs.forget(run)
    run.thread.join(5)
    assert not run.thread.is_alive()


def test_a_forgotten_run_counts_until_it_has_ended(runs, monkeypatch):
    monkeypatch.setattr(training, "PATIENCE", 0.05)
    slow, step = threading.Event(), threading.Event()
    one, _ = runs.start(wish(**LONG), "en"), runs.start(wish(**LONG), "en")
    one.take = lambda event: step.set() or slow.wait(20)
    assert step.wait(20)
    runs.forget(one)
    with pytest.raises(InputError, match="no such run"):
        runs.find(one.id, "en")
    with pytest.raises(InputError, match="2 trainings are running"):
        runs.start(wish(), "en")
    monkeypatch.setattr(training, "KEPT_WEIGHTS", one.weights * 2)
    with pytest.raises(InputError, match="weights and biases together"):
        runs.start(wish(), "en")
    slow.set()
    ended(one)
    runs.start(wish(layers=[784, 1, 10]), "en")


def test_all_kept_runs_fit_the_memory_together(monkeypatch):
    monkeypatch.setattr(training, "KEPT_WEIGHTS", 9000)
    runs = Runs(tiny)
    for _ in range(2):
        ended(runs.start(wish(epochs=1), "en"))  # 3,985 each
    with pytest.raises(InputError, match="11,955 weights and biases together, at most 9,000"):
        runs.start(wish(epochs=1), "en")


@pytest.mark.parametrize(("rate", "outcome", "words"), [
    (1000, "saturated", "The network is saturated"), (1e6, "saturated", "try 3."),
])  # fmt: skip
def test_a_rate_far_too_large_gets_its_sentence(runs, rate, outcome, words):
    run = ended(runs.start(wish(rate=rate, epochs=100), "en"))
    said = run.described("en")
    assert (said["state"], said["outcome"]) == ("failed", outcome)
    assert words in said["sentence"]
    assert "too large for this start" in said["sentence"]
    for lang in ("en", "ru"):
        assert "gain" not in run.described(lang)["sentence"], "the page has no such option"


def test_what_is_not_finite_gets_its_sentence(runs, monkeypatch):
    run = runs.start(wish(**LONG), "en")
    runs.steer(run, "pause", "en")
    run.net.theta[:] = np.nan
    runs.steer(run, "go", "en")
    said = ended(run).described("en")
    assert (said["state"], said["outcome"]) == ("failed", "not finite")
    assert "try 0.3" in said["sentence"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_training_that_breaks_says_so(runs):
    def break_off(*_):
        raise ZeroDivisionError

    run = runs.start(wish(**LONG), "en")
    run.take = break_off
    said = ended(run).described("en")
    assert (said["state"], said["outcome"]) == ("failed", None)
    assert "broke off" in said["sentence"]


def test_copies_of_the_weights_are_whole_and_young(runs):
    """The bias of the last layer is written at every step: a torn copy would show."""
    run = runs.start(wish(**LONG), "en")
    seen = []
    until(lambda: seen.append(run.seen) or len({id(net) for net in seen}) > 5)
    first = seen[0].theta.copy()
    time.sleep(0.3)
    assert np.array_equal(seen[0].theta, first), "a copy is never written to"
    assert not np.array_equal(run.seen.theta, first), "and a new one comes while it trains"


def test_mnist_that_is_not_here_says_how_to_get_it(runs, monkeypatch, tmp_path):
    monkeypatch.setenv("SPUSK_DATA", str(tmp_path))
    with pytest.raises(DataError, match="spusk data get mnist"):
        runs.start(wish(data="mnist"), "en")
    with pytest.raises(DataError, match="ещё нет MNIST"):
        runs.start(wish(data="mnist"), "ru")
    assert not runs.kept


def test_mnist_trains_where_it_is(runs, mnist_folder):
    run = runs.start(wish(data="mnist"), "en")
    until(lambda: run.history)
    assert run.history[0]["test_accuracy"] > 0.5


def test_closing_ends_all(runs):
    made = [runs.start(wish(**LONG), "en") for _ in range(2)]
    runs.steer(made[0], "pause", "en")
    runs.close()
    assert [run.state for run in made] == ["stopped", "stopped"]
    assert not any(run.thread.is_alive() for run in made)


BAD = [  # a field, its wrong value, and what the sentence says
    ("data", "cifar", "one of sample, mnist, found 'cifar'"), ("data", None, "found None"),
    ("data", ["mnist"], "one of"), ("data", {}, "one of"), ("data", "../etc", "one of"),
    ("layers", [784], "two to 6"), ("layers", [784, *[5] * 9, 10], "two to 6"),
    ("layers", "784-30-10", "two to 6"), ("layers", [784, 0, 10], "from 1 up"),
    ("layers", [784, 2.5, 10], "from 1 up"), ("layers", [784, True, 10], "from 1 up"),
    ("layers", [784, -3, 10], "from 1 up"), ("layers", [784, None, 10], "from 1 up"),
    ("layers", [784, 10**30, 10], "from 1 up"), ("layers", [784, [30], 10], "from 1 up"),
    ("layers", [100, 30, 10], "begin with 784 and end with 10"),
    ("layers", [784, 30, 9], "begin with 784 and end with 10"),
    ("layers", [784, 20_000, 10], "15,900,010 weights and biases, at most 12,000,000"),
    ("rate", 0, "positive number"), ("rate", -1, "positive number"), ("rate", "3", "found '3'"),
    ("rate", float("nan"), "positive"), ("rate", float("inf"), "positive"), ("rate", True, "True"),
    ("rate", 10**400, "positive"), ("rate", 1e7, "up to 1,000,000"),
    ("batch", 0, "from 1 to 60,000, found 0"), ("batch", 60_001, "60,000"), ("batch", 1.5, "1.5"),
    ("batch", 20_000, "at most 12,515 examples"), ("batch", "all", "whole number"),
    ("epochs", 0, "from 1 to 1,000"), ("epochs", 1001, "1,001|1001"), ("epochs", None, "None"),
    ("seed", -1, "found -1"), ("seed", 2**53, "found 9007199254740992"), ("seed", 0.5, "0.5"),
    ("init", "zeros", "one of scaled, normal"), ("init", 7, "found 7"),
    ("preset", "old", "one of classic, modern"), ("activation", "tanh,step", "one of sigmoid"),
    ("activation", ["tanh"], "one of sigmoid"), ("output", "max", "one of sigmoid"),
    ("error", "absolute", "one of squared"), ("rule", "adagrad", "one of plain, momentum"),
    ("schedule", "stairs", "one of constant"), ("decay", -1, "positive number up to 1"),
    ("keep", "first", "one of last, best"), ("patience", 0, "whole number from 1 to 1,000"),
]  # fmt: skip


LABELS = {
    lang: topic("page_network", lang) | {name: topic("lab", lang)[name] for name in requests.UNSEEN}
    for lang in ("en", "ru")
}


@pytest.mark.parametrize(("field", "value", "words"), BAD)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_field_is_looked_at(field, value, words, lang):
    with pytest.raises(InputError) as error:
        RequestReader(PLAN | {field: value}, lang).training_request()
    said = str(error.value)
    assert said.startswith(f"{LABELS[lang][field]}: "), "named as the form names it"
    assert len(said) < 250
    if lang == "en":
        with pytest.raises(InputError, match=words):
            raise error.value


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"output": "softmax", "error": "cross-entropy"}, "softmax"),
        ({"decay": 0.1}, "plain has none"),
        ({"activation": "relu,tanh"}, "activation"),
    ],
)
def test_what_makes_no_training_is_refused_as_everywhere(runs, asked, words):
    with pytest.raises(InputError, match=words):
        runs.start(wish(**asked), "en")
    assert not runs.kept


def test_all_of_a_training_can_be_asked_for():
    """What the lab trains is what Python trains; nothing asked for is what it always was."""
    sets = tiny()
    runs = Runs(lambda name: sets)
    asked = {
        "preset": "modern", "activation": "tanh,relu", "layers": [784, 6, 5, 10], "rule": "adamw",
        "schedule": "cosine", "decay": 0.02, "rate": 0.003, "init": "he", "batch": 20, "epochs": 4,
        "keep": "best", "patience": 3, "seed": 5,
    }  # fmt: skip
    run = ended(runs.start(wish(**asked), "en"))
    V = sets.train
    net = spusk.Network(
        [784, 6, 5, 10], 5, "he", activation="tanh,relu", output="softmax",
        error="categorical-cross-entropy", preparation=spusk.data.prepare(V),
    )  # fmt: skip
    rule = spusk.optim.AdamW(spusk.optim.cosine(0.003, 4 * 20), decay=0.02)
    spusk.train(net, V, rule=rule, batch=20, epochs=4, seed=5, test=sets.test, keep="best",
                patience=3)  # fmt: skip
    assert np.array_equal(run.seen.theta, net.theta)
    assert (run.plan.keep, run.plan.patience, run.net.error) == ("best", 3, net.error)
    runs.close()


@pytest.mark.parametrize("field", PLAN)
def test_no_field_may_be_missing(field):
    with pytest.raises(InputError, match=f"{LABELS['en'][field]}: .*found None"):
        RequestReader({k: v for k, v in PLAN.items() if k != field}, "en").training_request()


def test_whole_numbers_may_come_with_a_point_and_the_lecture_fits():
    assert wish(batch=10.0, layers=[784, 89, 100306, 10.0]).layers == (784, 89, 100306, 10)
    with pytest.raises(InputError, match="wide start needs a layer between"):
        wish(init="wide", layers=[784, 10])
    assert requests.shorten(10**5000) == "int", "a number too long to write"
