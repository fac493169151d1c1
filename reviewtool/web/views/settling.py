"""The passages of a draft where today's text and the writer's own met: three columns, one passage after the other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.services import drafts, settling
from reviewtool.services.settling import Choice
from reviewtool.web import drafting
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import line, text, whole
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext

blueprint = Blueprint("settling", __name__)


@blueprint.route("/borradores/<int:draft_id>/<int:file_id>/pasajes", methods=["GET", "POST"])
def page(draft_id: int, file_id: int) -> Any:
    """Show what is left to look at in a document, and settle one passage."""
    if request.method == "GET":
        return _page(draft_id, file_id)
    try:
        choice = _choice()
        with act() as (session, by):
            draft = drafts.get(session, draft_id, by=by)
            entry = drafts.file(draft, file_id)
            left = settling.settle(
                workshop(), draft, entry, whole("place"), choice, seen=text("seen"), typed=text("typed")
            )
    except ReviewError as error:
        end_reading()
        return _page(draft_id, file_id, error), status_of(error)
    if left:
        flash(ngettext("Guardado. Queda un pasaje.", "Guardado. Quedan %(num)s pasajes.", left), "success")
        return redirect(url_for("settling.page", draft_id=draft_id, file_id=file_id), 303)
    flash(_("Guardado. No queda ningún pasaje por resolver en este documento."), "success")
    return redirect(url_for("drafts.document", draft_id=draft_id, file_id=file_id, vista="cambios"), 303)


def _choice() -> Choice:
    try:
        return Choice(line("act"))
    except ValueError:
        raise InvalidInput("act-unknown", field="") from None


def _page(draft_id: int, file_id: int, error: ReviewError | None = None) -> str:
    draft = drafts.get(reading(), draft_id, by=me())
    entry = drafts.file(draft, file_id)
    words = drafts.text_of(workshop(), entry)
    return render_template(
        "drafts/passages.html",
        draft=draft,
        entry=entry,
        title=drafting.title_of(words, entry.path),
        text_language=drafting.language_of(words or ""),
        passages=drafting.passages(workshop(), entry),
        refused=whole("place", -1) if error else -1,
        typed=text("typed"),
        errors={"": say(error)} if error else {},
    )
