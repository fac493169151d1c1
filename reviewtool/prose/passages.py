"""Passages: text a person chose on the page, found in the source and carried along as the text changes.

Never pinned on a look-alike: a passage that was removed is lost, and only text that is new is searched for it. Callers
keep the passage as first chosen for display, and carry through each version in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from reviewtool.prose import carrying, changes
from reviewtool.prose.carrying import CONTEXT
from reviewtool.prose.visible import Visible

State = Literal["same", "edited", "moved", "lost"]
#: what a passage says: letters and digits, the comma or point inside a number, and its sign
_SAID = re.compile(r"[^\W_]|(?<=\d)[.,](?=\d)|(?<![\w.,)\]])[-\u2212](?=\d)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A range of the Markdown source with the plain text a reader sees there and around it (W3C TextQuoteSelector)."""

    quote: str
    prefix: str
    suffix: str
    start: int
    end: int

    def says(self, quote: str) -> bool:
        """Say whether it has the words and figures of a quote; blanks, capitals and other marks are not compared."""
        return self.quote == quote or _said(self.quote) == _said(quote)


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a passage is in the new text; `near` is where its nearest surviving block begins, also when it is lost."""

    passage: Passage | None
    state: State
    near: int


@lru_cache(maxsize=4)
def _visible(text: str) -> Visible:
    return Visible(text)


def locate(text: str, start: int, end: int) -> Passage:
    """Make a passage of a range of the source; raises ValueError for one that is empty or not within the text."""
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no passage from {start} to {end} in {len(text)} characters")
    return _passage(text, start, end)


def find(text: str, quote: str, prefix: str = "", suffix: str = "", near: int = 0) -> Passage | None:
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
        context = carrying.common(seen.letters[:at][-len(before) or at :][::-1], before[::-1]) + carrying.common(
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


def _said(text: str) -> list[str]:
    return _SAID.findall(text.lower())


def _letters(text: str) -> str:
    return "".join(c.lower()[:1] for c in text if c.isalnum())


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


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
    carrier = _carrier(old, new)
    found = carrier.carry(passage.start, passage.end)
    if found is None:
        return Carried(None, "lost", carrier.near(passage.start))
    carried = _passage(new, found.start, found.end)
    same = carried.says(passage.quote)
    return Carried(carried, "edited" if not same else "moved" if found.moved else "same", found.start)


def near(at: int, old: str, new: str) -> int:
    """Find where the block next to a place of the old text begins in the new one, whatever became of the place."""
    return at if old == new else _carrier(old, new).near(at)


@lru_cache(maxsize=2)
def _carrier(old: str, new: str) -> carrying.Carrier:
    return carrying.Carrier(changes.compare_cached(old, new))
