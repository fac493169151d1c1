"""`docs/notices.md` leaves no kind of notice out, and says of each whether something is asked."""

from __future__ import annotations

import re
from pathlib import Path

from reviewtool.rules.mailing import ASKED
from reviewtool.services import notice_words
from reviewtool.web import acts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "notices.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_kind_of_notice_stands_in_the_table_and_no_other():
    assert {kind.strip("`") for kind, *_rest in ROWS} == notice_words.KINDS


def test_the_table_says_of_each_kind_whether_something_is_asked():
    assert {kind.strip("`") for kind, *_rest, asked in ROWS if asked == "yes"} == ASKED


def test_the_table_names_acts_that_there_are():
    known = {kind for family in acts.FAMILIES for kind in family.kinds}
    assert {act for _kind, told, *_rest in ROWS for act in re.findall(r"`(\w+)`", told)} <= known
