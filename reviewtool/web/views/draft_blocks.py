"""Writing block by block, without scripts: one block of a draft's document in a field of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import OutOfDate, ReviewError
from reviewtool.models import Draft, DraftFile
from reviewtool.services import draft_blocks, drafts
from reviewtool.services.draft_blocks import Seen
from reviewtool.web import drafting, forms, limits
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("draft_blocks", __name__)


@blueprint.get("/borradores/<int:draft_id>/<int:file_id>/bloques/<int:number>")
def block(draft_id: int, file_id: int, number: int) -> Any:
    """Show one block to be changed; with «despues» an empty field for a new one after it (0: into an empty text)."""
    draft = drafts.get(reading(), draft_id, by=me())
    entry = drafts.file(draft, file_id)
    text = drafts.text_of(workshop(), entry) or ""
    if number == 0 and not text.strip():
        return _page(draft, entry, 0, Seen("", saves=entry.saves), adding=True)
    found = draft_blocks.numbered(text, number)
    adding = "despues" in request.args
    seen = draft_blocks.see(text, (found.start, found.end), entry.saves)
    return _page(draft, entry, number, seen, adding=adding, typed="" if adding else seen.source)


@blueprint.post("/borradores/<int:draft_id>/<int:file_id>/bloques/<int:number>")
@limits.save
def change(draft_id: int, file_id: int, number: int) -> Any:
    """Save a block, add one after it, or take it out; the rest of the document stays as it is."""
    seen = Seen(forms.text("seen"), forms.whole("start", 0), forms.whole("saves", -1), forms.ticked("alone"))
    done = forms.line("act", "save")
    try:
        with act() as (session, by):
            draft = drafts.lock(session, draft_id, by=by)
            entry = drafts.file(draft, file_id)
            draft_blocks.change(workshop(), draft, entry, seen, done, request.form.get("text", ""))
    except ReviewError as error:
        end_reading()
        return _refused(draft_id, file_id, number, seen, error), status_of(error)
    said = {"add": _("El bloque nuevo quedó en su borrador."), "remove": _("El bloque se quitó de su borrador.")}
    flash(said.get(done) or _("El bloque quedó guardado; el resto del documento no cambió."), "success")
    anchor = f"block-{number + (done == 'add')}"
    return redirect(url_for("drafts.document", draft_id=draft_id, file_id=file_id, vista="vista", _anchor=anchor), 303)


def _refused(draft_id: int, file_id: int, number: int, seen: Seen, error: ReviewError) -> str:
    """Show what was typed again; where the block changed meanwhile, beside what stands there now."""
    draft = drafts.get(reading(), draft_id, by=me())
    entry = drafts.file(draft, file_id)
    typed, adding = forms.text("text"), forms.line("act") == "add"
    if not (isinstance(error, OutOfDate) and error.code == "block-changed"):
        return _page(draft, entry, number, seen, adding=adding, typed=typed, error=error)
    text = drafts.text_of(workshop(), entry) or ""
    now = draft_blocks.nearest(text, seen, entry.saves)
    gone = now is None
    return _page(
        draft,
        entry,
        number,
        now or draft_blocks.last(text, entry.saves),
        adding=adding or gone,
        typed=typed,
        error=error,
        changed="gone" if gone else "other",
    )


def _page(
    draft: Draft,
    entry: DraftFile,
    number: int,
    seen: Seen,
    *,
    adding: bool,
    typed: str = "",
    error: ReviewError | None = None,
    changed: str = "",
) -> str:
    text = drafts.text_of(workshop(), entry)
    return render_template(
        "drafts/block.html",
        draft=draft,
        entry=entry,
        title=drafting.title_of(text, entry.path),
        text_language=drafting.language_of(text or ""),
        number=number,
        seen=seen,
        adding=adding,
        typed=typed,
        changed=changed,
        errors={getattr(error, "field", "") or "": say(error)} if error else {},
    )
