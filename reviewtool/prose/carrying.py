"""Where a range of the old text stands in the new one: the search behind `passages.carry`, in offsets of the source.

A range follows its block and the words in it; only text that is new is searched for what its block no longer has, and
of several places that are equally good none is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, pairwise
from typing import Final, NamedTuple

from reviewtool.prose.changes import BlockPair, Comparison

CONTEXT: Final = 32  # characters before and after a quote that tell its places apart
_KEPT = 0.5  # share of its characters from which an edited passage is still itself
_KEPT_ALIKE = 0.25  # the same where what became of it is alike
_ALIKE = 0.6
_SURE = 25  # characters of quote, or of quote and context, that name a place
_FRESH = 20  # characters an inserted run must have to be searched
_PLACES = 1000  # places of a quote in new text from which none is chosen
_FUZZY = 40  # characters from which a quote is also looked for with changes
_CHANGED = 0.25  # share of its characters that may be edited then
_SHARED = 0.6  # share of its words that a text must have to be looked at
_LIKELY = 12  # texts that are looked at for one quote
_NEIGHBOURS = 60  # characters around a replaced word that tell whether its sentence stands
_SHORT = 30


class Range(NamedTuple):
    """New text start to end; `moved` when it is no longer at its place."""

    start: int
    end: int
    moved: bool


class Mapped(NamedTuple):
    """What became of a part of a block: new text start to end, and how many of its characters were kept."""

    start: int
    end: int
    kept: int


class Carrier:
    """Carries ranges from one text to the next; made once for all ranges of the same two texts."""

    def __init__(self, comparison: Comparison) -> None:
        self.c = comparison
        self.pairs = {p.old: p for p in comparison.pairs}
        self.starts = [b.start for b in comparison.old_blocks]
        self.stays = [i for i, p in sorted(self.pairs.items()) if p.move is None]
        self.fresh = sorted(self._fresh())

    def carry(self, start: int, end: int) -> Range | None:
        """Follow a range of the old text; None when it is no longer there."""
        first = self._block(start)
        last = max(first, self._block(end - 1))
        if not self.starts:
            return None
        return self._one(start, end, first) if first == last else self._several(start, end, first, last)

    def near(self, start: int) -> int:
        """Find where the closest old block that is still there begins in the new text; one before it is preferred."""
        at = bisect_right(self.stays, self._block(start))
        if not self.stays:
            return 0
        chosen = self.stays[at - 1] if at else self.stays[0]
        return self.c.new_blocks[self.pairs[chosen].new].start

    def _block(self, at: int) -> int:
        return max(0, bisect_right(self.starts, at) - 1)

    def _several(self, start: int, end: int, first: int, last: int) -> Range | None:
        """Carry a range over several blocks: each part for itself; the ends must stay in order and together."""
        parts: list[tuple[Mapped, bool]] = []
        for i in range(first, last + 1):
            block = self.c.old_blocks[i]
            low, high = max(block.start, start), min(block.end, end)
            pair = self.pairs.get(i)
            if pair is not None and self.c.old[low:high].strip():
                found = self._mapped(pair, low, high)
                if found and found.kept:
                    parts.append((found, pair.move is not None))
        if not parts or sum(p.kept for p, _ in parts) < _KEPT * ink(self.c.old[start:end]):
            return self._sought(start, end)
        low, high = min(p.start for p, _ in parts), max(p.end for p, _ in parts)
        if high - low > 2 * (end - start) + _NEIGHBOURS:
            low, high, _ = max((p for p, _ in parts), key=lambda p: p.kept)
        return Range(low, high, all(moved for _, moved in parts))

    def _one(self, start: int, end: int, block: int) -> Range | None:
        pair = self.pairs.get(block)
        if pair is None:
            return self._sought(start, end)
        found = self._mapped(pair, start, end)
        if found is None:
            return self._replaced(pair, start, end) or self._sought(start, end)
        quote = self.c.old[start:end]
        became, all_ink = self.c.new[found.start : found.end], max(1, ink(quote))
        here = Range(*self._narrowed(found, quote), pair.move is not None)
        if became == quote or found.kept >= _KEPT * all_ink:
            return here
        if found.kept >= _KEPT_ALIKE * all_ink and alike(became, quote) >= _ALIKE:
            return here
        return (
            self._replaced(pair, start, end)
            or self._sought(start, end)
            or (here if self._sentence_stands(pair, start, end, found) else None)
        )

    def _replaced(self, pair: BlockPair, start: int, end: int) -> Range | None:
        """Find words that stand once in a removed run and once in the run that took its place and is alike."""
        p, q = self.c.old_blocks[pair.old].start, self.c.new_blocks[pair.new].start
        for (op, text), (following, became) in pairwise((*pair.runs, ("equal", ""))):
            if op == "delete" and p <= start and end <= p + len(text) and following == "insert":
                quote = self.c.old[start:end]
                here, there = _whole_words(quote, text), _whole_words(quote, became)
                if len(here) == len(there) == 1 and alike(text, became) >= _ALIKE:
                    return Range(q + there[0], q + there[0] + len(quote), pair.move is not None)
            p += len(text) * (op != "insert")
            q += len(text) * (op != "delete")
        return None

    def _narrowed(self, found: Mapped, quote: str) -> tuple[int, int]:
        """Leave out what was put in before or after words that stand unchanged within the range."""
        at = self.c.new.find(quote, found.start, found.end)
        if at < 0 or self.c.new.find(quote, at + 1, found.end) >= 0:
            return found.start, found.end
        return at, at + len(quote)

    def _sentence_stands(self, pair: BlockPair, start: int, end: int, found: Mapped) -> bool:
        """Whether a short passage was replaced inside a sentence that is otherwise still there."""
        block = self.c.old_blocks[pair.old]
        first, last = max(block.start, start - _NEIGHBOURS), min(block.end, end + _NEIGHBOURS)
        own = ink(self.c.old[start:end])
        around = ink(self.c.old[first:last]) - own
        near = self._mapped(pair, first, last)
        kept = near.kept - found.kept if near else 0
        short = found.end - found.start <= 3 * (end - start) + 20
        return own <= _SHORT and around >= 20 and kept >= 0.6 * around and short

    def _mapped(self, pair: BlockPair, start: int, end: int) -> Mapped | None:
        """Map a range of an old block through its words."""
        p, q = self.c.old_blocks[pair.old].start, self.c.new_blocks[pair.new].start
        first: int | None = None
        last = kept = 0
        for n, (op, text) in enumerate(pair.runs):
            size = len(text)
            if op == "equal":
                low, high = max(start, p), min(end, p + size)
                if low < high:
                    kept += ink(text[low - p : high - p])
                    first = q + low - p if first is None else first
                    last = q + high - p
            elif op == "delete" and p < end and p + size > start:
                follows = pair.runs[n + 1] if n + 1 < len(pair.runs) else ("equal", "")
                share = (min(end, p + size) - max(start, p)) / size
                if follows[0] == "insert" and (share > 0.5 or (p >= start and p + size <= end)):
                    first = q if first is None else first
                    last = q + len(follows[1])
            p += size * (op != "insert")
            q += size * (op != "delete")
        return Mapped(first, last, kept) if first is not None and last > first else None

    def _fresh(self) -> Iterator[tuple[int, int]]:
        """List the ranges of the new text that are new: where a passage that went may have come."""
        known = {p.new for p in self.c.pairs}
        yield from ((b.start, b.end) for j, b in enumerate(self.c.new_blocks) if j not in known)
        for pair in self.c.pairs:
            at = self.c.new_blocks[pair.new].start
            for op, text in pair.runs:
                if op == "insert" and len(text) >= _FRESH:
                    yield at, at + len(text)
                at += len(text) * (op != "delete")

    def _sought(self, start: int, end: int) -> Range | None:
        """Look for a passage in new text only, and take it only where one place is clearly the best."""
        old, quote = self.c.old, self.c.old[start:end]
        before, after = old[max(0, start - CONTEXT) : start], old[end : end + CONTEXT]
        places = list(islice(self._exact(quote), _PLACES))
        hits = sorted(((self._context(p, len(quote), before, after), p) for p in places), reverse=True)
        if (
            hits
            and len(hits) < _PLACES
            and (len(hits) < 2 or hits[1][0] < hits[0][0])
            and len(quote) + hits[0][0] >= _SURE
        ):
            return Range(hits[0][1], hits[0][1] + len(quote), True)
        return self._nearly(quote) if len(quote) >= _FUZZY else None

    def _exact(self, quote: str) -> Iterator[int]:
        for start, end in self.fresh:
            at = self.c.new.find(quote, start, end)
            while at >= 0:
                yield at
                at = self.c.new.find(quote, at + 1, end)

    def _context(self, at: int, size: int, before: str, after: str) -> int:
        new = self.c.new
        return common(new[max(0, at - CONTEXT) : at][::-1], before[::-1]) + common(
            new[at + size : at + size + CONTEXT], after
        )

    def _nearly(self, quote: str) -> Range | None:
        """Find a long quote with some changes in new text; of two places that are as near none is taken."""
        wanted, sought = _bag(quote), folded(quote)
        likely = [(round(-_shared(wanted, bag), 3), *place) for place, bag in zip(self.fresh, self.bags, strict=True)]
        nearest = int(len(quote) * _CHANGED)
        places: list[tuple[int, int]] = []
        for shared, start, end in sorted(likely)[:_LIKELY]:
            if -shared < _SHARED:
                break
            costs = distances(sought, folded(self.c.new[start:end]), anchored=False)
            least = min(costs)
            if least < nearest:
                nearest, places = least, []
            if least == nearest:
                places.extend((start, start + n + 1) for n, cost in enumerate(costs) if cost == least)
        if not places or max(e for _, e in places) - min(e for _, e in places) > len(quote) / 2:
            return None
        return self._whole(sought, *places[0])

    def _whole(self, sought: str, low: int, high: int) -> Range:
        """Find where the words begin that end there, and cut no word at either end."""
        new = self.c.new
        costs = distances(sought[::-1], folded(new[max(low, high - 2 * len(sought)) : high])[::-1], anchored=True)
        start, end = high - 1 - costs.index(min(costs)), high
        while start > low and new[start - 1].isalnum() and new[start].isalnum():
            start -= 1
        while end < len(new) and new[end].isalnum() and new[end - 1].isalnum():
            end += 1
        return Range(start, end, True)

    @cached_property
    def bags(self) -> list[Counter[str]]:
        """The words of each range of new text."""
        return [_bag(self.c.new[start:end]) for start, end in self.fresh]


def _whole_words(quote: str, text: str) -> list[int]:
    """List where a quote stands in a text without being a part of a longer word."""
    return [m.start() for m in re.finditer(rf"(?<!\w){re.escape(quote)}(?!\w)", text)]


def ink(text: str) -> int:
    """Count the characters that are no blanks."""
    return len("".join(text.split()))


def folded(text: str) -> str:
    """Write a text in small letters, character by character, so that places in it stay the same."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[:1] for c in text)


def common(a: str, b: str) -> int:
    """Count the characters that two texts have in common from their beginning."""
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def alike(a: str, b: str) -> float:
    """Compare two short texts, capitals apart: share of their characters in the longest common subsequence, 0 to 1."""
    a, b = folded(a), folded(b)
    # One bit a character of `a`, a step a character of `b` (Hyyrö 2004, "Bit-parallel LCS-length computation").
    places = _places(a)
    everything = rest = (1 << len(a)) - 1
    for char in b:
        matched = rest & places.get(char, 0)
        rest = (rest + matched | rest - matched) & everything
    return 2 * (len(a) - rest.bit_count()) / max(1, len(a) + len(b))


def distances(quote: str, text: str, *, anchored: bool) -> list[int]:
    """Give for each end in a text the edits that make a quote of what ends there; `anchored`: of all up to there."""
    # A bit a character of the quote, a step a character of the text (Myers 1999, in the form of Hyyrö 2003).
    places = _places(quote)
    everything, top = (1 << len(quote)) - 1, 1 << len(quote) - 1
    up, down, cost = everything, 0, len(quote)
    costs = []
    for char in text:
        equal = places.get(char, 0)
        across = ((equal & up) + up ^ up) | equal
        right, left = down | everything & ~(across | up), up & across
        cost += bool(right & top) - bool(left & top)
        costs.append(cost)
        right, left = right << 1 | anchored, left << 1
        equal |= down
        up, down = (left | ~(equal | right)) & everything, right & equal & everything
    return costs


def _places(text: str) -> dict[str, int]:
    """Give for each character of a text the bits of its places."""
    places: dict[str, int] = {}
    for n, char in enumerate(text):
        places[char] = places.get(char, 0) | 1 << n
    return places


def _bag(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _shared(wanted: Counter[str], bag: Counter[str]) -> float:
    """Give the share of wanted words that a text has."""
    return sum(min(n, bag[word]) for word, n in wanted.items() if word in bag) / max(1, wanted.total())
