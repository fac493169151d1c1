"""What the pages of the rules show: rule sets with their effect in words, the calendar, the form's choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from reviewtool.errors import NotFound
from reviewtool.group import Group
from reviewtool.models import RuleSet as Row
from reviewtool.rules import presets
from reviewtool.rules.presets import RuleSet
from reviewtool.services import documents, modules, people, rulesets
from reviewtool.services.rulesets import Entry
from reviewtool.services.workshop import Workshop
from reviewtool.web import rules_form, rules_words
from reviewtool.web.closings import day_words
from reviewtool.web.context import place_name
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, mark
from reviewtool.web.positions import PRESETS
from reviewtool.web.rules_words import Change, Effect
from reviewtool.web.standing import majority_name

_HINTS: Final[Mapping[str, str]] = {
    "votacion": mark("Los puestos votan. Hace falta un quórum y una mayoría."),
    "silencio": mark("Se aprueba si nadie se opone antes del cierre. No hay quórum ni votos a favor."),
}
SHOWN_DAYS: Final = timedelta(days=92)  # the days without work that the page names at once


@dataclass(frozen=True)
class ForDocuments:
    """Rules for some documents: their paths, their effect, and how many documents they are today."""

    paths: tuple[str, ...]
    effects: list[Effect]
    matched: int = 0


@dataclass(frozen=True)
class Told:
    """A rule set in words."""

    numbers: list[Effect]
    advanced: list[Effect]
    documents: list[ForDocuments]


@dataclass(frozen=True)
class Entered:
    """A rule set as the history names it; `state` is planned, present or past."""

    id: int
    effective_on: date
    reference: str
    by: str
    created_at: datetime
    state: str


@dataclass(frozen=True)
class DayOff:
    """A day without work, of the whole group when `whose` is empty."""

    on: date
    words: str
    name: str
    whose: str


@dataclass(frozen=True)
class Present:
    """The page of the rules."""

    told: Told
    row: Entered | None
    history: list[Entered]
    closing_time: str
    soon: list[DayOff]
    later: list[DayOff]
    seats: int


def present(session: Session, group: Group) -> Present:
    """Return the rules in force with their effect, every rule set, and the days without work from today on."""
    seats, certified = rulesets.strength(session)
    section = rulesets.calendar_section(session, group)
    today = rulesets.today(group)
    days = [
        DayOff(each.on, day_words(each.on), each.name, joined(sorted(map(place_name, each.administrations))))
        for each in sorted(section.holidays, key=lambda each: (each.on, each.name))
        if each.on >= today
    ]
    entered = _history(session, group)
    return Present(
        told=told(rulesets.in_force(session, group), seats, certified),
        row=next((each for each in entered if each.state == "present"), None),
        history=entered,
        closing_time=f"{section.closing_time:%H:%M}",
        soon=[each for each in days if each.on < today + SHOWN_DAYS],
        later=[each for each in days if each.on >= today + SHOWN_DAYS],
        seats=seats,
    )


def _history(session: Session, group: Group) -> list[Entered]:
    rows, today = rulesets.history(session), rulesets.today(group)
    current = rulesets.row_in_force(session, group)
    names = {person.id: person.name for person in people.everybody(session)}
    return [
        Entered(
            id=each.id,
            effective_on=each.effective_on,
            reference=each.reference,
            by=names.get(each.created_by_id or 0, ""),
            created_at=each.created_at,
            state="planned" if each.effective_on > today else "present" if each is current else "past",
        )
        for each in rows
    ]


def told(rule_set: RuleSet, seats: int, certified: int, paths: tuple[str, ...] = ()) -> Told:
    """Say a rule set in words; `paths` are the documents of today, counted for the rules that are for some."""
    return Told(
        numbers=rules_words.numbers(rule_set.rules, seats),
        advanced=rules_words.advanced(rule_set.rules, certified),
        documents=[
            ForDocuments(
                paths=each.paths,
                effects=rules_words.numbers(each.rules, seats),
                matched=sum(any(presets.matches(path, pattern) for pattern in each.paths) for path in paths),
            )
            for each in rule_set.documents
        ],
    )


@dataclass(frozen=True)
class One:
    """One rule set of the history."""

    entered: Entered
    told: Told


def row(session: Session, rule_set_id: int) -> Row:
    """Return a stored rule set; raises NotFound("rules-unknown")."""
    found = session.get(Row, rule_set_id)
    if found is None:
        raise NotFound("rules-unknown")
    return found


def one(session: Session, group: Group, rule_set_id: int) -> One:
    """Return a rule set of the history in words; raises NotFound("rules-unknown")."""
    stored = row(session, rule_set_id)
    entered = next(each for each in _history(session, group) if each.id == rule_set_id)
    return One(entered, told(RuleSet.from_json(stored.rules), *rulesets.strength(session)))


@dataclass(frozen=True)
class Review:
    """What is about to be entered, and what it changes in the rules of today."""

    told: Told
    changes: list[Change]
    day: str
    reference: str


def review(session: Session, workshop: Workshop, entry: Entry) -> Review:
    """Say a rule set before it is entered."""
    seats, certified = rulesets.strength(session)
    files = modules.tree(workshop, documents.tip(workshop)).files
    paths = tuple(path for path, each in files.items() if each.is_document)
    now = rulesets.in_force(session, workshop.group)
    return Review(
        told=told(entry.rules, seats, certified, paths),
        changes=rules_words.changes(now, entry.rules, seats, certified),
        day=day_words(entry.effective_on),
        reference=entry.reference,
    )


@dataclass(frozen=True)
class FormChoices:
    """What the form offers: options as (value, text) or (value, text, hint), and the rows of rules for documents."""

    presets: list[tuple[str, str, str]]
    preset_names: list[tuple[str, str]]
    quorums: list[tuple[str, str]]
    majorities: list[tuple[str, str]]
    second_shares: list[tuple[str, str]]
    majority_choices: list[tuple[str, str, str]]
    rows: list[int]
    seats: int
    certified: int
    open_advanced: bool


def form(session: Session, typed: Mapping[str, str]) -> FormChoices:
    """Return what the form of a rule set offers; a share that was entered elsewhere stays on offer."""
    seats, certified = rulesets.strength(session)
    filled = rules_form.rows(typed)
    known = [*rules_words.SHARES]
    odd = {value for name, value in typed.items() if name.endswith(("quorum", "second_call_share")) and "/" in value}
    shares = [(share, rules_words.share_name(share)) for share in [*known, *sorted(odd - {*known})]]
    usual = {"override": "never", "certified_in_favour": "0"}
    advanced = (*rules_form.SWITCHES, "override", "certified_in_favour", "second_call_days", "second_call_share")
    return FormChoices(
        presets=[(name, _(text), _(_HINTS[name])) for name, text in PRESETS.items()],
        preset_names=[(name, _(text)) for name, text in PRESETS.items()],
        quorums=[("none", _("Sin quórum")), *shares, ("number", _("Un número de puestos"))],
        majorities=[(each.value, majority_name(each.value)) for each in rules_form.VOTED],
        second_shares=[("", _("El mismo quórum")), *shares],
        majority_choices=[
            (each.value, majority_name(each.value), _(rules_words.APPROVED[each])) for each in rules_form.VOTED
        ],
        rows=[*filled, len(filled)],
        seats=seats,
        certified=certified,
        open_advanced=any(typed.get(name, "") not in ("", usual.get(name)) for name in advanced),
    )


def codes(group: Group) -> list[tuple[str, str]]:
    """Return the codes of the administrations that have members, with their names."""
    return [(each.code, place_name(each.code)) for each in group.administrations if each.kind != "office"]
