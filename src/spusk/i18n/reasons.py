"""Why a library or the system refused, as a part of our sentences and in their language.

Python, zlib or safetensors speak English only. What they say most often is known here and said in
our words; of the rest an English sentence keeps their text, any other one names the fact alone.
"""

import errno
import re
from typing import NamedTuple

from spusk.i18n import Spoken, language, say

SYSTEM = {  # an error number of the system -> a key of i18n/*/reasons.toml
    "ENOENT": "not_found", "EACCES": "no_permission", "EPERM": "no_permission",
    "ENOSPC": "no_space", "EDQUOT": "no_space", "EFBIG": "too_large", "EROFS": "read_only",
    "EIO": "device", "EISDIR": "folder", "ENOTDIR": "no_folder", "EMFILE": "many_open",
    "ENFILE": "many_open", "ENAMETOOLONG": "long_name", "EADDRINUSE": "in_use",
    "ECONNREFUSED": "refused", "ECONNRESET": "reset", "ETIMEDOUT": "timeout",
    "ENETUNREACH": "no_network",
}  # fmt: skip
LIBRARIES = {  # a key -> what is found in "Type: text" of such an error; the first one counts
    "not_found": r"No such file",
    "no_plain": r"no plain file",
    "directory": r"directory is too large",
    "checksum": r"CRC|incorrect data check|Incorrect length",
    "uncovered": r"not fully covered",
    "no_tensor": r"does not contain tensor",
    "header": r"deserializing header|header checksum|[Mm]agic number|in directory .* and header",
    "cut": r"EOFError|[Tt]runcated|unpack requires|incomplete",
    "no_archive": r"[Nn]ot a (gzipped|zip) file",
    "password": r"password",
    "method": r"compression (method|type)|zip file version",
    "encoding": r"UnicodeDecodeError",
    "open_quote": r"unexpected end of data",
    "after_quote": r"expected after",
    "long_value": r"field larger than",
    "memory": r"MemoryError",
    "timeout": r"timed out",
    "damaged": r"while decompressing|broken",
}


class Reason(NamedTuple):
    """A key of i18n/*/reasons.toml; text: what English says instead, where it says more."""

    key: str
    text: str = ""

    def sentence(self, lang: str | None = None) -> str:
        """The reason in a language."""
        own = self.text and language(lang) == "en"
        return self.text if own else say(f"reasons.{self.key}", lang)


def reason(error: Exception, otherwise: str = "content") -> Spoken:
    """Why, in words; `otherwise` is the key of the fact that is left where that is not known."""
    if isinstance(error, Spoken):
        return error
    inner = getattr(error, "reason", None)  # urllib wraps the system's errors
    error = inner if isinstance(inner, Exception) else error
    text = " ".join(str(error).split())  # one line, whatever a file's own words in it hold
    if isinstance(error, OSError) and error.errno is not None:
        key = SYSTEM.get(errno.errorcode.get(error.errno, ""))
        return Reason(key) if key else Reason("system", error.strerror or text)
    whole = f"{type(error).__name__}: {text}"
    known = (key for key, pattern in LIBRARIES.items() if re.search(pattern, whole))
    key = next(known, None)
    return Reason(key) if key else Reason(otherwise, text)
