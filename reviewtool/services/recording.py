"""The recorder: writes the review record of a proposal after its acts, by version numbers (git-record, «The recorder»).

Dirty means `recorded_version < version`; there is no flag to lose. It runs in a thread of the server, once an
installation, and looks every three quarters of a second; merges and decisions wait for it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import Conflict, OutOfDate, ReviewError
from reviewtool.gitstore import maintenance, reading
from reviewtool.gitstore import record as store_record
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Event, Installation, Proposal
from reviewtool.models.proposal import DIRTY
from reviewtool.services import (
    certifications,
    closing_soon,
    inspections,
    installations,
    minutes,
    record_files,
    refmoves,
    reminding,
    signatures,
)
from reviewtool.services.record_files import FORMAT, GROUP_REF, MINUTES, ref_of
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

TRIES = 5
BATCH = 50
EVERY_SECONDS = 0.75
PACK_EVERY = timedelta(hours=6)
TELL_EVERY = timedelta(minutes=10)  # what is told by the day need not be asked at every turn
_Files = dict[str, bytes | None]


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
        if tip and known:
            _ensure_continues(session, workshop, number, (tip, known))
        if proposal.version <= known:
            return _Waiting(number, proposal.version, None)
        files, events = _changes(session, workshop, proposal, known)
        version = proposal.version
    message = f"P-{number}: {', '.join(dict.fromkeys(event.kind for event in events))}"
    engine = signatures.of_engine(workshop.group, events[-1].at if events else now())
    return _Waiting(number, version, store_record.Entry(ref, files, message, engine, tip))


def _ensure_continues(session: Session, workshop: Workshop, number: int, newest: tuple[CommitId, int]) -> None:
    """Raise Conflict("record-diverged") unless the newest act of the record is that act in the database too.

    An older database in the place of the lost one, without `restore`, would go on with other acts of the same numbers.
    """
    tip, known = newest
    event = session.scalar(select(Event).where(Event.proposal_number == number, Event.seq == known))
    if event is not None:
        (path, data), *_ = record_files.of_events([event]).items()
        found = reading.find(workshop.store, tip, path)
        if found is not None and found.blob == store_record.blob_id(data):
            return
    raise Conflict("record-diverged", number=number, seq=known)


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
        said = json.loads(data) if data else {}
        return int(said["version"]) if said.get("format") == FORMAT else 0  # an older format is written anew

    return workshop.cache.get(("recorded", FORMAT, tip), read)


def dirty(session: Session, most: int = BATCH, *, after: int = 0) -> list[int]:
    """Return proposals whose record has yet to follow, those of the lowest numbers above `after`."""
    query = select(Proposal.number).where(text(DIRTY), Proposal.number > after)
    return list(session.scalars(query.order_by(Proposal.number).limit(most)))


def catch_up(workshop: Workshop) -> int:
    """Record every proposal that needs it; return how many were."""
    done = after = 0
    while True:
        with workshop.database.read() as session:
            waiting = dirty(session, after=after)
        if waiting:
            _record_together(workshop, waiting)
            after = waiting[-1]
        done += len(waiting)
        if len(waiting) < BATCH:
            return done


def _record_together(workshop: Workshop, numbers: Sequence[int]) -> None:
    """Record several proposals with two git processes and one transaction; one whose record moved follows alone."""
    found = [each for number in numbers if (each := _look_or_log(workshop, number)) is not None]
    entries = [each.entry for each in found if each.entry is not None]
    moved = store_record.append_all(workshop.store, entries)
    _note(workshop, [each for each in found if each.entry is None or each.entry.ref not in moved])
    for each in found:
        if each.entry is not None and each.entry.ref in moved:
            record(workshop, each.number)


def _look_or_log(workshop: Workshop, number: int) -> _Waiting | None:
    try:
        return _look(workshop, number)
    except Conflict as error:
        log.error("the record of P-%s is of another database (%s): see docs/operations.md", number, error.code)
        return None


def _changes(session: Session, workshop: Workshop, proposal: Proposal, known: int) -> tuple[_Files, list[Event]]:
    """Return the files that the acts since version `known` changed, and those acts; all files where there are none."""
    query = select(Event).where(Event.proposal_number == proposal.number, Event.seq > known).order_by(Event.seq)
    events = list(session.scalars(query))
    files: _Files = {}
    files |= record_files.of_acts(session, proposal, events) if known else record_files.of_proposal(session, proposal)
    if any(event.kind in minutes.WRITTEN_AT for event in events):
        files[MINUTES] = minutes.write(session, workshop, proposal).encode()
    return files, events


def record_group(workshop: Workshop) -> bool:
    """Bring the group's record up to its people, rules and editions; say whether anything had to be written.

    `people_version` counts their changes; the files are compared, since not each change is one of the record.
    """
    for _ in range(TRIES):
        tip = store_record.tip(workshop.store, GROUP_REF)
        with workshop.database.read() as session:
            installation = installations.find(session)
            if installation is None:
                return False
            version = installation.people_version
            if version <= installation.recorded_people_version and tip is not None:
                return False
            files = record_files.of_group(session)
        changed = store_record.differing(workshop.store, tip, files)
        if changed:
            engine = signatures.of_engine(workshop.group, now())
            try:
                store_record.append(workshop.store, store_record.Entry(GROUP_REF, changed, "El grupo", engine, tip))
            except OutOfDate:
                continue
        with workshop.database.write() as session:
            session.execute(
                update(Installation)
                .where(Installation.recorded_people_version < version)
                .values(recorded_people_version=version)
            )
        return bool(changed)
    raise OutOfDate("record-moved", ref=GROUP_REF)


class Recorder:
    """The thread that follows the acts: one a process tries, one an installation works (a file lock decides).

    It also finishes moves of refs that a full disk or a killed process left pending, packs the store now and then,
    tells the group what nobody else would, and begins the verifications and backups that people ask for.
    """

    def __init__(self, workshop: Workshop, lock_file: Path, inspect: Callable[[str, int], None] | None = None) -> None:
        self.workshop, self._lock_file, self._inspect = workshop, lock_file, inspect
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._packed_at = now()
        self._told_at: datetime | None = None

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
                    self.follow()

    def _inspect_if_asked(self) -> None:
        """Begin what a page asked for; `inspect` starts a process of its own for it."""
        if self._inspect is None:
            return
        with self.workshop.database.read() as session:
            if inspections.waiting(session) is None:
                return
        with self.workshop.database.write() as session:
            taken = inspections.take(session)
        if taken is not None:
            self._inspect(*taken)

    def follow(self) -> None:
        """Do once what there is to do; what fails is logged and tried again."""
        try:
            refmoves.reconcile(self.workshop)
            record_group(self.workshop)
            catch_up(self.workshop)
            self._inspect_if_asked()
            if self._told_at is None or now() - self._told_at > TELL_EVERY:
                self._told_at = now()
                reminding.tell_overdue(self.workshop)
                reminding.tell_collided(self.workshop)
                reminding.remind_unconfirmed(self.workshop)
                certifications.remind(self.workshop)
                closing_soon.remind(self.workshop)
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
