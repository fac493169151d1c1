"""Changes of a script, made in the text of a document: they fail loudly when the words they look for are not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reviewtool.errors import Complaint

NBSP = "\N{NO-BREAK SPACE}"
_GLUED = (
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), NBSP),  # 12 000
    (re.compile(r"(?<=\d) (?=%)"), NBSP),
    (re.compile(r"(?<=USD) (?=\d)"), NBSP),
)


class TextMoved(Complaint):
    """The materials no longer hold the words that a change of the demonstration looks for."""


def glued(text: str) -> str:
    """Return a text with the spaces that must not break a line, as the materials write figures."""
    for pattern, space in _GLUED:
        text = pattern.sub(space, text)
    return text


def changed(path: str, text: str, change: Mapping[str, Any]) -> str:
    """Return a document's text after one change of a script.

    `old` with `new` replaces words; `below` or `above` with `new` puts a block beside the line that holds an anchor,
    `row_below` a line without an empty one between; `move` takes the block that holds an anchor there.
    """
    if "old" in change:
        old = glued(change["old"])
        _once(path, text, old)
        return text.replace(old, glued(change["new"]))
    if "move" in change:
        block, text = _taken(path, text, glued(change["move"]))
    else:
        block = glued(change["new"]).strip("\n")
    if "row_below" in change:
        end = _line(path, text, glued(change["row_below"]))[1]
        return f"{text[:end]}{block}\n{text[end:]}"
    if "below" in change:
        end = _line(path, text, glued(change["below"]))[1]
        return f"{text[:end]}\n{block}\n{text[end:]}"
    start = _line(path, text, glued(change["above"]))[0]
    return f"{text[:start]}{block}\n\n{text[start:]}"


def _once(path: str, text: str, words: str) -> int:
    if text.count(words) != 1:
        raise TextMoved(
            f"{path} holds {text.count(words)} times, not once: {words!r}",
            f"{path} contiene {text.count(words)} veces, no una: {words!r}",
        )
    return text.index(words)


def _line(path: str, text: str, words: str) -> tuple[int, int]:
    """Return start and end of the line that holds the words; its line end is inside."""
    found = _once(path, text, words)
    start = text.rfind("\n", 0, found) + 1
    end = text.find("\n", found) + 1
    return start, end or len(text)


def _taken(path: str, text: str, words: str) -> tuple[str, str]:
    """Take out the container or the paragraph that begins in the line with the words."""
    start, end = _line(path, text, words)
    first = text[start:end].strip()
    last = f"\n{':' * (len(first) - len(first.lstrip(':')))}\n" if first.startswith(":::") else "\n\n"
    close = text.find(last, start)
    if close < 0:
        raise TextMoved(
            f"{path} has no end of the block with: {words!r}", f"{path} no tiene el final del bloque con: {words!r}"
        )
    close += len(last) if first.startswith(":::") else 1
    return text[start:close].strip("\n"), text[:start].rstrip("\n") + "\n\n" + text[close:].lstrip("\n")
