"""Mutated checkpoints: a clear error, or the very same run; no crash, no runaway memory."""

import json
import subprocess
import sys
import tracemalloc
from copy import deepcopy
from itertools import product
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import pytest

from spusk import runs
from spusk.errors import InputError, RunError
from spusk.i18n import LANGUAGES
from spusk.runs import Every
from spusk.runs.weights import checksum, load_all
from tests.reliability.helpers import SETS, begin, carry


def mutated(good, random):
    """One of: flipped bits, a cut, a doubled piece, noise, a wild length, other numbers in JSON."""
    bytes_ = bytearray(good)
    where = int(random.integers(len(bytes_)))
    kind = random.integers(6)
    if kind == 0:
        for place in random.integers(0, min(len(bytes_), 2500), random.integers(1, 4)):
            bytes_[place] ^= 1 << random.integers(8)
    elif kind == 1:
        del bytes_[where:]
    elif kind == 2:
        bytes_[where:where] = bytes_[where : where + int(random.integers(1, 50))]
    elif kind == 3:
        bytes_[where : where + 8] = random.bytes(8)
    elif kind == 4:
        bytes_[:8] = random.choice([0, 1, 99, 2**31, 2**62, 2**64 - 1]).tobytes()
    else:
        places = [i for i, b in enumerate(bytes_[:1500]) if chr(b).isdigit()]
        for place in random.choice(places, 2):
            bytes_[place] = ord(str(random.integers(10)))
    return bytes(bytes_)


def opened(path):
    """The checkpoint, or None and the message. Anything but a RunError is a failure."""
    try:
        return runs.load_checkpoint(path), ""
    except RunError as error:
        return None, str(error)


def mutate(tmp_path, count):
    carry(begin(tmp_path / "r", every=Every(steps=1)), 50)
    good = runs.newest(tmp_path / "r")
    bytes_ = good.path.read_bytes()
    path = tmp_path / "mutant.safetensors"
    random = np.random.default_rng(7)
    refused, peak = 0, 0
    for number in range(count):
        mutant = mutated(bytes_, random)
        path.write_bytes(mutant)
        measured = number % 20 == 0
        if measured:
            tracemalloc.start()
        found, error = opened(path)
        if found is None:
            refused += 1
            assert str(path) in error
        else:
            assert found.cursor == good.cursor
            assert found.history == good.history
            np.testing.assert_array_equal(found.net.theta, good.net.theta)
        if measured:
            peak = max(peak, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    print(f"{count} mutants: {refused} refused, the others unharmed; peak {peak:,} bytes")
    assert refused > 0.9 * count
    assert peak < 1_000_000  # Python's own odds and ends; the file has a few thousand bytes


@pytest.mark.more
def test_2000_mutated_checkpoints(tmp_path):
    mutate(tmp_path, 2_000)


@pytest.mark.soak
def test_10000_mutated_checkpoints(tmp_path):
    mutate(tmp_path, 10_000)


def reforged(good, change):
    """A checkpoint with another description and a checksum that fits: made by an adversary."""
    size = int.from_bytes(good[:8], "little")
    header = json.loads(good[8 : 8 + size])
    change(header)
    about, theta = header["__metadata__"], good[8 + size :]
    about["crc32"] = f"{checksum(about, memoryview(theta)):08x}"
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + theta


def test_a_forgery_that_changes_nothing_is_read(tmp_path):
    """So it is not the checksum that refuses the others."""
    carry(begin(tmp_path / "r"), 5)
    good = runs.newest(tmp_path / "r")
    forged = tmp_path / "forged.safetensors"
    forged.write_bytes(reforged(good.path.read_bytes(), lambda h: h["__metadata__"].update(a="b")))
    assert runs.load_checkpoint(forged).cursor == good.cursor


@pytest.mark.parametrize("sizes", [[6, 900_000_000, 3], [6, 9, 3, 3], [10**30, 3], "693", [6], {}])
def test_a_description_cannot_ask_for_memory(tmp_path, sizes):
    carry(begin(tmp_path / "r"), 5)
    path = runs.newest(tmp_path / "r").path

    def change(header):
        about = json.loads(header["__metadata__"]["spusk"])
        header["__metadata__"]["spusk"] = json.dumps(about | {"sizes": sizes})

    path.write_bytes(reforged(path.read_bytes(), change))
    tracemalloc.start()
    with pytest.raises(RunError) as caught:
        runs.load_checkpoint(path)
    assert "checksum" not in str(caught.value)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("bomb", ["[" * 100_000, '{"a":' * 100_000, "1" * 100_000])
def test_json_bombs(tmp_path, bomb):
    carry(begin(tmp_path / "r"), 5)
    path = runs.newest(tmp_path / "r").path
    for key in ("spusk", "state"):
        good = path.read_bytes()
        bad = tmp_path / "bad.safetensors"
        bad.write_bytes(reforged(good, lambda h, key=key: h["__metadata__"].update({key: bomb})))
        with pytest.raises(RunError, match="bad") as caught:
            runs.load_checkpoint(bad)
        assert "checksum" not in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    (tmp_path / "r" / "run.json").write_text(bomb)
    with pytest.raises(RunError, match=r"run\.json"):
        runs.load(tmp_path / "r")


def test_a_forged_place_is_refused_or_gone_on_from(tmp_path, monkeypatch):
    """Every number of the state is another, under a checksum that fits."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1)), 40)
    path = runs.newest(folder).path
    for other in (folder / "checkpoints").iterdir():
        if other != path:
            other.unlink()
    files = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    _, about, _ = load_all(path)
    state = json.loads(about["state"])
    assert state["place"][:2] == [2, 11]
    net = runs.load_weights(path)
    gone_on = {}
    wild = (None, True, -1, 0, 1, 29, 30, 0.5, 1e308, float("nan"), 10**400, "x", [], {})
    for where, value in product(["history", *range(7), *state["history"]], wild):
        forged = deepcopy(state)
        part = {str: forged["history"], int: forged["place"]}[type(where)]
        if where == "history":
            forged["history"] = value
        else:
            part[where] = value
        runs.save_weights(net, path, {"state": json.dumps(forged)})
        says = ""
        try:
            with np.errstate(all="ignore"), catch_warnings():
                simplefilter("ignore", runs.HistoryWarning)
                carry(runs.open_resumed(folder, sets=SETS), 45)
            runs.load(folder)
        except (RunError, InputError) as error:
            says = str(error)
        if not says:
            gone_on.setdefault(where, []).append(value)
        assert len(says.splitlines()) <= 1, (where, value)
        for name in {p for p in folder.rglob("*") if p.is_file()} - set(files):
            name.unlink()
        for name, content in files.items():
            name.write_bytes(content)
    accepted = {
        where: gone_on.get(where, []) for where in ("history", *state["history"], *range(7))
    }
    assert accepted == {
        "history": [],
        "epochs": [1],
        "size": [0, 1, 29, 30, 10**400],
        "crc32": [0, 1, 29, 30, 10**400],  # what can be read of history.csv is kept
        0: [1],  # whose history says that it has ended
        1: [],
        2: [-1, 0, 1, 29, 30, 0.5, 1e308],
        3: [0, 1, 29, 30],  # of 77 seen
        4: [],  # 77 alone will do
        5: [-1, 0, 1, 29, 30, 0.5, 1e308],
        6: [1, 29, 30, 0.5, 1e308],
    }


@pytest.mark.parametrize(
    ("key", "change", "says"),
    [
        ("spusk", {"V": "x"}, "their network an object of sizes, activation, output, error"),
        ("spusk", {"a` - at `$.b": 1}, "their network an object of sizes"),
        ("spusk", {"sizes": [6, 9.0]}, "a list of whole numbers from 1 up, found 9.0 (network.siz"),
        ("spusk", {"init": 3}, "found 3 (network.init)"),
        ("state", {"format": 4}, "expected format 3, found 4; it was made by another version"),
        ("state", {"place": [1, 5, 0, 36, 35, 0, 1]}, "its state.place a list of numbers that fit"),
        ("state", {"place": [1, 5, 0, 3, -1]}, "found -1 (state.place[4])"),
        ("state", {"place": [1] * 9}, "found [1, 1, 1, 1, 1, 1, ...]"),
        ("state", {"history": [{"epoch": "x"}]}, "found 'x' (state.history[0].epoch)"),
        ("state", {"history": [{"epoch": 1}]}, "found nothing (state.history[0].step)"),
        ("state", {"history": {}}, "found nothing (state.history.epochs)"),
        ("state", {"history": 5}, "its state.history the epochs behind its place, one after the"),
        ("state", {"judged": 1}, "its state.judged true or false, found 1"),
        ("state", {"rule": {"name": "eval"}}, "its state.rule a rule and its parameters, found"),
        ("state", {"place": "\ud800"}, "its text is not UTF-8"),
    ],
)
def test_what_is_wrong_in_a_checkpoint_is_named(tmp_path, key, change, says):
    carry(begin(tmp_path / "r"), 5)
    path = runs.newest(tmp_path / "r").path

    def forge(header):
        about = json.loads(header["__metadata__"][key])
        header["__metadata__"][key] = json.dumps(about | change)

    path.write_bytes(reforged(path.read_bytes(), forge))
    with pytest.raises(RunError) as caught:
        runs.load_checkpoint(path)
    said = [caught.value.sentence(lang) for lang in LANGUAGES]
    assert says in said[0]
    assert said[0] != said[1]
    assert all(each.startswith(f"{path}: ") and "\n" not in each for each in said)


def test_a_save_makes_no_second_copy(tmp_path):
    from spusk import Network

    net = Network([500, 2000, 10])  # 4 MB
    tracemalloc.start()
    runs.save_weights(net, tmp_path / "w.safetensors")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.05 * net.theta.nbytes
    tracemalloc.start()
    runs.load_weights(tmp_path / "w.safetensors")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.2 * net.theta.nbytes


SCRIPT = """
import sys
from pathlib import Path
import safetensors
from spusk import Network, runs

def kilobytes(what):
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith(what))

def fresh():
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    return kilobytes("VmRSS")

path = Path(sys.argv[2])
if sys.argv[1] == "save":
    runs.save_weights(Network([3, 3]), path.with_name("small"))  # what is loaded at the first use
    net = Network([1000, 8000, 10])
    before = fresh()
    runs.save_weights(net, path)
else:
    runs.load_weights(path.with_name("small"))
    before = fresh()
    runs.load_weights(path)
print(1024 * (kilobytes("VmHWM") - before))
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="this system tells no peak of memory"
)
def test_the_system_sees_no_second_copy_either(tmp_path):
    """Peaks of a process: a load is the file, mapped, one tensor of it, and the weights."""
    path = tmp_path / "w.safetensors"  # 32 MB
    for what, times in (("save", 0.05), ("load", 3.1)):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, what, str(path)], capture_output=True, text=True,
            check=True, timeout=120,
        )  # fmt: skip
        peak = int(done.stdout)
        print(f"{what}: {peak:,} bytes for a file of {path.stat().st_size:,}")
        assert peak < times * path.stat().st_size
