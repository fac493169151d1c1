"""Pictures in a draft: sent from a person's machine, put into the text of a document, shown before it is proposed.

The editor's button for pictures sends the same form and asks for JSON: it gets what a text says to show the picture.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, send_file, url_for

from reviewtool.errors import InvalidInput, NotFound, ReviewError
from reviewtool.models import Draft, DraftFile
from reviewtool.rules.permissions import Act
from reviewtool.services import drafts, people, sent_files, showing
from reviewtool.services.sent_files import Added
from reviewtool.web import drafting, forms, limits
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.files import PICTURE_POLICY
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("pictures", __name__)


@blueprint.route("/borradores/<int:draft_id>/<int:file_id>/imagen", methods=["GET", "POST"])
@limits.upload
def add(draft_id: int, file_id: int) -> Any:
    """Put a picture into a document of a draft; asked for JSON, add it and say what a text says to show it."""
    people.ensure_may(me(), Act.propose)
    if request.method == "GET":
        return _page(draft_id, file_id)
    plain = request.accept_mimetypes.best == "application/json"
    try:
        with act() as (session, by):
            draft = drafts.get(session, draft_id, by=by)
            entry = drafts.file(draft, file_id)
            added = _added(draft, entry)
            if not plain:
                _put_in(draft, entry, added)
            session.flush()
            shown_at = url_for("pictures.show", draft_id=draft_id, file_id=added.entry.id)
    except ReviewError as error:
        if plain:
            return jsonify(error=say(error), field=getattr(error, "field", "")), status_of(error)
        end_reading()
        return _page(draft_id, file_id, error), status_of(error)
    if plain:
        return jsonify(markdown=added.markdown, path=added.relative, url=shown_at), 201
    flash(_("La imagen está en el texto. Compruebe su lugar."), "success")
    return redirect(url_for("drafts.document", draft_id=draft_id, file_id=file_id, vista="vista"), 303)


def _added(draft: Draft, entry: DraftFile) -> Added:
    if entry.deleted:
        raise InvalidInput("draft-file-goes", field="")
    alternative = forms.line("alternative")
    if not alternative and not forms.ticked("decorative"):
        raise InvalidInput("alternative-missing", field="alternative")
    return sent_files.add_picture(workshop(), draft, entry, forms.sent("file"), alternative)


def _put_in(draft: Draft, entry: DraftFile, added: Added) -> None:
    text = drafts.text_of(workshop(), entry)
    if text is None:
        raise InvalidInput("document-not-editable", field="", path=entry.path)
    text = sent_files.put_in(text, added.markdown, forms.whole("after", -1))
    drafts.save_text(workshop(), draft, entry, text, saves=None)


def _page(draft_id: int, file_id: int, error: ReviewError | None = None) -> str:
    draft = drafts.get(reading(), draft_id, by=me())
    entry = drafts.file(draft, file_id)
    text = drafts.text_of(workshop(), entry)
    if text is None:
        raise NotFound("draft-file-unknown")
    return render_template(
        "pictures/add.html",
        draft=draft,
        entry=entry,
        title=drafting.title_of(text, entry.path),
        text_language=drafting.language_of(text),
        places=sent_files.places(text),
        typed=request.form,
        edge=workshop().limits.image_edge,
        megabytes=workshop().limits.upload_bytes // 1024 // 1024,
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )


@blueprint.get("/borradores/<int:draft_id>/archivos/<int:file_id>")
def show(draft_id: int, file_id: int) -> Response:
    """Send the bytes of a picture of one's own draft."""
    entry = drafts.file(drafts.get(reading(), draft_id, by=me()), file_id)
    data, type_ = drafts.content(workshop(), entry), showing.image_type(entry.path)
    if data is None or type_ is None:
        raise NotFound("draft-file-unknown")
    response = send_file(BytesIO(data), mimetype=type_, download_name=entry.path.rpartition("/")[2])
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


@blueprint.get("/borradores/<int:draft_id>/imagenes/<path:path>")
def seen(draft_id: int, path: str) -> Any:
    """Lead to a picture as the draft's text shows it: the draft's own file, or the published one."""
    draft = drafts.get(reading(), draft_id, by=me())
    own = next((entry for entry in draft.files if entry.path == path and not entry.deleted), None)
    if own is not None:
        return redirect(url_for("pictures.show", draft_id=draft_id, file_id=own.id))
    return redirect(url_for("documents.raw_at", commit=draft.base, path=path))
