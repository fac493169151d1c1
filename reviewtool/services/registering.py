"""What reached the coordination otherwise, in the name of who sent it: comments, proposals and their next versions.

Who registers only transcribes: a proposal is its sender's, who alone is its author. A registered vote is in `votes`,
the lifting of an objection in `objections`; `revisions` submits the text that the coordination wrote down as a draft.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import InvalidInput, NotFound
from reviewtool.group import Group
from reviewtool.models import Draft, Event, Person, Proposal, Thread
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import continuing, drafts, events, people, proposals, receiving, signatures, threads
from reviewtool.services.receiving import Received
from reviewtool.services.threads import Message, Place
from reviewtool.services.workshop import Workshop


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


TRAILER = "Registered-by"


@dataclass(frozen=True)
class Sent:
    """A text that somebody sent to the coordination: who, and how it was received."""

    person_id: int
    received: Received


@dataclass(frozen=True)
class Registered:
    """How a version came into the tool: who of the coordination registered it, and how it was received."""

    by: Person
    received: Received


def start_version(session: Session, workshop: Workshop, number: int, *, by: Person) -> Draft:
    """Begin the draft of the next version that the author of a proposal sent; resumes one begun."""
    author = ensure_version(session, number, by=by)
    return drafts.start_revision(session, workshop, number, by=by, author=author)


def ensure_version(session: Session, number: int, *, by: Person) -> Person:
    """Return in whose name the next version of a proposal may be registered now; raises why it may not."""
    proposal = proposals.get(session, number)
    author = _proposer(session, proposal.author_id, by)
    continuing.ensure_revisable(session, proposal, author)
    return author


def author_of(session: Session, sent: Sent, *, by: Person) -> Person:
    """Return whose a text is that the coordination registers; raises what is wrong with it."""
    author = _proposer(session, sent.person_id, by)
    receiving.ensure(sent.received)
    return author


def _proposer(session: Session, person_id: int, by: Person) -> Person:
    people.ensure_may(by, Act.register_for_others)
    person = people.find(session, person_id)
    if person is None or person.id == by.id or Role.member not in people.roles(person):
        raise InvalidInput("proposer-missing", field="person")
    return person


def those_who_propose(session: Session, *, by: Person) -> list[Person]:
    """Return the other members of today by name: in whose name a proposal may be registered."""
    found = people.everybody(session)
    return [person for person in found if person.id != by.id and Role.member in people.roles(person)]


def versions(session: Session, number: int) -> dict[int, Registered]:
    """Return how those versions came that the coordination registered, by number: their acts say it."""
    query = select(Event).where(Event.proposal_number == number, Event.kind.in_(("submitted", "revised")))
    acts = session.scalars(query.options(joinedload(Event.person)).order_by(Event.seq))
    return {
        act.facts["revision"]: Registered(act.person, receiving.of_facts(act.facts))
        for act in acts
        if act.person is not None and "channel" in act.facts
    }


def trailers(group: Group, registered: Registered | None) -> list[tuple[str, str]]:
    """Return what a commit says of a text that the coordination registered; nothing of any other."""
    if registered is None:
        return []
    return [(TRAILER, f"{signatures.line(group, registered.by)} # {registered.received.line()}")]
