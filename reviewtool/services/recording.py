"""The recorder: writes the review record of a proposal after its acts, by version numbers (git-record, «The recorder»).

Dirty means `recorded_version < version`; there is no flag to lose. It runs in a thread of the server, once an
installation, and looks every second; merges and decisions wait for it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import OutOfDate, ReviewError
from reviewtool.gitstore import maintenance
from reviewtool.gitstore import record as store_record
from reviewtool.models import (
    Ballot,
    Comment,
    CommentEdit,
    Event,
    ExtensionRequest,
    Merge,
    Objection,
    Opinion,
    Proposal,
    Revision,
    Suggestion,
    Thread,
    Touch,
    Vote,
)
from reviewtool.models.proposal import DIRTY
from reviewtool.services import minutes, refmoves, signatures
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

FORMAT = 1
TRIES = 5
BATCH = 20
EVERY_SECONDS = 1.0
PACK_EVERY = timedelta(hours=6)
NOT_RECORDED = frozenset({"form_token", "recorded_version", "draft_token", "view"})


def ref_of(number: int) -> str:
    """Return the ref of a proposal's review record."""
    return f"refs/reviews/{number}"


def record(workshop: Workshop, number: int) -> int:
    """Bring the record of a proposal up to its newest act; return the version it stands at."""
    for _ in range(TRIES):
        tip = store_record.tip(workshop.store, ref_of(number))
        known = _recorded_in(workshop, number) if tip else 0
        with workshop.database.read() as session:
            proposal = session.get(Proposal, number)
            if proposal is None:
                return 0
            version = proposal.version
            files, events = _changes(session, workshop, proposal, known) if version > known else ({}, [])
        if files:
            message = f"P-{number}: {', '.join(dict.fromkeys(event.kind for event in events))}"
            engine = signatures.of_engine(workshop.group, events[-1].at if events else now())
            try:
                store_record.append(workshop.store, ref_of(number), files, message, engine, tip)
            except OutOfDate:
                continue
        with workshop.database.write() as session:
            session.execute(
                update(Proposal)
                .where(Proposal.number == number, Proposal.recorded_version < version)
                .values(recorded_version=version)
            )
        return version
    raise OutOfDate("record-moved", number=number)


def _recorded_in(workshop: Workshop, number: int) -> int:
    data = store_record.read(workshop.store, ref_of(number), "proposal.json")
    return int(json.loads(data)["version"]) if data else 0


def dirty(session: Session, most: int = BATCH) -> list[int]:
    """Return proposals whose record has yet to follow."""
    return list(session.scalars(select(Proposal.number).where(text(DIRTY)).order_by(Proposal.number).limit(most)))


def catch_up(workshop: Workshop) -> int:
    """Record every proposal that needs it; return how many were."""
    done = 0
    while True:
        with workshop.database.read() as session:
            waiting = dirty(session)
        for number in waiting:
            record(workshop, number)
            done += 1
        if len(waiting) < BATCH:
            return done


def _changes(
    session: Session, workshop: Workshop, proposal: Proposal, known: int
) -> tuple[dict[str, bytes | None], list[Event]]:
    """Return the files that the acts since version `known` changed, and those acts."""
    events = list(
        session.scalars(
            select(Event).where(Event.proposal_number == proposal.number, Event.seq > known).order_by(Event.seq)
        )
    )
    files: dict[str, bytes | None] = {"proposal.json": _json(_row(proposal))}
    for event in events:
        files[f"events/{event.seq // 100}/{event.seq}.json"] = _json(_row(event))
        for key, value in event.facts.items():
            _add_named(session, proposal.number, files, key, value)
    if any(event.kind in minutes.WRITTEN_AT for event in events):
        files["record.md"] = minutes.write(session, workshop, proposal).encode()
    return files, events


def _add_named(session: Session, number: int, files: dict[str, bytes | None], key: str, value: Any) -> None:
    match key:
        case "revision":
            files[f"revisions/{value}.json"] = _revision(session, number, value)
        case "ballot":
            files[f"ballots/{value}.json"] = _ballot(session, number, value)
        case "thread":
            files[f"threads/{value // 100}/{value}.json"] = _json(_row(session.get_one(Thread, value)))
        case "comments":
            files |= {f"comments/{one // 100}/{one}.json": _comment(session, one) for one in value}
        case "objections":
            files |= {f"objections/{one}.json": _json(_row(session.get_one(Objection, one))) for one in value}
        case "comment":
            files[f"comments/{value // 100}/{value}.json"] = _comment(session, value)
        case "objection":
            files[f"objections/{value}.json"] = _json(_row(session.get_one(Objection, value)))
        case "opinion":
            files[f"opinions/{value}.json"] = _json(_row(session.get_one(Opinion, value)))
        case "extension":
            files[f"extensions/{value}.json"] = _json(_row(session.get_one(ExtensionRequest, value)))
        case "merge":
            files["merge.json"] = _json(_row(session.get_one(Merge, number)))


def _revision(session: Session, number: int, revision_number: int) -> bytes:
    revision = session.scalars(
        select(Revision).where(Revision.proposal_number == number, Revision.number == revision_number)
    ).one()
    touches = session.scalars(select(Touch).where(Touch.revision_id == revision.id).order_by(Touch.path))
    return _json(_row(revision) | {"touches": [_row(touch) for touch in touches]})


def _ballot(session: Session, number: int, ballot_number: int) -> bytes:
    ballot = session.scalars(
        select(Ballot).where(Ballot.proposal_number == number, Ballot.number == ballot_number)
    ).one()
    cast = session.scalars(
        select(Vote).where(Vote.ballot_id == ballot.id).options(joinedload(Vote.seat)).order_by(Vote.id)
    )
    return _json(_row(ballot) | {"votes": [_row(vote) | {"seat": vote.seat.key} for vote in cast]})


def _comment(session: Session, comment_id: int) -> bytes:
    comment = session.get_one(Comment, comment_id)
    suggestion = session.get(Suggestion, comment_id)
    edits = session.scalars(select(CommentEdit).where(CommentEdit.comment_id == comment_id).order_by(CommentEdit.id))
    return _json(
        _row(comment)
        | {"suggestion": _row(suggestion) if suggestion else None, "edits": [_row(edit) for edit in edits]}
    )


def _row(thing: Any) -> dict[str, Any]:
    columns = thing.__table__.columns
    return {column.key: _plain(getattr(thing, column.key)) for column in columns if column.key not in NOT_RECORDED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps({"format": FORMAT} | value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class Recorder:
    """The thread that follows the acts: one a process tries, one an installation works (a file lock decides).

    It also finishes moves of refs that a full disk or a killed process left pending, and packs the store now and then.
    """

    def __init__(self, workshop: Workshop, lock_file: Path) -> None:
        self._workshop, self._lock_file = workshop, lock_file
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._packed_at = now()

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End after the record being written."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        with self._lock_file.open("w") as file:
            while not self._stop.wait(EVERY_SECONDS):
                if _try_lock(file):
                    self._once()

    def _once(self) -> None:
        try:
            refmoves.reconcile(self._workshop)
            catch_up(self._workshop)
            if now() - self._packed_at > PACK_EVERY:
                self._packed_at = now()
                maintenance.pack(self._workshop.store)
        except ReviewError as error:
            log.warning("the record cannot follow now: %s", error.code)
        except Exception:
            log.exception("the recorder failed; it tries again")


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
