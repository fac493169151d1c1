"""Two texts as one Word file with tracked changes: accepting all gives the proposed text, rejecting all the base.

Each change bears the author and the date of the version that made it. A table with other columns, a paragraph that
became a heading or an item go out whole and come in whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise

from reviewtool.prose import words
from reviewtool.word.leaves import Cell, Leaf, Mark, Token
from reviewtool.word.pairing import Step, Unit, pair
from reviewtool.word.source import Source
from reviewtool.word.writing import Line, Piece

_OLD = "old:"  # before the label of a note whose mark was deleted


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a proposal: its text, who wrote it and when."""

    text: str
    author: str
    date: datetime | None = None


class Redline:
    """The lines of a base and of the newest version in one, and those of the notes."""

    def __init__(self, texts: Sequence[Source], marks: Sequence[Mark]) -> None:
        self.old, self.new = texts[0], texts[-1]
        self.authors = _Authors([list(text.leaves) for text in texts], marks)
        self.todo: list[tuple[str, str]] = []  # labels of notes, old and new; empty where there is none
        self.tables: dict[int, int] = {}
        self.row = 0

    def lines(self) -> list[Line]:
        """Give all lines, those of notes last."""
        out = self._between(_body(self.old.leaves), _body(self.new.leaves))
        done: set[tuple[str, str]] = set()
        for labels in self.todo:  # grows: notes refer to notes
            if labels in done or any(labels[1] and labels[1] == known[1] for known in done):
                continue
            done.add(labels)
            olds, news = (_noted(side, label) for side, label in zip((self.old, self.new), labels, strict=True))
            if olds and news:
                out += [_in_note(line, labels[1]) for line in self._between(olds, news)]
            else:
                name = labels[1] or _OLD + labels[0]
                out += [_in_note(self._plain(leaf, deleted=not news), name) for leaf in olds or news]
        for first, second in pairwise(out):
            _keep_apart(first, second)
        return out

    def _plain(self, leaf: Leaf, *, deleted: bool) -> Line:
        """Write a note that came or went with its mark, as it stands."""
        return Line(leaf, [self._noting(Piece(token), old=deleted) for token in leaf.tokens])

    def _noting(self, piece: Piece, *, old: bool) -> Piece:
        """Remember the note of a mark that stands on one side only."""
        if piece.token.key != "note":
            return piece
        label = piece.token.data[0]
        self.todo.append((label, "") if old else ("", label))
        return piece._replace(token=replace(piece.token, data=(_OLD + label,))) if old else piece

    def _between(self, old: Sequence[Leaf], new: Sequence[Leaf]) -> list[Line]:
        steps = list(_ordered(_whole_tables(pair(old, new), old, new), old, new))
        out: list[Line] = []
        for step in steps:
            olds = old[step.old.first : step.old.last] if step.old else ()
            news = new[step.new.first : step.new.last] if step.new else ()
            out += self._step(olds, news)
        return out

    def _step(self, olds: Sequence[Leaf], news: Sequence[Leaf]) -> Iterator[Line]:
        self.row += 1
        if olds and news:
            if olds[0].cell and news[0].cell:
                self.tables.setdefault(olds[0].cell.table, news[0].cell.table)
            for a, b in zip(olds, news, strict=True):
                if (a.kind, a.shape) == (b.kind, b.shape):
                    yield self._placed(self._changed(a, b), b)
                else:
                    yield self._placed(self._gone(a), a)
                    yield self._placed(self._come(b), b)
        else:
            yield from (self._placed(self._gone(leaf), leaf, old=True) for leaf in olds)
            yield from (self._placed(self._come(leaf), leaf) for leaf in news)

    def _placed(self, line: Line, leaf: Leaf, *, old: bool = False) -> Line:
        """Give a cell its place in the table that both sides share."""
        if leaf.cell is None:
            return line
        table = self.tables.get(leaf.cell.table, -leaf.cell.table) if old else leaf.cell.table
        line.leaf = replace(line.leaf, cell=Cell(table, self.row, leaf.cell.column, leaf.cell.align))
        return line

    def _changed(self, a: Leaf, b: Leaf) -> Line:
        keys = [[_key(token) for token in leaf.tokens] for leaf in (a, b)]
        texts = [[token.text for token in leaf.tokens] for leaf in (a, b)]
        pieces: list[Piece] = []
        for equal, i0, i1, j0, j1 in words.compare(keys[0], keys[1], (texts[0], texts[1])):
            if equal:
                pieces += (self._both(x, y) for x, y in zip(a.tokens[i0:i1], b.tokens[j0:j1], strict=True))
                continue
            pieces += (self._out(a, i) for i in range(i0, i1))
            pieces += (self._in(b, j) for j in range(j0, j1))
        return Line(b, pieces)

    def _both(self, old: Token, new: Token) -> Piece:
        if new.key == "note":
            self.todo.append((old.data[0], new.data[0]))
        return Piece(new)

    def _out(self, leaf: Leaf, i: int) -> Piece:
        return self._noting(Piece(leaf.tokens[i], deleted=self.authors.of_deleted(leaf, i)), old=True)

    def _in(self, leaf: Leaf, j: int) -> Piece:
        return self._noting(Piece(leaf.tokens[j], inserted=self.authors.of_inserted(leaf, j)), old=False)

    def _gone(self, leaf: Leaf) -> Line:
        mark = self.authors.of_deleted(leaf, 0)
        pieces = [self._out(leaf, i) for i in range(len(leaf.tokens))]
        return Line(leaf, pieces, row=(None, mark)) if leaf.cell else Line(leaf, pieces, deleted=mark)

    def _come(self, leaf: Leaf) -> Line:
        mark = self.authors.of_inserted(leaf, 0)
        pieces = [self._in(leaf, j) for j in range(len(leaf.tokens))]
        return Line(leaf, pieces, row=(mark, None)) if leaf.cell else Line(leaf, pieces, inserted=mark)


def _keep_apart(first: Line, second: Line) -> None:
    """Let no change at a paragraph's end touch one of its sort at the next one's beginning.

    LibreOffice takes the two for one that goes over the paragraph's end, and joins the paragraphs with it.
    """
    if first.leaf.cell or second.leaf.cell or first.inserted or first.deleted or not first.pieces or not second.pieces:
        return
    end, begin = first.pieces[-1], second.pieces[0]
    if (end.inserted, end.deleted) != (begin.inserted, begin.deleted) or not (end.inserted or end.deleted):
        return
    turned = _turned(first.pieces[::-1])
    if turned:
        first.pieces = turned[::-1]
    elif (turned := _turned(second.pieces)) and not (second.inserted or second.deleted):
        second.pieces = turned


def _turned(pieces: Sequence[Piece]) -> list[Piece]:
    """Exchange the two changes that pieces begin with; nothing where there is one only."""
    runs = [list(group) for _, group in groupby(pieces, key=lambda piece: (piece.inserted, piece.deleted))]
    if len(runs) < 2 or not all(run[0].inserted or run[0].deleted for run in runs[:2]):
        return []
    return [piece for run in (runs[1], runs[0], *runs[2:]) for piece in run]


class _Authors:
    """Which version brought a token of the newest text, and which took one of the base away."""

    def __init__(self, texts: Sequence[Sequence[Leaf]], marks: Sequence[Mark]) -> None:
        self.marks = marks
        self.born: dict[tuple[int, int], int] = {}  # leaf and token of the newest text -> version
        self.died: dict[tuple[int, int], int] = {}
        if len(texts) > 2:
            self._follow(texts)

    def _follow(self, texts: Sequence[Sequence[Leaf]]) -> None:
        alive = {(id(leaf), n): (id(leaf), n) for leaf in texts[0] for n in range(len(leaf.tokens))}
        born: dict[tuple[int, int], int] = {}
        for version, (old, new) in enumerate(pairwise(texts)):
            links = dict(_links(old, new))
            for first, now in list(alive.items()):
                if now in links:
                    alive[first] = links[now]
                else:
                    self.died[first] = version
                    del alive[first]
            back = {there: here for here, there in links.items()}
            places = [(id(leaf), n) for leaf in new for n in range(len(leaf.tokens))]
            born = {at: born.get(back[at], 0) if at in back else version for at in places}
            base = set(alive.values())
            born = {at: found for at, found in born.items() if at not in base}
        self.born = born

    def of_inserted(self, leaf: Leaf, n: int) -> Mark:
        """Say who inserted a token of the newest text; of what the base has elsewhere, the last one."""
        return self.marks[self.born.get((id(leaf), n), len(self.marks) - 1)]

    def of_deleted(self, leaf: Leaf, n: int) -> Mark:
        """Say who deleted a token of the base."""
        return self.marks[self.died.get((id(leaf), n), len(self.marks) - 1)]


def _links(old: Sequence[Leaf], new: Sequence[Leaf]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Pair the tokens of two versions that are the same."""
    for step in pair(old, new):
        if not step.old or not step.new or step.old.size != step.new.size:
            continue
        sides = zip(old[step.old.first : step.old.last], new[step.new.first : step.new.last], strict=True)
        for a, b in sides:
            for equal, i0, i1, j0, _ in words.exact([_key(t) for t in a.tokens], [_key(t) for t in b.tokens]):
                if equal:
                    yield from (((id(a), i0 + k), (id(b), j0 + k)) for k in range(i1 - i0))


def _key(token: Token) -> tuple[object, ...]:
    return (*token.same, token.data) if token.key == "image" else token.same


def _body(found: Iterable[Leaf]) -> list[Leaf]:
    return [leaf for leaf in found if not leaf.note]


def _noted(text: Source, label: str) -> list[Leaf]:
    return [leaf for leaf in text.leaves if label and leaf.note == label]


def _in_note(line: Line, name: str) -> Line:
    line.leaf = replace(line.leaf, note=name)
    return line


def _whole_tables(steps: Sequence[Step], old: Sequence[Leaf], new: Sequence[Leaf]) -> Iterator[Step]:
    """Take the rows of tables apart that have other columns now, so that the whole table goes and comes."""
    apart: set[tuple[int, int]] = set()
    for step in steps:
        if step.old and step.new and step.old.size != step.new.size:
            apart |= {(0, _table(step.old, old)), (1, _table(step.new, new))}
    held: list[Step] = []
    for step in steps:
        ours = step.old is not None and (0, _table(step.old, old)) in apart
        theirs = step.new is not None and (1, _table(step.new, new)) in apart
        if ours or theirs:
            held += [Step(step.old, None)] * (step.old is not None) + [Step(None, step.new)] * (step.new is not None)
            continue
        yield from _sorted(held)
        held = []
        yield step
    yield from _sorted(held)


def _sorted(held: Sequence[Step]) -> Iterator[Step]:
    yield from (step for step in held if step.old)
    yield from (step for step in held if step.new)


def _table(unit: Unit, found: Sequence[Leaf]) -> int:
    cell = found[unit.first].cell
    return cell.table if cell else -1


def _ordered(steps: Iterable[Step], old: Sequence[Leaf], new: Sequence[Leaf]) -> Iterator[Step]:
    """Keep the rows of a table together: in a gap those of the table above come first, of the one below last."""
    before: Step | None = None
    groups = [(both, list(group)) for both, group in groupby(steps, key=lambda step: bool(step.old and step.new))]
    for n, (both, group) in enumerate(groups):
        if both:
            yield from group
            before = group[-1]
            continue
        after = groups[n + 1][1][0] if n + 1 < len(groups) else None
        above = [step for step in group if before and _of_one(step, before, old, new)]
        below = [step for step in group if after and step not in above and _of_one(step, after, old, new)]
        yield from above
        yield from (step for step in group if step not in above and step not in below)
        yield from below


def _of_one(step: Step, other: Step, old: Sequence[Leaf], new: Sequence[Leaf]) -> bool:
    """Whether a row belongs to the table of another one."""
    if step.old and other.old:
        return step.old.sort == "row" and _table(step.old, old) == _table(other.old, old)
    if step.new and other.new:
        return step.new.sort == "row" and _table(step.new, new) == _table(other.new, new)
    return False
