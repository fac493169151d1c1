"""Withdrawing a text for confidentiality: a comment, the reason of a vote, opinion or objection, or a whole version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reviewtool.errors import ReviewError
from reviewtool.rules.permissions import Act
from reviewtool.services import people, proposals, withdrawal_targets, withdrawals
from reviewtool.services.withdrawal_targets import Target
from reviewtool.web.database import end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import text
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark

blueprint = Blueprint("withdrawals", __name__)

KIND: Final = {
    "comentario": "comment",
    "voto": "vote",
    "parecer": "opinion",
    "objecion": "objection",
    "version": "version",
    "adjunto": "attachment",
}
_HEADING: Final = {
    "comment": mark("Retirar un comentario por confidencialidad"),
    "vote": mark("Retirar el motivo de un voto por confidencialidad"),
    "opinion": mark("Retirar el motivo de un parecer por confidencialidad"),
    "objection": mark("Retirar el motivo de una objeción por confidencialidad"),
    "version": mark("Retirar el texto de una versión por confidencialidad"),
    "attachment": mark("Retirar un archivo adjunto por confidencialidad"),
}
_WHAT: Final = {
    "comment": mark("Lo que se retira, con sus ediciones, su sugerencia y sus archivos adjuntos"),
    "vote": mark("El motivo que se retira; el voto queda"),
    "opinion": mark("El motivo que se retira; el parecer queda"),
    "objection": mark("El motivo que se retira, también de la conversación; la objeción queda"),
    "version": mark("Lo que esta versión escribe en estos documentos, y su nota"),
    "attachment": mark("El archivo que se retira, con su nombre"),
}


@dataclass(frozen=True)
class Asked:
    """What is to be withdrawn as the page shows it; `back` is where one goes afterwards."""

    url: str
    number: int
    heading: str
    what: str
    quote: str
    version: int
    files: tuple[str, ...]  # Word files that go too
    paths: tuple[str, ...]
    back: str


@blueprint.route(f"/retirar/<any({', '.join(KIND)}):noun>/<int:target_id>", methods=["GET", "POST"])
def new(noun: str, target_id: int) -> Any:
    """Take words out of everything, for confidentiality; their place, author and date stay."""
    people.ensure_may(me(), Act.withdraw_for_confidentiality)
    kind = KIND[noun]
    error: ReviewError | None = None
    target = withdrawal_targets.find(reading(), workshop(), kind, target_id)
    asked = _asked(kind, target, url_for("withdrawals.new", noun=noun, target_id=target_id))
    why_not = _why_not(kind, target_id, target)
    if request.method == "POST":
        by_id = me().id
        end_reading()
        try:
            withdrawals.withdraw(workshop(), kind, target_id, ground=text("ground"), by_id=by_id)
        except ReviewError as refused:
            error = refused
        else:
            done = _("El texto se retiró. Faltan los pasos que solo puede dar quien administra la instalación.")
            flash(done, "success")
            return redirect(asked.back, 303)
    page = render_template(
        "withdrawals/new.html",
        asked=asked,
        why_not=why_not,
        published=withdrawals.published(workshop(), reading(), target.words, asked.number),
        proposal=proposals.get(reading(), asked.number),
        ground=text("ground"),
        errors={getattr(error, "field", ""): say(error)} if error else {},
    )
    return (page, status_of(error)) if error else page


def _asked(kind: str, target: Target, url: str) -> Asked:
    back = url_for("proposals.page", number=target.proposal_number)
    if kind == "comment":
        back = url_for("threads.thread", thread_id=target.facts["thread"])
    row, fields = target.rows[0]
    revision = target.revision
    return Asked(
        url=url,
        number=target.proposal_number,
        heading=_(_HEADING[kind]),
        what=_(_WHAT[kind]),
        quote=str(getattr(row, fields[0]) or ""),
        version=revision.number if revision else 0,
        files=tuple(each.filename for each in target.files),
        paths=tuple(touch.path for touch in revision.touches) if revision else (),
        back=back,
    )


def _why_not(kind: str, target_id: int, target: Target) -> str:
    """Say why it cannot be withdrawn now; empty when it can."""
    session = reading()
    made, merged = withdrawals.find(session, kind, target_id), proposals.merge_of(session, target.proposal_number)
    try:
        withdrawals.ensure_ready(target, made, merged)
    except ReviewError as refused:
        return say(refused)
    return ""
