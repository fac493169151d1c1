"""The materials as people read them: the tree, a document, its history, an older state, what changed, search, files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.routing import BaseConverter

from reviewtool import i18n
from reviewtool.errors import NotFound
from reviewtool.rules.permissions import Act
from reviewtool.services import differences as states
from reviewtool.services import documents, histories, modules, proposals, rendering, searching, showing
from reviewtool.services.documents import Document
from reviewtool.services.modules import Module
from reviewtool.services.showing import Kind
from reviewtool.web import addresses, differences, files, forms, limits
from reviewtool.web.addresses import Addresses
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import joined, language, ngettext
from reviewtool.web.security import only_who_may

blueprint = Blueprint("documents", __name__)
blueprint.before_request(only_who_may(Act.read_documents))

RECENT = 3  # changes beside a document
KEPT_FOR_SECONDS = 30 * 24 * 3600


class Commit(BaseConverter):
    """A state of the materials in an address."""

    regex = "[0-9a-f]{40}"


blueprint.record_once(lambda state: state.app.url_map.converters.update(commit=Commit))


@blueprint.get("/materiales")
def overview() -> Any:
    """Show all modules and documents of the published text."""
    try:
        tree = modules.tree(workshop(), documents.tip(workshop()))
    except NotFound:
        return render_template("documents/empty.html")
    return _overview(Addresses(tree))


@blueprint.get("/materiales/<path:path>")
def document(path: str) -> Any:
    """Show a document of the published text, or the list of a folder's documents."""
    return _file_or_folder(addresses.at(documents.tip(workshop())), path)


@blueprint.get("/estado/<commit:commit>/", defaults={"path": ""})
@blueprint.get("/estado/<commit:commit>/<path:path>")
def state(commit: str, path: str) -> Any:
    """Show the materials, a folder or a document as they stood at an older state or an edition."""
    place = addresses.at(documents.state(reading(), workshop(), commit), older=True)
    return _file_or_folder(place, path) if path else _overview(place)


@blueprint.get("/historial/<path:path>")
def history(path: str) -> Any:
    """List the changes of a document, the newest first."""
    shop, tip = workshop(), documents.tip(workshop())
    page = histories.page(reading(), shop, tip, path, forms.asked("pagina", 1))
    place = addresses.at(tip)
    return render_template(
        "documents/history.html",
        page=page,
        path=path,
        document=documents.find(shop, tip, path),
        module=place.tree.module_of(path),
        address=place.page,
    )


@blueprint.get("/cambio/<commit:commit>/<path:path>")
def change(commit: str, path: str) -> Any:
    """Show what one change did to a document."""
    known = documents.state(reading(), workshop(), commit)
    changed = histories.change(reading(), workshop(), known, path)
    return render_template("documents/change.html", step=changed.step, **differences.facts(changed.difference))


@blueprint.get("/comparar/<commit:commit>/<path:path>")
def compare(commit: str, path: str) -> Any:
    """Show a document as it stood at an older state against the present text, or against the state `hasta`."""
    session, shop = reading(), workshop()
    old = documents.state(session, shop, commit)
    asked = request.args.get("hasta", "")
    new = documents.state(session, shop, asked) if asked else documents.tip(shop)
    found = states.between(shop, old, new, path)
    return render_template(
        "documents/compare.html",
        older=differences.state(old),
        newer=differences.state(new),
        **differences.facts(found, published=not asked),
    )


@blueprint.get("/por-que/<path:path>")
def why(path: str) -> Any:
    """Show which decisions made a block of the published text what it is."""
    shop, place = workshop(), addresses.at(documents.tip(workshop()))
    found = documents.get(shop, place.tree.commit, path)
    if found.kind is not Kind.markdown:
        raise NotFound("block-unknown", number=0)
    whole = rendering.rendered(shop, found, place.resolver(path), place.key)
    block = histories.block_of(whole, forms.asked("bloque", -1))
    return render_template(
        "documents/why.html",
        document=found,
        module=place.tree.module_of(path),
        block=block,
        origins=histories.origins(reading(), shop, place.tree.commit, found, block),
        address=place.page,
        text_language=_language(found, place.tree.module_of(path)),
    )


@blueprint.get("/buscar")
@limits.search
def search() -> Any:
    """Show the documents in which the asked words are found."""
    place = addresses.at(documents.tip(workshop()))
    query = " ".join(request.args.get("q", "").split())
    found = searching.search(workshop(), place.tree.commit, query, forms.asked("pagina", 1))
    return render_template(
        "documents/search.html",
        found=found,
        query=found.query,
        address=place.page,
        page_address=lambda page: url_for("documents.search", q=found.query, pagina=page),
    )


@blueprint.get("/archivo/<path:path>")
def raw(path: str) -> Any:
    """Send the bytes of a file of the published text."""
    return _bytes(documents.get(workshop(), documents.tip(workshop()), path), "private, no-cache")


@blueprint.get("/archivo/<commit:commit>/<path:path>")
def raw_at(commit: str, path: str) -> Any:
    """Send the bytes of a file at an older state, an edition or a version of a proposal."""
    known = documents.state(reading(), workshop(), commit, revisions=True)
    return _bytes(documents.get(workshop(), known, path), f"private, max-age={KEPT_FOR_SECONDS}, immutable")


def _bytes(found: Document, kept: str) -> Response:
    picture = showing.image_type(found.path) if found.kind is Kind.image else None
    response = send_file(
        BytesIO(documents.data(workshop(), found)),
        mimetype=picture or "application/octet-stream",
        as_attachment=picture is None,
        download_name=found.name,
        etag=found.blob,
    )
    response.headers["Content-Security-Policy"] = files.PICTURE_POLICY
    response.headers["Cache-Control"] = kept
    return response


def _file_or_folder(place: Addresses, path: str) -> Any:
    path = path.rstrip("/")
    folder = modules.folder(place.tree, path)
    if folder is not None:
        return _folder(place, folder)
    found = documents.get(workshop(), place.tree.commit, path)
    return _document(place, found)


def _overview(place: Addresses) -> str:
    tree, shop = place.tree, workshop()
    last = documents.last_changes(shop, tree.commit)
    newest = max(last.values(), key=lambda commit: commit.committer.at, default=None)
    return render_template(
        "documents/overview.html",
        tree=tree,
        kinds=[(kind, [m for m in tree.modules if m.kind == kind]) for kind in (*modules.KINDS, "")],
        address=place.page,
        last=last,
        newest=newest,
        open_counts={} if place.older else documents.open_counts(reading()),
        banner=_banner(place, ""),
    )


def _folder(place: Addresses, folder: Module) -> str:
    shop = workshop()
    return render_template(
        "documents/module.html",
        tree=place.tree,
        folder=folder,
        module=place.tree.module_of(folder.folder),
        here=folder.folder,
        minutes=documents.module_minutes(shop, place.tree.commit, folder),
        last=documents.last_changes(shop, place.tree.commit),
        open_counts={} if place.older else documents.open_counts(reading()),
        address=place.page,
        banner=_banner(place, folder.folder),
    )


def _document(place: Addresses, found: Document) -> str:
    shop, tree = workshop(), place.tree
    module = tree.module_of(found.path)
    whole = None
    if found.kind is Kind.markdown:
        whole = rendering.rendered(shop, found, place.resolver(found.path), place.key)
    touches = [] if place.older else proposals.open_touching(reading(), [found.path])
    return render_template(
        "documents/document.html",
        tree=tree,
        module=module,
        here=found.path,
        document=found,
        whole=whole,
        minutes=documents.minutes(shop, found) if whole else 0,
        last=documents.last_change(shop, tree.commit, found.path),
        steps=histories.page(reading(), shop, tree.commit, found.path, size=RECENT),
        touches=touches,
        closings=documents.closings(reading(), [proposal for proposal, _touch in touches]),
        competing=rendering.competing(shop, found, whole, touches) if whole else {},
        neighbours=_neighbours(module, found.path),
        address=place.page,
        raw=place.raw(found.path),
        word_file=place.word(found.path) if whole else "",
        text_language=_language(found, module),
        banner=_banner(place, found.path),
    )


def _language(found: Document, module: Module | None) -> str:
    return found.language or (module.language if module else "") or "es"


def _neighbours(module: Module | None, path: str) -> tuple[Any, Any]:
    listed = list(module.documents) if module else []
    at = next((number for number, each in enumerate(listed) if each.path == path), None)
    if at is None:
        return None, None
    return listed[at - 1] if at else None, listed[at + 1] if at + 1 < len(listed) else None


def _banner(place: Addresses, path: str) -> dict[str, Any] | None:
    """Return what an older state says of itself: when it was, its editions, where today's text is."""
    if not place.older:
        return None
    commit = place.tree.commit
    today = addresses.at(documents.tip(workshop()))
    is_file = path in place.tree.files
    still = not path or path in today.tree.files or path in today.tree.folders
    return {
        "at": documents.instant_of(workshop(), commit),
        "editions": documents.editions_at(reading(), commit),
        "today": today.page(path) if still else "",
        "compared": url_for("documents.compare", commit=commit, path=path) if is_file else "",
        "published": commit == today.tree.commit,
    }


def votes_in_words(step: histories.Step) -> str:
    """Say how many seats took which position."""
    words = {
        "for": lambda n: ngettext("%(num)s a favor", "%(num)s a favor", n),
        "for_with_remarks": lambda n: ngettext(
            "%(num)s a favor con observaciones", "%(num)s a favor con observaciones", n
        ),
        "against": lambda n: ngettext("%(num)s en contra", "%(num)s en contra", n),
        "abstain": lambda n: ngettext("%(num)s abstención", "%(num)s abstenciones", n),
        "recused": lambda n: ngettext("%(num)s se excusó", "%(num)s se excusaron", n),
    }
    return joined([words[position](count) for position, count in step.votes])


def language_name(code: str) -> str:
    """Return the name of a language in the reader's, or its code."""
    names = i18n.locale(language()).languages
    return str(names.get(code.partition("-")[0].lower(), code)).capitalize()


@blueprint.context_processor
def words() -> dict[str, Any]:
    """Give the templates of documents their words for votes, languages and files, and addresses by path."""
    return {
        "votes_in_words": votes_in_words,
        "language_name": language_name,
        "file_size": files.size,
        "file_type": files.type_of,
        "history_address": addresses.of("documents.history"),
        "why_address": addresses.of("documents.why"),
    }


@blueprint.get("/materiales/")
def overview_with_slash() -> Any:
    """Lead an address with a slash at its end to the tree."""
    return redirect(url_for("documents.overview"), 301)
