"""Browsers in which somebody has signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class SignIn(Base):
    """One browser of a person, known by the hash of the token in its cookie."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int]  # the person's session_version: a raised one ends every row at once
    rights: Mapped[str] = mapped_column(String(200))  # the roles it was last asked with; others bring a new token
    browser: Mapped[str] = mapped_column(String(300))  # what it says of itself
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proved_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when the person last showed who they are
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
