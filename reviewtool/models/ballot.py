"""Ballots, votes sealed to one exact text, observers' opinions and formal objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person, Seat

IS_OPEN = "closed_at IS NULL"
IS_CURRENT = "current IS TRUE"
IS_CURRENT_SQLITE = "current = 1"  # as queries say it there: said otherwise SQLite does not know it again


class Ballot(Base):
    """One round of voting on one revision, with the rules and the roll frozen when it opened."""

    __tablename__ = "ballot"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"))
    number: Mapped[int]  # counted within the proposal
    revision: Mapped[int]  # the revision's number
    seal: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(16), default="text")  # text | override
    second_call_of: Mapped[int | None]  # number of the ballot that lacked its quorum
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)  # rules.voting.BallotRules as JSON
    roll: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the frozen seats: key, label, administration, certified
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(32))
    outcome_reason: Mapped[str] = mapped_column(Text, default="")
    broken_by: Mapped[str | None] = mapped_column(String(32))  # the seat that interrupted the silence
    broken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    opened_by: Mapped[Person] = relationship(lazy="raise")
    votes: Mapped[list[Vote]] = relationship(back_populates="ballot", order_by="Vote.id", lazy="raise")

    __table_args__ = (
        UniqueConstraint("proposal_number", "number"),
        Index(
            "uq_ballot_open", "proposal_number", unique=True, sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)
        ),
        Index(
            "ix_ballot_due",
            "closes_at",
            "proposal_number",
            sqlite_where=text(IS_OPEN),
            postgresql_where=text(IS_OPEN),
        ),
    )


class Vote(Base):
    """A seat's stand in a ballot; a replaced one is kept with `current` false."""

    __tablename__ = "vote"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text, default="")
    ad_referendum: Mapped[bool] = mapped_column(default=False)
    confirmed: Mapped[bool] = mapped_column(default=True)  # False: ad referendum or by telephone, not yet confirmed
    current: Mapped[bool] = mapped_column(default=True)
    cast_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_alternate: Mapped[bool] = mapped_column(default=False)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str | None] = mapped_column(String(16))
    channel_reference: Mapped[str] = mapped_column(String(200), default="")
    channel_on: Mapped[date | None]

    ballot: Mapped[Ballot] = relationship(back_populates="votes", lazy="raise")
    seat: Mapped[Seat] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    registered_by: Mapped[Person | None] = relationship(foreign_keys=[registered_by_id], lazy="raise")

    __table_args__ = (
        Index(
            "uq_vote_current",
            "ballot_id",
            "seat_id",
            unique=True,
            sqlite_where=text(IS_CURRENT_SQLITE),
            postgresql_where=text(IS_CURRENT),
        ),
    )


class Opinion(Base):
    """An observer's stand on a revision: shown apart, never counted."""

    __tablename__ = "opinion"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), index=True)
    revision: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stance: Mapped[str] = mapped_column(String(16))  # favourable | unfavourable | none
    reason: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    current: Mapped[bool] = mapped_column(default=True)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_opinion_current",
            "proposal_number",
            "person_id",
            unique=True,
            sqlite_where=text(IS_CURRENT_SQLITE),
            postgresql_where=text(IS_CURRENT),
        ),
    )


class Objection(Base):
    """A seat's reasoned formal objection; open, it holds the merge. Its conversation is a thread."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), unique=True)
    revision: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifting_reason: Mapped[str] = mapped_column(Text, default="")
    overridden_in: Mapped[int | None]  # number of the ballot that decided to proceed despite it

    seat: Mapped[Seat] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")


class ExtensionRequest(Base):
    """A member's one request for more time in a ballot or consultation, with its reason and the answer."""

    __tablename__ = "extension_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), index=True)
    ballot_number: Mapped[int]  # 0: asked during the consultation
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    granted: Mapped[bool | None]

    seat: Mapped[Seat] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("proposal_number", "ballot_number", "seat_id"),)
