"""What the native part knows by name, compared with Python's tables."""

from types import SimpleNamespace

import pytest

from spusk.data import Sample
from spusk.engines import native
from spusk.errors import EngineError
from spusk.nn.activations import ACTIVATIONS
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.optim.rules import RULES, Adam, GradientDescent, Momentum
from tests.engines.test_native import pair


def without(rule):
    """The native rules without one; their order numbers them."""
    return {name: own for name, own in native.NAMES["updates"].items() if name != rule}


BUILT = pytest.mark.skipif(not native.available(), reason="native part not built")


@BUILT
def test_every_activation_and_loss_is_there():
    assert set(native.NAMES["activations"]) == set(ACTIVATIONS)
    assert set(native.NAMES["losses"]) == set(LOSSES)


@BUILT
def test_every_update_is_a_rule_with_its_parameters():
    assert set(native.NAMES["updates"]) == set(RULES)
    for name, parameters in native.NAMES["updates"].items():
        assert all(isinstance(getattr(RULES[name](0.1), each), float) for each in parameters)


@BUILT
def test_the_order_of_names_says_nothing(monkeypatch):
    """Numbers are looked up by name: with the table turned round, tanh is another number."""
    net = Network((5, 4, 3), activation="tanh")
    ours = {kind: dict(reversed(names.items())) for kind, names in native.NAMES.items()}
    before = native.number("activations", "tanh")
    monkeypatch.setattr(native, "NAMES", ours)
    assert native.number("activations", "tanh") != before
    assert native.Native().supports(net) is None


@pytest.mark.parametrize(
    "module",
    [
        SimpleNamespace(),  # before there were names
        SimpleNamespace(names=lambda: {"activations": {}, "losses": {}}),
        SimpleNamespace(names=lambda: {"activations": {"swish": []}, "losses": {}, "updates": {}}),
    ],
)
def test_a_module_of_another_version_is_not_used(module, monkeypatch):
    monkeypatch.setattr(native, "import_module", lambda name: module)
    found, names, why = native.loaded()
    assert found is None
    assert names == {"activations": {}, "losses": {}, "updates": {}}
    assert "another version" in why


@BUILT
def test_what_is_missing_is_named(monkeypatch):
    net, V = pair((5, 3), 4, seed=0)
    engine = native.Native()
    assert engine.supports(net) is None
    assert engine.supports(net, GradientDescent(0.1)) is None
    assert "float64" in engine.supports(Network((5, 3), dtype="float64"))
    monkeypatch.setitem(native.NAMES, "updates", without("adam"))
    assert "adam" in engine.supports(net, Adam(0.1))
    monkeypatch.setitem(native.NAMES, "activations", {"tanh": []})
    assert engine.supports(net) == (
        "engine: native has the activations tanh, found 'sigmoid'; use engine='reference'"
    )
    with pytest.raises(EngineError, match="activations tanh"):
        engine.open(net, V, 2)


class Mine(Momentum):
    """A rule of the user's own that bears a known name."""


@BUILT
def test_a_rule_of_ones_own_is_not_taken_for_another():
    net = Network((5, 3))
    assert native.Native().supports(net, Mine(0.1)) is not None


def test_without_a_compiler_the_reason_is_said(monkeypatch):
    monkeypatch.setattr(native, "_native", None)
    monkeypatch.setattr(native, "_reason", "no such file")
    net, V = Network((5, 3)), Sample([[0.0] * 5], y=[[0.0] * 3])
    assert "no such file" in native.Native().supports(net)
    with pytest.raises(EngineError, match="not built here"):
        native.Native().open(net, V, 1)
