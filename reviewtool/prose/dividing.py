"""A change in parts that stand alone, so that some can be proposed without the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from reviewtool.prose import blocks, changes


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the text it takes away and the one it puts there; a moved block's part has both of its places."""

    number: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A place of both texts; `part` None where nothing changed. `ends` tells of each side whether it ends here."""

    before: str
    after: str
    part: int | None = None
    ends: tuple[bool, bool] = (False, False)

    @property
    def is_blank(self) -> bool:
        """Whether only blanks changed here."""
        return self.before != self.after and not (self.before + self.after).strip()


@dataclass(frozen=True, slots=True)
class Division:
    """Two texts as pieces in order: `before` joins to the old text, `after` to the new one."""

    pieces: tuple[Piece, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts in text order, numbered from 0."""
        found: dict[int, tuple[list[str], list[str]]] = {}
        for piece in self.pieces:
            if piece.part is not None:
                before, after = found.setdefault(piece.part, ([], []))
                before.append(piece.before)
                after.append(piece.after)
        return tuple(Part(number, "".join(before), "".join(after)) for number, (before, after) in sorted(found.items()))

    def with_only(self, chosen: Collection[int]) -> str:
        """Return the old text with the chosen parts changed; with all it is the new text, with none the old one."""
        written, ended = "", False
        for piece in self.pieces:
            is_new = piece.part in chosen
            text = piece.after if is_new else piece.before
            if text and ended:
                written += _break(written)
            written += text
            ended = piece.ends[is_new] or (ended and not text)
        return written


def divide(old: str, new: str) -> Division:
    """Divide the difference between two texts into parts.

    A part is a block that was reworded, or neighbouring blocks that came, went or took each other's place. A block that
    moved is one part at both its places. Where only the blanks behind a block changed they belong to the change that
    follows, else to the one before: a paragraph put in behind the last one needs the blank line between them.
    """
    pieces = list(_numbered(changes.compare(old, new)))
    for i, piece in enumerate(pieces):
        if piece.is_blank:
            near = (pieces[j].part for j in (i + 1, i - 1) if 0 <= j < len(pieces))
            pieces[i] = replace(piece, part=next((part for part in near if part is not None), piece.part))
    order = {part: number for number, part in enumerate(dict.fromkeys(p.part for p in pieces if p.part is not None))}
    return Division(tuple(replace(p, part=None if p.part is None else order[p.part]) for p in pieces))


def meeting(base: str, ours: str, theirs: str) -> tuple[Part, ...]:
    """Return the parts of one change of a text that stand where another change of it takes or puts words, too."""
    mine, others = divide(base, ours), _places(divide(base, theirs))
    met = {
        part
        for part, start, end in _places(mine)
        if any((start < last and first < end) or (start, end) == (first, last) for _part, first, last in others)
    }
    return tuple(part for part in mine.parts if part.number in met)


def _places(division: Division) -> list[tuple[int, int, int]]:
    """Return each changed place in the old text: its part, from where to where."""
    found, at = [], 0
    for piece in division.pieces:
        end = at + len(piece.before)
        if piece.part is not None and not piece.is_blank:
            found.append((piece.part, at, end))
        at = end
    return found


def _numbered(compared: changes.Comparison) -> Iterator[Piece]:
    """Give every changed place the number of its part; the numbers are in no order."""
    fresh = count()
    moves: dict[int, int] = {}
    run: int | None = None  # the part of the neighbouring blocks that come and go here
    for step in compared.steps():
        before = _text(compared.old, compared.old_blocks, step.old)
        after = _text(compared.new, compared.new_blocks, step.new)
        ends = (step.old == len(compared.old_blocks) - 1, step.new == len(compared.new_blocks) - 1)
        if step.pair is not None and step.pair.move is not None:
            yield Piece(before, after, moves.setdefault(step.pair.move, next(fresh)), ends)
            continue
        if step.pair is None:
            run = next(fresh) if run is None else run
            yield Piece(before, after, run, ends)
            continue
        run = None
        (body, blanks), (other, others) = _halves(before), _halves(after)
        yield Piece(body, other, None if body == other else next(fresh))
        yield Piece(blanks, others, None if blanks == others else next(fresh), ends)


def _text(text: str, among: Sequence[blocks.Block], index: int | None) -> str:
    return "" if index is None else text[among[index].start : among[index].end]


def _halves(text: str) -> tuple[str, str]:
    body = text.rstrip("\r\n")
    return body, text[len(body) :]


def _break(text: str) -> str:
    """Return what a text lacks to end in a blank line."""
    line = "\r\n" if "\r\n" in text else "\n"
    return "" if text.endswith(line * 2) else line if text.endswith(line) else line * 2
