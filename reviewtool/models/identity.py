"""Accounts at the identity provider: which belongs to whom, and browsers that are on their way there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class Identity(Base):
    """The account with which a person signs in at a provider: issuer and subject, never an address."""

    __tablename__ = "identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class Departure(Base):
    """A browser on its way to the provider: what it must bring back, and what waits for it here."""

    __tablename__ = "departure"

    id: Mapped[int] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(16))  # services.departures.Purpose
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(Text)  # sealed; sent when the person is back
    left_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
