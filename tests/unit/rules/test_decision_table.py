"""Every row of the tables of docs/deciding.md, read from the document and asked of the rules."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reviewtool.rules import calendar, sanity
from reviewtool.rules.calendar import Calendar, Holiday
from reviewtool.rules.voting import (
    MISSING_CODES,
    BallotRules,
    Cast,
    Check,
    Majority,
    Outcome,
    Position,
    Roll,
    Standing,
    early_close_possible,
    ended_as,
    may_merge,
    override_rules,
    second_call_rules,
    standing,
)
from tests.unit.rules.values import roll_of

Row = dict[str, str]
DOCUMENT = (Path(__file__).parents[3] / "docs" / "deciding.md").read_text(encoding="utf-8")
VOTE = re.compile(r"(?:(?P<count>\d+)|(?P<seat>[A-Z0-9]+):) (?P<position>[a-z_]+)(?: \((?P<how>[a-z]+)\))?")
HOW = {
    "alternate": {"by_alternate": True},
    "unconfirmed": {"confirmed": False},
    "earlier": {"to_be_confirmed": True},
}
IN_WORDS = {
    "nobody_entitled": "nobody_entitled: nobody may vote",
    "quorum": "quorum: {more} more must take part",
    "majority": "majority: {more} more in favour",
    "certified": "certified: {more} more of the trainers in favour",
    "silence": "silence: broken by {by}",
    "ended": "ended: {outcome} by an act",
    "objections": "objections: {count} open",
    "ballot_open": "ballot_open: not closed yet",
}


def tables() -> list[list[Row]]:
    """Return every table of the document, each row as its cells by the name of their column."""
    found: list[list[Row]] = []
    for block in re.findall(r"(?:^\|.*\|\n)+", DOCUMENT, re.MULTILINE):
        head, _rule, *lines = [[cell.strip() for cell in line[1:-1].split(" |")] for line in block.splitlines()]
        found.append([dict(zip(head, cells, strict=True)) for cells in lines])
    return found


def with_columns(*names: str) -> list[Row]:
    return [row for table in tables() if set(names) <= set(table[0]) for row in table]


BALLOTS = with_columns("#", "votes", "missing")
CLOSED = [row for row in BALLOTS if row["besides"] not in {"open", "suspended", "superseded"}]
EARLY = with_columns("#", "votes", "closes early")
CLOSINGS = with_columns("#", "start", "closes")
CALENDARS = with_columns("calendar", "zone")
REFUSED = with_columns("code", "because")


def of_each(rows: list[Row]) -> Any:
    return pytest.mark.parametrize("row", rows, ids=lambda row: row["#"])


# -- from cells to values ---------------------------------------------------------------------------------------------


def shared(text: str) -> tuple[int, int]:
    numerator, _, denominator = text.partition("/")
    return int(numerator), int(denominator)


def rules_of(row: Row) -> BallotRules:
    majority, *more = row["rules"].split(", ")
    rules = BallotRules(Majority(majority), quorum_kind="none")
    for words in more:
        name, _, value = words.rpartition(" ")
        if words == "author votes":
            rules = replace(rules, author_votes=True)
        elif name == "quorum" and "/" in value:
            rules = replace(rules, quorum_kind="share", quorum_share=shared(value))
        elif name == "quorum":
            rules = replace(rules, quorum_kind="number", quorum_number=int(value))
        elif name == "certified":
            rules = replace(rules, certified_in_favour=int(value))
        elif name == "second call":
            rules = replace(rules, second_call_share=shared(value))
        else:
            raise AssertionError(f"unknown rule: {words}")
    called = {"second call": second_call_rules, "override": override_rules}.get(row.get("besides", ""))
    return called(rules) if called else rules


def roll_in(row: Row) -> Roll:
    size, _, more = row["roll"].partition(", ")
    trainers = int(more.split()[0]) if "trainer" in more else 0
    return roll_of(int(size), certified=trainers, author=more == "author" and not rules_of(row).author_votes)


def votes_in(row: Row) -> list[Cast]:
    """Read «4 for, 1 against, S9: for (alternate)»: what is counted takes the seats S1, S2, … in turn."""
    casts: list[Cast] = []
    taken = 0
    for words in [] if row["votes"] == "–" else row["votes"].split(", "):
        found = VOTE.fullmatch(words)
        assert found, f"not a vote: {words}"
        count = int(found["count"] or 0)
        seats = [found["seat"]] if found["seat"] else [f"S{taken + n}" for n in range(1, count + 1)]
        taken += count
        position = Position(found["position"])
        casts += [Cast(seat, position, **HOW.get(found["how"], {})) for seat in seats]
    return casts


def standing_in(row: Row, *, closed: bool | None = None) -> Standing:
    objections = broken = None
    if row["besides"]:
        objections = re.search(r"objections (\d+)", row["besides"])
        broken = re.search(r"broken by (\w+)", row["besides"])
    state = standing(
        rules_of(row),
        roll_in(row),
        votes_in(row),
        open_objections=int(objections[1]) if objections else 0,
        closed=row["besides"] != "open" if closed is None else closed,
        silence_broken_by=broken[1] if broken else None,
    )
    ended = row["besides"] in {"suspended", "superseded"}
    return ended_as(state, Outcome(row["besides"])) if ended else state


def in_words(check: Check) -> str:
    if check.code == "majority" and check.facts["majority"] == "consensus" and check.facts["against"]:
        return "majority: nobody may be against"
    return IN_WORDS[check.code].format(**check.facts)


# -- the ballots ------------------------------------------------------------------------------------------------------


@of_each(BALLOTS)
def test_the_numbers_of_the_document_are_those_of_the_rules(row: Row) -> None:
    state = standing_in(row)
    counted = (state.base, state.quorum_needed, state.took_part, state.in_favour, state.majority_needed)
    assert counted == tuple(int(row[name]) for name in ("base", "quorum", "took part", "in favour", "needed"))


@of_each(BALLOTS)
def test_the_outcome_and_what_is_missing_in_the_document_are_those_of_the_rules(row: Row) -> None:
    state = standing_in(row)
    assert (state.outcome.value if state.outcome else "–") == row["outcome"]
    assert ("; ".join(in_words(check) for check in state.missing) or "–") == row["missing"]
    assert ("yes" if may_merge(state) else "no") == row["may merge"]


@of_each(CLOSED)
def test_the_same_ballot_while_open_misses_its_close_besides_and_has_no_outcome(row: Row) -> None:
    before, after = standing_in(row, closed=False), standing_in(row)
    assert before.outcome is None
    assert [check.code for check in before.missing] == [*(check.code for check in after.missing), "ballot_open"]
    assert before.passes is after.passes
    assert not may_merge(before)


@of_each(EARLY)
def test_a_ballot_of_the_document_closes_early_just_where_it_says(row: Row) -> None:
    rules, roll, casts = replace(rules_of(row), early_close=True), roll_in(row), votes_in(row)
    assert ("yes" if early_close_possible(rules, roll, casts) else "no") == row["closes early"]
    assert not early_close_possible(replace(rules, early_close=False), roll, casts)
    open_seats = standing(rules, roll, casts).waiting_for
    answers = [Position.no_objection] if rules.majority is Majority.silence else [Position.for_, Position.against]
    further = [[], *([Cast(seat, position) for seat in open_seats] for position in answers)]
    ends = {standing(rules, roll, [*casts, *more], closed=True).outcome for more in further}
    if row["closes early"] == "yes":
        assert ends == {Outcome(row["outcome"])}
    else:
        assert row["outcome"] == "–"


def test_the_document_has_a_row_for_everything_the_rules_know() -> None:
    states = [standing_in(row) for row in BALLOTS]
    assert {state.majority for state in states} == set(Majority)
    assert {state.outcome for state in states} == {None, *Outcome}
    assert {check.code for state in states for check in state.missing} == set(MISSING_CODES)
    positions = {cast.position for row in BALLOTS for cast in votes_in(row)}
    assert positions == set(Position)
    assert set(IN_WORDS) == set(MISSING_CODES)


def test_every_row_of_the_document_has_a_number_of_its_own_in_order() -> None:
    numbers = [int(row["#"]) for table in tables() for row in table if "#" in row]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == len(BALLOTS) + len(EARLY) + len(CLOSINGS)
    assert len(numbers) >= 40


def test_the_document_names_every_majority_and_every_reason_to_refuse_a_rule_set() -> None:
    named = {row["majority"].split("`")[1] for row in with_columns("majority", "approved when")}
    assert named == {majority.value for majority in Majority}
    source = Path(sanity.__file__).read_text(encoding="utf-8")
    assert {row["code"].strip("`") for row in REFUSED} == set(re.findall(r'InvalidInput\(\s*"([a-z-]+)"', source))


# -- closing instants -------------------------------------------------------------------------------------------------


def days_in(cell: str) -> list[str]:
    return [] if cell == "–" else cell.split(", ")


def calendar_named(name: str) -> Calendar:
    row = next(row for row in CALENDARS if row["calendar"] == name)
    national = [words.split(" ") for words in days_in(row["national holidays"])]
    return Calendar(
        holidays=frozenset(date.fromisoformat(day) for day in days_in(row["group's holidays"])),
        closing_time=time.fromisoformat(row["hour"]),
        zone=row["zone"],
        national=tuple(Holiday(date.fromisoformat(day), code, "Feriado") for day, code in national),
    )


def instant(cell: str, zone: str) -> datetime:
    return datetime.strptime(cell.split(" ", 1)[1], "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))


@of_each(CLOSINGS)
def test_a_period_of_the_document_closes_at_the_instant_it_says(row: Row) -> None:
    group = calendar_named(row["calendar"])
    closes = calendar.closing_instant(instant(row["start"], group.zone), int(row["days"]), group)
    assert closes.strftime("%Y-%m-%dT%H:%MZ") == row["UTC"]
    assert closes.astimezone(ZoneInfo(group.zone)).strftime("%a %Y-%m-%d %H:%M") == row["closes"]
    shown = [each.administration for each in calendar.holidays_on(calendar.day_of(closes, group), group)]
    assert shown == days_in(row["shown"])


@of_each(CLOSINGS)
def test_a_start_of_the_document_bears_its_weekday_and_its_close_is_the_same_however_late_one_looks(row: Row) -> None:
    group = calendar_named(row["calendar"])
    assert instant(row["start"], group.zone).strftime("%a") == row["start"].split(" ")[0]
    closes = datetime.fromisoformat(row["UTC"])
    assert calendar.ended_at(closes, datetime(2036, 1, 1, tzinfo=UTC)) == closes
    assert not calendar.in_time(closes, closes)
