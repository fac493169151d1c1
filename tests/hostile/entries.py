"""Every entry that takes text or files: the forms of the application's own pages, queries, and parts of addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

import reviewtool.web
from reviewtool.gitstore import reading
from reviewtool.models import DraftFile
from tests.support.forms import Form, of_page
from tests.support.pages import AUTHOR, COORDINATION, LESSON, MEMBER, PAGES

if TYPE_CHECKING:
    from tests.support.ground import Ground

# Forms that stand on no page of tests/support/pages.py, or only sometimes: who sends them, where to, which fields.
OTHERS = (
    ("drafts.start_revision", AUTHOR, "/propuestas/16/nueva-version", ()),
    ("drafts.undo", MEMBER, "/propuestas/1/deshacer", ()),
    ("drafts.recover", MEMBER, "/borradores/1/1/recuperar", ("text", "title")),
    ("drafts.autosave", MEMBER, "/borradores/1/1/guardar", ("text", "saves", "page", "title", "reason", "note")),
    ("people.end_term", COORDINATION, "/grupo/funciones/1/terminar", ("ends_on", "reference")),
    ("suggestions.apply_chosen", AUTHOR, "/propuestas/16/sugerencias", ("chosen",)),
    ("suggestions.decline", AUTHOR, "/comentarios/mensajes/36/no-aceptar", ("body", "form_token")),
    ("threads.adopt_suggestion", MEMBER, "/comentarios/mensajes/36/hacer-suya", ()),
    ("threads.apply_suggestion", AUTHOR, "/comentarios/mensajes/36/aplicar", ()),
    ("settling.page", MEMBER, "/borradores/1/1/pasajes", ("place", "act", "seen", "typed")),
    ("sign_ins.end", MEMBER, "/perfil/sesiones/1/cerrar", ()),
    ("word_uploads.review", MEMBER, "/word/1", ("act", "all", "edit", "remark", "to")),
    ("invitations.withdraw", COORDINATION, "/grupo/invitaciones/1/retirar", ()),
    ("invitations.accept", "", "/invitacion/x", ("password", "name", "language", "timezone")),
    ("ballots.submit_objection", COORDINATION, "/propuestas/9/votacion/objecion", ("reason",)),
    ("ballots.close", COORDINATION, "/propuestas/12/votacion/cerrar", ("reason",)),
    ("ordering.choose", COORDINATION, "/propuestas/16/orden", ("first", "reason")),
    ("invitations.show", COORDINATION, "/grupo/invitaciones/1/mostrar", ()),
    ("seats.end", COORDINATION, "/grupo/puestos/1/terminar", ("ends_on", "reference")),
    ("feeds.take_back", MEMBER, "/perfil/fuentes/anular", ()),
    ("vote_links.vote", "", "/votar/correo/x", ("position", "reason")),
    ("persons.take_back", COORDINATION, "/grupo/personas/1/ausencias/1/retirar", ()),
    ("persons.take_back_own", MEMBER, "/perfil/ausencias/1/retirar", ()),
    ("accounts.forget_factors", COORDINATION, "/grupo/cuentas/1/segundo-paso/quitar", ()),
    ("sessions.show_factor", "", "/entrar/segundo-paso", ("code", "passkey", "next", "form")),
    ("sessions.forgot", "", "/entrar/contrasena", ("email",)),
    ("identities.keep", "", "/entrar/con-cuenta", ("form",)),
    ("identities.link", MEMBER, "/perfil/cuenta", ()),
    ("identities.unlink", MEMBER, "/perfil/cuenta/quitar", ()),
    ("factors.confirm_app", MEMBER, "/perfil/segundo-paso/aplicacion/confirmar", ("code",)),
    ("factors.add_passkey", MEMBER, "/perfil/segundo-paso/llave", ("passkey", "name")),
    ("factors.remove_passkey", MEMBER, "/perfil/segundo-paso/llaves/1/quitar", ()),
    ("factors.remove_app", MEMBER, "/perfil/segundo-paso/aplicacion/quitar", ()),
    ("factors.make_codes", MEMBER, "/perfil/segundo-paso/codigos", ()),
    ("notices.stop", "", "/avisos/baja/x", ("pace",)),
)
_ASKED = re.compile(r"""(?:args\.get\(|asked\(|args\[)\s*["'](\w+)["']|["'](\w+)["'] in request\.args""")


def forms(ground: Ground) -> list[Form]:
    """Return the forms of all pages, each once by its route and the names of its fields."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    here = _drafts(ground)
    for page in PAGES.values():
        client, path = ground.client(page.who), here(page.path)
        answer = client.get(path) if page.sent is None else client.post(path, data=dict(page.sent))
        if answer.mimetype == "text/html":
            for form in of_page(ground, page.who, path, answer.text):
                found.setdefault((form.endpoint, frozenset(form.names)), form)
    others = [
        Form(who, endpoint, here(address), "POST", tuple((name, "x") for name in names))
        for endpoint, who, address, names in OTHERS
    ]
    return [*found.values(), *others]


def _drafts(ground: Ground) -> Callable[[str], str]:
    """Return what puts the ids that the two drafts have on this database into an address."""
    with ground.workshop.database.read() as session:
        rows = session.execute(select(DraftFile.draft_id, DraftFile.id).order_by(DraftFile.id)).all()
    ids = dict(enumerate(rows, 1))

    def real(found: re.Match[str]) -> str:
        draft_id, file_id = ids[int(found[1])]
        return f"/borradores/{draft_id}" + (f"/{file_id}" if found[2] else "")

    return lambda path: re.sub(r"/borradores/(\d)(/\d)?", real, path)


def queries() -> list[str]:
    """Return every name that the application looks for in the query of an address."""
    folder = Path(reviewtool.web.__file__).parent
    found = {
        first or second
        for file in sorted(folder.rglob("*.py"))
        for first, second in _ASKED.findall(file.read_text(encoding="utf-8"))
    }
    return sorted(found | {"estado", "modulo", "persona", "texto", "mias", "acto", "propuesta", "desde", "hasta"})


PARTS = {  # what a part of an address holds in the demonstration
    "path": LESSON,
    "noun": "comentario",
    "token": "x",
    "version": "x",
    "name": "app.css",
}


def addresses(ground: Ground) -> Iterator[tuple[str, dict[str, str], frozenset[str]]]:
    """Yield every route with parts: its pattern, good values for them, its methods."""
    commit = str(reading.head(ground.workshop.store))
    for rule in ground.app.url_map.iter_rules():
        values = {name: commit if name == "commit" else PARTS.get(name, "1") for name in rule.arguments}
        yield re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule), values, frozenset(rule.methods or ())
