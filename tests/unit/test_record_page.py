"""`docs/record.md` leaves nothing out: every finding, kind of act, schema and trailer of a vote."""

from __future__ import annotations

import re
from pathlib import Path

from reviewtool.services import findings, merging, record_files, verifying_records
from reviewtool.web import acts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE))


def test_every_finding_stands_in_the_table_and_no_other():
    section = PAGE.partition("## What `reviewtool verify` checks")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `") or line.startswith("| note")]
    assert {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)} == set(findings.SENTENCES)


def test_every_kind_of_act_is_named():
    assert {kind for family in acts.FAMILIES for kind in family.kinds} <= NAMED


def test_every_schema_and_the_present_format_are_named():
    folder = verifying_records.SCHEMAS / f"format-{record_files.FORMAT}"
    assert {path.stem for path in folder.glob("*.json")} <= NAMED
    assert f"**format {record_files.FORMAT}**" in PAGE


def test_every_trailer_of_a_vote_is_named():
    assert set(merging.TRAILER_OF.values()) <= NAMED
