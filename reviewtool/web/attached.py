"""Attached files as pages list them: name, type, size, who attached them and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from reviewtool.models import Attachment
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.rules.permissions import Act
from reviewtool.web import files as shown
from reviewtool.web.security import may_now


@dataclass(frozen=True)
class AttachedFile:
    """One attached file; `url` is empty for one that was withdrawn, `withdrawing` where the reader may not."""

    name: str
    url: str
    type: str
    size: str
    by: str
    at: datetime
    withdrawing: int = 0


def files(attached: Iterable[Attachment]) -> tuple[AttachedFile, ...]:
    """Return attachments as the reader sees them."""
    return tuple(_file(each) for each in attached)


def _file(each: Attachment) -> AttachedFile:
    gone = each.filename == INSTEAD
    return AttachedFile(
        name=each.filename,
        url="" if gone else url_for("attachments.download", attachment_id=each.id),
        type=shown.type_of(each.filename) if not gone else "",
        size=shown.size(each.size) if not gone else "",
        by=each.added_by.name,
        at=each.added_at,
        withdrawing=each.id if not gone and may_now(Act.withdraw_for_confidentiality) else 0,
    )
