"""What changed, as facts: figures, references and negations first, then counts. Never sentences.

The proposal page («Qué cambia»), mails and the record turn them into words, in three languages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Final, Literal, cast

from reviewtool.prose import blocks, markdown, places, rows, signals, words
from reviewtool.prose.changes import BlockPair, Comparison
from reviewtool.prose.places import Spot
from reviewtool.prose.signals import Signal

Kind = Literal[
    "figure_replaced",
    "figure_added",
    "figure_removed",
    "reference_replaced",
    "reference_added",
    "reference_removed",
    "negation_added",
    "negation_removed",
    "front_matter_changed",
    "heading_added",
    "heading_removed",
    "heading_changed",
    "paragraph_added",
    "paragraph_removed",
    "paragraph_changed",
    "paragraph_moved",
    "item_added",
    "item_removed",
    "item_changed",
    "item_moved",
    "row_added",
    "row_removed",
    "row_changed",
    "row_moved",
    "note_added",
    "note_removed",
    "note_changed",
    "note_moved",
    "code_added",
    "code_removed",
    "code_changed",
    "code_moved",
    "image_replaced",
    "image_added",
    "image_removed",
    "format_changed",
    "words_added",
    "words_removed",
]
_ORDER: Final = {"figure": 0, "negation": 1, "reference": 2, "front": 3, "heading": 4, "image": 5}
#: sort of a signal -> sort of the fact that tells it; Incoterms and currencies are told like figures
_TOLD: Final = {"negation": "negation", "reference": "reference"}
_GROUPS: Final = {"h": "heading", "p": "paragraph", "li": "item", "tr": "row", "code": "code"}
_NUMBERED: Final = ("row_", "item_", "note_")
_MOVES = 20  # told one by one; more of them are only counted
_NOTE: Final = re.compile(r" {0,3}\[\^[^\]\s]+\]:")
_IMAGE: Final = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)")
_DASHES: Final = frozenset("|:- \t\r\n")  # below the titles of a table, or nothing
_FORMAT: Final = frozenset("*_~`#>\\ \t\r\n")


_Tally = defaultdict[tuple[str, int], list[Spot]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: texts for what was replaced, added or removed; a count for the rest; the heading it stands under.

    `heading` is the title and `anchor` the id of that heading in the new document (in the old one for what was removed
    whole or moved); `count` says how often a kind occurred. `table` is the number of the table that rows belong to. A
    single row, item or note has its `number`, in the new text, or in the old one if it was removed. A paragraph that
    moved has its `number` in the old text, and `after`, that of the one it stands behind now (0 where that is no
    paragraph of the same heading); both are counted under their heading.
    """

    kind: Kind
    old: str = ""
    new: str = ""
    heading: str | None = None
    anchor: str | None = None
    count: int = 1
    table: int = 0
    number: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The facts of a change in the order in which they matter, and how much stayed as it was."""

    facts: tuple[Fact, ...]
    paragraphs_unchanged: int
    words_added: int
    words_removed: int

    def count(self, kind: Kind) -> int:
        """Say how often a kind of fact occurred."""
        return sum(f.count for f in self.facts if f.kind == kind)


def summarise(old_md: str, new_md: str, told: Sequence[Signal] | None = None) -> Summary:
    """Tell what changed between two documents; `told` are their signals, where the caller has them already."""
    comparison = rows.compare(old_md, new_md)
    reader = _Reader(comparison, signals.signals(old_md, new_md) if told is None else told)
    found = [*reader.inside(), *reader.front_matter(), *reader.images(), *reader.counts()]
    changed = [c for c in comparison.changes if c.op != "equal" and c.move is None]
    added, removed = (sum(_words(c.text) for c in changed if c.op == op) for op in ("insert", "delete"))
    found.sort(key=lambda f: _ORDER.get(f.kind.split("_")[0], 9))
    if added:
        found.append(Fact("words_added", count=added))
    if removed:
        found.append(Fact("words_removed", count=removed))
    same = sum(p.same and p.move is None and _is_counted(comparison, p.new) for p in comparison.pairs)
    return Summary(tuple(found), same, added, removed)


def _words(text: str) -> int:
    return sum(token[0].isalnum() for token in words.tokens(text))


def _is_counted(comparison: Comparison, new_block: int) -> bool:
    return comparison.new_blocks[new_block].kind in _GROUPS


class _Side:
    """The blocks of one text: what they hold, where they stand, of what sort they are; `alone` lists the unpaired."""

    def __init__(self, text: str, found: Sequence[blocks.Block], paired: Collection[int]) -> None:
        self.text, self.blocks = text, found
        self.texts = [text[b.start : b.end] for b in found]
        self.groups = [_GROUPS.get(b.kind, "") for b in found]
        self.alone = [n for n in range(len(found)) if n not in paired]
        for n, block in enumerate(self.texts):
            if self.groups[n] == "paragraph" and _NOTE.match(block):
                self.groups[n] = "note"

    @cached_property
    def spots(self) -> list[Spot]:
        """Give the places of all blocks; they need the outline of the text, which many a change never asks for."""
        return places.spots(self.text, self.blocks)


class _Reader:
    def __init__(self, comparison: Comparison, told: Sequence[Signal]) -> None:
        self.c, self.told = comparison, told
        self.old = _Side(comparison.old, comparison.old_blocks, {p.old for p in comparison.pairs})
        self.new = _Side(comparison.new, comparison.new_blocks, {p.new for p in comparison.pairs})

    def inside(self) -> Iterator[Fact]:
        """Give the figures, references and negations that changed inside blocks that stayed or moved."""
        now = {p.old: p.new for p in self.c.pairs}
        for found in self.told:
            place = found.new_place or found.old_place
            if found.inside and place is not None and found.sort != "term":
                spot = self.new.spots[place.block if found.new_place else now[place.block]]
                yield _replaced(_TOLD.get(found.sort, "figure"), found.old, found.new, spot)

    def front_matter(self) -> Iterator[Fact]:
        """Give the declared facts of the document that changed; `heading` is their key."""
        before, after = markdown.front_matter(self.c.old), markdown.front_matter(self.c.new)
        for key in {**before, **after}:
            if before.get(key) != after.get(key):
                yield Fact("front_matter_changed", before.get(key, ""), after.get(key, ""), key)

    def images(self) -> Iterator[Fact]:
        """Pair the pictures that went with those that came in the same block."""
        inside = [(p.old, p.new) for p in self.c.pairs if not p.same]
        for i, j in (*inside, *((i, None) for i in self.old.alone), *((None, j) for j in self.new.alone)):
            gone = "" if i is None or self.old.groups[i] == "code" else self.old.texts[i]
            come = "" if j is None or self.new.groups[j] == "code" else self.new.texts[j]
            if "![" in gone or "![" in come:
                yield from _pictures(gone, come, self.new.spots[j] if j is not None else self.old.spots[i or 0])

    def counts(self) -> Iterator[Fact]:
        """Count blocks by what happened to them; a heading is told by its words, a moved paragraph by its place."""
        tally: _Tally = defaultdict(list)
        for side, what in ((self.old, "removed"), (self.new, "added")):
            for n in side.alone:
                group = side.groups[n]
                title = _bare(side.texts[n]) if group == "heading" else ""
                if title:
                    yield _replaced(group, *(("", title) if what == "added" else (title, "")), side.spots[n])
                elif group not in ("", "heading") and not _DASHES.issuperset(side.texts[n]):
                    tally[f"{group}_{what}", side.spots[n].table].append(side.spots[n])
        for pair in self.c.pairs:
            yield from self._paired(pair, tally)
        yield from self._moves(tally)
        for (kind, table), found in sorted(tally.items()):
            yield _counted(cast(Kind, kind), table, found)  # built from the names of Kind

    def _paired(self, pair: BlockPair, tally: _Tally) -> Iterator[Fact]:
        group = self.new.groups[pair.new]
        before, after = self.old.texts[pair.old], self.new.texts[pair.new]
        edited = before.split() != after.split()
        if not group or not (edited or pair.move is not None):
            return
        if group == "heading" and edited and _bare(before) != _bare(after):
            spot = self.new.spots[pair.new]
            yield Fact("heading_changed", _bare(before), _bare(after), spot.heading, spot.anchor)
            return
        group = "paragraph" if group == "heading" else group
        if edited and group != "code" and all(op == "equal" or _FORMAT.issuperset(text) for op, text in pair.runs):
            tally["format_changed", 0].append(self.new.spots[pair.new])
        elif edited:
            spot = self.new.spots[pair.new]
            tally[f"{group}_changed", spot.table].append(spot)

    def _moves(self, tally: _Tally) -> Iterator[Fact]:
        """Tell a paragraph that moved by its number and that of the one it stands behind now, both in the old text."""
        moved = [pair for pair in self.c.pairs if pair.move is not None and self.new.groups[pair.new]]
        was_at = {pair.new: pair.old for pair in self.c.pairs}
        for n, pair in enumerate(moved):
            group = self.new.groups[pair.new].replace("heading", "paragraph")
            if group != "paragraph" or n >= _MOVES:
                tally[f"{group}_moved", self.new.spots[pair.new].table].append(self.new.spots[pair.new])
                continue
            was, behind = self.old.spots[pair.old], was_at.get(pair.new - 1)
            same = behind is not None and self.old.spots[behind].anchor == was.anchor
            after = self.old.spots[behind].paragraph if behind is not None and same else 0
            yield Fact("paragraph_moved", heading=was.heading, anchor=was.anchor, number=was.paragraph, after=after)


def _counted(kind: Kind, table: int, found: Sequence[Spot]) -> Fact:
    """Count what happened to blocks; a row, item or note that is alone is told by its number."""
    spot = found[0]
    if len(found) > 1 or not spot.number or not kind.startswith(_NUMBERED):
        return Fact(kind, count=len(found), table=table)
    return Fact(kind, heading=spot.heading, anchor=spot.anchor, table=table, number=spot.number)


def _replaced(name: str, old: str, new: str, spot: Spot) -> Fact:
    what = "replaced" if old and new else "added" if new else "removed"
    return Fact(f"{name}_{what}", old, new, spot.heading, spot.anchor)  # type: ignore[arg-type]  # names of Kind


def _pictures(old: str, new: str, spot: Spot) -> Iterator[Fact]:
    before, after = Counter(_IMAGE.findall(old)), Counter(_IMAGE.findall(new))
    for gone, come in zip_longest((before - after).elements(), (after - before).elements(), fillvalue=""):
        yield _replaced("image", gone, come, spot)


def _bare(heading: str) -> str:
    return " ".join(heading.strip().strip("#").split())
