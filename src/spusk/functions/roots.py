"""The real cube root as a function of its own: SymPy's power of a third is complex below zero."""

from __future__ import annotations

from typing import Any

import sympy


class cbrt(sympy.Function):  # type: ignore[misc]  # noqa: N801 - printed by this name
    """∛u for every real u: cbrt(u)³ = u, and the slope is 1/(3·cbrt(u)²)."""

    nargs = 1

    @classmethod
    def eval(cls, u: Any) -> Any:  # noqa: ANN401
        """What SymPy puts in its place: a number's root, −∛u for ∛(−u), u for ∛(u³)."""
        if u.is_number and u.is_extended_real:
            root = sympy.Abs(u) ** sympy.Rational(1, 3)
            return -root if u.is_extended_negative else root
        if u.could_extract_minus_sign():
            return -cls(-u)
        if u.is_Pow and u.exp.is_Integer and u.exp % 3 == 0:
            return u.base ** (u.exp / 3)
        return None

    def fdiff(self, argindex: int = 1) -> Any:  # noqa: ANN401
        """∂∛u/∂u."""
        del argindex
        return 1 / (3 * self**2)

    def _eval_power(self, exponent: Any) -> Any:  # noqa: ANN401
        if exponent.is_Integer and exponent % 3 == 0:
            return self.args[0] ** (exponent / 3)
        return None

    def _eval_is_extended_real(self) -> bool | None:
        return self.args[0].is_extended_real  # type: ignore[no-any-return]

    def _eval_is_extended_positive(self) -> bool | None:
        return self.args[0].is_extended_positive  # type: ignore[no-any-return]

    def _eval_is_extended_negative(self) -> bool | None:
        return self.args[0].is_extended_negative  # type: ignore[no-any-return]

    def _eval_is_zero(self) -> bool | None:
        return self.args[0].is_zero  # type: ignore[no-any-return]
