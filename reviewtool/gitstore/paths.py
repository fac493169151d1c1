"""Which paths people may give to a document, and how a path that an imported repository has is shown.

Called by services before anything typed reaches a tree, and by `writing` for every path that is new.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from reviewtool.errors import InvalidInput

LONGEST: Final = 4096  # bytes, PATH_MAX of Linux
LONGEST_PART: Final = 255  # bytes, NAME_MAX

# What HFS+ ignores in a name (git, utf8.c, next_hfs_char) and marks that turn the direction of reading: ".g<U+200C>it".
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check(path: str) -> str:
    """Return the path in NFC if a person may use it inside the materials; InvalidInput("bad-path") says why not."""
    path = unicodedata.normalize("NFC", path)
    reason = _fault(path)
    if reason is not None:
        raise InvalidInput("bad-path", field="path", path=shown(path), reason=reason)
    return path


def shown(path: str) -> str:
    """Return a path as it can be printed: what is not a character of text becomes U+FFFD."""
    return "".join("\ufffd" if unicodedata.category(c) in _FORBIDDEN_CATEGORIES else c for c in path)


def is_git_name(part: str) -> bool:
    """Tell whether a name is `.git`, or would become it or one of git's own files on some file system."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", part)).casefold()
    # NTFS: trailing dots and spaces vanish, "git~1" is the short name, ":" opens a stream (path.c, is_ntfs_dotgit).
    return plain.startswith(".git") or re.match(r"git~\d", plain) is not None


def _fault(path: str) -> str | None:
    if not path:
        return "empty"
    if any(unicodedata.category(c) in _FORBIDDEN_CATEGORIES for c in path):
        return "control"
    if _INVISIBLE.search(path):
        return "invisible"
    if len(path.encode("utf-8")) > LONGEST:
        return "long"
    if "\\" in path:
        return "backslash"
    return next((fault for part in path.split("/") if (fault := _part_fault(part))), None)


def _part_fault(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return "outside"
    if len(part.encode("utf-8")) > LONGEST_PART:
        return "long"
    if part.startswith("-"):
        return "dash"
    if part != part.strip() or part.endswith("."):
        return "edge"
    if is_git_name(part):
        return "git"
    return None
