"""Failed sign-ins, counted for every process alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from reviewtool.db import Base, UTCDateTime


class SignInFailure(Base):
    """How often somebody failed of late for one account or from one address; what was typed is kept only as a hash."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
