"""Absences, until when a certification is good, and accounts that were erased.

The people are recorded anew, as their files in the group's record gain a field.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.ForeignKeyConstraint(["declared_by_id"], ["person.id"], name=op.f("fk_absence_declared_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_person_id"), "absence", ["person_id"])
    op.drop_index("uq_person_email", table_name="person")  # a copy of the table would lose it
    with op.batch_alter_table("person", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.add_column(sa.Column("certified_until", sa.Date(), nullable=True))
        table.add_column(sa.Column("erased_at", UTCDateTime(), nullable=True))
    op.create_index("uq_person_email", "person", [sa.literal_column("lower(email)")], unique=True)
    op.execute("UPDATE installation SET people_version = people_version + 1")


def downgrade() -> None:
    op.drop_index("uq_person_email", table_name="person")
    with op.batch_alter_table("person", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.drop_column("erased_at")
        table.drop_column("certified_until")
    op.create_index("uq_person_email", "person", [sa.literal_column("lower(email)")], unique=True)
    op.drop_index(op.f("ix_absence_person_id"), table_name="absence")
    op.drop_table("absence")
    op.execute("UPDATE installation SET people_version = people_version + 1")


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
