"""The difference between two texts: blocks aligned first, words inside paired blocks after.

Everything that follows passages, sums changes up or prints them in a terminal reads a Comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from reviewtool.prose import align, blocks, words

Op = Literal["equal", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Change:
    """One run of text; `move` is the number of the move whose two ends hold the same words, else None."""

    op: Op
    text: str
    move: int | None = None


@dataclass(frozen=True, slots=True)
class BlockPair:
    """An old block and what it became: their indexes, the move's number, and the runs of text inside."""

    old: int
    new: int
    move: int | None
    runs: tuple[tuple[Op, str], ...]

    @property
    def same(self) -> bool:
        """Whether both blocks are the same, byte for byte."""
        return all(op == "equal" for op, _ in self.runs)


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
        return tuple(_merged(_changes(self)))


def compare(old: str, new: str) -> Comparison:
    """Compare two texts; the result depends on them alone, never on time or load."""
    a, b = blocks.split(old), blocks.split(new)
    raw_a, raw_b = [old[x.start : x.end] for x in a], [new[x.start : x.end] for x in b]
    found = align.align(_side(a, raw_a), _side(b, raw_b))
    tokens = {
        i: (words.tokens(raw_a[i]), words.tokens(raw_b[p.new])) for i, p in found.items() if raw_a[i] != raw_b[p.new]
    }
    limit = words.limit_for(tokens.values())
    pairs, moves = [], 0
    for i, pair in sorted(found.items()):
        moves += pair.moved
        runs: Sequence[tuple[Op, str]] = [("equal", raw_a[i])] if i not in tokens else list(_runs(*tokens[i], limit))
        pairs.append(BlockPair(i, pair.new, moves if pair.moved else None, tuple(runs)))
    return Comparison(old, new, a, b, tuple(pairs))


@lru_cache(maxsize=2)
def compare_cached(old: str, new: str) -> Comparison:
    """Compare as `compare` does, remembering the last few: many passages are carried between the same two texts."""
    return compare(old, new)


def _side(found: Sequence[blocks.Block], raw: Sequence[str]) -> align.Side:
    return align.Side([" ".join(r.split()) for r in raw], [b.kind for b in found])


def _runs(old: list[str], new: list[str], limit: int) -> Iterator[tuple[Op, str]]:
    for equal, i0, i1, j0, j1 in words.compare(old, new, limit=limit):
        if equal:
            yield "equal", "".join(old[i0:i1])
            continue
        if i1 > i0:
            yield "delete", "".join(old[i0:i1])
        if j1 > j0:
            yield "insert", "".join(new[j0:j1])


def _changes(c: Comparison) -> Iterator[Change]:
    """Walk both texts: before each block that stayed come the old blocks that went and the new ones that came."""
    by_old, by_new = {p.old: p for p in c.pairs}, {p.new: p for p in c.pairs}
    i = j = 0
    while i < len(c.old_blocks) or j < len(c.new_blocks):
        old, new = by_old.get(i), by_new.get(j)
        if i < len(c.old_blocks) and (old is None or old.move is not None):
            yield from _end(c.old, c.old_blocks[i], old, "delete")
            i += 1
        elif j < len(c.new_blocks) and (new is None or new.move is not None):
            yield from _end(c.new, c.new_blocks[j], new, "insert")
            j += 1
        else:
            for op, text in by_old[i].runs:
                yield Change(op, text)
            i, j = i + 1, j + 1


def _end(text: str, block: blocks.Block, pair: BlockPair | None, op: Op) -> Iterator[Change]:
    """Give one end of a move: words that are the same at both ends carry its number, inner edits do not."""
    if pair is None:
        yield Change(op, text[block.start : block.end])
        return
    for kind, run in pair.runs:
        if kind == "equal":
            yield Change(op, run, pair.move)
        elif kind == op:
            yield Change(op, run)


def _merged(changes: Iterator[Change]) -> Iterator[Change]:
    held: list[Change] = []
    for change in changes:
        if held and (held[0].op, held[0].move) != (change.op, change.move):
            yield Change(held[0].op, "".join(h.text for h in held), held[0].move)
            held = []
        held.append(change)
    if held:
        yield Change(held[0].op, "".join(h.text for h in held), held[0].move)
