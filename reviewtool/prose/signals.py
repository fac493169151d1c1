"""What a careful expert must not miss: figures, references, negations and terms that a change adds, removes or alters.

`figures.py` recognises them. The proposal page lists these beside the redline («Cifras y referencias»), and
`summary.py` tells the most important ones.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reviewtool.prose import figures, markdown, rows
from reviewtool.prose.blocks import Block
from reviewtool.prose.changes import BlockPair, Comparison
from reviewtool.prose.figures import Figure, Sort

#: kinds of blocks in which nothing is looked for: declared facts and program text
_SILENT: Final = frozenset({"front", "code"})
#: sorts that may replace each other: «3,5 %» that becomes «3,5» is one changed figure
_GROUPS: Final[dict[Sort, str]] = {"date": "figure", "percentage": "figure", "amount": "figure", "number": "figure"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a text: the block's index, the offset in it, and the offset in the whole text."""

    block: int
    offset: int
    start: int


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was added (`old` empty), removed (`new` empty) or altered; a place on each side where it stands.

    `inside` says that it stands in a block that stayed or moved, not in one that came or went as a whole.
    """

    sort: Sort
    old: str
    new: str
    old_place: Place | None
    new_place: Place | None
    inside: bool


def signals(old_md: str, new_md: str, terms: Sequence[str] = (), language: str = "") -> tuple[Signal, ...]:
    """List them in the order of the new text, each removed one where it stood; what only moved is none.

    `language` is that of the document; without it, the one that the new text declares, else Spanish.
    """
    comparison = rows.compare(old_md, new_md)
    return tuple(_Reader(comparison, tuple(terms), language or markdown.language(new_md) or "es").all())


class _Reader:
    def __init__(self, comparison: Comparison, terms: tuple[str, ...], language: str) -> None:
        self.c, self.terms, self.language = comparison, terms, language

    def all(self) -> Iterator[Signal]:
        """Walk the new blocks; what went follows the block it stood behind."""
        by_new = {pair.new: pair for pair in self.c.pairs}
        by_old = {pair.old for pair in self.c.pairs}
        at = 0
        for j in range(len(self.c.new_blocks)):
            pair = by_new.get(j)
            if pair is None:
                yield from (_signal(None, None, found, self._new(j), inside=False) for found in self._come(j))
                continue
            yield from self._inside(pair)
            if pair.move is None:
                yield from self._gone(range(at, pair.old), by_old)
                at = pair.old + 1
        yield from self._gone(range(at, len(self.c.old_blocks)), by_old)

    def _gone(self, places: range, by_old: Collection[int]) -> Iterator[Signal]:
        for i in places:
            if i not in by_old:
                yield from (_signal(found, self._old(i), None, None, inside=False) for found in self._went(i))

    def _went(self, i: int) -> list[Figure]:
        return self._figures(self.c.old, self.c.old_blocks[i])

    def _come(self, j: int) -> list[Figure]:
        return self._figures(self.c.new, self.c.new_blocks[j])

    def _figures(self, text: str, block: Block) -> list[Figure]:
        if block.kind in _SILENT:
            return []
        return figures.figures(text[block.start : block.end], self.language, self.terms)

    def _old(self, i: int) -> tuple[int, int]:
        return i, self.c.old_blocks[i].start

    def _new(self, j: int) -> tuple[int, int]:
        return j, self.c.new_blocks[j].start

    def _inside(self, pair: BlockPair) -> Iterator[Signal]:
        """Pair what the changes inside a block took with what they brought; each counts whole."""
        if pair.same:
            return
        before, after = self._went(pair.old), self._come(pair.new)
        if before or after:
            old, new = self._old(pair.old), self._new(pair.new)
            for gone, come in _touched(pair, before, after):
                yield from (_signal(was, old, now, new, inside=True) for was, now in _matched(gone, come))


def _signal(
    was: Figure | None, old: tuple[int, int] | None, now: Figure | None, new: tuple[int, int] | None, *, inside: bool
) -> Signal:
    """Tell a figure of the old text, of the new one or both; a place is that of the block: its number and its start."""
    old_place = Place(old[0], was.start, old[1] + was.start) if was and old else None
    new_place = Place(new[0], now.start, new[1] + now.start) if now and new else None
    sort = now.sort if now else was.sort if was else "number"
    return Signal(sort, was.text if was else "", now.text if now else "", old_place, new_place, inside)


def _matched(gone: Sequence[Figure], come: Sequence[Figure]) -> Iterator[tuple[Figure | None, Figure | None]]:
    """Pair the figures that a change took with those that it brought, the first with the first of its group."""
    if not gone and not come:
        return
    lost, won = _without(gone, come), _without(come, gone)
    if not lost and not won:  # the same ones, perhaps in another order
        yield from ((was, now) for was, now in zip(gone, come, strict=True) if was.text.lower() != now.text.lower())
    waiting: dict[str, deque[Figure]] = {}
    for found in lost:
        waiting.setdefault(_group(found), deque()).append(found)
    for found in won:
        same = waiting.get(_group(found))
        yield (same.popleft() if same else None), found
    yield from ((found, None) for found in sorted(itertools.chain(*waiting.values())))


def _group(found: Figure) -> str:
    return _GROUPS.get(found.sort, found.sort)


def _without(some: Sequence[Figure], others: Sequence[Figure]) -> list[Figure]:
    """Leave out those that stand on the other side too, as often."""
    left: dict[tuple[Sort, str], int] = {}
    for other in others:
        key = (other.sort, other.text.lower())
        left[key] = left.get(key, 0) + 1
    found = []
    for each in some:
        key = (each.sort, each.text.lower())
        if left.get(key):
            left[key] -= 1
        else:
            found.append(each)
    return found


def _touched(
    pair: BlockPair, before: Sequence[Figure], after: Sequence[Figure]
) -> Iterator[tuple[list[Figure], list[Figure]]]:
    """Give what each change in a block touches on both sides; changes that touch one and the same count as one."""
    old, new = _Near(before), _Near(after)
    held: tuple[dict[Figure, None], dict[Figure, None]] = ({}, {})
    for (i0, i1), (j0, j1) in _runs(pair):
        gone, come = old.to(i0, i1), new.to(j0, j1)
        if not gone and not come:
            continue
        if not any(f in held[0] for f in gone) and not any(f in held[1] for f in come):
            yield list(held[0]), list(held[1])
            held = ({}, {})
        held[0].update(dict.fromkeys(gone))
        held[1].update(dict.fromkeys(come))
    yield list(held[0]), list(held[1])


class _Near:
    """The figures of a block, to be asked for those near a change."""

    def __init__(self, found: Sequence[Figure]) -> None:
        self.found, self.starts = found, [f.start for f in found]
        self.longest = max([f.end - f.start for f in found], default=0)

    def to(self, start: int, end: int) -> list[Figure]:
        """Give those that a range touches with one blank of reach: «3,5 %» that loses its sign changes."""
        first, last = bisect_left(self.starts, start - 1 - self.longest), bisect_right(self.starts, end + 1)
        return [f for f in self.found[first:last] if start <= f.end + 1]


def _runs(pair: BlockPair) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Give the ranges of each replacement: in the old block and in the new one."""
    i = j = 0
    held: tuple[int, int] | None = None
    for op, text in [*pair.runs, ("equal", "")]:
        if op == "equal":
            if held is not None:
                yield (held[0], i), (held[1], j)
            held = None
        elif held is None:
            held = (i, j)
        i += len(text) * (op != "insert")
        j += len(text) * (op != "delete")
