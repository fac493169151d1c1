"""What became of each sentence in the next text, as far as it is certain, without any engine that is measured."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from reviewtool.prose import align, blocks

SENTENCE = re.compile(r"[^\n.!?…]*(?:[.!?…](?!\s|$)[^\n.!?…]*)*(?:[.!?…]+[\"'”»)*_\]]*(?=\s|$)|\n|$)")
SURE, MARGIN, STRANGE, TRACES = 0.6, 0.12, 0.3, 0.2
LEAST_LETTERS, LEAST_WORDS = 12, 4
MOST_CELLS = 600_000


class Fate(NamedTuple):
    """The sentence it became, None if it is gone; whether its words changed, and its order among the others."""

    new: int | None
    edited: bool = False
    moved: bool = False


class Revision:
    """A text in sentences."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [span for block in blocks.split(text) for span in _sentences(text, block)]
        self.starts = [start for start, _ in self.spans]
        self.sentences = [text[start:end] for start, end in self.spans]
        self.words = [re.findall(r"\w+", sentence.lower()) for sentence in self.sentences]

    def at(self, position: int) -> int | None:
        """Return the sentence that holds a character."""
        found = bisect_right(self.starts, position) - 1
        return found if found >= 0 and position < self.spans[found][1] else None

    def around(self, n: int, reach: int) -> tuple[str, ...]:
        """Return a sentence with so many on both sides."""
        return tuple(self.sentences[max(0, n - reach) : n + reach + 1])

    @cached_property
    def neighbours(self) -> set[tuple[str, str]]:
        """Return all words with the next one."""
        words = re.findall(r"\w+", self.text.lower())
        return set(pairwise(words))


def _sentences(text: str, block: blocks.Block) -> list[tuple[int, int]]:
    found = []
    for match in SENTENCE.finditer(text, block.start, block.end):
        start, end = match.span()
        bare = match[0].strip()
        if bare:
            start += match[0].index(bare)
            end = start + len(bare)
            found.append((start, end))
    return found


def fates(old: Revision, new: Revision) -> dict[int, Fate]:
    """Say what became of each sentence; of one that is not in the answer nothing is certain."""
    same = _same(old, new)
    order = set(align.chain((i, j, float(len(old.sentences[i]))) for i, j in same.items()))
    found = {i: Fate(j, moved=(i, j) not in order) for i, j in same.items()}
    taken = set(same.values())
    left = [i for i in range(len(old.sentences)) if i not in same]
    free = [j for j in range(len(new.sentences)) if j not in taken]
    if len(left) * len(free) > MOST_CELLS:
        return found
    rows, columns = _alike(old, new, left, free)
    kept = set(new.sentences)
    for i in left:
        best = rows.get(i, [(0.0, -1)])
        if len(old.words[i]) < LEAST_WORDS:
            continue
        if _is_clear(best) and _is_clear(columns[best[0][1]]) and columns[best[0][1]][0][1] == i:
            found[i] = Fate(best[0][1], edited=True)
        elif old.sentences[i] not in kept and best[0][0] < STRANGE and _traces(old.words[i], new) < TRACES:
            found[i] = Fate(None)
    return found


def _same(old: Revision, new: Revision) -> dict[int, int]:
    """Pair equal sentences: those that stand once on each side, others by more and more of their neighbours."""
    count_a, places = Counter(old.sentences), defaultdict(list)
    for j, sentence in enumerate(new.sentences):
        places[sentence].append(j)
    found = {
        i: places[s][0]
        for i, s in enumerate(old.sentences)
        if len(s) >= LEAST_LETTERS and count_a[s] == 1 and len(places[s]) == 1
    }
    for reach in (1, 2, 3):
        around_a = Counter(old.around(i, reach) for i in range(len(old.sentences)))
        around_b = defaultdict(list)
        for j in range(len(new.sentences)):
            around_b[new.around(j, reach)].append(j)
        for i, sentence in enumerate(old.sentences):
            key = old.around(i, reach)
            if i not in found and sentence in places and around_a[key] == 1 and len(around_b[key]) == 1:
                found[i] = around_b[key][0]
    return found


Ranked = dict[int, list[tuple[float, int]]]


def _alike(old: Revision, new: Revision, left: list[int], free: list[int]) -> tuple[Ranked, Ranked]:
    """Rank for each sentence those of the other side that are like it."""
    rows: Ranked = defaultdict(list)
    columns: Ranked = defaultdict(list)
    bags = {j: Counter(new.words[j]) for j in free}
    for i in left:
        bag = Counter(old.words[i])
        for j in free:
            total = len(old.words[i]) + len(new.words[j])
            if total and 2 * (bag & bags[j]).total() / total >= STRANGE:
                alike = SequenceMatcher(None, old.words[i], new.words[j], autojunk=False).ratio()
                rows[i].append((alike, j))
                columns[j].append((alike, i))
    return (
        {i: sorted(r, reverse=True) for i, r in rows.items()},
        {j: sorted(c, reverse=True) for j, c in columns.items()},
    )


def _is_clear(ranked: list[tuple[float, int]]) -> bool:
    return ranked[0][0] >= SURE and (len(ranked) < 2 or ranked[1][0] <= ranked[0][0] - MARGIN)


def _traces(words: list[str], new: Revision) -> float:
    """Return the share of the pairs of neighbouring words that stand anywhere in the new text."""
    pairs = list(pairwise(words))
    return sum(pair in new.neighbours for pair in pairs) / len(pairs)
