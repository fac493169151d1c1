"""What a delegation notes for itself about a proposal: for those who hold its seat, never for the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class PrivateNote(Base):
    """The one note of a seat about a proposal; it belongs to the seat, whoever holds it."""

    __tablename__ = "private_note"
    __table_args__ = (UniqueConstraint("proposal_number", "seat_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)  # raised with every change: two may write at once
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    written_by: Mapped[Person] = relationship(lazy="raise")
