"""How words leave files and rows: prose is looked through, names, dates and values stay as they are."""

from __future__ import annotations

import json

from sqlalchemy import String, Text

from reviewtool.db import Base
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services.scrubbing import PROSE, Words

SECRET = "Importadora Quetzal declaró 48.312,75 USD"

#: columns of what belongs to a proposal that nobody writes prose in
VALUES = frozenset(
    {
        *("base", "commit", "seal", "tip", "tree", "kind", "state", "status", "path", "old_path", "module", "token"),
        *("old_blob", "new_blob", "draft_token", "form_token", "page", "preset", "purpose", "outcome", "broken_by"),
        *("batch", "failure", "position", "stance", "channel", "recipient", "step", "sha256", "ref", "old", "new"),
    }
)


def test_a_file_that_does_not_hold_the_words_keeps_its_bytes():
    data = b'{"a": "otra cosa"}'
    assert Words((SECRET,), {}).in_file("comments/0/1.json", data) is data


def test_short_words_go_from_their_own_place_only():
    quoted = json.dumps({"id": 1, "body": "Sí", "note": "Así"}, ensure_ascii=False).encode()
    assert json.loads(Words(("Sí",), {"comments/0/1.json": 1}).in_file("comments/0/1.json", quoted)) == {
        "id": 1,
        "body": INSTEAD,
        "note": "Así",
    }


def test_only_prose_is_looked_through():
    words = Words((SECRET,), {})
    assert words.in_value({"path": SECRET, "reason": f"Dijo: {SECRET}", "facts": [{"body": SECRET}]}) == {
        "path": SECRET,
        "reason": f"Dijo: {INSTEAD}",
        "facts": [{"body": INSTEAD}],
    }


def test_of_every_column_of_a_proposal_it_is_known_whether_people_write_in_it():
    apart = {"installation", "person", "role_term", "seat", "seat_holding", "rule_set", "edition", "inspection"}
    apart |= {"working_calendar"}
    apart |= {"notice_choice", "sign_in", "sign_in_failure", "word_upload"}
    apart |= {"waiting_remark", "waiting_file", "invitation", "identity", "departure"}  # one person's own
    apart |= {"mail_reply"}
    apart |= {"code_app", "recovery_code", "passkey", "used_challenge", "factor_rule", "factor_change"}
    apart |= {"identity", "departure"}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in apart]
    columns = {column.key for table in tables for column in table.columns if isinstance(column.type, String | Text)}
    assert "body" in columns
    assert columns - PROSE <= VALUES, "say in scrubbing.PROSE or here what a new column holds"
    assert not PROSE & VALUES
