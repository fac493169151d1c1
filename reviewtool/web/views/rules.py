"""The page «Reglas»: what holds, since when and with what effect; the coordination enters other rules and holidays.

A rule set is typed, shown in words with what it changes, and entered; a file fills the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from reviewtool.errors import Complaint, InvalidInput, OutOfDate, ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.rules.presets import RuleSet
from reviewtool.services import people, rules_files, rulesets
from reviewtool.services.rulesets import Entry
from reviewtool.web import calendar_form, rules_form, rules_page
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import asked, line, text, whole
from reviewtool.web.holidays import read_day
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language

blueprint = Blueprint("rules", __name__)

FILE_LIMIT: Final = 200_000  # characters of a file of rules
BOTH: Final = ["GET", "POST"]


@blueprint.get("/reglas")
def index() -> str:
    """Show the rules in force with their effect, the calendar, and every rule set there was or is planned."""
    people.ensure_may(me(), Act.read_rules)
    return render_template("rules/index.html", page=rules_page.present(reading(), workshop().group))


@blueprint.get("/reglas/<int:rule_set_id>")
def one(rule_set_id: int) -> str:
    """Show one rule set, past, present or planned."""
    people.ensure_may(me(), Act.read_rules)
    return render_template("rules/one.html", shown=rules_page.one(reading(), workshop().group, rule_set_id))


@blueprint.get("/reglas.toml")
def file() -> Response:
    """Send the rules in force and the calendar as a file."""
    people.ensure_may(me(), Act.read_rules)
    session, group = reading(), workshop().group
    said = rules_files.written(rulesets.in_force(session, group), rulesets.calendar_section(session, group))
    return _sent("reglas.toml", said)


@blueprint.get("/reglas/<int:rule_set_id>.toml")
def file_of(rule_set_id: int) -> Response:
    """Send one rule set as a file."""
    people.ensure_may(me(), Act.read_rules)
    row = rules_page.row(reading(), rule_set_id)
    return _sent(f"reglas-{row.effective_on}.toml", rules_files.written(RuleSet.from_json(row.rules)))


def _sent(name: str, content: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="application/toml", headers=headers)


@blueprint.route("/reglas/nuevas", methods=BOTH)
def new() -> Any:
    """Type a rule set, see in words what it does and changes, enter it."""
    people.ensure_may(me(), Act.change_rules)
    session, group = reading(), workshop().group
    base = rulesets.in_force(session, group)
    if request.method == "GET":
        source = asked("desde", 0)
        given = RuleSet.from_json(rules_page.row(session, source).rules) if source else base
        return _form(rules_form.shown(given) | _about())
    typed = rules_form.compacted(request.form)
    found = rules_form.read(typed, base)
    day = _checked(found, typed)
    step = typed.get("step", "")
    if step not in {"review", "save"}:
        return _form(typed)
    if found.errors or day is None:
        return _form(typed, found.errors), 400
    entry = Entry(found.rules, day, typed.get("reference", ""))
    return _save(entry, typed) if step == "save" else _review(entry, typed)


def _checked(found: rules_form.Read, typed: Mapping[str, str]) -> date | None:
    """Add to the errors those of day and reference and, where all could be read, of rules that could never pass."""
    day: date | None = None
    try:
        day = read_day("effective_on")
        rulesets.ensure_day(workshop().group, day)
    except InvalidInput as error:
        found.errors["effective_on"] = say(error)
    try:
        rulesets.ensure_reference(typed.get("reference", ""))
    except InvalidInput as error:
        found.errors["reference"] = say(error)
    if not found.errors:
        found.errors |= rules_form.refused(found.rules, *rulesets.strength(reading()))
    return day


def _about() -> dict[str, str]:
    group = workshop().group
    return {
        "effective_on": rulesets.today(group).isoformat(),
        "reference": "",
        "seen": str(rulesets.newest_id(reading())),
    }


def _form(typed: Mapping[str, str], errors: Mapping[str, str] | None = None, *, read: str = "") -> str:
    form = rules_page.form(reading(), typed)
    return render_template("rules/new.html", form=form, typed=typed, errors=errors or {}, read=read)


def _review(entry: Entry, typed: Mapping[str, str], error: ReviewError | None = None) -> Any:
    page = render_template(
        "rules/review.html",
        review=rules_page.review(reading(), workshop(), entry),
        typed=dict(typed) | {"seen": str(rulesets.newest_id(reading()))},
        errors={"": say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page


def _save(entry: Entry, typed: Mapping[str, str]) -> Any:
    end_reading()
    try:
        with act() as (session, by):
            rulesets.enter(session, workshop().group, entry, by=by, seen=whole("seen", 0))
    except OutOfDate as error:
        return _review(entry, typed, error)
    flash(_("Las reglas quedaron guardadas. Las votaciones abiertas siguen con las suyas."), "success")
    return redirect(url_for("rules.index"), 303)


@blueprint.route("/reglas/calendario", methods=BOTH)
def days() -> Any:
    """Change the closing hour and the days without work."""
    people.ensure_may(me(), Act.change_rules)
    error: ReviewError | None = None
    if request.method == "POST":
        end_reading()
        try:
            wanted = calendar_form.read(line("closing_time"), text("holidays"), workshop().group.calendar.zone)
            with act() as (session, by):
                rulesets.enter_calendar(session, workshop().group, wanted, by=by, seen=whole("seen", 0))
        except ReviewError as refused:
            error = refused
        else:
            flash(_("El calendario quedó guardado. Los cierres ya fijados no se mueven."), "success")
            return redirect(url_for("rules.index", _anchor="calendar"), 303)
    present = rulesets.calendar_section(reading(), workshop().group)
    typed = request.form if error else {}
    return _calendar_form(
        typed.get("closing_time", f"{present.closing_time:%H:%M}"),
        typed.get("holidays", calendar_form.lines(present.holidays)),
        {getattr(error, "field", ""): say(error)} if error else {},
    ), status_of(error) if error else 200


def _calendar_form(closing_time: str, holidays: str, errors: Mapping[str, str], *, read: str = "") -> str:
    stored = rulesets.calendar_row(reading())
    return render_template(
        "rules/calendar.html",
        closing_time=closing_time,
        holidays=holidays,
        seen=stored.id if stored else 0,
        codes=rules_page.codes(workshop().group),
        errors=errors,
        read=read,
    )


@blueprint.route("/reglas/archivo", methods=BOTH)
def load() -> Any:
    """Read rules or calendar from a file into their form; nothing is entered yet."""
    people.ensure_may(me(), Act.change_rules)
    if request.method == "GET":
        return render_template("rules/load.html", typed="", errors={})
    sent = request.files.get("file")
    name = (sent.filename or "") if sent else ""
    try:
        content = sent.read(4 * FILE_LIMIT).decode("utf-8-sig") if sent and name else text("content")
        if len(content) > FILE_LIMIT:
            raise InvalidInput("text-too-long", field="file", most=FILE_LIMIT)
        if not content.strip():
            raise InvalidInput("file-missing", field="file")
        if line("what") == "calendar":
            found = rules_files.calendar_of(content, name or _("El texto pegado"))
            return _calendar_form(f"{found.closing_time:%H:%M}", calendar_form.lines(found.holidays), {}, read=name)
        rule_set = rules_files.rules_of(content, name or _("El texto pegado"))
        return _form(rules_form.shown(rule_set) | _about(), read=name or _("El texto pegado"))
    except UnicodeDecodeError:
        said = _("El archivo no es un texto en UTF-8.")
    except Complaint as error:
        said = _("El archivo no sirve: «%(detail)s»", detail=error.english if language() == "en" else error.spanish)
    except InvalidInput as error:
        said = say(error)
    return render_template("rules/load.html", typed=text("content"), errors={"file": said}), 400
