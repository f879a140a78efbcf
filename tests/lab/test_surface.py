"""The Surface view as a person uses it, in a real browser."""

import re

import pytest

from spusk.engines.native import available
from spusk.functions.gallery import GALLERY
from tests.lab import browser

chromium, lab_address = browser.chromium, browser.lab_address
lab_page, new_page = browser.lab_page, browser.new_page

PICTURES = "[...document.querySelectorAll('.picture canvas')].map(c => c.toDataURL()).join()"
SETTLED = 250  # ms: the address is written and everything is drawn
ENDS = {"ackley": "oscillating", "rosenbrock": "out_of_steps"}  # by their own rates
SLIDER = """async () => {  // which sheets of the map each frame draws again, and the path
  const slider = document.querySelector('#rate');
  const canvases = [...document.querySelectorAll('.picture canvas')];
  const frames = [];
  let drawn = [];
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (canvases.includes(this.canvas)) drawn.push(canvases.indexOf(this.canvas));
    clear.apply(this, box);
  };
  for (let k = 0; k < 40; k++) {
    drawn = [];
    slider.value = 400 + 10 * k;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise(requestAnimationFrame);
    frames.push([drawn, canvases.at(-1).toDataURL()]);
  }
  CanvasRenderingContext2D.prototype.clearRect = clear;
  return frames;
}"""
NAMELESS = """[...document.querySelectorAll('button, input, select, canvas, [role]')].filter((e) =>
  !e.closest('[hidden]') &&
  !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim())
).map((e) => e.outerHTML)"""


def drawn(page):
    """The page, once its first picture stands."""
    page.wait_for_selector("#verdict[data-outcome]")
    page.wait_for_timeout(SETTLED)
    return page


def mapped(page):
    """The page, once its map of basins is the fine one, which the page's own workers may make."""
    page.wait_for_selector(".legend .chip")
    page.wait_for_selector(".legend [role=status]", state="detached", timeout=90_000)
    return page


def pictured(page):
    return page.evaluate(PICTURES)


def settings(page):
    page.wait_for_timeout(SETTLED)
    pairs = page.evaluate("location.hash.slice(1).split('&').slice(1).map(decodeURIComponent)")
    return dict(pair.split("=", 1) for pair in pairs)


def set_to(page, field, text):
    page.fill(field, text)
    page.press(field, "Enter")
    page.wait_for_timeout(50)


def verdict(page):
    """(outcome, words) with the joiners taken out that keep 1/λ in one line."""
    box = page.locator("#verdict")
    return box.get_attribute("data-outcome"), box.inner_text().replace("\u2060", "")


def step(page):
    return int(page.locator(".count").inner_text().removeprefix("n = "))


@pytest.mark.parametrize("way", ["click", "drag", "keys"])
def test_a_start_is_set_by_hand_and_the_path_follows(lab_page, way):
    page = drawn(lab_page)
    before, box = pictured(page), page.locator(".stack").bounding_box()
    if way == "click":
        page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"])
    elif way == "drag":
        start = page.locator(".start").bounding_box()
        page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"], steps=4)
        page.mouse.up()
    else:
        page.focus(".start")
        for _ in range(5):
            page.keyboard.press("ArrowUp")
    x = [float(part) for part in settings(page)["x"].split(",")]
    if way == "keys":
        assert x[0] == 0
        assert x[1] > 0.5
    else:
        assert x[0] == pytest.approx(8, abs=0.6)
        assert x[1] == pytest.approx(7.1, abs=0.6)
    assert pictured(page) != before
    assert verdict(page)[0] == "converged"


def test_one_variable_has_no_surface_in_space(new_page):
    page = drawn(new_page("#surface&f=escape&show=relief"))
    for tab in ("relief", "basins"):
        assert page.locator(f"[data-tab={tab}]").is_hidden()
    assert page.get_attribute("[data-tab=map]", "aria-pressed") == "true"
    assert "show" not in settings(page)
    assert "show" in page.inner_text("#told")
    assert page.locator(".relief").count() == 0


def test_a_finger_sets_the_start(lab_address, chromium):
    context = chromium.new_context(viewport=browser.NARROW, has_touch=True, locale="en-US")
    page = context.new_page()
    page.goto(lab_address)
    drawn(page)
    box = page.locator(".stack").bounding_box()
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"])
    assert settings(page)["x"] != "0,0"
    context.close()


def test_the_verdict_knows_the_bound(lab_page):
    page = drawn(lab_page)
    assert verdict(page)[0] == "converged"
    assert "zigzags in x₂" in verdict(page)[1]
    assert "2/λmax = 0.5" in page.locator(".bound").inner_text().replace("\u2060", "")
    set_to(page, "#rate-number", "0,2")  # a decimal comma is understood
    assert "no zigzag" in verdict(page)[1]
    set_to(page, "#rate-number", "0.5")
    assert verdict(page)[0] == "oscillating"
    set_to(page, "#rate-number", "0.6")
    outcome, words = verdict(page)
    assert outcome == "diverged"
    assert "η = 0.6 is not below the bound 2/λmax = 0.5" in words
    page.focus("#rate")
    page.keyboard.press("Home")
    assert verdict(page)[0] == "out_of_steps"
    page.keyboard.press("End")
    assert verdict(page)[0] == "diverged"
    set_to(page, "#rate-number", "-1")  # no rate: the last one stays
    assert page.input_value("#rate-number") == "3.16"


def test_a_printed_bound_is_never_above_it(new_page):
    page = drawn(new_page("#surface&f=3*x^2/2&x=1&rate=0.3"))  # 2/λ = 0.6666…
    assert "2/λmax = 0.666 " in verdict(page)[1]
    assert page.locator(".bound").inner_text().replace("\u2060", "") == "2/λmax = 0.666"
    set_to(page, "#rate-number", "0.6666")  # to three digits it is above the bound
    assert "η = 0.6666 " in verdict(page)[1]
    assert "2/λmax = 0.66666 " in verdict(page)[1]
    set_to(page, "#rate-number", "0.6667")
    assert "η = 0.667 is not below the bound 2/λmax = 0.666:" in verdict(page)[1]


def test_no_zigzag_is_not_said_to_come_from_a_small_rate(new_page):
    page = drawn(new_page("#surface&f=lecture&x=0,5&rate=0.4"))  # only x₁ moves; 1/λmax = 0.25
    assert verdict(page) == ("converged", verdict(page)[1])
    assert "η = 0.4 is below the bound 2/λmax = 0.5; past it" in verdict(page)[1]
    assert "zigzag" not in verdict(page)[1]


def test_rules_have_their_own_bounds(lab_page):
    page = drawn(lab_page)
    page.select_option("#rule", "momentum")
    assert "2(1 + β)/λmax = 0.95" in page.locator(".bound").inner_text()
    set_to(page, "#beta", "0.5")
    assert "2(1 + β)/λmax = 0.75" in page.locator(".bound").inner_text()
    set_to(page, "#rate-number", "0.76")
    assert "is not below the bound 0.75 of the rule" in verdict(page)[1]
    page.select_option("#rule", "adam")
    assert page.locator(".bound").is_hidden()
    assert "no bound for it" in verdict(page)[1]
    assert settings(page) | {"rule": "adam", "beta": "0.5"} == settings(page)


def test_adams_other_parameters_count(lab_page):
    page = drawn(lab_page)
    page.select_option("#rule", "adam")
    before = pictured(drawn(page))
    set_to(page, "#beta2", "0,5")
    assert pictured(drawn(page)) != before
    set_to(page, "#epsilon", "0.1")
    set_to(page, "#beta2", "1")  # no share: the last one stays
    said = settings(page)
    assert (said["beta"], said["beta2"], said["epsilon"]) == ("0.9", "0.5", "0.1")
    page.click("#keep")
    assert settings(page)["keep"] == "0.3,adam,0.9~0.5~0.1,0,0"
    kept = pictured(drawn(page))
    page.reload()
    assert pictured(drawn(page)) == kept


def test_a_rate_that_falls_settles_where_its_first_one_would_not(lab_page):
    page = drawn(lab_page)
    set_to(page, "#rate-number", "0.6")
    assert verdict(page)[0] == "diverged"
    page.select_option("#rule", "falling")
    outcome, words = verdict(page)
    assert outcome == "converged"
    assert "from step 4 on it is below the bound 2/λmax = 0.5" in words  # 0.6/(1 + 2/10) = 0.5
    assert page.locator(".bound").is_hidden()
    set_to(page, "#half", "1000")
    assert verdict(page)[0] == "diverged"
    assert "has not come below" in verdict(page)[1]
    assert settings(page)["half"] == "1000"


def test_backtracking_has_no_rate_too_large(lab_page):
    page = drawn(lab_page)
    set_to(page, "#rate-number", "3")
    page.select_option("#rule", "backtracking")
    outcome, words = verdict(page)
    assert outcome == "converged"
    assert "no η is too large" in words
    page.fill("#scrub", "1")
    assert (
        page.locator(".step .line").first.inner_text().endswith("0.375")
    )  # 3, 1.5, 0.75 are too far
    assert page.locator("#beta, #half").first.is_hidden()


def test_what_an_address_says_that_does_not_fit_is_told(new_page):
    page = drawn(new_page("#surface&f=lecture&x=1&steps=a"))
    assert page.inner_text("#told span").endswith(": steps, x.")


@pytest.mark.more  # the path is played through
def test_play_pause_step_and_scrub(lab_page):
    page = drawn(lab_page)
    last = step(page)
    assert last > 10
    page.click("#first")
    assert step(page) == 0
    page.click("#on")
    page.click("#on")
    page.click("#back")
    assert step(page) == 1
    page.click("#play")
    page.wait_for_function("() => Number(document.querySelector('#scrub').value) >= 4")
    page.click("#play")
    paused = step(page)
    page.wait_for_timeout(600)
    assert step(page) == paused < last
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    assert step(page) == paused + 1
    page.keyboard.press("Space")
    page.wait_for_function(f"() => Number(document.querySelector('#scrub').value) === {last}")
    page.wait_for_timeout(400)
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.fill("#scrub", "7")
    assert step(page) == 7
    assert settings(page)["n"] == "7"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("BracketRight")
    assert float(settings(page)["rate"]) > 0.3


SEEN = """() => {
  window.seen = [];
  const note = () => seen.push(Number(document.querySelector('#scrub').value));
  new MutationObserver(note).observe(document.querySelector('.count'), { childList: true });
}"""


@pytest.mark.more  # each is shown for a while
@pytest.mark.parametrize(("motion", "few"), [("reduce", True), ("no-preference", False)])
def test_who_wants_less_motion_sees_a_few_calm_pictures(new_page, motion, few):
    page = drawn(new_page("#surface&f=lecture&rate=0.05&steps=60&n=0"))
    page.emulate_media(reduced_motion=motion)
    page.evaluate(SEEN)
    page.click("#play")
    page.wait_for_function("() => Number(document.querySelector('#scrub').value) === 60")
    seen = page.evaluate("seen")
    assert (len(seen) == 10) == few
    assert seen == sorted(seen)
    assert page.get_attribute("#play", "aria-label") == "Play"


def test_the_formula_has_this_steps_numbers(lab_page):
    page = drawn(lab_page)
    page.fill("#scrub", "1")
    first, second = (
        re.sub(r"\s|\u2062", "", t) for t in page.locator(".step .line").all_inner_texts()
    )
    assert first.endswith("=0−0.3·(−10)=3")  # x1 := 0 − 0.3·(2·0 − 10)
    assert second.endswith("=0−0.3·(−20)=6")


MEMORY = {  # at step 2 of x² from 4 with η = 0.25: gradients 8, then what the first step left
    "momentum": ["v(2)=β·v(1)−η·dfdx=0.5·(−2)−0.25·4=−2", "x(2)=x(1)+v(2)=2+(−2)=0"],
    "nesterov": ["v(2)=β·v(1)−η·dfdx=0.5·(−2)−0.25·2=−1.5",
                 "x(2)=x(1)+β·v(2)−η·dfdx=1+0.5·(−1.5)−0.25·2=−0.25"],
    "adam": ["m\u0302=m1−β12", "s\u0302=s1−β22",
             "m(2)=β1·m(1)+(1−β1)·dfdx=0.5·4+0.5·7.5=5.75",
             "s(2)=β2·s(1)+(1−β2)·(dfdx)2=0.5·32+0.5·(7.5)2=44.13",
             "x(2)=x(1)−η·m\u0302(2)s\u0302(2)+ε=3.75−0.25·7.66758.83+1·10⁻⁸=3.5"],
    "falling": ["η(2)=0.251+12=0.1667", "x(2)=x(1)−η·dfdx=2−0.1667·4=1.333"],
    "backtracking": ["η(2)=0.2520=0.25", "x(2)=x(1)−η·dfdx=2−0.25·4=1"],
}  # fmt: skip


@pytest.mark.parametrize("rule", MEMORY)
def test_every_rules_formula_has_this_steps_numbers(new_page, rule):
    own = {"adam": "&beta=0.5&beta2=0.5", "falling": "&half=2"}.get(rule, "&beta=0.5")
    page = drawn(new_page(f"#surface&f=x%5E2&x=4&rate=0.25&steps=5&n=2&rule={rule}{own}"))
    lines = page.locator(".step .line").evaluate_all("all => all.map((one) => one.textContent)")
    assert [re.sub(r"\s|\u2062", "", line) for line in lines] == MEMORY[rule]


def test_a_bad_formula_is_marked_and_the_picture_stays(lab_page):
    page = drawn(lab_page)
    before = pictured(page)
    set_to(page, "#formula", "x1^2 + * x2")
    page.wait_for_selector("#formula-wrong:not([hidden])")
    assert "formula:" in page.inner_text("#formula-wrong")
    assert page.inner_text("#formula-wrong mark") != ""
    assert page.get_attribute("#formula", "aria-invalid") == "true"
    assert pictured(page) == before
    set_to(page, "#formula", "x^2 + 3*y^2")
    page.wait_for_selector("#formula-wrong", state="hidden")
    drawn(page)
    assert pictured(page) != before
    assert settings(page)["f"] == "x^2 + 3*y^2"
    assert verdict(page)[0] == "converged"
    assert page.locator(".maths .line").count() == 3


def test_a_bad_formula_is_told_in_the_pages_own_language(lab_page):
    page = drawn(lab_page)  # a page in Russian, in a browser that asks for English
    page.click("#language")
    page.wait_for_selector("text=Скорость обучения")
    drawn(page)
    set_to(page, "#formula", "x + sinn(y)")
    page.wait_for_selector("#formula-wrong:not([hidden])")
    said = page.inner_text("#formula-wrong")
    assert "формула: функция «sinn» не известна; может быть, sin? (место 5)" in said
    assert page.inner_text("#formula-wrong mark") == "s"


def test_mathml_from_elsewhere_is_not_trusted(lab_page):
    found = drawn(lab_page).evaluate("""async () => {
      const { imported } = await import('/page/surface/math.js');
      const made = imported('<mi onclick="x">a</mi><script>1</script><mstyle/>' +
        '<img xmlns="http://www.w3.org/1999/xhtml" src="y"/>');
      return made.map((node) => node.outerHTML);
    }""")
    assert found == ["<mi>a</mi>"]


def test_the_language_changes_and_everything_else_stays(lab_page):
    page = drawn(lab_page)
    set_to(page, "#rate-number", "0.2")
    page.wait_for_timeout(SETTLED)
    page.click("#language")
    page.wait_for_selector("text=Скорость обучения")
    drawn(page)
    assert verdict(page)[1].startswith("Сошёлся на шаге")
    assert "(5; 5)" in verdict(page)[1]
    assert page.input_value("#rate-number") == "0,2"


SHARED = "#surface&f=himmelblau&x=1%2C-2&rate=0.02&rule=momentum&beta=0.5&steps=80&n=9"


@pytest.mark.more  # each kind of address, drawn twice
@pytest.mark.parametrize("picture", [SHARED, "#surface&f=x%5E4-x%5E2&x=2&rate=0.05&steps=30&n=4"])
def test_a_shared_address_gives_the_same_picture(new_page, picture):
    first = drawn(new_page(picture))
    link = first.evaluate("location.hash")
    second = drawn(new_page(link))
    assert pictured(first) == pictured(second)
    assert verdict(first) == verdict(second)
    assert step(second) == step(first) == int(settings(first)["n"])
    assert first.evaluate("location.hash") == second.evaluate("location.hash") == link


def test_what_an_address_says_wrong_is_left_out_and_told(new_page):
    broken = "rate=1e999&steps=0&rule=&x=a&keep=0.1,plain,1,2,3&show=%3Cimg%20src%3Dx%3E&strange=1"
    page = new_page(f"#surface&f=lecture&{broken}")
    page.wait_for_selector("#verdict[data-outcome]")
    told = page.inner_text("#told")
    for key in re.findall(r"(\w+)=", broken):
        assert key in told
    assert verdict(page)[0] == "converged"
    assert page.locator("main img").count() == 0


def test_a_formula_of_an_address_that_cannot_be_read_is_explained(new_page):
    page = drawn(new_page("#surface&f=foo(x)"))
    assert "unknown function 'foo'" in page.inner_text("#formula-wrong")
    assert verdict(page)[0] == "converged"  # the lecture's function is shown


def test_the_pictures_of_the_lecture_are_one_click_away(lab_page):
    page = drawn(lab_page)
    page.click("#gallery")
    page.click("[data-item=picture_rates]")
    drawn(page)
    assert verdict(page)[0] == "diverged"
    assert page.locator(".chips li").count() == 3
    page.click("#gallery")
    page.click("[data-item=picture_escape]")
    page.wait_for_function("() => document.querySelector('#formula').value.includes('exp')")
    drawn(page)
    assert verdict(page)[1].startswith("Converged at step 59 to the minimum 0")
    page.click("#gallery")
    page.keyboard.press("Escape")
    assert page.locator(".menu .list").is_hidden()
    page.click("#gallery")
    page.click("[data-item=picture_path]")
    page.wait_for_function("() => document.querySelector('#formula').value.startsWith('x1^2')")
    assert drawn(page).locator(".chips li").count() == 0
    page.click("#gallery")
    page.click("[data-item=picture_size]")
    page.wait_for_function("() => location.hash.startsWith('#network')")
    assert "layers=784-89-100306-10" in page.evaluate("location.hash")


def test_paths_are_kept_and_cleared(lab_page):
    page = drawn(lab_page)
    alone = pictured(page)
    page.click("#keep")
    set_to(page, "#rate-number", "0.05")
    page.click("#keep")
    assert page.locator(".chips li").count() == 2
    assert "η = 0.3: converged at 18" in page.inner_text(".chips")
    assert settings(page)["keep"] == "0.3,plain,0.9,0,0;0.05,plain,0.9,0,0"
    page.locator(".chips button").first.click()
    assert page.locator(".chips li").count() == 1
    page.click("#clear")
    set_to(page, "#rate-number", "0.3")
    page.wait_for_timeout(SETTLED)
    assert pictured(page) == alone


@pytest.mark.more  # each of them
def test_every_function_of_the_gallery_is_drawn(lab_page):
    page = drawn(lab_page)
    seen = {pictured(page)}
    for name in GALLERY:
        page.click("#gallery")
        page.click(f"[data-item={name}]")
        page.wait_for_function("f => document.querySelector('#formula').value === f",
                               arg=GALLERY[name].formula)  # fmt: skip
        drawn(page)
        seen.add(pictured(page))
        assert verdict(page)[0] == ENDS.get(name, "converged"), name
    assert len(seen) == len(GALLERY)


def test_other_ways_to_see_it(new_page):
    page = drawn(new_page("#surface&f=himmelblau"))
    flat = pictured(page)
    page.click("[data-tab=relief]")
    assert settings(page)["show"] == "relief"
    assert page.locator(".relief").is_visible()
    page.click("[data-tab=map]")
    assert "show" not in settings(page)
    assert pictured(page) == flat
    assert page.locator("[data-tab=escape]").is_hidden()  # every minimum of f is global


@pytest.mark.more  # three maps of 512 × 512 descents
def test_basins_lie_under_the_path(new_page):
    page = drawn(new_page("#surface&f=himmelblau&show=basins"))
    coloured = pictured(drawn(mapped(page)))
    assert page.locator(".legend .chip").count() == 6  # four minima, not settled, runs away
    page.click("[data-tab=map]")
    assert page.locator(".legend .chip").count() == 0
    assert pictured(drawn(page)) != coloured
    page.click("[data-tab=basins]")  # known already
    assert page.locator(".legend .chip").count() == 6
    assert pictured(drawn(page)) == coloured
    set_to(page, "#rate-number", "0.02")
    page.click("[data-tab=map]")  # before it is there: it must not come to the map
    page.wait_for_timeout(1500)
    plain = pictured(page)
    page.click("[data-tab=basins]")
    assert pictured(drawn(mapped(page))) not in (coloured, plain)


@pytest.mark.more  # two maps of 512 × 512 descents
@pytest.mark.skipif(not available(), reason="the native part is not built")
def test_basins_come_from_the_server_and_are_the_pages_own(new_page):
    page = drawn(new_page("#surface&f=himmelblau"))
    for _ in range(10):  # a busy computer leaves it to the page
        with page.expect_response("**/basins") as served:
            page.click("[data-tab=basins]")
        if served.value.status == 200:
            break
        page.reload()
        page.click("[data-tab=map]")
    assert served.value.status == 200
    page.wait_for_selector(".legend .chip")
    coloured = pictured(drawn(page))
    page.route("**/basins", lambda route: route.fulfill(status=204))
    page.reload()
    drawn(page)
    assert pictured(drawn(mapped(page))) == coloured


def test_the_escape_experiment_is_offered_where_there_is_something_to_escape(new_page):
    page = drawn(new_page("#surface&f=escape"))
    page.click("[data-tab=escape]")
    page.wait_for_selector(".picture .escape canvas")
    assert settings(page)["show"] == "escape"


def test_the_slider_is_followed_in_the_next_frame(new_page):
    """By the path alone, once a frame: the map under it is not surveyed again."""
    page = drawn(new_page("#surface&f=himmelblau&steps=1000&keep=0.02,plain,0.9,0,0"))
    frames = page.evaluate(SLIDER)
    assert [drawn for drawn, _ in frames] == [[1]] * 40
    assert len({path for _, path in frames}) == 40


@pytest.mark.parametrize("lang", ["en-US", "ru-RU"])
def test_nothing_is_cut_off_on_a_phone_and_all_has_a_name(new_page, lang):
    page = drawn(new_page("#surface&f=beale&rule=nesterov", lang, "dark", browser.NARROW))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(NAMELESS) == []
    sight, side = (page.locator(f".{name}").bounding_box() for name in ("sight", "side"))
    assert sight["y"] < side["y"]


def test_russian_mathematics_is_written_as_in_the_lecture(new_page):
    page = drawn(new_page("#surface&f=0.5*x^2%2Btan(y/9)^2%2Bln(x%2B9)", "ru-RU"))
    shown = page.inner_text(".maths")
    assert "tg" in shown
    assert "ln" in shown
    assert "tan" not in shown
    assert "log" not in shown


def test_a_function_without_a_minimum_is_told(new_page):
    page = drawn(new_page("#surface&f=x-y^2&rate=0.00078125"))
    assert "falls without end" in verdict(page)[1]
    assert page.input_value("#rate-number") == "0.00078125"
    assert page.locator(".bound").is_hidden()


BLUE = """() => { // of f, in the curves: how far up and down it goes
  const canvas = document.querySelector('.curves');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const rows = [];
  for (let k = 0; k < width * height; k++) {
    const inner = (k % width) > 60 && (k % width) < width - 60;
    if (inner && data.slice(4 * k, 4 * k + 3).join() === '11,98,196') rows.push(k / width / height);
  }
  return [Math.min(...rows), Math.max(...rows)];
}"""


def test_where_no_least_value_is_known_f_is_drawn_on_a_plain_axis(new_page):
    page = drawn(new_page("#surface&f=x-y%5E2&rate=0.05&steps=40"))
    top, bottom = page.evaluate(BLUE)
    assert bottom - top > 0.5


def test_more_minima_than_colours_are_still_told_apart(new_page):
    page = drawn(new_page("#surface&f=sin(x)%5E2%2Bsin(y)%5E2&show=basins"))
    page.wait_for_selector(".legend .chip")
    colours = page.locator(".legend .dot").evaluate_all("all => all.map((e) => e.style.background)")
    assert len(colours) == len(set(colours)) > 8
    assert "Paler" in page.inner_text(".legend")


@pytest.mark.parametrize(
    ("bound", "said_of_it", "marked"),
    [
        ("", "No bound of η is known for this rule.", ""),
        ("bound: (top) => 4 / top", "the rule converges for η < 2, and η = 0.5 is below it.", "2"),
    ],
    ids=["no bound", "a bound"],
)
def test_a_rule_that_the_view_has_no_lines_for_is_shown_all_the_same(
    lab_address, chromium, bound, said_of_it, marked
):
    """What a contributor adds to the rules alone: its steps, and its bound if one is known."""

    def known(route):
        found = route.fetch().json()
        route.fulfill(json=found | {"rules": found["rules"] | {"mine": {}}})

    def made(route):
        text = route.fetch().text()
        start = "start: (rate) => ({ memory: {}, move: (x, g) => down(x, g, rate / 2) })"
        text = text.replace("  plain: {", f"  mine: {{ {start}, {bound} }},\n  plain: {{", 1)
        route.fulfill(body=text, content_type="text/javascript")

    def said(route):
        found = route.fetch().json()
        route.fulfill(json=found | {"rules": found["rules"] | {"mine": "by half"}})

    page = chromium.new_page(locale="en-US")
    page.route("**/facts", known)
    page.route("**/words/en", said)
    page.route("**/math/rules.js", made)
    page.goto(lab_address + "#surface&f=x^2%2By^2&x=2,1&rate=0.5&rule=mine&steps=4&n=1")
    assert said_of_it in drawn(page).inner_text("#verdict")
    assert page.locator(".track .bound").text_content() == marked
    shown = "".join(page.locator("math").all_text_contents())
    assert "(1)=1" in shown  # x := 2 − 0.25·4
    page.close()
