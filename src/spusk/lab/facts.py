"""What the page knows from Python, in one dict for JSON: limits, presets, codes and names.

The server gives it at /facts, the exported page holds it, and the page hands it to its workers:
page/core/facts.js says how. Nothing of it is typed again in JavaScript.
"""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import numpy as np

from spusk.descent import descend, explain, trail
from spusk.descent.batch import TOLERANCE
from spusk.descent.gather import MOST, NEAR
from spusk.functions import critical, degenerate, flow, jumps
from spusk.functions.minima import SAME
from spusk.i18n import LANGUAGES
from spusk.lab import requests
from spusk.lab.formulas import basins
from spusk.lab.runs.sets import ALWAYS
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.init import INITS
from spusk.nn.losses import LOSSES
from spusk.optim.line_search import HALVINGS, SUFFICIENT
from spusk.optim.rules import RULES
from spusk.optim.stopping import (
    BLOCKS,
    FALL,
    FAR,
    GROWN,
    LEAST_RISING,
    OUTCOMES,
    RISING,
    SHORTEST,
    TAIL,
)
from spusk.training import Plan
from spusk.training.best import KEEPS
from spusk.training.choices import CHOICES, PLANNED
from spusk.training.presets import PRESETS, Preset

HALF = 10.0  # steps after which the falling rate of the page is half of what it was
OFFERED = {  # by the set that each is for
    "small": ("sample", Preset((784, 30, 10), "scaled", Plan(rate=3.0))),
    "mnist": ("mnist", Preset((784, 100, 10), "scaled", Plan(rate=3.0))),
    "lecture": ("mnist", PRESETS["lecture"]),
}


def facts() -> dict[str, Any]:
    """All of it; every value is plain data."""
    return {
        "languages": list(LANGUAGES),
        "descent": descent(),
        "critical": points(),
        "outcomes": [outcome.key for outcome in OUTCOMES],  # their places are their codes
        "rules": rules(),
        "basins": {
            "away": basins.AWAY, "none": basins.NONE,
            "points": basins.MOST_POINTS, "steps": basins.MOST_STEPS,
        },
        "activations": list(ACTIVATIONS),
        "losses": list(LOSSES),
        "inits": list(INITS),
        "choices": list(CHOICES),
        "schedules": list(PLANNED),
        "keeps": list(KEEPS),
        "sets": [known.description() for known in ALWAYS.values()],
        "presets": {name: described(data, preset) for name, (data, preset) in OFFERED.items()},
        "least": requests.LEAST,
        "limits": limits(),
    }  # fmt: skip


def descent() -> dict[str, float]:
    """The numbers by which a descent is judged, and what it takes by default."""
    return {
        "far": FAR, "grown": GROWN, "tail": TAIL, "blocks": BLOCKS, "shortest": SHORTEST,
        "fall": FALL, "near": NEAR, "same": SAME, "places": MOST,
        "rising": RISING, "leastRising": LEAST_RISING,
        "tolerance": TOLERANCE[np.dtype(np.float64)],
        "steps": defaults(descend)["steps"], "sufficient": SUFFICIENT, "halvings": HALVINGS,
    }  # fmt: skip


def points() -> dict[str, Any]:
    """The numbers by which a point is named, and what a path did."""
    return {
        "newton": critical.NEWTON_STEPS, "rest": critical.REST, "zero": critical.ZERO,
        "still": critical.STILL,
        "blurs": critical.BLURS, "beside": critical.BESIDE, "notFar": critical.NOT_FAR,
        "steady": critical.STEADY, "shrinking": list(critical.SHRINKING),
        "radii": list(degenerate.RADII), "touch": degenerate.TOUCH, "left": degenerate.LEFT,
        "ring": {
            "sides": degenerate.SIDES, "turns": degenerate.TURNS, "finest": degenerate.FINEST,
            "unsure": degenerate.UNSURE,
        },
        "step": degenerate.STEP, "touching": critical.TOUCH, "dust": critical.DUST,
        "flow": {
            "steps": flow.STEPS, "accurate": flow.ACCURATE, "far": flow.FAR, "holds": flow.HOLDS,
            "again": flow.AGAIN, "steep": flow.STEEP, "moving": flow.MOVING, "long": flow.LONG,
            "linear": flow.LINEAR, "deep": flow.DEEP, "grain": flow.GRAIN, "close": flow.CLOSE,
            "sure": flow.SURE, "onward": flow.ONWARD, "last": flow.LAST, "faded": flow.FADED,
        },
        "jumps": {
            "far": jumps.FAR, "near": jumps.NEAR, "steep": jumps.STEEP, "rings": jumps.RINGS,
            "reach": jumps.LEAST_REACH, "pole": jumps.POLE, "bent": jumps.BENT,
            "sharp": jumps.SHARP, "most": critical.JUMPS, "tenths": list(jumps.TENTHS),
            "plunges": jumps.PLUNGES,
        },
        "path": {
            "counts": trail.COUNTS, "often": trail.OFTEN, "loops": trail.LOOPS,
            "rises": trail.RISES, "under": explain.UNDER, "none": explain.NONE,
            "snap": explain.SNAP,
        },
    }  # fmt: skip


def rules() -> dict[str, dict[str, float]]:
    """What each rule takes beside η, with what it takes by default, in the page's order."""
    others = {name: defaults(make) for name, make in RULES.items()}
    plain = others.pop("plain")
    return {"plain": plain, "falling": {"half": HALF}, "backtracking": {}} | others


def defaults(make: Callable[..., Any]) -> dict[str, float]:
    """The parameters that need not be given."""
    given = signature(make).parameters.values()
    return {p.name: p.default for p in given if p.default is not Parameter.empty}


def described(data: str, preset: Preset) -> dict[str, Any]:
    """A preset as the page's form has it."""
    sizes, init, plan = preset
    return {
        "data": data, "layers": "-".join(map(str, sizes)), "rate": plan.rate,
        "batch": plan.batch, "epochs": plan.epochs, "init": init, "seed": plan.seed,
    }  # fmt: skip


def limits() -> dict[str, float]:
    """How much a page may ask for."""
    return {
        "formula": requests.FORMULA_LIMIT,  # characters
        **requests.MOST,  # of a training's numbers
        "layers": requests.MOST_LAYERS,
        "weights": requests.MOST_WEIGHTS,
        "activations": requests.MOST_ACTIVATIONS,
        "file": requests.FILE_LIMIT,  # bytes
        "steps": requests.MOST_STEPS,
        "kept": requests.MOST_KEPT,  # paths beside the one that moves
        "far": requests.FARTHEST,
        "address": requests.ADDRESS_LIMIT,  # characters
    }
