"""What stands in the group's calendar: when consultations and ballots close, and the meetings in which it decided.

Each has a name that stays; whoever looks again finds what was extended, closed early or cancelled under the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Event, Proposal
from reviewtool.rules.voting import Majority, Outcome
from reviewtool.services.closing_soon import NO_BALLOT

KEPT: Final = timedelta(days=60)  # so long what is past stays
MOST: Final = 200  # of a kind
_OF_BALLOTS: Final = ("ballot_opened", "ballot_continued", "ballot_extended", "ballot_closed")
_OF_CONSULTATIONS: Final = (
    *("submitted", "revised", "reopened", "consultation_extended", "consultation_closed", "withdrawn"),
)
_CANCELLED: Final = frozenset({Outcome.suspended, Outcome.superseded})


@dataclass(frozen=True)
class Appointment:
    """Something with its instant, or of a meeting its day. `changes` counts what moved it since it was made.

    `number` and `title` are of its proposal; of a meeting 0 and the reference of its minutes.
    """

    key: str
    kind: Literal["consultation", "ballot", "silence", "meeting"]
    at: datetime | date
    number: int
    title: str
    changed_at: datetime
    changes: int
    cancelled: bool = False


def of_group(session: Session, at: datetime) -> tuple[Appointment, ...]:
    """Return what closes from two months ago on, and the meetings since then."""
    since = at - KEPT
    return (*_ballots(session, since), *_consultations(session, since), *_meetings(session, since))


def _ballots(session: Session, since: datetime) -> list[Appointment]:
    query = (
        select(
            *(Ballot.proposal_number, Ballot.number, Ballot.closes_at, Ballot.closed_at, Ballot.outcome),
            *(Ballot.rules, Ballot.opened_at, Proposal.title),
        )
        .join(Proposal, Proposal.number == Ballot.proposal_number)
        .where(Ballot.closes_at >= since)
        .order_by(Ballot.closes_at.desc(), Ballot.id)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    moved = _moved(session, [row.proposal_number for row in rows], _OF_BALLOTS)
    found = []
    for row in rows:
        changes = moved.get((row.proposal_number, row.number), [row.opened_at])
        found.append(
            Appointment(
                key=f"votacion-{row.proposal_number}-{row.number}",
                kind="silence" if row.rules.get("majority") == Majority.silence else "ballot",
                at=min(row.closes_at, row.closed_at or row.closes_at),
                number=row.proposal_number,
                title=row.title,
                changed_at=changes[-1],
                changes=len(changes) - 1,
                cancelled=row.outcome in _CANCELLED,
            )
        )
    return found


def _consultations(session: Session, since: datetime) -> list[Appointment]:
    query = (
        select(Proposal.number, Proposal.title, Proposal.consultation_closes_at, Proposal.withdrawn)
        .where(Proposal.consultation_closes_at >= since)
        .order_by(Proposal.consultation_closes_at.desc(), Proposal.number)
        .limit(MOST)
    )
    rows: Sequence[Any] = session.execute(query).all()
    moved = _moved(session, [row.number for row in rows], _OF_CONSULTATIONS)
    found = []
    for row in rows:
        changes = moved.get((row.number, NO_BALLOT), [row.consultation_closes_at])
        cancelled = row.withdrawn and row.consultation_closes_at > changes[-1]
        found.append(
            Appointment(
                key=f"consulta-{row.number}",
                kind="consultation",
                at=row.consultation_closes_at,
                number=row.number,
                title=row.title,
                changed_at=changes[-1],
                changes=len(changes) - 1,
                cancelled=cancelled,
            )
        )
    return found


def _moved(session: Session, numbers: Sequence[int], kinds: Sequence[str]) -> dict[tuple[int, int], list[datetime]]:
    """Return the instants of the acts that made or moved each close, by proposal and ballot, oldest first."""
    query = (
        select(Event.proposal_number, Event.at, Event.facts)
        .where(Event.proposal_number.in_(numbers), Event.kind.in_(kinds))
        .order_by(Event.proposal_number, Event.seq)
    )
    found: dict[tuple[int, int], list[datetime]] = {}
    for number, at, facts in session.execute(query):
        found.setdefault((number, facts.get("ballot", NO_BALLOT)), []).append(at)
        if "before" in facts:  # the ballot that went on as this one
            found.setdefault((number, facts["before"]), []).append(at)
    return found


def _meetings(session: Session, since: datetime) -> list[Appointment]:
    query = select(Event.at, Event.facts).where(Event.kind == "ballot_closed", Event.at >= since).order_by(Event.id)
    found: dict[tuple[str, str], Appointment] = {}
    for at, facts in session.execute(query):
        said = facts.get("meeting")
        if said and (said["on"], said["reference"]) not in found:
            name = hashlib.sha256(f"{said['on']} {said['reference']}".encode()).hexdigest()[:16]
            on = date.fromisoformat(said["on"])
            found[said["on"], said["reference"]] = Appointment(
                f"reunion-{name}", "meeting", on, 0, said["reference"], at, 0
            )
    return list(found.values())
