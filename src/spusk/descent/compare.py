"""Several rates side by side, each with its verdict (lecture, L4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from spusk.descent.loop import Descendable
from spusk.descent.minimize import Descent, descend, surface_of
from spusk.display import Shown, part_of
from spusk.errors import RateError
from spusk.i18n import say
from spusk.optim.rules import Rule
from spusk.optim.schedules import Rate
from spusk.optim.stopping import DescentOutcome


class Comparison(Shown, list[Descent]):
    """The descents of a comparison, one per rate, in the order asked."""

    @property
    def rates(self) -> list[Rate]:
        """The rates."""
        return [result.rate for result in self]

    @property
    def outcomes(self) -> list[DescentOutcome]:
        """The verdicts."""
        return [result.outcome for result in self]

    @property
    def best(self) -> Descent:
        """Who converged soonest; where nobody did, who met the least value."""
        settled = [result for result in self if result.success]
        if settled:
            return min(settled, key=lambda result: result.step)
        return min(self, key=lambda result: np.nan_to_num(result.best.value, nan=np.inf))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Comparison(rates={part_of(self.rates)}, outcomes={part_of(self.outcomes)})"

    def text(self, lang: str | None = None) -> str:
        """A line per rate: what it did.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The lines.
        """
        return "\n".join(
            say("descent.verdict", lang, rate=rate_text(r.rate), sentence=r.sentence(lang))
            for r in self
        )


def rate_text(rate: Rate) -> str:
    """A rate in a line of text: its number, or its value at the start."""
    return f"{rate(0):g}…" if callable(rate) else f"{float(rate):g}"


def compare_rates(
    f: Descendable,
    start: ArrayLike,
    rates: Sequence[Rate],
    steps: int = 1000,
    tolerance: float = 1e-6,
    *,
    rule: str | Callable[[Rate], Rule] = "plain",
    record: str | int = "all",
) -> Comparison:
    """Descends once per rate from the same start.

    Args:
        f: a formula, a name in `GALLERY`, a callable, a Function, or anything with n, value and
            gradient.
        start: the first point, (n,).
        rates: learning rates η > 0, or schedules; one at least.
        steps: at most so many for each.
        tolerance: converged when ‖∇f‖ is at most this.
        rule: a name in `optim.RULES` such as "adam", or a function that makes a rule of a rate.
        record: which iterates are kept: "all", "last", or k for every k-th and the last.

    Returns:
        The descents, in the order of the rates.

    Raises:
        FormulaError: a text that is no function.
        InputError: an unknown rule or record, steps or tolerance below 0.
        RateError: no rates, or one that is not positive and finite.
        StartError: a start of another size, or not finite.

    Source: lecture, row L4.
    """
    if not len(rates):
        raise RateError.keyed("descent.no_rates")
    surface = surface_of(f, start)
    return Comparison(
        descend(surface, start, rate, steps, tolerance, rule=rule, record=record) for rate in rates
    )
