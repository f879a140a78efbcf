"""What is trained where nothing more is said, and how what is said changes it."""

import numpy as np
import pytest

from spusk import engines
from spusk.data import Sample, prepare, sample
from spusk.engines import native
from spusk.errors import InputError, NetworkError
from spusk.nn.network import Network
from spusk.optim import SCHEDULES, AdamW, onecycle
from spusk.optim.rules import RULES
from spusk.training import train
from spusk.training.choices import CHOICES, PLANNED, RATES, SPARED, STEPS, choice_for
from spusk.training.plan import Plan
from tests.conftest import blobs

BUILT = pytest.mark.skipif(not native.available(), reason="native part not built")
CLASSES = blobs(120)
TARGETS = Sample(CLASSES.x, y=CLASSES.x[:, :2] ** 2)


def network(choice, V, seed=0):
    prepared = prepare(V, targets=choice.output == "identity")
    sizes = choice.sizes(V)
    return Network(sizes, seed, choice.start(sizes), activation=choice.activation,
                   output=choice.output, error=choice.error, V=V, preparation=prepared)  # fmt: skip


def test_classic_is_for_the_lectures_sets_and_modern_for_all_others():
    names = [choice_for(CLASSES, source).preset for source in ("sample", "mnist", "my/sample.csv")]
    assert names == ["classic", "classic", "modern"]
    assert choice_for(CLASSES, "sample", "modern").preset == "modern"
    assert choice_for(CLASSES, "my.csv").output == "softmax"
    regression = choice_for(TARGETS, "my.csv")
    assert (regression.output, regression.error) == ("identity", "squared")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10, 112, 1000, 100_000])
def test_a_modern_training_has_two_thousand_steps_and_its_cycle_ends_with_it(count):
    V = Sample(np.zeros((count, 1)), labels=np.zeros(count, int), classes=2)
    choice = choice_for(V, "any")
    assert (choice.validation, choice.keep) == ((0.1, "best") if count >= SPARED else (0, "last"))
    V = V.split(choice.validation)[0] if choice.validation else V
    plan = choice.plan(V, seed=3)
    assert plan.keep == choice.keep
    steps = plan.steps(V) * plan.epochs
    assert steps >= STEPS
    assert plan.epochs >= 10
    assert plan.rate == onecycle(choice.rate, steps)
    assert isinstance(plan.rule, AdamW)
    assert plan.rate(steps - 1) < 1e-2 * choice.rate
    assert choice.with_given(epochs=3).plan(V, 0).rate.steps == 3 * plan.steps(V)


def test_a_part_to_watch_is_as_asked_or_as_the_preset_has_it():
    V = Sample(np.zeros((SPARED, 1)), labels=np.arange(SPARED) // 4)  # of four none is spared
    assert (choice_for(V, "any").validation, choice_for(V, "any").keep) == (0, "last")
    some = choice_for(CLASSES, "any", None, 0.3)
    assert (some.validation, some.keep, some.with_given(keep="last").keep) == (0.3, "best", "last")
    left = CLASSES.split(0.3)[0]
    assert some.plan(left, 0).steps(left) * some.epochs >= STEPS
    assert choice_for(CLASSES, "sample", None, 0.3).keep == "last"


def test_the_classic_plan_is_the_lectures():
    choice = choice_for(CLASSES, "sample")
    assert choice.plan(CLASSES, 4) == Plan(3.0, 10, 10, 4)
    assert (choice.activation, choice.output, choice.error) == ("sigmoid", "sigmoid", "squared")


def test_a_rate_alone_means_plain_descent_at_it():
    modern = choice_for(CLASSES, "any")
    alone = modern.with_given(rate=0.2)
    assert (alone.rule, alone.schedule, alone.rate) == ("plain", "constant", 0.2)
    asked = modern.with_given(rate=0.2, asked=True)
    assert (asked.rule, asked.schedule, asked.rate) == ("adamw", "onecycle", 0.2)
    assert modern.with_given(rate=0.2, rule="adamw") == asked
    assert choice_for(CLASSES, "sample").with_given(rate=0.2).rule == "plain"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("preset", ["classic", "modern"])
def test_a_rule_brings_a_rate_that_suits_it(preset, rule):
    choice = choice_for(CLASSES, "any", preset).with_given(rule=rule, epochs=60)
    assert choice.rate == RATES[preset][rule]
    net = network(choice, CLASSES)
    plan = choice.plan(CLASSES, 0)
    done = train(net, CLASSES, rule=plan.rule, batch=plan.batch, epochs=plan.epochs)
    assert done.outcome == "finished"
    assert net.accuracy(CLASSES) > 0.9


def test_an_output_and_a_cost_go_together_whichever_is_said():
    modern, classic = (choice_for(CLASSES, "any", name) for name in ("modern", "classic"))
    assert classic.with_given(error="categorical-cross-entropy").output == "softmax"
    assert modern.with_given(error="cross-entropy").output == "sigmoid"
    assert modern.with_given(output="sigmoid").error == "cross-entropy"
    assert modern.with_given(output="identity").error == "squared"
    assert classic.with_given(output="softmax").error == "squared"
    with pytest.raises(NetworkError, match="cross-entropy"):
        network(modern.with_given(output="tanh", error="cross-entropy"), CLASSES)


@pytest.mark.parametrize("name", PLANNED)
def test_each_schedule_can_be_planned_and_read_back(name):
    choice = choice_for(CLASSES, "sample").with_given(schedule=name, rate=0.5)
    rate = choice.plan(CLASSES, 0).rate
    assert rate == 0.5 if name == "constant" else type(rate) is SCHEDULES[name]
    assert set(PLANNED) == set(SCHEDULES)


def test_a_decay_is_the_rules_own_or_none():
    modern = choice_for(CLASSES, "any")
    assert modern.with_given(decay=0.25).plan(CLASSES, 0).rule.decay == 0.25
    assert modern.with_given(rule="adam").decay is None
    with pytest.raises(InputError, match="take the rule adamw"):
        modern.with_given(rule="plain", decay=0.25).plan(CLASSES, 0)


@BUILT
@pytest.mark.parametrize("preset", CHOICES)
def test_no_preset_falls_back(preset):
    for V in (CLASSES, TARGETS, sample().train):
        choice = choice_for(V, "any", preset).with_given(hidden=(20,))
        plan = choice.plan(V, 0)
        assert native.Native().supports(network(choice, V), plan.rule) is None
        assert engines.engine("auto", network(choice, V), plan.rule).name == "native"


def spirals(random):
    turn = np.sqrt(random.uniform(0.05, 1, 400)) * 3 * np.pi
    arm = np.arange(400) % 2
    x = np.c_[turn * np.cos(turn + arm * np.pi), turn * np.sin(turn + arm * np.pi)] / 9
    return Sample(x + random.normal(0, 0.02, x.shape), labels=arm)


def money(random):  # columns of many sizes
    x = np.c_[random.lognormal(10.5, 0.5, 400), random.uniform(18, 80, 400), random.random(400)]
    good = (np.log(x[:, 0]) - 10.5) + (x[:, 1] - 49) / 25 + 2 * (x[:, 2] - 0.5) > 0
    return Sample(x, labels=good.astype(int))


def prices(random):
    x = np.c_[random.uniform(40, 200, 400), random.integers(1, 7, 400)]
    return Sample(x, y=1500 * x[:, 0] + 20_000 * x[:, 1] + random.normal(0, 15_000, 400))


@pytest.mark.parametrize(("make", "least"), [(spirals, 0.9), (money, 0.93), (prices, 0.95)])
def test_the_defaults_learn_what_they_are_for(make, least):
    V = make(np.random.default_rng(5))
    V, test = V.take(slice(0, 300)), V.take(slice(300, 400))
    choice = choice_for(V, "any")
    net, plan = network(choice, V), choice.plan(V, 0)
    train(net, V, rule=plan.rule, batch=plan.batch, epochs=plan.epochs)
    if V.labels is not None:
        assert net.accuracy(test) >= least
    else:
        left = np.var(net.answer(test) - test.y) / np.var(test.y)
        assert 1 - left >= least
