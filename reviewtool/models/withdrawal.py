"""Withdrawals for confidentiality: what was taken out of the group's papers, why, by whom, when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person

#: what stands in the place of the words; in Spanish, as the record is written
INSTEAD: Final = "Retirado por confidencialidad."


class Withdrawal(Base):
    """Content that must not stay; its place, author and date do. `renamed`: entries of the record, old id -> new."""

    __tablename__ = "withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # comment | vote | opinion | objection | version
    target_id: Mapped[int]
    ground: Mapped[str] = mapped_column(Text)
    withdrawn_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    renamed: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    withdrawn_by: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("kind", "target_id"),)
