"""The acts that order proposals are found among all acts of one at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ORDERED = sa.text("kind = 'ordered'")


def upgrade() -> None:
    op.create_index(
        "ix_event_ordered", "event", ["proposal_number", "seq"], sqlite_where=ORDERED, postgresql_where=ORDERED
    )


def downgrade() -> None:
    op.drop_index("ix_event_ordered", table_name="event")
