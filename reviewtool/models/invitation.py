"""Links that let somebody in once: to an account of their own, or to a new password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class Invitation(Base):
    """A link by the hash of its token; with a person it is for their new password, without one for a new account."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))  # as the coordination knows it; the person sets their own
    administration: Mapped[str] = mapped_column(String(16))
    roles: Mapped[str] = mapped_column(String(200))  # values of rules.permissions.Role, with commas
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person | None] = relationship(foreign_keys=person_id, lazy="raise")
    made_by: Mapped[Person] = relationship(foreign_keys=made_by_id, lazy="raise")
