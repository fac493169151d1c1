"""The blueprints, one noun a file; `ALL` is what `create_app` registers."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

NOUNS = (
    "home",
    "notices",
    "sessions",
    "sign_ins",
    "factors",
    "identities",
    "documents",
    "word_files",
    "word_uploads",
    "drafts",
    "splitting",
    "settling",
    "pictures",
    "draft_blocks",
    "coauthors",
    "proposals",
    "threads",
    "suggestions",
    "attachments",
    "withdrawals",
    "ballots",
    "vote_links",
    "registering",
    "meetings",
    "merging",
    "follow_ups",
    "private_notes",
    "ordering",
    "form_corrections",
    "editions",
    "decisions",
    "log",
    "trust",
    "desk",
    "rules",
    "people",
    "persons",
    "seats",
    "accounts",
    "invitations",
    "feeds",
)


def blueprints() -> list[Blueprint]:
    """Return every blueprint, in the order of `NOUNS`."""
    return [import_module(f"reviewtool.web.views.{noun}").blueprint for noun in NOUNS]
