"""Passages: text a person chose on the page, found in the source and carried along as the text changes.

Never pinned on a look-alike: a passage that was removed is lost, and only text that is new is searched for it. Callers
keep the passage as first chosen for display, and carry through each version in turn.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from reviewtool.prose import changes, words
from reviewtool.prose.changes import BlockPair, Comparison
from reviewtool.prose.visible import Visible

State = Literal["same", "edited", "moved", "lost"]

CONTEXT: Final = 32  # characters kept before and after a quote
_KEPT = 0.5  # share of its characters from which an edited passage is still itself
_KEPT_ALIKE = 0.25  # the same where what became of it is alike
_ALIKE = 0.6
_SURE = 25  # characters of quote, or of quote and context, that name a place
_FRESH = 20  # characters an inserted run must have to be searched
_FUZZY = 40  # characters from which a quote is also looked for with changes
_NEIGHBOURS = 60  # characters around a replaced word that tell whether its sentence stands
_SHORT = 30


@dataclass(frozen=True, slots=True)
class Passage:
    """A range of the Markdown source with the plain text a reader sees there and around it (W3C TextQuoteSelector)."""

    quote: str
    prefix: str
    suffix: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a passage is in the new text; `near` is where its nearest surviving block begins, also when it is lost."""

    passage: Passage | None
    state: State
    near: int


@lru_cache(maxsize=4)
def _visible(text: str) -> Visible:
    return Visible(text)


def locate(text: str, quote: str, prefix: str = "", suffix: str = "", near: int = 0) -> Passage | None:
    """Find text chosen on the rendered page in the source; of several places that with this context.

    Blanks, formatting and marks are not compared, letters and digits are; `near` decides between equal places.
    """
    seen = _visible(text)
    wanted = _letters(quote)
    if not wanted:
        return _locate_marks(text, quote.strip(), near)
    before, after = _letters(prefix), _letters(suffix)
    best: tuple[int, int, int, int] | None = None
    for at in _places(seen.letters, wanted):
        first, last = seen.place_of_letter(at), seen.place_of_letter(at + len(wanted) - 1)
        context = _common(seen.letters[:at][-len(before) or at :][::-1], before[::-1]) + _common(
            seen.letters[at + len(wanted) : at + len(wanted) + len(after)], after
        )
        whole = _is_whole(seen.chars, first, last)
        score = (context * 2 + whole, -abs(seen.span(first, last)[0] - near), first, last)
        best = max(best, score) if best else score
    if best is None:
        return None
    first, last = _widened(seen.chars, quote, best[2], best[3])
    return _passage(text, *seen.span(first, last), quote=seen.chars[first : last + 1])


def _locate_marks(text: str, quote: str, near: int) -> Passage | None:
    """Find a quote of marks only, which must stand in the source as it is."""
    places = list(_places(text, quote)) if quote else []
    if not places:
        return None
    start = min(places, key=lambda p: (abs(p - near), p))
    return _passage(text, start, start + len(quote), quote=quote)


def _letters(text: str) -> str:
    return "".join(c.lower()[:1] for c in text if c.isalnum())


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _common(a: str, b: str) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _is_whole(chars: str, first: int, last: int) -> bool:
    """Whether no word is cut at either end."""
    return (first == 0 or not chars[first - 1].isalnum()) and (last + 1 == len(chars) or not chars[last + 1].isalnum())


def _widened(chars: str, quote: str, first: int, last: int) -> tuple[int, int]:
    """Take in the marks that the quote has before its first and after its last letter."""
    solid = [i for i, c in enumerate(quote) if c.isalnum()]
    head, tail = quote[: solid[0]].lstrip(), quote[solid[-1] + 1 :].rstrip()
    if head and chars[:first].endswith(head):
        first -= len(head)
    if tail and chars.startswith(tail, last + 1):
        last += len(tail)
    return first, last


def _passage(text: str, start: int, end: int, quote: str | None = None) -> Passage:
    seen = _visible(text)
    shown = seen.between(start, end).strip() if quote is None else quote
    prefix = seen.between(max(0, start - 3 * CONTEXT), start)[-CONTEXT:]
    suffix = seen.between(end, end + 3 * CONTEXT)[:CONTEXT]
    return Passage(shown, prefix, suffix, start, end)


def carry(passage: Passage, old: str, new: str) -> Carried:
    """Follow a passage from one text to the next, as diff.md «Passages» says."""
    if old == new:
        return Carried(passage, "same", passage.start)
    return _Carrier(changes.compare_cached(old, new)).carry(passage)


class _Carrier:
    def __init__(self, comparison: Comparison) -> None:
        self.c = comparison
        self.pairs = {p.old: p for p in comparison.pairs}
        self.starts = [b.start for b in comparison.old_blocks]

    def carry(self, passage: Passage) -> Carried:
        first = max(0, bisect_right(self.starts, passage.start) - 1)
        last = max(first, bisect_right(self.starts, passage.end - 1) - 1)
        near = self._near(first)
        if not self.starts:
            return Carried(None, "lost", near)
        found = self._one(passage, first) if first == last else self._several(passage, first, last)
        if found is None:
            return Carried(None, "lost", near)
        start, end, moved = found
        carried = _passage(self.c.new, start, end)
        same = _letters(carried.quote) == _letters(passage.quote)
        return Carried(carried, "edited" if not same else "moved" if moved else "same", start)

    def _near(self, block: int) -> int:
        """Find where the closest old block that is still there begins in the new text; one before it is preferred."""
        stays = sorted(i for i, p in self.pairs.items() if p.move is None)
        at = bisect_right(stays, block)
        chosen = stays[at - 1] if at else stays[0] if stays else None
        return 0 if chosen is None else self.c.new_blocks[self.pairs[chosen].new].start

    def _several(self, passage: Passage, first: int, last: int) -> tuple[int, int, bool] | None:
        """Carry a passage over several blocks: each part for itself; the ends must stay in order and together."""
        parts = []
        for i in range(first, last + 1):
            block = self.c.old_blocks[i]
            start, end = max(block.start, passage.start), min(block.end, passage.end)
            pair = self.pairs.get(i)
            if pair is not None and self.c.old[start:end].strip():
                got_start, got_end, kept = self._mapped(pair, start, end)
                if got_start is not None and kept:
                    parts.append((got_start, got_end, kept, pair.move is not None))
        kept = sum(p[2] for p in parts)
        if not parts or kept < _KEPT * _ink(self.c.old[passage.start : passage.end]):
            return self._sought(passage)
        start, end = min(p[0] for p in parts), max(p[1] for p in parts)
        if end - start > 2 * (passage.end - passage.start) + _NEIGHBOURS:
            start, end, _, _ = max(parts, key=lambda p: p[2])
        return start, end, all(p[3] for p in parts)

    def _one(self, passage: Passage, block: int) -> tuple[int, int, bool] | None:
        pair = self.pairs.get(block)
        if pair is None:
            return self._sought(passage)
        old, new = self.c.old, self.c.new
        start, end, kept = self._mapped(pair, passage.start, passage.end)
        quote, ink = old[passage.start : passage.end], max(1, _ink(old[passage.start : passage.end]))
        moved = pair.move is not None
        if start is not None:
            if new[start:end] == quote or kept >= _KEPT * ink:
                return start, end, moved
            if kept >= _KEPT_ALIKE * ink and _alike(new[start:end], quote) >= _ALIKE:
                return start, end, moved
        sought = self._sought(passage)
        if sought is None and start is not None and self._sentence_stands(pair, passage, (start, end, kept)):
            return start, end, moved
        return sought

    def _sentence_stands(self, pair: BlockPair, passage: Passage, found: tuple[int, int, int]) -> bool:
        """Whether a short passage was replaced inside a sentence that is otherwise still there."""
        block = self.c.old_blocks[pair.old]
        first, last = max(block.start, passage.start - _NEIGHBOURS), min(block.end, passage.end + _NEIGHBOURS)
        ink = _ink(self.c.old[passage.start : passage.end])
        around = _ink(self.c.old[first:last]) - ink
        kept = self._mapped(pair, first, last)[2] - found[2]
        short = found[1] - found[0] <= 3 * (passage.end - passage.start) + 20
        return ink <= _SHORT and around >= 20 and kept >= 0.6 * around and short

    def _mapped(self, pair: BlockPair, start: int, end: int) -> tuple[int, int, int] | tuple[None, int, int]:
        """Map a range of an old block through its words: start and end in the new text, characters kept."""
        p, q = self.c.old_blocks[pair.old].start, self.c.new_blocks[pair.new].start
        first: int | None = None
        last = kept = 0
        for n, (op, text) in enumerate(pair.runs):
            size = len(text)
            if op == "equal":
                low, high = max(start, p), min(end, p + size)
                if low < high:
                    kept += _ink(text[low - p : high - p])
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
        return (first, last, kept) if first is not None and last > first else (None, 0, 0)

    def _fresh(self) -> list[tuple[int, int]]:
        """List the ranges of the new text that are new: where a passage that went may have come."""
        known = {p.new for p in self.c.pairs}
        found = [(b.start, b.end) for j, b in enumerate(self.c.new_blocks) if j not in known]
        for pair in self.c.pairs:
            at = self.c.new_blocks[pair.new].start
            for op, text in pair.runs:
                if op == "insert" and len(text) >= _FRESH:
                    found.append((at, at + len(text)))
                at += len(text) * (op != "delete")
        return sorted(found)

    def _sought(self, passage: Passage) -> tuple[int, int, bool] | None:
        """Look for a passage in new text only, and take it only where one place is clearly the best."""
        quote = self.c.old[passage.start : passage.end]
        fresh = self._fresh()
        before = self.c.old[max(0, passage.start - CONTEXT) : passage.start]
        after = self.c.old[passage.end : passage.end + CONTEXT]
        hits = sorted(
            ((self._context(p, len(quote), before, after), p) for p in self._exact(quote, fresh)), reverse=True
        )
        if hits and (len(hits) < 2 or hits[1][0] < hits[0][0]) and len(quote) + hits[0][0] >= _SURE:
            return hits[0][1], hits[0][1] + len(quote), True
        return self._nearly(quote, fresh) if len(quote) >= _FUZZY else None

    def _exact(self, quote: str, fresh: Sequence[tuple[int, int]]) -> Iterator[int]:
        for start, end in fresh:
            at = self.c.new.find(quote, start, end)
            while at >= 0:
                yield at
                at = self.c.new.find(quote, at + 1, end)

    def _context(self, at: int, size: int, before: str, after: str) -> int:
        new = self.c.new
        return _common(new[max(0, at - CONTEXT) : at][::-1], before[::-1]) + _common(new[at + size :][:CONTEXT], after)

    def _nearly(self, quote: str, fresh: Sequence[tuple[int, int]]) -> tuple[int, int, bool] | None:
        """Find the sentence of new text in which most words of a long quote stand in their order."""
        wanted = words.tokens(quote)
        best: tuple[float, int, int] | None = None
        for start, end in fresh:
            text = self.c.new[start:end]
            if end - start < _FRESH or _shared(quote, text) < 0.7:
                continue
            tokens = words.tokens(text)
            equal = [r for r in words.compare(wanted, tokens) if r.equal]
            kept = sum(_ink("".join(wanted[r.i0 : r.i1])) for r in equal) / max(1, _ink(quote))
            if not equal or kept < 0.7:
                continue
            low = start + len("".join(tokens[: equal[0].j0]))
            high = start + len("".join(tokens[: equal[-1].j1]))
            if high - low <= 1.5 * len(quote) and (best is None or kept > best[0]):
                best = (kept, low, high)
        return (best[1], best[2], True) if best and best[0] >= 0.75 else None


def _ink(text: str) -> int:
    return len("".join(text.split()))


def _bag(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _shared(quote: str, text: str) -> float:
    """Give the share of the words of a quote that a text has."""
    wanted = _bag(quote)
    return sum((wanted & _bag(text)).values()) / max(1, wanted.total())


def _alike(a: str, b: str) -> float:
    """Compare two short texts word by word: share of the characters that are equal and in order."""
    x, y = words.tokens(a), words.tokens(b)
    same = sum(_ink("".join(x[r.i0 : r.i1])) for r in words.compare(x, y) if r.equal)
    return 2 * same / max(1, _ink(a) + _ink(b))
