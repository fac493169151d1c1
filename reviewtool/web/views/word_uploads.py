"""Sending a Word file, waiting until it is read, looking at what was understood of it, and accepting that."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import WordUpload
from reviewtool.rules.permissions import Act
from reviewtool.services import word_accepting, word_jobs, word_uploads
from reviewtool.services.word_accepting import Chosen, Done
from reviewtool.services.word_jobs import Status
from reviewtool.services.word_uploads import Imported
from reviewtool.web import forms, limits, word_progress, word_review
from reviewtool.web.addresses import word_site
from reviewtool.web.consultation_sheet import phrases
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext
from reviewtool.web.security import only_who_may

blueprint = Blueprint("word_uploads", __name__)
blueprint.before_request(only_who_may(Act.comment))


@blueprint.route("/word", methods=["GET", "POST"])
@limits.upload
def send() -> Any:
    """Show the form for a file and those that were sent, and take one: it is kept, to be read by the worker."""
    if request.method == "GET":
        return _form(word_review.place(request.args.get("documento", ""), forms.asked("propuesta", 0)))
    place = word_review.place(request.form.get("path", ""), forms.whole("number", 0))
    try:
        name, data = _file()
        base = word_uploads.receive(reading(), workshop(), data, place.it, by=me())
        end_reading()
        with act() as (session, by):
            upload_id = word_uploads.keep(session, (name, data), base, word_site(), by=by).id
    except ReviewError as error:
        end_reading()
        return _form(place, error), status_of(error)
    return redirect(url_for("word_uploads.review", upload_id=upload_id), 303)


def _file() -> tuple[str, bytes]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("file-missing", field="file")
    with file.stream as stream:
        return PurePosixPath(file.filename.replace("\\", "/")).name, stream.read()


def _form(place: word_review.From, error: ReviewError | None = None) -> str:
    field = getattr(error, "field", "")
    errors = {field: say(error)} if error else {}
    megabytes = workshop().limits.upload_bytes // 1024 // 1024
    sent = word_progress.sent(reading(), me().id)
    return render_template("word_uploads/send.html", place=place, errors=errors, megabytes=megabytes, sent=sent)


@blueprint.route("/word/<int:upload_id>", methods=["GET", "POST"])
def review(upload_id: int) -> Any:
    """Show how far a file has come or what was understood of it; accept the chosen changes and comments."""
    if request.method == "GET":
        _see(upload_id)
        return _review(upload_id)
    if forms.line("act") in {"discard", "again"}:
        return _other(upload_id, forms.line("act"))
    try:
        upload = word_uploads.get(reading(), upload_id, by=me())
        found = word_uploads.understood(workshop(), upload)
        chosen = _chosen(upload, found)
        end_reading()
        with act() as (session, by):
            upload = word_uploads.get(session, upload_id, by=by)
            done = word_accepting.accept(session, workshop(), upload, found, chosen, phrases(), by=by)
            target = _target(done, upload.proposal_number)
    except ReviewError as error:
        end_reading()
        return _review(upload_id, error), status_of(error)
    return redirect(target, 303)


def _see(upload_id: int) -> None:
    """Count what came of a file as seen, the first time that its page is opened since."""
    upload = word_uploads.get(reading(), upload_id, by=me())
    if upload.ended_at is not None and upload.seen_at is None:
        end_reading()
        with workshop().database.write() as session:
            word_jobs.see_one(session, upload_id)


def _other(upload_id: int, what: str) -> Any:
    """Throw a file away, or let it be read once more."""
    with act() as (session, by):
        upload = word_uploads.get(session, upload_id, by=by)
        if what == "again":
            word_jobs.again(session, upload)
        else:
            word_uploads.discard(session, upload)
    if what == "again":
        return redirect(url_for("word_uploads.review", upload_id=upload_id), 303)
    flash(_("El archivo se borró. No se guardó nada de él."), "success")
    return redirect(url_for("home.index"), 303)


@blueprint.get("/word/<int:upload_id>/avance")
def progress(upload_id: int) -> Response:
    """Say in a line how far a file has come, for the page that waits; empty when it has come to its end."""
    upload = word_uploads.get(reading(), upload_id, by=me())
    shown = word_progress.of(reading(), upload)
    return Response("" if shown.has_ended else shown.sentence, mimetype="text/plain")


def _chosen(upload: WordUpload, found: Imported) -> Chosen:
    """Return what was ticked; of one author alone where the button beside their name was pressed."""
    edits = None if forms.ticked("all") else set(forms.wholes("edit"))
    remarks = set(forms.wholes("remark"))
    if forms.ticked("author"):
        edits, theirs = word_review.of_author(upload, found, forms.whole("author", -1))
        remarks &= theirs
    return Chosen(edits, remarks, forms.line("to") == "version", forms.ticked("keep"), forms.wholes("known"))


def _target(done: Done, number: int | None) -> str:
    """Say what was done and return where to go on."""
    if done.said:
        flash(
            ngettext(
                "Se publicó %(num)s comentario del archivo.",
                "Se publicaron %(num)s comentarios del archivo.",
                done.said,
            ),
            "success",
        )
    if done.draft is None:
        return url_for("proposals.page", number=number)
    flash(_("Los cambios del archivo están en este borrador. Solo usted lo ve hasta que lo presente."), "success")
    return url_for("drafts.edit", draft_id=done.draft.id)


def _review(upload_id: int, error: ReviewError | None = None) -> str:
    upload = word_uploads.get(reading(), upload_id, by=me())
    field = getattr(error, "field", "")
    if upload.status != Status.ready:
        return render_template("word_uploads/wait.html", upload=upload, shown=word_progress.of(reading(), upload))
    shown = word_review.shown(reading(), upload, whole="todo" in request.args)
    errors = {field if field == "edits" else "": say(error)} if error else {}
    return render_template("word_uploads/review.html", shown=shown, upload=upload, errors=errors, typed=request.form)
