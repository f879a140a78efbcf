"""What is wrong with a call, in both languages: click itself speaks English alone."""

import re

import click

from spusk.errors import InputError
from spusk.i18n import say
from spusk.i18n.reasons import Reason

VALUE = r"Invalid value for (?P<option>.+?): (?P<found>.+)"
CLICK = {  # a key of i18n/*/calls.toml -> the sentence of click that it stands for
    "near_option": r"No such option (?P<found>.+)\. Did you mean (?P<near>.+)\?",
    "near_options": r"No such option (?P<found>.+)\. \(Did you mean one of: (?P<near>.+)\?\)",
    "no_option": r"No such option (?P<found>[^.]+)",
    "near_command": r"No such command (?P<found>.+)\. Did you mean (?P<near>.+)\?",
    "no_command": r"No such command (?P<found>[^.]+)",
    "missing_option": r"Missing option (?P<name>[^.]+)",
    "missing_argument": r"Missing argument (?P<name>[^.]+)",
    "extra": r"Got unexpected extra argument \((?P<found>.+)\)",
    "extras": r"Got unexpected extra arguments \((?P<found>.+)\)",
    "no_value": r"Option (?P<name>\S+) requires an argument",
    "no_value_taken": r"Option (?P<name>\S+) does not take a value",
    "choice": VALUE + r" is not one of (?P<names>'.+')",
    "whole": VALUE + r" is not a valid integer",
    "whole_range": VALUE + r" is not a valid integer range",
    "number": VALUE + r" is not a valid float",
    "range": VALUE + r" is not in the range (?P<range>.+)",
}


def told(error: click.ClickException, lang: str | None) -> str:
    """What click finds wrong, in a language; of what is not known Russian names the fact alone."""
    text = one_line(error.format_message()).rstrip(".")
    found = ((key, re.fullmatch(pattern, text)) for key, pattern in CLICK.items())
    said = (say(f"calls.{key}", lang, **match.groupdict()) for key, match in found if match)
    what = next(said, None) or Reason("call", text).sentence(lang)
    if isinstance(error, click.NoSuchOption) and may_be_formula(error):
        return say("calls.minus", lang, what=what)
    late = re.fullmatch(CLICK["extras"], text)
    return say("calls.late", lang, what=what) if late and "--" in late["found"] else what


def may_be_formula(error: click.NoSuchOption) -> bool:
    """Whether what is no option may be a formula that begins with a minus."""
    takes = error.ctx.command.params if error.ctx else ()
    return not error.option_name.startswith("--") and any(p.name == "formula" for p in takes)


def spoken(error: click.ClickException) -> str | None:
    """The language of a call, as far as click had read it."""
    context = getattr(error, "ctx", None)
    lang: str | None = context.find_root().params.get("lang") if context else None
    return lang


def unusable(
    key: str, param: click.Parameter | None, ctx: click.Context | None, **values: object
) -> InputError:
    """The error of calls.toml about the value of an option or an argument."""
    option = param.get_error_hint(ctx) if param else ""
    return InputError.keyed(f"calls.{key}", option=option, **values)


def one_line(text: str) -> str:
    """The text without line breaks."""
    return " ".join(text.split())
