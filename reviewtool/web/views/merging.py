"""Bringing an approved proposal into the text: the page that shows what will happen, the act, and what collides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import InvalidInput, NotAllowed, ReviewError, Unavailable
from reviewtool.rules.permissions import Act
from reviewtool.services import merging, people
from reviewtool.web import case, merge_page
from reviewtool.web.database import end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import pairs, text, whole
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, ngettext
from reviewtool.web.security import may_now

blueprint = Blueprint("merging", __name__)


@blueprint.before_request
def only_who_may_read() -> None:
    """Close the pages to those without a role that reads documents."""
    if not may_now(Act.read_documents):
        raise NotAllowed("not-allowed")


@blueprint.get("/propuestas/<int:number>/incorporar")
def confirm(number: int) -> Any:
    """Show what will change, of what kind it is and what will be recorded."""
    return _page(number)


def _page(number: int, error: ReviewError | None = None, note: str | None = None) -> Any:
    if not may_now(Act.merge):
        raise NotAllowed("not-allowed", act=Act.merge.value)
    found = case.of_number(reading(), number)
    shown = merge_page.of(reading(), found)
    status = status_of(error) if error else 200
    field = getattr(error, "field", "")
    errors = {field if field == "note" else "": say(error)} if error else {}
    waiting = isinstance(error, Unavailable)
    page = render_template(
        "merging/confirm.html",
        proposal=found.proposal,
        shown=shown,
        note=shown.note if note is None else note,
        errors={} if waiting else errors,
        waiting=say(error) if error and waiting else "",
    )
    return page, status


@blueprint.post("/propuestas/<int:number>/incorporar")
def merge(number: int) -> Any:
    """Merge the version that the page showed."""
    if not may_now(Act.merge):
        raise NotAllowed("not-allowed", act=Act.merge.value)
    note = text("note")
    by_id = me().id
    end_reading()
    try:
        merging.merge(workshop(), number, by_id=by_id, revision=whole("version"), note=note)
    except ReviewError as error:
        end_reading()
        return _page(number, error, note)
    flash(_("P-%(number)s está incorporada al texto.", number=number), "success")
    return redirect(url_for("proposals.page", number=number), 303)


@blueprint.route("/incorporar", methods=["GET", "POST"])
def several() -> Any:
    """Merge several ready proposals in one go, each its own change; it stops at the first that no longer merges."""
    people.ensure_may(me(), Act.merge)
    if request.method == "GET":
        return render_template("merging/several.html", ready=merge_page.ready(reading()), errors={})
    wanted = pairs("proposal")
    if not wanted:
        error = InvalidInput("none-chosen", field="proposal")
        page = render_template("merging/several.html", ready=merge_page.ready(reading()), errors={"": say(error)})
        return page, status_of(error)
    by_id = me().id
    end_reading()
    done = merging.merge_several(workshop(), wanted, by_id=by_id)
    if done.merged:
        names = joined([f"P-{number}" for number in done.merged])
        flash(ngettext("%(names)s está incorporada al texto.", "%(names)s están incorporadas al texto.",
            len(done.merged), names=names), "success")  # fmt: skip
    if done.error is not None:
        flash(_("P-%(number)s no se incorporó: %(why)s", number=done.stopped, why=say(done.error)), "error")
    if done.left:
        names = joined([f"P-{number}" for number in done.left])
        flash(_("Lo demás quedó como estaba: %(names)s.", names=names), "error")
    return redirect(url_for("desk.index"), 303)


@blueprint.get("/propuestas/<int:number>/conflicto")
def conflict(number: int) -> Any:
    """Show where the text of today and the proposal collide, and the way forward."""
    found = case.of_number(reading(), number)
    return render_template("merging/conflict.html", proposal=found.proposal, shown=merge_page.collisions(found))
