"""What is trained where nothing more is said: a kind of network and a plan, by the set.

`classic` is the lecture's: sigmoids, squared error, plain descent at η = 3. `modern` is what suits
other people's sets: rectified neurons, an output by the kind of answer, AdamW over one cycle of at
least two thousand steps, which is never cut short. Its numbers were found by cross-validation on
the training parts of the tables in docs/results.md, never on their test parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from spusk.data import Sample
from spusk.data.samples import parts
from spusk.errors import InputError
from spusk.nn.init import by_shape
from spusk.nn.losses import LOSSES
from spusk.optim.rules import RULES
from spusk.optim.schedules import (
    Schedule,
    checked_number,
    constant,
    cosine,
    inverse,
    linear,
    onecycle,
    staircase,
    warmup,
)
from spusk.training.plan import Plan, whole
from spusk.training.presets import PRESETS

STEPS = 2000  # of a modern training, at least: few of a small set's epochs would teach little
LARGE = 1000  # examples from which on two hidden layers do better than one
SPARED = 10_000  # examples from which on a tenth of them is spared to choose the best epoch by
BATCH, QUARTER = 32, 4  # examples of a modern step; a small set is cut in four steps at least
EPOCHS = 10
TENTH = 0.1  # of the training part, split off where an epoch is to be chosen
DECAY, DECAY_OF_TARGETS = 0.01, 0.9  # λ of AdamW: targets are few numbers, easily learned by heart
RATES = {  # η of each rule, for sigmoids with a squared error, and for what is modern
    "classic": {"plain": 3.0, "momentum": 0.3, "nesterov": 0.3, "adam": 0.003, "adamw": 0.003},
    "modern": {"plain": 0.1, "momentum": 0.01, "nesterov": 0.01, "adam": 0.01, "adamw": 0.01},
}
PLANNED: dict[str, Callable[[float, int], Schedule]] = {  # by the steps of the whole training
    "constant": lambda rate, steps: constant(rate),
    "inverse": lambda rate, steps: inverse(rate, max(1.0, steps / 10)),
    "staircase": lambda rate, steps: staircase(rate, max(1, -(-steps // 3)), 0.1),
    "cosine": cosine,
    "linear": linear,
    "warmup": lambda rate, steps: warmup(rate, max(1, steps // 10)),
    "onecycle": onecycle,
}


@dataclass(frozen=True)
class Choice:
    """All of a training besides its set.

    Attributes:
        preset: the name of what it was made from.
        hidden: neurons of each hidden layer.
        activation: σ of them, or one for each with commas.
        output: σ of the last layer.
        error: the cost of one example.
        init: the start; None: by the shape.
        rule: the step rule's name.
        rate: η, at its height where it follows a schedule.
        schedule: a name in `PLANNED`.
        decay: λ of a rule that has one; None: what it brings.
        batch: examples in a sub-sample.
        epochs: passes through the set.
        validation: the share of the training part that is split off to watch; 0: none.
        keep: whose weights stay in the end, "last" or "best".
    """

    preset: str
    hidden: tuple[int, ...] = (100,)
    activation: str = "sigmoid"
    output: str = "sigmoid"
    error: str = "squared"
    init: str | None = None
    rule: str = "plain"
    rate: float = 3.0
    schedule: str = "constant"
    decay: float | None = None
    batch: int | Literal["all"] = 10
    epochs: int = EPOCHS
    validation: float = 0.0
    keep: Literal["last", "best"] = "last"

    def sizes(self, V: Sample) -> tuple[int, ...]:
        """Neurons of each layer, the ends fitted to the set."""
        return (V.x.shape[1], *self.hidden, V.classes)

    def start(self, sizes: tuple[int, ...]) -> str:
        """The start: as chosen, else by the shape."""
        return self.init or by_shape(sizes, self.activation, self.preset == "modern")

    def plan(self, V: Sample, seed: int) -> Plan:
        """The plan for a set. InputError: a decay of a rule that has none."""
        kind, own = RULES[self.rule], {}
        if self.decay is not None:
            if not hasattr(kind, "decay"):
                raise InputError.keyed("training.no_decay", rule=self.rule)
            own = {"decay": self.decay}
        rate = checked_number(self.rate, self.usual(self.rule))
        plan = Plan(rate, self.batch, self.epochs, seed, kind(rate, **own), self.keep)
        if self.schedule == "constant" or not whole(self.epochs):  # `checked` refuses the latter
            return plan
        return replace(plan, rate=PLANNED[self.schedule](self.rate, plan.steps(V) * self.epochs))

    def usual(self, rule: str) -> float:
        """The rate that suits a rule with this preset."""
        return RATES["modern" if self.preset == "modern" else "classic"][rule]

    def with_given(self, **given: Any) -> Choice:  # noqa: ANN401 - each of its field's own kind
        """The same with what was said instead; None: nothing was.

        Who gives a rate and no rule where no preset was asked for means plain descent at it.
        """
        asked = given.pop("asked", False)
        given = fitted({name: value for name, value in given.items() if value is not None}, self)
        if "rate" in given and "rule" not in given and not asked:
            given = {"rule": "plain", "schedule": "constant", **given}
        if "rule" in given and given["rule"] != self.rule:
            given = {"rate": self.usual(given["rule"]), "decay": None, **given}
        return replace(self, **given)


def fitted(given: dict[str, Any], choice: Choice) -> dict[str, Any]:
    """With the output that a given loss is for, or a loss for a given output."""
    loss, output = given.get("error"), given.get("output")
    if loss is not None and output is None and LOSSES[loss].cancels:
        return {"output": LOSSES[loss].cancels[0], **given}
    if (
        output is not None
        and loss is None
        and output not in (LOSSES[choice.error].cancels or (output,))
    ):
        fits = [name for name, each in LOSSES.items() if output in each.cancels]
        return {"error": fits[0] if fits else "squared", **given}
    return given


def classic(V: Sample, validation: float | None = None) -> Choice:
    """The lecture's: sigmoids, squared error, plain descent at η = 3 in batches of ten."""
    return Choice("classic", validation=validation or 0.0)


def modern(V: Sample, validation: float | None = None) -> Choice:
    """Rectified neurons, an output by the kind of answer, AdamW over one cycle."""
    classes = V.labels is not None
    share = validation
    if share is None:
        share = TENTH if len(V) >= SPARED and parts(V, TENTH)[1] is not None else 0.0
    count = len(parts(V, share or None)[0])
    batch = min(BATCH, max(1, count // QUARTER))
    steps = -(-count // batch)
    return Choice(
        "modern",
        hidden=(100, 100) if len(V) >= LARGE else (100,),
        activation="relu",
        output="softmax" if classes else "identity",
        error="categorical-cross-entropy" if classes else "squared",
        rule="adamw",
        rate=RATES["modern"]["adamw"],
        schedule="onecycle",
        decay=DECAY if classes else DECAY_OF_TARGETS,
        batch=batch,
        epochs=max(EPOCHS, -(-STEPS // steps)),
        validation=share,
        keep="best" if share else "last",
    )


def lecture(V: Sample, validation: float | None = None) -> Choice:
    """The lecture's largest network, with the start and the rate that let it learn."""
    sizes, init, plan = PRESETS["lecture"]
    assert isinstance(plan.rate, float)
    return Choice("lecture", sizes[1:-1], init=init, rate=plan.rate, batch=plan.batch,
                  epochs=plan.epochs, validation=validation or 0.0)  # fmt: skip


CHOICES: dict[str, Callable[[Sample, float | None], Choice]] = {
    "classic": classic, "modern": modern, "lecture": lecture,
}  # fmt: skip
LECTURES = ("sample", "mnist")  # the sets that `classic` is for


def choice_for(
    V: Sample, source: str, preset: str | None = None, validation: float | None = None
) -> Choice:
    """What is trained on a set where nothing more is said.

    Args:
        V: the training sample, its validation part not split off yet.
        source: the set's name or path.
        preset: a name in `CHOICES`; None: classic for the sample and MNIST, else modern.
        validation: the share of it to split off, 0 for none; None: as the preset has it.

    Returns:
        The choice.
    """
    name = preset or ("classic" if source in LECTURES else "modern")
    return CHOICES[name](V, validation)
