"""Whether the review records and the group's record say what the database says, in the form their schemas ask (5)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

from jsonschema import Draft202012Validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.gitstore import reading, record
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.models import Installation, Proposal
from reviewtool.services import record_files
from reviewtool.services.findings import Finding, finding
from reviewtool.services.record_files import FORMAT, GROUP_REF, MINUTES, ref_of
from reviewtool.services.workshop import Workshop

SCHEMAS: Final = Path(__file__).parent.parent / "schemas"
_NAMES: Final[Mapping[str, str]] = {  # a folder of a record, or a file at its top -> the schema
    "events": "event",
    "revisions": "revision",
    "ballots": "ballot",
    "threads": "thread",
    "comments": "comment",
    "objections": "objection",
    "opinions": "opinion",
    "extensions": "extension",
    "followups": "follow_up",
    "attachments": "attachment",
    "people": "person",
    "seats": "seat",
    "rules": "rules",
    "calendars": "calendar",
}
_NUMBER: Final = re.compile(r"refs/reviews/([1-9]\d*)\Z")


def check(session: Session, workshop: Workshop, counted: Counter[str]) -> Iterator[Finding]:
    """Compare every file of every record with the database."""
    present = reading.refs(workshop.store, "refs/reviews/")
    for proposal in session.scalars(select(Proposal).order_by(Proposal.number)):
        tip = present.pop(ref_of(proposal.number), None)
        yield from _of_proposal(session, workshop, proposal, tip, counted)
        session.expunge(proposal)
    yield from (finding("record-unknown", ref=ref) for ref in present if _NUMBER.match(ref))
    yield from _of_group(session, workshop, counted)


def _of_proposal(
    session: Session, workshop: Workshop, proposal: Proposal, tip: CommitId | None, counted: Counter[str]
) -> Iterator[Finding]:
    ref = ref_of(proposal.number)
    if tip is None:
        yield finding("record-missing", number=proposal.number, ref=ref)
        return
    stands = recorded_version(workshop, tip)
    if stands != proposal.version:
        code = "record-behind" if stands < proposal.version else "record-ahead"
        yield finding(code, number=proposal.number, found=stands, wanted=proposal.version)
    else:
        yield from _compared(workshop, ref, tip, record_files.of_proposal(session, proposal))
    yield from _fitting(workshop, ref, tip, counted)


def recorded_version(workshop: Workshop, tip: CommitId) -> int:
    """Return the version of the proposal that an entry of its record stands at; 0 where it cannot be read."""
    data = record.read(workshop.store, "", "proposal.json", tip)
    try:
        return int(json.loads(data or b"{}").get("version", 0))
    except (ValueError, AttributeError, TypeError):
        return 0


def _of_group(session: Session, workshop: Workshop, counted: Counter[str]) -> Iterator[Finding]:
    installation = session.scalar(select(Installation).limit(1))
    tip = record.tip(workshop.store, GROUP_REF)
    if installation is None:
        return
    if tip is None:
        yield finding("record-lacks", ref=GROUP_REF, path="installation.json")
        return
    yield from _compared(workshop, GROUP_REF, tip, record_files.of_group(session))
    yield from _fitting(workshop, GROUP_REF, tip, counted)


def _compared(workshop: Workshop, ref: str, tip: CommitId, wanted: Mapping[str, bytes]) -> Iterator[Finding]:
    present = record.files(workshop.store, tip)
    for path, data in wanted.items():
        found = present.get(path)
        if found is None:
            yield finding("record-lacks", ref=ref, path=path)
        elif found != record.blob_id(data):
            yield finding("record-differs", ref=ref, path=path)
    yield from (finding("record-extra", ref=ref, path=path) for path in present if path not in {*wanted, MINUTES})


def _fitting(workshop: Workshop, ref: str, tip: CommitId, counted: Counter[str]) -> Iterator[Finding]:
    """Hold every file against its schema; what an earlier verification of this process has held once is known."""
    for path, blob in record.files(workshop.store, tip).items():
        counted["files"] += 1
        if path.endswith(".json"):
            reason = workshop.cache.get(
                ("schema", FORMAT, path.partition("/")[0], blob),
                partial(_misfit_of, workshop, path, blob),
            )
            if reason:
                yield finding("record-invalid", ref=ref, path=path, reason=reason)


def _misfit_of(workshop: Workshop, path: str, blob: BlobId) -> str:
    return misfit(path, reading.data(workshop.store, blob))


def misfit(path: str, data: bytes) -> str:
    """Say why a file of a record does not fit its schema; empty when it does."""
    folder, _, rest = path.partition("/")
    name = _NAMES.get(folder) if rest else folder.removesuffix(".json")
    schema = SCHEMAS / f"format-{FORMAT}" / f"{name}.json"
    if name is None or not schema.is_file():
        return f"there is no schema for {path}"
    try:
        content = json.loads(data)
    except ValueError as error:
        return f"it is not JSON ({error})"
    wrong = next(iter(_validator(schema).iter_errors(content)), None)
    return f"{wrong.json_path}: {wrong.message[:200]}" if wrong else ""


@cache
def _validator(schema: Path) -> Draft202012Validator:
    content = json.loads(schema.read_text(encoding="utf-8"))
    return Draft202012Validator(content, format_checker=Draft202012Validator.FORMAT_CHECKER)
