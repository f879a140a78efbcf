"""Results show themselves: through the registry, brought in when the first picture is asked for."""

import subprocess
import sys

import pytest

import spusk
from spusk import display
from spusk.descent import Basins, Comparison, Descent, Escape

CODE = """
import sys, spusk
f = spusk.function("x^2 + y^2")
result = spusk.descend(f, (1, 1), 0.1)
assert "matplotlib" not in sys.modules
assert result._repr_png_()[:4] == b"\\x89PNG"
assert "matplotlib" in sys.modules
"""


@pytest.mark.more
def test_the_first_picture_brings_what_draws_it():
    subprocess.run([sys.executable, "-c", CODE], check=True, timeout=60)


@pytest.mark.parametrize("kind", [Basins, Comparison, Descent, Escape])
def test_every_kind_of_result_is_drawn(kind):
    assert spusk.plots.png is not None  # the room is loaded
    assert issubclass(kind, display.Shown)
    assert kind in display.DRAWERS


def test_a_kind_of_ones_own_is_drawn_too(monkeypatch):
    class Sketch(display.Shown):
        pass

    monkeypatch.setitem(display.DRAWERS, Sketch, lambda result: type(result).__name__.encode())
    assert Sketch()._repr_png_() == b"Sketch"
