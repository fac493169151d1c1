"""What changed, as facts: figures, references and negations first, then counts. Never sentences.

The proposal page («Qué cambia»), mails and the record turn them into words, in three languages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from reviewtool.prose import blocks, changes, figures, markdown, words
from reviewtool.prose.changes import BlockPair, Comparison

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
    "row_added",
    "row_removed",
    "row_changed",
    "row_moved",
    "code_added",
    "code_removed",
    "code_changed",
    "code_moved",
    "words_added",
    "words_removed",
]
_ORDER: Final = {"figure": 0, "negation": 1, "reference": 2, "front": 3, "heading": 4}
_GROUPS: Final = {"h": "heading", "p": "paragraph", "li": "paragraph", "tr": "row", "code": "code"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: texts for what was replaced, added or removed; a count for the rest; the heading it stands under.

    `heading` is the title and `anchor` the id of that heading in the new document (in the old one for what was removed
    whole); `count` says how often a kind occurred.
    """

    kind: Kind
    old: str = ""
    new: str = ""
    heading: str | None = None
    anchor: str | None = None
    count: int = 1


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


def summarise(old_md: str, new_md: str) -> Summary:
    """Tell what changed between two documents."""
    comparison = changes.compare_cached(old_md, new_md)
    reader = _Reader(comparison)
    found = [*reader.inside(), *reader.front_matter(), *reader.counts()]
    added, removed = (_words(comparison, op) for op in ("insert", "delete"))
    found.sort(key=lambda f: _ORDER.get(f.kind.split("_")[0], 9))
    if added:
        found.append(Fact("words_added", count=added))
    if removed:
        found.append(Fact("words_removed", count=removed))
    same = sum(p.same and p.move is None and _is_counted(comparison, p.new) for p in comparison.pairs)
    return Summary(tuple(found), same, added, removed)


def _words(comparison: Comparison, op: str) -> int:
    return sum(
        sum(t[0].isalnum() for t in words.tokens(c.text)) for c in comparison.changes if c.op == op and c.move is None
    )


def _is_counted(comparison: Comparison, new_block: int) -> bool:
    return comparison.new_blocks[new_block].kind in _GROUPS


class _Reader:
    def __init__(self, comparison: Comparison) -> None:
        self.c = comparison
        self.language = markdown.language(comparison.new) or "es"
        self._heads: dict[str, tuple[list[int], list[tuple[str, str]]]] = {}

    def inside(self) -> Iterator[Fact]:
        """Give the figures, references and negations that changed inside blocks that stayed or moved."""
        for pair in self.c.pairs:
            if pair.same:
                continue
            block, before = self.c.new_blocks[pair.new], self.c.old_blocks[pair.old]
            if block.kind in ("front", "code"):
                continue
            title, anchor = self._heading(self.c.new, block.start)
            texts = self.c.old[before.start : before.end], self.c.new[block.start : block.end]
            for fact in (*_figure_facts(pair, *texts), *_negation_facts(pair, self.language)):
                yield replace(fact, heading=title, anchor=anchor)

    def front_matter(self) -> Iterator[Fact]:
        """Give the declared facts of the document that changed; `heading` is their key."""
        before, after = markdown.front_matter(self.c.old), markdown.front_matter(self.c.new)
        for key in {**before, **after}:
            if before.get(key) != after.get(key):
                yield Fact("front_matter_changed", before.get(key, ""), after.get(key, ""), key)

    def counts(self) -> Iterator[Fact]:
        """Count blocks by what happened to them; a heading is told by its words."""
        tally: Counter[str] = Counter()
        known_old, known_new = {p.old for p in self.c.pairs}, {p.new for p in self.c.pairs}
        for i, block in enumerate(self.c.old_blocks):
            if i not in known_old:
                yield from self._whole(self.c.old, block, "removed", tally)
        for j, block in enumerate(self.c.new_blocks):
            if j not in known_new:
                yield from self._whole(self.c.new, block, "added", tally)
        for pair in self.c.pairs:
            yield from self._paired(pair, tally)
        for kind, count in sorted(tally.items()):
            yield Fact(kind, count=count)  # type: ignore[arg-type]  # built from the names of Kind

    def _whole(self, text: str, block: blocks.Block, what: str, tally: Counter[str]) -> Iterator[Fact]:
        group = _GROUPS.get(block.kind)
        content = text[block.start : block.end]
        if group is None or not content.strip():
            return
        if group == "heading":
            title, anchor = self._heading(text, block.start)
            added = what == "added"
            yield Fact(
                "heading_added" if added else "heading_removed",
                "" if added else _bare(content),
                _bare(content) if added else "",
                title,
                anchor,
            )
        else:
            tally[f"{group}_{what}"] += 1

    def _paired(self, pair: BlockPair, tally: Counter[str]) -> Iterator[Fact]:
        block, before = self.c.new_blocks[pair.new], self.c.old_blocks[pair.old]
        group = _GROUPS.get(block.kind)
        texts = self.c.old[before.start : before.end], self.c.new[block.start : block.end]
        edited = texts[0].split() != texts[1].split()
        if group is None or not (edited or pair.move is not None):
            return
        if group == "heading" and edited:
            title, anchor = self._heading(self.c.new, block.start)
            yield Fact("heading_changed", _bare(texts[0]), _bare(texts[1]), title, anchor)
            return
        group = "paragraph" if group == "heading" else group
        if edited:
            tally[f"{group}_changed"] += 1
        if pair.move is not None:
            tally[f"{group}_moved"] += 1

    def _heading(self, text: str, at: int) -> tuple[str | None, str | None]:
        """Find the heading under which a place stands."""
        if text not in self._heads:
            heads = [(h.start, h.title, h.anchor) for h in markdown.outline(text) if h.start is not None]
            self._heads[text] = ([start for start, *_ in heads], [(title, anchor) for _, title, anchor in heads])
        starts, names = self._heads[text]
        n = bisect_right(starts, at) - 1
        return names[n] if n >= 0 else (None, None)


def _bare(heading: str) -> str:
    return " ".join(heading.strip().strip("#").split())


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


def _figure_facts(pair: BlockPair, old: str, new: str) -> Iterator[Fact]:
    """Pair the figures that a change took with those it brought; each counts whole, whatever part of it changed."""
    before, after = figures.figures(old), figures.figures(new)
    for (i0, i1), (j0, j1) in _runs(pair):
        # One blank of reach: «3,5 %» that loses its sign changes, what stands beside unchanged cancels out below.
        gone = [f for f in before if f.start <= i1 + 1 and i0 <= f.end + 1]
        come = [f for f in after if f.start <= j1 + 1 and j0 <= f.end + 1]
        for sort in ("figure", "reference"):
            yield from _replaced(
                sort, [f.text for f in gone if f.sort == sort], [f.text for f in come if f.sort == sort]
            )


def _replaced(sort: figures.Sort, gone: Sequence[str], come: Sequence[str]) -> Iterator[Fact]:
    lost = list((Counter(gone) - Counter(come)).elements())
    won = list((Counter(come) - Counter(gone)).elements())
    for old, new in zip(lost, won, strict=False):
        yield Fact("figure_replaced" if sort == "figure" else "reference_replaced", old, new)
    for old in lost[len(won) :]:
        yield Fact("figure_removed" if sort == "figure" else "reference_removed", old=old)
    for new in won[len(lost) :]:
        yield Fact("figure_added" if sort == "figure" else "reference_added", new=new)


def _negation_facts(pair: BlockPair, language: str) -> Iterator[Fact]:
    gone: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for op, text in pair.runs:
        if op != "equal":
            (gone if op == "delete" else come).update(figures.negations(text, language))
    for word in (come - gone).elements():
        yield Fact("negation_added", new=word)
    for word in (gone - come).elements():
        yield Fact("negation_removed", old=word)
