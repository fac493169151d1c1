"""Markdown source divided into blocks: heading, list item, table row, fenced code, paragraph.

Light on purpose (one pass over the lines, no parser): the differences, passages and the merge all stand on it.
The blocks join to the text exactly; blank lines belong to the block before them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from reviewtool.prose import words

#: A longer block is cut at its lines, a longer line at its sentences: this bounds the work of every word difference.
HUGE: Final = 6000

# LF, CRLF and CR end a line, no other character does.
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_FED_LINE = re.compile(r".*\n|.+")  # the same where no CR stands in the text
_KINDS = re.compile(  # the group says what a line begins, none is a line of a paragraph
    r"""[ >]*(?P<code>```+|~~~+)
    |(?P<blank>\s*\Z)
    |(?P<h>\s{0,3}\#{1,6}(?=\s|\Z))
    |(?P<li>\s*(?:[-*+]|\d{1,9}[.)])\s+(?=\S))
    |(?P<tr>\s*\|.*\|\s*\Z)
    |(?P<box>\s*:::+)
    |""",
    re.VERBOSE,
)
# A line that begins with one of these is a paragraph's.
_PLAIN = frozenset(map(chr, range(33, 127))) - frozenset(">`~#-*+|:0123456789")
_FRONT = re.compile(r"\ufeff?---[ \t]*(?:\r\n?|\n)(?:[^\r\n]*(?:\r\n?|\n))*?---[ \t]*(?:\r\n?|\n|\Z)")
_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!?…]+[\"'”»)*_\]]*\s+|\n\s*|[.!?…]+|$)")


class Block(NamedTuple):
    """One block: text[start:end] of its document; kind is h, li, tr, code, front, box or p."""

    start: int
    end: int
    kind: str


class Both(NamedTuple):
    """Two texts in blocks; the first `head` and the last `tail` blocks of each are those of the other, unchanged."""

    old: tuple[Block, ...]
    new: tuple[Block, ...]
    head: int
    tail: int


def split(text: str) -> tuple[Block, ...]:
    """Divide a text into blocks that cover it exactly."""
    return tuple(_cut(text, _whole(text)))


def split_both(old: str, new: str) -> Both:
    """Divide two texts as `split` does each; what is the same at both ends is read once."""
    whole = list(_whole(old))
    low = _same_until(whole, old, new)
    shift = len(new) - len(old)
    high = len(new) - words.common_end(old[low:], new[low:])
    starts = {b.start + shift for b in whole[bisect_left(whole, high - shift, key=_start) :]}
    middle, at = [], low
    for block in _whole(new, low) if low not in starts else ():
        middle.append(block)
        at = block.end
        if at in starts:
            break
    a = tuple(_cut(old, whole))
    head, tail = bisect_right(a, low, key=_end), len(a) - bisect_left(a, at - shift, key=_start)
    kept = a[len(a) - tail :]
    moved = tuple(Block(s + shift, e + shift, k) for s, e, k in kept) if shift else kept
    return Both(a, (*a[:head], *_cut(new, middle), *moved), head, tail)


def _same_until(whole: list[Block], old: str, new: str) -> int:
    """Say up to where both texts certainly have the same blocks: a line must follow that is whole and the same too."""
    if _FRONT.match(old) is None and old.startswith(("---", "\ufeff---")):
        return 0  # the new text may close what is no front matter here
    same = old.rfind("\n", 0, words.common_start(old, new)) + 1
    found = bisect_left(whole, same, key=_end)
    return whole[found - 1].end if found else 0


def _start(block: Block) -> int:
    return block.start


def _end(block: Block) -> int:
    return block.end


def lines(text: str, start: int = 0, end: int | None = None) -> list[str]:
    """Give the lines with their ends as Markdown counts them (LF, CRLF, CR; no other character ends a line)."""
    return (_LINE if "\r" in text else _FED_LINE).findall(text, start, len(text) if end is None else end)


def _whole(text: str, start: int = 0) -> Iterator[Block]:
    """Give the blocks from a place where one begins, none of them cut."""
    pos, kind, blank, fence = start, "", False, ""
    if not start and (front := _FRONT.match(text)):
        pos, kind, blank = front.end(), "front", True
    # Every end of a line becomes one LF, and nothing changes its place.
    rest = text[pos:].replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text[pos:]
    for line in rest.split("\n"):
        at, pos = pos, pos + len(line) + 1
        if fence:
            if line.lstrip(" >").startswith(fence):
                fence, blank = "", True
            continue
        if not line:
            kind, blank = kind or "p", True
            continue
        plain = line[0] in _PLAIN or (line[0] == ">" and "```" not in line and "~~~" not in line)
        found = None if plain else _KINDS.match(line)
        now = (found and found.lastgroup) or "p"
        if now == "blank":
            kind, blank = kind or "p", True
            continue
        if kind and (blank or now != "p" or kind in ("h", "tr", "box")):
            yield Block(start, at, kind)
            start, kind = at, ""
        kind, blank = kind or now, False
        if found and now == "code":
            fence = found["code"]
    if start < len(text):
        yield Block(start, len(text), kind)


def _cut(text: str, found: Iterable[Block]) -> Iterator[Block]:
    for block in found:
        if block.end - block.start > HUGE:
            yield from _pieces(text, block)
        else:
            yield block


def _pieces(text: str, block: Block) -> Iterator[Block]:
    start = block.start
    for line in lines(text, start, block.end):
        end = start + len(line)
        if len(line) > HUGE:
            yield from (Block(m.start(), m.end(), block.kind) for m in _sentences(text, start, end))
        else:
            yield Block(start, end, block.kind)
        start = end


def _sentences(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for match in _SENTENCE.finditer(text, start, end):
        if match.end() > match.start():
            yield match
