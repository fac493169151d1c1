"""The difference between two texts: blocks aligned first, words inside paired blocks after.

Everything that follows passages, sums changes up or prints them in a terminal reads a Comparison.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from reviewtool.prose import align, blocks, words
from reviewtool.prose.words import Op


class Change(NamedTuple):
    """One run of text; `move` is the number of the move whose two ends hold the same words, else None."""

    op: Op
    text: str
    move: int | None = None


class BlockPair(NamedTuple):
    """An old block and what it became: their indexes, the move's number, and the runs of text inside."""

    old: int
    new: int
    move: int | None
    runs: tuple[tuple[Op, str], ...]

    @property
    def same(self) -> bool:
        """Whether both blocks are the same, byte for byte."""
        return all(op == "equal" for op, _ in self.runs)


Runs = tuple[tuple[tuple[Op, str], ...], int | None]  # of text, and the move they all have a part in


class Step(NamedTuple):
    """A place in both texts: the block of each side, None where there is none, and the pair they belong to."""

    old: int | None
    new: int | None
    pair: BlockPair | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Old and new text, their blocks, and which became which. Offsets count code points."""

    old: str
    new: str
    old_blocks: tuple[blocks.Block, ...]
    new_blocks: tuple[blocks.Block, ...]
    pairs: tuple[BlockPair, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """List the changes in text order: equal and deleted join to the old text, equal and inserted to the new."""
        return tuple(_merged(itertools.chain.from_iterable(itertools.starmap(self._runs, self._walk()))))

    def steps(self) -> Iterator[Step]:
        """Walk both texts block by block: before each that stayed come the old ones that went and the new that came."""
        return map(Step._make, self._walk())

    def _walk(self) -> Iterator[tuple[int | None, int | None, BlockPair | None]]:
        n, m = len(self.old_blocks), len(self.new_blocks)
        left: list[BlockPair | None] = [None] * n
        right: list[BlockPair | None] = [None] * m
        for pair in self.pairs:
            left[pair.old] = right[pair.new] = pair
        i = j = 0
        while i < n or j < m:
            old, new = left[i] if i < n else None, right[j] if j < m else None
            if i < n and (old is None or old.move is not None):
                yield i, None, old
                i += 1
            elif j < m and (new is None or new.move is not None):
                yield None, j, new
                j += 1
            else:
                yield i, j, old
                i, j = i + 1, j + 1

    def inside(self, step: Step) -> Iterator[Change]:
        """Give the changes of one step; at the ends of a move what both have carries its number, inner edits do not."""
        for runs, move in self._runs(*step):
            yield from (Change(op, text, move) for op, text in runs)

    def _runs(self, old: int | None, new: int | None, pair: BlockPair | None) -> Iterator[Runs]:
        if pair is not None and pair.move is None:
            yield pair.runs, None
        elif pair is not None:
            op: Op = "insert" if old is None else "delete"
            for kind, text in pair.runs:
                if kind in ("equal", op):
                    yield ((op, text),), pair.move if kind == "equal" else None
        elif old is not None:
            yield (("delete", self.old[slice(*self.old_blocks[old][:2])]),), None
        elif new is not None:
            yield (("insert", self.new[slice(*self.new_blocks[new][:2])]),), None


def compare(old: str, new: str) -> Comparison:
    """Compare two texts; the result depends on them alone, never on time or load."""
    a, b, head, tail = blocks.split_both(old, new)
    last_a, last_b = len(a) - tail, len(b) - tail
    found = _aligned((old, a[head:last_a]), (new, b[head:last_b]))
    pairs = [BlockPair(n, n, None, (("equal", old[start:end]),)) for n, (start, end, _) in enumerate(a[:head])]
    moves = 0
    for x, (y, moved) in sorted(found.items()):
        i, j = head + x, head + y
        moves += moved
        (i0, i1, _), (j0, j1, _) = a[i], b[j]
        before, after = old[i0:i1], new[j0:j1]
        runs = (("equal", before),) if before == after else tuple(words.compare_texts(before, after))
        pairs.append(BlockPair(i, j, moves if moved else None, runs))
    for n, (start, end, _) in enumerate(a[last_a:]):
        pairs.append(BlockPair(last_a + n, last_b + n, None, (("equal", old[start:end]),)))
    return Comparison(old, new, a, b, tuple(pairs))


@lru_cache(maxsize=2)
def compare_cached(old: str, new: str) -> Comparison:
    """Compare as `compare` does, remembering the last few: many passages are carried between the same two texts."""
    return compare(old, new)


def _aligned(*sides: tuple[str, Sequence[blocks.Block]]) -> dict[int, align.Pair]:
    """Align the blocks of two texts, each named by what it holds; with single blanks, unless both have it as it is."""
    bare = [[text[start:end].strip() for start, end, _ in found] for text, found in sides]
    both = set(bare[0]).intersection(bare[1])

    def side(texts: list[str], found: Sequence[blocks.Block]) -> align.Side:
        names = [each if each in both else _even(each) for each in texts]
        return align.Side(names, [block.kind for block in found])

    return align.align(side(bare[0], sides[0][1]), side(bare[1], sides[1][1]))


def _even(text: str) -> str:
    """Give a text with single blanks: most have them already, or have them but for the ends of their lines."""
    text = text.replace("\n", " ")
    return " ".join(text.split()) if "  " in text or "\t" in text or "\r" in text else text


def _merged(parts: Iterable[Runs]) -> Iterator[Change]:
    """Join neighbours of one sort."""
    held: list[str] = []
    last: Op = "equal"
    number: int | None = None
    for runs, move in parts:
        for op, text in runs:
            if op == last and move == number:
                held.append(text)
                continue
            if held:
                yield Change(last, held[0] if len(held) == 1 else "".join(held), number)
            held, last, number = [text], op, move
    if held:
        yield Change(last, "".join(held), number)
