"""Small runs that are stopped, killed and gone on with."""

import json

import numpy as np

from spusk import Network, runs, train
from spusk.data import Data
from spusk.runs import Every, save_weights
from spusk.runs.history import COLUMNS, rows_of
from spusk.runs.weights import load_all
from spusk.training import Plan
from tests.conftest import blobs

PLAN = Plan(rate=0.5, batch=7, epochs=4, seed=5)
SETS = Data(blobs(203, seed=1), blobs(40, seed=2), "blobs")  # 29 steps, the last of them ragged


def fresh(dtype=np.float32):
    return Network([6, 9, 3], seed=3, dtype=dtype)


def begin(folder, plan=PLAN, sets=SETS, every=Every(), engine="reference", net=None, **more):  # noqa: B008
    net = fresh() if net is None else net
    return runs.open_new(folder, net, plan, sets, "blobs", engine=engine, every=every, **more)


def carry(begun, cut=None):
    """Trains to the end, or to the first event at or after `cut` steps of the whole run."""
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
            if cut is not None and (event.epoch - 1) * event.steps + event.step >= cut:
                break
        writer.finish(event)
    return writer.net


def undisturbed(plan=PLAN, epochs=None, net=None, engine="reference"):
    """The weights of a training that keeps no run."""
    net = fresh() if net is None else net
    how = {"rule": plan.rule, "batch": plan.batch, "seed": plan.seed, "engine": engine}
    train(net, SETS.train, epochs=epochs or plan.epochs, **how)
    return net.theta


def straight(tmp_path, plan=PLAN, engine="reference"):
    """The weights of the run that nothing disturbed."""
    return carry(begin(tmp_path / "straight", plan, engine=engine)).theta


def older(folder, number, *missing):
    """The run as an older format had it: the whole history in each checkpoint, without rules."""
    run = folder / "run.json"
    about = json.loads(run.read_text()) | {"format": number}
    for key in missing:
        del about["plan"][key]
    run.write_text(json.dumps(about))
    text = (folder / "history.csv").read_bytes()
    for path in (folder / "checkpoints").iterdir():
        net, about, state = load_all(path)
        told = json.loads(about["state"]) | {"format": number}
        rows = rows_of(text[: told["history"]["size"]].decode())
        told["history"] = [
            {name.replace("watched", "test"): row[column] for column, name in COLUMNS.items()}
            | {"epoch": int(row["epoch"]), "step": 29, "steps": 29, "outcome": None}
            for row in rows
        ]
        for key in missing:
            del told[key]
        save_weights(net, path, {"state": json.dumps(told)}, state)
