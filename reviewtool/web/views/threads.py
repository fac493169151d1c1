"""Conversations on a proposal: beginning one, answering, editing, resolving; suggestions taken up or made one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import ReviewError
from reviewtool.models import Comment, Revision, Thread
from reviewtool.rules.permissions import Act
from reviewtool.services import conversations, placing, proposals, suggestions, threads
from reviewtool.services.conversations import Shown
from reviewtool.services.threads import Message, Place
from reviewtool.web import limits, proposal_page
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import asked, text, ticked, whole
from reviewtool.web.i18n import gettext as _
from reviewtool.web.places import Places
from reviewtool.web.proposal_page import Composer
from reviewtool.web.remembering import form_token
from reviewtool.web.security import only_who_may
from reviewtool.web.talk import Talk, ThreadView, stood

blueprint = Blueprint("threads", __name__)
blueprint.before_request(only_who_may(Act.read_discussion))


@blueprint.post("/propuestas/<int:number>/comentarios")
@limits.comment
def create(number: int) -> Any:
    """Begin a thread on a passage, a document or the whole proposal."""
    typed = Composer(
        body=text("body"),
        suggestion=text("suggestion"),
        path=request.form.get("path", ""),
        quote=text("quote") or text("quote_typed"),
        prefix=text("prefix"),
        suffix=text("suffix"),
        token=request.form.get("form_token") or form_token(),
    )
    try:
        place = Place(whole("version"), typed.path or None, typed.quote, typed.prefix, typed.suffix)
        message = Message(typed.body, typed.suggestion if typed.suggestion.strip() else None, typed.token)
        with act() as (session, by):
            begun = threads.comment(session, workshop(), number, place, message, by=by)
            latest = proposals.latest(session, number)
    except ReviewError as error:
        end_reading()
        return proposal_page.refused(number, typed, error), status_of(error)
    flash(_("Su comentario se publicó."), "success")
    return _to_proposal(number, f"thread-{begun.number}", begun.revision if begun.revision != latest else None)


def _to_proposal(number: int, anchor: str, version: int | None = None) -> Any:
    return redirect(url_for("proposals.page", number=number, version=version, _anchor=anchor), 303)


def _back(thread: Thread) -> Any:
    """Go back to where the form stood: the thread's own page, or the proposal's."""
    if request.form.get("back") == "thread":
        return redirect(url_for("threads.thread", thread_id=thread.id), 303)
    return _to_proposal(thread.proposal_number, f"thread-{thread.number}")


@blueprint.get("/propuestas/<int:number>/comentarios")
def page(number: int) -> Any:
    """List the threads of a proposal, thirty at a time."""
    session = reading()
    proposal = proposals.get(session, number)
    resolved = request.args.get("resueltos") == "1"
    found = conversations.page(session, number, resolved=resolved, after=asked("despues", 0))
    talk = Talk(session, proposal, found.shown, me())
    revisions = placing.with_touches(session, number)
    return render_template(
        "threads/list.html",
        proposal=proposal,
        resolved=resolved,
        total=found.total,
        after=found.after,
        shown=_today([talk.view(each) for each in found.shown], found.shown, revisions),
        document_title=Places().document,
    )


def _today(views: Sequence[ThreadView], shown: Sequence[Shown], revisions: list[Revision]) -> list[ThreadView]:
    """Let threads say what became of their passages up to the newest version."""
    newest = revisions[-1].number
    stands = placing.place_all(workshop(), revisions, [each.thread for each in shown], newest)
    return [stood(view, found, newest) for view, found in zip(views, stands, strict=True)]


@blueprint.get("/comentarios/<int:thread_id>")
def thread(thread_id: int) -> Any:
    """Show a thread with all that was said in it, also before edits."""
    return _thread_page(thread_id)


def _thread_page(thread_id: int, typed: str = "", suggestion: str = "", error: ReviewError | None = None) -> Any:
    session = reading()
    found = threads.get(session, thread_id)
    proposal = proposals.get(session, found.proposal_number)
    shown = conversations.whole(session, found)
    view = Talk(session, proposal, [shown], me()).view(shown, edits=True)
    (view,) = _today([view], [shown], placing.with_touches(session, proposal.number))
    field = getattr(error, "field", "") if error else ""
    page = render_template(
        "threads/thread.html",
        proposal=proposal,
        thread=view,
        document_title=Places().document,
        typed=typed,
        suggestion=suggestion,
        errors={field if field in {"body", "suggestion"} else "": say(error)} if error else {},
        token=request.form.get("form_token") or form_token(),
    )
    return (page, status_of(error)) if error else page


@blueprint.post("/comentarios/<int:thread_id>/respuestas")
@limits.comment
def reply(thread_id: int) -> Any:
    """Answer in a thread, and where asked mark it as resolved."""
    typed, suggestion = text("body"), text("suggestion")
    message = Message(typed, suggestion if suggestion.strip() else None, request.form.get("form_token"))
    try:
        with act() as (session, by):
            added = threads.reply(session, thread_id, message, by=by)
            if ticked("resolve"):
                threads.resolve(session, thread_id, by=by)
            answered = session.get_one(Thread, added.thread_id)
    except ReviewError as error:
        end_reading()
        return _thread_page(thread_id, typed, suggestion, error)
    flash(_("Su respuesta se publicó."), "success")
    return _back(answered)


@blueprint.route("/comentarios/mensajes/<int:comment_id>/editar", methods=["GET", "POST"])
@limits.comment
def edit(comment_id: int) -> Any:
    """Change one's own comment; what it said before stays readable."""
    comment, found = threads.own_comment(reading(), comment_id, by=me())
    if request.method == "GET":
        return _edit_page(comment, found, comment.body, comment.body)
    try:
        with act() as (session, by):
            threads.edit(session, comment_id, text("body"), by=by, seen=text("seen"))
    except ReviewError as error:
        end_reading()
        comment, found = threads.own_comment(reading(), comment_id, by=me())
        return _edit_page(comment, found, text("body"), comment.body, error), status_of(error)
    flash(_("Su comentario se cambió. El texto anterior sigue a la vista."), "success")
    return _back(found)


def _edit_page(comment: Comment, found: Thread, typed: str, seen: str, error: ReviewError | None = None) -> str:
    return render_template(
        "threads/edit.html",
        comment=comment,
        thread=found,
        proposal=proposals.get(reading(), found.proposal_number),
        typed=typed,
        seen=seen,
        error=error.code if error else "",
        errors={"body": say(error)} if error else {},
        back=request.values.get("back", ""),
    )


@blueprint.post("/comentarios/<int:thread_id>/resolver")
def resolve(thread_id: int) -> Any:
    """Mark a thread as resolved."""
    with act() as (session, by):
        found = threads.resolve(session, thread_id, by=by)
    flash(_("El comentario quedó marcado como resuelto."), "success")
    return _back(found)


@blueprint.post("/comentarios/<int:thread_id>/reabrir")
def reopen(thread_id: int) -> Any:
    """Open a resolved thread again."""
    with act() as (session, by):
        found = threads.reopen(session, thread_id, by=by)
    flash(_("El comentario vuelve a estar abierto."), "success")
    return _back(found)


@blueprint.post("/comentarios/mensajes/<int:comment_id>/aplicar")
def apply_suggestion(comment_id: int) -> Any:
    """Put a suggestion into the draft of the author's next version, and go there."""
    with act() as (session, by):
        draft_id = suggestions.apply(session, workshop(), comment_id, by=by).id
    flash(_("La sugerencia está en su borrador. Quien la hizo constará como coautor al enviar la versión."), "success")
    return redirect(url_for("drafts.edit", draft_id=draft_id), 303)


@blueprint.post("/comentarios/mensajes/<int:comment_id>/hacer-suya")
def adopt_suggestion(comment_id: int) -> Any:
    """Let a member make an observer's suggestion their own."""
    with act() as (session, by):
        suggestions.adopt(session, comment_id, by=by)
        found = suggestions.get(session, comment_id)[2]
    flash(_("Usted hizo suya la sugerencia; constan los dos nombres."), "success")
    return _back(found)
