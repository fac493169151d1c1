"""Rows of the database made again from the records in Git: of one proposal, of the group, or of everything.

`restore` calls it for what was recorded after the backup, `rebuild` for all. What is private to a person, drafts,
notices and read marks are in no record and do not come back. Rows keep their ids; nothing that is there is removed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, func, insert, select, update
from sqlalchemy.orm import Session

from reviewtool.db import Base, UTCDateTime
from reviewtool.errors import Conflict
from reviewtool.gitstore import reading, record
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import (
    Attachment,
    AttachmentData,
    Ballot,
    Comment,
    CommentEdit,
    Edition,
    Event,
    ExtensionRequest,
    FollowUp,
    Installation,
    Mention,
    Merge,
    Objection,
    Opinion,
    Person,
    Proposal,
    Revision,
    RoleTerm,
    RuleSet,
    Seat,
    SeatHolding,
    Suggestion,
    Thread,
    Touch,
    Vote,
    Withdrawal,
    WorkingCalendar,
)
from reviewtool.services import installations, unrecorded
from reviewtool.services.record_files import FORMAT, GROUP_REF, bytes_path, ref_of
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

_Row = dict[str, Any]
_PREFIX: Final = "refs/reviews/"
_AT_ONCE = 500  # rows a statement


def rebuild(workshop: Workshop) -> dict[str, int]:
    """Fill an empty database from the repository; return how many rows of each table came back.

    Raises Conflict("database-not-empty"), and Conflict("no-group-record") where the repository has none.
    """
    with workshop.database.write() as session:
        if session.scalar(select(func.count()).select_from(Person)) or installations.find(session):
            raise Conflict("database-not-empty")
        import_group(session, workshop)
        for number in recorded_numbers(workshop):
            import_proposal(session, workshop, number)
        import_withdrawals(session, workshop)
        unrecorded.take_up(session, workshop)
        set_sequences(session)
        tables = (Person, Proposal, Revision, Ballot, Vote, Thread, Comment, Event, Merge, Edition)
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def recorded_numbers(workshop: Workshop) -> list[int]:
    """Return the numbers of the proposals that have a record, in order."""
    found = (ref.removeprefix(_PREFIX) for ref in reading.refs(workshop.store, _PREFIX))
    return sorted(int(number) for number in found if number.isdecimal())


def import_group(session: Session, workshop: Workshop) -> None:
    """Write the group's people, seats, rules and editions as its record has them."""
    tip = record.tip(workshop.store, GROUP_REF)
    if tip is None:
        raise Conflict("no-group-record", ref=GROUP_REF)
    files = _Files(workshop, GROUP_REF, tip)
    (about,) = files.at("installation.json")
    installation = installations.find(session)
    if installation is None:
        created = datetime.fromisoformat(about["created_at"])
        installation = Installation(created_at=created, demonstration=about["demonstration"], ready=True)
        session.add(installation)
    installation.start = about["start"]
    session.flush()
    persons = files.below("people")
    for row in persons:
        _keep_private(session, workshop, row)
    _put(session, Person, persons)
    _put(session, RoleTerm, _inside(persons, "terms"))
    seats = files.below("seats")
    _put(session, Seat, seats)
    _put(session, SeatHolding, _inside(seats, "holdings"))
    _put(session, RuleSet, files.below("rules"))
    _put(session, WorkingCalendar, files.below("calendars"))
    for editions in files.at("editions.json"):
        _put(session, Edition, editions["editions"])
    session.execute(update(Installation).values(people_version=Installation.people_version + 1))
    session.expire_all()


def import_withdrawals(session: Session, workshop: Workshop) -> None:
    """Write what was withdrawn; after the proposals, which its rows name."""
    tip = record.tip(workshop.store, GROUP_REF)
    for found in _Files(workshop, GROUP_REF, tip).at("withdrawals.json") if tip else ():
        _put(session, Withdrawal, found["withdrawals"])


def _keep_private(session: Session, workshop: Workshop, row: _Row) -> None:
    """Complete a person of the record: with what the database knows of them, else as somebody yet to be invited."""
    known = session.get(Person, row["id"])
    row["email"] = known.email if known else f"p{row['id']}@{workshop.group.record_domain}"
    if known is None:
        place = workshop.group.find_administration(row["administration"])
        row["timezone"] = place.zone if place else workshop.group.calendar.zone
        row |= {"language": "es", "session_version": 1}


def import_proposal(session: Session, workshop: Workshop, number: int) -> None:
    """Write all rows of a proposal as its record has them."""
    ref = ref_of(number)
    tip = record.tip(workshop.store, ref)
    if tip is None:
        return
    files = _Files(workshop, ref, tip)
    (proposal,) = files.at("proposal.json")
    proposal["recorded_version"] = proposal["version"]
    _put(session, Proposal, [proposal])
    revisions = files.below("revisions")
    _put(session, Revision, revisions)
    _put(session, Touch, _inside(revisions, "touches"))
    threads = files.below("threads")
    _put(session, Thread, threads)
    comments = files.below("comments")
    _put(session, Comment, comments)
    _put(session, CommentEdit, _inside(comments, "edits"))
    _put(session, Suggestion, [row["suggestion"] for row in comments if row["suggestion"]])
    named = [{"comment_id": row["id"], "person_id": person} for row in comments for person in row["mentions"]]
    _put(session, Mention, named)
    ballots = files.below("ballots")
    _put(session, Ballot, ballots)
    _put(session, Vote, _inside(ballots, "votes"))
    for table, folder in (
        (Objection, "objections"),
        (Opinion, "opinions"),
        (ExtensionRequest, "extensions"),
        (FollowUp, "followups"),
    ):
        _put(session, table, files.below(folder))
    attached = files.below("attachments")
    _put(session, Attachment, attached)
    for row in attached:
        _put(session, AttachmentData, [{"attachment_id": row["id"], "data": files.bytes_of(row["id"], row["kind"])}])
    _put(session, Event, files.below("events"))
    _put(session, Merge, files.at("merge.json"))
    session.expire_all()


class _Files:
    """The files of one entry of a record."""

    def __init__(self, workshop: Workshop, ref: str, tip: CommitId) -> None:
        self._store, self._ref = workshop.store, ref
        self._files = record.files(workshop.store, tip)

    def at(self, path: str) -> list[_Row]:
        """Return what a file says, in a list of one; none where there is no such file."""
        return [self._read(path)] if path in self._files else []

    def below(self, folder: str) -> list[_Row]:
        """Return what the files below a folder say, by the id of what they tell."""
        inside = (path for path in self._files if path.startswith(f"{folder}/") and path.endswith(".json"))
        return sorted((self._read(path) for path in inside), key=lambda row: row["id"])

    def bytes_of(self, attachment_id: int, kind: str) -> bytes:
        """Return the bytes of an attachment."""
        return reading.data(self._store, self._files[bytes_path(attachment_id, kind)])

    def _read(self, path: str) -> _Row:
        found: _Row = json.loads(reading.data(self._store, self._files[path]))
        if found.get("format") != FORMAT:
            raise Conflict("record-format", ref=self._ref, path=path, found=found.get("format"), known=FORMAT)
        return found


def _inside(rows: Iterable[_Row], name: str) -> list[_Row]:
    return [inner for row in rows for inner in row[name]]


def _put(session: Session, table: type[Base], rows: Iterable[_Row]) -> None:
    """Insert rows, or update those whose key is there; what is no column of the table is left out."""
    columns = {column.key: _reader(column.type) for column in table.__table__.columns}
    keys = [column for column in table.__table__.c if column.primary_key]
    wanted = [{key: read(row[key]) for key, read in columns.items() if key in row} for row in rows]
    fresh = []
    for row in wanted:
        which = [column == row[column.key] for column in keys]
        present = session.execute(select(*keys).where(*which)).first()
        if present is None:
            fresh.append(row)
        else:
            changed = update(table).where(*which).values(**row)
            session.execute(changed, execution_options={"synchronize_session": False})
    for start in range(0, len(fresh), _AT_ONCE):
        session.execute(insert(table), fresh[start : start + _AT_ONCE])


def _reader(sort: Any) -> Callable[[Any], Any]:
    """Return how a value of the record becomes one of a column."""
    if isinstance(sort, UTCDateTime):
        return lambda value: datetime.fromisoformat(value) if value else None
    if isinstance(sort, Date):
        return lambda value: date.fromisoformat(value) if value else None
    return lambda value: value


def set_sequences(session: Session) -> None:
    """Let PostgreSQL count on from the highest id of each table; SQLite does it by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        session.execute(select(func.setval(sequence, highest, False)))
