"""Where a thread's passage stands in a newer revision: carried through each revision between, never hidden."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId
from reviewtool.models import Revision, Thread, Touch
from reviewtool.prose import ALGORITHM_VERSION, passages
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Placed:
    """A thread's passage in the revision shown. `changed_in` is the revision that first changed or removed it."""

    path: str | None
    passage: passages.Passage | None
    state: str  # same | edited | moved | lost | whole (no passage)
    changed_in: int | None = None


def place(workshop: Workshop, revisions: list[Revision], thread: Thread, shown: int) -> Placed:
    """Carry a thread's passage from its revision to the one shown; `revisions` hold their touches."""
    if thread.path is None or thread.quote is None or thread.start is None or thread.end is None:
        return Placed(thread.path, None, "whole")
    by_number = {revision.number: revision for revision in revisions}
    passage: passages.Passage | None = passages.Passage(
        quote=thread.quote, prefix=thread.prefix, suffix=thread.suffix, start=thread.start, end=thread.end
    )
    path, state, changed_in = thread.path, "same", None
    for number in range(thread.revision, shown):
        before, after = _touch(by_number[number], path), _touch(by_number[number + 1], path)
        if before is None or after is None or before.new_blob is None or after.new_blob is None:
            return Placed(path, None, "lost", number + 1)
        if before.new_blob != after.new_blob and passage is not None:
            carried = _carry(workshop, passage, before.new_blob, after.new_blob)
            if carried.state != "same":
                state, changed_in = carried.state, changed_in or number + 1
            passage = carried.passage
        if passage is None:
            return Placed(after.path, None, "lost", changed_in)
        path = after.path
    return Placed(path, passage, state, changed_in)


def _touch(revision: Revision, path: str) -> Touch | None:
    return next((touch for touch in revision.touches if path in {touch.path, touch.old_path}), None)


def _carry(workshop: Workshop, passage: passages.Passage, old: str, new: str) -> passages.Carried:
    key = ("carried", ALGORITHM_VERSION, old, new, passage.start, passage.end)
    return workshop.cache.get(key, lambda: passages.carry(passage, *(_text(workshop, blob) for blob in (old, new))))


def _text(workshop: Workshop, blob: str) -> str:
    return reading.text(reading.data(workshop.store, BlobId(blob))).text


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
    return _text(workshop, touch.new_blob)
