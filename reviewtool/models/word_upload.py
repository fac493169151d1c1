"""A Word file that a person sent, kept until they have looked at what was understood of it; what waits for a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class WordUpload(Base):
    """One file, of one person alone, thrown away after a day. `state` and `path` name the text it was made from.

    Those that nobody has read yet are the queue of the worker (`services.word_jobs`).
    """

    __tablename__ = "word_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the data
    path: Mapped[str] = mapped_column(String(1024))
    state: Mapped[str] = mapped_column(String(64))
    proposal_number: Mapped[int | None] = mapped_column(ForeignKey("proposal.number"))
    revision: Mapped[int | None]
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    site: Mapped[str] = mapped_column(String(300))  # the address below which the documents are

    status: Mapped[str] = mapped_column(String(16), default="waiting", index=True)  # services.word_jobs.Status
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # no other process takes it before
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(48), default="")  # a code
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of the failure
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # word.keeping: what was understood
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # ready or failed
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # and the person has opened its page since


class WaitingRemark(Base):
    """A comment of a Word file that becomes a thread when the draft is submitted; the first of `messages` begins it."""

    __tablename__ = "waiting_remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(String(1024))
    quote: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(String(200))
    suffix: Mapped[str] = mapped_column(String(200))
    instead: Mapped[str] = mapped_column(Text)  # what the first message says where the quoted words are not found
    messages: Mapped[list[str]] = mapped_column(JSON)


class WaitingFile(Base):
    """A Word file whose changes are in a draft: it is attached to the proposal when the draft is submitted."""

    __tablename__ = "waiting_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
