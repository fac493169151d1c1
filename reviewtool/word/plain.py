"""All the words of a Word file, wherever they stand: deleted ones, comments, notes and properties too."""

from __future__ import annotations

from typing import Final

from reviewtool.word.opening import Limits, Parts

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORDS: Final = frozenset({f"{_W}t", f"{_W}delText"})
_PARAGRAPH: Final = f"{_W}p"


def text(data: bytes, limits: Limits | None = None) -> str:
    """Return the text of every part, a paragraph a line; raises InvalidInput for a file that cannot be opened."""
    parts = Parts(data, limits)
    lines: list[str] = []
    for name in parts.names:
        root = parts.tree(name) if name.endswith(".xml") and not name.startswith("_rels/") else None
        for each in root.iter() if root is not None else ():
            if each.tag == _PARAGRAPH:
                lines.append("")
            elif each.tag in _WORDS and lines:
                lines[-1] += each.text or ""
            elif each.text and not str(each.tag).startswith(_W):
                lines.append(each.text)
    return "\n".join(lines)
