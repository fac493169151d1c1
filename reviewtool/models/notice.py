"""Notices: what a person is owed word of, written in the transaction of the act that caused it; and how they choose.

A notice hangs on an act on a proposal, or it is about an account: then it has no act, goes by itself, and a letter to
somebody who has no account yet has an invitation instead of a person.

The notices that are to be mailed are the queue of the mails: there is no other one (`services.outbox`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.invitation import Invitation
from reviewtool.models.person import Person
from reviewtool.models.proposal import Event

WAITING = "batch IS NULL AND settled_at IS NULL AND read_at IS NULL"
SENDING = "batch IS NOT NULL AND settled_at IS NULL"
ADDRESSED = "person_id IS NOT NULL OR (invitation_id IS NOT NULL AND event_id IS NULL)"


class Notice(Base):
    """One thing a person should hear of, until they have seen it."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who did it, where no act tells
    kind: Mapped[str] = mapped_column(String(48))  # mention | reply | suggestion | registered | decided | …
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    # Those of one batch go in one mail and change together; a batch never gains or loses any.
    batch: Mapped[str | None] = mapped_column(String(32), index=True)  # its mail's Message-ID is made of it
    batched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # no worker takes the batch before
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    failure: Mapped[str] = mapped_column(String(32), default="", server_default="")  # of the last attempt: a code
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # sent, given up, or without a batch: not mailed

    event: Mapped[Event | None] = relationship(lazy="raise")
    invitation: Mapped[Invitation | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(foreign_keys=person_id, lazy="raise")
    by: Mapped[Person | None] = relationship(foreign_keys=by_id, lazy="raise")

    __table_args__ = (
        CheckConstraint(ADDRESSED, name="addressed"),
        Index("ix_notice_inbox", "person_id", "read_at", "id"),
        Index(
            "ix_notice_waiting",
            "person_id",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_notice_sending", "claimed_until", sqlite_where=text(SENDING), postgresql_where=text(SENDING)),
    )


class NoticeChoice(Base):
    """How a person wants to be written to; without a row, as `rules.mailing` has it."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    asked: Mapped[str] = mapped_column(String(16))  # rules.mailing.Pace, of what is asked of them
    rest: Mapped[str] = mapped_column(String(16))
    quiet_from: Mapped[int | None]  # hours of the day in their zone; None: no quiet hours
    quiet_until: Mapped[int | None]
    feed_key: Mapped[str] = mapped_column(String(32), default="", server_default="")  # of their feeds; empty: none
