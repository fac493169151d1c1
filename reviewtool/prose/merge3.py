"""Three-way merge of prose: blocks first, then the words of a block that both sides changed.

Never silently wrong: what cannot be combined for sure is a conflict, and the result is divided into blocks again to
prove that what either side left or wrote stands in it. Callers: `services/combining` for versions, `services/drafts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from reviewtool.prose import align, blocks
from reviewtool.prose.weave import weave, weave_lines

_OWN = 25  # characters from which two equal blocks are one and not alike by chance

Kind = Literal["exact", "apart", "woven", "conflict"]


@dataclass(frozen=True, slots=True)
class Collision:
    """The three texts of a place where both sides changed the same words."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of three texts; `text` is None if and only if the kind is conflict."""

    kind: Kind
    text: str | None
    conflicts: tuple[Collision, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A block a side put in, and the base block it moved from if any."""

    text: str
    source: int | None = None


@dataclass(slots=True)
class _Edit:
    """One side's edit: base blocks start to end became these parts; `inner` when one block was only reworded."""

    start: int
    end: int
    parts: list[_Part]
    inner: bool = False

    @property
    def text(self) -> str:
        """What stands in the place of the base blocks."""
        return "".join(p.text for p in self.parts)

    @property
    def inserts(self) -> bool:
        """Whether the edit puts blocks in, rather than rewording one or only taking some out."""
        return bool(self.parts) and not self.inner


@dataclass(slots=True)
class _Side:
    raw: list[str]
    edits: dict[tuple[int, int], _Edit] = field(default_factory=dict)  # by the base blocks from which to which
    touching: dict[int, _Edit] = field(default_factory=dict)  # by each base block that an edit touches
    trails: dict[int, str] = field(default_factory=dict)  # blanks that follow a base block on this side

    def add(self, edit: _Edit) -> None:
        """Add an edit; no base block is touched by two."""
        self.edits[edit.start, edit.end] = edit
        self.touching.update(dict.fromkeys(range(edit.start, edit.end), edit))

    def drop(self, edit: _Edit) -> None:
        """Take an edit out."""
        del self.edits[edit.start, edit.end]
        for block in range(edit.start, edit.end):
            del self.touching[block]

    def does(self, edit: _Edit) -> bool:
        """Whether this side does what an edit of the other does."""
        same = self.edits.get((edit.start, edit.end))
        return same is not None and same.text == edit.text


@dataclass(slots=True)
class _Region:
    """Base blocks start to end with the edits of both sides that cannot be told apart."""

    start: int
    end: int
    ours: list[_Edit] = field(default_factory=list)
    theirs: list[_Edit] = field(default_factory=list)


def merge(base: str, ours: str, theirs: str) -> Merge:
    """Combine two changes of one text; merging with an unchanged or an equal side gives the other byte for byte."""
    if ours in (base, theirs):
        return Merge("exact", theirs)
    if theirs == base:
        return Merge("exact", ours)
    work = _Work(base, ours, theirs)
    text = work.run()
    by_lines = None if work.torn else weave_lines(base, ours, theirs)
    # Where git merges cleanly its text is taken, but for moves, which it cannot see: it would keep a removed block or
    # write one twice. It is only *apart* if the blocks say so too.
    if by_lines is not None:
        apart = not (work.collisions or work.woven or work.twice(by_lines)) and work.is_proved(by_lines)
        return Merge("apart" if apart else "woven", by_lines)
    if work.torn or work.collisions:
        return Merge("conflict", None, (*work.torn, *work.collisions))
    twice = work.twice(text)
    if twice:
        return Merge("conflict", None, tuple(Collision("", body, body) for body in twice))
    if not work.is_proved(text):
        return Merge("conflict", None, (Collision(base, ours, theirs),))
    return Merge("woven" if work.woven else "apart", text)


def preferring_theirs(base: str, ours: str, theirs: str) -> str:
    """Combine as `merge` does, and take theirs where both changed the same words."""
    merged = merge(base, ours, theirs)
    if merged.text is not None:
        return merged.text
    work = _Work(base, ours, theirs)
    text = work.run()
    return text if work.is_proved(text) else theirs


def _body(text: str) -> str:
    return text.rstrip()


def _trail(text: str) -> str:
    return text[len(text.rstrip()) :]


def _choose(base: str, ours: str, theirs: str) -> str:
    """Take the blanks of the side that changed them; of two changed ones the longer."""
    if ours == base:
        return theirs
    return ours if theirs in (base, ours) else max(ours, theirs, key=len)


def _raw(text: str) -> tuple[list[str], list[str]]:
    found = blocks.split(text)
    return [text[b.start : b.end] for b in found], [b.kind for b in found]


class _Work:
    def __init__(self, base: str, ours: str, theirs: str) -> None:
        self.base, kinds = _raw(base)
        self.ours, self.theirs = self._read(kinds, ours), self._read(kinds, theirs)
        self.eol = "\r\n" if "\r\n" in base else "\n"
        self.collisions: list[Collision] = []
        self.torn: list[Collision] = []  # blocks that one side moved and the other moved elsewhere or removed
        self.woven = False
        self.expected: Counter[str] = Counter()

    def _read(self, kinds: Sequence[str], text: str) -> _Side:
        """Find what one side did to the base."""
        raw, new_kinds = _raw(text)
        keys = [" ".join(r.split()) for r in self.base], [" ".join(r.split()) for r in raw]
        pairs = align.align(align.Side(keys[0], kinds), align.Side(keys[1], new_kinds))
        stays = [(i, p.new) for i, p in sorted(pairs.items()) if not p.moved]
        source = {p.new: i for i, p in pairs.items() if p.moved}
        side = _Side(raw)
        i0 = j0 = 0
        for i, j in [*stays, (len(self.base), len(raw))]:
            if i > i0 or j > j0:
                side.add(_Edit(i0, i, [_Part(raw[x], source.get(x)) for x in range(j0, j)]))
            if i < len(self.base):
                side.trails[i] = _trail(raw[j])
                if _body(raw[j]) != _body(self.base[i]):
                    side.add(_Edit(i, i + 1, [_Part(raw[j])], inner=True))
            i0, j0 = i + 1, j + 1
        return side

    def run(self) -> str:
        """Combine the edits of both sides into one text; what collides is noted and filled with theirs."""
        self._follow_moves(self.ours, self.theirs)
        self._follow_moves(self.theirs, self.ours)
        out: list[str] = []
        at = 0
        for region in self._regions():
            out.extend(self._left(at, region.start))
            out.extend(self._resolved(region))
            at = max(at, region.end)
        out.extend(self._left(at, len(self.base)))
        return self._joined([text for text in out if text])

    def _follow_moves(self, mover: _Side, other: _Side) -> None:
        """Give a block that one side moved the words that the other side wrote in it."""
        for edit in mover.edits.values():
            if any(p.source is not None for p in edit.parts) and not other.does(edit):
                edit.parts = [kept for part in edit.parts if (kept := self._followed(part, mover, other))]

    def _followed(self, part: _Part, mover: _Side, other: _Side) -> _Part | None:
        """Give what a part of the side that moved blocks becomes; None where the other side moved or removed it too."""
        touched = None if part.source is None else other.touching.get(part.source)
        if part.source is None or touched is None:
            return part
        if touched.inner:
            other.drop(touched)
            return self._reworded(part, touched)
        self.torn.append(Collision(self.base[part.source], part.text, touched.text))
        return None if mover is self.ours else part

    def _reworded(self, part: _Part, edit: _Edit) -> _Part:
        """Weave the words of one side into a block that the other moved; where they collide the edit's are taken."""
        base = self.base[edit.start]
        body = weave(_body(base), _body(part.text), _body(edit.text))
        self.woven = True
        if body is None:
            self._collide(base, part.text, edit.text)
            body = _body(edit.text)
        return _Part(body + _trail(part.text), part.source)

    def _collide(self, base: str, ours: str, theirs: str) -> None:
        self.collisions.append(Collision(base, ours, theirs))

    def _regions(self) -> list[_Region]:
        """Group the edits of both sides that overlap or cannot be ordered; all others stand alone."""
        todo = sorted(
            [(e.start, e.end, n, e) for n, side in enumerate((self.ours, self.theirs)) for e in side.edits.values()],
            key=lambda x: x[:3],
        )
        found: list[_Region] = []
        for start, end, n, edit in todo:
            last = found[-1] if found else None
            others = (last.theirs if n == 0 else last.ours) if last else []
            if last is None or not any(_meet(edit, o) for o in others):
                last = _Region(start, end)
                found.append(last)
            last.start, last.end = min(last.start, start), max(last.end, end)
            (last.ours if n == 0 else last.theirs).append(edit)
        return found

    def _left(self, start: int, end: int) -> Iterator[str]:
        """Give base blocks that nobody reworded, with the blanks of the side that changed these."""
        for i in range(start, end):
            trail = _trail(self.base[i])
            text = _body(self.base[i]) + _choose(trail, *(s.trails.get(i, trail) for s in (self.ours, self.theirs)))
            self._expect(text)
            yield text

    def _resolved(self, region: _Region) -> list[str]:
        if not region.ours or not region.theirs:
            return [self._trailed(e, p) for e in region.ours or region.theirs for p in e.parts]
        ours, theirs = self._as_one(region, region.ours), self._as_one(region, region.theirs)
        base = "".join(self.base[region.start : region.end])
        if _body(ours) == _body(theirs) or not (ours or theirs):
            return [max(ours, theirs, key=len)]
        if not any(e.parts for e in (*region.ours, *region.theirs)):
            return []
        body = weave(_body(base), _body(ours), _body(theirs)) if base and ours and theirs else None
        if body is None:
            self._collide(base, ours, theirs)
            return [theirs]
        self.woven = True
        return [body + _choose(_trail(base), _trail(ours), _trail(theirs))]

    def _trailed(self, edit: _Edit, part: _Part) -> str:
        """Give a part of one side; a reworded block keeps the blanks that either side gave it."""
        self._expect(part.text)
        if not edit.inner:
            return part.text
        i = edit.start
        trail = _trail(self.base[i])
        return _body(part.text) + _choose(trail, *(s.trails.get(i, trail) for s in (self.ours, self.theirs)))

    def _as_one(self, region: _Region, edits: Sequence[_Edit]) -> str:
        """Write the text that one side has for a region."""
        out: list[str] = []
        at = region.start
        for edit in edits:
            out.extend(self.base[at : edit.start])
            out.append(edit.text)
            at = edit.end
        return "".join((*out, *self.base[at : region.end]))

    def _expect(self, text: str) -> None:
        self.expected[_body(text)] += 1

    def _joined(self, parts: Sequence[str]) -> str:
        """Join the parts, parting with a blank line two blocks that were not neighbours and would run together."""
        known = {pair for raw in (self.base, self.ours.raw, self.theirs.raw) for pair in pairwise(raw)}
        inner = {_body(x) for x, y in pairwise(self.base) if not x.endswith(("\n", "\r"))}
        out: list[str] = []
        for n, part in enumerate(parts):
            out.append(part)
            if n + 1 < len(parts) and (part, parts[n + 1]) not in known and _body(part) not in inner:
                out.append(self._gap(part, parts[n + 1]))
        return "".join(out)

    def _gap(self, first: str, second: str) -> str:
        for gap in ("", self.eol, self.eol * 2):
            if any(b.start == len(first + gap) for b in blocks.split(first + gap + second)):
                return gap
        return ""

    def twice(self, text: str) -> list[str]:
        """List the blocks that both sides put in, each at another place, so that the result has them twice."""
        base, ours, theirs, found = (
            Counter(_body(r) for r in raw) for raw in (self.base, self.ours.raw, self.theirs.raw, _raw(text)[0])
        )
        both = (ours - base) & (theirs - base)
        return [b for b in both if len(b) >= _OWN and found[b] > max(ours[b], theirs[b])]

    def is_proved(self, text: str) -> bool:
        """Say whether every block that only one side holds to stands in the result as it was."""
        return not self.expected - Counter(_body(r) for r in _raw(text)[0])


def _meet(a: _Edit, b: _Edit) -> bool:
    """Say whether two edits of different sides concern the same blocks, or put blocks in at the same place."""
    if max(a.start, b.start) < min(a.end, b.end):
        return True
    strictly_inside = a.start < b.start == b.end < a.end or b.start < a.start == a.end < b.end
    touching = a.start <= b.end and b.start <= a.end
    hollow = a.start == a.end or b.start == b.end
    return strictly_inside or (touching and hollow and a.inserts and b.inserts)
