"""«Decidir primero P-44, después P-47»: of two proposals on one passage one waits until the other is over.

The order is in the acts of the proposal that waits; the newest such act says it. A ballot on it is not opened and it is
not merged while the other is open.
"""

from __future__ import annotations

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from reviewtool.errors import AlreadyDecided, InvalidInput, NotFound
from reviewtool.models import Event, Person, Proposal
from reviewtool.rules.lifecycle import OPEN_STATES, State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import events, people, proposals

_NEWEST = (  # the kind stands in the statement, not beside it: only so is the index of these acts taken
    select(Event.facts)
    .where(Event.proposal_number == bindparam("number"), Event.kind == literal("ordered", literal_execute=True))
    .order_by(Event.seq.desc())
    .limit(1)
)


def choose_first(session: Session, number: int, first: int | None, *, by: Person, reason: str = "") -> None:
    """Let a proposal wait until another is over, or let it wait no more.

    Raises NotAllowed, NotFound, AlreadyDecided for one that is over, InvalidInput("order-itself"/"order-circle").
    """
    people.ensure_may(by, Act.order_proposals)
    if first == number:
        raise InvalidInput("order-itself", field="first")
    for each in sorted({number, first or number}):  # in one order, whoever comes from which side
        ensure_allowed(Act.order_proposals, State(proposals.lock(session, each).state))
    if first is not None and number in _before(session, first):
        raise InvalidInput("order-circle", field="first", number=number, first=first)
    if first != first_of(session, number):
        proposal = proposals.lock(session, number)
        event = events.add(session, proposal, "ordered", by=by, first=first, reason=reason.strip())
        events.tell(session, event, [proposal.author_id], "ordered")


def first_of(session: Session, number: int) -> int | None:
    """Return the proposal that was chosen to be decided first, whether it is over or not."""
    facts = session.scalar(_NEWEST, {"number": number})
    return facts["first"] if facts else None


def waits_for(session: Session, number: int) -> int | None:
    """Return the open proposal that is to be decided first, or None."""
    first = first_of(session, number)
    if first is None:
        return None
    state = session.scalar(select(Proposal.state).where(Proposal.number == first))
    return first if state in OPEN_STATES else None


def ensure_turn(session: Session, number: int) -> None:
    """Refuse to decide or to merge a proposal that waits for another. Raises AlreadyDecided("decide-first")."""
    first = waits_for(session, number)
    if first is not None:
        raise AlreadyDecided("decide-first", number=number, first=first)


def others(session: Session, number: int) -> list[tuple[int, str]]:
    """Return the open proposals that touch the same documents, by number and title: those one may put first."""
    revision = proposals.revision(session, number, _get(session, number).latest)
    found = proposals.open_touching(session, [touch.path for touch in revision.touches], besides=number)
    return sorted({each.number: each.title for each, _touch in found}.items())


def _get(session: Session, number: int) -> Proposal:
    found = session.get(Proposal, number)
    if found is None:
        raise NotFound("proposal-unknown", number=number)
    return found


def _before(session: Session, number: int) -> set[int]:
    """Return everything that a proposal waits for, itself included."""
    found: set[int] = set()
    step: int | None = number
    while step is not None and step not in found:
        found.add(step)
        step = waits_for(session, step)
    return found
