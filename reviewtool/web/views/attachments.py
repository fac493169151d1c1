"""Files attached to a proposal or to a comment on it: the form, and the file for download, never for showing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for

from reviewtool.errors import ReviewError
from reviewtool.models import Comment
from reviewtool.rules.permissions import Act
from reviewtool.services import attaching, people, proposals, threads
from reviewtool.web import attached, forms, limits
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import only_who_may

blueprint = Blueprint("attachments", __name__)
blueprint.before_request(only_who_may(Act.read_discussion))

# Opened by itself it runs nothing, loads nothing and belongs to no site.
POLICY = "default-src 'none'; sandbox"


@blueprint.route("/propuestas/<int:number>/adjuntar", methods=["GET", "POST"])
@limits.upload
def to_proposal(number: int) -> Any:
    """Attach a file to a proposal."""
    people.ensure_may(me(), Act.attach)
    back = url_for("proposals.page", number=number, _anchor="attached")
    return _answer(number, None, back)


@blueprint.route("/comentarios/mensajes/<int:comment_id>/adjuntar", methods=["GET", "POST"])
@limits.upload
def to_comment(comment_id: int) -> Any:
    """Attach a file to a comment."""
    people.ensure_may(me(), Act.attach)
    comment, thread = threads.get_comment(reading(), comment_id)
    return _answer(thread.proposal_number, comment, url_for("threads.thread", thread_id=thread.id))


def _answer(number: int, comment: Comment | None, back: str) -> Any:
    comment_id = comment.id if comment else None
    if request.method == "GET":
        return _page(number, comment_id, back)
    end_reading()
    try:
        with act() as (session, by):
            file = forms.sent("file")
            if comment_id is None:
                attaching.to_proposal(session, workshop(), number, file, by=by)
            else:
                attaching.to_comment(session, workshop(), comment_id, file, by=by)
    except ReviewError as error:
        end_reading()
        return _page(number, comment_id, back, error), status_of(error)
    flash(_("El archivo quedó adjunto."), "success")
    return redirect(back, 303)


def _page(number: int, comment_id: int | None, back: str, error: ReviewError | None = None) -> str:
    session = reading()
    comment = threads.get_comment(session, comment_id)[0] if comment_id else None
    if comment is None:
        present = attaching.of_proposal(session, number)
        url = url_for("attachments.to_proposal", number=number)
    else:
        present = attaching.of_comments(session, [comment.id])[comment.id]
        url = url_for("attachments.to_comment", comment_id=comment.id)
    return render_template(
        "attachments/add.html",
        proposal=proposals.get(session, number),
        quote=comment.body if comment else "",
        present=attached.files(present),
        url=url,
        back=back,
        megabytes=workshop().limits.upload_bytes // 1024 // 1024,
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )


@blueprint.get("/adjuntos/<int:attachment_id>")
def download(attachment_id: int) -> Response:
    """Send an attached file to be kept, not to be shown."""
    found, data = attaching.get(reading(), attachment_id)
    response = send_file(
        BytesIO(data), mimetype=attaching.media_type(found), as_attachment=True, download_name=found.filename
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response
