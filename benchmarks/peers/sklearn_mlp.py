"""scikit-learn's MLPClassifier: logistic hidden layers, plain SGD, but the log-loss of a softmax.

It has no mean squared error for classes and draws its own start and order, so its weights are
not compared; the work of a step is the same but for the last layer's few numbers.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from benchmarks.peers import Layers
from benchmarks.task import Task


class Classifier:
    """One `partial_fit` is one epoch."""

    compiled = 0.0

    def __init__(self, task: Task, threads: int) -> None:
        V = task.sample()
        self.threads = threads
        self.x = V.inputs(slice(None), np.float32)
        self.labels = V.labels
        self.classes = np.arange(V.classes)
        self.model = MLPClassifier(
            task.sizes[1:-1],
            activation="logistic",
            solver="sgd",
            alpha=0.0,
            momentum=0.0,
            nesterovs_momentum=False,
            batch_size=task.batch,
            learning_rate_init=min(0.3, task.rate),  # past it the log-loss's steps run away
            shuffle=True,
            random_state=1,
        )

    def epoch(self, number: int) -> None:
        """One epoch, shuffled by itself."""
        self.model.partial_fit(self.x, self.labels, classes=self.classes)

    def steps(self, rows: NDArray[np.int64]) -> None:
        """It keeps its own order."""
        raise NotImplementedError("scikit-learn's steps are not compared")

    def weights(self) -> Layers:
        """Its matrices are (n, m) too."""
        return list(zip(self.model.coefs_, self.model.intercepts_, strict=True))


def prepare(task: Task, threads: int, option: str = "") -> Classifier:
    """scikit-learn, its BLAS limited by the environment to so many threads."""
    return Classifier(task, threads)
