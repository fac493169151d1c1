"""Reading Word files outside the request: the rows of the files are the queue, a lease says who has one.

A worker claims the oldest file, reads it in a process of its own whose memory and time are bounded, and writes down
what came of it. A file whose worker was killed is taken again when the lease has ended, and given up after a few
attempts; then, and where reading failed for want of time or memory, its sender may start it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import WordUpload
from reviewtool.services import word_uploads
from reviewtool.services.workshop import Workshop
from reviewtool.word import keeping

LEASE: Final = timedelta(seconds=20)  # renewed while the file is being read
ATTEMPTS: Final = 3
UNCLAIMED: Final = timedelta(seconds=20)  # after that no worker seems to run
OURS: Final = frozenset({"word-lost-job", "word-slow", "word-heavy"})  # perhaps not the file's fault


class Status(StrEnum):
    """How far a file has come."""

    waiting = "waiting"
    reading = "reading"
    ready = "ready"
    failed = "failed"


ENDED: Final = (Status.ready, Status.failed)


@dataclass(frozen=True)
class Job:
    """A file that was claimed, and at which attempt: an earlier one has nothing to say about it any more."""

    upload_id: int
    attempt: int


@dataclass(frozen=True)
class Progress:
    """Where a file stands: its status, how many are before it, and whether a worker seems to be running."""

    status: Status
    before: int = 0
    worker: bool = True


def claim(session: Session, at: datetime) -> Job | None:
    """Lend the oldest file that nobody reads to the caller until the lease ends; None when there is none.

    One that was begun too often is given up.
    """
    while True:
        found = session.scalar(
            select(WordUpload)
            .where(_free(at), WordUpload.sent_at >= at - word_uploads.KEPT)
            .order_by(WordUpload.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        if found.attempts < ATTEMPTS:
            found.status, found.attempts, found.claimed_until = Status.reading, found.attempts + 1, at + LEASE
            session.flush()
            return Job(found.id, found.attempts)
        _end(found, Status.failed, at)
        found.failure = "word-lost-job"
        session.flush()


def something_waits(session: Session, at: datetime) -> bool:
    """Say whether there is a file to claim."""
    return bool(session.scalar(select(exists().where(_free(at)))))


def _free(at: datetime) -> ColumnElement[bool]:
    left = and_(WordUpload.status == Status.reading, WordUpload.claimed_until <= at)
    return or_(WordUpload.status == Status.waiting, left)


def renew(session: Session, job: Job, at: datetime) -> bool:
    """Lengthen the lease; False when the file is gone, or somebody else's by now."""
    done = session.execute(update(WordUpload).where(*_of(job)).values(claimed_until=at + LEASE))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE


def _of(job: Job) -> tuple[ColumnElement[bool], ...]:
    return WordUpload.id == job.upload_id, WordUpload.attempts == job.attempt, WordUpload.status == Status.reading


def give_back(session: Session, job: Job, *, counts: bool) -> None:
    """Let a file that was not read be claimed again at once; `counts`: as one more attempt that came to nothing."""
    attempts = WordUpload.attempts if counts else WordUpload.attempts - 1
    session.execute(update(WordUpload).where(*_of(job)).values(claimed_until=now(), attempts=attempts))


def understand(workshop: Workshop, upload_id: int) -> dict[str, Any]:
    """Read a file and return what came of it as plain values: what was understood, or why it cannot be read."""
    with workshop.database.read() as session:
        upload = session.get_one(WordUpload, upload_id)
    try:
        return {"result": keeping.written(word_uploads.read(workshop, upload))}
    except ReviewError as error:
        return failed(error.code, error.facts)


def failed(code: str, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return that a file could not be read, as `settle` takes it."""
    return {"failure": code, "facts": dict(facts or {})}


def settle(session: Session, job: Job, report: Mapping[str, Any], at: datetime) -> None:
    """Write down what came of reading a file, unless it is gone or somebody else's by now."""
    found = session.scalar(select(WordUpload).where(*_of(job)).with_for_update())
    if found is None:
        return
    _end(found, Status.failed if "failure" in report else Status.ready, at)
    found.failure, found.facts = report.get("failure", ""), report.get("facts", {})
    found.result = report.get("result")
    session.flush()


def _end(upload: WordUpload, status: Status, at: datetime) -> None:
    upload.status, upload.ended_at, upload.claimed_until = status, at, None


def again(session: Session, upload: WordUpload) -> None:
    """Let a file whose reading failed be read once more. Raises InvalidInput("word-nothing-again")."""
    if not may_again(upload):
        raise InvalidInput("word-nothing-again")
    upload.status, upload.attempts, upload.failure, upload.facts = Status.waiting, 0, "", {}
    upload.ended_at = upload.seen_at = None
    upload.sent_at = now()
    session.flush()


def may_again(upload: WordUpload) -> bool:
    """Say whether reading a file once more may come to another end."""
    return upload.status == Status.failed and upload.failure in OURS


def progress(session: Session, upload: WordUpload) -> Progress:
    """Return where a file stands.

    That nobody has claimed it for a while, though nobody reads another one, tells that no worker runs.
    """
    status, at = Status(upload.status), now()
    if status in ENDED:
        return Progress(status)
    lost = upload.claimed_until is not None and upload.claimed_until <= at
    if status is Status.reading and not lost:
        return Progress(status)
    unread = WordUpload.status.in_((Status.waiting, Status.reading))
    before = session.scalar(select(func.count()).select_from(WordUpload).where(unread, WordUpload.id < upload.id)) or 0
    busy = session.scalar(select(exists().where(WordUpload.status == Status.reading, WordUpload.claimed_until > at)))
    since = max(upload.sent_at, upload.claimed_until or upload.sent_at)
    return Progress(Status.waiting, before, worker=bool(busy) or at - since < UNCLAIMED)


def see(session: Session, person_id: int) -> None:
    """Count what came of a person's files as seen by them."""
    session.execute(update(WordUpload).where(*unseen(person_id)).values(seen_at=now()))


def see_one(session: Session, upload_id: int) -> None:
    """Count what came of one file as seen."""
    session.execute(update(WordUpload).where(WordUpload.id == upload_id).values(seen_at=now()))


def unseen(person_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the files that were read while their sender was elsewhere, for a query."""
    kept = WordUpload.sent_at >= now() - word_uploads.KEPT
    return WordUpload.person_id == person_id, kept, WordUpload.ended_at.is_not(None), WordUpload.seen_at.is_(None)


def of_person(session: Session, person_id: int) -> Sequence[WordUpload]:
    """Return the files of a person that are still kept, the newest first, without their bytes."""
    query = select(WordUpload).where(WordUpload.person_id == person_id, WordUpload.sent_at >= now() - word_uploads.KEPT)
    return session.scalars(query.options(*word_uploads.WITHOUT_BYTES).order_by(WordUpload.id.desc())).all()
