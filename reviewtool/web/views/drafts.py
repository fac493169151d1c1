"""Writing: drafts of proposals and of their next versions, one document at a time, and submitting them."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput, OutOfDate, ReviewError
from reviewtool.models import Draft, DraftFile, Person
from reviewtool.services import (
    document_templates,
    drafts,
    overtaken,
    returning,
    revisions,
    sent_files,
    showing,
    undoing,
    word_accepting,
)
from reviewtool.web import drafting, forms, limits
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _

blueprint = Blueprint("drafts", __name__)
ELSEWHERE = {"documents": "drafts.documents", "register": "registering.draft"}  # where a button leads once all is saved


@blueprint.post("/borradores")
def start() -> Any:
    """Begin a draft with a document, or go on with one that has it; «nuevo» begins one without."""
    path = request.form.get("path", "")
    begun = drafting.begun_with(reading(), me(), path) if path else None
    if begun is not None:
        flash(_("Usted ya tenía un borrador de este documento: siga en él."), "info")
        return redirect(url_for("drafts.document", draft_id=begun[0], file_id=begun[1]), 303)
    with act() as (session, by):
        draft = drafts.start(session, workshop(), by=by)
        if not path:
            return redirect(url_for("drafts.documents", draft_id=draft.id), 303)
        entry = drafts.add_document(workshop(), draft, path)
        session.flush()
        return redirect(url_for("drafts.document", draft_id=draft.id, file_id=entry.id), 303)


@blueprint.post("/propuestas/<int:number>/nueva-version")
def start_revision(number: int) -> Any:
    """Begin, or go on with, the next version of one's own proposal, where asked by choosing what to part from it."""
    with act() as (session, by):
        draft = drafts.start_revision(session, workshop(), number, by=by)
        if forms.ticked("split"):
            return redirect(url_for("splitting.choose", draft_id=draft.id), 303)
        return redirect(url_for("drafts.edit", draft_id=draft.id), 303)


@blueprint.post("/propuestas/<int:number>/deshacer")
def undo(number: int) -> Any:
    """Begin a proposal that takes a merged one back."""
    with act() as (session, by):
        draft = undoing.start(session, workshop(), number, by=by)
        draft.title = _("Deshacer P-%(number)s", number=number)
        flash(_("Este borrador devuelve el texto anterior a P-%(number)s. Explique por qué.", number=number), "info")
        return redirect(url_for("drafts.edit", draft_id=draft.id), 303)


@blueprint.get("/borradores/<int:draft_id>")
def edit(draft_id: int) -> Any:
    """Go to the first document one can write in, else to the draft's documents."""
    draft = drafts.get(reading(), draft_id, by=me())
    for entry in draft.files:
        if drafts.text_of(workshop(), entry) is not None:
            return redirect(url_for("drafts.document", draft_id=draft.id, file_id=entry.id))
    return redirect(url_for("drafts.documents", draft_id=draft.id))


@blueprint.get("/borradores/<int:draft_id>/<int:file_id>")
def document(draft_id: int, file_id: int) -> Any:
    """Show one document in the editor, its marked changes or its look; of a published text that moved, today's."""
    _bring_up(draft_id)
    draft = drafts.get(reading(), draft_id, by=me())
    entry = drafts.file(draft, file_id)
    if drafts.text_of(workshop(), entry) is None:
        return redirect(url_for("drafts.documents", draft_id=draft.id))
    return _editor(draft, entry, view=request.args.get("vista", "editar"))


def _bring_up(draft_id: int) -> None:
    """Bring a draft to today's text before it is shown, and say so in one line."""
    if not returning.is_behind(workshop(), drafts.get(reading(), draft_id, by=me())):
        return
    end_reading()
    with act() as (session, by):
        done = returning.bring_up(workshop(), drafts.lock(session, draft_id, by=by))
    if done == "moved":
        flash(_("El texto publicado cambió: su borrador ya parte del de hoy y conserva lo que usted cambió."), "info")
    elif done == "look":
        flash(_("El texto publicado cambió en pasajes que usted también cambió: revise los señalados."), "warning")


@blueprint.post("/borradores/<int:draft_id>/<int:file_id>/recuperar")
def recover(draft_id: int, file_id: int) -> Any:
    """Show the editor with what a browser kept, compared with what the server has; nothing is saved yet."""
    draft = drafts.get(reading(), draft_id, by=me())
    return _editor(draft, drafts.file(draft, file_id), typed=request.form.get("text"))


@blueprint.post("/borradores/<int:draft_id>/<int:file_id>")
@limits.save
def save_document(draft_id: int, file_id: int) -> Any:
    """Save what was typed, then do what the pressed button says."""
    then = forms.line("act", "save")
    try:
        with act() as (session, by):
            draft, _entry = _keep(session, by, draft_id, file_id)
        if then == "submit":
            return _submit(draft_id, draft.token)
    except ReviewError as error:
        return _again(draft_id, file_id, error)
    if then == "join":
        return _join(draft_id)
    if then in {"cambios", "vista"}:
        return redirect(url_for("drafts.document", draft_id=draft_id, file_id=file_id, vista=then), 303)
    if then == "image":
        return redirect(url_for("pictures.add", draft_id=draft_id, file_id=file_id), 303)
    if then in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[then], draft_id=draft_id), 303)
    flash(_("El borrador quedó guardado. Solo usted lo ve."), "success")
    return redirect(url_for("drafts.document", draft_id=draft_id, file_id=file_id), 303)


@blueprint.post("/borradores/<int:draft_id>/<int:file_id>/guardar")
@limits.save
def autosave(draft_id: int, file_id: int) -> Any:
    """Keep what is being typed: 204 when kept, 409 when another page saved since."""
    try:
        with act() as (session, by):
            _keep(session, by, draft_id, file_id)
    except ReviewError as error:
        return say(error), status_of(error), {"Content-Type": "text/plain; charset=utf-8"}
    return "", 204


def _keep(session: Session, by: Person, draft_id: int, file_id: int | None) -> tuple[Draft, DraftFile | None]:
    draft = drafts.lock(session, draft_id, by=by)
    entry = drafts.file(draft, file_id) if file_id is not None else None
    if entry is not None and "text" in request.form:
        seen, page = forms.whole("saves", entry.saves), forms.line("page")
        typed = request.form["text"]
        if drafting.differs(drafts.text_of(workshop(), entry), typed):
            drafts.save_text(workshop(), draft, entry, typed, saves=seen, page=page)
    drafts.save_meta(draft, _meta(), complete=forms.line("act") == "register")
    session.flush()
    return draft, entry


def _meta() -> drafts.Meta:
    names = ("instrument", "instrument_number", "instrument_paragraph")
    return drafts.Meta(
        title=forms.line("title"),
        reason=forms.text("reason").strip(),
        kind=forms.line("kind", "substance"),
        note=forms.text("note").strip(),
        **{name: forms.line(name) for name in names},
    )


def _submit(draft_id: int, token: str) -> Any:
    end_reading()
    number = revisions.submit(workshop(), draft_id, by_id=me().id, token=token)
    flash(_("Su propuesta P-%(number)s quedó presentada.", number=number), "success")
    return redirect(url_for("proposals.page", number=number), 303)


def _join(draft_id: int) -> Any:
    """Join the version to the draft that was submitted meanwhile."""
    with act() as (session, by):
        draft = drafts.get(session, draft_id, by=by)
        newest = overtaken.newer(session, draft)
        both = overtaken.join(session, workshop(), draft, newest) if newest else {}
        flash(_("Los cambios de la otra versión están ahora en su borrador."), "success")
    return _told(draft_id, both)


def _to_settle(draft_id: int, error: ReviewError) -> Any:
    """Lead from a draft that another version overtook to what has to be settled in it; None for any other error."""
    if error.code not in {"version-meanwhile", "passages-open"}:
        return None
    end_reading()
    flash(say(error), "info")
    return _told(draft_id, error.facts.get("both", {}))


def _told(draft_id: int, both: dict[str, str]) -> Any:
    """Say what the newer version says in fields where the draft's own stand, and go to the first open passage."""
    for text in both.values():
        flash(_("La otra versión dice «%(text)s» donde usted escribió otra cosa; quedó lo suyo.", text=text), "info")
    entry = overtaken.unsettled(drafts.get(reading(), draft_id, by=me()))
    if entry is None:
        return redirect(url_for("drafts.edit", draft_id=draft_id), 303)
    return redirect(url_for("settling.page", draft_id=draft_id, file_id=entry.id), 303)


def _again(draft_id: int, file_id: int, error: ReviewError) -> Any:
    """Show the editor again with everything typed; after a second press of submit, the proposal that the first made."""
    token = forms.line("token")
    done = revisions.submitted(workshop(), token) if token else None
    if done is not None:
        return redirect(url_for("proposals.page", number=done), 303)
    end_reading()
    if (answer := _to_settle(draft_id, error)) is not None:
        return answer
    draft = drafts.get(reading(), draft_id, by=me())
    entry = drafts.file(draft, file_id)
    collided = isinstance(error, OutOfDate) and error.code == "document-changed"
    typed = None if collided else request.form.get("text")
    return _editor(draft, entry, error=error, typed=typed), status_of(error)


def _editor(
    draft: Draft, entry: DraftFile, *, view: str = "editar", error: ReviewError | None = None, typed: str | None = None
) -> str:
    field = getattr(error, "field", "") or ("text" if error else "")
    stored = drafts.text_of(workshop(), entry)
    if typed is not None:
        typed = returning.rejoined(reading(), workshop(), draft, entry, typed, request.form.get("base", draft.base))
    text = stored if typed is None else typed
    unsaved = typed is not None and drafting.differs(stored, typed)
    whole_url = url_for("drafts.document", draft_id=draft.id, file_id=entry.id, vista=view, todo=1)
    return render_template(
        "drafts/document.html",
        draft=draft,
        entry=entry,
        text=text,
        text_language=drafting.language_of(text or ""),
        title=drafting.title_of(text, entry.path),
        is_markdown=showing.extension(entry.path) in showing.MARKDOWN,
        unsaved=unsaved,
        differing=drafting.marked(workshop(), entry, stored or "", text or "") if unsaved else None,
        view=(view := view if view in {"editar", "cambios", "vista"} else "editar"),
        rich=view == "editar" and showing.extension(entry.path) in showing.MARKDOWN,
        shown=drafting.shown(workshop(), entry, view, whole_url, whole="todo" in request.args),
        whole_url=whole_url,
        changes=drafting.changes(workshop(), entry),
        overlaps=drafting.overlaps(reading(), workshop(), draft),
        errors={field: say(error)} if error else {},
        meta=_meta() if "title" in request.form else draft,
        kinds=drafting.kinds(),
        for_another=drafting.is_for_another(reading(), draft, me()),
        during_vote=drafting.during_vote(reading(), draft),
        overtaken_by=overtaken.newer(reading(), draft),
        waiting_remarks=len(word_accepting.waiting(reading(), draft)),
        waiting_files=[f"«{each.name}»" for each in word_accepting.files_waiting(reading(), draft)],
        page_token=secrets.token_hex(16),
    )


@blueprint.get("/borradores/<int:draft_id>/documentos")
def documents(draft_id: int) -> Any:
    """Show the draft's documents, what may be added, and the presentation."""
    return _documents(draft_id)


def _documents(draft_id: int, error: ReviewError | None = None, file_id: int = 0) -> str:
    draft = drafts.get(reading(), draft_id, by=me())
    texts = [(entry, drafts.text_of(workshop(), entry)) for entry in draft.files]
    field = drafting.field_of(error, forms.line("act"), file_id) if error else ""
    return render_template(
        "drafts/documents.html",
        draft=draft,
        entries=[(entry, text is not None, drafting.title_of(text, entry.path)) for entry, text in texts],
        others=drafts.addable(workshop(), draft),
        modules=drafting.places(workshop()),
        templates=workshop().templates,
        errors={field: say(error)} if error else {},
        meta=_meta() if error and "title" in request.form else draft,
        typed=request.form,
        kinds=drafting.kinds(),
        for_another=drafting.is_for_another(reading(), draft, me()),
        during_vote=drafting.during_vote(reading(), draft),
        overtaken_by=overtaken.newer(reading(), draft),
        waiting_remarks=len(word_accepting.waiting(reading(), draft)),
        waiting_files=[f"«{each.name}»" for each in word_accepting.files_waiting(reading(), draft)],
    )


@blueprint.post("/borradores/<int:draft_id>/presentar")
@limits.save
def present(draft_id: int) -> Any:
    """Save the presentation from the page of documents, and submit when asked."""
    try:
        with act() as (session, by):
            draft, _none = _keep(session, by, draft_id, None)
        then = forms.line("act")
        if then == "submit":
            return _submit(draft_id, draft.token)
    except ReviewError as error:
        end_reading()
        return _to_settle(draft_id, error) or (_documents(draft_id, error), status_of(error))
    if then == "join":
        return _join(draft_id)
    if then in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[then], draft_id=draft_id), 303)
    flash(_("El borrador quedó guardado. Solo usted lo ve."), "success")
    return redirect(url_for("drafts.documents", draft_id=draft_id), 303)


@blueprint.post("/borradores/<int:draft_id>/documentos")
@limits.upload
def add(draft_id: int) -> Any:
    """Add a published document, a new one, or a file from one's machine."""
    try:
        with act() as (session, by):
            draft = drafts.get(session, draft_id, by=by)
            entry = _added(draft)
            session.flush()
            target = entry.id if drafts.text_of(workshop(), entry) is not None else None
    except ReviewError as error:
        end_reading()
        return _documents(draft_id, error), status_of(error)
    if target is None:
        return redirect(url_for("drafts.documents", draft_id=draft_id), 303)
    return redirect(url_for("drafts.document", draft_id=draft_id, file_id=target), 303)


def _added(draft: Draft) -> DraftFile:
    match forms.line("act"):
        case "existing":
            return drafts.add_document(workshop(), draft, request.form.get("path", ""))
        case "new":
            title = forms.line("heading")
            if not title:
                raise InvalidInput("title-missing", field="heading")
            if len(title) > drafts.TEXT_LIMITS["title"]:
                raise InvalidInput("text-too-long", field="heading", most=drafts.TEXT_LIMITS["title"])
            name = forms.line("name") or document_templates.name_of(title)
            path = drafting.path_of(_folder(), name, suffix=".md")
            data = document_templates.begun(
                workshop().templates, forms.line("template", document_templates.EMPTY), title
            )
            return drafts.add_new(workshop(), draft, path, data)
        case "upload":
            name, data = forms.sent("file")
            path = drafting.path_of(_folder(), PurePosixPath(name.replace("\\", "/")).name)
            return sent_files.put(workshop(), draft, path, data)
        case _:
            raise InvalidInput("act-unknown", field="")


def _folder() -> str:
    """Return the folder that was chosen: of a module, and one inside it where one was typed."""
    return "/".join(part for part in (forms.line("module"), forms.line("folder").strip("/")) if part)


@blueprint.post("/borradores/<int:draft_id>/<int:file_id>/cambiar")
def change(draft_id: int, file_id: int) -> Any:
    """Rename a document, propose that it goes, take that back, or take it out of the draft."""
    try:
        with act() as (session, by):
            draft = drafts.get(session, draft_id, by=by)
            entry = drafts.file(draft, file_id)
            match forms.line("act"):
                case "rename":
                    drafts.rename(workshop(), draft, entry, forms.line("path"))
                case "delete":
                    drafts.mark_deleted(entry)
                case "keep":
                    drafts.mark_deleted(entry, deleted=False)
                case "drop":
                    drafts.drop(draft, entry)
    except ReviewError as error:
        end_reading()
        return _documents(draft_id, error, file_id), status_of(error)
    return redirect(url_for("drafts.documents", draft_id=draft_id), 303)


@blueprint.post("/borradores/<int:draft_id>/descartar")
def discard(draft_id: int) -> Any:
    """Throw a draft away."""
    with act() as (session, by):
        drafts.discard(session, drafts.get(session, draft_id, by=by))
    flash(_("El borrador se descartó."), "success")
    return redirect(url_for("home.index"), 303)
