"""What every engine promises: support, one rate a step, a state to go on from; who is chosen."""

import warnings

import numpy as np
import pytest

from spusk import Network, engines, train
from spusk.engines import FallbackWarning, native, say_fallback
from spusk.engines.base import PLAIN
from spusk.engines.reference import Reference
from spusk.errors import EngineError
from spusk.optim import RULES, Adam, cosine
from spusk.training import order
from spusk.training.presets import PRESETS
from tests.conftest import blobs
from tests.engines.test_native_names import without

BUILT = pytest.mark.skipif(not native.available(), reason="the native part is not built")
CASES = [("reference", rule) for rule in RULES]
CASES += [pytest.param("native", rule, marks=BUILT) for rule in native.NAMES["updates"]]
V = blobs(61)
RATES = np.array([cosine(0.3, 12)(n) for n in range(9)])


def opened(engine, rule, net):
    return engines.engine(engine).open(net, V, 7, 1, RULES[rule](1.0))


@pytest.mark.parametrize(("engine", "rule"), CASES)
def test_steps_at_many_rates_are_single_steps_at_each(engine, rule):
    together, alone = Network([6, 5, 3], seed=1), Network([6, 5, 3], seed=1)
    one, other = opened(engine, rule, together), opened(engine, rule, alone)
    rows = order(61, 0, 1)
    met = one.steps(rows, 0, 9, RATES)
    each = [other.steps(rows, n, n + 1, float(rate)) for n, rate in enumerate(RATES)]
    np.testing.assert_array_equal(together.theta, alone.theta)
    assert met.seen == 61 == sum(part.seen for part in each)
    assert met.cost == pytest.approx(sum(part.cost for part in each))
    assert one.steps(rows, 4, 4, 0.1).seen == 0


@pytest.mark.parametrize(("engine", "rule"), CASES)
def test_a_state_is_all_it_takes_to_go_on(engine, rule):
    net, rows = Network([6, 5, 3], seed=1), order(61, 0, 1)
    session = opened(engine, rule, net)
    session.steps(rows, 0, 4, 0.3)
    state = {name: array.copy() for name, array in session.state().items()}
    assert set(state) == {*RULES[rule].states, *(["n"] if RULES[rule].counts else [])}
    twin = net.copy()
    again = opened(engine, rule, twin)
    again.restore(state)
    for one in (session, again):
        one.steps(rows, 4, 9, RATES[4:])
    np.testing.assert_array_equal(net.theta, twin.theta)
    if state:
        fresh = net.copy()
        fresh.theta[:] = twin.theta
        with pytest.raises(EngineError, match=f"expected a state of rule {rule}"):
            opened(engine, rule, fresh).restore({})
    with pytest.raises(EngineError, match=r"strange: float64 \(2,\)"):
        again.restore(state | {"strange": np.zeros(2)})


@BUILT
@pytest.mark.parametrize("rule", native.NAMES["updates"])
def test_the_engines_take_up_each_others_state(rule):
    nets, rows = [Network([6, 5, 3], seed=1) for _ in range(2)], order(61, 0, 1)
    sessions = [
        opened(name, rule, net) for name, net in zip(("reference", "native"), nets, strict=True)
    ]
    for session in sessions:
        session.steps(rows, 0, 4, 0.3)
    states = [session.state() for session in sessions]
    for name, array in states[0].items():
        np.testing.assert_allclose(array, states[1][name], rtol=1e-4, atol=1e-6)
    for session, state in zip(sessions, reversed(states), strict=True):
        session.restore(state)
        session.steps(rows, 4, 9, RATES[4:])
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-4, atol=1e-6)


@BUILT
def test_auto_says_once_and_in_both_languages_why_it_is_not_native(small, monkeypatch):
    monkeypatch.setitem(native.NAMES, "updates", without("adam"))
    net = Network([6, 3])
    say_fallback.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            train(net, small, rate=0.01, epochs=1, rule="adam")
    (warning,) = [w for w in caught if w.category is FallbackWarning]
    assert warning.filename == __file__
    english, russian = (warning.message.sentence(lang) for lang in ("en", "ru"))
    assert english == str(warning.message)
    assert "the reference engine does the work, several times slower" in english
    why, remedy = native.Native().supports(net, Adam(0.01)).split("; ")
    assert why in english
    assert remedy == "use engine='reference'"  # which is what happens: not told in a warning
    assert remedy not in english
    assert "считает эталонный движок" in russian
    assert "методы" in russian
    assert "native has" not in russian
    say_fallback.cache_clear()
    with pytest.raises(EngineError, match="adam"):
        train(net, small, rate=0.01, epochs=1, rule="adam", engine="native")


@BUILT
def test_no_preset_falls_back_and_double_precision_is_a_choice():
    for preset in PRESETS.values():
        assert isinstance(
            engines.engine("auto", Network(preset.sizes[:1] * 2), preset.plan.rule), native.Native
        )
    assert isinstance(engines.engine("auto", Network([6, 3])), native.Native)
    assert isinstance(engines.engine("auto", Network([6, 3], dtype=np.float64)), Reference)
    assert Reference().supports(Network([6, 3]), PLAIN) is None
