"""What an installation knows of itself: whether it is a demonstration; the rule sets and the calendar of the group."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class Installation(Base):
    """The one row written by `reviewtool init`; its absence means there is no installation yet."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    demonstration: Mapped[bool] = mapped_column(default=False)
    ready: Mapped[bool] = mapped_column(default=False)  # False while the demonstration's past is being made
    # counts changes of names, roles, seats, rule sets and editions; and how far the group's record has followed
    people_version: Mapped[int] = mapped_column(default=0, server_default="0")
    recorded_people_version: Mapped[int] = mapped_column(default=-1, server_default="-1")
    start: Mapped[str] = mapped_column(String(64), default="", server_default="")  # commit of main at `reviewtool init`


class RuleSet(Base):
    """The group's rules from a day on; an open ballot carries its own frozen copy."""

    __tablename__ = "rule_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    effective_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(200), default="")  # where the group approved it
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WorkingCalendar(Base):
    """The group's closing hour and days without work; the newest row holds for what is given a close from then on."""

    __tablename__ = "working_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    closing_time: Mapped[str] = mapped_column(String(5))  # «17:00», in the zone of config/group.toml
    holidays: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # date, name, administrations; none: the whole group's
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
