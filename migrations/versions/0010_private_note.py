"""The private note of a delegation about a proposal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_private_note_proposal_number_proposal")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_private_note_seat_id_seat")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_private_note_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_note")),
        sa.UniqueConstraint("proposal_number", "seat_id", name=op.f("uq_private_note_proposal_number_seat_id")),
    )


def downgrade() -> None:
    op.drop_table("private_note")
