"""One stretch of a document changed by its range while every other byte stays: writing block by block.

A stretch is what a page shows as one block (a paragraph, a whole list, a whole table), or source that is not shown
where it stands: front matter, notes, targets of links. Blank lines belong to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final, NamedTuple

from reviewtool.prose import markdown

BLANK: Final = " \t\r\n"
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n?|\n))*")
_LINE_END = re.compile(r"[ \t]*(?:\r\n?|\n|\Z)")
_CLOSE = 0.6  # how alike two blocks are, of 1, that one may have been made of the other


class Stretch(NamedTuple):
    """text[start:end] and how it is shown; `html` is empty for source that is not shown where it stands.

    The collected footnotes are shown and stand nowhere: their range is empty, at the end.
    """

    start: int
    end: int
    html: str


def stretches(text: str, resolve: markdown.Resolve | None = None) -> tuple[Stretch, ...]:
    """Divide a text into its stretches, in order; the last may be the collected footnotes as they are shown."""
    return tuple(_stretches(text, resolve))


def _stretches(text: str, resolve: markdown.Resolve | None) -> Iterator[Stretch]:
    at = 0
    shown = markdown.pieces(text, resolve=resolve)[1]
    for piece in shown:
        if piece.start is not None and piece.end is not None:
            yield from _hidden(text, at, piece.start)
            yield Stretch(piece.start, _trimmed(text, piece.start, piece.end), piece.html)
            at = piece.end
    yield from _hidden(text, at, len(text))
    yield from (Stretch(len(text), len(text), piece.html) for piece in shown if piece.start is None)


def _hidden(text: str, start: int, end: int) -> Iterator[Stretch]:
    start = min(_after_blanks(text, start), end)
    end = _trimmed(text, start, end)
    if start < end:
        yield Stretch(start, end, "")


def _after_blanks(text: str, start: int) -> int:
    found = _BLANK_LINES.match(text, start)
    return found.end() if found else start


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(BLANK))


def plain(text: str) -> str:
    """Return a text with line feeds as line ends, as forms are compared."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ending(text: str) -> str:
    """Return how most lines of a text end."""
    windows = text.count("\r\n")
    return "\r\n" if windows and windows * 2 >= text.count("\n") else "\n"


def occurrences(text: str, source: str) -> list[tuple[int, int]]:
    """Return every range of whole lines that reads like a source, whatever its line ends."""
    lines = r"(?:\r\n?|\n)".join(re.escape(line) for line in plain(source).split("\n"))
    found = re.finditer(rf"(?<![^\r\n]){lines}(?={_LINE_END.pattern})", text)
    return [match.span() for match in found]


def closest(text: str, source: str) -> tuple[int, int] | None:
    """Return the range of the stretch that is most like a source, or None when none is like it."""
    known = {plain(text[each.start : each.end]): (each.start, each.end) for each in stretches(text)}
    found = get_close_matches(plain(source), known, n=1, cutoff=_CLOSE)
    return known[found[0]] if found else None


def replaced(text: str, span: tuple[int, int], words: str) -> str:
    """Put other words in the place of a stretch; a blank line keeps them apart from a neighbour they would join."""
    start, end = span
    before, after = text[:start], text[end:]
    return before + _gap_before(before, words) + words + _gap_after(words, after) + after


def removed(text: str, span: tuple[int, int]) -> str:
    """Take a stretch out with the blank lines after it, or before it when it is the last."""
    start, end = span
    before, after = text[:start], text[_after_blanks(text, end) :]
    if not after.strip(BLANK):
        return before.rstrip(BLANK) + (text[end:] if before.strip(BLANK) else "")
    return before + _gap_before(before, after) + after


def inserted(text: str, end: int, words: str) -> str:
    """Put words as a block of their own after a stretch that ends there, or into a text without any."""
    newline = ending(text)
    if not text.strip(BLANK):
        return words + newline
    after = text[end:]
    return text[:end] + newline * 2 + words + _gap_after(words, after, always=True) + after


def _gap_before(before: str, words: str) -> str:
    """Return a line end when words on the very next line would go on with the block before."""
    last = before.rstrip(BLANK)
    if not last or len(re.findall(r"\r\n?|\n", before[len(last) :])) > 1:
        return ""
    around = _paragraph(last, end=True) + before[len(last) :]
    return "" if _begins(around + words, len(around)) else ending(before)


def _gap_after(words: str, after: str, *, always: bool = False) -> str:
    """Return a line end when the block on the very next line would go on with the words."""
    line = _LINE_END.match(after)
    rest = after[line.end() :] if line else after
    if not rest or _LINE_END.match(rest):
        return ""
    around = words + after[: len(after) - len(rest)]
    apart = not always and _begins(around + _paragraph(rest), len(around))
    return "" if apart else ending(after)


def _paragraph(text: str, *, end: bool = False) -> str:
    """Return the lines up to the first blank one, or those after the last."""
    parts = re.split(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)", text)
    return parts[-1 if end else 0]


def _begins(text: str, at: int) -> bool:
    return any(each.start == at for each in stretches(text))
