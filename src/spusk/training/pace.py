"""The pace of a training: how many steps its engine takes before the loop looks up."""

CHUNK_SECONDS = 0.05  # how long the engine works before the loop looks up


class Pace:
    """How many steps the engine takes at once: whole windows, as many as fit CHUNK_SECONDS.

    From one window on it grows at most fourfold at a time, and never beyond `most` steps.
    """

    def __init__(self, window: int, most: int | None) -> None:
        self.window, self.chunk = window, window
        self.largest = None if most is None else max(1, most // window) * window

    def after(self, step: int) -> int:
        """The step at whose end the loop looks up next."""
        return step // self.window * self.window + self.chunk

    def took(self, steps: int, seconds: float) -> None:
        """Learns from a chunk; one that an epoch's end cut short says little."""
        if steps < self.chunk:
            return
        wanted = min(4 * self.chunk, round(steps * CHUNK_SECONDS / seconds))
        self.chunk = max(1, wanted // self.window) * self.window
        if self.largest is not None:
            self.chunk = min(self.chunk, self.largest)
