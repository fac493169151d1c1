"""Word files that people sent, until they have looked at them; comments that wait for a draft to be submitted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_word_upload_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_word_upload_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_upload")),
    )
    op.create_index(op.f("ix_word_upload_person_id"), "word_upload", ["person_id"])
    op.create_index(op.f("ix_word_upload_sent_at"), "word_upload", ["sent_at"])
    op.create_table(
        "waiting_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(length=200), nullable=False),
        sa.Column("suffix", sa.String(length=200), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_waiting_remark_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_remark")),
    )
    op.create_index(op.f("ix_waiting_remark_draft_id"), "waiting_remark", ["draft_id"])


def downgrade() -> None:
    op.drop_table("waiting_remark")
    op.drop_table("word_upload")
