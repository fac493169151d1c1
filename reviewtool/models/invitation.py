"""Links that let somebody in once: to an account of their own, or to a new password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class Invitation(Base):
    """A link without its token: that is signed with the installation's key when the link is shown or mailed.

    A link for a new password that names no person was asked for an address that nobody has; it opens nothing.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32))
    for_account: Mapped[bool]  # or for a new password
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # whose password
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))  # as the coordination knows it; the person sets their own
    administration: Mapped[str] = mapped_column(String(16))
    roles: Mapped[str] = mapped_column(String(200))  # values of rules.permissions.Role, with commas
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: asked for on the sign-in page
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # taken back, or another took its place

    person: Mapped[Person | None] = relationship(foreign_keys=person_id, lazy="raise")
    made_by: Mapped[Person | None] = relationship(foreign_keys=made_by_id, lazy="raise")

    def is_open(self, at: datetime) -> bool:
        """Say whether the link still opens something."""
        return self.used_at is None and self.ended_at is None and at < self.expires_at
