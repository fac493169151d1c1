"""Withdrawal for confidentiality (*retiro por confidencialidad*): content that must not stay is taken out everywhere.

Importers' data (article 10 of the Agreement) may have been written by mistake. Place, author and date stay; the words
go from the database and from every entry of the review record, which is written anew. The old objects stay in the
repository, unreachable, until `reviewtool maintain --drop-withdrawn`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import JSON, String, Text, select, text
from sqlalchemy.orm import Session, selectinload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, NotFound, OutOfDate
from reviewtool.gitstore import record as store_record
from reviewtool.gitstore import writing
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
    Vote,
    Withdrawal,
)
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.rules.permissions import Act
from reviewtool.services import events, people, proposals, record_files, recording
from reviewtool.services.record_files import MINUTES, ref_of
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

KINDS: Final = ("comment", "vote", "opinion", "objection")
GROUND_LIMIT: Final = 2_000
_LONG: Final = 12  # characters from which on the words are looked for anywhere, not only in their own place
TRIES: Final = 5


@dataclass(frozen=True)
class _Target:
    """What is to be withdrawn: the rows whose `fields` go, and the words that these hold."""

    proposal_number: int
    rows: tuple[tuple[Any, tuple[str, ...]], ...]
    facts: dict[str, Any]
    own: dict[str, int]  # the files of the record that tell it, each with its id there

    @property
    def words(self) -> list[str]:
        """Return the texts that must not stay, the longest first."""
        found = {str(getattr(row, field) or "") for row, fields in self.rows for field in fields} - {"", INSTEAD}
        return sorted(found, key=len, reverse=True)


def withdraw(workshop: Workshop, kind: str, target_id: int, *, ground: str, by_id: int) -> Withdrawal:
    """Take the words of a comment, or the reason of a vote, opinion or objection, out of everything.

    The record first, then the database: where a process was killed between, asking again finishes it. Raises
    NotAllowed, InvalidInput("ground-missing"), NotFound, AlreadyDecided("withdrawn-already").
    """
    ground = ground.strip()
    if not ground or len(ground) > GROUND_LIMIT:
        raise InvalidInput("ground-missing", field="ground", most=GROUND_LIMIT)
    with workshop.database.read() as session:
        people.ensure_may(people.get(session, by_id), Act.withdraw_for_confidentiality)
        target = _target(session, kind, target_id)
        words = target.words
        if not words and find(session, kind, target_id) is not None:
            raise AlreadyDecided("withdrawn-already")
    number = target.proposal_number
    asked = _Asked(number, kind, target_id, ground, by_id)
    recording.record(workshop, number)  # what was said before has its entry, which is then written anew
    _rewrite(workshop, asked, target, words)
    with workshop.database.write() as session:
        _forget_on_disk(session)
        _blank(session, asked, words)
    _rewrite(workshop, asked, target, words)  # somebody may have quoted them in between
    recording.record(workshop, number)
    recording.record_group(workshop)
    _forget_written_ahead(workshop)
    workshop.cache.clear()
    workshop.store.forget()
    log.warning("%s %s of P-%s withdrawn by p%s", kind, target_id, number, by_id)
    with workshop.database.read() as session:
        return _made(session, asked)


@dataclass(frozen=True)
class _Asked:
    """Who asks to withdraw what, and why."""

    number: int
    kind: str
    target_id: int
    ground: str
    by_id: int


def find(session: Session, kind: str, target_id: int) -> Withdrawal | None:
    """Return the withdrawal of something, or None."""
    return session.scalar(select(Withdrawal).where(Withdrawal.kind == kind, Withdrawal.target_id == target_id))


def _made(session: Session, asked: _Asked) -> Withdrawal:
    found = find(session, asked.kind, asked.target_id)
    if found is None:
        raise NotFound("withdrawal-unknown", kind=asked.kind, id=asked.target_id)
    return found


def _intend(session: Session, asked: _Asked, renamed: dict[str, str]) -> None:
    """Write the withdrawal down, with the entries that its record is about to have, before any ref moves."""
    made = find(session, asked.kind, asked.target_id)
    if made is None:
        made = Withdrawal(
            proposal_number=asked.number,
            kind=asked.kind,
            target_id=asked.target_id,
            ground=asked.ground,
            withdrawn_by_id=asked.by_id,
            withdrawn_at=now(),
        )
        session.add(made)
    made.renamed = made.renamed | renamed
    session.flush()


def _blank(session: Session, asked: _Asked, words: Sequence[str]) -> None:
    """Put the notice in the place of the words, with the act; once, of two that do it at the same time."""
    by = people.get(session, asked.by_id)
    people.ensure_may(by, Act.withdraw_for_confidentiality)
    proposal = proposals.lock(session, asked.number)
    target = _target(session, asked.kind, asked.target_id)
    if not target.words:
        return
    for row, fields in target.rows:
        for field in fields:
            if getattr(row, field):
                setattr(row, field, INSTEAD)
    session.flush()
    _scrub_rows(session, proposal.number, words)
    made = _made(session, asked)
    events.add(session, proposal, "content_withdrawn", by=by, withdrawal=made.id, **target.facts)


def _target(session: Session, kind: str, target_id: int) -> _Target:
    finder = {"comment": _comment, "vote": _vote, "opinion": _opinion, "objection": _objection}.get(kind)
    found = finder(session, target_id) if finder else None
    if found is None:
        raise NotFound("withdrawal-unknown", kind=kind, id=target_id)
    return found


def _comment(session: Session, comment_id: int) -> _Target | None:
    found = session.scalar(
        select(Comment)
        .where(Comment.id == comment_id)
        .options(selectinload(Comment.edits), selectinload(Comment.suggestion), selectinload(Comment.thread))
    )
    if found is None:
        return None
    rows: list[tuple[Any, tuple[str, ...]]] = [(found, ("body",)), *((edit, ("body",)) for edit in found.edits)]
    if isinstance(found.suggestion, Suggestion):
        rows.append((found.suggestion, ("replacement",)))
    return _Target(found.thread.proposal_number, tuple(rows), {"thread": found.thread_id, "comment": found.id},
        {record_files.path_of("comments", found.id): found.id})  # fmt: skip


def _vote(session: Session, vote_id: int) -> _Target | None:
    found = session.get(Vote, vote_id)
    ballot = session.get(Ballot, found.ballot_id) if found else None
    if found is None or ballot is None:
        return None
    own = {f"ballots/{ballot.number}.json": found.id}
    return _Target(ballot.proposal_number, ((found, ("reason",)),), {"ballot": ballot.number}, own)


def _opinion(session: Session, opinion_id: int) -> _Target | None:
    found = session.get(Opinion, opinion_id)
    if found is None:
        return None
    own = {f"opinions/{found.id}.json": found.id}
    return _Target(found.proposal_number, ((found, ("reason",)),), {"opinion": found.id}, own)


def _objection(session: Session, objection_id: int) -> _Target | None:
    found = session.get(Objection, objection_id)
    if found is None:
        return None
    first = session.scalar(select(Comment).where(Comment.thread_id == found.thread_id, Comment.position == 0))
    said = _comment(session, first.id) if first else None
    rows: tuple[tuple[Any, tuple[str, ...]], ...] = ((found, ("reason",)),)
    facts: dict[str, Any] = {"objection": found.id}
    own = {f"objections/{found.id}.json": found.id}
    if said is not None:
        rows, facts, own = rows + said.rows, facts | said.facts, own | said.own
    return _Target(found.proposal_number, rows, facts, own)


def _rewrite(workshop: Workshop, asked: _Asked, target: _Target, words: Sequence[str]) -> None:
    """Write the review record anew without the words: objects, then the row that names them, then the ref."""
    store, ref = workshop.store, ref_of(asked.number)
    for _ in range(TRIES):
        tip = store_record.tip(store, ref)
        renamed = (
            store_record.plan_rewrite(store, tip, lambda path, data: scrub(path, data, words, target.own))
            if tip is not None
            else {}
        )
        with workshop.database.write() as session:
            _intend(session, asked, renamed)
        if tip is None or not renamed or writing.update_ref(store, ref, renamed[tip], tip):
            return
    raise OutOfDate("record-moved", number=asked.number)


def scrub(path: str, data: bytes, words: Sequence[str], own: Mapping[str, int]) -> bytes:
    """Return a file of a record without the words: any in their own place, long ones wherever they stand.

    `own` names the files that tell what is withdrawn, each with its id.
    """
    if path == MINUTES:
        said = data.decode("utf-8")
        for each in words:
            said = _minutes_without(said, each)
        return said.encode("utf-8")
    if not path.endswith(".json") or not any(_in_json(each) in data for each in words):
        return data
    return record_files.written(_without(json.loads(data), words, own.get(path)))


def _in_json(words: str) -> bytes:
    return json.dumps(words, ensure_ascii=False)[1:-1].encode()


def _minutes_without(said: str, words: str) -> str:
    line = " ".join(words.split())
    for form in {line, line.replace("|", "\\|")}:
        found = re.escape(form)
        said = re.sub(found if len(form) >= _LONG else rf"(?<!\w){found}(?!\w)", lambda _m: INSTEAD, said)
    return said


def _without(value: Any, words: Sequence[str], own: int | None = None, *, inside: bool = False) -> Any:
    """Return a value without the words; `inside`: it belongs to what is withdrawn, short words go too."""
    if isinstance(value, dict):
        inside = own is not None and own in (value.get("id"), value.get("comment_id"))
        return {key: _without(each, words, own, inside=inside) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, words, own) for each in value]
    if isinstance(value, str):
        if inside and value in words:
            return INSTEAD
        for each in words:
            if len(each) >= _LONG:
                value = value.replace(each, INSTEAD)
    return value


def _scrub_rows(session: Session, number: int, words: Sequence[str]) -> None:
    """Take long words out of every other row that the record tells: somebody may have quoted them."""
    threads = select(Thread.id).where(Thread.proposal_number == number)
    comments = select(Comment.id).where(Comment.thread_id.in_(threads))
    ballots = select(Ballot.id).where(Ballot.proposal_number == number)
    for query in (
        select(Proposal).where(Proposal.number == number),
        *(select(table).where(table.proposal_number == number) for table in (Event, Revision, Ballot, Thread, Merge)),
        *(select(table).where(table.proposal_number == number) for table in (Objection, Opinion, ExtensionRequest)),
        select(Vote).where(Vote.ballot_id.in_(ballots)),
        select(Comment).where(Comment.id.in_(comments)),
        *(select(table).where(table.comment_id.in_(comments)) for table in (CommentEdit, Suggestion)),
    ):
        for row in session.scalars(query):
            for column in row.__table__.columns:
                if isinstance(column.type, String | Text | JSON):
                    value = getattr(row, column.key)
                    changed = _without(value, words)
                    if changed != value:
                        setattr(row, column.key, changed)


def _forget_on_disk(session: Session) -> None:
    """Let SQLite overwrite what is replaced in this transaction; PostgreSQL needs a VACUUM FULL afterwards."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def _forget_written_ahead(workshop: Workshop) -> None:
    """Empty SQLite's write-ahead log, which has the old pages; where somebody reads just now, maintenance does it."""
    engine = workshop.database.engine
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
