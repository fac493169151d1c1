"""The first tables: people, proposals and their texts, conversations, ballots, merges, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reviewtool.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TABLES = (
    "installation",
    "person",
    "seat",
    "edition",
    "proposal",
    "role_term",
    "rule_set",
    "seat_holding",
    "ballot",
    "draft",
    "event",
    "extension_request",
    "merge",
    "opinion",
    "ref_move",
    "revision",
    "thread",
    "comment",
    "draft_file",
    "notice",
    "objection",
    "touch",
    "vote",
    "comment_edit",
    "mention",
    "suggestion",
)


def upgrade() -> None:  # noqa: PLR0915  # one table after another is easier to read than an order of helpers
    """Create everything, the tables that others refer to first."""
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("administration", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=True),
        sa.Column("previous_seen_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    # Written by hand: Alembic skips an index on an expression when it drafts.
    op.create_index("uq_person_email", "person", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("administration", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("key", name=op.f("uq_seat_key")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tag", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_edition_published_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("name", name=op.f("uq_edition_name")),
        sa.UniqueConstraint("tag", name=op.f("uq_edition_tag")),
    )
    op.create_table(
        "proposal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instrument", sa.String(length=200), nullable=False),
        sa.Column("instrument_number", sa.String(length=60), nullable=False),
        sa.Column("instrument_paragraph", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_changed_at", UTCDateTime(), nullable=False),
        sa.Column("consultation_closes_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reopened_at", UTCDateTime(), nullable=True),
        sa.Column("amendment_asked", sa.Boolean(), nullable=False),
        sa.Column("preset", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_version", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("open_threads", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_proposal_author_id_person")),
        sa.ForeignKeyConstraint(["undoes"], ["proposal.number"], name=op.f("fk_proposal_undoes_proposal")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_author_id", "proposal", ["author_id"], unique=False)
    op.create_index(
        "ix_proposal_consulted",
        "proposal",
        ["consultation_closes_at"],
        unique=False,
        sqlite_where=sa.text("state = 'consultation'"),
        postgresql_where=sa.text("state = 'consultation'"),
    )
    op.create_index(
        "ix_proposal_dirty",
        "proposal",
        ["number"],
        unique=False,
        sqlite_where=sa.text("recorded_version < version"),
        postgresql_where=sa.text("recorded_version < version"),
    )
    op.create_index("ix_proposal_state", "proposal", ["state"], unique=False)
    op.create_index("ix_proposal_state_number", "proposal", ["state", "number"], unique=False)

    op.create_table(
        "role_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("deputy", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_term_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_term")),
    )
    op.create_index("ix_role_term_person_id", "role_term", ["person_id"], unique=False)

    op.create_table(
        "rule_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_rule_set_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
    )
    op.create_table(
        "seat_holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("alternate", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_holding_person_id_person")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_holding_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_holding")),
    )
    op.create_index("ix_seat_holding_person_id", "seat_holding", ["person_id"], unique=False)
    op.create_index("ix_seat_holding_seat_id", "seat_holding", ["seat_id"], unique=False)

    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("second_call_of", sa.Integer(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("roll", sa.JSON(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closes_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=False),
        sa.Column("broken_by", sa.String(length=32), nullable=True),
        sa.Column("broken_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_ballot_opened_by_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_ballot_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("proposal_number", "number", name=op.f("uq_ballot_proposal_number_number")),
    )
    op.create_index(
        "ix_ballot_due",
        "ballot",
        ["closes_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_ballot_open",
        "ballot",
        ["proposal_number"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=True),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instrument", sa.String(length=200), nullable=False),
        sa.Column("instrument_number", sa.String(length=60), nullable=False),
        sa.Column("instrument_paragraph", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_draft_author_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_draft_proposal_number_proposal")
        ),
        sa.ForeignKeyConstraint(["undoes"], ["proposal.number"], name=op.f("fk_draft_undoes_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("token", name=op.f("uq_draft_token")),
    )
    op.create_index("ix_draft_author_id", "draft", ["author_id"], unique=False)
    op.create_index("ix_draft_proposal_number", "draft", ["proposal_number"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_event_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("proposal_number", "seq", name=op.f("uq_event_proposal_number_seq")),
    )
    op.create_index("ix_event_kind_at", "event", ["kind", "at"], unique=False)

    op.create_table(
        "extension_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("ballot_number", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extension_request_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_extension_request_proposal_number_proposal")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_extension_request_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
        sa.UniqueConstraint(
            "proposal_number",
            "ballot_number",
            "seat_id",
            name=op.f("uq_extension_request_proposal_number_ballot_number_seat_id"),
        ),
    )
    op.create_index("ix_extension_request_proposal_number", "extension_request", ["proposal_number"], unique=False)

    op.create_table(
        "merge",
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ballot_number", sa.Integer(), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("tip", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["merged_by_id"], ["person.id"], name=op.f("fk_merge_merged_by_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_merge_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("proposal_number", name=op.f("pk_merge")),
        sa.UniqueConstraint("commit", name=op.f("uq_merge_commit")),
    )
    op.create_index("ix_merge_merged_at", "merge", ["merged_at"], unique=False)

    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opinion_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_opinion_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index("ix_opinion_proposal_number", "opinion", ["proposal_number"], unique=False)
    op.create_index(
        "uq_opinion_current",
        "opinion",
        ["proposal_number", "person_id"],
        unique=True,
        sqlite_where=sa.text("current IS TRUE"),
        postgresql_where=sa.text("current IS TRUE"),
    )

    op.create_table(
        "ref_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=255), nullable=False),
        sa.Column("old", sa.String(length=64), nullable=True),
        sa.Column("new", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_ref_move_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ref_move")),
    )
    op.create_index("ix_ref_move_proposal_number", "ref_move", ["proposal_number"], unique=False)
    op.create_index(
        "uq_ref_move_pending",
        "ref_move",
        ["ref"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("draft_token", sa.String(length=32), nullable=True),
        sa.Column("coauthors", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_revision_author_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_revision_proposal_number_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("draft_token", name=op.f("uq_revision_draft_token")),
        sa.UniqueConstraint("proposal_number", "number", name=op.f("uq_revision_proposal_number_number")),
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("prefix", sa.String(length=200), nullable=False),
        sa.Column("suffix", sa.String(length=200), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_thread_created_by_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_thread_proposal_number_proposal")
        ),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["person.id"], name=op.f("fk_thread_resolved_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("proposal_number", "number", name=op.f("uq_thread_proposal_number_number")),
    )
    op.create_index("ix_thread_page", "thread", ["proposal_number", "resolved_at", "id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("edited_at", UTCDateTime(), nullable=True),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("channel_reference", sa.String(length=200), nullable=False),
        sa.Column("channel_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id_person")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["person.id"], name=op.f("fk_comment_registered_by_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_comment_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("author_id", "form_token", name=op.f("uq_comment_author_id_form_token")),
        sa.UniqueConstraint("thread_id", "position", name=op.f("uq_comment_thread_id_position")),
    )
    op.create_index("ix_comment_author_id", "comment", ["author_id"], unique=False)

    op.create_table(
        "draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("old_path", sa.String(length=1024), nullable=True),
        sa.Column("old_blob", sa.String(length=64), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("collisions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
        sa.UniqueConstraint("draft_id", "path", name=op.f("uq_draft_file_draft_id_path")),
    )
    op.create_index("ix_draft_file_draft_id", "draft_file", ["draft_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id_event")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_notice_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_inbox", "notice", ["person_id", "read_at", "id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_number", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifting_reason", sa.Text(), nullable=False),
        sa.Column("overridden_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_objection_lifted_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposal_number"], ["proposal.number"], name=op.f("fk_objection_proposal_number_proposal")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_objection_seat_id_seat")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_objection_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_objection_thread_id")),
    )
    op.create_index("ix_objection_proposal_number", "objection", ["proposal_number"], unique=False)

    op.create_table(
        "touch",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("old_path", sa.String(length=1024), nullable=True),
        sa.Column("status", sa.String(length=1), nullable=False),
        sa.Column("old_blob", sa.String(length=64), nullable=True),
        sa.Column("new_blob", sa.String(length=64), nullable=True),
        sa.Column("module", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_touch_revision_id_revision")),
        sa.PrimaryKeyConstraint("revision_id", "path", name=op.f("pk_touch")),
    )
    op.create_index("ix_touch_module", "touch", ["module"], unique=False)
    op.create_index("ix_touch_path", "touch", ["path"], unique=False)

    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ad_referendum", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("cast_at", UTCDateTime(), nullable=False),
        sa.Column("by_alternate", sa.Boolean(), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("channel_reference", sa.String(length=200), nullable=False),
        sa.Column("channel_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_vote_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vote_person_id_person")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["person.id"], name=op.f("fk_vote_registered_by_id_person")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_vote_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
    )
    op.create_index("ix_vote_ballot_id", "vote", ["ballot_id"], unique=False)
    op.create_index(
        "uq_vote_current",
        "vote",
        ["ballot_id", "seat_id"],
        unique=True,
        sqlite_where=sa.text("current IS TRUE"),
        postgresql_where=sa.text("current IS TRUE"),
    )

    op.create_table(
        "comment_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_edit_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_edit")),
    )
    op.create_index("ix_comment_edit_comment_id", "comment_edit", ["comment_id"], unique=False)

    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id_comment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id_person")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_person_id", "mention", ["person_id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("replacement", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("applied_in", sa.Integer(), nullable=True),
        sa.Column("applied_at", UTCDateTime(), nullable=True),
        sa.Column("adopted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["adopted_by_id"], ["person.id"], name=op.f("fk_suggestion_adopted_by_id_person")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_suggestion_comment_id_comment")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_suggestion")),
    )


def downgrade() -> None:
    """Drop everything, in the opposite order; the indexes go with their tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
