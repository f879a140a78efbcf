"""One picture: as shades of grey, and a digit in it made like MNIST's."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from spusk.data import image, load
from spusk.data.images import grey
from spusk.errors import DataError
from tests.data.helpers import digits
from tests.i18n.russian import refused

IMAGES, _ = digits(20)


def save(path, shades, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(shades).save(path, **more)
    return path


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1", "I;16", "LA", "RGBA", "CMYK"])
def test_every_mode_becomes_shades_of_grey(tmp_path, mode):
    black_and_white = np.where(IMAGES[0] > 127, 255, 0).astype(np.uint8)
    if mode == "I;16":
        picture = Image.fromarray(black_and_white.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(black_and_white).convert("RGB").convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    picture.save(path, **({"quality": 100} if mode == "CMYK" else {}))
    np.testing.assert_allclose(np.asarray(grey(path)), black_and_white, atol=40)


@pytest.mark.parametrize("ending", ["bmp", "gif", "webp", "tif", "jpg"])
def test_every_format_gives_its_first_frame(tmp_path, ending):
    steps = (np.arange(64).reshape(8, 8) * 4).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    more = {"lossless": True} if ending == "webp" else {"quality": 100} if ending == "jpg" else {}
    if ending not in ("bmp", "jpg"):
        more |= {"save_all": True, "append_images": [Image.fromarray(255 - steps)]}
    shades = np.asarray(grey(save(tmp_path / f"a.{ending}", steps, **more)))
    np.testing.assert_allclose(shades, steps, atol=3 * (ending == "jpg"))


@pytest.mark.parametrize(("white", "kind"), [(1, "f4"), (255, "f4"), (65535, "f4"), (65535, "u2")])
def test_wide_shades_reach_white_at_their_largest_number(tmp_path, white, kind):
    steps = np.array([[0, 0.25], [0.5, 1]])
    shades = grey(save(tmp_path / "a.tif", (steps * white).astype(kind)))
    np.testing.assert_allclose(np.asarray(shades), 255 * steps, atol=1)


def test_an_even_picture_that_webp_packs_into_nothing_is_read(tmp_path):
    path = save(tmp_path / "a.webp", np.full((1000, 1000), 255, np.uint8))
    assert path.stat().st_size < 3000
    assert grey(path).getextrema() == (255, 255)


def test_what_is_transparent_contrasts_with_the_ink(tmp_path):
    for ink, ground in ((0, 255), (255, 0)):
        colours = np.zeros((9, 9, 4), np.uint8)
        colours[3:6, 3:6] = ink, ink, ink, 255
        shades = np.asarray(grey(save(tmp_path / "a.png", colours)))
        assert (shades[0, 0], shades[4, 4]) == (ground, ink)
    nothing = grey(save(tmp_path / "a.png", np.zeros((9, 9, 4), np.uint8)))
    assert nothing.getextrema() == (0, 0)


def test_a_photo_stands_upright(tmp_path):
    shades = np.zeros((40, 20), np.uint8)
    shades[:20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° to the right
    picture = grey(save(tmp_path / "a.jpg", shades, exif=exif))
    assert picture.size == (40, 20)
    assert picture.getpixel((2, 10)) < 9
    assert picture.getpixel((38, 10)) > 240


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1", "I;16", "LA", "RGBA"])
def test_strips_are_no_matter(tmp_path, mode, monkeypatch):
    wide = np.random.default_rng(0).integers(0, 256, (40, 30, 4), np.uint8)
    if mode == "I;16":
        picture = Image.fromarray(wide[:, :, :2].copy().view(np.uint16)[:, :, 0])
    else:
        picture = Image.fromarray(wide).convert(mode)
    picture.save(tmp_path / "a.png", **({"transparency": 7} if mode == "P" else {}))
    whole = np.asarray(grey(tmp_path / "a.png"))
    for strip in (1, 100, 30 * 39):
        monkeypatch.setattr("spusk.data.images.STRIP", strip)
        np.testing.assert_array_equal(grey(tmp_path / "a.png"), whole)


@pytest.mark.parametrize("orientation", range(10))
def test_every_orientation_is_turned_as_pillow_turns_it(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / "a.png", IMAGES[0], exif=exif)
    with Image.open(path) as picture:
        expected = np.asarray(ImageOps.exif_transpose(picture))
    np.testing.assert_array_equal(grey(path), expected)


def test_a_large_photo_is_decoded_small_and_gives_the_same_digit(tmp_path):
    shades = photo(load().test.x[0].reshape(28, 28), True, 4, -40, 0).repeat(10, 0).repeat(10, 1)
    assert grey(save(tmp_path / "a.jpg", shades, quality=95), 800).size == (1000, 1000)
    large = image(tmp_path / "a.jpg").astype(float)
    small = image(save(tmp_path / "a.png", shades)).astype(float)
    assert np.abs(large - small).mean() < 2


def test_broken_and_boastful_pictures_are_refused(tmp_path, monkeypatch):
    path = save(tmp_path / "a.png", IMAGES[0])
    for cut in (0, 4, 30, 60, -40):
        (tmp_path / "cut.png").write_bytes(path.read_bytes()[:cut])
        with refused(DataError, r"cut\.png"):
            grey(tmp_path / "cut.png")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7" + bytes(50))
    with refused(DataError, r"expected a picture \(PNG, JPEG, BMP, GIF, WebP, TIFF\)"):
        image(tmp_path / "a.pdf")
    monkeypatch.setattr("spusk.data.images.MOST_PIXELS", 24)
    with refused(DataError, "claims 5×5 pixels"):
        grey(path)


def test_a_picture_that_claims_more_than_it_holds_is_refused(tmp_path):
    import zlib

    data = bytearray(save(tmp_path / "a.png", IMAGES[0]).read_bytes())
    data[16:24] = (7000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    (tmp_path / "b.png").write_bytes(data)
    with refused(DataError, "claims 7000×7000"):
        image(tmp_path / "b.png")


def photo(digit, dark, noise, shade, seed):
    """A digit (28, 28), nine times as large, somewhere on a sheet of 400×400 in uneven light."""
    random = np.random.default_rng(seed)
    sheet = np.zeros((400, 400))
    top, left = random.integers(20, 120, 2)
    large = Image.fromarray(digit).resize((252, 252), Image.Resampling.BICUBIC)
    sheet[top : top + 252, left : left + 252] = np.asarray(large)
    sheet = 200 - 0.6 * sheet if dark else 30 + 0.8 * sheet
    rows, columns = np.mgrid[:400, :400] / 400
    sheet += shade * (rows + columns) / 2 + random.normal(0, noise, sheet.shape)
    return np.clip(sheet, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("dark", "noise", "shade", "loss"),
    [
        (True, 0, 0, 9),
        (False, 0, 0, 9),
        (True, 6, 0, 9),
        (True, 6, -60, 9),
        (True, 4, -110, 9),
        (True, 15, -40, 14),
    ],
)
def test_a_photo_of_a_digit_becomes_the_digit(tmp_path, dark, noise, shade, loss):
    V = load().test
    off = []
    for number in range(12):
        digit = V.x[number].reshape(28, 28)
        made = image(save(tmp_path / "a.png", photo(digit, dark, noise, shade, number)))
        assert (made.shape, made.dtype) == ((784,), np.uint8)
        off.append(np.abs(made.reshape(28, 28).astype(float) - digit).mean())
    assert np.mean(off) < loss  # a digit moved by one pixel differs by 22, another digit by 55


def test_the_digit_stands_as_mnist_puts_it(tmp_path):
    shades = np.full((300, 200), 255, np.uint8)
    shades[50:250, 90:130] = 0  # a thick 1, 200 high and 40 wide
    made = image(save(tmp_path / "a.png", shades)).reshape(28, 28)
    rows, columns = np.flatnonzero(made.any(1)), np.flatnonzero(made.any(0))
    assert (len(rows), len(columns)) == (20, 4)
    assert (rows[0], columns[0]) in ((4, 12), (5, 13), (4, 13), (5, 12))
    assert made.max() == 255
    assert made[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].min() > 200


def test_one_like_mnist_passes_unchanged(tmp_path):
    V = load().test
    for number in range(10):
        path = save(tmp_path / "a.png", V.x[number].reshape(28, 28))
        np.testing.assert_array_equal(image(path), V.x[number])
    turned = save(tmp_path / "a.png", 255 - V.x[0].reshape(28, 28))
    assert np.abs(image(turned).astype(float) - V.x[0]).mean() < 9


def test_a_thin_pen_is_made_bold(tmp_path):
    from PIL import ImageDraw

    sheet = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(sheet).line([(50, 50), (350, 50), (150, 380)], fill=0, width=3)
    sheet.save(tmp_path / "a.png")
    made = image(tmp_path / "a.png").reshape(28, 28)
    assert ((made > 100).sum(1)[made.any(1)] >= 2).mean() > 0.9


def test_other_sizes_and_empty_pictures(tmp_path):
    shades = np.full((60, 60), 255, np.uint8)
    with refused(DataError, "an empty picture"):
        image(save(tmp_path / "a.png", shades))
    shades[20:40, 25:30] = 0
    assert image(save(tmp_path / "a.png", shades), (14, 20)).shape == (280,)
    for shape in ((784,), (28, 28, 3), (2, 2)):
        with refused(DataError, "cannot become"):
            image(tmp_path / "a.png", shape)
    with refused(DataError, "an empty picture"):
        image(save(tmp_path / "b.png", np.array([[0, 255]], np.uint8)))
