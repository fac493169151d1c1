"""Notices: all that a person was told, how they are written to, and the mails that did not arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from reviewtool.rules.permissions import Act
from reviewtool.services import notice_choices, notices, outbox, people, unsubscribing, written_mails
from reviewtool.web import forms, waiting, word_progress
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.mail_words import failure_words
from reviewtool.web.security import csrf

blueprint = Blueprint("notices", __name__)


@blueprint.get("/avisos")
def index() -> str:
    """Show everything a person was told, the newest first, and what of it they have not read."""
    owed = notices.inbox(reading(), me().id, before=forms.asked("antes", 0))
    return render_template(
        "notices/index.html",
        rows=list(zip(waiting.said(owed, me().id), owed, strict=True)),
        files=word_progress.sent(reading(), me().id, unseen=True),
        newest=owed[0].id if owed else 0,
        unread=notices.count_unread(reading(), me().id),
        older=url_for("notices.index", antes=owed[-1].id) if len(owed) == notices.PAGE else "",
        is_first="antes" not in request.args,
    )


@blueprint.post("/avisos/todos-leidos")
def mark_all() -> Any:
    """Count everything as read, up to the newest that was shown."""
    with act() as (session, by):
        notices.mark_all_read(session, by.id, forms.whole("newest", 0))
    return redirect(url_for("notices.index"), 303)


@blueprint.route("/avisos/baja/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # the mail program that sends it has no page of ours (RFC 8058)
def stop(token: str) -> str:
    """Ask whether the mails that only inform shall stop, and stop them: opening the address alone changes nothing."""
    person_id = unsubscribing.person_of(current_app.config["SECRET_KEY"], token)
    if person_id is None or people.find(reading(), person_id) is None:
        abort(404)
    if request.method == "POST":
        end_reading()
        with workshop().database.write() as session:
            notice_choices.stop(session, person_id)
    return render_template("notices/stop.html", token=token, is_done=request.method == "POST")


@blueprint.get("/avisos/correos")
def mails() -> str:
    """Show the coordination which mails did not arrive."""
    people.ensure_may(me(), Act.see_desk)
    found = outbox.failures(reading())
    folder = current_app.config["MAIL_FOLDER"]
    return render_template(
        "notices/mails.html",
        failures=[(each, failure_words(each.code)) for each in found],
        written=written_mails.newest(Path(folder)) if folder else None,
    )


@blueprint.get("/avisos/correos/<batch>")
def mail(batch: str) -> str:
    """Show the coordination of an installation without a mail server the text of one mail."""
    people.ensure_may(me(), Act.see_desk)
    folder = current_app.config["MAIL_FOLDER"]
    if not folder:
        abort(404)
    return render_template("notices/mail.html", mail=written_mails.get(Path(folder), batch))
