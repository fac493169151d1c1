"""Answers by mail: what became of each, and who is still to be told why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_reply",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=48), nullable=False),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("to", sa.String(length=320), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_reply_person_id_person")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mail_reply")),
    )
    op.create_index("ix_mail_reply_person", "mail_reply", ["person_id", "received_at"])
    op.create_index(op.f("ix_mail_reply_received_at"), "mail_reply", ["received_at"])
    op.create_index(
        "ix_mail_reply_due",
        "mail_reply",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_mail_reply_due", table_name="mail_reply")
    op.drop_index(op.f("ix_mail_reply_received_at"), table_name="mail_reply")
    op.drop_index("ix_mail_reply_person", table_name="mail_reply")
    op.drop_table("mail_reply")
