"""The commands of descent as their user runs them."""

import json
import re

import pytest
from PIL import Image

from tests.cli.test_training import spusk


def test_gradient_prints_the_lectures_exercise():
    said = spusk("gradient", "x1**2 - 10*x1 + 2*x2**2 - 20*x2 + 75", "--at", "1,2")
    assert "∂f/∂x1 = 2·x1 − 10\n" in said
    assert "∂f/∂x2 = 4·x2 − 20\n" in said
    assert "∇f = (2·x1 − 10, 4·x2 − 20)" in said
    assert "∇f = (-8, -12)" in said
    assert "mfrac" in spusk("gradient", "1/x", "--form", "mathml")
    assert r"\cos" in spusk("gradient", "sin(x)", "--form", "latex")
    assert "(−2·x)" in spusk("gradient", "--", "-x^2")


def test_check_takes_the_answer_first():
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "spusk", "gradient", "lecture", "--check"],
        input="2*(x1-5)\n4x2+20\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = done.stdout
    assert said.index("Your answer first") < said.index("∂f/∂x1 = 2·x1")
    assert "∂f/∂x1: right." in said
    assert "∂f/∂x2: not yet" in said


def test_descend_tells_and_gives_json():
    said = spusk("descend", "lecture", "--start", "0,0", "--rate", "0.45")
    assert "zigzag" in said
    assert "0.5" in said
    numbers = json.loads(spusk("descend", "lecture", "--rate", "0.3", "--json"))
    assert numbers["outcome"] == "converged"
    assert numbers["x"] == pytest.approx([5, 5], abs=1e-6)
    assert numbers["bound"] == pytest.approx(0.5)
    assert "зигзаг" in spusk("--lang", "ru", "descend", "lecture", "--rate", "0.45")


@pytest.mark.parametrize("rule", ["plain", "momentum", "nesterov", "adam", "backtracking"])
def test_every_rule_walks_down(rule):
    said = spusk("descend", "booth", "--start", "-8,6", "--rate", "0.05", "--rule", rule, "--json")
    assert json.loads(said)["best_f"] < 1


def test_divergence_is_exit_code_3():
    spusk("descend", "lecture", "--rate", "0.6", code=3)
    spusk("descend", "-0.5,0", code=2)


def test_strict_json_even_when_numbers_are_not():
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "spusk", "descend", "1/x", "--start", "0", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert "NaN" not in done.stdout
    assert "Infinity" not in done.stdout
    json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["descend", "lecture"], "path.png"),
        (["descend", "lecture", "--view", "3d"], "surface.svg"),
        (["descend", "x1^2+x2^2+x3^2", "--start", "1,2,3", "--view", "steps"], "steps.pdf"),
        (["descend", "lecture", "--rate", "0.4"], "walk.gif"),
        pytest.param(["descend", "escape", "--rate", "1"], "walk.html", marks=pytest.mark.more),
        (["rates", "lecture", "--rates", "0.05,0.3,0.6"], "rates.png"),
        (["escape", "escape", "--rates", "0.1,1", "--starts", "200"], "escape.png"),
        (["basins", "himmelblau", "--size", "64"], "basins.png"),
    ],
)
def test_each_picture_is_one_command(arguments, file, tmp_path):
    said = spusk(*arguments, "--plot", tmp_path / file)
    assert file in said
    path = tmp_path / file
    content = path.read_bytes()
    assert content[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-", b"GIF89", b"<!doc")
    if path.suffix in (".png", ".gif"):
        with Image.open(path) as picture:
            assert min(picture.size) > 300
    if path.suffix == ".gif":
        with Image.open(path) as picture:
            assert picture.n_frames > 10
    if path.suffix == ".html":
        text = content.decode()
        closed = "default-src 'none'; script-src data:" in text  # it may reach nothing outside
        assert closed
        assert re.findall(r'(?:src|href)="(?!data:)[^"]{1,80}', text) == []
        opening, _ = json.JSONDecoder().raw_decode(text, text.index('{"settings"'))
        assert opening["settings"]["f"] == "escape"


def test_escape_and_basins_tell_numbers():
    rows = json.loads(spusk("escape", "escape", "--rates", "0.1,1", "--starts", "500", "--json"))
    assert rows[0]["share_global"] < 0.8 < rows[1]["share_global"]
    found = json.loads(spusk("basins", "himmelblau", "--size", "50", "--json"))
    assert len(found["minima"]) == 4
    assert sum(m["share"] for m in found["minima"]) == pytest.approx(1, abs=0.02)


def test_a_wrong_formula_is_told_in_the_language_of_the_call():
    said = spusk("--lang", "ru", "gradient", "x + w", code=2)
    assert said.startswith("ошибка: формула: имя «w» не известно")


def test_gallery_lists_every_function():
    from spusk import GALLERY

    said = spusk("gallery")
    assert all(name in said for name in GALLERY)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gradient", "x+"], "column"),
        (["gradient", "foo(x)"], "foo"),
        (["gradient", ""], "empty"),
        (["gradient", "3+4"], "constant"),
        (["gradient", "x" * 600], "500"),
        (["gradient", "-x^2"], "after --"),
        (["gradient", "x^2", "--at", "1,2"], "expected 1 numbers"),
        (["descend", "x^2+y^2"], "--start 0,0"),
        (["descend", "x^2+y^2", "--start", "1"], "2"),
        (["descend", "x^2", "--start", "nan"], "--start"),
        (["descend", "x^2", "--start", "1", "--rate", "0"], "rate must be"),
        (["descend", "x^2", "--start", "1", "--rule", "best"], "adam"),
        (["descend", "x1^2+x2^2+x3^2", "--start", "1,2,3", "--plot", "p.png"], "--view steps"),
        (["descend", "lecture", "--plot", "p.bmp"], ".png"),
        (["rates", "lecture", "--rates", "0.1,-1"], "rate must be"),
        (["rates", "lecture", "--rates", "a:b"], "start:stop:count"),
        (["escape", "himmelblau", "--rates", "0.01"], "all global"),
        (["escape", "x^2", "--rates", "0.1"], "view"),
        (["basins", "x^2"], "two variables"),
    ],
)
def test_bad_calls_get_one_clear_line(arguments, says, tmp_path):
    said = spusk(*arguments, cwd=tmp_path, code=2)
    assert said.startswith("error: ")
    assert says in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("start", ["-3;5", "(−3; 5)", "-3,5", "[-3, 5]", "-3,0; 5,0"])
def test_a_start_may_be_written_as_sheets_write_it(start):
    said = spusk("descend", "x1^2 + x2^2", "--start", start, "--steps", "0", "--json")
    assert json.loads(said)["x"] == [-3, 5]


def test_a_valley_is_one_row_and_who_reaches_none_is_told_why():
    said = spusk("basins", "(x-y)^2", "--view", "-2:2,-2:2", "--rate", "0.1", "--size", "32")
    assert said.count("\n") == 2
    assert "a valley" in said
    late = spusk("basins", "x^4+y^4", "--view", "-2:2,-2:2", "--rate", "0.1", "--size", "16")
    assert "out of steps" in late
    told = json.loads(spusk("basins", "x^2-y^2", "--view=-2:2,-2:2", "--rate", "0.05", "--size",
                            "17", "--json"))  # fmt: skip
    assert told["minima"] == []
    assert sum(told["none_by"].values()) == pytest.approx(told["none"]) == 1


def test_what_lies_beyond_the_box_takes_the_word_global():
    said = spusk("escape", "sin(x)+x/10", "--view=-10:10", "--rates", "0.1", "--starts", "64")
    assert "none of these minima is called global" in said
    assert "0.0%" in said.splitlines()[1]
