"""Where a thread's passage stands in a newer revision: carried through each revision between, never hidden."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId
from reviewtool.models import Revision, Thread, Touch
from reviewtool.prose import ALGORITHM_VERSION, passages
from reviewtool.services import showing
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Placed:
    """A thread's passage in the revision shown. `changed_in` is the revision that first changed or removed it.

    `near` is where the nearest surviving text began when the passage was lost, in the text that lost it.
    """

    path: str | None
    passage: passages.Passage | None
    state: str  # same | edited | moved | lost | whole (no passage)
    changed_in: int | None = None
    near: int = 0


def place(workshop: Workshop, revisions: list[Revision], thread: Thread, shown: int) -> Placed:
    """Carry a thread's passage from its revision to the one shown; `revisions` hold their touches."""
    by_number = {revision.number: revision for revision in revisions}
    passage, path = _of(thread), thread.path
    whole = passage is None
    state, changed_in, near = "whole" if whole else "same", None, 0
    for number in range(thread.revision, shown):
        before, after = (_touch(by_number[each], path) if path else None for each in (number, number + 1))
        if before is None or after is None:
            return Placed(path, None, state if whole else "lost", changed_in or number + 1, near)
        path = after.path
        if passage is None or before.new_blob == after.new_blob:
            continue
        if before.new_blob is None or after.new_blob is None:
            passage, state, changed_in = None, "lost", changed_in or number + 1
            continue
        carried = _carry(workshop, passage, before.new_blob, after.new_blob)
        if carried.state != "same":
            state, changed_in = carried.state, changed_in or number + 1
        passage, near = carried.passage, carried.near
    return Placed(path, passage, state, changed_in, near)


def _of(thread: Thread) -> passages.Passage | None:
    if thread.path is None or thread.quote is None or thread.start is None or thread.end is None:
        return None
    return passages.Passage(thread.quote, thread.prefix, thread.suffix, thread.start, thread.end)


def _touch(revision: Revision, path: str) -> Touch | None:
    return next((touch for touch in revision.touches if path in {touch.path, touch.old_path}), None)


def _carry(workshop: Workshop, passage: passages.Passage, old: str, new: str) -> passages.Carried:
    key = ("carried", ALGORITHM_VERSION, old, new, passage.start, passage.end)
    return workshop.cache.get(key, lambda: passages.carry(passage, *(text(workshop, blob) for blob in (old, new))))


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


def text_of(workshop: Workshop, revision: Revision, path: str) -> str:
    """Return the text a revision gives a document; raises KeyError when it does not touch it."""
    touch = _touch(revision, path)
    if touch is None or touch.new_blob is None:
        raise KeyError(path)
    return text(workshop, touch.new_blob)
