"""What the command line reads: layers with dashes, lists with commas, batches."""

import click


def layer_text(sizes: tuple[int, ...]) -> str:
    """784-100-10."""
    return "-".join(map(str, sizes))


class Layers(click.ParamType):
    """Layer sizes with dashes: 784-100-10."""

    name = "layers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = str(value).split("-")
        if len(parts) < 2 or not all(p.isascii() and p.isdigit() and int(p) > 0 for p in parts):
            self.fail(f"expected sizes such as 784-100-10, found {value!r}", param, ctx)
        return tuple(map(int, parts))


class Batch(click.ParamType):
    """A whole number from 1 up, or all."""

    name = "batch"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        if value == "all" or isinstance(value, int):
            return value
        if not (str(value).isascii() and str(value).isdigit() and int(value) > 0):
            self.fail(f"expected a whole number from 1 up or all, found {value!r}", param, ctx)
        return int(value)


class Gain(click.ParamType):
    """One number, or one per layer with commas."""

    name = "gain"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | tuple[float, ...]:
        if isinstance(value, float | tuple):
            return value
        try:
            numbers = tuple(float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"expected numbers such as 1 or 4,4, found {value!r}", param, ctx)
        return numbers[0] if len(numbers) == 1 else numbers
