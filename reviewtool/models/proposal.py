"""Proposals, their numbered immutable revisions, and the private drafts both are written in."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person

DIRTY = "recorded_version < version"  # the record has yet to follow


class Proposal(Base):
    """A numbered change to one or more documents. `version` counts its acts; the record follows it."""

    __tablename__ = "proposal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # P-<number>
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(String(200), default="")
    instrument_number: Mapped[str] = mapped_column(String(60), default="")
    instrument_paragraph: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[str] = mapped_column(String(32))  # form | substance | update | adaptation | new
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(32), index=True)  # rules.lifecycle.State; written by services.lifecycle
    state_changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    consultation_closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn: Mapped[bool] = mapped_column(default=False)  # and not taken up again since
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # ballots before it decide nothing any more
    amendment_asked: Mapped[bool] = mapped_column(default=False)  # its author asked to amend the frozen text
    preset: Mapped[str] = mapped_column(String(32), default="")  # asked by its author; empty: the group's rules
    version: Mapped[int] = mapped_column(default=0)
    recorded_version: Mapped[int] = mapped_column(default=0)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("proposal.number"))
    latest: Mapped[int] = mapped_column(default=1)  # number of the newest revision
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    open_threads: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)

    author: Mapped[Person] = relationship(lazy="raise")
    revisions: Mapped[list[Revision]] = relationship(
        back_populates="proposal", order_by="Revision.number", lazy="raise"
    )

    __table_args__ = (
        Index("ix_proposal_state_number", "state", "number"),
        Index("ix_proposal_consulted", "state", "consultation_closes_at", "number"),
        Index("ix_proposal_dirty", "number", sqlite_where=text(DIRTY), postgresql_where=text(DIRTY)),
    )


class Revision(Base):
    """One immutable, numbered text of a proposal: a commit under `refs/proposals/<n>/<r>`."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"))
    number: Mapped[int]
    base: Mapped[str] = mapped_column(String(64))  # the commit of main it was made from
    commit: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")  # what changed since the revision before
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    draft_token: Mapped[str | None] = mapped_column(String(32), unique=True)  # a second press finds it
    coauthors: Mapped[list[int]] = mapped_column(JSON, default=list)  # person ids whose suggestion or text is in it

    proposal: Mapped[Proposal] = relationship(back_populates="revisions", lazy="raise")
    author: Mapped[Person] = relationship(lazy="raise")
    touches: Mapped[list[Touch]] = relationship(order_by="Touch.path", lazy="raise")

    __table_args__ = (UniqueConstraint("proposal_number", "number"),)


class Touch(Base):
    """One path that a revision adds, edits, renames or deletes."""

    __tablename__ = "touch"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(1024), primary_key=True)
    old_path: Mapped[str | None] = mapped_column(String(1024))
    status: Mapped[str] = mapped_column(String(1))  # A, M, D, R
    old_blob: Mapped[str | None] = mapped_column(String(64))
    new_blob: Mapped[str | None] = mapped_column(String(64))
    module: Mapped[str] = mapped_column(String(255), index=True)  # first folder of the path

    __table_args__ = (Index("ix_touch_path", "path"),)


class Draft(Base):
    """A private text being written: of a new proposal, or of the next revision of one."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposal_number: Mapped[int | None] = mapped_column(ForeignKey("proposal.number"), index=True)
    base: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int | None]  # of a next version: the newest one that it was begun from or joined to
    said: Mapped[dict[str, str] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # what the proposal said of itself then
    title: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    instrument: Mapped[str] = mapped_column(String(200), default="")
    instrument_number: Mapped[str] = mapped_column(String(60), default="")
    instrument_paragraph: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[str] = mapped_column(String(32), default="substance")
    note: Mapped[str] = mapped_column(Text, default="")
    undoes: Mapped[int | None] = mapped_column(ForeignKey("proposal.number"))
    suggestions: Mapped[list[int]] = mapped_column(JSON, default=list)  # comment ids applied in it
    token: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: secrets.token_hex(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    files: Mapped[list[DraftFile]] = relationship(
        back_populates="draft", order_by="DraftFile.id", cascade="all, delete-orphan", lazy="selectin"
    )
    author: Mapped[Person] = relationship(lazy="raise")


class DraftFile(Base):
    """One document of a draft: its new text or bytes, its new name, or its removal."""

    __tablename__ = "draft_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(String(1024))  # where it will stand
    old_path: Mapped[str | None] = mapped_column(String(1024))  # where it stands at the base; None for a new one
    old_blob: Mapped[str | None] = mapped_column(String(64))
    deleted: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str | None] = mapped_column(Text)  # None: a binary file, or an unchanged text
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    saves: Mapped[int] = mapped_column(default=0)  # counts the saves, so that one made elsewhere is seen
    page: Mapped[str] = mapped_column(String(32), default="")  # the open page that saved last: it may go on saving
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # What to look at since the draft was brought to today's text or to a newer version: as `services.colliding.notes`
    # tells it, with the `version` where it was one
    collisions: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)

    draft: Mapped[Draft] = relationship(back_populates="files")

    __table_args__ = (UniqueConstraint("draft_id", "path"),)


class Event(Base):
    """One act on a proposal: who did what when. `seq` is the proposal's version after the act."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(48))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the passing of time
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("proposal_number", "seq"),
        Index("ix_event_kind_at", "kind", "at"),
        # the few acts that say which of two proposals is decided first, asked before every page of a proposal
        Index(
            "ix_event_ordered",
            "proposal_number",
            "seq",
            sqlite_where=text("kind = 'ordered'"),
            postgresql_where=text("kind = 'ordered'"),
        ),
    )


class LastRead(Base):
    """The newest revision that a person has opened, and the one they had opened before it, if any."""

    __tablename__ = "last_read"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), primary_key=True, autoincrement=False)
    revision: Mapped[int]
    earlier: Mapped[int | None]
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when `revision` was opened first
