"""A wrong call is told whole in the language of the call, what click finds wrong too."""

import re

import click
import pytest

from spusk.cli import group
from spusk.cli.wrong_calls import CLICK, told
from tests.commands import spusk
from tests.i18n.russian import foreign

CALLS = [  # what click finds wrong, and the key of what is said about it
    ("train --overw", "near_option"), ("descend lecture --rat 1", "near_options"),
    ("descend --nothing", "no_option"), ("data gett", "near_command"),
    ("data xyz", "no_command"), ("rates lecture", "missing_option"),
    ("descend", "missing_argument"), ("gallery a", "extra"), ("gallery a b", "extras"),
    ("descend lecture --rate", "no_value"), ("gradient lecture --check=1", "no_value_taken"),
    ("gradient lecture --form html", "choice"), ("resume run --epochs x", "whole"),
    ("descend lecture --steps 1.5", "whole_range"), ("descend lecture --rate abc", "number"),
    ("descend lecture --steps -5", "range"),
]  # fmt: skip
VALUES = [  # of an option that is read here
    ("train --layers 10", "sizes such as 784-100-10, or lecture, found '10'"),
    ("train --batch 0", "a whole number from 1 up or all, found '0'"),
    ("train --gain a", "numbers such as 1 or 4,4, found 'a'"),
    ("descend lecture --start 0,nan", "numbers such as 0,0 or -1.2,1, found '0,nan'"),
    ("rates lecture --rates 1:2", "numbers such as 0.01,0.1 or start:stop:count, found '1:2'"),
    ("basins himmelblau --view 1", "low:high per variable, such as -5:5,-5:5, found '1'"),
    ("train --save-every soon", "seconds such as 30s or steps such as 500, found 'soon'"),
]


@pytest.mark.parametrize(("call", "key"), CALLS, ids=[key for _, key in CALLS])
def test_what_click_finds_wrong_is_told_in_both_languages(call, key):
    with pytest.raises(click.ClickException) as caught:
        group.main(["--lang", "en", *call.split()], standalone_mode=False)
    text = caught.value.format_message().rstrip(".")
    assert next(name for name in CLICK if re.fullmatch(CLICK[name], text)) == key
    assert told(caught.value, "en").startswith(text)
    assert not foreign(told(caught.value, "ru"), "gradient", "IMAGE…", "FORMULA")


def test_every_sentence_of_click_is_earned():
    assert [key for _, key in CALLS] == [*CLICK]


def test_of_what_click_says_otherwise_russian_tells_the_fact_alone():
    error = click.UsageError("Something new.")
    assert told(error, "en") == "Something new"
    assert told(error, "ru") == "вызов не разобрать; справка: spusk --help"


@pytest.mark.parametrize(("call", "says"), VALUES, ids=[call for call, _ in VALUES])
def test_a_value_that_cannot_be_read_is_told_in_both_languages(call, says, tmp_path):
    option = call.split()[-2]
    done = spusk(*call.split(), cwd=tmp_path)
    expected = f"error: Invalid value for '{option}': expected {says}\n"
    assert (done.returncode, done.stderr) == (2, expected)
    done = spusk("--lang", "ru", *call.split(), cwd=tmp_path)
    assert done.stderr.startswith(f"ошибка: '{option}': нуж") or option == "--view"
    assert not foreign(done.stderr.replace("lecture", ""), "all")


def test_the_language_of_a_call_counts_where_it_was_read(tmp_path):
    done = spusk("--lang", "ru", "descend", cwd=tmp_path, SPUSK_LANG="en")
    assert done.stderr == "ошибка: не задан обязательный аргумент 'FORMULA'\n"
    done = spusk("--lang", "ru", "nonsense", cwd=tmp_path, SPUSK_LANG="en")
    assert done.stderr.startswith("ошибка: команды 'nonsense' нет; есть gradient, descend, ")
    done = spusk("--nope", cwd=tmp_path, SPUSK_LANG="ru")
    assert done.stderr == "ошибка: параметра '--nope' нет\n"
    done = spusk("gradient", "-x^2", cwd=tmp_path, SPUSK_LANG="ru")
    assert done.stderr.startswith("ошибка: параметра '-x' нет; формула, которая начинается с мин")
    done = spusk("--lang", "de", "gallery", cwd=tmp_path, SPUSK_LANG="ru")
    assert done.stderr == "ошибка: '--lang': нужно одно из 'en', 'ru', а не 'de'\n"


def test_what_comes_after_two_dashes_is_told_to_come_last(tmp_path):
    done = spusk("descend", "--", "-x^2", "--start", "4", cwd=tmp_path)
    assert (done.returncode, "the formula comes last" in done.stderr) == (2, True)
    done = spusk("--lang", "ru", "descend", "--", "-x^2", "--start", "4", cwd=tmp_path)
    assert "формула пишется последней" in done.stderr


def test_an_unknown_rule_is_shown_all_that_there_are(tmp_path):
    done = spusk("descend", "x^2", "--start", "1", "--rule", "armijo", cwd=tmp_path)
    assert "plain, momentum, nesterov, adam, adamw, backtracking" in done.stderr
