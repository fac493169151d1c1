"""Indexes in the order in which pages ask, and said as SQLite knows them again, so that few rows are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IN_CONSULTATION = sa.text("state = 'consultation'")
IS_OPEN = sa.text("closed_at IS NULL")
CURRENT = {"vote": ["ballot_id", "seat_id"], "opinion": ["proposal_number", "person_id"]}


def upgrade() -> None:
    op.drop_index("ix_proposal_consulted", "proposal")
    op.create_index("ix_proposal_consulted", "proposal", ["state", "consultation_closes_at", "number"])
    op.drop_index("ix_ballot_due", "ballot")
    _create_due(["closes_at", "proposal_number"])
    _create_current("current = 1")


def downgrade() -> None:
    _create_current("current IS TRUE")
    op.drop_index("ix_ballot_due", "ballot")
    _create_due(["closes_at"])
    op.drop_index("ix_proposal_consulted", "proposal")
    op.create_index(
        "ix_proposal_consulted",
        "proposal",
        ["consultation_closes_at"],
        sqlite_where=IN_CONSULTATION,
        postgresql_where=IN_CONSULTATION,
    )


def _create_due(columns: list[str]) -> None:
    op.create_index("ix_ballot_due", "ballot", columns, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


def _create_current(condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in CURRENT.items():
            op.drop_index(f"uq_{table}_current", table)
            op.create_index(f"uq_{table}_current", table, columns, unique=True, sqlite_where=sa.text(condition))
