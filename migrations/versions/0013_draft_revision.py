"""A draft of a next version knows from which version it was begun, and what the proposal said of itself then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FIELDS = ("title", "reason", "instrument", "instrument_number", "instrument_paragraph", "kind")


def upgrade() -> None:
    with op.batch_alter_table("draft", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.add_column(sa.Column("revision", sa.Integer(), nullable=True))
        table.add_column(sa.Column("said", sa.JSON(), nullable=True))
    draft = sa.table("draft", *(sa.column(name) for name in ("id", "proposal_number", "revision", "created_at")))
    draft.append_column(sa.column("said", sa.JSON()))
    version = sa.table("revision", *(sa.column(name) for name in ("proposal_number", "number", "submitted_at")))
    proposal = sa.table("proposal", sa.column("number"), *(sa.column(name) for name in FIELDS))
    newest = sa.select(sa.func.max(version.c.number)).where(
        version.c.proposal_number == draft.c.proposal_number, version.c.submitted_at <= draft.c.created_at
    )
    op.execute(draft.update().where(draft.c.proposal_number.is_not(None)).values(revision=newest.scalar_subquery()))
    connection = op.get_bind()
    begun = sa.select(draft.c.id, *(proposal.c[name] for name in FIELDS))
    for draft_id, *said in connection.execute(begun.join(proposal, proposal.c.number == draft.c.proposal_number)).all():
        connection.execute(
            draft.update().where(draft.c.id == draft_id).values(said=dict(zip(FIELDS, said, strict=True)))
        )


def downgrade() -> None:
    with op.batch_alter_table("draft", recreate=_copies(), reflect_kwargs={"resolve_fks": False}) as table:
        table.drop_column("said")
        table.drop_column("revision")


def _copies() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"
