"""Two states of a proposal's documents: which documents they are, and each compared once for all readers.

What is compared are blobs, which never change, so results stay in the workshop's cache for good; a warm page reads
nothing from the store. The pages are built in `web/reading`.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from reviewtool.gitstore import paths, reading
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.models import Revision, Touch
from reviewtool.prose import ALGORITHM_VERSION, changes, markdown, redline, signals, summary
from reviewtool.services import documents, modules, showing
from reviewtool.services.showing import Kind
from reviewtool.services.workshop import Workshop

_NOTES = re.compile(r'<(span|a) class="[^"]*redline-note"[^>]*>[^<]*</\1>')


@dataclass(frozen=True)
class Side:
    """A document on one side: the commit that holds it, its path and blob; both None where there is none."""

    commit: str
    path: str | None
    blob: str | None


@dataclass(frozen=True)
class Pair:
    """A document on both sides of a comparison."""

    old: Side
    new: Side

    @property
    def path(self) -> str:
        """Return the path on the new side, or of a deleted document the old one."""
        return self.new.path or self.old.path or ""

    @property
    def status(self) -> str:
        """Return A added, D deleted, R renamed (and perhaps changed) or M modified."""
        if self.old.blob is None:
            return "A"
        if self.new.blob is None:
            return "D"
        return "R" if self.old.path != self.new.path else "M"


@dataclass(frozen=True)
class Frame:
    """What the HTML of a comparison depends on besides both texts; `key` names it all."""

    key: Hashable
    labels: redline.Labels
    resolve_old: markdown.Resolve
    resolve_new: markdown.Resolve


@dataclass(frozen=True)
class Row:
    """One block of a redline; offsets are None on the side where the block is not."""

    html: Markup
    changed: bool
    heading: str | None
    new_start: int | None
    new_end: int | None
    old_start: int | None
    old_end: int | None


@dataclass(frozen=True)
class Fact:
    """One fact of what changed, as `prose.summary` tells it."""

    kind: str
    old: str
    new: str
    heading: str | None
    count: int
    table: int = 0
    number: int = 0
    after: int = 0


@dataclass(frozen=True)
class Signal:
    """A figure, reference, negation or term that was added, removed or altered; `start` is in the old text if gone."""

    sort: str
    old: str
    new: str
    start: int
    gone: bool


@dataclass(frozen=True)
class Compared:
    """A document compared: redline rows where it is Markdown, facts, signals (of a change only), and how it was read.

    `encoding` is that of the new side, "utf-8" or a guess; `words` counts what a reader of the changes reads.
    """

    kind: Kind
    title: str
    language: str
    encoding: str
    rows: tuple[Row, ...]
    facts: tuple[Fact, ...]
    signals: tuple[Signal, ...]
    unchanged: int
    words: int
    old_size: int
    new_size: int


@dataclass(frozen=True)
class Line:
    """One line of the source with its runs (op, text); `number` counts the new side's lines, None where it has none."""

    number: int | None
    runs: tuple[tuple[str, str], ...]
    changed: bool


def revisions(session: Session, number: int) -> dict[int, Revision]:
    """Return all revisions of a proposal by number, oldest first, with their authors and touched paths."""
    query = select(Revision).where(Revision.proposal_number == number).order_by(Revision.number)
    found = session.scalars(query.options(joinedload(Revision.author), selectinload(Revision.touches)))
    return {revision.number: revision for revision in found}


def pairs(workshop: Workshop, shown: Revision, since: Revision | None) -> tuple[Pair, ...]:
    """Return the documents that differ between a revision and its base, or between it and another revision."""
    if since is None:
        return tuple(_from_base(shown, touch) for touch in shown.touches)
    earlier = {touch.old_path or touch.path: touch for touch in since.touches}
    later = {touch.old_path or touch.path: touch for touch in shown.touches}
    found = []
    for origin in sorted({*earlier, *later}):
        old = _side(workshop, since, earlier.get(origin), origin)
        new = _side(workshop, shown, later.get(origin), origin)
        if (old.path, old.blob) != (new.path, new.blob):
            found.append(Pair(old, new))
    return tuple(found)


def _from_base(shown: Revision, touch: Touch) -> Pair:
    new = Side(shown.commit, touch.path if touch.new_blob else None, touch.new_blob)
    return Pair(Side(shown.base, touch.old_path, touch.old_blob), new)


def _side(workshop: Workshop, revision: Revision, touch: Touch | None, origin: str) -> Side:
    if touch is not None:
        return Side(revision.commit, touch.path if touch.new_blob else None, touch.new_blob)
    blob = blob_at(workshop, revision.commit, origin)
    return Side(revision.commit, origin if blob else None, blob)


def blob_at(workshop: Workshop, commit: str, path: str) -> str | None:
    """Return the blob that stands at a path of a commit, or None."""

    def look() -> str | None:
        entry = reading.find(workshop.store, CommitId(commit), path)
        return entry.blob if entry is not None and entry.kind == "file" else None

    return workshop.cache.get(("blob-at", commit, path), look)


def target(workshop: Workshop, side: Side, written: str) -> documents.Target | None:
    """Return what a relative link in the document of one side leads to there, or None."""
    return documents.target(modules.tree(workshop, CommitId(side.commit)), side.path or "", written)


def module_title(workshop: Workshop, side: Side) -> str:
    """Return the title of the module that a document of one side belongs to, empty for one that stands in none."""
    module = modules.tree(workshop, CommitId(side.commit)).module_of(side.path or "")
    return module.title if module and module.folder else ""


def compare(workshop: Workshop, pair: Pair, frame: Frame) -> Compared:
    """Compare both sides of a document; a new or deleted one is compared with nothing."""
    return workshop.cache.get(_key("compared", pair, frame.key), lambda: _compare(workshop, pair, frame))


def tell(workshop: Workshop, pair: Pair) -> Compared:
    """Compare both sides without drawing a redline: facts and signals, no rows."""
    return workshop.cache.get(_key("told", pair), lambda: _tell(workshop, pair, _contents(workshop, pair)))


def _key(name: str, pair: Pair, more: Hashable = None) -> tuple[Hashable, ...]:
    sides = (pair.old.commit, pair.old.path, pair.old.blob, pair.new.commit, pair.new.path, pair.new.blob)
    return (name, ALGORITHM_VERSION, *sides, more)


@dataclass(frozen=True)
class _Contents:
    """Both sides as they can be shown; a side that is not there has no characters."""

    kind: Kind
    old: str
    new: str
    encoding: str
    old_size: int
    new_size: int


def _contents(workshop: Workshop, pair: Pair) -> _Contents:
    old, new = (reading.data(workshop.store, BlobId(side.blob)) if side.blob else None for side in (pair.old, pair.new))
    there = new if new is not None else old or b""
    sizes = (len(old or b""), len(new or b""))
    if showing.image_type(pair.path):
        return _Contents(Kind.image, "", "", "", *sizes)
    if max(sizes) > workshop.limits.document_bytes:
        return _Contents(Kind.large, "", "", "", *sizes)
    shown = showing.decode(there)
    before, after = (showing.decode(data or b"") for data in (old, new))
    if shown is None or before is None or after is None:
        return _Contents(Kind.binary, "", "", "", *sizes)
    kind = Kind.markdown if showing.extension(pair.path) in showing.MARKDOWN else Kind.text
    return _Contents(kind, before.text, after.text, shown.encoding, *sizes)


def _compare(workshop: Workshop, pair: Pair, frame: Frame) -> Compared:
    found = _contents(workshop, pair)
    told = workshop.cache.get(_key("told", pair), lambda: _tell(workshop, pair, found))
    if found.kind is not Kind.markdown:
        return told
    line = redline.compare(
        found.old, found.new, resolve_old=frame.resolve_old, resolve_new=frame.resolve_new, labels=frame.labels
    )
    rows = tuple(Row(c.html, c.changed, c.heading, c.new_start, c.new_end, c.old_start, c.old_end) for c in line.chunks)
    return replace(told, rows=rows, words=sum(_count(row.html) for row in rows if row.changed))


def _tell(workshop: Workshop, pair: Pair, found: _Contents) -> Compared:
    name = paths.shown(pair.path.rpartition("/")[2])
    sizes = (found.old_size, found.new_size)
    if found.kind is not Kind.markdown:
        return Compared(found.kind, name, "", found.encoding, (), (), (), 0, 0, *sizes)
    both = bool(pair.old.blob and pair.new.blob)
    there = found.new if pair.new.blob else found.old
    base = CommitId(pair.old.commit)
    language = (markdown.language(there) or modules.language(workshop, base, pair.path) or "es")[:8]
    touched = signals.signals(found.old, found.new, modules.terms(workshop, base), language) if both else ()
    told = summary.summarise(found.old, found.new, touched)
    return Compared(
        kind=found.kind,
        title=paths.shown(markdown.title(there) or name),
        language=language,
        encoding=found.encoding,
        rows=(),
        facts=tuple(Fact(f.kind, f.old, f.new, f.heading, f.count, f.table, f.number, f.after) for f in told.facts),
        signals=tuple(_signals(touched)),
        unchanged=told.paragraphs_unchanged,
        words=0,
        old_size=found.old_size,
        new_size=found.new_size,
    )


def _signals(found: Sequence[signals.Signal]) -> Iterator[Signal]:
    for each in found:
        place = each.new_place or each.old_place
        if place is not None:
            yield Signal(each.sort, each.old, each.new, place.start, each.new_place is None)


def without_notes(html: Markup) -> Markup:
    """Return a row without the words that only say where a change begins and ends."""
    return Markup(_NOTES.sub("", html))  # noqa: S704  (parts of Markup)


def _count(html: Markup) -> int:
    """Count the words that are read."""
    return len(without_notes(html).striptags().split())


def columns(workshop: Workshop, pair: Pair, frame: Frame) -> tuple[tuple[Markup, Markup], ...]:
    """Return each row of a comparison as its old and its new side."""

    def split() -> tuple[tuple[Markup, Markup], ...]:
        rows = compare(workshop, pair, frame).rows
        return tuple((redline.side(row.html, "old"), redline.side(row.html, "new")) for row in rows)

    return workshop.cache.get(_key("columns", pair, frame.key), split)


def source(workshop: Workshop, pair: Pair) -> tuple[Line, ...]:
    """Return the source of a document line by line, with what changed inside each; nothing for what is no text."""
    return workshop.cache.get(_key("source", pair), lambda: _source(_contents(workshop, pair)))


def _source(found: _Contents) -> tuple[Line, ...]:
    return source_lines(found.old, found.new)


def source_lines(old: str, new: str) -> tuple[Line, ...]:
    """Return two texts as one, line by line, with what changed inside each."""
    lines: list[Line] = []
    runs: list[tuple[str, str]] = []
    number = 1
    for change in changes.compare(old, new).changes if old or new else ():
        pieces = change.text.split("\n")
        for at, piece in enumerate(pieces):
            if piece.rstrip("\r"):
                runs.append((change.op, piece.rstrip("\r")))
            if at == len(pieces) - 1:
                continue
            if change.op == "delete" and any(op != "delete" for op, _ in runs):
                continue  # a line end that went from within a line: what follows still belongs to it
            lines.append(_line(runs, number, change.op))
            number += lines[-1].number is not None
            runs = []
    if runs:
        lines.append(_line(runs, number, runs[-1][0]))
    return tuple(lines)


def _line(runs: list[tuple[str, str]], number: int, end: str) -> Line:
    gone = end == "delete" and all(op == "delete" for op, _ in runs)
    changed = any(op != "equal" for op, _ in runs) if runs else end != "equal"
    return Line(None if gone else number, tuple(runs), changed)


def words_changed(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return a short text that replaces another as runs of (op, text): how a suggestion is shown."""
    return tuple((change.op, change.text) for change in changes.compare(old, new).changes)
