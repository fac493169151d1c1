"""Withdrawals for confidentiality: the place, author and date of what was taken out stay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=False),
        sa.Column("renamed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_withdrawal_proposal_number_proposal")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_withdrawal_withdrawn_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("kind", "target_id", name=op.f("uq_withdrawal_kind_target_id")),
    )
    op.create_index(op.f("ix_withdrawal_proposal_number"), "withdrawal", ["proposal_number"])
    op.execute("UPDATE installation SET recorded_people_version = -1")  # the group's record gets the list of them


def downgrade() -> None:
    op.drop_index(op.f("ix_withdrawal_proposal_number"), table_name="withdrawal")
    op.drop_table("withdrawal")
