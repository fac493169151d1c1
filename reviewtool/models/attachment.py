"""Files attached to a proposal or to one of its comments: what is told of them, and apart from it their bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class Attachment(Base):
    """A file beside a comment, or beside the proposal as a whole; none is ever changed, only withdrawn."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))  # as it is shown and offered
    kind: Mapped[str] = mapped_column(String(8))  # a key of uploads.attachments.TYPES, by content
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)

    added_by: Mapped[Person] = relationship(lazy="raise")


class AttachmentData(Base):
    """The bytes of an attachment, apart, so that no list ever loads them."""

    __tablename__ = "attachment_data"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
