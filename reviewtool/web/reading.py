"""What the page of a proposal shows of its documents: blocks with their marks, folded runs, columns, source.

View models only; `services/comparing` compares, `collapsing` folds, `talk` makes the threads that stand beside a block.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from reviewtool.prose import ALGORITHM_VERSION, highlight
from reviewtool.services import comparing, telling
from reviewtool.services.comparing import Compared, Pair, Row, Side, Signal
from reviewtool.services.showing import Kind
from reviewtool.web import files, remembering
from reviewtool.web.collapsing import Room, Stretch, first_rows, numbered, shown_rows, stretches, touched
from reviewtool.web.comparison import Asked, Reader, picture, row_of
from reviewtool.web.database import workshop
from reviewtool.web.files import File
from reviewtool.web.i18n import language, noted, quoted
from reviewtool.web.lines import SourceLine, folded
from reviewtool.web.talk import ThreadView

ROOM = 90_000  # characters of changed blocks on a page: with all the rest it stays under 200 KB
SIGNALS = 12  # listed for a document; the text itself shows the rest
NOTHING = Markup()


@dataclass(frozen=True)
class Placement:
    """A thread with where it stands: its document's position, a row of it, or neither."""

    view: ThreadView
    document: int | None = None
    row: int | None = None
    quote: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Piece:
    """A block of the redline with the threads after it, or (`gap`) a folded run with the link that shows it."""

    html: Markup = NOTHING
    css: str = ""
    id: str = ""
    threads: tuple[ThreadView, ...] = ()
    gap: Stretch | None = None
    where: str = ""  # of a gap: before, between, after; more of a text that is only read
    url: str = ""


@dataclass(frozen=True)
class Run:
    """Blocks and folded runs in a row as HTML, and the threads after the last of them."""

    html: Markup
    threads: tuple[ThreadView, ...]


@dataclass(frozen=True)
class Columns:
    """A pair of cells, or a gap."""

    old: Markup = NOTHING
    new: Markup = NOTHING
    changed: bool = False
    id: str = ""
    comments: int = 0
    comments_url: str = ""
    gap: Stretch | None = None
    url: str = ""


@dataclass(frozen=True)
class SignalView:
    """A figure or reference that changes: what kind of thing, what becomes of it, and where."""

    label: str
    text: Markup
    url: str


@dataclass(frozen=True)
class DocumentView:
    """One document of the proposal in the view that was asked."""

    position: int
    pair: Pair
    compared: Compared
    title: str
    url: str
    language: str
    old_file: File | None = None  # of what is no text
    new_file: File | None = None
    pieces: tuple[Piece, ...] = ()
    runs: tuple[Run, ...] = ()  # the pieces as they are shown
    columns: tuple[Columns, ...] = ()
    lines: tuple[SourceLine, ...] = ()
    threads: tuple[ThreadView, ...] = ()
    has_threads: bool = False
    changes: int = 0
    listed: tuple[ThreadView, ...] = ()  # threads on passages, where the view has no room beside them
    notes: list[str] = field(default_factory=list)
    signals: tuple[SignalView, ...] = ()
    more_signals: int = 0

    @property
    def anchor(self) -> str:
        """Return the id of its title."""
        return f"document-{self.position}"

    @property
    def first_change(self) -> str:
        """Return where its first change stands, or the link that shows it; empty where the view has none."""
        blocks = [each.url or f"#{each.id}" for each in self.pieces]
        cells = [each.url or f"#{each.id}" for each in self.columns]
        lines = [each.url or f"#{each.id}" for each in self.lines if each.changes or (each.line and each.line.changed)]
        return next((url for url in (*blocks, *cells) if "#change-" in url), lines[0] if lines else "")

    @property
    def is_folded(self) -> bool:
        """Say whether a part of it is behind a link."""
        gaps = (*(each.gap for each in self.pieces), *(each.gap for each in self.columns))
        return any(gaps) or any(each.hidden for each in self.lines)


def views(reader: Reader, placed: Sequence[Placement]) -> list[DocumentView]:
    """Return every document of the reading in its view, with its threads where they belong."""
    room = Room(ROOM // 2 if reader.asked.view == "columnas" else ROOM)  # a column each
    return [
        _view(reader, position, [each for each in placed if each.document == position], room)
        for position in range(1, len(reader.pairs) + 1)
    ]


def _view(reader: Reader, position: int, placed: list[Placement], room: Room) -> DocumentView:
    pair, compared, asked = reader.pairs[position - 1], reader.compared(position), reader.asked
    published = pair.old.path if pair.status != "A" and asked.since is None else None
    no_text = compared.kind not in {Kind.markdown, Kind.text}
    view = DocumentView(
        position=position,
        pair=pair,
        compared=compared,
        title=compared.title,
        url=url_for("documents.document", path=published) if published else "",
        language=compared.language,
        old_file=_file(pair.old, compared.old_size) if no_text else None,
        new_file=_file(pair.new, compared.new_size) if no_text else None,
        threads=tuple(each.view for each in placed if each.row is None),
        changes=sum(row.changed for row in compared.rows),
        notes=files.notes(pair, compared),
    )
    parts = _parts(reader, view, [each for each in placed if each.row is not None], room)
    found = replace(view, **parts)
    listed = tuple(_signal(asked, found, each) for each in compared.signals[:SIGNALS])
    return replace(found, signals=listed, more_signals=len(compared.signals) - len(listed))


def _file(side: Side, size: int) -> File | None:
    if side.path is None:
        return None
    return File(picture(side.commit, side.path), files.type_of(side.path), files.size(size))


def _signal(asked: Asked, view: DocumentView, signal: Signal) -> SignalView:
    """Tell a figure or reference with a link to the change it is in, unfolded if it is folded."""
    rows = view.compared.rows
    row = row_of(rows, signal.start, old=signal.gone) or 0
    anchor = f"change-{view.position}-{max(1, sum(each.changed for each in rows[: row + 1]))}"
    here = anchor in {*(each.id for each in view.pieces), *(each.id for each in view.columns)}
    url = f"#{anchor}" if here else asked.url(anchor, vista="completo", todo=1)
    return SignalView(
        telling.signal_label(signal, language()), quoted(telling.signal(signal, language()), view.language), url
    )


def _parts(reader: Reader, view: DocumentView, placed: list[Placement], room: Room) -> dict[str, Any]:
    if view.compared.kind is Kind.text or (reader.asked.view == "fuente" and view.compared.kind is Kind.markdown):
        in_order = sorted(placed, key=lambda each: (each.row or 0, each.view.number))
        return {"lines": _lines(reader.asked, view, room), "listed": tuple(each.view for each in in_order)}
    if view.compared.kind is not Kind.markdown:
        return {"threads": (*view.threads, *(each.view for each in placed))}
    if reader.asked.view == "columnas":
        return {"columns": _columns(reader, view, placed, room)}
    pieces = _pieces(reader.asked, _text(reader, view), placed, room)
    return {"pieces": pieces, "runs": tuple(_runs(pieces)), "has_threads": bool(placed)}


@dataclass(frozen=True)
class _Text:
    """The rows of a document, the number of each one's change, and a key that names them.

    `read`: it is read from its beginning, and folded where there is no more room.
    """

    position: int
    language: str
    rows: Sequence[Row]
    numbers: Sequence[int]
    key: Hashable
    read: bool

    def change(self, at: int) -> str:
        """Return the id of the change in a row; of one that is in several rows, the first has it."""
        number = self.numbers[at]
        first = number and (at == 0 or self.numbers[at - 1] != number)
        return f"change-{self.position}-{number}" if first else ""


def _text(reader: Reader, view: DocumentView) -> _Text:
    asked, rows = reader.asked, view.compared.rows
    numbers = numbered(rows)
    if asked.view == "propuesto" and view.pair.status != "D":
        final = reader.final(view.position).rows
        rows, numbers = final, touched(final, rows, numbers)
    since = asked.since.commit if asked.since else ""
    key = (asked.shown.commit, since, asked.view, view.position, language())
    return _Text(view.position, view.language, rows, numbers, key, asked.view in {"completo", "propuesto"})


def _pieces(asked: Asked, text: _Text, placed: list[Placement], room: Room) -> tuple[Piece, ...]:
    rows, position = text.rows, text.position
    beside: dict[int, list[Placement]] = {}
    for each in placed:
        beside.setdefault(min(each.row or 0, len(rows) - 1), []).append(each)
    pieces: list[Piece] = []
    shown = first_rows(rows, beside, room) if text.read else shown_rows(rows, beside, room)
    parts = _folds(rows, beside) if text.read else set()
    for stretch in stretches(rows, shown):
        if stretch.hidden and not asked.whole:
            pieces.append(_gap(asked, text, stretch))
            continue
        for at in range(stretch.first, stretch.end):
            identity = text.change(at)
            if at in parts or (stretch.hidden and at == stretch.first):
                identity = identity or f"part-{position}-{at}"
            pieces.append(_block(text, at, identity, beside.get(at, [])))
    return tuple(pieces)


def _folds(rows: Sequence[Row], beside: Collection[int]) -> set[int]:
    """Return where the runs begin that are folded when only changes are shown: their links lead here."""
    folded = stretches(rows, shown_rows(rows, beside, Room(sys.maxsize)))
    return {stretch.first for stretch in folded if stretch.hidden}


def _runs(pieces: Sequence[Piece]) -> Iterator[Run]:
    """Put together what stands between two threads: it is the same for every reader, and the bulk of a page."""
    waiting: list[Piece] = []
    for at, piece in enumerate(pieces, 1):
        waiting.append(replace(piece, threads=()))
        if piece.threads or at == len(pieces):
            alike = tuple(waiting)
            yield Run(remembering.shared(("blocks", alike, language()), partial(_blocks, alike)), piece.threads)
            waiting = []


def _blocks(pieces: tuple[Piece, ...]) -> str:
    return render_template("proposals/_blocks.html", pieces=pieces)


def _gap(asked: Asked, text: _Text, stretch: Stretch) -> Piece:
    first, last = stretch.first == 0, stretch.end == len(text.rows)
    where = "more" if text.read else "between" if first == last else "before" if first else "after"
    inside = [name for at in range(stretch.first, stretch.end) if (name := text.change(at))]
    url = asked.unfolded(inside[0] if inside else f"part-{text.position}-{stretch.first}")
    names = (("fold", inside), ("last", last))
    return Piece(css=" ".join(name for name, holds in names if holds), gap=stretch, where=where, url=url)


def _block(text: _Text, at: int, identity: str, placed: list[Placement]) -> Piece:
    row = text.rows[at]
    html = noted(_marked(text, at, placed), text.language)
    placed = sorted(placed, key=lambda each: html.find(f'id="{each.view.passage}"'))
    last = at == len(text.rows) - 1
    names = (("head", row.heading is not None), ("changed", text.numbers[at]), ("last", last))
    marked = [each for each in placed if f'id="{each.view.passage}"' in html]
    if len(marked) < len(placed) and not identity:
        identity = placed[0].view.fallback
    threads = tuple(each.view if each in marked else each.view.beside(identity) for each in placed)
    return Piece(html, " ".join(name for name, holds in names if holds), identity, threads)


def _marked(text: _Text, at: int, placed: list[Placement]) -> Markup:
    row = text.rows[at]
    marks = tuple(
        highlight.Mark(
            passage_quote=each.quote,
            prefix=each.prefix,
            id=each.view.passage,
            label=str(each.view.number),
            css="objection" if each.view.is_objection else "suggests" if each.view.suggests else "",
        )
        for each in placed
        if each.quote
    )
    if not marks:
        return row.html
    key = ("marked", ALGORITHM_VERSION, text.key, at, marks)
    return workshop().cache.get(key, lambda: _highlighted(row.html, marks))


def _highlighted(html: Markup, marks: Sequence[highlight.Mark]) -> Markup:
    """Mark passages in a block; of one that goes on in the next block, the words that stand in this one."""
    found = highlight.found(html, marks)
    return highlight.highlight(html, [mark if mark.id in found else _beginning(html, mark) for mark in marks])


def _beginning(html: Markup, mark: highlight.Mark) -> highlight.Mark:
    words = mark.passage_quote.split()

    def cut(count: int) -> highlight.Mark:
        return replace(mark, passage_quote=" ".join(words[:count]))

    most = bisect_left(range(1, len(words)), True, key=lambda count: not highlight.found(html, [cut(count)]))
    return cut(most)


def _columns(reader: Reader, view: DocumentView, placed: list[Placement], room: Room) -> tuple[Columns, ...]:
    asked, rows, pair = reader.asked, view.compared.rows, view.pair
    cells = comparing.columns(workshop(), pair, reader.frame(pair))
    talked: dict[int, list[Placement]] = {}
    for each in placed:
        talked.setdefault(each.row or 0, []).append(each)
    found: list[Columns] = []
    text = _Text(view.position, view.language, rows, numbered(rows), None, read=False)
    for stretch in stretches(rows, shown_rows(rows, talked, room)):
        if stretch.hidden and not asked.whole:
            found.append(Columns(gap=stretch, url=_gap(asked, text, stretch).url))
            continue
        for at in range(stretch.first, stretch.end):
            identity = text.change(at)
            if stretch.hidden and at == stretch.first:
                identity = identity or f"part-{view.position}-{at}"
            beside = talked.get(at, [])
            url = asked.url(f"thread-{beside[0].view.number}", vista="cambios") if beside else ""
            found.append(Columns(*cells[at], rows[at].changed, identity, len(beside), url))
    return tuple(found)


def _lines(asked: Asked, view: DocumentView, room: Room) -> tuple[SourceLine, ...]:
    found = comparing.source(workshop(), view.pair)
    return folded(found, f"line-{view.position}-", room, lambda anchor: asked.url(anchor, todo=1), whole=asked.whole)
