"""What an engine found, in one form for all of them, and what can be counted in it without knowing the truth."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

ISLAND_LETTERS, ISLAND_WORDS = 4, 3


class Piece(NamedTuple):
    """A run of text on both sides, on the old or on the new one; `move` is the same at both ends of a moved run."""

    op: str
    text: str
    move: str | None = None


class Link(NamedTuple):
    """So many visible characters that are shown as the same, counted from the beginning of each text."""

    old: int
    new: int
    size: int
    moved: bool


@dataclass(frozen=True)
class Counts:
    """Marked runs, ends of theirs inside a word, islands between them, and the visible characters that are marked."""

    fragments: int
    cut: int
    islands: int
    volume: int


def ink(text: str) -> int:
    """Count visible characters."""
    return len("".join(text.split()))


def count(pieces: Sequence[Piece]) -> Counts:
    """Count what a reader sees marked."""
    marked = [text for op, text, _ in pieces if op != "equal" and text.strip()]
    cut = sum(_cuts([p for p in pieces if p.op in ("equal", side)]) for side in ("delete", "insert"))
    return Counts(_fragments(pieces), cut, sum(map(_islands, _lines(pieces))), sum(map(ink, marked)))


def _fragments(pieces: Sequence[Piece]) -> int:
    """Count runs marked in one way; equal blanks and line ends do not divide them."""
    last, found = "equal", 0
    for op, text, _ in pieces:
        if text.strip():
            found += op not in ("equal", last)
            last = op
    return found


def _cuts(side: Sequence[Piece]) -> int:
    """Count the borders of marks on one side that stand between two letters."""
    side = [p for p in side if p.text]
    borders = ((a.text[-1], b.text[0]) for a, b in pairwise(side) if a.op != b.op or a.move != b.move)
    return sum(x.isalnum() and y.isalnum() for x, y in borders)


def _lines(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Cut what was found wherever an equal line end stands."""
    line: list[Piece] = []
    for piece in pieces:
        if piece.op == "equal" and "\n" in piece.text:
            first, *_, last = piece.text.split("\n")
            yield [*line, Piece("equal", first)]
            line = [Piece("equal", last)]
        else:
            line.append(piece)
    yield line


def _islands(line: Sequence[Piece]) -> int:
    """Count equal runs between two edits that tell nothing: no word, or few and no more than what changed around."""
    edits: list[dict[str, int]] = [{}]
    between: list[str] = []
    for op, text, _ in line:
        if op != "equal":
            edits[-1][op] = edits[-1].get(op, 0) + ink(text)
        elif text:
            between.append(text)
            edits.append({})
    found = 0
    for text, before, after in zip(between, edits, edits[1:], strict=False):
        least = min(max(before.values(), default=0), max(after.values(), default=0))
        words = sum(any(c.isalnum() for c in word) for word in text.split())
        small = not words and ink(text) < ISLAND_LETTERS
        found += bool(before and after) and (small or (words <= ISLAND_WORDS and ink(text) <= least))
    return found


def links(pieces: Sequence[Piece]) -> list[Link]:
    """List which characters are shown as the same, moved ones after the others."""
    found, old, new = [], 0, 0
    ends: dict[str, dict[str, list[int]]] = defaultdict(lambda: {"delete": [], "insert": []})
    for op, text, move in pieces:
        size = ink(text)
        if op == "equal" and size:
            found.append(Link(old, new, size, False))
        elif move is not None:
            start = old if op == "delete" else new
            ends[move][op].extend(range(start, start + size))
        old += size * (op != "insert")
        new += size * (op != "delete")
    for end in ends.values():
        found.extend(Link(x, y, 1, True) for x, y in zip(end["delete"], end["insert"], strict=False))
    return found


class Places:
    """Which paragraph a visible character stands in."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._starts = [0, *accumulate(ink(p) for p in paragraphs)]

    def of(self, character: int) -> int:
        """Return the index of the paragraph."""
        return bisect_right(self._starts, character) - 1

    def end(self, paragraph: int) -> int:
        """Return the first character after a paragraph."""
        return self._starts[paragraph + 1]


def shared(found: Sequence[Link], old: Places, new: Places) -> dict[tuple[int, int], list[int]]:
    """Sum up the characters that each old and each new paragraph are shown to have in common: [in place, moved]."""
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for link in found:
        x, y, left = link.old, link.new, link.size
        while left > 0:
            i, j = old.of(x), new.of(y)
            step = min(left, old.end(i) - x, new.end(j) - y)
            sums[i, j][link.moved] += step
            x, y, left = x + step, y + step, left - step
    return sums
