"""Notices are the queue of the mails, and people choose how they are written to.

What was owed before there were mails is not sent now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITING = sa.text("batch IS NULL AND settled_at IS NULL AND read_at IS NULL")
SENDING = sa.text("batch IS NOT NULL AND settled_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("notice", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.add_column(sa.Column("batch", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("batched_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("claimed_until", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("failure", sa.String(length=32), server_default="", nullable=False))
        table.add_column(sa.Column("settled_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE notice SET settled_at = created_at")
    op.create_index(op.f("ix_notice_batch"), "notice", ["batch"])
    op.create_index("ix_notice_waiting", "notice", ["person_id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_notice_sending", "notice", ["claimed_until"], sqlite_where=SENDING, postgresql_where=SENDING)
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=False),
        sa.Column("rest", sa.String(length=16), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_choice_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_choice")),
    )


def downgrade() -> None:
    op.drop_table("notice_choice")
    for name in ("ix_notice_sending", "ix_notice_waiting", op.f("ix_notice_batch")):
        op.drop_index(name, table_name="notice")
    with op.batch_alter_table("notice", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        for name in ("settled_at", "failure", "attempts", "claimed_until", "batched_at", "batch"):
            table.drop_column(name)


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
