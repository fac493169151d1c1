"""Which leaf of one side is which of the other: rows of tables as a whole first, their cells after.

Rows are paired before cells so that one word changed among near-equal cells is never taken for a new row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from reviewtool.prose import align, words
from reviewtool.word.leaves import Leaf

_SHORT: Final = 8  # tokens up to which two leaves at one place need no word in common
_MOST: Final = 10_000  # pairs of units that are looked at
_SORTS: Final = {"code": "code", "note": "note", "picture": "picture", "rule": "rule"}


@dataclass(frozen=True, slots=True)
class Unit:
    """What is paired: a leaf, or a row of a table with its cells; `first` and `last` are places among the leaves."""

    sort: str
    key: str
    text: str
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Step:
    """A unit of either side; both where they are the same one."""

    old: Unit | None
    new: Unit | None


def units(found: Sequence[Leaf]) -> list[Unit]:
    """Divide leaves into units."""
    out: list[Unit] = []
    at = 0
    for _, group in groupby(enumerate(found), key=lambda each: _place(*each)):
        inside = [leaf for _, leaf in group]
        first, last = at, at + len(inside)
        at = last
        key = "\x1d".join(_key(leaf) for leaf in inside)
        text = " ".join(leaf.text for leaf in inside)
        row = inside[0].cell is not None
        kind = str(inside[0].same[0])
        out.append(
            Unit("row" if row else _SORTS.get(kind, "text"), f"{'row' if row else kind} {key}", text, first, last)
        )
    return out


def _place(n: int, leaf: Leaf) -> tuple[int, int]:
    return (leaf.cell.table, leaf.cell.row) if leaf.cell else (-1, n)


def _key(leaf: Leaf) -> str:
    """Name a leaf so that two have the same name if and only if they are the same."""
    kind, found = leaf.same
    out = [f"{leaf.cell.column if leaf.cell else kind}\x1e"]
    for text, fmt, key in found:  # type: ignore[attr-defined]  # tokens, as `same` makes them
        out.append(f"{text}\x1f{','.join(sorted(fmt))}\x1f{key}\x1f" if fmt or key else text)
    return "".join(out)


def pair(old: Sequence[Leaf], new: Sequence[Leaf]) -> list[Step]:
    """Walk both sides in order: before each pair come the old units that went, then the new ones that came."""
    a, b = units(old), units(new)
    sides = [align.Side([u.key for u in side], [u.sort for u in side], [u.text for u in side]) for side in (a, b)]
    found = align.align(*sides)
    pairs = sorted((i, each.new) for i, each in found.items() if not each.moved and a[i].sort == b[each.new].sort)
    out: list[Step] = []
    i0 = j0 = 0
    for i, j in [*pairs, (len(a), len(b))]:
        out += _gap(a[i0:i], b[j0:j], old, new)
        if i < len(a):
            out.append(Step(a[i], b[j]))
        i0, j0 = i + 1, j + 1
    return out


def _gap(old: Sequence[Unit], new: Sequence[Unit], olds: Sequence[Leaf], news: Sequence[Leaf]) -> Iterator[Step]:
    """Pair what is left in a gap: place by place where both sides have as many, else rows that share a cell."""
    if len(old) == len(new) and all(_fits(x, y) for x, y in zip(old, new, strict=True)):
        yield from (Step(x, y) for x, y in zip(old, new, strict=True))
        return
    shared = (
        (i, j, share)
        for i, x in enumerate(old)
        for j, y in enumerate(new)
        if x.sort == y.sort == "row" and (share := _share(x, y, olds, news)) > 0
    )
    found = align.chain(shared) if old and new and len(old) * len(new) < _MOST else []
    i0 = j0 = 0
    for i, j in [*found, (len(old), len(new))]:
        yield from (Step(each, None) for each in old[i0:i])
        yield from (Step(None, each) for each in new[j0:j])
        if i < len(old):
            yield Step(old[i], new[j])
        i0, j0 = i + 1, j + 1


def _fits(old: Unit, new: Unit) -> bool:
    """Whether two units at one place may be one: short ones always, others if they have a word in common."""
    if old.sort != new.sort:
        return False
    if old.sort == "row":
        return old.size == new.size
    a, b = words.tokens(old.text), words.tokens(new.text)
    return max(len(a), len(b)) <= _SHORT or bool({t for t in a if len(t) > 3}.intersection(b))


def _share(old: Unit, new: Unit, olds: Sequence[Leaf], news: Sequence[Leaf]) -> float:
    """Count the cells with words that two rows have in common."""
    known = [leaf.text for leaf in olds[old.first : old.last] if len(leaf.text) > 1]
    return float(sum(leaf.text in known for leaf in news[new.first : new.last]))
