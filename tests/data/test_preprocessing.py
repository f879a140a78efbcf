"""How raw numbers become inputs: learned from the training part, kept with the network."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

import spusk
from spusk.data import Preparation, Sample, prepare
from spusk.data.looks import Look
from spusk.data.preprocessing import BEFORE
from spusk.engines import native
from spusk.errors import DataError, RunError
from spusk.runs import HistoryMark, checkpoint, load_weights, save_weights, weights
from tests.i18n.russian import refused

KINDS = ["u1", "i8", "f4", "f8"]
rng = np.random.default_rng(3)
WHOLE = rng.integers(0, 200, (40, 3))
LABELS = np.arange(40) % 3


def learned(scaling, kind="f8", x=WHOLE):
    V = Sample(x.astype(kind), labels=LABELS[: len(x)])
    return V, prepare(V, scaling)


def every(V, preparation, dtype=np.float64):
    return preparation.inputs(V, slice(None), dtype)


@pytest.mark.parametrize("kind", KINDS)
def test_standardised_columns_have_mean_0_and_deviation_1(kind):
    x = every(*learned("standardise", kind))
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(axis=0), 1)
    np.testing.assert_allclose(x, (WHOLE - WHOLE.mean(axis=0)) / WHOLE.std(axis=0))


def test_numbers_whose_squares_are_infinite_are_standardised():
    x = np.array([[1.0, 1.0, 1e-200], [2.0, 1e300, 3e-200], [9.0, 1.7e308, 5e-200]])
    preparation = prepare(Sample(x, x), "standardise", targets=True)
    for rows in (every(Sample(x, x), preparation), preparation.targets(x, np.float64)):
        np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(rows.std(axis=0), 1)


def test_the_scale_of_usual_numbers_is_that_of_numpy_to_the_bit():
    x = np.random.default_rng(0).normal(size=(90, 1)) * 1000 + 7
    preparation = prepare(Sample(x, x), "standardise", targets=True)
    assert preparation.shift == preparation.target_shift == (x.sum(axis=0)[0] / 90,)
    assert preparation.target_scale == (x.std(axis=0)[0],)


@pytest.mark.parametrize("kind", KINDS)
def test_minmax_goes_from_0_to_1(kind):
    x = every(*learned("minmax", kind))
    assert (x.min(axis=0) == 0).all()
    assert (x.max(axis=0) == 1).all()


@pytest.mark.parametrize("scaling", ["standardise", "minmax"])
def test_a_column_that_never_changes_is_0(scaling):
    x = every(*learned(scaling, x=np.column_stack([WHOLE, np.full(40, 7)])))
    assert (x[:, -1] == 0).all()


@pytest.mark.parametrize(("top", "expected"), [(1, 1), (15, 15), (16, 16), (17, 255), (250, 255)])
@pytest.mark.parametrize("kind", KINDS)
def test_pixels_are_divided_by_255_or_by_the_own_top_of_a_dim_set(kind, top, expected):
    V, preparation = learned("pixels", kind, np.minimum(WHOLE, top))
    assert preparation.scale == (expected,)
    np.testing.assert_array_equal(every(V, preparation), np.minimum(WHOLE, top) / expected)


@pytest.mark.parametrize(
    ("x", "scaling"),
    [
        (rng.integers(0, 256, (9, 28, 28)), "pixels"),
        (rng.integers(0, 17, (9, 64)), "pixels"),
        (rng.integers(0, 2, (9, 256)), "pixels"),
        (rng.random((9, 8, 8)), "pixels"),
        (rng.normal(0, 1, (9, 8, 8)), "standardise"),
        (rng.integers(0, 101, (9, 16)), "standardise"),  # pendigits: pen strokes, no picture
        (rng.integers(0, 200, (9, 4)), "standardise"),
        (rng.random((9, 13)), "standardise"),
    ],
)
@pytest.mark.parametrize("kind", ["as it is", "f8"])
def test_pictures_are_known_by_values_and_shape(x, scaling, kind):
    V = Sample(x if kind == "as it is" else x.astype(kind), labels=np.arange(len(x)))
    assert prepare(V).scaling == scaling


def test_a_test_set_is_treated_as_the_training_set_was():
    V, preparation = learned("standardise")
    far = Sample(WHOLE[:2] + 1000.0, labels=[0, 1])
    np.testing.assert_allclose(
        every(far, preparation) - every(V, preparation)[:2],
        np.broadcast_to(1000 / WHOLE.std(axis=0), (2, 3)),
    )


def test_an_unknown_scaling_is_refused():
    with refused(DataError, "standardise", "magic", "auto", "none"):
        learned("magic")


def network(sample, **more):
    return spusk.Network([sample.x.shape[1], 4, sample.classes], seed=1, **more)


@pytest.mark.parametrize("scaling", ["standardise", "minmax", "pixels", "none"])
def test_a_network_takes_raw_numbers_of_any_type(scaling):
    V, preparation = learned(scaling)
    net = network(V, preparation=preparation)
    plain = network(V)
    expected = plain.answer(every(V, preparation))
    if scaling == "none":  # whole numbers up to 255 are pixels to a network without a preparation
        expected = plain.answer(every(V, preparation) * (1 + 1e-9))
    for kind in KINDS:
        same = Sample(WHOLE.astype(kind), labels=LABELS)
        np.testing.assert_allclose(net.answer(same), expected, rtol=1e-5)
        np.testing.assert_allclose(net.answer(WHOLE.astype(kind)), expected, rtol=1e-5)
        np.testing.assert_allclose(net.answer(WHOLE[5].astype(kind)), expected[5], rtol=1e-5)
    assert net.copy().preparation == preparation


@pytest.mark.filterwarnings("ignore::spusk.training.NothingLearnedWarning")
@pytest.mark.parametrize("init", ["scaled", "wide"])
@pytest.mark.parametrize("kind", ["u1", "f8"])
@pytest.mark.parametrize("scaling", ["standardise", "minmax", "pixels", "none"])
def test_both_engines_train_on_prepared_inputs(scaling, kind, init):
    V, preparation = learned(scaling, kind)
    x = every(V, preparation, np.float32) * np.float32(1 - 2**-23)  # no pixels by their values
    ready = Sample(x, labels=LABELS)
    for engine in ("reference", "native"):
        net = network(V, init=init, V=V, preparation=preparation)
        plain = network(V, init=init, V=ready)
        for each, sample in ((net, V), (plain, ready)):
            spusk.train(each, sample, rate=0.1, epochs=2, engine=engine)
        np.testing.assert_allclose(net.theta, plain.theta, atol=2e-5)


def test_targets_are_learned_in_their_own_scale_and_answered_in_theirs():
    y = np.column_stack([WHOLE[:, 0] * 1000.0 - 5, WHOLE.sum(axis=1)])
    V = Sample(WHOLE, y)
    preparation = prepare(V, "standardise", targets=True)
    net = spusk.Network([3, 2], output="identity", preparation=preparation)
    ready = Sample(every(V, preparation), (y - y.mean(axis=0)) / y.std(axis=0))
    plain = spusk.Network([3, 2], output="identity")
    for engine in ("reference", "native"):
        history = [
            spusk.train(each, sample, rate=0.1, epochs=5, engine=engine).history
            for each, sample in ((net, V), (plain, ready))
        ]
        assert history[0][-1].cost == pytest.approx(history[1][-1].cost, rel=1e-3)
    np.testing.assert_allclose(
        net.answer(V), plain.answer(ready) * y.std(axis=0) + y.mean(axis=0), rtol=1e-4
    )
    assert net.cost(V) == pytest.approx(plain.cost(ready), rel=1e-3)


def test_pixels_go_to_the_native_engine_as_the_bytes_they_are():
    V = spusk.data.load("sample").train
    for preparation in (None, BEFORE, prepare(V)):
        net = spusk.Network([784, 10], preparation=preparation)
        assert np.shares_memory(native.examples(net, V)[0], V.x)


def test_a_preparation_changes_no_bit_of_what_pixels_are_trained_to():
    V = spusk.data.load("sample").train.take(slice(0, 200))
    for engine in ("native", "reference"):
        nets = [
            spusk.Network([784, 12, 10], init="wide", V=V, preparation=each)
            for each in (None, prepare(V), BEFORE)
        ]
        for net in nets:
            spusk.train(net, V, rate=1.0, epochs=1, engine=engine)
            np.testing.assert_array_equal(net.theta, nets[0].theta)


FULL = Preparation(
    "standardise",
    (1.0, 2.0, 3.0),
    (0.5, 1.0, 1e-3),
    ("a", "b", "ц"),
    ("cat", "пёс"),
    look=Look((1, 3), 1.0, "dark", 255.0, 0.0, 16.0, "box", 0.5, ("edge",)),
)


@pytest.mark.parametrize(
    "preparation",
    [None, BEFORE, FULL, Preparation("pixels", scale=(16.0,)),
     Preparation("none", target_shift=(1.0, 2.0), target_scale=(3.0, 1e300))],
)  # fmt: skip
def test_it_is_saved_with_the_network(tmp_path, preparation):
    net = spusk.Network([3, 2], preparation=preparation)
    save_weights(net, tmp_path / "net.safetensors")
    assert load_weights(tmp_path / "net.safetensors").preparation == preparation
    path = checkpoint.save_checkpoint(
        tmp_path, net, spusk.training.Cursor(), 1, HistoryMark(0, 0, 0)
    )
    assert checkpoint.load_checkpoint(path).net.preparation == preparation


def saved(tmp_path, change):
    """A file of weights whose description was changed."""
    net = spusk.Network([3, 2], preparation=FULL)
    about = weights.description(net)
    change(about)
    path = tmp_path / "net.safetensors"
    save_weights(net, path, {"spusk": json.dumps(about)})
    return path


def test_a_network_of_before_is_read_as_it_was_trained(tmp_path):
    net = load_weights(saved(tmp_path, lambda about: about.pop("preparation")))
    assert net.preparation == BEFORE
    dim = np.array([[0, 1, 16]])
    x = every(Sample(dim.astype("u1"), labels=[0]), net.preparation)
    np.testing.assert_array_equal(x, dim / 255)
    x = every(Sample(dim * 15.0, labels=[0]), net.preparation)
    np.testing.assert_array_equal(x, dim * 15)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scaling": "magic"},
        {"shift": [1, 2]},
        {"scale": [0, 1, 1]},
        {"scale": [float("inf"), 1, 1]},
        {"scale": 3},
        {"classes": ["one"]},
        {"columns": ["a"]},
        {"target_scale": [1.0, 2.0]},
        {"look": {"shape": [1, 3]}},
        {"look": asdict(FULL.look) | {"ink": "blue"}},
        {"look": asdict(FULL.look) | {"shape": [2, 2]}},
        {"look": asdict(FULL.look) | {"full": 255.0}},
        {"look": asdict(FULL.look) | {"box": 0.0}},
        {"look": asdict(FULL.look) | {"rare": ["odd"]}},
        {"more": 1},
    ],
)
def test_a_preparation_that_makes_no_sense_is_refused(tmp_path, wrong):
    path = saved(tmp_path, lambda about: about["preparation"].update(wrong))
    with pytest.raises(RunError, match=r"net\.safetensors"):
        load_weights(path)


def test_it_is_a_record_that_is_not_changed():
    assert replace(FULL, look=None) != FULL
    assert hash(FULL) == hash(replace(FULL))


def test_paper_is_0_where_strokes_are_dark():
    digits = spusk.data.sample().train[:40]
    dark = Sample(255 - digits.x, labels=digits.labels)
    light, turned = prepare(digits), prepare(dark)
    assert (light.dark, turned.dark) == (False, True)
    everything = slice(0, 40)
    for dtype in (np.float32, np.float64):
        x = light.inputs(digits, everything, dtype)
        np.testing.assert_array_equal(turned.inputs(dark, everything, dtype), x)
        floats = Sample(dark.x.astype(np.float64), labels=dark.labels)
        np.testing.assert_array_equal(turned.inputs(floats, everything, dtype), x)
    assert turned.matrix(dark).dtype == np.uint8
    np.testing.assert_array_equal(turned.matrix(dark), digits.x)
    one = spusk.Network((784, 5, 10), preparation=turned)
    other = spusk.Network((784, 5, 10), preparation=light)
    np.testing.assert_array_equal(one.answer(dark), other.answer(digits))
