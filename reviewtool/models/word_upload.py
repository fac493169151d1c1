"""A Word file that a person sent, kept until they have looked at what was understood of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class WordUpload(Base):
    """One file, of one person alone, thrown away after a day. `state` and `path` name the text it was made from."""

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
