"""How a training set's pictures look, and other pictures brought to that look."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from spusk.data import Sample, image, load, prepare
from spusk.data.digit import drawn, read_picture
from spusk.data.looks import Look, look_of
from spusk.errors import DataError
from tests.i18n.russian import refused

V = load("sample").train
DIGITS = V.x[:300].reshape(-1, 28, 28)
RANDOM = np.random.default_rng(0)


def sample(pictures):
    return Sample(pictures, labels=V.labels[: len(pictures)])


def large(digit, side=300):
    return np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC))


def save(path, shades):
    Image.fromarray(np.asarray(shades, np.uint8)).save(path)
    return path


JITTERED = np.stack([np.roll(d, RANDOM.integers(-4, 5, 2), (0, 1)) for d in DIGITS])
PAPER = np.clip(200 - 0.6 * DIGITS + RANDOM.normal(0, 6, DIGITS.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("pictures", "ink", "placing", "white"),
    [
        (DIGITS, "light", "mass", 255),
        (255 - DIGITS, "dark", "mass", 255),
        (PAPER, "dark", "mass", 255),
        (DIGITS / 255, "light", "mass", 1),
        ((DIGITS > 127).astype("u1"), "light", "mass", 1),
        (DIGITS // 16, "light", "mass", 15),
        (JITTERED, "light", "whole", 255),
        (np.pad(DIGITS[:, 4:24, 4:24], ((0, 0), (1, 1), (1, 1))), "light", "whole", 255),
        (np.where(np.arange(300)[:, None, None] % 3, DIGITS, 255 - DIGITS), None, "whole", 255),
    ],
)
def test_the_look_is_learned_from_the_pictures(pictures, ink, placing, white):
    look = look_of(sample(pictures))
    assert (look.ink, look.placing, look.white) == (ink, placing, white)
    assert look.shape == pictures.shape[1:]
    if placing == "mass":
        assert look.box == pytest.approx(20 / 28)


def test_signs_put_by_their_boxes_are_known():
    pictures = np.zeros((200, 28, 28), np.uint8)
    for picture in pictures:
        height, width = 24, RANDOM.integers(4, 25)
        left = 14 - width // 2
        picture[2:26, left : left + width] = 255 * (RANDOM.random((height, width)) > 0.3)
        picture[2:14, left] = picture[14:26, left + width - 1] = 255
        picture[2, left : left + width] = picture[25, left : left + width] = 255
        picture[2:8, left : left + width] = 255
    look = look_of(sample(pictures))
    assert (look.placing, look.box) == ("box", pytest.approx(24 / 28))


@pytest.mark.parametrize("x", [RANDOM.normal(size=(20, 28, 28)), np.arange(60.0).reshape(20, 3)])
def test_numbers_have_no_look(x):
    assert look_of(sample(x)) is None


@pytest.mark.parametrize("pictures", [DIGITS, 255 - DIGITS, PAPER, JITTERED, DIGITS // 32])
def test_the_set_s_own_pictures_are_taken_as_they_are(tmp_path, pictures):
    preparation = prepare(sample(pictures))
    for picture in pictures[:20]:
        x = image(save(tmp_path / "a.png", picture), like=preparation)
        np.testing.assert_array_equal(x, picture.reshape(-1))


def test_columns_with_names_are_no_pixels():
    x = RANDOM.random((40, 25))
    pixels, words = ([f"{name}{k}" for k in range(25)] for name in ("pixel", "q"))
    words = [name.translate(str.maketrans("0123456789", "abcdefghij")) for name in words]
    for names, scaling in ((pixels, "pixels"), (words, "standardise")):
        preparation = prepare(Sample(x, labels=np.arange(40) % 2, columns=tuple(names)))
        assert (preparation.scaling, preparation.look is None) == (scaling, scaling != "pixels")


@pytest.mark.parametrize("ink", ["light", "dark"])
@pytest.mark.parametrize("turned", [False, True])
def test_a_photo_is_brought_to_the_set_s_ink(tmp_path, ink, turned):
    pictures = DIGITS if ink == "light" else PAPER
    preparation = prepare(sample(pictures))
    off = []
    for number in range(12):
        photo = np.pad(large(DIGITS[number]), ((40, 90), (70, 20)))
        photo = 30 + 0.7 * photo if turned else 220 - 0.7 * photo
        x = image(save(tmp_path / "a.png", photo), like=preparation)
        off.append(np.abs(x.reshape(28, 28) - pictures[number].astype(float)).mean())
    assert np.mean(off) < (9 if ink == "light" else 12)  # a digit moved by a pixel is off by 22


def test_a_set_of_whole_pictures_takes_the_whole(tmp_path):
    look = look_of(sample(JITTERED))
    for number in range(6):
        for photo in (large(JITTERED[number]), 255 - large(JITTERED[number])):
            shades = read_picture(save(tmp_path / "a.png", photo), look).shades
            assert np.abs(shades - JITTERED[number].astype(float)).mean() < 9
    wide = np.pad(large(JITTERED[0]), ((0, 0), (150, 150)))
    shades = read_picture(save(tmp_path / "a.png", wide), look).shades
    rows = np.flatnonzero((shades > 64).any(1))
    assert rows[-1] - rows[0] <= 12  # half as large as the set's, in the middle
    assert not shades[:7].any()


def test_where_grounds_differ_pictures_are_only_made_as_large(tmp_path):
    mixed = np.where(np.arange(300)[:, None, None] % 3, DIGITS, 255 - DIGITS)
    look = look_of(sample(mixed))
    for picture in mixed[:6]:
        shades = read_picture(save(tmp_path / "a.png", large(picture)), look).shades
        assert np.abs(shades - picture.astype(float)).mean() < 9


def test_raw_numbers_are_those_of_the_set(tmp_path):
    path = save(tmp_path / "a.png", 255 - large(DIGITS[0]))
    light = image(path, like=prepare(sample(DIGITS)))
    for pictures, white in ((DIGITS / 255, 1), (DIGITS // 16, 15)):
        x = image(path, like=prepare(sample(pictures)))
        np.testing.assert_allclose(x, light * (white / 255), atol=0.51 * (white > 1))


@pytest.mark.parametrize("shape", [(28, 28), (40, 30)])
def test_an_even_picture_is_none(tmp_path, shape):
    for pictures in (DIGITS, PAPER, JITTERED):
        preparation = prepare(sample(pictures))
        for shade in (0, 128, 255):
            path = save(tmp_path / "a.png", np.full(shape, shade))
            with refused(DataError, "an empty picture"):
                image(path, like=preparation)


def test_what_is_drawn_has_the_set_s_look():
    ink = DIGITS[0].astype(float)
    as_mnist = drawn(ink, Look((28, 28)))
    np.testing.assert_array_equal(as_mnist.x, as_mnist.shades.reshape(-1))
    dark = drawn(ink, replace(Look((28, 28)), ink="dark", ground=255.0, full=0.0))
    np.testing.assert_array_equal(dark.shades, 255 - as_mnist.shades)
    whole = drawn(np.roll(ink, 4, 1), replace(Look((28, 28)), placing="whole"))
    np.testing.assert_array_equal(whole.shades, np.roll(DIGITS[0], 4, 1))
    with refused(DataError, "no digit found"):
        drawn(ink * 0, Look((28, 28)))
