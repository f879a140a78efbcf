"""Speed stays: after the first step nothing is compiled again and no memory is asked for anew."""

import ctypes
import gc
import sys
import tracemalloc

import numpy as np
import pytest
import sympy

from spusk.descent import descend, descend_many
from spusk.engines import native
from spusk.engines.reference import Reference
from spusk.functions import function, writer
from spusk.functions.gallery import GALLERY
from spusk.nn.network import Network
from spusk.optim.rules import RULES
from tests.conftest import blobs

SHAPES = {"deep": [6, 30, 20, 3], "a wide first layer": [6, 1801, 3]}
BUILT = pytest.mark.skipif(not native.available(), reason="native part not built")
ENGINES = [Reference(), pytest.param(native.Native(), marks=BUILT)]


class Mallinfo(ctypes.Structure):
    """glibc's own account: bytes in use, on the heap and mapped."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
                     "uordblks", "fordblks", "keepcost")
    ]  # fmt: skip


def allocated():
    """Bytes that malloc has given out and not got back; all of C++ and NumPy, Python's pools."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        pytest.skip("this system keeps no account of memory")
    libc.mallinfo2.restype = Mallinfo
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd


def chunks(engine, sizes, threads=2):
    """A function that takes one chunk of steps on a small set."""
    V = blobs(600)
    session = engine.open(Network(sizes, seed=0), V, 10, threads)
    order, last = np.arange(len(V)), min(session.window, 60)
    return lambda: session.steps(order, 0, last, 0.1)


@pytest.mark.parametrize("sizes", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_many_chunks_ask_for_no_more_memory_than_one(engine, sizes):
    chunk = chunks(engine, sizes)
    count = 1000 if sizes[1] < 100 and engine.name == "native" else 60
    for _ in range(3):
        chunk()
    gc.collect()
    before, blocks = allocated(), sys.getallocatedblocks()
    for _ in range(count):
        chunk()
    gc.collect()
    assert allocated() - before < 20_000
    assert sys.getallocatedblocks() - blocks < 100


def test_the_account_sees_what_is_kept():
    before = allocated()
    kept = np.ones(30_000)
    assert allocated() - before >= kept.nbytes


@BUILT
@pytest.mark.parametrize("sizes", SHAPES.values(), ids=SHAPES)
def test_a_chunk_of_the_native_engine_costs_python_the_same_however_long(sizes):
    V = blobs(600)
    session = native.Native().open(Network(sizes, seed=0), V, 10, 2)
    order, window = np.arange(len(V)), session.window
    peaks = []
    for last in (1, min(window, 60)):
        session.steps(order, 0, last, 0.1)
        tracemalloc.start()
        session.steps(order, 0, last, 0.1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(peaks) < 2_000
    assert abs(peaks[1] - peaks[0]) < 200


@pytest.fixture
def compiled(monkeypatch):
    """What was compiled since: programs of SymPy, tapes of ours."""
    seen = []

    def counted(place, name):
        work = getattr(place, name)
        monkeypatch.setattr(place, name, lambda *a, **k: seen.append(name) or work(*a, **k))

    counted(sympy, "lambdify")
    counted(sympy, "cse")
    counted(writer, "tape")
    return seen


@pytest.mark.parametrize("name", ["lecture", "rosenbrock", "himmelblau", "ackley", "rastrigin"])
def test_every_rule_on_a_function_compiles_once(name, compiled):
    f = function(GALLERY[name].formula)
    start, rate = GALLERY[name].start, GALLERY[name].rate
    descend(f, start, rate, 1)
    assert compiled
    compiled.clear()
    for rule in RULES:
        descend(f, start, rate, 30, rule=rule)
    assert not compiled


def test_many_descents_compile_one_tape_however_many_steps(compiled):
    f = function("himmelblau")
    counts = []
    for steps in (1, 400):
        compiled.clear()
        descend_many(f, [[0.0, 0.0], [1.0, 2.0]], 0.01, steps)
        counts.append(compiled.count("tape"))
    assert counts[0] == counts[1] <= 2  # one of f and ∇f; one of ∇f alone, where f has no domain
