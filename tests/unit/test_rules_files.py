"""Rules and calendar as TOML: what is written is read back the same, and a bad file is refused in one sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewtool.errors import InvalidInput
from reviewtool.group import Group, GroupCalendar, GroupFileError
from reviewtool.rules import presets
from reviewtool.rules.presets import PathPreset, RuleSet
from reviewtool.rules.voting import BallotRules, Majority
from reviewtool.services import rules_files, rulesets
from reviewtool.settings import project_root

SHARES = st.tuples(st.integers(1, 9), st.integers(1, 9))
NUMBERS = st.builds(
    dict,
    consultation_days=st.integers(0, 250),
    decision_days=st.integers(1, 250),
)
QUORUM = st.one_of(
    st.just({"quorum_kind": "none"}),
    st.builds(lambda number: {"quorum_kind": "number", "quorum_number": number}, st.integers(1, 99)),
    st.builds(lambda share: {"quorum_kind": "share", "quorum_share": share}, SHARES),
)
ADVANCED = st.builds(
    dict,
    author_votes=st.booleans(),
    results_hidden_until_closed=st.booleans(),
    certified_in_favour=st.integers(0, 9),
    early_close=st.booleans(),
    override=st.sampled_from(["never", "two_thirds"]),
    revisions_during_vote=st.booleans(),
    second_call_days=st.none() | st.integers(1, 250),
    second_call_share=st.none() | SHARES,
)
VOTED = st.sampled_from([each for each in Majority if each is not Majority.silence])
PATHS = st.lists(st.text("abcñ/*-.", min_size=1, max_size=12).filter(lambda text: text.strip()), min_size=1, max_size=3)


@st.composite
def rule_sets(draw) -> RuleSet:
    """Draw rule sets as the form and the files make them: one *Avanzado* for all documents."""
    advanced = draw(ADVANCED)

    def rules() -> BallotRules:
        if draw(st.booleans()):
            silent = advanced | {"certified_in_favour": 0, "majority": Majority.silence, "quorum_kind": "none"}
            return BallotRules(preset="silencio", **draw(NUMBERS), **silent)
        return BallotRules(majority=draw(VOTED), **draw(NUMBERS), **draw(QUORUM), **advanced)

    first = BallotRules(majority=draw(VOTED), **draw(NUMBERS), **draw(QUORUM), **advanced)
    paths = draw(st.lists(PATHS, max_size=3))
    return RuleSet(first, tuple(PathPreset(tuple(each), rules()) for each in paths))


@given(rule_sets())
def test_a_rule_set_that_is_written_is_read_back_the_same(rule_set: RuleSet) -> None:
    assert rules_files.rules_of(rules_files.written(rule_set), "reglas.toml") == rule_set


def test_the_calendar_is_written_and_read_back_with_its_holidays() -> None:
    days = [
        {"date": "2026-09-18", "name": "Independencia «Nacional»", "administrations": ["CL"]},
        {"date": "2026-12-25", "name": "Navidad", "administrations": []},
    ]
    section = rulesets.section("16:30", days, "America/Lima")
    text = rules_files.written(RuleSet(), section)
    assert rules_files.calendar_of(text, "reglas.toml") == section
    assert section.holidays[0].on == date(2026, 9, 18)


def test_the_groups_own_file_can_be_read_for_its_rules_and_its_calendar() -> None:
    path = project_root() / "config/group.toml"
    group, text = Group.load(path), path.read_text(encoding="utf-8")
    assert rules_files.rules_of(text, "group.toml") == presets.from_group(group)
    assert rules_files.calendar_of(text, "group.toml") == group.calendar


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unidad =", "reglas.toml: this is not TOML"),
        ('[rules]\nmajority = "unanimity"', 'reglas.toml: the key "rules.majority" is wrong'),
        ("[rules]\nmayoria = 1", 'reglas.toml: the key "rules.mayoria" is not known'),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_key(text: str, said: str) -> None:
    with pytest.raises(GroupFileError, match=said):
        rules_files.rules_of(text, "reglas.toml")


@pytest.mark.parametrize("read", [rules_files.rules_of, rules_files.calendar_of])
def test_a_file_without_the_section_is_refused(read) -> None:
    with pytest.raises(InvalidInput, match="rules-file-empty"):
        read('name = "x"', "otro.toml")


def test_a_calendar_without_holidays_is_written_too() -> None:
    assert rules_files.calendar_of(rules_files.written(RuleSet(), GroupCalendar()), "x") == GroupCalendar()
