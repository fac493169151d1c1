"""Co-authors: members whom the proposer invited and who accepted; they submit next versions as the proposer does.

Who is one is in the acts of the proposal: of each person the newest such act says it. Their seats vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed
from reviewtool.models import Event, Person, Proposal
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act, Role, may_revise
from reviewtool.services import events, people, proposals

INVITED: Final = "coauthor_invited"
ACCEPTED: Final = "coauthor_accepted"
KINDS: Final = (INVITED, ACCEPTED, "coauthor_declined", "coauthor_left", "coauthor_removed")


@dataclass(frozen=True)
class Coauthor:
    """Somebody who was invited; `accepted` once they said yes."""

    person_id: int
    name: str
    accepted: bool


def of_proposal(session: Session, number: int) -> tuple[Coauthor, ...]:
    """Return the co-authors of a proposal and those whose answer is awaited, in the order they were invited."""
    query = select(Event.kind, Event.facts).where(Event.proposal_number == number, Event.kind.in_(KINDS))
    found: dict[int, tuple[str, str]] = {}
    for kind, facts in session.execute(query.order_by(Event.seq)):
        found[facts["person"]] = (kind, facts["whom"])
    return tuple(
        Coauthor(person_id, whom, kind == ACCEPTED)
        for person_id, (kind, whom) in found.items()
        if kind in {INVITED, ACCEPTED}
    )


def is_one(session: Session, number: int, person_id: int) -> bool:
    """Say whether a person is a co-author of a proposal."""
    return any(each.accepted and each.person_id == person_id for each in of_proposal(session, number))


def writes(session: Session, proposal: Proposal, person: Person) -> bool:
    """Say whether a person writes a proposal's next versions: its author, or a co-author."""
    is_author = proposal.author_id == person.id
    return may_revise(is_author=is_author, is_coauthor=not is_author and is_one(session, proposal.number, person.id))


def writers(session: Session, proposal: Proposal) -> set[int]:
    """Return who writes a proposal: its author and the co-authors."""
    accepted = (each.person_id for each in of_proposal(session, proposal.number) if each.accepted)
    return {proposal.author_id, *accepted}


def invitable(session: Session, proposal: Proposal) -> list[Person]:
    """Return whom the proposer may invite: the other members of today who are not asked yet, by name."""
    asked = {proposal.author_id, *(each.person_id for each in of_proposal(session, proposal.number))}
    return [each for each in people.everybody(session) if each.id not in asked and Role.member in people.roles(each)]


def invite(session: Session, number: int, person_id: int, *, by: Person) -> None:
    """Ask a member to write with the proposer. Raises NotAllowed, AlreadyDecided, InvalidInput("coauthor-missing")."""
    proposal = _own(session, number, by)
    whom = next((each for each in invitable(session, proposal) if each.id == person_id), None)
    if whom is None:
        raise InvalidInput("coauthor-missing", field="person")
    _tell(session, proposal, events.add(session, proposal, "coauthor_invited", by=by, **_of(whom)))


def remove(session: Session, number: int, person_id: int, *, by: Person) -> None:
    """Take an invitation back, or let a co-author go; what they wrote stays theirs in its version."""
    proposal = _own(session, number, by)
    _ensure(any(each.person_id == person_id for each in of_proposal(session, number)))
    whom = people.get(session, person_id)
    _tell(session, proposal, events.add(session, proposal, "coauthor_removed", by=by, **_of(whom)))


def answer(session: Session, number: int, *, accepts: bool, by: Person) -> None:
    """Accept or decline. Raises NotAllowed, AlreadyDecided("coauthor-invitation-over") without an open invitation."""
    proposal = _asked(session, number, by)
    _ensure(any(each.person_id == by.id and not each.accepted for each in of_proposal(session, number)))
    if accepts:
        _tell(session, proposal, events.add(session, proposal, "coauthor_accepted", by=by, **_of(by)))
    else:
        _tell(session, proposal, events.add(session, proposal, "coauthor_declined", by=by, **_of(by)))


def leave(session: Session, number: int, *, by: Person) -> None:
    """Be a co-author no longer. Raises AlreadyDecided("coauthor-invitation-over") for who is none."""
    proposal = _asked(session, number, by)
    _ensure(is_one(session, number, by.id))
    _tell(session, proposal, events.add(session, proposal, "coauthor_left", by=by, **_of(by)))


def _own(session: Session, number: int, by: Person) -> Proposal:
    people.ensure_may(by, Act.invite_coauthor)
    proposal = proposals.lock(session, number)
    if proposal.author_id != by.id:
        raise NotAllowed("not-your-proposal", number=number)
    ensure_allowed(Act.invite_coauthor, State(proposal.state))
    return proposal


def _asked(session: Session, number: int, by: Person) -> Proposal:
    people.ensure_may(by, Act.join_as_coauthor)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.join_as_coauthor, State(proposal.state))
    return proposal


def _ensure(holds: bool) -> None:
    if not holds:
        raise AlreadyDecided("coauthor-invitation-over")


def _of(whom: Person) -> dict[str, Any]:
    return {"person": whom.id, "whom": whom.name}


def _tell(session: Session, proposal: Proposal, event: Event) -> None:
    events.tell(session, event, [event.facts["person"], proposal.author_id], "coauthor")
