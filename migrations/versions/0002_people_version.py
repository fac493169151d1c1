"""A number that tells whether names, roles or seats changed: pages that show them are remembered by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite would add it behind the constraints: the table is copied, so that it reads as the models make it.
    with op.batch_alter_table("installation", recreate=_copies()) as table:
        table.add_column(sa.Column("people_version", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("installation", recreate=_copies()) as table:
        table.drop_column("people_version")


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
