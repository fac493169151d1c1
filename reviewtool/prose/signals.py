"""What a careful expert must not miss: figures, references, negations and terms that a change adds, removes or alters.

`figures.py` recognises them. The proposal page lists these beside the redline («Cifras y referencias»), and
`summary.py` tells the most important ones.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reviewtool.prose import blocks, figures, markdown, rows
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
        by_old = {pair.old: pair for pair in self.c.pairs}
        at = 0
        for j, block in enumerate(self.c.new_blocks):
            pair = by_new.get(j)
            if pair is None:
                yield from (_added(f, self._new(j), inside=False) for f in self._figures(self.c.new, block))
                continue
            yield from self._inside(pair)
            if pair.move is None:
                yield from self._gone(range(at, pair.old), by_old)
                at = pair.old + 1
        yield from self._gone(range(at, len(self.c.old_blocks)), by_old)

    def _gone(self, places: range, by_old: dict[int, BlockPair]) -> Iterator[Signal]:
        for i in places:
            if i not in by_old:
                for found in self._figures(self.c.old, self.c.old_blocks[i]):
                    yield _removed(found, self._old(i), inside=False)

    def _figures(self, text: str, block: blocks.Block) -> list[Figure]:
        if block.kind in _SILENT:
            return []
        return figures.figures(text[block.start : block.end], self.language, self.terms)

    def _old(self, i: int) -> Callable[[Figure], Place]:
        return lambda found: Place(i, found.start, self.c.old_blocks[i].start + found.start)

    def _new(self, j: int) -> Callable[[Figure], Place]:
        return lambda found: Place(j, found.start, self.c.new_blocks[j].start + found.start)

    def _inside(self, pair: BlockPair) -> Iterator[Signal]:
        """Pair what the changes inside a block took with what they brought; each counts whole."""
        if pair.same:
            return
        before = self._figures(self.c.old, self.c.old_blocks[pair.old])
        after = self._figures(self.c.new, self.c.new_blocks[pair.new])
        old, new = self._old(pair.old), self._new(pair.new)
        for gone, come in _touched(pair, before, after) if before or after else ():
            lost, won = _without(gone, come), _without(come, gone)
            if not lost and not won:  # the same ones, perhaps in another order
                yield from (
                    Signal(f.sort, f.text, g.text, old(f), new(g), True)
                    for f, g in zip(gone, come, strict=True)
                    if f.text.lower() != g.text.lower()
                )
            waiting: defaultdict[str, deque[Figure]] = defaultdict(deque)
            for found in lost:
                waiting[_group(found)].append(found)
            for found in won:
                same = waiting[_group(found)].popleft() if waiting[_group(found)] else None
                if same is None:
                    yield _added(found, new, inside=True)
                else:
                    yield Signal(found.sort, same.text, found.text, old(same), new(found), True)
            yield from (_removed(found, old, inside=True) for found in sorted(itertools.chain(*waiting.values())))


def _added(found: Figure, place: Callable[[Figure], Place], *, inside: bool) -> Signal:
    return Signal(found.sort, "", found.text, None, place(found), inside)


def _removed(found: Figure, place: Callable[[Figure], Place], *, inside: bool) -> Signal:
    return Signal(found.sort, found.text, "", place(found), None, inside)


def _group(found: Figure) -> str:
    return _GROUPS.get(found.sort, found.sort)


def _without(some: Sequence[Figure], others: Sequence[Figure]) -> list[Figure]:
    """Leave out those that stand on the other side too, as often."""
    left: dict[tuple[Sort, str], int] = {}
    for each in others:
        key = (each.sort, each.text.lower())
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
        self.longest = max((f.end - f.start for f in found), default=0)

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
