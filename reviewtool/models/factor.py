"""What a person shows besides the password: an app that makes codes, recovery codes, passkeys; what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reviewtool.db import Base, UTCDateTime
from reviewtool.models.person import Person


class CodeApp(Base):
    """An app on a person's telephone that makes a code every half minute; it counts once a first code was right."""

    __tablename__ = "code_app"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(300))  # encrypted: services.sealing
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_step: Mapped[int]  # the half minute of the code that was accepted last: none is accepted twice


class RecoveryCode(Base):
    """One of the codes on paper that open once; of it only the hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Passkey(Base):
    """A key in a person's telephone, computer or token, and what proves that it signed."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class UsedChallenge(Base):
    """A challenge that a passkey has answered: no answer to it is looked at again."""

    __tablename__ = "used_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FactorRule(Base):
    """Whether those who vote need a second factor; the newest row holds."""

    __tablename__ = "factor_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    needed: Mapped[bool]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    made_by: Mapped[Person] = relationship(lazy="raise")


class FactorChange(Base):
    """One thing that happened to what a person signs in with, for that person to read."""

    __tablename__ = "factor_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))  # services.factor_changes.Kind
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: who administers the installation
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    made_by: Mapped[Person | None] = relationship(foreign_keys=made_by_id, lazy="raise")
