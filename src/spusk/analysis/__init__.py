"""What a network is like, measured: the noise of its gradient, its mistakes, work and times."""

from spusk.analysis.experiments import gradient_times, work_curves
from spusk.analysis.measure import GradientNoise, confusion, gradient_noise

__all__ = ["GradientNoise", "confusion", "gradient_noise", "gradient_times", "work_curves"]
