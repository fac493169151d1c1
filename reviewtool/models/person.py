"""People: accounts, their roles with dates, seats and who holds them. No rule lives here."""

from __future__ import annotations

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime


class Person(UserMixin, Base):  # type: ignore[misc]  # flask_login carries no types
    """Somebody with an account; the id is permanent and is the address `p<id>@…` in Git."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    administration: Mapped[str] = mapped_column(String(16), default="")  # a code of config/group.toml
    language: Mapped[str] = mapped_column(String(8), default="es")
    timezone: Mapped[str] = mapped_column(String(64), default="America/Guatemala")
    certified_on: Mapped[date | None]  # instructor experto certificado
    certified_until: Mapped[date | None]  # the last day it is good for; None: without end
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)  # raised to sign out everywhere
    view: Mapped[str] = mapped_column(String(16), default="redline")  # the reading view last chosen
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # start of the present visit
    previous_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # start of the visit before it
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when all but the name was taken out

    terms: Mapped[list[RoleTerm]] = relationship(back_populates="person", order_by="RoleTerm.id", lazy="raise")
    holdings: Mapped[list[SeatHolding]] = relationship(back_populates="person", order_by="SeatHolding.id", lazy="raise")

    __table_args__ = (Index("uq_person_email", func.lower(email), unique=True),)

    @property
    def is_active(self) -> bool:
        """Say whether the account may sign in."""
        return self.active

    def get_id(self) -> str:
        """Return what the session cookie carries: a raised version signs every browser out."""
        return f"{self.id}.{self.session_version}"


class RoleTerm(Base):
    """One role of a person from a day to a day; several at once make a set."""

    __tablename__ = "role_term"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(32))  # rules.permissions.Role
    deputy: Mapped[bool] = mapped_column(default=False)  # coordinación adjunta
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(200), default="")  # the note of designation

    person: Mapped[Person] = relationship(back_populates="terms")


class Seat(Base):
    """A voting seat: one for each member, or one for each administration, as the group's unit says."""

    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # «PE», «AR-2»
    administration: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(120))  # «Argentina (2)»
    active: Mapped[bool] = mapped_column(default=True)

    holdings: Mapped[list[SeatHolding]] = relationship(back_populates="seat", order_by="SeatHolding.id")


class SeatHolding(Base):
    """Who holds a seat, as titular or alternate, from a day to a day."""

    __tablename__ = "seat_holding"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    alternate: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(200), default="")

    seat: Mapped[Seat] = relationship(back_populates="holdings", lazy="joined")
    person: Mapped[Person] = relationship(back_populates="holdings")
