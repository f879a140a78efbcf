"""A network on the test set, at an epoch's end."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from spusk.data import Sample
from spusk.engines.blas_threads import limited
from spusk.nn.backprop import forward
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.training.events import Event, TrainingOutcome


def tested(
    event: Event,
    outcome: TrainingOutcome | None,
    net: Network,
    test: Sample | None,
    stop: Callable[[], bool],
) -> Event:
    """The event with its outcome, and the test set's numbers where there is one."""
    if test is None:
        return replace(event, outcome=outcome)
    cost, right = 0.0, 0
    with limited(2.0 * net.Q * len(test)):
        for x, y in net.chunks(test):
            if stop():
                return event
            a = forward(net.layers, net.sigmas, x)[1][-1]
            cost += float(np.sum(LOSSES[net.error].value(a, y), dtype=np.float64))
            right += int(np.sum(np.argmax(a, axis=1) == np.argmax(y, axis=1)))
    accuracy = None if test.labels is None else right / len(test)
    return replace(event, outcome=outcome, test_cost=cost / len(test), test_accuracy=accuracy)
