"""Bounds as the page prints them: typed back, each still holds."""

import numpy as np
import pytest

from tests.lab.modules import calls

RANDOM = np.random.default_rng(13)
BOUNDS = (2 / RANDOM.uniform(0.1, 10, 300) * 10.0 ** RANDOM.integers(-9, 10, 300)).tolist()


def typed_back(texts):
    """The numbers in texts of the page, as its fields read them: 1.5·10⁻⁴ is typed 1.5e-4."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    plain = [
        text.replace("·10", "e").translate(raised).replace("\N{NO-BREAK SPACE}", "")
        for text in texts
    ]
    return calls([("surface/numbers.js", "typed", text) for text in plain])


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_cut_number_is_the_nearest_below(digits):
    for bound, cut in zip(
        BOUNDS, calls([("core/words.js", "cut", b, digits) for b in BOUNDS]), strict=True
    ):
        assert cut <= bound < cut * (1 + 10.0 ** (1 - digits)) * (1 + 1e-15)
        assert float(f"{cut:.{digits}g}") == cut
    assert calls([("core/words.js", "cut", b, digits) for b in (0.5, 0.5 - 1e-13)]) == [0.5, 0.5]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_rate_stands_in_print_where_it_does_in_truth(lang):
    shares = RANDOM.choice([0.3, 0.999, 1 - 1e-5, 1 - 1e-11, 1, 1 + 1e-11, 1.0004, 2], len(BOUNDS))
    rates = [share * bound for share, bound in zip(shares.tolist(), BOUNDS, strict=True)]
    rows = zip(rates, BOUNDS, strict=True)
    texts = calls([("surface/numbers.js", "compared", r, [b, b / 2], lang) for r, b in rows])
    for rate, bound, said in zip(rates, BOUNDS, texts, strict=True):
        shown, cut, half = typed_back(
            [text.replace(",", "") if lang == "en" else text for text in said]
        )
        assert shown == pytest.approx(rate, rel=5e-3)
        assert cut <= bound
        assert half <= bound / 2
        assert (shown < cut) == (rate < bound), said
        assert (shown < half) == (rate < bound / 2), said
