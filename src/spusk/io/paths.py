"""Paths as people write them: a ~ at the beginning is somebody's home folder."""

import os
from pathlib import Path

from spusk.errors import DataError


def home(path: str | Path) -> Path:
    """The path, its ~ or ~user written out, whether something is there or not.

    What begins with ~ and is there is taken as it is; so is ./~name. Raises DataError where that
    user has no home, and where the system cannot even look: a name too long, a locked folder.
    """
    text = os.path.expanduser(path)
    try:
        os.lstat(text)
    except (FileNotFoundError, NotADirectoryError) as error:
        if str(text).startswith("~"):
            raise DataError.keyed("data.no_home", path=path) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", error)
        raise DataError.keyed("data.no_path", path=path, why=why) from error
    return Path(text)
