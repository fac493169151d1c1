"""Rows of which nearly all changed, and which stand where they stood: told as changed, not as gone and come.

The alignment leaves them apart, for they share too few words. `summary.py` and `signals.py` use this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewtool.prose import changes, words
from reviewtool.prose.changes import BlockPair, Comparison


def compare(old: str, new: str) -> Comparison:
    """Compare two texts, and pair the rows left over at one place of a table if both sides have as many there."""
    found = changes.compare_cached(old, new)
    pairs = [BlockPair(i, j, None, _runs(found, i, j)) for i, j in _abreast(found)]
    return replace(found, pairs=tuple(sorted([*found.pairs, *pairs]))) if pairs else found


def _abreast(found: Comparison) -> Iterator[tuple[int, int]]:
    """Give the rows that belong together by their place."""
    gone: list[int] = []
    come: list[int] = []
    for i, j, pair in found.steps():
        if pair is not None and pair.move is not None:
            continue
        if pair is None and i is not None and found.old_blocks[i].kind == "tr":
            gone.append(i)
        elif pair is None and j is not None and found.new_blocks[j].kind == "tr":
            come.append(j)
        else:
            yield from _as_many(found, gone, come)
            gone, come = [], []
    yield from _as_many(found, gone, come)


def _as_many(found: Comparison, gone: list[int], come: list[int]) -> Iterator[tuple[int, int]]:
    """Pair rows in turn where there are as many, each with as many cells."""
    pairs = list(zip(gone, come, strict=False)) if len(gone) == len(come) else []
    if all(_cells(found, i, j) for i, j in pairs):
        yield from pairs


def _cells(found: Comparison, i: int, j: int) -> bool:
    (i0, i1, _), (j0, j1, _) = found.old_blocks[i], found.new_blocks[j]
    return found.old.count("|", i0, i1) == found.new.count("|", j0, j1)


def _runs(found: Comparison, i: int, j: int) -> tuple[tuple[words.Op, str], ...]:
    (i0, i1, _), (j0, j1, _) = found.old_blocks[i], found.new_blocks[j]
    return tuple(words.compare_texts(found.old[i0:i1], found.new[j0:j1]))
