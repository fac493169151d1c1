"""Verifications and backups: when each was asked for, began and ended, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class Inspection(Base):
    """One verification or backup; asked for by a person on a page, or begun on the command line."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # verification | backup
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    clean: Mapped[bool | None]  # None, though it ended: it could not be made, and the report says why
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # services.findings.Report as JSON

    asked_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_inspection_kind", "kind", "id"),)
