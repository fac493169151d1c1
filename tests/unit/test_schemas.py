"""The schemas of the record: sound, closed, complete, and about exactly the columns that are recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reviewtool import models
from reviewtool.db import Base
from reviewtool.services import verifying_records
from reviewtool.services.record_files import FORMAT, NOT_RECORDED, PRIVATE

FOLDER = verifying_records.SCHEMAS / f"format-{FORMAT}"
SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: place of a table in the schemas -> the table, and what stands there beside its columns
TABLES: dict[str, tuple[type[Base], set[str]]] = {
    "attachment": (models.Attachment, {"format"}),
    "ballot": (models.Ballot, {"format", "votes"}),
    "ballot/votes": (models.Vote, {"seat"}),
    "calendar": (models.WorkingCalendar, {"format"}),
    "comment": (models.Comment, {"format", "suggestion", "edits", "mentions"}),
    "comment/suggestion": (models.Suggestion, set()),
    "comment/edits": (models.CommentEdit, set()),
    "editions/editions": (models.Edition, set()),
    "event": (models.Event, {"format"}),
    "extension": (models.ExtensionRequest, {"format"}),
    "follow_up": (models.FollowUp, {"format"}),
    "installation": (models.Installation, {"format"}),
    "merge": (models.Merge, {"format"}),
    "objection": (models.Objection, {"format"}),
    "opinion": (models.Opinion, {"format"}),
    "person": (models.Person, {"format", "terms"}),
    "person/terms": (models.RoleTerm, set()),
    "proposal": (models.Proposal, {"format"}),
    "revision": (models.Revision, {"format", "touches"}),
    "revision/touches": (models.Touch, set()),
    "rules": (models.RuleSet, {"format"}),
    "seat": (models.Seat, {"format", "holdings"}),
    "seat/holdings": (models.SeatHolding, set()),
    "thread": (models.Thread, {"format"}),
    "withdrawals/withdrawals": (models.Withdrawal, set()),
}
#: what an installation knows of this very database; `id`, as there is one row
OF_THE_DATABASE = {"id", "ready", "people_version", "recorded_people_version"}
#: tables that are in no record; a mention is an id in its comment
NO_RECORD = {models.Draft, models.DraftFile, models.Inspection, models.LastRead, models.Notice}
NO_RECORD |= {models.NoticeChoice, models.PrivateNote, models.RefMove, models.SignIn, models.SignInFailure}
NO_RECORD |= {models.WaitingFile, models.WaitingRemark, models.WordUpload}
NO_RECORD |= {models.Absence, models.Departure, models.Identity, models.Invitation, models.MailReply}
NO_RECORD |= {models.CodeApp, models.RecoveryCode, models.Passkey, models.UsedChallenge}
NO_RECORD |= {models.FactorRule, models.FactorChange}
AS_BYTES = {models.AttachmentData}  # a file of its own beside what is told of it
AS_IDS = {models.Mention}

each_schema = pytest.mark.parametrize("name", SCHEMAS)
each_table = pytest.mark.parametrize("place", TABLES)


def objects(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every level of a schema that has properties, with its place: `ballot`, `ballot/votes`."""
    if "properties" in schema:
        yield place, schema
    for name, inner in schema.get("properties", {}).items():
        yield from objects(inner, f"{place}/{name}")
    if "items" in schema:
        yield from objects(schema["items"], place)


LEVELS = dict(level for name, schema in SCHEMAS.items() for level in objects(schema, name))
each_level = pytest.mark.parametrize("place", LEVELS)


def recorded(table: type[Base]) -> dict[str, Any]:
    """Return the columns of a table that the record holds, by name."""
    left = NOT_RECORDED | (PRIVATE if table is models.Person else set())
    left |= OF_THE_DATABASE if table is models.Installation else set()
    return {column.key: column for column in table.__table__.columns if column.key not in left}


@each_schema
def test_a_schema_is_valid_and_known_by_its_place(name):
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["$id"] == f"https://reviewtool.invalid/schemas/format-{FORMAT}/{name}.json"
    assert schema["title"]
    assert schema["properties"]["format"] == {"const": FORMAT}


@each_schema
def test_a_schema_is_written_as_all_are(name):
    written = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert written == json.dumps(SCHEMAS[name], ensure_ascii=False, indent=1) + "\n"


@each_level
def test_every_object_is_closed_and_complete(place):
    level = LEVELS[place]
    assert level["additionalProperties"] is False
    assert level["required"] == sorted(level["properties"])


@each_table
def test_the_columns_that_are_recorded_stand_in_the_schema(place):
    table, beside = TABLES[place]
    assert set(LEVELS[place]["properties"]) == set(recorded(table)) | beside


@each_table
def test_what_may_be_missing_in_the_database_may_be_null(place):
    table, _beside = TABLES[place]
    for name, column in recorded(table).items():
        kind = LEVELS[place]["properties"][name].get("type", [])
        assert ("null" in kind) is bool(column.nullable), name


def test_every_table_and_every_schema_is_looked_at():
    mapped = {mapper.class_ for mapper in Base.registry.mappers}
    assert mapped == {table for table, _beside in TABLES.values()} | NO_RECORD | AS_IDS | AS_BYTES
    assert set(LEVELS) == {*TABLES, "editions", "withdrawals", "calendar/holidays"}


def test_every_file_of_a_record_has_a_schema():
    alone = {"proposal", "merge", "installation", "editions", "withdrawals"}
    assert {*verifying_records._NAMES.values(), *alone} == set(SCHEMAS)
