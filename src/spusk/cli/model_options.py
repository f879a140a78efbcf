"""What the command line asks about a network and its plan; what is not said, the set decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import click

from spusk.cli.options import Batch, Gain, Layers, option_group
from spusk.data import Data, Preparation, Sample
from spusk.i18n import say
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.init import INITS
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.optim.rules import RULES
from spusk.training import Plan
from spusk.training.best import KEEPS
from spusk.training.choices import CHOICES, PLANNED, TENTH, Choice, choice_for


@dataclass(frozen=True)
class ModelChoice:
    """What was asked about a network and its plan; None: nothing was."""

    preset: str | None
    layers: tuple[int, ...] | str | None
    activation: str | None
    output: str | None
    error: str | None
    init: str | None
    gain: tuple[float, ...]
    rate: float | None
    rule: str | None
    schedule: str | None
    decay: float | None
    batch: str | None
    epochs: int | None
    keep: Literal["last", "best"] | None
    patience: int | None
    seed: int

    def choice(self, sets: Data, source: str, validation: float | None) -> Choice:
        """All of the training, by what was asked and what suits the set, whose validation part is
        not split off yet."""
        preset = self.layers if isinstance(self.layers, str) else self.preset
        size: int | Literal["all"] | None = None
        if self.batch is not None:
            size = "all" if self.batch == "all" else int(self.batch)
        hidden = self.layers[1:-1] if isinstance(self.layers, tuple) else None
        if validation is None and (self.keep is not None or self.patience is not None):
            validation = 0.0 if self.patience is None and self.keep == "last" else TENTH
        return choice_for(sets.train, source, preset, validation).with_given(
            asked=preset is not None, hidden=hidden, activation=self.activation,
            output=self.output, error=self.error, init=self.init, rate=self.rate, rule=self.rule,
            schedule=self.schedule, decay=self.decay, batch=size, epochs=self.epochs,
            keep=self.keep,
        )  # fmt: skip

    def network(self, choice: Choice, V: Sample, preparation: Preparation) -> Network:
        """The network at its start. Raises NetworkError where it does not fit the set."""
        sizes = self.layers if isinstance(self.layers, tuple) else choice.sizes(V)
        return Network(
            sizes, self.seed, choice.start(sizes),
            self.gain if len(self.gain) > 1 else self.gain[0], activation=choice.activation,
            output=choice.output, error=choice.error, V=V, preparation=preparation,
        )  # fmt: skip

    def plan(self, choice: Choice, V: Sample) -> Plan:
        """The plan. Raises InputError, RateError."""
        return replace(choice.plan(V, self.seed), patience=self.patience)


def about_model(choice: Choice, net: Network, plan: Plan, lang: str) -> str:
    """One line: which preset, which kind of network, by which rule."""
    names = {"output": net.output, "error": net.error, "init": net.init, "preset": choice.preset}
    hidden = net.activation.replace(",", ", ") if len(net.sizes) > 2 else "–"
    return say(
        "train.model", lang, **names, hidden=hidden, rule=say(f"rules.{plan.rule.name}", lang),
        epochs=say("train.epochs", lang, n=plan.epochs), kept=say(f"train.keeps_{plan.keep}", lang),
    )  # fmt: skip


OPTIONS = (
    click.option(
        "--preset",
        type=click.Choice(list(CHOICES)),
        default=None,
        help="classic: the lecture's sigmoids and plain descent at η = 3; modern: ReLU, an output "
        "by the kind of answer, AdamW over one cycle; lecture: 784-89-100306-10  "
        "[default: classic for the sample and MNIST, else modern]",
    ),
    click.option(
        "--layers",
        type=Layers(),
        default=None,
        metavar="N-…-M|PRESET",
        help="Neurons per layer  [default: one hidden layer of 100, modern two of them from 1,000 "
        "examples on, ends fitted to the data]; or lecture: "
        "784-89-100306-10 with a rate, batch and start of its own.",
    ),
    click.option(
        "--activation",
        default=None,
        metavar="σ[,σ…]",
        help=f"Of the hidden layers, or one for each: {', '.join(ACTIVATIONS)}.",
    ),
    click.option(
        "--output",
        type=click.Choice(list(ACTIVATIONS)),
        default=None,
        help="σ of the last layer; identity for targets without bounds.",
    ),
    click.option(
        "--cost", "error", type=click.Choice(list(LOSSES)), default=None,
        help="The cost of one example; a cross-entropy brings its output.",
    ),
    click.option(
        "--rate",
        "--eta",
        "-η",
        "rate",
        type=float,
        default=None,
        help="Learning rate η, its height where it follows a schedule; alone it means plain "
        "descent  [default: classic 3, modern 0.01]",
    ),
    click.option(
        "--rule",
        type=click.Choice(list(RULES)),
        default=None,
        help="How a step uses the gradient: plain descent, or with a memory of the steps before.",
    ),
    click.option(
        "--schedule",
        type=click.Choice(list(PLANNED)),
        default=None,
        help="How η changes over all the steps of the training.",
    ),
    click.option(
        "--decay", type=float, default=None, help="Weight decay λ, of the rule adamw."
    ),
    click.option(
        "--batch",
        type=Batch(),
        default=None,
        metavar="N|all",
        help="Examples per step; all: full-batch descent  [default: classic 10, modern 32]",
    ),
    click.option(
        "--epochs",
        type=int,
        default=None,
        help="Passes through the data  [default: 10; modern: 2,000 steps at least]",
    ),
    click.option(
        "--keep",
        type=click.Choice(KEEPS),
        default=None,
        help="Which epoch's weights are saved: the last one's, or the best one's on the validation "
        "part. A small set is worth more to training, and one cycle ends at its best epoch  "
        "[default: modern best where there is such a part, else last]",
    ),
    click.option(
        "--patience",
        type=click.IntRange(1),
        default=None,
        metavar="N",
        help="End after so many epochs without a better one on the validation part.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        help="The same seed gives the same run.",
    ),
    click.option(
        "--init",
        type=click.Choice(list(INITS)),
        default=None,
        help="Random start: scaled W ~ N(0, 1/n), normal W ~ N(0, 1), he W ~ N(0, 2/n), glorot "
        "W ~ N(0, 2/(n+m)), quiet for wide or many layers of sigmoids, wide for very wide ones  "
        "[default: by the shape]",
    ),
    click.option(
        "--gain",
        type=Gain(),
        default="1",
        metavar="G[,G…]",
        help="Multiplies the start's weights: one number, or one per layer.",
    ),
)  # fmt: skip
model_options = option_group("model", ModelChoice, OPTIONS, ModelChoice.__dataclass_fields__)
