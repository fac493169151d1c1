"""Where a thread's passage stands in a newer revision: carried through each revision between, never hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId
from reviewtool.models import Revision, Thread
from reviewtool.prose import ALGORITHM_VERSION, passages
from reviewtool.services import comparing, showing
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Placed:
    """A thread's passage in the revision shown; `blob` is the text it was sought in.

    `changed_in` are the revisions that changed its words, the last one removed it when it is lost; none for a passage
    that says again what was commented. `near` is where the text next to a lost passage begins.
    """

    path: str | None
    passage: passages.Passage | None
    state: str  # same | edited | moved | lost | whole (no passage)
    changed_in: tuple[int, ...] = ()
    near: int = 0
    blob: str | None = None


def place(workshop: Workshop, revisions: Sequence[Revision], thread: Thread, shown: int) -> Placed:
    """Carry a thread's passage from its revision through each one up to the one shown; `revisions` hold their touches.

    A revision that leaves the document as it is published gives it the published text.
    """
    return place_all(workshop, revisions, [thread], shown)[0]


def place_all(workshop: Workshop, revisions: Sequence[Revision], threads: Sequence[Thread], shown: int) -> list[Placed]:
    """Do for several threads what `place` does for one: revision by revision, so that two texts are compared once."""
    by_number = {revision.number: revision for revision in revisions}
    journeys = [_Journey(workshop, by_number, thread) for thread in threads]
    for number in range(min((thread.revision for thread in threads), default=shown) + 1, shown + 1):
        for journey in journeys:
            journey.step(number)
    return [journey.placed() for journey in journeys]


class _Journey:
    """A thread's passage on its way from its revision to a later one."""

    def __init__(self, workshop: Workshop, revisions: dict[int, Revision], thread: Thread) -> None:
        self.workshop, self.revisions, self.thread = workshop, revisions, thread
        self.passage, self.moved, self.near = _of(thread), False, 0
        self.whole = self.passage is None
        self.changed: list[int] = []
        if thread.path is not None:
            self.origin = _origin(revisions[thread.revision], thread.path)
            self.path, self.blob = _standing(workshop, revisions[thread.revision], self.origin)

    def step(self, number: int) -> None:
        """Go on to a revision; nothing for one that is not later than the thread's own."""
        if self.thread.path is None or number <= self.thread.revision:
            return
        before = self.blob
        self.path, self.blob = _standing(self.workshop, self.revisions[number], self.origin)
        if self.whole or before == self.blob:
            return
        carried = _carry(self.workshop, self.passage, self.near, (before, self.blob))
        if self.passage is not None and carried.state in {"edited", "lost"}:
            self.changed.append(number)
        self.moved = self.moved or carried.state == "moved"
        self.passage, self.near = carried.passage, carried.near

    def placed(self) -> Placed:
        """Say where it has come."""
        if self.thread.path is None:
            return Placed(None, None, "whole")
        if self.whole:
            return Placed(self.path, None, "whole", blob=self.blob)
        if self.passage is None:
            return Placed(self.path, None, "lost", tuple(self.changed), self.near, self.blob)
        if not self.passage.says(self.thread.quote or ""):
            return Placed(self.path, self.passage, "edited", tuple(self.changed), self.near, self.blob)
        return Placed(self.path, self.passage, "moved" if self.moved else "same", (), self.near, self.blob)


def _of(thread: Thread) -> passages.Passage | None:
    if thread.path is None or thread.quote is None or thread.start is None or thread.end is None:
        return None
    return passages.Passage(thread.quote, thread.prefix, thread.suffix, thread.start, thread.end)


def _origin(revision: Revision, path: str) -> str:
    """Return the path under which a document is published, of a new one its first."""
    touch = next((touch for touch in revision.touches if path in {touch.path, touch.old_path}), None)
    return (touch.old_path if touch else None) or path


def _standing(workshop: Workshop, revision: Revision, origin: str) -> tuple[str, str | None]:
    """Return the path and the blob that a document has in a revision."""
    touch = next((touch for touch in revision.touches if (touch.old_path or touch.path) == origin), None)
    if touch is not None:
        return touch.path, touch.new_blob
    return origin, comparing.blob_at(workshop, revision.commit, origin)


def _carry(
    workshop: Workshop, passage: passages.Passage | None, near: int, blobs: tuple[str | None, str | None]
) -> passages.Carried:
    """Carry a passage, or of a lost one the place next to it, from one blob to another."""
    old, new = blobs
    if old is None or new is None:
        return passages.Carried(None, "lost", 0)
    start, end = (passage.start, passage.end) if passage else (near, near)

    def carried() -> passages.Carried:
        before, after = text(workshop, old), text(workshop, new)
        if passage is None:
            return passages.Carried(None, "lost", passages.near(near, before, after))
        return passages.carry(passage, before, after)

    return workshop.cache.get(("carried", ALGORITHM_VERSION, old, new, start, end), carried)


def commented(workshop: Workshop, revisions: Sequence[Revision], thread: Thread) -> str:
    """Return the source of the passage as it stood when the thread was begun, "" where there is none."""
    passage = _of(thread)
    if passage is None:
        return ""
    revision = next(each for each in revisions if each.number == thread.revision)
    _path, blob = _standing(workshop, revision, _origin(revision, thread.path or ""))
    return text(workshop, blob)[passage.start : passage.end] if blob else ""


def text(workshop: Workshop, blob: str) -> str:
    """Return the characters of a blob as pages show them, "" for what is no text."""
    shown = showing.decode(reading.data(workshop.store, BlobId(blob)))
    return shown.text if shown else ""


def with_touches(session: Session, number: int) -> list[Revision]:
    """Return all revisions of a proposal with the paths they touch, oldest first."""
    return list(
        session.scalars(
            select(Revision)
            .where(Revision.proposal_number == number)
            .order_by(Revision.number)
            .options(selectinload(Revision.touches))
        )
    )
