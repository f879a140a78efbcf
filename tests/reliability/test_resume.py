"""From any place, a run goes on as if it had never stopped: the same weights, bit for bit."""

import json
import shutil
from dataclasses import replace
from importlib.resources import as_file, files
from itertools import pairwise

import numpy as np
import pytest

import spusk
from spusk import Network, Sample, optim, runs
from spusk.data import Data
from spusk.engines import native
from spusk.errors import EngineError, InputError, NetworkError, RunError
from spusk.runs import Every
from spusk.training import Plan
from spusk.training.plan import named_rule, one_rate
from tests.commands import spusk as cli
from tests.conftest import blobs
from tests.reliability.helpers import PLAN, SETS, begin, carry, older, straight

ENGINES = ["reference", pytest.param("auto", id="auto")]
STEPS = 29


@pytest.mark.more  # twenty runs
@pytest.mark.parametrize("engine", ENGINES)
def test_20_random_cuts_end_in_the_same_weights(tmp_path, engine):
    expected = straight(tmp_path, engine=engine)
    cuts = np.random.default_rng(0).choice(np.arange(1, 4 * STEPS), 20, replace=False)
    inside = 0
    for cut in map(int, cuts):
        folder = tmp_path / str(cut)
        carry(begin(folder, every=Every(steps=1), engine=engine), cut)
        place = runs.newest(folder).cursor
        inside += place.step not in (0, STEPS)
        result = spusk.resume(folder, sets=SETS)
        assert result.outcome.complete
        assert [e.epoch for e in result.history] == [1, 2, 3, 4]
        np.testing.assert_array_equal(result.net.theta, expected)
        np.testing.assert_array_equal(runs.load(folder).net.theta, expected)
    assert inside > 10


@pytest.mark.filterwarnings("ignore::spusk.engines.FallbackWarning")
@pytest.mark.parametrize("rule", optim.RULES)
def test_a_cut_run_of_any_rule_ends_in_the_same_weights(tmp_path, quick, rule):
    """With the engine that it finds; every schedule by each engine is in test_rules."""
    method = named_rule(rule, optim.cosine(0.3, steps=90))
    plan = replace(PLAN, rate=one_rate(method.rate), rule=method)
    expected = straight(tmp_path, plan, engine="auto")
    for cut in map(int, np.random.default_rng(1).choice(np.arange(1, 4 * STEPS), 5, replace=False)):
        folder = tmp_path / str(cut)
        carry(begin(folder, plan, every=Every(steps=1), engine="auto"), cut)
        result = spusk.resume(folder, sets=SETS)
        np.testing.assert_array_equal(result.net.theta, expected)


def test_a_cut_at_a_step_is_where_it_was_asked(tmp_path):
    carry(begin(tmp_path / "r", every=Every(steps=1)), 40)
    assert runs.newest(tmp_path / "r").cursor[:2] == (2, 11)


@pytest.fixture
def lazy(monkeypatch):
    """Sessions whose first layer is lazy, as very wide ones are."""
    opened = native.opened
    monkeypatch.setattr(native, "opened", lambda *wanted: opened(*wanted[:5], resident=0))


@pytest.mark.skipif(not native.available(), reason="the native engine is not built here")
@pytest.mark.usefixtures("lazy")
def test_a_window_of_the_native_engine_is_no_matter():
    """A wide first layer is written back once in a window; checkpoints stand between windows."""
    rng = np.random.default_rng(0)
    V = Sample(x=rng.random((295, 300), np.float32), labels=rng.integers(10, size=295), classes=10)
    rows = np.arange(295)

    def steps(net, *stops):
        for first, last in pairwise(stops):
            native.Native().open(net, V, 5).steps(rows, first, last, 0.5)
        return net.theta

    def start():
        return Network([300, 181, 10], seed=1)

    window = native.Native().open(start(), V, 5).window
    expected = steps(start(), 0, 59)
    for cut in (window, 2 * window):
        np.testing.assert_array_equal(steps(start(), 0, cut, 59), expected)
    assert np.any(steps(start(), 0, window // 2, 59) != expected)  # elsewhere other roundings


@pytest.mark.skipif(not native.available(), reason="the native engine is not built here")
@pytest.mark.usefixtures("lazy")
@pytest.mark.parametrize("cut", [42, 84, 85 + 42, 170 + 84])
def test_a_run_whose_first_layer_steps_once_in_a_window_goes_on(tmp_path, cut):
    """A wide first layer is written back at a window's end; so checkpoints stand between windows,
    and a run that is cut off between two of them loses what came after the last.
    """
    sets = Data(blobs(254, n=300, classes=10), None, "blobs")  # 85 steps an epoch, windows of 42
    plan = Plan(rate=0.05, batch=3, epochs=3)

    def wide(folder):
        net = Network([300, 181, 10], seed=1, V=sets.train)
        return begin(folder, plan, sets, Every(steps=1), "native", net)

    assert native.Native().open(Network([300, 181, 10]), sets.train, 3).window == 42
    expected = carry(wide(tmp_path / "straight")).theta
    begun = wide(tmp_path / "r")
    with begun.writer as writer:
        for event in begun.events:
            if (event.epoch - 1) * 85 + event.step > cut:
                break  # the weights have gone on, their checkpoint has not
            writer.take(event)
    place = runs.newest(tmp_path / "r").cursor
    assert (place.epoch - 1) * 85 + place.step == cut
    result = spusk.resume(tmp_path / "r", sets=sets)
    assert result.outcome.complete
    np.testing.assert_array_equal(result.net.theta, expected)


def test_a_finished_run_is_extended(tmp_path):
    carry(begin(tmp_path / "r", replace(PLAN, epochs=2)))
    with pytest.raises(InputError, match=r"has done 2 epochs, and 2 were asked"):
        spusk.resume(tmp_path / "r", sets=SETS)
    result = spusk.resume(tmp_path / "r", epochs=4, sets=SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))
    back = runs.load(tmp_path / "r")
    assert back.plan == PLAN
    assert [row["epoch"] for row in back.history] == [1, 2, 3, 4]


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("?")])
def test_a_finished_run_whose_weights_are_damaged_says_its_last_words_anew(tmp_path, damage):
    carry(begin(tmp_path / "r", replace(PLAN, epochs=2)))
    words = {p.name: p.read_bytes() for p in (tmp_path / "r").glob("*.[sc]*")}
    assert set(words) == {"weights.safetensors", "history.csv"}
    damage(tmp_path / "r" / "weights.safetensors")
    assert spusk.resume(tmp_path / "r", sets=SETS).outcome.complete
    assert {p.name: p.read_bytes() for p in (tmp_path / "r").glob("*.[sc]*")} == words
    damage(tmp_path / "r" / "weights.safetensors")
    result = spusk.resume(tmp_path / "r", epochs=4, sets=SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))
    np.testing.assert_array_equal(runs.load(tmp_path / "r").net.theta, result.net.theta)


def epochs(folder):
    return [int(row["epoch"]) for row in runs.load(folder).history]


def changed(line, text):
    """history.csv with another text in a line."""

    def change(path):
        lines = path.read_text().splitlines(keepends=True)
        lines[line] = text
        path.write_text("".join(lines))

    return change


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        (lambda path: path.unlink(), []),
        (lambda path: path.write_text("?"), []),
        (changed(0, "epoch,loss\n"), []),
        (changed(2, "2,0.5\n"), [1]),
        (changed(2, "0,1,1,1,1,1,1,1\n"), [1]),
        (changed(2, "1e999,1,1,1,1,1,1,1\n"), [1]),
        (changed(2, "2,1,1,1,1,1,1,1\n"), [1, 2]),
        (changed(2, "2,1,1,1,1,1,1,1"), [1]),
    ],
)
def test_a_run_goes_on_with_what_can_be_read_of_its_history(tmp_path, damage, left):
    """Weights and place are in the checkpoint; the past's numbers are lost, and it is said."""
    folder = tmp_path / "r"
    carry(begin(folder, replace(PLAN, epochs=2)))
    damage(folder / "history.csv")
    says = rf"history.csv: is not as the run left it \(expected 2 epochs, found {len(left)}\)"
    with pytest.warns(runs.HistoryWarning, match=says):
        result = spusk.resume(folder, epochs=4, sets=SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))
    assert [event.epoch for event in result.history] == epochs(folder) == [*left, 3, 4]
    with pytest.raises(InputError, match="has done 4 epochs"):  # and it is a sound run again
        spusk.resume(folder, sets=SETS)


def test_a_stopped_run_whose_history_is_damaged_is_read_all_the_same(tmp_path):
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1)), 70)
    (folder / "history.csv").unlink()
    with pytest.warns(runs.HistoryWarning, match="expected 2 epochs, found 0"):
        assert runs.load(folder).history == []


def test_lines_after_the_last_checkpoint_and_half_a_line_are_none_of_its_history(tmp_path):
    """A kill between an epoch's line and its checkpoint leaves them, or half a line."""
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=1)), 70)
    sound = (folder / "history.csv").read_bytes()
    with (folder / "history.csv").open("ab") as file:
        file.write(b"3,0.25,0.5,0.25,0.5,1.0,1000.0,0.5\n4,0.2")
    assert epochs(folder) == [1, 2]
    begun = runs.open_resumed(folder, sets=SETS)
    assert (folder / "history.csv").read_bytes() == sound
    begun.writer.lock.release()
    np.testing.assert_array_equal(spusk.resume(folder, sets=SETS).net.theta, straight(tmp_path))
    assert epochs(folder) == [1, 2, 3, 4]


@pytest.mark.parametrize("cut", [40, 58, 200])
def test_a_run_of_format_2_goes_on(tmp_path, cut):
    """It had the whole history in each checkpoint; a finished one is extended as well."""
    folder = tmp_path / "r"
    plan = PLAN if cut < 100 else replace(PLAN, epochs=2)
    carry(begin(folder, plan, every=Every(steps=1)), cut)
    before = runs.load(folder).history
    older(folder, 2)
    (folder / "history.csv").unlink()
    if cut < 100:
        assert runs.load(folder).history == before
    result = spusk.resume(folder, 4, SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))
    assert epochs(folder) == [1, 2, 3, 4]
    assert runs.load(folder).history[: len(before)] == before


def test_a_copied_run_goes_on_elsewhere(tmp_path):
    carry(begin(tmp_path / "r", every=Every(steps=1)), 50)
    shutil.copytree(tmp_path / "r", tmp_path / "other" / "place")
    shutil.rmtree(tmp_path / "r")
    result = spusk.resume(tmp_path / "other" / "place", sets=SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))


def test_a_test_that_was_cut_short_is_made_up_for(tmp_path):
    begun = begin(tmp_path / "r", stop=lambda: True)
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
            if event.ends_epoch:
                break
        assert event.test_cost is None
        writer.finish(event)
    result = spusk.resume(tmp_path / "r", sets=SETS)
    assert [e.epoch for e in result.history] == [1, 2, 3, 4]
    assert all(e.test_cost is not None for e in result.history)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))


def test_a_run_killed_before_its_last_words_says_them(tmp_path):
    begun = begin(tmp_path / "r")
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)  # and no writer.finish
    with pytest.raises(InputError, match=r"has done 4 epochs, and 2 were asked"):
        spusk.resume(tmp_path / "r", epochs=2, sets=SETS)
    result = spusk.resume(tmp_path / "r", sets=SETS)
    assert result.outcome.complete
    assert result.history[-1].test_cost == event.test_cost
    assert [row["epoch"] for row in runs.load(tmp_path / "r").history] == [1, 2, 3, 4]
    np.testing.assert_array_equal(runs.load(tmp_path / "r").net.theta, straight(tmp_path))
    with pytest.raises(InputError, match=r"extend it with --epochs 8"):
        spusk.resume(tmp_path / "r", sets=SETS)


def test_a_damaged_newest_checkpoint_leaves_the_one_before(tmp_path):
    carry(begin(tmp_path / "r", every=Every(steps=1)), 50)
    new = flipped(tmp_path / "r")
    with pytest.raises(RunError, match=r"expected checksum"):
        runs.load_checkpoint(new)
    says = rf"{new.name}: expected checksum .* the one before it speaks, step 20 of epoch 2"
    with pytest.warns(runs.OlderCheckpointWarning, match=says):
        assert runs.load(tmp_path / "r").history[-1]["epoch"] == 1
    with pytest.warns(runs.OlderCheckpointWarning, match=says):
        result = spusk.resume(tmp_path / "r", sets=SETS)
    np.testing.assert_array_equal(result.net.theta, straight(tmp_path))
    runs.load(tmp_path / "r")  # which is sound again, and warns no more


def flipped(folder):
    """The newest checkpoint, with one bit of one weight flipped."""
    new = max((folder / "checkpoints").iterdir())
    damaged = bytearray(new.read_bytes())
    damaged[-3] ^= 1
    new.write_bytes(damaged)
    return new


def test_other_data_are_refused(tmp_path):
    carry(begin(tmp_path / "r"), 30)
    x = SETS.train.x.copy()
    x[17, 2] ^= 1
    changed = Data(Sample(x=x, labels=SETS.train.labels, name="blobs"), SETS.test, "blobs")
    before = {p: p.read_bytes() for p in (tmp_path / "r").rglob("*") if p.is_file()}
    with pytest.raises(RunError, match="was trained on another set"):
        spusk.resume(tmp_path / "r", sets=changed)
    assert {p: p.read_bytes() for p in before} == before


def test_an_engine_that_is_not_here_is_named(tmp_path):
    carry(begin(tmp_path / "r"), 30)
    path = tmp_path / "r" / "run.json"
    path.write_text(path.read_text().replace('"reference"', '"steam"'))
    with pytest.raises(EngineError, match="steam"):
        spusk.resume(tmp_path / "r", sets=SETS)
    assert spusk.resume(tmp_path / "r", sets=SETS, engine="reference").outcome.complete


def test_a_run_without_checkpoints_says_so(tmp_path):
    runs.save(tmp_path / "r", carry(begin(tmp_path / "s")), PLAN, "blobs", [])
    with pytest.raises(RunError, match="no checkpoints to go on from"):
        spusk.resume(tmp_path / "r", sets=SETS)
    with pytest.raises(RunError, match=r"run\.json"):
        spusk.resume(tmp_path / "nowhere")


def test_a_test_set_that_does_not_fit_changes_nothing(tmp_path):
    carry(begin(tmp_path / "r"), 30)
    with pytest.raises(NetworkError):
        spusk.resume(tmp_path / "r", sets=Data(SETS.train, blobs(classes=2), "blobs"))
    assert spusk.resume(tmp_path / "r", sets=SETS).outcome.complete


def test_the_last_two_checkpoints_are_kept_and_orphans_swept(tmp_path):
    """And the end of the first epoch, the newest that was judged."""
    folder = tmp_path / "r"
    carry(begin(folder, every=Every(steps=2)), 70)
    judged, *last = sorted(int(path.stem) for path in (folder / "checkpoints").iterdir())
    assert judged == STEPS
    assert len(last) == 2
    assert last[0] >= 2 * STEPS
    orphans = [
        folder / ".run.json.0123abcd.part",
        folder / "checkpoints" / ".00000009.89abcdef.part",
        folder / ".spusk-new" / "run.json",
    ]
    for orphan in orphans:
        orphan.parent.mkdir(exist_ok=True)
        orphan.write_bytes(b"half")
    spusk.resume(folder, sets=SETS)
    assert not any(orphan.exists() for orphan in orphans)
    assert not (folder / ".spusk-new").exists()


def test_checkpoints_by_the_clock(tmp_path):
    begun = begin(tmp_path / "r", every=Every(seconds=0.0))
    carry(begun, 1)
    assert runs.newest(tmp_path / "r").cursor.step >= 1


def test_other_programs_read_checkpoints(tmp_path):
    from safetensors.numpy import load_file

    net = carry(begin(tmp_path / "r"))
    for path in [*(tmp_path / "r" / "checkpoints").iterdir(), tmp_path / "r/weights.safetensors"]:
        assert set(load_file(path)) == {"W1", "W2", "b1", "b2"}
    np.testing.assert_array_equal(load_file(path)["W2"], net.layers[1].W)


def test_the_command_goes_on_and_extends(tmp_path):
    quick = ("--layers", "784-8-10", "--no-pictures", "--json")
    done = cli("train", *quick, "--epochs", 3, "--out", "a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert cli("train", *quick, "--epochs", 1, "--out", "b", cwd=tmp_path).returncode == 0
    again = cli("resume", "b", "--epochs", 3, "--no-pictures", "--json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert [json.loads(line)["epoch"] for line in again.stdout.splitlines()] == [2, 3]
    a, b = (runs.load(tmp_path / name).net.theta for name in "ab")
    np.testing.assert_array_equal(a, b)
    finished = cli("resume", "b", cwd=tmp_path)
    assert finished.returncode == 2
    assert "--epochs" in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_the_command_says_that_an_older_checkpoint_speaks(tmp_path):
    quick = ("--layers", "784-8-10", "--no-pictures")
    done = cli("train", *quick, "--epochs", 2, "--out", "r", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "r" / "weights.safetensors").unlink()
    new = flipped(tmp_path / "r")
    for words in (("show", "r"), ("evaluate", "r"), ("resume", "r", "--no-pictures")):
        done = cli(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith(f"warning: r/checkpoints/{new.name}: expected checksum")
        assert "the one before it speaks, step 400 of epoch 1" in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_run_on_ones_own_data_goes_on_from_any_folder(tmp_path):
    """run.json names the set by its whole path; where it was moved, --data says where it is."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    rng = np.random.default_rng(0)
    rows = [f"{k % 2},{k % 2 + rng.random():.3f},{rng.random():.3f}" for k in range(60)]
    (here / "own.csv").write_text("class,one,two\n" + "\n".join(rows) + "\n")
    train = ("train", "--data", "own.csv", "--layers", "2-4-2", "--batch", 1, "--no-pictures")
    assert cli(*train, "--epochs", 1, "--out", "r", cwd=here).returncode == 0
    done = cli("resume", "../here/r", "--epochs", 2, "--no-pictures", cwd=there)
    assert done.returncode == 0, done.stderr

    shutil.move(here / "own.csv", there / "moved.csv")
    gone = cli("resume", "../here/r", "--epochs", 3, cwd=there)
    assert gone.returncode == 2
    assert str(here / "own.csv") in gone.stderr
    (there / "other.csv").write_text("class,one,two\n" + "\n".join(rows[1:]) + "\n")
    before = (here / "r" / "run.json").read_bytes()
    other = cli("resume", "../here/r", "--epochs", 3, "--data", "other.csv", cwd=there)
    assert other.returncode == 2
    assert "was trained on another set" in other.stderr
    assert (here / "r" / "run.json").read_bytes() == before
    moved = ("resume", "../here/r", "--no-pictures", "--epochs")
    assert cli(*moved, 3, "--data", "moved.csv", cwd=there).returncode == 0
    assert cli(*moved, 4, cwd=tmp_path / "here").returncode == 0  # which is known from now on
    assert runs.load(here / "r").source == str(there / "moved.csv")


def test_mnist_that_was_moved_is_found_again(tmp_path):
    """The embedded sample has the form of MNIST's files."""
    with as_file(files("spusk.data") / "digits") as sample:
        shutil.copytree(sample, tmp_path / "one" / "m")
    quick = ("--layers", "784-8-10", "--no-pictures", "--epochs")
    train = ("train", "--data", "mnist", "--data-dir", "m", "--out", "../r", *quick, 1)
    assert cli(*train, cwd=tmp_path / "one").returncode == 0
    assert runs.load(tmp_path / "r").note["data_dir"] == str(tmp_path / "one" / "m")
    resume = ("resume", "r", "--no-pictures", "--epochs")
    assert cli(*resume, 2, cwd=tmp_path, SPUSK_DATA="").returncode == 0
    shutil.move(tmp_path / "one", tmp_path / "two")
    assert cli(*resume, 3, cwd=tmp_path, SPUSK_DATA="").returncode == 2
    done = cli(*resume, 3, "--data-dir", "two/m", cwd=tmp_path, SPUSK_DATA="")
    assert done.returncode == 0, done.stderr
    assert cli(*resume, 4, cwd=tmp_path, SPUSK_DATA="").returncode == 0
