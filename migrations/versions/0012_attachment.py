"""Files attached to proposals and comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_attachment_added_by_id_person")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_attachment_comment_id_comment")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_attachment_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_proposal_number"), "attachment", ["proposal_number"])
    op.create_index(op.f("ix_attachment_comment_id"), "attachment", ["comment_id"])
    op.create_table(
        "attachment_data",
        sa.Column("attachment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_data_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_data")),
    )


def downgrade() -> None:
    op.drop_table("attachment_data")
    op.drop_index(op.f("ix_attachment_comment_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_proposal_number"), table_name="attachment")
    op.drop_table("attachment")
