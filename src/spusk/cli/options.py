"""What the command line reads: layers with dashes, lists with commas, batches."""

import click


def layer_text(sizes: tuple[int, ...]) -> str:
    """784-100-10."""
    return "-".join(map(str, sizes))


def whole(text: str) -> bool:
    """Whether the text is a whole number from 1 up."""
    return text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0


class Layers(click.ParamType[tuple[int, ...]]):
    """Layer sizes with dashes: 784-100-10."""

    name = "layers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        parts = str(value).split("-")
        if len(parts) < 2 or not all(map(whole, parts)):
            self.fail(f"expected sizes such as 784-100-10, found {str(value)!r}", param, ctx)
        return tuple(map(int, parts))


class Batch(click.ParamType[str]):
    """A whole number from 1 up, or all."""

    name = "batch"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        text = str(value)
        if text != "all" and not whole(text):
            self.fail(f"expected a whole number from 1 up or all, found {text!r}", param, ctx)
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
            self.fail(f"expected numbers such as 1 or 4,4, found {str(value)!r}", param, ctx)
