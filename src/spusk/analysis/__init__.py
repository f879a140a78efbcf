"""What a network is like, measured: the noise of its gradient, its mistakes, times, luck."""

from spusk.analysis.experiments import gradient_times, work_curves
from spusk.analysis.measure import GradientNoise, confusion, gradient_noise
from spusk.analysis.seeds import SeedTrainings, Spread, train_seeds

__all__ = [
    "GradientNoise",
    "SeedTrainings",
    "Spread",
    "confusion",
    "gradient_noise",
    "gradient_times",
    "train_seeds",
    "work_curves",
]
