"""The command line: thin; each command asks the rooms and shows what they say.

Exit codes: 0 done, 2 a wrong call, 3 the run went wrong (diverged, not finite, nothing learned),
129, 130 or 143 stopped, 141 nobody reads the output any more.
"""

import sys
from importlib import import_module
from typing import Any

import click

from spusk._version import __version__
from spusk.cli.output import outlets, unheard
from spusk.cli.signals import Stopped
from spusk.cli.wrong_calls import one_line, spoken, told
from spusk.errors import InputError, SpuskError
from spusk.i18n import LANGUAGES, say
from spusk.i18n.reasons import Reason

COMMANDS = {  # command -> the module that holds it; loaded when it is called
    "gradient": "gradient",
    "descend": "surfaces",
    "rates": "surfaces",
    "escape": "basins",
    "basins": "basins",
    "gallery": "gradient",
    "train": "training",
    "evaluate": "evaluating",
    "predict": "predicting",
    "show": "runs",
    "resume": "runs",
    "runs": "run_list",
    "why": "why",
    "data": "sets",
    "lab": "lab",
    "info": "machine",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules that load on first use."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """A command; what its user did wrong is said in the language of the call."""
        lang = ctx.params["lang"]
        try:
            return super().invoke(ctx) or unheard(lang)
        except SpuskError as error:
            return refused(error.sentence(lang), lang)
        except MemoryError as error:
            why = Reason("array", str(error))
            return refused(say("train.no_memory", lang, why=why), lang)
        except Stopped as stopped:
            click.echo(say(stopped.words, lang), err=True)
            return stopped.code

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            raise InputError.keyed("calls.command", found=cmd_name, names=", ".join(COMMANDS))
        module = import_module(f"spusk.cli.{COMMANDS[cmd_name]}")
        command: click.Command = vars(module)[cmd_name]
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spusk")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    envvar="SPUSK_LANG",
    default="en",
    show_default=True,
    help="Language of results and pictures.",
)
@click.pass_context
def group(ctx: click.Context, lang: str) -> None:
    """Gradient descent you can see, at full speed.

    \b
    Start with:  spusk train          (a network learns handwritten digits)
    Help on one: spusk train --help
    """
    ctx.obj = lang


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line; every error a user can make ends in one line and exit code 2."""
    with outlets():
        code = run_command(arguments) or unheard()
    sys.exit(code)


def run_command(arguments: list[str] | None) -> int:
    """Carries the command out and says what was wrong with it; the exit code."""
    try:
        code: int | None = group.main(arguments, prog_name="spusk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = 0
    except click.ClickException as error:
        lang = spoken(error)
        code = refused(told(error, lang), lang)
    except (click.Abort, KeyboardInterrupt):
        code = 130
    return code or 0


def refused(what: str, lang: str | None) -> int:
    """Says an error on standard error; the exit code."""
    click.echo(say("calls.error", lang, what=one_line(what)), err=True)
    return 2
