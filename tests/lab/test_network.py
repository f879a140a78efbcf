"""The network view in Chromium: against a stand-in for the trainings, and once end to end."""

import re
from pathlib import Path

import numpy as np
import pytest

from spusk.training.presets import PRESETS
from tests.lab import browser
from tests.lab.browser import NARROW
from tests.lab.fake_training import FakeTraining, row

PLAN = {"data": "sample", "layers": [784, 30, 10], "rate": 3, "batch": 10, "epochs": 10,
        "seed": 0, "init": "scaled"}  # fmt: skip
SECONDS = 1000  # in Playwright's milliseconds


lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page


@pytest.fixture
def page(new_page, lab_address):
    """A fresh visitor, not yet at the network: a test may put its stand-in there first."""
    page = new_page()
    page.wait_for_selector("header")
    page.base = lab_address.split("/?")[0]
    return page


@pytest.fixture
def fake(page):
    return FakeTraining(page)


def opened(page, hash_="#network"):
    """The view in a page loaded anew, connected."""
    page.goto("about:blank")
    page.goto(f"{page.base}/{hash_}")
    page.wait_for_selector(".network")
    shows(page, "button.start:not(:disabled)")


def shows(page, where, *parts):
    """Waits until this place of the page is there and says all of this (words or patterns)."""
    from playwright.sync_api import expect

    page.locator(where).wait_for()
    for part in parts:
        expect(page.locator(where)).to_contain_text(part, timeout=10 * SECONDS)


def state(page, part):
    """Waits until the sentence of the moment has this part."""
    shows(page, ".state", part)


def drawn(page, points=((80, 60), (200, 60), (130, 220))):
    """A stroke of the mouse through these points of the field."""
    field = page.locator(".field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    places = [(box["x"] + x, box["y"] + y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=15)
    page.mouse.up()


def bars(page):
    """The ten numbers of α(x) as written."""
    return page.locator(".bar .value").all_inner_texts()


def test_a_training_is_started_paused_stepped_stopped(page, fake):
    opened(page)
    state(page, "press Start")
    page.locator("button.start").click()
    state(page, "epoch 1 of 10")
    assert {key: fake.asked("start")[0][key] for key in PLAN} == PLAN
    assert fake.asked("watch")[-1]["id"] == "r1"
    assert page.locator("#n-rate").is_disabled()
    fake.progress("r1", 0.4)
    shows(page, "#n-now-epoch", "0.40 / 10")
    assert page.locator("#n-now-speed").inner_text() == "12,345"
    fake.epoch("r1")
    state(page, "epoch 2 of 10")
    assert page.locator("#n-now-accuracy").inner_text() == "79.0%"
    page.locator("button.start", has_text="Pause").click()
    state(page, "Paused after epoch 1")
    page.locator("button", has_text="One epoch").click()
    state(page, "Training")
    page.locator("button", has_text="Stop").click()
    page.locator("button.start", has_text="Start").wait_for()
    links = page.locator(".downloads a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["/runs/r1/weights.safetensors", "/runs/r1/history.json"]
    orders = [m["do"] for m in fake.heard if m["do"] in ("pause", "step", "stop")]
    assert orders == ["pause", "step", "stop"]


def test_an_epoch_can_be_the_first_step(page, fake):
    opened(page)
    page.locator("button", has_text="One epoch").click()
    state(page, "Training")
    page.wait_for_timeout(100)
    assert fake.asked("step")[0]["id"] == "r1"


def test_what_went_wrong_is_said_in_the_servers_words(page, fake):
    opened(page)
    fake.start = lambda message: {"error": "Two trainings are under way.", "do": "start"}
    page.locator("button.start").click()
    state(page, "Two trainings are under way.")
    assert page.locator(".state").get_attribute("data-look") == "bad"
    del fake.start
    page.locator("button.start").click()
    state(page, "Training")
    fake.end("r1", "failed", "The network is saturated: try 0.3.")
    state(page, "The network is saturated: try 0.3.")
    assert page.locator(".state").get_attribute("data-look") == "bad"


def test_a_lost_connection_comes_back_by_itself_and_watches_again(page, fake):
    fake.new()
    opened(page)
    state(page, "epoch 1 of 10")
    fake.silent, before = True, len(fake.sockets)
    fake.sockets[-1].close()
    state(page, "connection is lost")
    assert page.locator("button.start").is_disabled()
    fake.runs["r1"]["history"] = [row(1), row(2)]  # it went on without the page
    fake.silent = False
    state(page, "epoch 3 of 10")
    assert len(fake.sockets) > before
    fake.epoch("r1")
    state(page, "epoch 4 of 10")


def test_reload_finds_the_run_again_and_language_keeps_it(page, fake):
    fake.new(state="finished", history=[row(1)], rate=0.5)
    fake.new(history=[row(1), row(2)], rate=2)
    opened(page)
    page.reload()
    state(page, "epoch 3 of 10")
    assert page.locator("#n-rate").input_value() == "2"
    page.locator("#language").click()
    state(page, "эпоха 3 из 10")
    assert page.locator("button.start").inner_text() == "Пауза"
    assert fake.heard[-1]["lang"] == "ru"
    fake.progress("r2", 2.5)
    shows(page, "#n-now-epoch", "2,5 / 10")


def test_curves_of_several_runs_lie_over_each_other(page, fake):
    fake.new(state="finished", history=[row(1), row(2)], rate=0.5)
    fake.new(state="finished", history=[row(1), row(2), row(3)], rate=2)
    opened(page)
    reading = page.locator(".curves .reading")
    shows(page, ".curves .reading", "epoch 3")
    before = page.locator("canvas.curve").first.evaluate("c => c.toDataURL()")
    page.locator(".chip input").first.check()
    shows(page, ".curves .reading", re.compile("epoch 2.*epoch 3", re.DOTALL))
    page.wait_for_timeout(100)
    assert page.locator("canvas.curve").first.evaluate("c => c.toDataURL()") != before
    page.locator("canvas.curve").first.hover(position={"x": 60, "y": 60})
    shows(page, ".curves .reading", "epoch 1")
    assert reading.inner_text().count("epoch 1") == 2
    page.locator(".chip", has_text="η = 0.5").get_by_label("Forget").click()
    page.locator(".chip", has_text="η = 0.5").wait_for(state="detached")
    assert fake.asked("forget")[0]["id"] == "r1"


def test_weights_and_mistakes_are_shown(page, fake):
    fake.new(state="finished", history=[row(1)])
    opened(page)
    page.get_by_role("tab", name="Weights").click()
    page.locator("canvas.weights").wait_for()
    page.wait_for_timeout(200)
    seen = page.locator("canvas.weights").evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, 90, 90).data]")  # fmt: skip
    rgb = [seen[i : i + 3] for i in range(0, len(seen), 4)]
    assert any(r > b + 80 for r, _, b in rgb)
    assert any(b > r + 80 for r, _, b in rgb)
    page.keyboard.press("ArrowRight")
    assert page.locator("table.confusion tbody td").count() == 100
    assert page.locator("table.confusion td.right").all_inner_texts() == ["95"] * 10
    assert page.locator(".wrongs li").count() == 30
    spoken = page.locator(".wrongs canvas").first.get_attribute("aria-label")
    assert spoken == "0 taken for 1, α = 70.0%"


def test_a_drawn_digit_moves_the_bars(page, fake):
    fake.new(state="finished", history=[row(1)])
    opened(page)
    for _ in range(3):
        drawn(page)
    shows(page, ".drawn", "sees a 3")
    page.wait_for_timeout(150)
    asked = fake.asked("draw")
    assert len(asked) > 1
    pixels = asked[-1]["pixels"]
    assert len(pixels) == 784
    assert max(pixels) == 255
    assert 20 < sum(p > 0 for p in pixels) < 200
    assert pixels[6 * 28 + 14] == 255, "the stroke's upper bar"
    assert bars(page)[3] == "90%"
    bar = page.locator(".bar.chosen i").bounding_box()
    whole = page.locator(".bar.chosen .gauge").bounding_box()
    assert bar["height"] > 6
    assert bar["width"] == pytest.approx(0.9 * whole["width"], rel=0.02)
    page.locator("button", has_text="Clear").click()
    assert bars(page) == [""] * 10


def test_a_digit_can_be_drawn_with_keys(page, fake):
    fake.new(state="finished", history=[row(1)])
    opened(page)
    page.locator(".field").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    shows(page, ".drawn", "sees a 3")
    page.keyboard.press("Delete")
    assert bars(page) == [""] * 10


def test_the_drawing_is_answered_anew_while_the_network_learns(page, fake):
    fake.new()
    opened(page)
    drawn(page)
    shows(page, ".drawn", "sees a 3")
    page.wait_for_timeout(700)
    before = len(fake.asked("draw"))
    fake.progress("r1", 0.5)
    page.wait_for_timeout(200)
    assert len(fake.asked("draw")) == before + 1


def test_the_address_is_the_plan(page, fake):
    plan = "data=mnist&layers=784-40-20-10&rate=0.5&batch=20&epochs=7&init=normal&seed=5"
    opened(page, f"#network&{plan}")
    page.locator("button.start").click()
    state(page, "of 7")
    expected = {"data": "mnist", "layers": [784, 40, 20, 10], "rate": 0.5, "batch": 20, "epochs": 7,
                "init": "normal", "seed": 5}  # fmt: skip
    assert {key: fake.asked("start")[0][key] for key in expected} == expected


def test_presets_and_changes_reach_the_address(page, fake):
    opened(page)
    page.locator("#n-preset").select_option("lecture")
    preset = PRESETS["lecture"]
    for part, value in (("layers", "-".join(map(str, preset.sizes))), ("init", preset.init),
                        ("rate", f"{preset.plan.rate:g}"), ("batch", str(preset.plan.batch)),
                        ("epochs", str(preset.plan.epochs))):  # fmt: skip
        assert f"&{part}={value}" in page.url
    page.locator("#n-seed").fill("8")
    page.locator("#n-seed").blur()
    assert "&seed=8" in page.url
    assert page.locator("#n-preset").input_value() == "own"


BROKEN = [("layers", "784-10-9", "Layers"), ("init", "%3Cimg%20src=x%3E", "Random start")]


def test_a_broken_address_is_told_and_not_believed(page, fake):
    for part, value, word in BROKEN:
        opened(page, f"#network&{part}={value}")
        shows(page, "#told", f"in: {word};")
        assert page.is_visible("#told button"), "it stays until it is put away"
        now = dict(pair.split("=") for pair in page.url.split("#network&")[1].split("&"))
        assert now == {key: str(PLAN[key]) for key in PLAN} | {"layers": "784-30-10"}


def test_a_wrong_field_is_marked_and_nothing_starts(page, fake):
    opened(page)
    page.locator("#n-rate").fill("fast")
    page.locator("button.start").click()
    assert "positive number" in page.locator("#n-wrong").inner_text()
    assert page.locator("#n-rate").get_attribute("aria-invalid") == "true"
    assert not fake.asked("start")
    page.locator("#n-rate").fill("0,5")
    page.locator("button.start").click()
    state(page, "Training")
    assert fake.asked("start")[0]["rate"] == 0.5


def test_keys_start_pause_and_move_the_rate(page, fake):
    opened(page)
    page.locator("h1").click()
    page.keyboard.press("BracketLeft")
    assert page.locator("#n-rate").input_value() == "2"
    page.keyboard.press("Space")
    state(page, "Training")
    page.keyboard.press("Space")
    state(page, "Paused")
    assert len(fake.asked("pause")) == 1


def test_nothing_is_cut_off_on_a_phone(page, fake):
    fake.new(history=[row(1), row(2)])
    page.set_viewport_size(NARROW)
    opened(page)
    for lang in ("en", "ru"):
        for tab in page.get_by_role("tab").all():
            tab.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], lang
        picture, form = page.locator(".picture"), page.locator("form.plan")
        assert picture.bounding_box()["y"] < form.bounding_box()["y"]
        page.locator("#language").click()
        page.wait_for_selector(".network .tabs")
        page.wait_for_timeout(200)


def test_every_control_has_a_name(page, fake):
    fake.new(state="finished", history=[row(1)])
    fake.new(history=[row(1)])
    opened(page)
    controls = page.locator("button, input, select, a, canvas.curve, .field")
    nameless = controls.evaluate_all("""all => all.filter(
        e => !(e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent).trim())
        .map(e => e.outerHTML)""")
    assert nameless == []


@pytest.mark.more  # a whole training, watched
def test_end_to_end_the_sample_is_learned_drawn_on_and_found_again(page):
    opened(page, "#network&epochs=1000")
    page.locator("button.start").click()
    shows(page, "#n-now-epoch", re.compile("^[1-9]"))
    page.locator("button.start", has_text="Pause").click()
    state(page, "Paused")
    page.reload()
    page.wait_for_selector("button.start:not(:disabled)")
    page.locator("button.start", has_text="Go on").click()
    drawn(page)
    shows(page, ".bar.chosen")
    page.locator("button.start", has_text="Start").wait_for(timeout=60 * SECONDS)
    found = page.locator(".chip").inner_text()
    best = float(re.search(r"([\d.]+)%", found)[1])
    assert best >= 92, found
    assert all(text.endswith("%") for text in bars(page))
    page.get_by_role("tab", name="Mistakes").click()
    page.wait_for_selector(".wrongs canvas")
    cells = page.locator("table.confusion tbody td").all_inner_texts()
    assert sum(int(text) for text in cells if text != "·") == 1000
    page.locator("#language").click()
    page.wait_for_selector("button.start >> text=Пуск")
    with page.expect_download() as download:
        page.locator(".downloads a").first.click()
    assert download.value.suggested_filename.endswith(".safetensors")


@pytest.mark.more  # whole trainings
def test_end_to_end_a_second_tab_sees_the_same_run_and_a_failure_is_explained(page):
    opened(page, "#network&rate=500&layers=784-12-10")
    page.locator("button.start").click()
    state(page, "saturated")
    assert page.locator(".state").get_attribute("data-look") == "bad"
    other = page.context.new_page()
    other.goto(page.base + "/#network")
    shows(other, ".chip:has([aria-pressed=true])", "784-12-10, η = 500")
    state(other, "saturated")
    other.locator(".chip", has_text="784-12-10").get_by_label("Forget").click()
    shows(page, ".network")
    page.locator(".chip", has_text="784-12-10").wait_for(state="detached")


def flowers(names=("setosa", "virginica", "лилия"), count=50):
    """A table of flowers that a small network tells apart."""
    rng = np.random.default_rng(0)
    centres = dict(zip(names, ((1, 0, 0, 1), (0, 1, 0, 0), (0, 0, 1, 1)), strict=True))
    lines = ["a,b,c,d,class"]
    for name, centre in centres.items():
        lines += [",".join(f"{v:.3f}" for v in rng.normal(centre, 0.2)) + f",{name}"
                  for _ in range(count)]  # fmt: skip
    return "\n".join(lines).encode()


def choose(page, where, name, body):
    page.locator(where).set_input_files({"name": name, "mimeType": "", "buffer": body})


@pytest.mark.more  # a whole training
def test_end_to_end_a_file_of_ones_own_is_trained(page):
    opened(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Own file…").click()
    chooser.value.set_files({"name": "flowers.csv", "mimeType": "text/csv", "buffer": flowers()})
    shows(page, ".plan .sending", "flowers.csv is read: 120 examples", "were mixed")
    assert page.locator("#n-layers").input_value() == "4-30-3"
    assert "flowers.csv, 120" in page.locator("#n-data option:checked").inner_text()
    assert re.search(r"#network&data=own-[0-9a-f]{12}&layers=4-30-3&", page.url)
    page.locator("button.start").click()
    shows(page, ".chip:has([aria-pressed=true])", "4-30-3, η = 3")
    page.locator("button.start", has_text="Start").wait_for()
    assert float(re.search(r"([\d.]+)%", page.locator(".chip").last.inner_text())[1]) > 90
    shows(page, ".right > .panel", "nothing to draw")
    assert page.locator(".field").is_hidden()
    page.get_by_role("tab", name="Weights").click()
    shows(page, ".empty", "x is no picture")
    assert page.locator("canvas.weights").is_hidden()
    page.get_by_role("tab", name="Mistakes").click()
    shows(page, "table.confusion", "лилия")
    page.locator("#n-data").select_option("sample")
    assert page.locator("#n-layers").input_value() == "784-30-10"
    page.locator("#n-layers").fill("784-30-9")
    page.locator("#n-layers").blur()
    shows(page, "#n-wrong", "from 784 to 10")
    page.reload()  # the server keeps the file: its run is found again, its set is in the list
    page.wait_for_selector("button.start:not(:disabled)")
    shows(page, "#n-data", "flowers.csv")


def test_end_to_end_weights_saved_and_loaded_answer_the_same(page):
    opened(page, "#network&layers=784-12-10&epochs=2")
    page.locator("button.start").click()
    shows(page, ".chip:has([aria-pressed=true])", "784-12-10, η = 3 · ")
    page.locator("button.start", has_text="Start").wait_for()
    drawn(page)
    shows(page, ".bar.chosen")
    page.wait_for_timeout(300)
    before = bars(page)
    with page.expect_download() as download:
        page.locator(".downloads a").first.click()
    choose(page, "#n-load", "saved.safetensors", Path(download.value.path()).read_bytes())
    shows(page, ".chip:has([aria-pressed=true])", "784-12-10, saved.safetensors")
    state(page, re.compile(r"Weights loaded from saved.safetensors: \d+\.\d% of the test set"))
    shows(page, ".empty", "how they were learned is not in it")
    page.wait_for_timeout(300)
    assert bars(page) == before
    page.get_by_role("tab", name="Weights").click()
    page.locator("canvas.weights").wait_for()
    page.get_by_role("tab", name="Mistakes").click()
    page.wait_for_selector(".wrongs canvas")
    with page.expect_download() as again:
        page.locator(".downloads a").first.click()
    files = [Path(each.value.path()).read_bytes() for each in (download, again)]
    assert files[0] == files[1]


def test_a_file_that_is_none_of_ours_is_explained_in_the_pages_language(page):
    opened(page)
    choose(page, "#n-file", "a.csv", b"label,x\n2,3\n4,kitten\n")
    shows(page, ".plan .sending.wrong", "cannot be used", "a.csv", "kitten")
    page.locator("#language").click()
    page.wait_for_selector("button.start >> text=Пуск")
    choose(page, "#n-file", "a.exe", b"x")
    shows(page, ".plan .sending.wrong", "a.exe: нужен файл, имя которого кончается на")
    choose(page, "#n-load", "b.safetensors", b"x" * 100)
    shows(page, ".downloads .sending.wrong", "Этот файл не годится. b.safetensors")


def test_a_file_is_dropped_onto_the_form(page, fake):
    opened(page)
    rows = flowers(count=40).decode()
    page.locator("form.plan").evaluate("""(form, text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], "dropped.csv"));
        for (const type of ["dragover", "drop"])
            form.dispatchEvent(new DragEvent(type, { dataTransfer, cancelable: true }));
    }""", rows)  # fmt: skip
    shows(page, ".plan .sending", "dropped.csv is read")


def test_a_large_file_shows_how_far_it_is(page, fake):
    opened(page)
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    choose(page, "#n-file", "large.csv", b"y,a\n" + b"1,2\n0,3\n" * 50_000)  # 2 s
    shows(page, ".plan .sending", "Sending large.csv")
    page.wait_for_selector(".plan progress:not([hidden])")
    bar = page.locator(".plan progress")
    seen = {bar.evaluate("bar => bar.value") for _ in range(100) if not page.wait_for_timeout(10)}
    assert any(0 < share < 1 for share in seen), seen


def test_a_file_that_is_too_large_is_not_sent(page, fake):
    opened(page)
    page.locator("#n-file").evaluate("""(input) => {
      const file = new File(["1"], "huge.csv");
      Object.defineProperty(file, "size", { value: 300 * 1024 * 1024 });
      Object.defineProperty(input, "files", { value: [file] });
      input.dispatchEvent(new Event("change"));
    }""")
    shows(page, ".plan .sending.wrong", "huge.csv is too large: at most 256 MB")


OWN = {"id": "own-0123456789ab", "name": "mine.npz", "inputs": 64, "classes": 3,
       "examples": 90, "shape": [8, 8], "names": ["a", "b", "c"]}  # fmt: skip


def test_an_address_with_a_file_says_that_the_file_is_not_in_it(page, fake):
    opened(page, f"#network&data={OWN['id']}&layers=64-9-3&rate=0.5")
    shows(page, "#told", "the file is not in the address")
    assert page.locator("#n-layers").input_value() == "784-30-10"
    assert page.locator("#n-rate").input_value() == "0.5"
    fake.sets.append(OWN)
    opened(page, f"#network&data={OWN['id']}&layers=64-9-3&rate=0.5")
    from playwright.sync_api import expect

    expect(page.locator("#n-layers")).to_have_value("64-9-3")
    assert page.locator("#n-data").input_value() == OWN["id"]
    assert page.locator("#told").is_hidden()
    fake.sets.remove(OWN)  # the server began anew
    fake.sockets[-1].close()
    expect(page.locator("#n-layers")).to_have_value("784-9-10")
    shows(page, "#told", "open it here")


def test_pictures_of_another_size_are_drawn_at_theirs(page, fake):
    fake.sets.append(OWN)
    fake.new(state="finished", history=[row(1)], data=OWN["id"], sizes=[64, 9, 3],
             shape=[8, 8], names=OWN["names"])  # fmt: skip
    fake.draw = lambda message: {"drawn": {"id": message["id"], "a": [0.1, 0.8, 0.2], "digit": 1,
                                           "input": message["pixels"]}}  # fmt: skip
    opened(page)
    shows(page, ".hint", "Draw with mouse")
    drawn(page)
    shows(page, ".drawn", "The network answers: b.")
    assert len(fake.asked("draw")[-1]["pixels"]) == 64
    assert page.locator(".bar:visible b").all_inner_texts() == ["a", "b", "c"]
