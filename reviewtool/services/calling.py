"""Who is called when something opens: the seats that are to read or to decide, each by the one person who acts for it.

The alternate is called in the place of a titular who is away or whose account is out of use; both are told when the
close comes near (`closing_soon`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Event
from reviewtool.rules.voting import Majority, Roll
from reviewtool.services import absences, events, people


def to_consultation(session: Session, event: Event, writers: Collection[int], today: date) -> None:
    """Call every seat to a consultation that an act opened, but those of who wrote the proposal."""
    events.tell(session, event, set(_of_seats(session, None, today)) - set(writers), "consultation")


def to_ballot(session: Session, event: Event, ballot: Ballot, objecting: Collection[str], today: date) -> None:
    """Call the seats of its roll to a ballot; seats whose objections it is about hear that of them."""
    roll = Roll.from_json(ballot.roll)
    called = set(_of_seats(session, [seat.key for seat in roll.seats if seat.votes], today))
    concerned = set(_of_seats(session, objecting, today))
    events.tell(session, event, concerned, "objection_submitted")
    events.tell(session, event, called - concerned, _kind(ballot))


def _kind(ballot: Ballot) -> str:
    if ballot.second_call_of is not None:
        return "second_call"
    return "silence" if is_silence(ballot) else "your_turn"


def is_silence(ballot: Ballot) -> bool:
    """Say whether a ballot is a silence procedure."""
    return bool(ballot.rules.get("majority") == Majority.silence)


def _of_seats(session: Session, keys: Collection[str] | None, today: date) -> list[int]:
    away = absences.away(session, today)
    seats = (seat for seat in people.seats(session) if keys is None or seat.key in keys)
    return [person.id for seat in seats if (person := people.called(seat, away)) is not None]
