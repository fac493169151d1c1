"""Markdown source divided into blocks: heading, list item, table row, fenced code, paragraph.

Light on purpose (one pass over the lines, no parser): the differences, passages and the merge all stand on it.
The blocks join to the text exactly; blank lines belong to the block before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: A longer block is cut at its lines, a longer line at its sentences: this bounds the work of every word difference.
HUGE: Final = 6000

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_HEADING = re.compile(r"\s{0,3}#{1,6}(?:\s|$)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_FENCE = re.compile(r"[ >]*(```+|~~~+)")
_CONTAINER = re.compile(r"\s*:::+")
_FRONT = re.compile(r"\ufeff?---[ \t]*(?:\r\n?|\n)(?:[^\r\n]*(?:\r\n?|\n))*?---[ \t]*(?:\r|\n|$)")
_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!?…]+[\"'”»)*_\]]*\s+|\n\s*|[.!?…]+|$)")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: text[start:end] of its document; kind is h, li, tr, code, front, box or p."""

    start: int
    end: int
    kind: str


def split(text: str) -> tuple[Block, ...]:
    """Divide a text into blocks that cover it exactly."""
    found: list[Block] = []
    for block in _whole(text):
        found.extend(_pieces(text, block) if block.end - block.start > HUGE else (block,))
    return tuple(found)


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[str]:
    """Give the lines with their ends as Markdown counts them (LF, CRLF, CR; no other character ends a line)."""
    for match in _LINE.finditer(text, start, len(text) if end is None else end):
        yield match[0]


def _kind(line: str) -> str:
    if _HEADING.match(line):
        return "h"
    if _ITEM.match(line):
        return "li"
    if _ROW.match(line):
        return "tr"
    return "box" if _CONTAINER.match(line) else "p"


def _whole(text: str) -> Iterator[Block]:
    start, kind, blank, fence, pos = 0, "", False, "", 0
    for line in lines(text):
        opening = _FENCE.match(line)
        bare = line.strip()
        if fence:
            closes = bare == fence if kind == "front" else opening and opening[1].startswith(fence)
            if closes:
                fence, blank = "", True
        elif not pos and _FRONT.match(text):
            kind, fence = "front", "---"
        elif opening:
            if kind:
                yield Block(start, pos, kind)
            start, kind, fence, blank = pos, "code", opening[1], False
        elif not bare:
            kind, blank = kind or "p", True
        else:
            now = _kind(line)
            if not kind:
                kind = now
            elif blank or now != "p" or kind in ("h", "tr", "box"):
                yield Block(start, pos, kind)
                start, kind = pos, now
            blank = False
        pos += len(line)
    if kind:
        yield Block(start, pos, kind)


def _pieces(text: str, block: Block) -> Iterator[Block]:
    pos = block.start
    for line in lines(text, block.start, block.end):
        end = pos + len(line)
        if len(line) > HUGE:
            yield from (Block(m.start(), m.end(), block.kind) for m in _sentences(text, pos, end))
        else:
            yield Block(pos, end, block.kind)
        pos = end


def _sentences(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for match in _SENTENCE.finditer(text, start, end):
        if match.end() > match.start():
            yield match
