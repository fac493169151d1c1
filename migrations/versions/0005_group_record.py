"""The group's record, and merges that say what was joined and how: so that a record can be checked and rebuilt.

Every review record is written anew once, in the second version of its format.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("installation", recreate=_copies()) as table:
        table.add_column(sa.Column("recorded_people_version", sa.Integer(), server_default="-1", nullable=False))
        table.add_column(sa.Column("start", sa.String(length=64), server_default="", nullable=False))
    with op.batch_alter_table("merge", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.add_column(sa.Column("tree", sa.String(length=64), server_default="", nullable=False))
        table.add_column(sa.Column("algorithm", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE proposal SET recorded_version = 0")


def downgrade() -> None:
    op.execute("UPDATE proposal SET recorded_version = 0")
    with op.batch_alter_table("merge", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.drop_column("algorithm")
        table.drop_column("tree")
    with op.batch_alter_table("installation", recreate=_copies()) as table:
        table.drop_column("start")
        table.drop_column("recorded_people_version")


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
