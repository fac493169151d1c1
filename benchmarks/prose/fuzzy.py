"""The usual way to keep a comment at its passage: diff_match_patch over whole texts, then its fuzzy search."""

from __future__ import annotations

from bisect import bisect_right
from difflib import SequenceMatcher

from diff_match_patch import diff_match_patch

CONTEXT, HEAD, ALIKE = 32, 32, 0.6
Range = tuple[int, int]


class Step:
    """One revision to the next: where characters went, by the differences of the whole texts."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._engine = diff_match_patch()
        self._engine.Diff_Timeout = 1.0
        self._engine.Match_Threshold = 0.35
        self._old, self._new, self._ops = [0], [0], [0]
        x = y = 0
        for op, text in self._engine.diff_main(old, new):
            if op <= 0:
                self._old.append(x)
                self._new.append(y)
                self._ops.append(op)
                x += len(text)
            y += len(text) * (op >= 0)

    def _moved(self, position: int) -> int:
        at = bisect_right(self._old, position) - 1
        return self._new[at] + (position - self._old[at] if self._ops[at] == 0 else 0)

    def carry(self, place: Range) -> Range | None:
        """Return where a range went: mapped, else its context found, else the nearest likeness."""
        quote = self.old[slice(*place)]
        start, end = self._moved(place[0]), self._moved(place[1] - 1) + 1
        if end > start and self.new[start:end] == quote:
            return start, end
        prefix = self.old[max(0, place[0] - CONTEXT) : place[0]]
        context = prefix + quote + self.old[place[1] : place[1] + CONTEXT]
        at = self.new.find(context)
        if at >= 0 and self.new.find(context, at + 1) < 0:
            return at + len(prefix), at + len(prefix) + len(quote)
        if end > start and _alike(self.new[start:end], quote):
            return start, end
        at = self._engine.match_main(self.new, quote[:HEAD], start)
        if at < 0:
            return None
        last = self._engine.match_main(self.new, quote[-HEAD:], at + max(0, len(quote) - HEAD))
        end = last + min(HEAD, len(quote)) if last >= at else at + len(quote)
        return (at, min(end, len(self.new))) if _alike(self.new[at:end], quote) else None


def _alike(a: str, b: str) -> bool:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE
