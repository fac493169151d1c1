"""Notices: what a person is owed word of, written in the transaction of the act that caused it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.proposal import Event


class Notice(Base):
    """One thing a person should hear of, until they have seen it."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(String(48))  # mention | reply | suggestion | registered | decided | …
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(lazy="raise")

    __table_args__ = (Index("ix_notice_inbox", "person_id", "read_at", "id"),)
