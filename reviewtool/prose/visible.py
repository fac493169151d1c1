"""The words of a document as a reader sees them, each character with its place in the Markdown source.

A reader selects text on the page; a comment belongs to the source. This projection brings them together without
rendering: marks, targets and list numbers fall away, entities become their characters, note marks their numbers.
`passages.py` uses it, and `places.py` for the numbers of notes.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import cached_property
from html import unescape
from typing import Final

from reviewtool.prose import blocks, dialect

NOTE_TEXT = re.compile(r"[ ]{0,3}\[\^([^\]\s]+)\]:[ \t]*")
_DELIMITER_ROW = re.compile(r"[ >]*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?\s*)?\s*$")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)[ \t]*\S")
_REFERENCE = re.compile(r"[ ]{0,3}\[[^\]^][^\]]*\]:\s*\S+")
_RULE = re.compile(r"\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,}|=+\s*)$")
_LEAD = re.compile(r"(?:[ \t]*>)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:#{1,6}(?=\s)[ \t]*)?")
_CLOSING_HASHES = re.compile(r"[ \t]+#+[ \t]*$")
_UNEVEN = re.compile(r"\s\s|[^\S ]")
_SOLID = re.compile(r"\S+")
_MARK: Final = re.compile(
    r"(?=[\\`\[!\]<&*_~|])(?:"  # what most characters of a text are not
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?P<note>\[\^(?P<label>[^\]\s]+)\])"
    r"|(?P<image>!\[(?:[^\[\]]|\[[^\]]*\])*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])?)"
    r"|(?P<target>\]\([^()]*(?:\([^()]*\)[^()]*)*\)|\]\[[^\]]*\])"
    r"|(?P<auto><(?:https?:|mailto:)[^>\s]*>)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<marks>[*_~\[\]|]))",
    re.DOTALL,
)


def note_numbers(source: str) -> dict[str, str]:
    """Give the notes, by their labels, the numbers of the rendering: in the order of their first marks."""
    defined = {m[1] for line in blocks.lines(source) if (m := NOTE_TEXT.match(line))}
    found: dict[str, str] = {}
    for match in re.finditer(r"\[\^([^\]\s]+)\](?!:)", source):
        if match[1] in defined:
            found.setdefault(match[1], str(len(found) + 1))
    return found


class Visible:
    """What a reader sees of a text: `chars` joined, and for each the offset in the source where it stands."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._chars: list[str] = []
        self._at = array("I")
        self._ends = array("I")
        self._notes = note_numbers(source)
        self._in_item = False  # what is indented after a list item or a note belongs to it, else it is code
        for block in blocks.split(source):
            self._block(block)
        self.chars = "".join(self._chars)
        self._chars.clear()

    @cached_property
    def _solid(self) -> array[int]:
        return array("I", (i for i, c in enumerate(self.chars) if c.isalnum()))

    @cached_property
    def letters(self) -> str:
        """The letters and digits, which alone are compared: blanks and marks differ between the page and the source."""
        return "".join(self.chars[i].lower()[:1] for i in self._solid)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give the source range of visible characters first to last, the last one included."""
        return self._at[first], self._ends[last]

    def place_of_letter(self, n: int) -> int:
        """Give the index among the visible characters of the n-th letter or digit."""
        return self._solid[n]

    def between(self, start: int, end: int) -> str:
        """Give the visible text of a range of the source, blanks collapsed."""
        return self.chars[bisect_left(self._at, start) : bisect_left(self._at, end)]

    def _put(self, text: str, start: int, end: int) -> None:
        """Add characters that stand together for source[start:end]."""
        for char in text:
            if not char.isspace():
                self._chars.append(char)
            elif self._chars and self._chars[-1] != " ":
                self._chars.append(" ")
            else:
                continue
            self._at.append(start)
            self._ends.append(end)

    def _plain(self, start: int, end: int) -> None:
        """Add text without marks; most has single blanks only and is added as it stands."""
        text = self.source[start:end].rstrip()
        if text and not _UNEVEN.search(text):
            if text[0] == " " and self._chars[-1:] in ([], [" "]):
                start, text = start + 1, text[1:]
            last = start + len(text)
            self._chars.extend(text)
            self._at.extend(range(start, last))
            self._ends.extend(range(start + 1, last + 1))
            start = last
        for run in _SOLID.finditer(self.source, start, end):
            first, last = run.span()
            if first > start:
                self._put(" ", start, start + 1)
            self._chars.extend(run[0])
            self._at.extend(range(first, last))
            self._ends.extend(range(first + 1, last + 1))
            start = last
        if start < end:
            self._put(" ", start, start + 1)

    def _block(self, block: blocks.Block) -> None:
        if block.kind == "front":
            return
        if _INDENTED.match(self.source, block.start) and not self._in_item:
            self._plain(block.start, block.end)
            return
        note = NOTE_TEXT.match(self.source, block.start)
        indented = block.kind == "p" and self.source[block.start] in " \t"
        self._in_item = block.kind == "li" or bool(note) or (self._in_item and indented)
        pos = block.start
        content: list[tuple[int, int]] = []
        for n, line in enumerate(blocks.lines(self.source, block.start, block.end)):
            end = pos + len(line)
            if block.kind == "code":
                if n and not re.match(r"[ >]*(?:```|~~~)", line):
                    self._plain(pos, end)
            elif block.kind == "box" and n == 0:
                shown = dialect.container_title(line.strip().lstrip(":"))
                self._put(shown + " ", pos, pos + len(line.rstrip()))
            elif not (_DELIMITER_ROW.match(line) or _RULE.match(line) or _REFERENCE.match(line)):
                lead = NOTE_TEXT.match(line) or _LEAD.match(line)
                content.append((pos + (lead.end() if lead else 0), end))
            pos = end
        self._inline(block, content)
        self._put(" ", block.end - 1, block.end)

    def _inline(self, block: blocks.Block, content: list[tuple[int, int]]) -> None:
        for start, end in content:
            stop = end
            if block.kind == "h":
                closing = _CLOSING_HASHES.search(self.source, start, end)
                stop = closing.start() if closing else end
            at = start
            for match in _MARK.finditer(self.source, start, stop):
                self._plain(at, match.start())
                self._mark(match)
                at = match.end()
            self._plain(at, stop)
            self._put(" ", end - 1, end)

    def _mark(self, match: re.Match[str]) -> None:
        start, end = match.span()
        if match["escape"]:
            self._put(match["escape"][1], start, end)
        elif match["ticks"]:
            self._plain(match.start("code"), match.end("code"))
        elif match["note"]:
            number = self._notes.get(match["label"])
            self._put(f"[{number}]" if number else match["note"], start, end)
        elif match["auto"]:
            self._plain(start + 1, end - 1)
        elif match["entity"]:
            self._put(unescape(match["entity"]), start, end)
        elif match["marks"]:
            self._inner_mark(match)

    def _inner_mark(self, match: re.Match[str]) -> None:
        """Keep an underscore inside a word; a bar parts two cells; all other marks fall away."""
        at = match.start()
        around = self.source[max(0, at - 1) : at + 2]
        if match["marks"] == "|":
            self._put(" ", at, at + 1)
        elif match["marks"] == "_" and len(around) == 3 and around[0].isalnum() and around[2].isalnum():
            self._put("_", at, at + 1)
