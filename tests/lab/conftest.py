"""What the tests of the lab share."""

from types import SimpleNamespace

import pytest

from spusk.lab.formulas import pool, worker


@pytest.fixture
def readers(monkeypatch):
    """Stand-ins for the processes that read formulas: the door is what is tested here.

    What `readers.described` gives or raises is what they say.
    """
    told = SimpleNamespace(described=lambda text: {"read": text}, made=[])

    class StandIn:
        lives = True

        def __init__(self):
            told.made.append(self)

        def ask(self, question, seconds):
            kinds = {"formula": told.described, "export": worker.written}
            [(kind, text)] = question.items()
            return worker.answered(kinds[kind], text)

        def kill(self):
            self.lives = False

    monkeypatch.setattr(pool, "Reader", StandIn)
    return told
