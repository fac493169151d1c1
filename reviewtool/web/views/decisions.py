"""What the group has decided: concluded proposals, newest first, between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from reviewtool.clock import now
from reviewtool.services import decided
from reviewtool.services.decided import OVER, Asked, Decided
from reviewtool.web import decisions_table, decisions_word, spreadsheets
from reviewtool.web.context import group_names, place_name
from reviewtool.web.database import reading, workshop
from reviewtool.web.follow_up_rows import told
from reviewtool.web.forms import asked as whole_asked
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, localdate, ngettext
from reviewtool.web.places import Places
from reviewtool.web.spans import asked_span
from reviewtool.web.strips import Strip, strip_of
from reviewtool.web.words import StateTag, state_tag

blueprint = Blueprint("decisions", __name__)


@dataclass(frozen=True)
class Row:
    """One decision as the page shows it."""

    number: int
    title: str
    state: StateTag
    place: str
    author: str
    strip: Strip | None
    ended_at: datetime
    follow_up: str


@blueprint.get("/decisiones")
def index() -> tuple[str, int]:
    """List what was decided, thirty at a time; a day that cannot be read is said and asks nothing."""
    errors: dict[str, str] = {}
    span = asked_span(errors)
    state = request.args.get("resultado", "")
    wanted = Asked(span.since, span.until, state)
    found = decided.listing(reading(), workshop(), wanted, whole_asked("pagina", 1))
    places = Places()

    def address(page: int) -> str:
        return url_for("decisions.index", pagina=page, **_typed())

    return render_template(
        "decisions/index.html",
        found=found,
        rows=[_row(each, places) for each in found.rows],
        asked={name: request.args.get(name, "") for name in ("desde", "hasta", "resultado")},
        states=[(each.value, state_tag(each).text) for each in OVER],
        filtered=bool(span.since or span.until or state in OVER),
        address=address,
        table=url_for("decisions.table", **_typed()) if found.rows and not errors else "",
        report=url_for("decisions.report", **_typed()) if found.rows and not errors else "",
        errors=errors,
    ), 400 if errors else 200


@blueprint.get("/decisiones.csv")
def table() -> Any:
    """Send all that was decided and fits the filter; of a filter that makes no sense the page tells why."""
    wanted = _wanted()
    if wanted is None:
        return redirect(url_for("decisions.index", **_typed()))
    found = decided.batches(reading(), workshop(), wanted)
    lines = list(spreadsheets.table(decisions_table.header(), decisions_table.rows(found)))
    return spreadsheets.sent("decisiones", iter(lines))


@blueprint.get("/decisiones/informe")
def report() -> Any:
    """Show all that was decided and fits the filter as one text, to be printed or taken into minutes."""
    wanted = _wanted()
    if wanted is None:
        return redirect(url_for("decisions.index", **_typed()))
    document = url_for("decisions.document", **_typed())
    return render_template("decisions/report.html", **_report(wanted), document=document, typed=_typed())


@blueprint.get("/decisiones.docx")
def document() -> Any:
    """Send the same text as a Word document."""
    wanted = _wanted()
    if wanted is None:
        return redirect(url_for("decisions.index", **_typed()))
    content = decisions_word.written(**_report(wanted), author=group_names().name, language=language())
    answer = Response(content, mimetype=decisions_word.TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"decisiones-{now():%Y-%m-%d}.docx")
    return answer


def _wanted() -> Asked | None:
    """Return what the address asks, or None where a day cannot be read."""
    errors: dict[str, str] = {}
    span = asked_span(errors)
    return None if errors else Asked(span.since, span.until, request.args.get("resultado", ""))


def _report(wanted: Asked) -> dict[str, Any]:
    """Return title, the sentence below it and the decisions."""
    found = [
        entry
        for rows, reasons in decided.batches(reading(), workshop(), wanted)
        for entry in decisions_table.entries(rows, reasons)
    ]
    title = _("Decisiones del grupo")
    asked = _typed()
    days = [
        _("desde el %(day)s", day=localdate(date.fromisoformat(asked["desde"]), "long")) if "desde" in asked else "",
        _("hasta el %(day)s", day=localdate(date.fromisoformat(asked["hasta"]), "long")) if "hasta" in asked else "",
    ]
    count = ngettext("%(num)s propuesta concluida", "%(num)s propuestas concluidas", len(found))
    lead = ", ".join([count, *filter(None, days)])
    return {"title": title, "lead": f"{group_names().name}. {lead}.", "entries": found}


def _typed() -> dict[str, Any]:
    return {name: request.args[name] for name in ("desde", "hasta", "resultado") if request.args.get(name)}


def _row(each: Decided, places: Places) -> Row:
    place = place_name(each.administration)
    return Row(
        each.number,
        each.title,
        state_tag(each.state),
        places.name(each.paths),
        f"{each.author}, {place}" if place else each.author,
        strip_of(each.counted),
        each.ended_at,
        told(each.follow_up) if each.follow_up else "",
    )
