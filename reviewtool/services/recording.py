"""The recorder: writes the review record of a proposal after its acts, by version numbers (git-record, «The recorder»).

Dirty means `recorded_version < version`; there is no flag to lose. It runs in a thread of the server, once an
installation, and looks every three quarters of a second; merges and decisions wait for it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.db import Base
from reviewtool.errors import OutOfDate, ReviewError
from reviewtool.gitstore import maintenance
from reviewtool.gitstore import record as store_record
from reviewtool.gitstore.ids import CommitId
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
    Seat,
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
BATCH = 50
EVERY_SECONDS = 0.75
PACK_EVERY = timedelta(hours=6)
_Row = dict[str, Any]
_Files = dict[str, bytes | None]
_Write = Callable[[Session, int, list[Any]], _Files]
NOT_RECORDED = frozenset({"form_token", "recorded_version", "draft_token", "view"})


def ref_of(number: int) -> str:
    """Return the ref of a proposal's review record."""
    return f"refs/reviews/{number}"


@dataclass(frozen=True)
class _Waiting:
    """A proposal as it stands at `version`, with the entry its record lacks; None when the record says it already."""

    number: int
    version: int
    entry: store_record.Entry | None


def record(workshop: Workshop, number: int) -> int:
    """Bring the record of a proposal up to its newest act; return the version it stands at."""
    for _ in range(TRIES):
        waiting = _look(workshop, number)
        if waiting is None:
            return 0
        if waiting.entry is not None:
            try:
                store_record.append(workshop.store, waiting.entry)
            except OutOfDate:
                continue
        _note(workshop, [waiting])
        return waiting.version
    raise OutOfDate("record-moved", number=number)


def _look(workshop: Workshop, number: int) -> _Waiting | None:
    """Return what the record of a proposal lacks, the tip read before the rows; None without such a proposal."""
    ref = ref_of(number)
    tip = store_record.tip(workshop.store, ref)
    known = _recorded_in(workshop, ref, tip) if tip else 0
    with workshop.database.read() as session:
        proposal = session.get(Proposal, number)
        if proposal is None:
            return None
        if proposal.version <= known:
            return _Waiting(number, proposal.version, None)
        files, events = _changes(session, workshop, proposal, known)
        version = proposal.version
    message = f"P-{number}: {', '.join(dict.fromkeys(event.kind for event in events))}"
    engine = signatures.of_engine(workshop.group, events[-1].at if events else now())
    return _Waiting(number, version, store_record.Entry(ref, files, message, engine, tip))


def _note(workshop: Workshop, recorded: Sequence[_Waiting]) -> None:
    """Write down how far the records have come; one that another recorder brought further stays."""
    with workshop.database.write() as session:
        for each in recorded:
            session.execute(
                update(Proposal)
                .where(Proposal.number == each.number, Proposal.recorded_version < each.version)
                .values(recorded_version=each.version),
                execution_options={"synchronize_session": False},
            )


def _recorded_in(workshop: Workshop, ref: str, tip: CommitId) -> int:
    """Return the version that an entry stands at; remembered, as an entry never changes."""

    def read() -> int:
        data = store_record.read(workshop.store, ref, "proposal.json", tip)
        return int(json.loads(data)["version"]) if data else 0

    return workshop.cache.get(("recorded", tip), read)


def dirty(session: Session, most: int = BATCH) -> list[int]:
    """Return proposals whose record has yet to follow."""
    return list(session.scalars(select(Proposal.number).where(text(DIRTY)).order_by(Proposal.number).limit(most)))


def catch_up(workshop: Workshop) -> int:
    """Record every proposal that needs it; return how many were."""
    done = 0
    while True:
        with workshop.database.read() as session:
            waiting = dirty(session)
        if waiting:
            _record_together(workshop, waiting)
        done += len(waiting)
        if len(waiting) < BATCH:
            return done


def _record_together(workshop: Workshop, numbers: Sequence[int]) -> None:
    """Record several proposals with two git processes and one transaction; one whose record moved follows alone."""
    found = [each for number in numbers if (each := _look(workshop, number)) is not None]
    entries = [each.entry for each in found if each.entry is not None]
    moved = store_record.append_all(workshop.store, entries)
    _note(workshop, [each for each in found if each.entry is None or each.entry.ref not in moved])
    for each in found:
        if each.entry is not None and each.entry.ref in moved:
            record(workshop, each.number)


def _changes(session: Session, workshop: Workshop, proposal: Proposal, known: int) -> tuple[_Files, list[Event]]:
    """Return the files that the acts since version `known` changed, and those acts."""
    events = list(
        session.scalars(
            select(Event).where(Event.proposal_number == proposal.number, Event.seq > known).order_by(Event.seq)
        )
    )
    files: _Files = {"proposal.json": _json(_row(proposal))}
    for event in events:
        files[_path("events", event.seq, by_hundreds=True)] = _json(_row(event))
    for key, values in _named(events).items():
        if key in _ROWS:
            files |= _ROWS[key](session, proposal.number, sorted(values))
    if any(event.kind in minutes.WRITTEN_AT for event in events):
        files["record.md"] = minutes.write(session, workshop, proposal).encode()
    return files, events


def _named(events: Sequence[Event]) -> dict[str, set[Any]]:
    """Return the rows that acts say they changed: by the name of the fact, several in one fact counted each."""
    found: dict[str, set[Any]] = defaultdict(set)
    for event in events:
        for key, value in event.facts.items():
            if key in {"comments", "objections"}:
                found[key.removesuffix("s")].update(value)
            elif key in _ROWS:
                found[key].add(value)
    return found


def _simple(table: type[Base], folder: str, *, by_hundreds: bool = False) -> _Write:
    """Return how rows of a table are written: each as it is, under its id."""

    def write(session: Session, _number: int, ids: list[int]) -> _Files:
        rows = _rows(session, table, table.__table__.c.id.in_(ids))
        return {_path(folder, row["id"], by_hundreds=by_hundreds): _json(row) for row in rows}

    return write


def _path(folder: str, identity: int, *, by_hundreds: bool) -> str:
    return f"{folder}/{identity // 100}/{identity}.json" if by_hundreds else f"{folder}/{identity}.json"


def _revisions(session: Session, number: int, numbers: list[int]) -> _Files:
    rows = _rows(session, Revision, Revision.proposal_number == number, Revision.number.in_(numbers))
    touches = _grouped(_rows(session, Touch, Touch.revision_id.in_([row["id"] for row in rows]), order=Touch.path))
    return {f"revisions/{row['number']}.json": _json(row | {"touches": touches.get(row["id"], [])}) for row in rows}


def _ballots(session: Session, number: int, numbers: list[int]) -> _Files:
    rows = _rows(session, Ballot, Ballot.proposal_number == number, Ballot.number.in_(numbers))
    votes = _rows(session, Vote, Vote.ballot_id.in_([row["id"] for row in rows]), order=Vote.id)
    query = select(Seat.id, Seat.key).where(Seat.id.in_({vote["seat_id"] for vote in votes}))
    seats = dict(session.execute(query).all())
    cast = _grouped([vote | {"seat": seats[vote["seat_id"]]} for vote in votes])
    return {f"ballots/{row['number']}.json": _json(row | {"votes": cast.get(row["id"], [])}) for row in rows}


def _comments(session: Session, _number: int, ids: list[int]) -> _Files:
    suggestions = _grouped(_rows(session, Suggestion, Suggestion.comment_id.in_(ids)))
    edits = _grouped(_rows(session, CommentEdit, CommentEdit.comment_id.in_(ids), order=CommentEdit.id))
    return {
        _path("comments", row["id"], by_hundreds=True): _json(
            row | {"suggestion": next(iter(suggestions.get(row["id"], [])), None), "edits": edits.get(row["id"], [])}
        )
        for row in _rows(session, Comment, Comment.id.in_(ids))
    }


def _merge(session: Session, number: int, _values: list[Any]) -> _Files:
    (row,) = _rows(session, Merge, Merge.proposal_number == number)
    return {"merge.json": _json(row)}


# The facts of acts that name rows, and how those rows are written.
_ROWS: dict[str, _Write] = {
    "revision": _revisions,
    "ballot": _ballots,
    "thread": _simple(Thread, "threads", by_hundreds=True),
    "comment": _comments,
    "objection": _simple(Objection, "objections"),
    "opinion": _simple(Opinion, "opinions"),
    "extension": _simple(ExtensionRequest, "extensions"),
    "merge": _merge,
}


def _rows(session: Session, table: type[Base], *which: ColumnElement[bool], order: Any = None) -> list[_Row]:
    """Return rows as they are recorded: plain values of their columns. Loaded objects would cost ten times as much."""
    query = select(*table.__table__.columns).where(*which).order_by(order)
    return [
        {key: _plain(value) for key, value in row.items() if key not in NOT_RECORDED}
        for row in session.execute(query).mappings()
    ]


def _grouped(rows: Iterable[_Row]) -> dict[int, list[_Row]]:
    """Return rows by the id of what they belong to, in their order."""
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        found[next(row[key] for key in _OWNERS if key in row)].append(row)
    return found


_OWNERS = ("revision_id", "ballot_id", "comment_id")


def _row(thing: Base) -> _Row:
    columns = thing.__table__.columns
    return {column.key: _plain(getattr(thing, column.key)) for column in columns if column.key not in NOT_RECORDED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _json(value: _Row) -> bytes:
    return (json.dumps({"format": FORMAT} | value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class Recorder:
    """The thread that follows the acts: one a process tries, one an installation works (a file lock decides).

    It also finishes moves of refs that a full disk or a killed process left pending, and packs the store now and then.
    """

    def __init__(self, workshop: Workshop, lock_file: Path) -> None:
        self.workshop, self._lock_file = workshop, lock_file
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
            refmoves.reconcile(self.workshop)
            catch_up(self.workshop)
            if now() - self._packed_at > PACK_EVERY:
                self._packed_at = now()
                maintenance.pack(self.workshop.store)
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
