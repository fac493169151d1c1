"""The suggestions on a proposal: their list, several taken up at once, one declined with its reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import conversations, people, proposals, suggestions
from reviewtool.services.threads import Message
from reviewtool.web import act_page, case, suggestion_rows
from reviewtool.web.ballot_forms import Field, Form
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import text, wholes
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext
from reviewtool.web.remembering import form_token
from reviewtool.web.security import only_who_may

blueprint = Blueprint("suggestions", __name__)
blueprint.before_request(only_who_may(Act.read_discussion))


@blueprint.get("/propuestas/<int:number>/sugerencias")
def page(number: int) -> Any:
    """List the suggestions on a proposal."""
    return _page(number)


def _page(number: int, error: ReviewError | None = None) -> Any:
    session = reading()
    proposal = proposals.get(session, number)
    shown = suggestion_rows.rows(session, proposal, me())
    page = render_template(
        "suggestions/list.html",
        proposal=proposal,
        rows=shown,
        takes=any(row.may_take for row in shown),
        writes=bool(conversations.in_draft(session, proposal, me())),
        errors={"": say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page


@blueprint.post("/propuestas/<int:number>/sugerencias")
def apply_chosen(number: int) -> Any:
    """Put the ticked suggestions into the draft of the author's next version; say which could not be."""
    try:
        with act() as (session, by):
            chosen = wholes("chosen")
            draft, refused = suggestions.apply_chosen(session, workshop(), number, chosen, by=by)
            taken, draft_id = len(set(chosen) & set(draft.suggestions)), draft.id
            problems = [(each.suggestion.comment.thread.number, say(each.error)) for each in refused]
    except ReviewError as error:
        end_reading()
        return _page(number, error)
    for thread_number, why in problems:
        flash(
            _("La sugerencia del comentario %(number)s no se aplicó: %(why)s", number=thread_number, why=why), "error"
        )
    if not taken:
        return redirect(url_for("suggestions.page", number=number), 303)
    flash(
        ngettext(
            "%(num)s sugerencia está en su borrador. Al enviarlo constará quien la hizo.",
            "%(num)s sugerencias están en su borrador. Al enviarlo constará quién hizo cada una.",
            taken,
        ),
        "success",
    )
    return redirect(url_for("drafts.edit", draft_id=draft_id), 303)


@blueprint.route("/comentarios/mensajes/<int:comment_id>/no-aceptar", methods=["GET", "POST"])
def decline(comment_id: int) -> Any:
    """Answer that a suggestion is not taken up, and why."""
    people.ensure_may(me(), Act.decline_suggestion)
    error: ReviewError | None = None
    suggestion, _comment, thread = suggestions.get(reading(), comment_id)
    number = thread.proposal_number
    if request.method == "POST":
        try:
            with act() as (session, by):
                message = Message(text("body"), token=request.form.get("form_token"))
                suggestions.decline(session, comment_id, message, by=by)
        except ReviewError as refused:
            error = refused
            end_reading()
        else:
            flash(_("La respuesta quedó en la conversación; quien sugirió el texto recibe un aviso."), "success")
            return redirect(url_for("suggestions.page", number=number), 303)
    form = Form(
        "decline",
        _("No aceptar la sugerencia"),
        _("Su motivo queda como respuesta en la conversación %(number)s.", number=thread.number),
        url_for("suggestions.decline", comment_id=comment_id),
        _("No aceptarla"),
        (Field("body", _("Por qué no se acepta"), value=text("body"), required=True),),
        hidden=(("form_token", request.form.get("form_token") or form_token()),),
        quote=suggestion.replacement,
    )
    return act_page.render(case.of_number(reading(), number), form, error)
