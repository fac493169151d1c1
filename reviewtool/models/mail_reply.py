"""Mails that came back: what became of each, so that one that is delivered twice becomes one comment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class MailReply(Base):
    """A mail by the hash of its sender and Message-ID; its words are in the comment that it became, or nowhere."""

    __tablename__ = "mail_reply"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    proposal: Mapped[int]  # number; 0: the address did not say
    outcome: Mapped[str] = mapped_column(String(48))  # "": it became a comment; else the code of why not
    message_id: Mapped[str] = mapped_column(String(250))  # of the mail, for the answer to it
    to: Mapped[str] = mapped_column(String(320))  # whom the answer goes to; "": nobody is answered
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the answer is to be sent; None: not any more

    __table_args__ = (
        Index("ix_mail_reply_person", "person_id", "received_at"),
        Index(
            "ix_mail_reply_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )
