"""A person's notices as plain values, and marking them read.

They are written with the act: `events.tell` on a proposal, `account_notices.tell` on an account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.models import (
    Ballot,
    Comment,
    Edition,
    Event,
    Notice,
    Person,
    Proposal,
    SeatHolding,
    Suggestion,
    Thread,
    Vote,
    WordUpload,
)
from reviewtool.rules.lifecycle import State
from reviewtool.services import account_notices, word_jobs

TALK = (
    *("mention", "comment", "objection", "objection_lifted", "registered", "coauthor"),
    *("overdue", "text_changed", "unconfirmed", "reminder"),
    *account_notices.KINDS,
)
TOLD = frozenset({"overdue", "text_changed"})  # to everybody; the others are said to one person
SHOWN = 10
PAGE = 50  # of the inbox
_OPEN = (Ballot.proposal_number == Event.proposal_number, Ballot.closed_at.is_(None))
_VOTED = (
    Vote.ballot_id == Ballot.id,
    Vote.current,
    SeatHolding.seat_id == Vote.seat_id,
    SeatHolding.person_id == Notice.person_id,
)
_REMINDING = ("reminder", "closing", "silence_closing")
_SAID = (  # by the person themselves, in the consultation
    Comment.author_id == Notice.person_id,
    Comment.thread_id == Thread.id,
    Thread.proposal_number == Event.proposal_number,
)
# A reminder is over as soon as the seat has voted or its vote was confirmed, or what closes soon has closed; the call
# to a consultation with the consultation.
_HOLDS = or_(
    Notice.kind.not_in((*_REMINDING, "unconfirmed", "consultation", "consultation_closing")),
    and_(Notice.kind == "consultation", Proposal.state == State.consultation),
    and_(Notice.kind == "unconfirmed", exists().where(*_OPEN, *_VOTED, Vote.confirmed.is_(False))),
    and_(Notice.kind.in_(_REMINDING), exists().where(*_OPEN), ~exists().where(*_OPEN, *_VOTED)),
    and_(Notice.kind == "consultation_closing", Proposal.state == State.consultation, ~exists().where(*_SAID)),
)


@dataclass(frozen=True)
class Owed:
    """One notice with what it is about: who did what on which proposal, and the words of a comment.

    About an account it names no proposal: number 0, no act and no title. Of a new edition it is 0 too, `title` its
    name and among the facts its `tag`.

    `replacement` and `original` are the two texts of a suggestion; None where the comment has none.
    """

    id: int
    kind: str
    act: str  # the kind of the act
    at: datetime
    proposal: int
    title: str
    author_id: int
    thread_id: int | None
    comment_id: int | None
    by: str
    administration: str
    body: str = ""
    original: str | None = None
    replacement: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_read: bool = False


def unread(session: Session, person_id: int, kinds: Collection[str] = TALK, limit: int = SHOWN) -> tuple[Owed, ...]:
    """Return a person's newest unread notices of some kinds, with the comments they are about, in two queries."""
    query = _query().where(Notice.person_id == person_id, Notice.read_at.is_(None), Notice.kind.in_(kinds), _HOLDS)
    return _found(session, query.order_by(Notice.id.desc()).limit(limit))


def inbox(session: Session, person_id: int, *, before: int = 0, limit: int = PAGE) -> tuple[Owed, ...]:
    """Return a person's newest notices, read and unread, those older than the notice `before` where it is given."""
    query = _query().where(Notice.person_id == person_id)
    if before:
        query = query.where(Notice.id < before)
    return _found(session, query.order_by(Notice.id.desc()).limit(limit))


def of_batch(session: Session, ids: Collection[int]) -> tuple[Owed, ...]:
    """Return of given notices those that still hold, the oldest first."""
    return _found(session, _query().where(Notice.id.in_(ids), _HOLDS).order_by(Notice.id))


def _query() -> Select[tuple[Any, ...]]:
    return (
        select(
            Notice.id,
            Notice.kind,
            Event.kind.label("act"),
            Notice.created_at,
            Notice.read_at,
            Event.proposal_number,
            func.coalesce(Proposal.title, Edition.name, "").label("title"),
            Proposal.author_id,
            Notice.thread_id,
            Event.facts,
            Person.name,
            Person.administration,
            Edition.tag,
            Edition.note,
        )
        .outerjoin(Event, Event.id == Notice.event_id)
        .outerjoin(Proposal, Proposal.number == Event.proposal_number)
        .outerjoin(Edition, Edition.id == Notice.edition_id)
        .outerjoin(Person, Person.id == func.coalesce(Event.person_id, Notice.by_id))
    )


def _found(session: Session, query: Select[tuple[Any, ...]]) -> tuple[Owed, ...]:
    rows = session.execute(query).all()
    said = _comments(session, [row.facts["comment"] for row in rows if row.facts and row.facts.get("comment")])
    return tuple(_edition(row) if row.tag is not None else _one(row, said) for row in rows)


def _edition(row: Row[Any]) -> Owed:
    return Owed(
        id=row.id,
        kind=row.kind,
        act="edition_published",
        at=row.created_at,
        proposal=0,
        title=row.title,
        author_id=0,
        thread_id=None,
        comment_id=None,
        by=row.name or "",
        administration=row.administration or "",
        body=row.note,
        facts={"tag": row.tag},
        is_read=row.read_at is not None,
    )


def _comments(session: Session, ids: list[int]) -> dict[int, tuple[str, str | None, str | None]]:
    if not ids:
        return {}
    query = (
        select(Comment.id, Comment.body, Suggestion.original, Suggestion.replacement)
        .outerjoin(Suggestion, Suggestion.comment_id == Comment.id)
        .where(Comment.id.in_(ids))
    )
    return {
        comment_id: (body, original, replacement) for comment_id, body, original, replacement in session.execute(query)
    }


def _one(row: Row[Any], said: dict[int, tuple[str, str | None, str | None]]) -> Owed:
    facts: Mapping[str, Any] = row.facts or {}
    comment_id: int | None = facts.get("comment")
    whose = facts.get("name") if row.kind != "registered" else None  # in whose name the coordination acted
    body, original, replacement = said.get(comment_id or 0, (facts.get("reason", ""), None, None))
    return Owed(
        id=row.id,
        kind=row.kind,
        act=row.act or "",
        at=row.created_at,
        proposal=row.proposal_number or 0,
        title=row.title or "",
        author_id=row.author_id or 0,
        thread_id=row.thread_id,
        comment_id=comment_id,
        by=whose or row.name or "",
        administration="" if whose else row.administration or "",
        body=body,
        original=original,
        replacement=replacement,
        facts=facts,
        is_read=row.read_at is not None,
    )


def count_unread(session: Session, person_id: int) -> int:
    """Count all that a person has not read, for the navigation of every page: notices, and files that were read."""
    unread = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    files = select(func.count()).select_from(WordUpload).where(*word_jobs.unseen(person_id))
    return session.scalar(select(unread.scalar_subquery() + files.scalar_subquery())) or 0


def count(session: Session, person_id: int, kinds: Collection[str] = TALK) -> int:
    """Count a person's unread notices of some kinds."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Notice)
            .outerjoin(Event, Event.id == Notice.event_id)
            .outerjoin(Proposal, Proposal.number == Event.proposal_number)
            .where(Notice.person_id == person_id, Notice.read_at.is_(None), Notice.kind.in_(kinds), _HOLDS)
        )
        or 0
    )


def has_unread(session: Session, person_id: int, thread_id: int) -> bool:
    """Say whether opening a conversation would mark anything read; of a proposal's page `catching_up` tells."""
    return bool(session.scalar(select(exists().where(*about(person_id, None, thread_id)))))


def mark_seen(session: Session, person_id: int, proposal: int) -> None:
    """Count everything about a proposal as read by a person, because its page was opened; needs a writing session."""
    _mark(session, about(person_id, proposal, None))


def mark_thread_seen(session: Session, person_id: int, thread_id: int) -> None:
    """Count everything about one conversation as read, because it was opened; needs a writing session."""
    _mark(session, about(person_id, None, thread_id))


def mark_editions_seen(session: Session, person_id: int) -> None:
    """Count the editions as read by a person, because the page with them was opened; needs a writing session."""
    _mark(session, _of_editions(person_id))


def has_unread_edition(session: Session, person_id: int) -> bool:
    """Say whether `mark_editions_seen` would change anything."""
    return bool(session.scalar(select(exists().where(*_of_editions(person_id)))))


def _of_editions(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Notice.person_id == person_id, Notice.read_at.is_(None), Notice.edition_id.is_not(None))


def mark_all_read(session: Session, person_id: int, up_to: int) -> None:
    """Count all notices of a person as read, up to the newest that they were shown, and what came of their files."""
    word_jobs.see(session, person_id)
    _mark(session, (Notice.person_id == person_id, Notice.read_at.is_(None), Notice.id <= up_to))


def mark_read(session: Session, person_id: int, ids: Collection[int]) -> None:
    """Count given notices as read; those of other people stay as they are."""
    _mark(session, (Notice.person_id == person_id, Notice.read_at.is_(None), Notice.id.in_(ids)))


def _mark(session: Session, which: tuple[ColumnElement[bool], ...]) -> None:
    session.execute(
        update(Notice).where(*which).values(read_at=now()), execution_options={"synchronize_session": False}
    )


def about(
    person_id: int | ColumnElement[int], proposal: int | ColumnElement[int] | None, thread_id: int | None
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a person's unread notices about a proposal or a conversation, for a query."""
    mine = (Notice.person_id == person_id, Notice.read_at.is_(None))
    if thread_id is not None:
        return (*mine, Notice.thread_id == thread_id)
    return (*mine, exists().where(Event.id == Notice.event_id, Event.proposal_number == proposal))
