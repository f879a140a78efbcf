"""What the tests of the lab share."""

import sys
import types
from importlib import import_module

import pytest


@pytest.fixture
def reader(monkeypatch):
    """A stand-in for the reader of formulas: the door is what is tested here."""
    import_module("spusk.lab.export")  # it keeps the true one
    tapes = types.ModuleType("spusk.lab.tapes")
    tapes.described = lambda text: {"read": text}
    monkeypatch.setitem(sys.modules, "spusk.lab.tapes", tapes)
    return tapes
