"""Which version of a proposal a person has read last: its page offers them what is new since then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_read",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.Integer(), nullable=True),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_last_read_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_last_read_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("person_id", "proposal_number", name=op.f("pk_last_read")),
    )


def downgrade() -> None:
    op.drop_table("last_read")
