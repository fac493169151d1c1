"""People are told of new editions too, and may have the addresses of their feeds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

FOREIGN = "fk_notice_edition_id_edition"


def upgrade() -> None:
    with op.batch_alter_table("notice", **_copied()) as table:
        table.add_column(sa.Column("edition_id", sa.Integer(), nullable=True))
        table.create_foreign_key(FOREIGN, "edition", ["edition_id"], ["id"])
        table.alter_column("failure", existing_type=sa.String(length=32), server_default="")  # SQLite's copy: ('')
    with op.batch_alter_table("notice_choice", **_copied()) as choices:
        choices.add_column(sa.Column("feed_key", sa.String(length=32), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("notice_choice", **_copied()) as choices:
        choices.drop_column("feed_key")
    op.execute("DELETE FROM notice WHERE edition_id IS NOT NULL")
    with op.batch_alter_table("notice", **_copied()) as table:
        table.drop_constraint(FOREIGN, type_="foreignkey")
        table.drop_column("edition_id")
        table.alter_column("failure", existing_type=sa.String(length=32), server_default="")


def _copied() -> dict[str, Any]:
    """SQLite adds columns with names for their constraints by a copy of the table."""
    copies = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    return {"recreate": copies, "reflect_kwargs": {"resolve_fks": False}}
