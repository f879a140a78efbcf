"""What the page is given of the gallery and of the sentences, served or embedded."""

from spusk.functions.gallery import Entry

PAGE_TOPICS = ("page", "rules", "page_surface", "page_escape", "page_bridge", "page_network")


def described_entry(entry: Entry) -> dict[str, object]:
    """One row of the gallery as JSON."""
    parts = ("name", "formula", "view", "start", "rate", "bound")
    minima = [minimum._asdict() for minimum in entry.minima]
    return {part: getattr(entry, part) for part in parts} | {"minima": minima}
