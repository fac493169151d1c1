"""Editions: the named states of the materials, what differs between two, the form that publishes one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import NotAllowed, ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import differences as states
from reviewtool.services import documents, editions
from reviewtool.web import differences, editions_compared, forms
from reviewtool.web.database import end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import text
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import may_now

blueprint = Blueprint("editions", __name__)
FIELDS = frozenset({"name", "note"})


@blueprint.get("/ediciones")
def index() -> Any:
    """List the editions, the newest first."""
    return _page()


def _page(error: ReviewError | None = None, name: str = "", note: str = "") -> Any:
    found = editions.all_of_them(reading())
    tip = documents.tip(workshop())
    field = getattr(error, "field", "name" if error and error.code == "edition-taken" else "")
    page = render_template(
        "editions/index.html",
        editions=found,
        unchanged=bool(found) and found[0].commit == tip,
        name=name,
        note=note,
        errors={field if field in FIELDS else "": say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page


@blueprint.get("/ediciones/comparar")
def compare() -> Any:
    """Show what differs between an edition and another one, or the present text, document by document."""
    session, shop, asked = reading(), workshop(), request.args.get("hasta", "")
    old = editions.commit_of(editions.get(session, request.args.get("desde", "")))
    new = editions.commit_of(editions.get(session, asked)) if asked else documents.tip(shop)
    rows, query = states.listed(shop, old, new), request.args.to_dict()
    two = editions_compared.Compared(
        old, new, not asked, forms.asked("todo", 0), lambda number: f"?{urlencode(query | {'todo': number})}"
    )
    return render_template(
        "editions/compare.html",
        older=differences.state(old),
        newer=differences.state(new),
        count=len(rows),
        modules=editions_compared.by_module(two, rows),
        address=lambda row: url_for("documents.compare", commit=old, path=row.path, hasta=new if asked else None),
        editions=editions.all_of_them(session),
        wanted=(request.args["desde"], asked),
    )


@blueprint.post("/ediciones")
def publish() -> Any:
    """Publish the present text as an edition."""
    if not may_now(Act.publish_edition):
        raise NotAllowed("not-allowed", act=Act.publish_edition.value)
    name, note, by_id = text("name"), text("note"), me().id
    end_reading()
    try:
        made = editions.publish(workshop(), name, by_id=by_id, note=note)
    except ReviewError as error:
        end_reading()
        return _page(error, name, note)
    flash(_("Se publicó la edición «%(name)s».", name=made.name), "success")
    return redirect(url_for("editions.index"), 303)
