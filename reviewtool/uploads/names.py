"""Names of files that people send: one that can be shown and offered for download, one that can stand in the materials.

What a browser sends as a name is a text like any other: it may carry a path, line ends, or marks that turn the
direction of reading, so that «fdp.exe» is read as «exe.pdf».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

LONGEST: Final = 120  # characters of a name that is shown
LONGEST_STEM: Final = 60  # characters of a name in the materials
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED: Final = re.compile(r'[<>:"/\\|?*]')  # what no file system of Windows takes
_TYPE: Final = re.compile(r"\.(?!\d+$)[A-Za-z0-9]{1,5}$")


def cleaned(name: str, extension: str, *, unnamed: str) -> str:
    """Return a name of one line without path and unseen characters, with just this extension; never an empty one."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if char.isspace() else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN)
    stem = " ".join(_RESERVED.sub("_", name).split())
    stem = _TYPE.sub("", stem).removesuffix(f".{extension}")
    stem = stem.lstrip(".-~ ")[: LONGEST - len(extension) - 1].rstrip(". ")
    return f"{stem or unnamed}.{extension}"


def plain(name: str, *, unnamed: str) -> str:
    """Return a name as the start of a file's name in the materials: small letters, figures and hyphens."""
    name = unicodedata.normalize("NFKD", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(char for char in name if not unicodedata.combining(char)).casefold()
    stem = re.sub(r"[^a-z0-9]+", "-", _TYPE.sub("", name)).strip("-")[:LONGEST_STEM].rstrip("-")
    return stem or unnamed


def free(stem: str, extension: str, taken: Container[str]) -> str:
    """Return a name that is not taken: «figura.png», else «figura-2.png» and so on."""
    number = 1
    while (name := f"{stem}{f'-{number}' if number > 1 else ''}.{extension}") in taken:
        number += 1
    return name
