"""Links that let somebody in once; notices about accounts, and letters to people who have none yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ADDRESSED = "person_id IS NOT NULL OR (invitation_id IS NOT NULL AND event_id IS NULL)"


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("for_account", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("administration", sa.String(length=16), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_invitation_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"])
    with op.batch_alter_table("notice", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("event_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column(
            "failure", existing_type=sa.String(length=32), server_default=""
        )  # SQLite's copy writes ('')
        table.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_notice_invitation_id_invitation"), "invitation", ["invitation_id"], ["id"])
        table.create_foreign_key(op.f("fk_notice_by_id_person"), "person", ["by_id"], ["id"])
        table.create_check_constraint(op.f("ck_notice_addressed"), ADDRESSED)
    op.create_index(op.f("ix_notice_invitation_id"), "notice", ["invitation_id"])


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE event_id IS NULL")
    op.drop_index(op.f("ix_notice_invitation_id"), table_name="notice")
    with op.batch_alter_table("notice", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.drop_constraint(op.f("ck_notice_addressed"), type_="check")
        table.drop_constraint(op.f("fk_notice_by_id_person"), type_="foreignkey")
        table.drop_constraint(op.f("fk_notice_invitation_id_invitation"), type_="foreignkey")
        table.drop_column("by_id")
        table.drop_column("invitation_id")
        table.alter_column("event_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column(
            "failure", existing_type=sa.String(length=32), server_default=""
        )  # SQLite's copy writes ('')
    op.drop_index(op.f("ix_invitation_person_id"), table_name="invitation")
    op.drop_table("invitation")


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
