"""Pictures: folders of them as a set, and one digit made like MNIST's."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from spusk.data import image, load
from spusk.data.images import grey
from spusk.errors import DataError
from tests.data.helpers import digits
from tests.i18n.russian import refused

IMAGES, LABELS = digits(20)


def save(path, shades, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(shades).save(path, **more)
    return path


def by_class(folder, names=("0", "1", "2", "3"), count=20):
    for number in range(count):
        save(folder / names[LABELS[number]] / f"{number:03}.png", IMAGES[number])
    return folder


def test_a_sub_folder_for_each_class(tmp_path):
    by_class(tmp_path / "set")
    (tmp_path / "set" / "0" / "notes.txt").write_text("not a picture")
    V = load(tmp_path / "set", split=None).train
    order = np.argsort(LABELS, kind="stable")
    np.testing.assert_array_equal(V.x, IMAGES[order].reshape(20, -1))
    np.testing.assert_array_equal(V.labels, LABELS[order])
    assert (V.shape, V.x.dtype, V.sorted_by_class) == ((5, 5), np.uint8, True)
    data = load(tmp_path / "set")
    assert (len(data.train), len(data.test), data.held_out) == (16, 4, 0.2)


def test_classes_may_have_names_or_gaps(tmp_path):
    named = by_class(tmp_path / "named", ("dog", "cat", "eel", "bat"))
    assert load(named).train.class_names == ("bat", "cat", "dog", "eel")
    gaps = by_class(tmp_path / "gaps", ("1", "3", "5", "7"))
    assert (load(gaps).train.classes, set(load(gaps).train.labels)) == (8, {1, 3, 5, 7})


def test_train_and_test_folders(tmp_path):
    by_class(tmp_path / "train")
    by_class(tmp_path / "test", count=3)
    data = load(tmp_path)
    assert (len(data.train), len(data.test), data.test.classes, data.held_out) == (20, 3, 4, 0)
    save(tmp_path / "test" / "9" / "x.png", IMAGES[0])
    with refused(DataError, "class '9' is not among"):
        load(tmp_path)


@pytest.mark.parametrize("head", ["", "file,label\n"])
def test_labels_csv(tmp_path, head):
    for number in range(20):
        save(tmp_path / "all" / f"{number}.png", IMAGES[number])
    rows = "".join(f"all/{n}.png,{LABELS[n]}\n" for n in range(20))
    (tmp_path / "labels.csv").write_text(head + rows)
    V = load(tmp_path, split=None).train
    np.testing.assert_array_equal(V.x, IMAGES.reshape(20, -1))
    np.testing.assert_array_equal(V.labels, LABELS)


@pytest.mark.parametrize("digits", [6, 5000])  # Python itself refuses to read more than 4300
def test_long_numbers_are_names(tmp_path, digits):
    for number in range(2):
        save(tmp_path / f"{number}.png", IMAGES[number])
    (tmp_path / "labels.csv").write_text(f"0.png,{'1' * digits}\n1.png,007\n")
    V = load(tmp_path, split=None).train
    assert V.class_names == ("007", "1" * digits)
    assert list(V.labels) == [1, 0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("a.png\n", "line 1: expected file,label"),
        ("a.png,0\nb.png,0,1\n", "line 2: expected file,label"),
        ("a.png,0\nnone.png,1\n", "none.png: no such file"),
        ("../a.png,0\n", "outside"),
        ("/etc/hostname,0\n", "outside"),
        ("a.png\0,0\n", "outside"),
        ('a.png,"0\n', "line 1"),
        ("a.png, \n", "line 1"),
        (b"\xff\xff\xff", "labels.csv"),
    ],
)
def test_a_bad_labels_csv_is_refused(tmp_path, text, says):
    save(tmp_path / "set" / "a.png", IMAGES[0])
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "set" / "labels.csv").write_bytes(data)
    with refused(DataError, says):
        load(tmp_path / "set")


def test_folders_that_are_no_set_are_refused(tmp_path):
    with refused(DataError, "no set found"):
        load(tmp_path)
    save(tmp_path / "0" / "a.png", IMAGES[0])
    save(tmp_path / "0" / "b.png", np.zeros((4, 6), np.uint8))
    with refused(DataError, r"b\.png: expected 5×5 pixels as the first, found 6×4"):
        load(tmp_path)
    with refused(DataError, "one picture is no set"):
        load(tmp_path / "0" / "a.png")


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
    (tmp_path / "a.gif").write_bytes(b"GIF89a" + bytes(50))
    with refused(DataError, "expected a PNG or JPEG"):
        image(tmp_path / "a.gif")
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
    with refused(DataError, "no digit found"):
        image(save(tmp_path / "a.png", shades))
    shades[20:40, 25:30] = 0
    assert image(save(tmp_path / "a.png", shades), (14, 20)).shape == (280,)
    for shape in ((784,), (28, 28, 3), (2, 2)):
        with refused(DataError, "cannot become"):
            image(tmp_path / "a.png", shape)
    with refused(DataError, "no digit found"):
        image(save(tmp_path / "b.png", np.array([[0, 255]], np.uint8)))
