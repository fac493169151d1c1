"""Word files are read by the worker, and kept with the proposal when their changes are accepted.

What people had sent is kept for a day only and does not say below which address its links lead: it is sent again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM word_upload")
    with op.batch_alter_table("word_upload", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.add_column(sa.Column("site", sa.String(length=300), nullable=False))
        table.add_column(sa.Column("status", sa.String(length=16), nullable=False))
        table.add_column(sa.Column("claimed_until", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False))
        table.add_column(sa.Column("failure", sa.String(length=48), nullable=False))
        table.add_column(sa.Column("facts", sa.JSON(), nullable=False))
        table.add_column(sa.Column("result", sa.JSON(), nullable=True))
        table.add_column(sa.Column("ended_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("seen_at", UTCDateTime(), nullable=True))
    op.create_index(op.f("ix_word_upload_status"), "word_upload", ["status"])
    op.create_table(
        "waiting_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_waiting_file_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_file")),
    )
    op.create_index(op.f("ix_waiting_file_draft_id"), "waiting_file", ["draft_id"])


def downgrade() -> None:
    op.drop_table("waiting_file")
    op.drop_index(op.f("ix_word_upload_status"), table_name="word_upload")
    with op.batch_alter_table("word_upload", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        for name in (
            *("site", "status", "claimed_until", "attempts", "failure", "facts", "result", "ended_at", "seen_at"),
        ):
            table.drop_column(name)


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
