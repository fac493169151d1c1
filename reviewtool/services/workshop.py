"""What an installation consists of, handed to the services that need more than a session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewtool.cache import Cache

if TYPE_CHECKING:
    from reviewtool.db import Database
    from reviewtool.gitstore.store import Store
    from reviewtool.group import Group
    from reviewtool.services.document_templates import Template


@dataclass(frozen=True)
class Limits:
    """How much one act may bring; units in the names."""

    document_bytes: int = 1024 * 1024
    upload_bytes: int = 10 * 1024 * 1024
    image_edge: int = 1600  # points
    attachments: int = 20  # of a comment, or of a proposal
    comment_characters: int = 20_000


@dataclass(frozen=True)
class Workshop:
    """The database, the Git store, the cache and the group of one installation."""

    database: Database
    store: Store
    cache: Cache
    group: Group
    limits: Limits = Limits()
    templates: tuple[Template, ...] = ()  # of new documents
    allowed_signers: Path | None = None  # the keys that have signed here; no such file: nothing was ever signed
