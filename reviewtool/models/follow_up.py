"""What became of a merged change outside the group: the group recommends, others decide on their own materials."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class FollowUp(Base):
    """One step of the follow-up of a merged proposal; the newest says where it stands, none is ever changed."""

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), index=True)
    recipient: Mapped[str] = mapped_column(String(16))  # regional_office | wco
    step: Mapped[str] = mapped_column(String(16))  # sent | accepted | returned | no_answer
    on: Mapped[date]  # of the note or answer, by the calendar
    reference: Mapped[str] = mapped_column(String(200), default="")  # of the note or answer
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recorded_by: Mapped[Person] = relationship(lazy="raise")
