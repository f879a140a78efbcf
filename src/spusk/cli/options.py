"""What the command line reads: paths, layers with dashes, lists with commas, batches."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from spusk.cli.wrong_calls import unusable
from spusk.io.paths import home
from spusk.training.presets import PRESETS

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def layer_text(sizes: tuple[int, ...]) -> str:
    """784-100-10."""
    return "-".join(map(str, sizes))


def is_whole(text: str) -> bool:
    """Whether the text is a whole number from 1 up."""
    return text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0


class Somewhere(click.ParamType[Path]):
    """A path, its ~ written out."""

    name = "path"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        return home(str(value))


PATH = Somewhere()


class Layers(click.ParamType["tuple[int, ...] | str"]):
    """Layer sizes with dashes, 784-100-10, or the name of a preset."""

    name = "layers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> "tuple[int, ...] | str":
        if str(value) in PRESETS:
            return str(value)
        parts = str(value).split("-")
        if len(parts) < 2 or not all(map(is_whole, parts)):
            names = ", ".join(PRESETS)
            raise unusable("layers", param, ctx, names=names, found=str(value))
        return tuple(map(int, parts))


class Batch(click.ParamType[str]):
    """A whole number from 1 up, or all."""

    name = "batch"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        text = str(value)
        if text != "all" and not is_whole(text):
            raise unusable("batch", param, ctx, found=text)
        return text


class Gain(click.ParamType[tuple[float, ...]]):
    """One number, or one per layer with commas."""

    name = "gain"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        try:
            return tuple(float(part) for part in str(value).split(","))
        except ValueError:
            raise unusable("gain", param, ctx, found=str(value)) from None


def number(text: str) -> float:
    """A finite number. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


class Point(click.ParamType[tuple[float, ...]]):
    """Coordinates as they are written: 0,0 or -1.2,1; (−3; 5); 0,5;1 with decimal commas."""

    name = "point"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        try:
            return coordinates(str(value))
        except ValueError:
            raise unusable("point", param, ctx, found=str(value)) from None


def coordinates(text: str) -> tuple[float, ...]:
    """The numbers of a point's text; where semicolons part them, commas are decimal ones."""
    bare = text.strip().replace("\N{MINUS SIGN}", "-")
    if bare[:1] + bare[-1:] in ("()", "[]"):
        bare = bare[1:-1]
    if ";" in bare:
        return tuple(number(part.replace(",", ".")) for part in bare.split(";"))
    return tuple(number(part) for part in bare.split(","))


class Range(click.ParamType[tuple[float, ...]]):
    """Numbers with commas (0.01,0.1), or start:stop:count, evenly spaced (0.01:0.5:50)."""

    name = "range"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        text = str(value)
        try:
            if ":" not in text:
                return tuple(number(part) for part in text.split(","))
            start, stop, count = text.split(":")
            if not is_whole(count) or int(count) > 10_000:
                raise ValueError(text)
            first, last, steps = number(start), number(stop), int(count)
            return tuple(first + (last - first) * k / max(steps - 1, 1) for k in range(steps))
        except ValueError:
            raise unusable("numbers", param, ctx, found=text) from None


def option_group(
    name: str, kind: Callable[..., object], options: Sequence[Decorator], fields: Iterable[str]
) -> Decorator:
    """Adds options to a command, which takes them as one record `name`; they are its fields."""

    def grouped(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def packed(*more: Any, **given: Any) -> Any:  # noqa: ANN401 - click calls it
            record = kind(**{field: given.pop(field) for field in fields})
            return command(*more, **{name: record}, **given)

        made: Callable[..., Any] = packed
        for option in reversed(options):
            made = option(made)
        return made

    return grouped
