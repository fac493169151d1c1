"""Comments that reached the coordination otherwise, entered in the name of a member or an observer.

A registered vote is in `votes`, the lifting of an objection in `objections`.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput, NotFound
from reviewtool.models import Person, Proposal, Thread
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import events, people, proposals, receiving, threads
from reviewtool.services.receiving import Received
from reviewtool.services.threads import Message, Place


def comment(
    session: Session, number: int, person_id: int, place: Place, message: Message, *, by: Person, received: Received
) -> Thread:
    """Begin a conversation on a proposal, or on one of its documents, with what a person sent to the coordination.

    The comment is that person's: they are told at once and may edit it like any other of theirs.
    """
    people.ensure_may(by, Act.register_for_others)
    receiving.ensure(received)
    proposal = proposals.lock(session, number)
    whose = _whose(session, person_id, by)
    repeated = threads.repeated(session, message, whose)
    if repeated is not None:
        return repeated.thread
    ensure_allowed(Act.comment, State(proposal.state))
    body = threads.body_of(message)
    _ensure_place(session, proposal, place)
    thread, first = threads.begin(session, proposal, by=whose, body=body, place=place, token=message.token)
    first.registered_by_id, first.channel, first.channel_on = by.id, received.channel, received.on
    first.channel_reference = received.reference.strip()
    session.flush()
    facts = received.facts() | {"name": whose.name}
    event = events.add(session, proposal, "comment_registered", by=by, thread=thread.id, comment=first.id, **facts)
    threads.tell(session, event, thread, first, {proposal.author_id} - {whose.id})
    events.tell(session, event, [whose.id], "registered", thread_id=thread.id)
    return thread


def those_who_comment(session: Session) -> list[Person]:
    """Return the members and observers of today by name: in whose name a comment may be entered."""
    return [person for person in people.everybody(session) if {Role.member, Role.observer} & people.roles(person)]


def _whose(session: Session, person_id: int, by: Person) -> Person:
    person = people.find(session, person_id)
    if person is None or person.id == by.id or not {Role.member, Role.observer} & people.roles(person):
        raise InvalidInput("whose-missing", field="person")
    return person


def _ensure_place(session: Session, proposal: Proposal, place: Place) -> None:
    if not 1 <= place.revision <= proposal.latest:
        raise NotFound("revision-unknown", number=proposal.number, revision=place.revision)
    touches = proposals.revision(session, proposal.number, place.revision).touches
    if place.path is not None and place.path not in {touch.path for touch in touches}:
        raise NotFound("document-unknown", path=place.path)
