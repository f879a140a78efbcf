"""What a page asks for, every field of it looked at: types, ranges, lengths; nothing is trusted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from spusk.data import Sample
from spusk.errors import InputError
from spusk.functions.tokens import LONGEST
from spusk.i18n import say
from spusk.lab.runs.sets import ALWAYS, SetFacts
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.init import INITS
from spusk.nn.losses import LOSSES
from spusk.optim.rules import RULES
from spusk.training import Plan
from spusk.training.best import KEEPS
from spusk.training.choices import CHOICES, PLANNED, Choice

T = TypeVar("T")

MOST_WEIGHTS = 12_000_000  # the lecture's network has 10 million; 48 MB
MOST_ACTIVATIONS = 10_000_000  # numbers that one sub-sample sets in motion; 40 MB
FORMULA_LIMIT = LONGEST  # characters
FILE_LIMIT = 256 << 20  # bytes of a file that is sent, and of what it unpacks to
MOST_STEPS, MOST_KEPT = 10_000, 6  # of a path on the surface; paths kept beside it
FARTHEST = 1e12  # from 0, in each variable of a start
ADDRESS_LIMIT = 4000  # characters after #: what is shown, as it is shared
UNSEEN = ("activation", "output", "error", "rule", "schedule", "decay", "keep", "patience")
SHOWN = 40  # characters of a wrong value that are told back


class TrainingRequest(msgspec.Struct, frozen=True):
    """A training as a page asks for it, and between which bounds."""

    data: str
    layers: Annotated[tuple[int, ...], Meta(max_length=6)]
    rate: Annotated[float, Meta(gt=0, le=1e6)]
    batch: Annotated[int, Meta(ge=1, le=60_000)]
    epochs: Annotated[int, Meta(ge=1, le=1000)]
    init: str
    seed: Annotated[int, Meta(ge=0, le=2**53 - 1)]  # the last whole number a browser counts to
    preset: str = "classic"  # what is taken where the following are None
    activation: str | None = None
    output: str | None = None
    error: str | None = None
    rule: str | None = None
    schedule: str | None = None
    decay: float | None = None
    keep: Literal["last", "best"] | None = None
    patience: int | None = None

    @property
    def weights(self) -> int:
        """Weights and biases together."""
        return parameter_count(self.layers)

    def choice(self, V: Sample) -> Choice:
        """All of the training besides its set."""
        names = ("activation", "output", "error", "init", "rate", "rule", "schedule", "decay",
                 "batch", "epochs")  # fmt: skip
        given = {name: getattr(self, name) for name in names}
        preset = CHOICES[self.preset](V, 0.0)
        return preset.with_given(asked=True, hidden=self.layers[1:-1], **given)

    def plan(self, V: Sample) -> Plan:
        """Its plan. Raises InputError, RateError."""
        plan = self.choice(V).plan(V, self.seed)
        return replace(plan, keep=self.keep or "last", patience=self.patience)

    def description(self) -> dict[str, Any]:
        """The training as the page is told of it."""
        parts = ("rate", "batch", "epochs", "init", "seed", "data")
        name = f"{'-'.join(map(str, self.layers))} · η = {self.rate:g}"
        return {"name": name, **{part: getattr(self, part) for part in parts}}


PARTS = msgspec.json.schema(TrainingRequest)["$defs"][TrainingRequest.__name__]["properties"]
LEAST = {name: part["minimum"] for name, part in PARTS.items() if "minimum" in part}
MOST = {name: part["maximum"] for name, part in PARTS.items() if "maximum" in part}
LEAST |= {"patience": 1}
MOST |= {"patience": MOST["epochs"], "decay": 1.0}
MOST_LAYERS, MOST_RATE = PARTS["layers"]["maxItems"], MOST["rate"]


class RequestReader:
    """A message's fields, each by its kind; InputError in the page's language for a wrong one."""

    def __init__(self, message: Mapping[str, Any], lang: str) -> None:
        self.message, self.lang = message, lang

    def refusal(self, key: str, field: str, **numbers: object) -> InputError:
        """The sentence about a field: what is expected, and what was found instead."""
        found, named = shorten(self.message.get(field)), label(field, self.lang)
        return InputError(say(f"lab.{key}", self.lang, field=named, found=found, **numbers))

    def whole_number(self, field: str) -> int:
        """A whole number within a training's bounds; 10.0 is one, true is none."""
        number: Any = self.message.get(field)
        low, high = LEAST[field], MOST[field]
        if not is_whole(number) or not low <= number <= high:
            raise self.refusal("not_whole", field, low=low, high=high)
        return int(number)

    def positive(self, field: str) -> float:
        """A positive number within a training's bounds."""
        number: Any = self.message.get(field)
        if not is_number(number) or not 0 < number <= MOST[field]:
            raise self.refusal("not_positive", field, most=MOST[field])
        return float(number)

    def choice(self, field: str, names: Sequence[str]) -> str:
        """One of these names."""
        name = self.message.get(field)
        if not isinstance(name, str) or name not in names:
            raise self.refusal("not_a_choice", field, names=", ".join(names))
        return name

    def given(self, field: str, read: Callable[[str], T]) -> T | None:
        """A field that need not be there."""
        return None if self.message.get(field) is None else read(field)

    def one_given(self, field: str, names: Sequence[str]) -> str | None:
        """One of these names, or None where the field is not there."""
        return self.given(field, lambda field: self.choice(field, names))

    def activations(self, field: str) -> str:
        """Names of activations with commas between them."""
        names = self.message.get(field)
        if not isinstance(names, str) or not set(names.split(",")) <= set(ACTIVATIONS):
            raise self.refusal("not_a_choice", field, names=", ".join(ACTIVATIONS))
        return names

    def pixels(self, field: str, shape: tuple[int, int]) -> NDArray[np.float64]:
        """A picture of h×w shades, 0…255: (h, w)."""
        shades, (rows, columns) = self.message.get(field), shape
        if not isinstance(shades, list) or len(shades) != rows * columns:
            count = len(shades) if isinstance(shades, list) else 0
            size = {"n": rows * columns, "rows": rows, "columns": columns}
            raise self.refusal("not_a_picture", field, count=count, **size)
        if not all(is_number(shade) and 0 <= shade <= 255 for shade in shades):
            raise self.refusal("not_shades", field)
        return np.array(shades, np.float64).reshape(shape)

    def set(self, field: str, known: Mapping[str, SetFacts]) -> SetFacts:
        """One of the sets that are here."""
        name = self.message.get(field)
        if isinstance(name, str) and name.startswith("own-") and name not in known:
            raise self.refusal("no_set", field)
        return known[self.choice(field, tuple(known))]

    def layers(self, field: str, V: SetFacts) -> tuple[int, ...]:
        """Layers that fit the set and the machine."""
        sizes = self.message.get(field)
        if not isinstance(sizes, list) or not 2 <= len(sizes) <= MOST_LAYERS:
            raise self.refusal("not_layers", field, most=MOST_LAYERS)
        if not all(is_whole(n) and 1 <= n <= MOST_WEIGHTS for n in sizes):
            raise self.refusal("not_layers", field, most=MOST_LAYERS)
        layers = tuple(map(int, sizes))
        if (layers[0], layers[-1]) != (V.inputs, V.classes):
            raise self.refusal("wrong_ends", field, first=V.inputs, last=V.classes)
        if parameter_count(layers) > MOST_WEIGHTS:
            raise self.refusal("many_weights", field, n=parameter_count(layers), limit=MOST_WEIGHTS)
        return layers

    def training_request(self, known: Mapping[str, SetFacts] = ALWAYS) -> TrainingRequest:
        """The whole training."""
        V = self.set("data", known)
        wish = TrainingRequest(
            data=V.id,
            layers=self.layers("layers", V),
            rate=self.positive("rate"),
            batch=self.whole_number("batch"),
            epochs=self.whole_number("epochs"),
            init=self.choice("init", tuple(INITS)),
            seed=self.whole_number("seed"),
            preset=self.one_given("preset", tuple(CHOICES)) or "classic",
            activation=self.given("activation", self.activations),
            output=self.one_given("output", tuple(ACTIVATIONS)),
            error=self.one_given("error", tuple(LOSSES)),
            rule=self.one_given("rule", tuple(RULES)),
            schedule=self.one_given("schedule", tuple(PLANNED)),
            decay=self.given("decay", self.positive),
            keep=self.one_given("keep", KEEPS),  # type: ignore[arg-type]
            patience=self.given("patience", self.whole_number),
        )
        if wish.init == "wide" and len(wish.layers) < 3:
            raise self.refusal("nothing_wide", "init")
        if wish.batch * sum(wish.layers) > MOST_ACTIVATIONS:
            limit = MOST_ACTIVATIONS // sum(wish.layers)
            raise self.refusal("large_batch", "batch", limit=limit)
        return wish


def label(field: str, lang: str) -> str:
    """A field as the page's form names it."""
    own = field == "pixels" or field in UNSEEN
    return say(f"lab.{field}" if own else f"page_network.{field}", lang)


def parameter_count(layers: Sequence[int]) -> int:
    """Weights and biases of these layers."""
    return sum((n + 1) * m for n, m in pairwise(layers))


def is_number(value: object) -> bool:
    """A finite number of JSON; whole ones may be too long for a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or isfinite(value)


def is_whole(value: Any) -> bool:  # noqa: ANN401
    """A whole number; JavaScript writes 10.0 as 10, others do not."""
    return is_number(value) and value == value // 1


def shorten(value: object) -> str:
    """A wrong value, as short as a sentence needs it."""
    try:
        text = "".join(c if c.isprintable() else "�" for c in repr(value))
    except (ValueError, RecursionError):  # a number of thousands of digits; a list of lists of …
        return type(value).__name__
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
