"""Maps of basins from the server: Python's and the page's own numbers, or none at all."""

import asyncio
import json

import numpy as np
import pytest

from spusk.descent.basin_maps import basins
from spusk.engines.native import available
from spusk.functions import function
from spusk.lab.formulas import basins as maps
from spusk.lab.formulas.describe import described
from spusk.optim.stopping import CODE, DescentOutcome
from tests.lab.asgi import RIGHT, armour, ask, server
from tests.lab.served import pages
from tests.lab.trained import until

FINE = {
    "formula": "himmelblau",
    "view": [[-5, 5], [-4, 4]],
    "size": 48,
    "rate": 0.01,
    "steps": 200,
    "minima": [],
}
OWN = """
async ([data, options]) => {
  const { basinMap } = await import("/page/surface/basins.js");
  const { which, steps } = await basinMap(data.tape, data, options);
  return [[...which], [...steps]];
}
"""
FURTHER = """
async ([data, options]) => {
  const { basinMap, withFurther } = await import("/page/surface/basins.js");
  const { compile } = await import("/page/math/tape.js");
  const all = withFurther(compile(data.tape), data, options);
  const { which, steps, legend } = await basinMap(data.tape, all, options);
  return { which: [...which], steps: [...steps], legend, minima: all.minima.map(({ x }) => x) };
}
"""
native = pytest.mark.skipif(not available(), reason="the native part is not built")

pytestmark = pytest.mark.usefixtures("readers")


@pytest.fixture(autouse=True)
def read(readers):
    readers.described = described


def asked(app=None, stays=True, **other):
    body = json.dumps(FINE | other).encode()
    return ask("POST", "/basins", RIGHT, (body,), app or server(), stays)


def parts(answer, size):
    count = size * size
    return (np.frombuffer(answer.content, kind, count, start * 2 * count)
            for start, kind in enumerate(("<i2", "<u2")))  # fmt: skip


@native
@pytest.mark.parametrize(
    ("name", "rate"), [("himmelblau", 0.01), ("himmelblau", 0.025), ("rosenbrock", 0.0015),
                       ("matyas", 1.5), ("x^4 + y^4 - 3*x*y", 0.05), ("(x^2 + y^2)*(-1)", 0.1)],
)  # fmt: skip
def test_a_map_is_pythons(name, rate):
    view = [[-1.5, 2], [-1, 3]]
    answer = asked(formula=name, view=view, rate=rate)
    assert answer.status == 200
    armour(answer)
    which, steps = parts(answer, 48)
    f, data = function(name), described(name)
    known = basins(f, rate, view, 48, steps=200)
    assert steps.tolist() == known.steps.ravel().tolist()
    lost = [CODE[DescentOutcome.DIVERGED], CODE[DescentOutcome.NOT_FINITE]]
    away = np.isin(known.codes.ravel(), lost)
    assert ((which == -2) == away).all()
    near = 1e-3 * max(high - low for low, high in data["view"])
    minima = [np.array(m["x"]) for m in data["minima"]]
    for place, found in enumerate(known.minima):
        [mine] = [k for k, m in enumerate(minima) if np.linalg.norm(m - found) <= near] or [-1]
        here = known.index.ravel() == place
        assert (which[here] == mine).all()


@native
def test_the_page_makes_the_same_map():
    rates = {"himmelblau": 0.01, "rosenbrock": 0.0015, "beale": 0.02}
    more = {"steps": 300, "size": 64}
    jobs = [(described(name), more | {"rate": rate}) for name, rate in rates.items()]
    with pages() as opened:
        page = opened()
        found = [page.evaluate(OWN, job) for job in jobs]
    for (data, options), own in zip(jobs, found, strict=True):
        answer = asked(formula=data["name"], view=data["view"], **options)
        assert own == [part.tolist() for part in parts(answer, 64)], data["name"]


def test_minima_that_nobody_listed_have_basins_too():
    data, options = described("rastrigin"), {"rate": 0.001, "steps": 1000, "size": 64}
    with pages() as opened:
        said = opened().evaluate(FURTHER, [data, options | {"view": data["view"]}])
    known = basins("rastrigin", 0.001, size=64, steps=1000)
    assert said["minima"][: len(data["minima"])] == [m["x"] for m in data["minima"]]
    assert len(said["minima"]) == len(known.minima) == 121
    assert (np.array(said["which"]) < 0).sum() == (known.index < 0).sum()
    assert [entry["kind"] for entry in said["legend"][-3:]] == ["more", "none", "diverged"]


@native
def test_the_server_takes_the_minima_that_the_page_found(readers):
    data = described("himmelblau")
    data |= {"minima": data["minima"][:1]}
    readers.described = lambda _: data
    options = {"rate": 0.01, "steps": 300, "size": 64, "view": data["view"]}
    with pages() as opened:
        said = opened().evaluate(FURTHER, [data, options])
    answer = asked(minima=said["minima"][1:], **options)
    assert [part.tolist() for part in parts(answer, 64)] == [said["which"], said["steps"]]
    assert set(said["which"]) >= {0, 1, 2, 3}


@pytest.mark.parametrize("name", ["ackley", "sin(x)*y", "sqrt(x) + y^2", "abs(x)^y"])
def test_what_the_native_part_does_not_know_the_page_does_itself(name):
    assert asked(formula=name).status == 204


def test_without_the_native_part_there_is_no_map(monkeypatch):
    monkeypatch.setattr(maps, "walker_of", lambda rows: None)
    assert asked().status == 204


@native
def test_a_map_that_takes_too_long_is_given_up(monkeypatch):
    stopped = []
    monkeypatch.setattr(maps, "basin_map", lambda *its: stopped.append(its[-1].wait(20)))
    wish, data = maps.map_request(json.dumps(FINE).encode()), described("himmelblau")
    made = maps.Maps(0.1).made(data, wish, asyncio.Event().wait)
    assert asyncio.run(made) is None
    until(lambda: stopped == [True])


@native
def test_a_map_that_nobody_waits_for_is_given_up(monkeypatch):
    stopped = []
    monkeypatch.setattr(maps, "basin_map", lambda *its: stopped.append(its[-1].wait(20)))
    assert asked(stays=False).status == 204
    assert stopped == [True]


@native
def test_when_all_places_are_taken_the_page_does_it_itself(monkeypatch):
    made = maps.Maps(20)
    monkeypatch.setattr(maps, "basin_map", lambda walker, data, wish, stop: stop.wait(20) and None)
    wish, data = maps.map_request(json.dumps(FINE).encode()), described("himmelblau")

    async def crowd():
        left = asyncio.Event()
        waiting = [asyncio.create_task(made.made(data, wish, left.wait)) for _ in range(2)]
        await asyncio.sleep(0.05)
        third = await asyncio.wait_for(made.made(data, wish, asyncio.Event().wait), 5)
        left.set()
        return third, await asyncio.gather(*waiting)

    assert asyncio.run(crowd()) == (None, [None, None])


@pytest.mark.parametrize(
    "other", [
        {"formula": 5}, {"formula": "x" * 501}, {"formula": "\ud800"}, {"formula": "x^2"},
        {"formula": "x +"}, {"view": [[0, 1]]}, {"view": [[1, 0], [0, 1]]}, {"view": "ab"},
        {"view": [[0, 1], [0, "1"]]}, {"view": [[0, 10**400], [0, 1]]}, {"view": [[0, 0], [0, 1]]},
        {"view": [[0, 1, 2], [3]]}, {"view": None},
        {"size": 513}, {"size": 1}, {"size": 64.5}, {"size": True}, {"size": 10**400},
        {"rate": 0}, {"rate": -1}, {"rate": "1"}, {"rate": 1e9}, {"rate": None},
        {"steps": 0}, {"steps": 1001}, {"steps": [1]},
        {"minima": None}, {"minima": [[0]]}, {"minima": [[0, "1"]]}, {"minima": [[0, 0]] * 1001},
    ],
)  # fmt: skip
def test_nonsense_is_refused(other):
    answer = asked(**other)
    assert answer.status == 422
    assert json.loads(answer.body).keys() == {"error"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"formula": NaN}', b"[" * 9000])
def test_a_body_that_is_no_map_is_refused(body):
    assert ask("POST", "/basins", RIGHT, (body,), server()).status == 422
