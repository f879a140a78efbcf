"""The processes that read formulas: real ones, started, asked, ended and replaced."""

import asyncio
import signal
import time

import pytest

from spusk.lab.formulas.describe import described
from spusk.lab.formulas.pool import Formulas
from tests.lab.trained import until


@pytest.fixture
def formulas():
    made = Formulas(places=1, seconds=20)
    yield made
    made.close()


def said(formulas, text):
    return asyncio.run(formulas.described(text))


def test_a_reader_says_what_would_be_said_here(formulas):
    for text in ("himmelblau", "x^2 + 3*sin(y)"):
        assert said(formulas, text) == {"answer": described(text)}
    wrong = said(formulas, "x + foo(y)")
    assert wrong["place"] == 4
    assert "foo" in wrong["error"]["en"]
    assert "функци" in wrong["error"]["ru"]
    assert "formula" in said(formulas, "x\n+ y\u2028{")["error"]["en"], "one line all the same"


def test_a_formula_that_never_ends_is_ended_and_its_place_is_free(formulas):
    for k in range(2):  # as often as one likes
        formulas.seconds = 20
        assert "answer" in said(formulas, f"x^2 + {k}*y^2")
        [reader] = formulas.running
        reader.process.send_signal(signal.SIGSTOP)  # nothing that it is asked ever ends
        formulas.seconds = 0.2
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            said(formulas, f"x^2 + {k}*y^4")
        assert time.monotonic() - began < 5
        assert not reader.lives


def test_a_reader_that_is_gone_is_replaced(formulas):
    said(formulas, "lecture")
    [reader] = formulas.running
    reader.process.kill()
    until(lambda: not reader.lives)
    assert "answer" in said(formulas, "x^2 + 5*y^2")


def test_closing_ends_the_readers_whatever_they_do():
    formulas = Formulas(places=1, seconds=60)
    said(formulas, "lecture")
    [reader] = formulas.running
    reader.process.send_signal(signal.SIGSTOP)
    reading = formulas.reading("x^2")
    until(reading.running)
    formulas.close()
    assert not reader.lives
    with pytest.raises(EOFError):
        reading.result(10)


def test_nobody_outlives_the_lab():
    formulas = Formulas(places=1)
    said(formulas, "lecture")
    [reader] = formulas.running
    process = reader.process
    del reader, formulas
    until(lambda: process.poll() is not None)
