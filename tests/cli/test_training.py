"""The main job as its user runs it: real processes, real pictures, bad calls."""

import json
import re
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from spusk import data, runs
from tests import commands

ENDLESS = ("train", "--epochs", "100000", "--no-pictures", "--out", "r")
QUICK = ("--layers", "784-12-10", "--epochs", "1", "--no-pictures")


def spusk(*arguments, cwd=None, code=0, **environment):
    done = commands.spusk(*arguments, cwd=cwd, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The default job, once: `spusk train` with nothing else."""
    folder = tmp_path_factory.mktemp("home")
    said = spusk("train", cwd=folder)
    return folder / "runs" / "001", said


def test_the_main_job_learns_and_leaves_everything(run):
    folder, said = run
    assert len(re.findall(r"^epoch \d+: cost", said, re.MULTILINE)) == 10
    best = float(re.search(r"Best accuracy on the test set: ([\d.]+)%", said)[1])
    assert best >= 92
    for name in ("curves", "first_layer", "confusion", "wrong_digits"):
        with Image.open(folder / f"{name}.png") as picture:
            assert min(picture.size) > 300
            assert len(set(picture.convert("L").resize((64, 64)).tobytes())) > 10
        assert f"{name}.png" in said
    trained = runs.load(folder)
    assert trained.net.sizes == (784, 100, 10)
    assert trained.net.accuracy(data.sample().test) >= 0.92
    assert len(trained.history) == 10


def test_evaluate_agrees_with_the_history(run):
    folder, _ = run
    lines = [json.loads(line) for line in spusk("evaluate", folder, "--json").splitlines()]
    assert [(line["part"], line["count"]) for line in lines] == [("train", 4000), ("test", 1000)]
    last = runs.load(folder).history[-1]
    assert lines[1]["accuracy"] == pytest.approx(last["val_accuracy"])
    assert lines[1]["cost"] == pytest.approx(last["val_loss"], rel=1e-5)
    assert "sample/test: cost" in spusk("evaluate", folder)


def test_predict_reads_pictures_of_any_size(run, tmp_path):
    folder, _ = run
    V = data.sample().test
    right = 0
    for k in range(20):
        digit = Image.fromarray(255 - V.x[k].reshape(28, 28)).resize((300, 300))
        path = tmp_path / f"{k}.{'png' if k % 2 else 'jpg'}"
        digit.convert("RGB").save(path)
        answer = json.loads(spusk("predict", folder, path, "--json")) if k < 3 else None
        if answer:
            assert len(answer["answer"]) == 10
            assert answer["class"] == int(np.argmax(answer["answer"]))
        right += runs.load(folder).net.predict(data.image(path)) == V.labels[k]
    assert right >= 16
    said = spusk("predict", folder, tmp_path / "0.jpg", tmp_path / "1.png")
    assert said.count("α(x)") == 2


def test_show_tells_the_run(run):
    said = spusk("show", run[0])
    assert "784-100-10" in said
    assert "79,400" in said
    assert "curves.png" in said
    russian = spusk("--lang", "ru", "show", run[0])
    assert "эпох" in russian
    assert "79\N{NO-BREAK SPACE}400" in russian


def test_same_seed_same_bytes(tmp_path):
    for name in "ab":
        spusk("train", *QUICK, "--seed", 7, "--out", tmp_path / name)
    a, b = ((tmp_path / name / "weights.safetensors").read_bytes() for name in "ab")
    assert a == b


def test_json_lines_are_all_that_is_printed(tmp_path):
    said = spusk("train", *QUICK, "--json", "--out", tmp_path / "r")
    events = [json.loads(line) for line in said.splitlines()]
    assert [event["epoch"] for event in events] == [1]
    assert events[0]["outcome"] == "finished"


def test_your_own_csv_fits_the_ends_of_the_layers(tmp_path):
    rng = np.random.default_rng(0)
    rows = np.column_stack([np.arange(60) % 3, rng.random((60, 5))])
    path = tmp_path / "own.csv"
    np.savetxt(path, rows, delimiter=",", header="label,a,b,c,d,e", comments="", fmt="%g")
    said = commands.spusk("train", "--data", path, "--epochs", 1, "--out", tmp_path / "r").stdout
    assert "20% of it" in said  # the part kept for the test is said
    assert runs.load(tmp_path / "r").net.sizes == (5, 100, 3)


def idx_folder(tmp_path, name, content):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    (folder / "train-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01\0\0\0\x01\x05")
    return folder


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--layers", "784"], "784-100-10"),
        (["train", "--layers", "784-x-10"], "784-100-10"),
        (["train", "--layers", "64-10"], "first has 64 neurons"),
        (["train", "--layers", "784-30-9"], "last has 9 neurons"),
        (["train", "--rate", "0"], "rate must be positive"),
        (["train", "--eta", "-1"], "rate must be positive"),
        (["train", "--rate", "nan"], "rate must be positive"),
        (["train", "--rate", "fast"], "--rate"),
        (["train", "--batch", "0"], "batch"),
        (["train", "--epochs", "0"], "epochs"),
        (["train", "--init", "best"], "scaled"),
        (["train", "--data", "nowhere.csv"], "nowhere.csv"),
        (["train", "--data", "mnist", "--data-dir", "nowhere"], "spusk data get mnist"),
        (["train", "--engine", "magic"], "reference"),
        (["train", "--gain", "1,2,3"], "gain"),
        (["evaluate", "nowhere"], "run.json"),
        (["predict", "nowhere", "x.png"], "run.json"),
        (["predict"], "RUN"),
        (["trian"], "train"),
        (["--lang", "de", "train"], "en"),
    ],
)
def test_bad_calls_get_one_clear_line_and_code_2(arguments, says, tmp_path):
    said = spusk(*arguments, cwd=tmp_path, code=2)
    assert said.startswith("error: ")
    assert says in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\0\0\x08\x03\0\0\0\x01\0\0\0\x1c\0\0\0\x1c" + b"\0" * 100, "784"),
        (b"\0\0\x08\x03\0\0\0\x00\0\0\0\x1c\0\0\0\x1c", "train-images"),
        (b"GIF89a", "train-images"),
        (b"", "train-images"),
    ],
)
def test_broken_files_are_named(content, says, tmp_path):
    folder = idx_folder(tmp_path, "broken", content)
    said = spusk("train", "--data", folder, "--out", tmp_path / "r", code=2)
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_a_run_is_not_overwritten_unasked(tmp_path):
    spusk("train", *QUICK, "--out", tmp_path / "r")
    before = (tmp_path / "r" / "run.json").read_bytes()
    assert "--overwrite" in spusk("train", *QUICK, "--seed", 9, "--out", tmp_path / "r", code=2)
    assert (tmp_path / "r" / "run.json").read_bytes() == before
    spusk("train", *QUICK, "--seed", 9, "--out", tmp_path / "r", "--overwrite")
    assert (tmp_path / "r" / "run.json").read_bytes() != before


@pytest.mark.more
def test_ctrl_c_stops_between_steps_and_saves(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "spusk", *ENDLESS],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("epoch 2"):
            break
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert time.monotonic() - asked < 10
    assert "Stopped in epoch" in said
    assert runs.load(tmp_path / "r").net.accuracy(data.sample().test) > 0.5


def test_a_disk_that_takes_no_picture_is_a_warning(tmp_path):
    """Room for the weights and not for a picture: the run is whole, and one line says the rest."""
    room = 30_000  # the weights take 25 kB, the smallest picture more than the room

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "spusk", "train", "--layers", "784-8-10",
         "--epochs", "1", "--out", "r"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        "warning: r: the pictures could not be drawn (File too large); the run itself is saved\n"
    )
    assert "Weights and history: r" in done.stdout
    assert not list(tmp_path.glob("r/*.png"))
    assert not list(tmp_path.glob("r/.*.part"))
    assert len(runs.load(tmp_path / "r").history) == 1


@pytest.mark.more  # four processes, each to where memory ends
@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--layers", "784-2000000-10", "--out", "r"),
        ("escape", "escape", "--starts", "10000000"),
    ],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize(
    ("lang", "says"), [("en", "not enough memory"), ("ru", "не хватает памяти")]
)
def test_too_little_memory_is_one_line(arguments, lang, says, tmp_path):
    room = 3 << 30  # bytes; each of them asks for more at once, and gets nothing

    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "spusk", "--lang", lang, *arguments],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("ошибка: " if lang == "ru" else "error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
