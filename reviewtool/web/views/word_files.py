"""What is taken along as a Word file: a document, a proposal with tracked changes, «Para consulta interna»."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, render_template, send_file

from reviewtool.rules.permissions import Act
from reviewtool.services import comparing, documents, proposals, word_files
from reviewtool.services.documents import StateId
from reviewtool.web import consultation_sheet
from reviewtool.web.addresses import word_site
from reviewtool.web.database import reading, workshop
from reviewtool.web.decisions_word import TYPE
from reviewtool.web.i18n import gettext as _
from reviewtool.web.security import may_now, only_who_may

blueprint = Blueprint("word_files", __name__)
blueprint.before_request(only_who_may(Act.read_documents))


@blueprint.get("/descargar/word/<path:path>")
def document(path: str) -> Any:
    """Send a document of the published text as a Word file."""
    return _document(documents.tip(workshop()), path)


@blueprint.get("/descargar/word/<commit:commit>/<path:path>")
def document_at(commit: str, path: str) -> Any:
    """Send a document as a Word file, as it stood at an older state, an edition or a version of a proposal."""
    return _document(documents.state(reading(), workshop(), commit, revisions=True), path)


def _document(state: StateId, path: str) -> Response:
    return _sent(word_files.document(workshop(), state, path, word_site()), f"{PurePosixPath(path).stem}.docx")


@blueprint.get("/propuestas/<int:number>/word/<int:position>")
def proposal(number: int, position: int) -> Any:
    """Send one document of a proposal with tracked changes; with comments to who may read them."""
    phrases = consultation_sheet.phrases() if may_now(Act.read_discussion) else None
    data = word_files.proposal(reading(), workshop(), number, position, word_site(), phrases)
    return _sent(data, f"P-{number}.docx" if position == 1 else f"P-{number}-{position}.docx")


@blueprint.get("/propuestas/<int:number>/consulta-interna")
def consultation(number: int) -> Any:
    """Show a proposal as one text to be printed, for people without an account."""
    session = reading()
    found = proposals.get(session, number)
    revision = comparing.revisions(session, number)[found.latest]
    return render_template("word_files/consultation.html", sheet=consultation_sheet.printed(session, found, revision))


@blueprint.get("/propuestas/<int:number>/consulta-interna.docx")
def consultation_word(number: int) -> Any:
    """Send the same as a Word file."""
    session = reading()
    found = proposals.get(session, number)
    revision = comparing.revisions(session, number)[found.latest]
    content = consultation_sheet.content(session, found, revision, word_site())
    data = word_files.sheet(workshop(), revision, word_site(), content)
    name = _("para consulta interna")
    return _sent(data, f"P-{number} {name}.docx")


def _sent(data: bytes, name: str) -> Response:
    return send_file(BytesIO(data), mimetype=TYPE, as_attachment=True, download_name=name)
