"""Merges, editions and the intended moves of refs that make them survive a kill."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class RefMove(Base):
    """The intention to move a ref: pending until the ref stands there and the database knows (`git-record.md`)."""

    __tablename__ = "ref_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(255))
    old: Mapped[str | None] = mapped_column(String(64))
    new: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="pending")  # pending | done | void
    purpose: Mapped[str] = mapped_column(String(16))  # revision | merge | edition
    proposal_number: Mapped[int | None] = mapped_column(ForeignKey("proposal.number"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what finishing needs
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index(
            "uq_ref_move_pending",
            "ref",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )


class Merge(Base):
    """The one merge of a proposal: which commit, by whom, of what kind."""

    __tablename__ = "merge"

    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), primary_key=True)
    revision: Mapped[int]
    ballot_number: Mapped[int]
    commit: Mapped[str] = mapped_column(String(64), unique=True)
    base: Mapped[str] = mapped_column(String(64))
    tip: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))  # exact | apart
    tree: Mapped[str] = mapped_column(String(64), default="", server_default="")  # of the commit; "": made before 0005
    algorithm: Mapped[int] = mapped_column(default=0, server_default="0")  # version of `prose` that joined the texts
    note: Mapped[str] = mapped_column(Text, default="")
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    merged_by: Mapped[Person] = relationship(lazy="raise")


class Edition(Base):
    """A named, tagged state of the materials."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    tag: Mapped[str] = mapped_column(String(120), unique=True)
    note: Mapped[str] = mapped_column(Text, default="")
    commit: Mapped[str] = mapped_column(String(64))
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)

    published_by: Mapped[Person] = relationship(lazy="raise")
