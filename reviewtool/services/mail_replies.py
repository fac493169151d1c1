"""Answers by mail: each becomes one comment of its writer, or a reason that they are told once.

A mail is known by its key, which is unique here: however often it is delivered, by however many workers, it becomes one
comment. Its person is locked meanwhile, so that of two at once one waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from reviewtool.errors import NotFound, ReviewError, Unavailable
from reviewtool.models import MailReply, Person, Proposal, Thread
from reviewtool.services import people, proposals, threads
from reviewtool.services.reply_addresses import Target
from reviewtool.services.workshop import Workshop

KNOWN: Final = "known"
NOBODY: Final = "nobody"
TAKEN: Final = frozenset({"taken", "taken-without-files"})
AN_HOUR: Final = 30  # mails of one person
ONE_REASON: Final = timedelta(days=1)  # an address is told a reason once in so long
AGAIN: Final = timedelta(minutes=5)  # until a reason that could not be sent is tried again
GIVE_UP: Final = timedelta(days=1)
FORGOTTEN: Final = timedelta(days=90)  # later than any address holds and any server tries again
_BUSY: Final = frozenset({"merging-now"})  # over in seconds


@dataclass(frozen=True)
class Answer:
    """A mail that a person wrote. `refused` is the code of what is known against it already."""

    key: str
    message_id: str
    sender: str
    envelope_sender: str
    target: Target | None  # None: its address was never given out
    words: str
    has_files: bool = False
    refused: str = ""


@dataclass(frozen=True)
class Reason:
    """What somebody is to be told of their mail: the code of why it became no comment, or only its words did."""

    key: str
    to: str
    name: str
    language: str
    code: str
    proposal: int
    title: str
    message_id: str


def take(session: Session, workshop: Workshop, answer: Answer, at: datetime) -> str:
    """Make a comment of an answer and return what became of it: a code of `TAKEN`, or why not.

    KNOWN when it was delivered before, NOBODY when neither its address nor its sender is known: then nobody is told
    anything. Raises Unavailable.
    """
    person = _person(session, answer)
    if person is None:
        return NOBODY
    if session.get(MailReply, answer.key) is not None:
        return KNOWN
    session.execute(delete(MailReply).where(MailReply.received_at < at - FORGOTTEN))
    outcome = answer.refused or _why_not(session, person, answer, at)
    if not outcome and answer.target is not None:
        outcome = _comment(session, workshop, person, answer.target, answer)
    told = outcome != "taken" and not _was_told(session, answer.sender, at)
    session.add(
        MailReply(
            key=answer.key,
            person_id=person.id,
            received_at=at,
            proposal=answer.target.proposal if answer.target else 0,
            outcome=outcome,
            message_id=answer.message_id,
            to=answer.sender if told else "",
            due_at=at if told else None,
        )
    )
    session.flush()
    return outcome


def _person(session: Session, answer: Answer) -> Person | None:
    """Return whose answer it is, locked: of the address it went to, else of the one it came from."""
    if answer.target is not None:
        found = people.find(session, answer.target.person)
    else:
        found = people.find_by_email(session, answer.sender)
    if found is not None:
        session.execute(select(Person.id).where(Person.id == found.id).with_for_update(key_share=True))
    return found


def _why_not(session: Session, person: Person, answer: Answer, at: datetime) -> str:
    if answer.target is None:
        return "address-unknown"
    own = person.email.strip().lower()
    if answer.sender != own or _domain(answer.envelope_sender) != _domain(own):
        return "not-your-address"
    if not people.roles(person):
        return "account-closed"
    since = at - timedelta(hours=1)
    recent = select(func.count()).where(MailReply.person_id == person.id, MailReply.received_at > since)
    return "too-many" if (session.scalar(recent) or 0) >= AN_HOUR else ""


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _comment(session: Session, workshop: Workshop, person: Person, target: Target, answer: Answer) -> str:
    message = threads.Message(answer.words, token=answer.key, by_mail=True)
    try:
        with session.begin_nested():
            _write(session, workshop, target, message, by=person)
    except Unavailable:
        raise
    except ReviewError as error:
        if error.code in _BUSY:
            raise Unavailable(error.code) from error
        return error.code
    return "taken-without-files" if answer.has_files else "taken"


def _write(session: Session, workshop: Workshop, target: Target, message: threads.Message, *, by: Person) -> None:
    if target.thread:
        thread = session.get(Thread, target.thread)
        if thread is None or thread.proposal_number != target.proposal:
            raise NotFound("thread-unknown")
        threads.reply(session, thread.id, message, by=by)
        return
    latest = proposals.get(session, target.proposal).latest
    threads.comment(session, workshop, target.proposal, threads.Place(latest), message, by=by)


def _was_told(session: Session, sender: str, at: datetime) -> bool:
    lately = exists().where(MailReply.to == sender, MailReply.received_at > at - ONE_REASON)
    return bool(session.scalar(select(lately)))


# -- the reasons ------------------------------------------------------------------------------------------------------


def something_owed(session: Session, at: datetime) -> bool:
    """Say in one indexed query whether anybody is to be told a reason now."""
    return bool(session.scalar(select(exists().where(MailReply.due_at <= at))))


def next_reason(session: Session, at: datetime) -> Reason | None:
    """Take the next reason that is to be told; it is told at most once, whatever becomes of who takes it."""
    due = select(MailReply).where(MailReply.due_at <= at).order_by(MailReply.due_at, MailReply.key)
    row = session.scalar(due.limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    row.due_at = None
    person = session.get_one(Person, row.person_id)
    title = session.scalar(select(Proposal.title).where(Proposal.number == row.proposal)) or ""
    return Reason(
        row.key, row.to, person.name, person.language, row.outcome, row.proposal if title else 0, title, row.message_id
    )


def put_off(session: Session, reason: Reason, at: datetime) -> None:
    """Have a reason told later that no server took just now; after a day it is of no use any more."""
    row = session.get_one(MailReply, reason.key)
    row.due_at = at + AGAIN if at - row.received_at < GIVE_UP else None
