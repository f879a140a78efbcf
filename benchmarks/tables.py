"""Tables as people have them, trained with nothing but `--data`.

python -m benchmarks.tables [FOLDER]

FOLDER holds NAME-train.csv and NAME-test.csv, the answer in the last column, `class` or `target`;
without it the tables are made here, and five come from scikit-learn. Five seeds each, medians;
the peer is scikit-learn's default network behind its StandardScaler, on the same rows.
"""

import csv
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk import data, train
from spusk.analysis.metrics import r_squared
from spusk.data import Data, prepare
from spusk.nn.network import Network
from spusk.training.choices import choice_for

SEEDS = 5
KNOWN = ("iris", "wine", "breast_cancer", "digits", "diabetes")
Table = tuple[str, NDArray[Any], NDArray[Any]]


class Scores(NamedTuple):
    """Accuracy, or R² of targets, on the test part by each seed."""

    ours: list[float]
    peers: list[float]


def made(random: np.random.Generator) -> Iterator[Table]:
    """Six tables of our own: curved borders, odd units, numbers to answer."""
    half = np.arange(400) % 2
    turn = random.uniform(0, np.pi, 400)
    moons = np.c_[np.cos(turn), np.sin(turn)] * np.where(half, -1, 1)[:, None]
    moons += half[:, None] * np.array([1, 0.5]) + random.normal(0, 0.2, (400, 2))
    yield "moons", moons, np.where(half, "low", "up")
    angle, radius = random.uniform(0, 2 * np.pi, 400), np.where(half, 0.5, 1.0)
    radius = radius + random.normal(0, 0.05, 400)
    circles = np.c_[radius * np.cos(angle), radius * np.sin(angle)]
    yield "circles", circles, np.where(half, "inner", "outer")
    turn = np.sqrt(random.uniform(0.05, 1, 400)) * 3 * np.pi
    arms = np.c_[np.cos(turn + half * np.pi), np.sin(turn + half * np.pi)] * turn[:, None] / 9
    yield "spirals", arms + random.normal(0, 0.02, (400, 2)), np.where(half, "b", "a")
    bits = random.integers(0, 2, (400, 2))
    yield "xor", bits + random.normal(0, 0.15, (400, 2)), (bits[:, 0] ^ bits[:, 1]).astype(str)
    income, age = random.lognormal(10.5, 0.5, 600), random.uniform(18, 80, 600)
    share = random.random(600)
    worth = np.log(income) - 10.5 + (age - 49) / 25 + 2 * (share - 0.5)
    yield "unscaled", np.c_[income, age, share].round(4), np.where(worth > 0, "yes", "no")
    size, rooms = random.uniform(40, 200, 400), random.integers(1, 7, 400)
    cost = 1500 * size + 20_000 * rooms + 30_000 + random.normal(0, 15_000, 400)
    yield "prices", np.c_[size, rooms].round(2), cost.round()


def known() -> Iterator[Table]:
    """The sets that every course begins with."""
    from sklearn import datasets

    for name in KNOWN:
        table = getattr(datasets, f"load_{name}")()
        names = getattr(table, "target_names", None)
        yield name, table.data, table.target if names is None else names[table.target].astype(str)


def write(folder: Path, table: Table) -> None:
    """The table in two files; a quarter of its rows, class by class, is the test part."""
    name, X, y = table
    random, test = np.random.default_rng(1), np.zeros(len(y), bool)
    classes = y.dtype.kind == "U"
    for group in np.unique(y) if classes else [y]:
        rows = np.flatnonzero(np.isin(y, group))
        test[random.permutation(rows)[: len(rows) // 4]] = True
    for part, rows in (("train", ~test), ("test", test)):
        with (folder / f"{name}-{part}.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow([*(f"x{i + 1}" for i in range(X.shape[1])),
                            "class" if classes else "target"])  # fmt: skip
            lines.writerows([*x, answer] for x, answer in zip(X[rows].tolist(), y[rows].tolist(),
                                                              strict=True))  # fmt: skip


def ours(sets: Data, seed: int) -> float:
    """What `spusk train --data … --test … --seed …` reaches with its defaults."""
    choice = choice_for(sets.train, "a table")
    if choice.validation:
        sets = sets.with_validation(choice.validation)
    V, test = sets.train, sets.test
    assert test is not None
    sizes = choice.sizes(V)
    net = Network(
        sizes, seed, choice.start(sizes), activation=choice.activation, output=choice.output,
        error=choice.error, V=V, preparation=prepare(V, targets=choice.output == "identity"),
    )  # fmt: skip
    plan = choice.plan(V, seed)
    train(net, V, rule=plan.rule, batch=plan.batch, epochs=plan.epochs, seed=seed,
          validation=sets.validation, keep=plan.keep)  # fmt: skip
    if test.labels is not None:
        return net.accuracy(test)
    assert test.y is not None
    return r_squared(net.answer(test), test.y)


def peers(sets: Data, seed: int) -> float:
    """What scikit-learn's default network reaches, standardised."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    V, test = sets.train, sets.test
    assert test is not None
    kind = MLPRegressor if V.labels is None else MLPClassifier
    model = make_pipeline(StandardScaler(), kind(random_state=seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged is part of its default
        model.fit(V.x, V.labels if V.y is None else V.y[:, 0])
    return float(model.score(test.x, test.labels if test.y is None else test.y[:, 0]))


def scored(folder: Path, name: str) -> tuple[Data, Scores]:
    """One table by all seeds."""
    test = folder / f"{name}-test.csv"
    sets = data.load(folder / f"{name}-train.csv", test=test, mix=True)
    seeds = range(SEEDS)
    return sets, Scores([ours(sets, s) for s in seeds], [peers(sets, s) for s in seeds])


def row(name: str, sets: Data, scores: Scores) -> str:
    """A line of the results."""
    assert sets.test is not None
    measure = "accuracy" if sets.train.labels is not None else "R²"
    cells = [f"{100 * median(s):.1f} ({100 * min(s):.1f}…{100 * max(s):.1f})" for s in scores]
    rows = f"{len(sets.train)} + {len(sets.test)}"
    return f"| {name} | {rows} | {measure} | {cells[0]} | {cells[1]} |"


def main(arguments: list[str]) -> None:
    """Prints the results as a table."""
    print("| table | rows | measure, % | spusk, median (range) | scikit-learn |")
    print("|---|---|---|---|---|")
    with TemporaryDirectory() as made_here:
        folder = Path(arguments[0] if arguments else made_here)
        if not arguments:
            for table in (*made(np.random.default_rng(0)), *known()):
                write(folder, table)
        for path in sorted(folder.glob("*-train.csv")):
            name = path.name.removesuffix("-train.csv")
            print(row(name, *scored(folder, name)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
