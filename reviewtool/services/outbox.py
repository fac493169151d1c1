"""The notices as the queue of the mails: gathered into batches, claimed by a lease, settled.

A batch is what one mail to one person tells. `gather` fixes its members for good (a notice about an account is one of
its own from the beginning, `account_notices`), `claim` lends it to one worker until `claimed_until`; a worker that is
killed lets the lease run out, and the next one sends the same batch under the same Message-ID. So a mail may come
twice, never under another name, and none is lost. Several workers may run: on PostgreSQL they pass over what another
has locked, on SQLite each writing transaction is alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, case, exists, func, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from reviewtool.models import Invitation, Notice, NoticeChoice, Person
from reviewtool.models.notice import SENDING, WAITING
from reviewtool.rules.mailing import ASKED, Choice, Pace, due_at, is_quiet

LEASE: Final = timedelta(minutes=5)  # longer than sending one mail to a slow server may take
GIVE_UP: Final = timedelta(days=3)
BACKOFF: Final = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)
)  # the last one again and again
SHOWN: Final = 50
_IS_ASKED = case((Notice.kind.in_(sorted(ASKED)), 1), else_=0)


@dataclass(frozen=True)
class Batch:
    """What one mail tells one person; `attempts` counts the claims, this one included."""

    key: str
    person_id: int | None  # None: a letter to somebody who has no account
    notices: tuple[int, ...]
    batched_at: datetime
    attempts: int
    about_account: bool = False


@dataclass(frozen=True)
class Failure:
    """A mail that did not arrive: to whom, since when, why; `given_up_at` is None while it is still tried."""

    person: str
    administration: str
    batched_at: datetime
    attempts: int
    code: str
    given_up_at: datetime | None


def something_waits(session: Session) -> bool:
    """Say in one indexed query whether anything is to be gathered or sent, now or later."""
    return bool(
        session.scalar(
            select(
                or_(
                    exists().select_from(Notice).where(text(WAITING)), exists().select_from(Notice).where(text(SENDING))
                )
            )
        )
    )


def something_to_send(session: Session, at: datetime) -> bool:
    """Say in one indexed query whether `claim` would find a batch."""
    return bool(session.scalar(select(exists().where(text(SENDING), Notice.claimed_until <= at))))


# -- gathering -------------------------------------------------------------------------------------------------------


def gather(session: Session, at: datetime) -> int:
    """Make batches of what is due; return how many. Notices that somebody has read meanwhile are not mailed."""
    made = 0
    for person_id, choice, zone in _due_people(session, at):
        locked = session.scalar(
            select(Person.id).where(Person.id == person_id).with_for_update(skip_locked=True, key_share=True)
        )
        if locked is None:  # another worker writes to them just now
            continue
        due = [row.is_asked for row in _waiting(session, person_id) if _is_due(row, choice, zone, at)]
        if due:
            session.execute(
                update(Notice)
                .where(Notice.person_id == person_id, text(WAITING), _IS_ASKED.in_(due))
                .values(batch=secrets.token_hex(16), batched_at=at, claimed_until=at),
                execution_options={"synchronize_session": False},
            )
            made += 1
    return made


def _due_people(session: Session, at: datetime) -> list[tuple[int, Choice, str]]:
    """Return who is to be written to now; what somebody wants no mail of leaves the queue."""
    found: dict[int, tuple[int, Choice, str]] = {}
    for row in _waiting(session):
        choice = _choice(row)
        if choice.pace(is_asked=bool(row.is_asked)) is Pace.never:
            _keep_back(session, row.person_id, row.is_asked, at)
        elif _is_due(row, choice, row.timezone, at):
            found[row.person_id] = (row.person_id, choice, row.timezone)
    return list(found.values())


def _waiting(session: Session, person_id: int | None = None) -> Sequence[Row[tuple[object, ...]]]:
    """Return of each active person, for what is asked of them and for the rest, the oldest notice in no batch."""
    asked = _IS_ASKED.label("is_asked")
    chosen = (NoticeChoice.asked, NoticeChoice.rest, NoticeChoice.quiet_from, NoticeChoice.quiet_until)
    query = (
        select(Notice.person_id, asked, Person.timezone, func.min(Notice.created_at).label("first"), *chosen)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(NoticeChoice, NoticeChoice.person_id == Notice.person_id)
        .where(text(WAITING), Person.active)
        .group_by(Notice.person_id, asked, Person.timezone, *chosen)
        .order_by(Notice.person_id)
    )
    if person_id is not None:
        query = query.where(Notice.person_id == person_id)
    return session.execute(query).all()


def _is_due(row: Row[tuple[object, ...]], choice: Choice, zone: str, at: datetime) -> bool:
    due = due_at(choice.pace(is_asked=bool(row.is_asked)), row.first, zone)
    return due is not None and due <= at and not is_quiet(choice, at, zone)


def _choice(row: Row[tuple[object, ...]]) -> Choice:
    if row.asked is None:
        return Choice()
    return Choice(Pace(row.asked), Pace(row.rest), row.quiet_from, row.quiet_until)


def _keep_back(session: Session, person_id: int, is_asked: int, at: datetime) -> None:
    session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, text(WAITING), _IS_ASKED.in_([is_asked]))
        .values(settled_at=at),
        execution_options={"synchronize_session": False},
    )


# -- sending ---------------------------------------------------------------------------------------------------------


def claim(session: Session, at: datetime) -> Batch | None:
    """Lend the batch that has waited longest to the caller until the lease ends; None when none is to be sent now."""
    earlier = aliased(Notice)
    first = select(func.min(earlier.id)).where(earlier.batch == Notice.batch).scalar_subquery()
    key = session.scalar(
        select(Notice.batch)
        .where(text(SENDING), Notice.claimed_until <= at, Notice.id == first)  # one row stands for its batch
        .order_by(Notice.claimed_until, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if key is None:
        return None
    _change(session, key, claimed_until=at + LEASE, attempts=Notice.attempts + 1)
    rows = session.execute(
        select(Notice.id, Notice.person_id, Notice.event_id, Notice.edition_id, Notice.batched_at, Notice.attempts)
        .where(Notice.batch == key)
        .order_by(Notice.id)
    ).all()
    one = rows[0]
    ids = tuple(row.id for row in rows)
    about_account = one.event_id is None and one.edition_id is None
    return Batch(key, one.person_id, ids, one.batched_at, one.attempts, about_account=about_account)


def settle(session: Session, batch: Batch, at: datetime) -> None:
    """Write down that the mail of a batch was taken by the server, or that there is nobody to send it to."""
    _change(session, batch.key, settled_at=at, failure="")


def postpone(session: Session, batch: Batch, code: str, at: datetime, *, for_good: bool = False) -> bool:
    """Write down why a mail could not be sent, to be tried later; say whether it is given up.

    That is after three days, or at once where trying again would be of no use.
    """
    given_up = for_good or at - batch.batched_at >= GIVE_UP
    wait = BACKOFF[min(batch.attempts, len(BACKOFF)) - 1]
    _change(session, batch.key, claimed_until=at + wait, failure=code, settled_at=at if given_up else None)
    return given_up


def _change(session: Session, key: str, **values: object) -> None:
    session.execute(
        update(Notice).where(Notice.batch == key, Notice.settled_at.is_(None)).values(**values),
        execution_options={"synchronize_session": False},
    )


def failures(session: Session) -> tuple[Failure, ...]:
    """Return the mails that did not arrive, the newest first: those given up and those still tried."""
    name = func.coalesce(Person.name, Invitation.name)
    administration = func.coalesce(Person.administration, Invitation.administration)
    query = (
        select(
            name,
            administration,
            func.max(Notice.batched_at),
            func.max(Notice.attempts),
            func.max(Notice.failure),
            func.max(Notice.settled_at),
        )
        .outerjoin(Person, Person.id == Notice.person_id)
        .outerjoin(Invitation, Invitation.id == Notice.invitation_id)
        .where(Notice.failure != "")
        .group_by(Notice.batch, name, administration)
        .order_by(func.max(Notice.batched_at).desc())
        .limit(SHOWN)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return tuple(Failure(*row) for row in rows)
