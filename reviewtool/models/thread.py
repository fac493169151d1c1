"""Conversations: a thread on a passage, a document or the whole proposal; its comments and their suggestions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class Thread(Base):
    """A conversation; with a path it is on a document, with a quote also on a passage of it."""

    __tablename__ = "thread"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_number: Mapped[int] = mapped_column(ForeignKey("proposal.number"))
    number: Mapped[int]  # counted within the proposal; the chip beside the passage
    revision: Mapped[int]  # number of the revision it was made on
    path: Mapped[str | None] = mapped_column(String(1024))
    quote: Mapped[str | None] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(String(200), default="")
    suffix: Mapped[str] = mapped_column(String(200), default="")
    start: Mapped[int | None]  # code points in that revision's text of the document
    end: Mapped[int | None]
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reply_count: Mapped[int] = mapped_column(default=0)

    comments: Mapped[list[Comment]] = relationship(order_by="Comment.id", back_populates="thread", lazy="raise")
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id], lazy="raise")
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id], lazy="raise")

    __table_args__ = (
        UniqueConstraint("proposal_number", "number"),
        Index("ix_thread_page", "proposal_number", "resolved_at", "id"),
    )


class Comment(Base):
    """One message of a thread. `form_token` makes a second press of the button find the first."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    position: Mapped[int]  # 0 for the comment that began the thread, then counted; pages ask by it
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    form_token: Mapped[str | None] = mapped_column(String(64))
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str | None] = mapped_column(String(16))  # note | e-mail | meeting | telephone
    channel_reference: Mapped[str] = mapped_column(String(200), default="")
    channel_on: Mapped[date | None]

    thread: Mapped[Thread] = relationship(back_populates="comments", lazy="raise")
    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise")
    suggestion: Mapped[Suggestion | None] = relationship(back_populates="comment", lazy="raise")
    edits: Mapped[list[CommentEdit]] = relationship(order_by="CommentEdit.id", lazy="raise")

    __table_args__ = (
        UniqueConstraint("thread_id", "position"),
        UniqueConstraint("author_id", "form_token"),
    )


class CommentEdit(Base):
    """What a comment said before an edit."""

    __tablename__ = "comment_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Suggestion(Base):
    """A replacement text inside a comment, for the thread's passage."""

    __tablename__ = "suggestion"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    replacement: Mapped[str] = mapped_column(Text)
    original: Mapped[str] = mapped_column(Text)  # the Markdown it replaces, as it stood in the thread's revision
    applied_in: Mapped[int | None]  # number of the revision that took it up
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # «hace suya la sugerencia»

    comment: Mapped[Comment] = relationship(back_populates="suggestion", lazy="raise")


class Mention(Base):
    """A person named with @ in a comment."""

    __tablename__ = "mention"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
