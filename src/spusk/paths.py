"""Paths as people write them: a ~ at the beginning is somebody's home folder."""

import os
from pathlib import Path

from spusk.errors import DataError


def home(path: str | Path) -> Path:
    """The path, its ~ or ~user written out. Raises DataError where that user has no home.

    What begins with ~ and is there is taken as it is; so is ./~name.
    """
    text = os.path.expanduser(path)
    if str(text).startswith("~") and not os.path.lexists(text):
        raise DataError.keyed("data.no_home", path=path)
    return Path(text)
