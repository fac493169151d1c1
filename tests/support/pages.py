"""Every page of the demonstration and who looks at it: for the tests of accessibility, of overflow and of language.

Addresses are those of the demonstration's proposals, threads and comments, which are the same on whatever day it is
made. A page with `sent` is what answers a form that is refused, so that looking at it changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from reviewtool import clock

LESSON = "modulo-1-valor-de-transaccion/leccion-6-canones-y-derechos-de-licencia.md"
MEMBER, AUTHOR, OBSERVER, READER, COORDINATION = (
    "rosa.quispe",
    "byron.cevallos",
    "ixchel.cumes",
    "marisol.vega",
    "elena.marroquin",
)
OBJECTOR, WAITING, SILENT = "gonzalo.silveira", "nohely.rondon", "martin.acosta"


@dataclass(frozen=True)
class Page:
    """A page: who opens it, its address, the form that is sent there, and the status it answers with.

    `follow` is the beginning of an address: the page is what the first such link leads to.
    """

    who: str
    path: str
    sent: Mapping[str, str] | None = None
    status: int = 200
    follow: str = ""


def _act(who: str, path: str, **sent: str) -> Page:
    return Page(who, f"/propuestas/{path}", sent or None, 400 if sent else 200)


RULES = {
    "step": "review",
    "preset": "votacion",
    "consultation_days": "5",
    "decision_days": "7",
    "quorum": "2/3",
    "majority": "consensus",
    "certified_in_favour": "1",
    "early_close": "1",
    "doc-0-paths": "glosario",
    "doc-0-preset": "silencio",
    "doc-0-consultation_days": "5",
    "doc-0-decision_days": "5",
    "effective_on": f"{clock.now() + timedelta(days=30):%Y-%m-%d}",
    "reference": "Acta del 3 de junio, punto 4",
}

READING = {
    "sign-in": Page("", "/entrar"),
    "home-member": Page(MEMBER, "/"),
    "home-observer": Page(OBSERVER, "/"),
    "home-reader": Page(READER, "/"),
    "home-coordination": Page(COORDINATION, "/"),
    "desk": Page(COORDINATION, "/coordinacion"),
    "proposals": Page(MEMBER, "/propuestas"),
    "decisions": Page(MEMBER, "/decisiones"),
    "decisions-report": Page(READER, "/decisiones/informe"),
    "log": Page(MEMBER, "/registro"),
    "log-refused": Page(OBSERVER, "/registro?persona=x&propuesta=x&acto=x&desde=ayer", status=400),
    "editions": Page(COORDINATION, "/ediciones"),
    "group": Page(MEMBER, "/grupo"),
    "roles": Page(COORDINATION, "/grupo/funciones"),
    "roles-refused": Page(COORDINATION, "/grupo/funciones", {"role": "member", "starts_on": "ayer"}, 400),
    "role-ends": Page(COORDINATION, "/grupo/funciones", follow="/grupo/funciones/"),
    "seats": Page(COORDINATION, "/grupo/puestos"),
    "seats-refused": Page(COORDINATION, "/grupo/puestos", {"as": "titular", "seat": "1", "starts_on": "ayer"}, 400),
    "seat-ends": Page(COORDINATION, "/grupo/puestos", follow="/grupo/puestos/"),
    "person": Page(MEMBER, "/grupo/personas/4"),
    "person-coordination": Page(COORDINATION, "/grupo/personas/4"),
    "absence-refused": Page(MEMBER, "/perfil/ausencias", {"starts_on": "ayer"}, 400),
    "certification-refused": Page(
        COORDINATION, "/grupo/personas/4/certificacion", {"certified_on": "", "certified_until": "2030-01-01"}, 400
    ),
    "erase": Page(COORDINATION, "/grupo/personas/4/borrar"),
    "rules": Page(READER, "/reglas"),
    "rules-coordination": Page(COORDINATION, "/reglas"),
    "rules-one": Page(MEMBER, "/reglas/1"),
    "rules-new": Page(COORDINATION, "/reglas/nuevas"),
    "rules-refused": Page(COORDINATION, "/reglas/nuevas", {"step": "review", "preset": "x"}, 400),
    "rules-review": Page(COORDINATION, "/reglas/nuevas", RULES),
    "rules-calendar": Page(COORDINATION, "/reglas/calendario"),
    "rules-calendar-refused": Page(COORDINATION, "/reglas/calendario", {"closing_time": "17:00", "holidays": "x"}, 400),
    "rules-file": Page(COORDINATION, "/reglas/archivo"),
    "rules-file-refused": Page(COORDINATION, "/reglas/archivo", {"content": "unidad ="}, 400),
    "profile": Page(MEMBER, "/perfil"),
    "notices": Page(MEMBER, "/avisos"),
    "mails": Page(COORDINATION, "/avisos/correos"),
    "profile-mail-refused": Page(MEMBER, "/perfil/avisos", {"asked": "never", "rest": "daily"}, 400),
    "accessibility": Page(MEMBER, "/accesibilidad"),
    "materials": Page(MEMBER, "/materiales"),
    "module": Page(MEMBER, "/materiales/modulo-1-valor-de-transaccion"),
    "document": Page(MEMBER, f"/materiales/{LESSON}"),
    "history": Page(MEMBER, f"/historial/{LESSON}"),
    "change": Page(MEMBER, "/historial/glosario/glosario.md", follow="/cambio/"),
    "compared": Page(MEMBER, "/ediciones/comparar?desde=edicion-2026-1", follow="/comparar/"),
    "editions-compared": Page(READER, "/ediciones/comparar?desde=edicion-2026-1"),
    "older-state": Page(COORDINATION, "/ediciones", follow="/estado/"),
    "why": Page(MEMBER, f"/por-que/{LESSON}?bloque=3"),
    "trust": Page(MEMBER, "/confianza"),
    "trust-coordination": Page(COORDINATION, "/confianza"),
    "search": Page(MEMBER, "/buscar?q=canon"),
    **{
        f"proposal-{number}": Page(MEMBER, f"/propuestas/{number}")
        for number in (1, 4, 7, 9, 10, 12, 13, 14, 15, 16, 18, 19)
    },
    "proposal-full": Page(MEMBER, "/propuestas/16?vista=completo"),
    "proposal-columns": Page(MEMBER, "/propuestas/16?vista=columnas"),
    "proposal-final": Page(MEMBER, "/propuestas/16?vista=propuesto"),
    "proposal-source": Page(MEMBER, "/propuestas/16?vista=fuente"),
    "proposal-coordination": Page(COORDINATION, "/propuestas/13"),
    "proposal-observer": Page(OBSERVER, "/propuestas/13"),
    "proposal-reader": Page(READER, "/propuestas/13"),
    "consultation-sheet": Page(READER, "/propuestas/16/consulta-interna"),
    "vote-several": Page("derlis.benitez", "/votar"),
    "vote-several-refused": Page("derlis.benitez", "/votar", {"vote": "x"}, 400),
    "corrections": Page(COORDINATION, "/correcciones"),
    "corrections-refused": Page(COORDINATION, "/correcciones", {"proposal": "x"}, 400),
    "separate": Page(MEMBER, "/propuestas/19/separar"),
    "separate-none": Page(MEMBER, "/propuestas/13/separar"),
    "order": Page(COORDINATION, "/propuestas/16/orden"),
    "coauthors": Page(AUTHOR, "/propuestas/16/coautores"),
    "coauthors-refused": Page(AUTHOR, "/propuestas/16/coautores", {"act": "invite", "person": ""}, 400),
    "beside": Page(MEMBER, "/propuestas/17/junto-a/18"),
    "order-refused": Page(COORDINATION, "/propuestas/16/orden", {"first": "16"}, 400),
    "private-note": Page(MEMBER, "/propuestas/13/nota"),
    "private-note-refused": Page(
        MEMBER, "/propuestas/13/nota", {"seen": "7", "body": "Consultar con la asesoría"}, 409
    ),
    "comments": Page(MEMBER, "/propuestas/16/comentarios"),
    "conflict": Page(COORDINATION, "/propuestas/9/conflicto"),
    "merge": Page(COORDINATION, "/propuestas/11/incorporar"),
    "follow-up": Page(COORDINATION, "/propuestas/1/seguimiento"),
    "follow-up-refused": Page(COORDINATION, "/propuestas/1/seguimiento", {"on": "ayer"}, 400),
    "meeting": Page(COORDINATION, "/reunion?propuesta=12"),
    "meeting-refused": Page(COORDINATION, "/reunion", {"received_on": "ayer", "reason-CL": "No se sigue"}, 400),
    "merge-several": Page(COORDINATION, "/incorporar"),
    "merge-several-refused": Page(COORDINATION, "/incorporar", {"proposal": "x"}, 400),
    "merge-collides": Page(COORDINATION, "/propuestas/9/incorporar"),
}
TALKING = {
    "suggestions": Page(MEMBER, "/propuestas/16/sugerencias"),
    "thread": Page(MEMBER, "/comentarios/20"),
    "thread-objection": Page(OBJECTOR, "/comentarios/25"),
    "comment-edit": Page(MEMBER, "/comentarios/mensajes/36/editar"),
    "comment-edit-collided": Page(
        MEMBER, "/comentarios/mensajes/36/editar", {"seen": "Otra cosa", "body": "Mi texto nuevo"}, 409
    ),
    "comment-attach": Page(MEMBER, "/comentarios/mensajes/36/adjuntar"),
    "comment-attach-refused": Page(MEMBER, "/comentarios/mensajes/36/adjuntar", {"file": ""}, 400),
    "proposal-attach": Page(COORDINATION, "/propuestas/16/adjuntar"),
    "comment-withdraw": Page(COORDINATION, "/retirar/comentario/36"),
    "comment-withdraw-refused": Page(COORDINATION, "/retirar/comentario/36", {"ground": " "}, 400),
    "version-withdraw": Page(COORDINATION, "/retirar/version/19"),
    "version-withdraw-published": Page(COORDINATION, "/retirar/version/1"),
    "vote-withdraw-refused": Page(COORDINATION, "/retirar/voto/3", {"ground": " "}, 400),
    "thread-refused": Page(MEMBER, "/comentarios/20/respuestas", {"body": " "}, 400),
    "passage-refused": Page(
        MEMBER,
        "/propuestas/16/comentarios",
        {"version": "2", "path": LESSON, "quote": "No está aquí", "body": "De acuerdo"},
        400,
    ),
}
WRITING = {
    "draft-documents": Page(MEMBER, "/borradores/1/documentos"),
    "draft-editor": Page(MEMBER, "/borradores/1/1"),
    "draft-changes": Page(MEMBER, "/borradores/1/1?vista=cambios"),
    "draft-look": Page(MEMBER, "/borradores/1/1?vista=vista"),
    "draft-split": Page(MEMBER, "/borradores/1/separar"),
    "draft-picture": Page(MEMBER, "/borradores/1/1/imagen"),
    "draft-picture-refused": Page(MEMBER, "/borradores/1/1/imagen", {"alternative": ""}, 400),
    "draft-recovered": Page(MEMBER, "/borradores/1/1/recuperar", {"text": "# Otro texto\n", "title": "Un título"}),
    "draft-block": Page(MEMBER, "/borradores/1/1/bloques/2"),
    "draft-block-after": Page(MEMBER, "/borradores/1/1/bloques/2?despues=1"),
    "draft-block-changed": Page(
        MEMBER, "/borradores/1/1/bloques/2", {"seen": "Otro texto", "text": "El mío", "act": "save"}, 409
    ),
    "draft-name-refused": Page(
        MEMBER, "/borradores/1/documentos", {"act": "new", "name": "../fuera", "heading": "Un título"}, 400
    ),
    "word-send": Page(MEMBER, f"/word?documento={LESSON}"),
    "word-send-refused": Page(MEMBER, "/word", {"path": "", "number": "16"}, 400),
    "draft-register": Page(COORDINATION, "/borradores/2/registrar"),
    "draft-register-refused": Page(COORDINATION, "/borradores/2/registrar", {"received_on": "ayer"}, 400),
    "draft-saved-elsewhere": Page(
        MEMBER, "/borradores/1/1", {"saves": "900", "page": "otra", "text": "# Otro texto\n", "title": "Un título"}, 409
    ),
}
ACTS = {
    "act-open": _act(COORDINATION, "15/votacion/abrir"),
    "act-open-early": _act(COORDINATION, "16/votacion/abrir"),
    "act-open-refused": _act(COORDINATION, "15/votacion/abrir", closes_on="2020-01-01"),
    "act-extend": _act(COORDINATION, "12/votacion/prorrogar"),
    "act-extend-refused": _act(COORDINATION, "12/votacion/prorrogar", days="900", reason=" "),
    "act-decline-extension": _act(COORDINATION, "12/prorroga/denegar"),
    "act-extend-consultation": _act(COORDINATION, "16/consulta/prorrogar"),
    "act-suspend": _act(COORDINATION, "12/votacion/suspender"),
    "act-close": _act(COORDINATION, "12/votacion/cerrar"),
    "act-register": _act(COORDINATION, "12/voto/registrar"),
    "act-register-silence": _act(COORDINATION, "14/voto/registrar"),
    "act-register-refused": _act(COORDINATION, "12/voto/registrar", seat="PY", position="for", received_on="ayer"),
    "act-call-again": _act(COORDINATION, "7/votacion/segunda-convocatoria"),
    "act-submit-objection": _act(COORDINATION, "9/votacion/objecion"),
    "act-reopen": _act(COORDINATION, "4/retomar"),
    "act-vote": _act(AUTHOR, "13/voto"),
    "act-vote-refused": _act(AUTHOR, "13/voto", ballot="1", position="against"),
    "act-confirm": _act(WAITING, "12/voto/confirmar"),
    "act-interrupt": _act(SILENT, "14/silencio/interrumpir"),
    "act-opinion": _act(OBSERVER, "16/parecer"),
    "act-ask-extension": _act(MEMBER, "13/prorroga/solicitar"),
    "act-object": _act(MEMBER, "13/objecion"),
    "act-lift": _act(OBJECTOR, "13/objeciones/3/retirar"),
    "act-register-comment": _act(COORDINATION, "16/comentarios/registrar"),
    "act-register-comment-refused": _act(COORDINATION, "16/comentarios/registrar", version="2", body=" "),
    "act-register-version": _act(COORDINATION, "16/versiones/registrar"),
    "act-register-lifting": _act(COORDINATION, "13/objeciones/3/registrar"),
    "act-register-lifting-refused": _act(COORDINATION, "13/objeciones/3/registrar", channel="note", reference=" "),
    "act-ask-amendment": _act(MEMBER, "12/votacion/enmendar"),
    "act-withdraw": _act(MEMBER, "12/retirar"),
}
REFUSING = {
    "sessions": Page(MEMBER, "/perfil/sesiones"),
    "factors": Page(MEMBER, "/perfil/segundo-paso"),
    "accounts": Page(COORDINATION, "/grupo/cuentas"),
    "forgot": Page("", "/entrar/contrasena"),
    "forgot-asked": Page("", "/entrar/contrasena?pedido=1"),
    "invite": Page(COORDINATION, "/grupo/invitar"),
    "invite-refused": Page(
        COORDINATION, "/grupo/invitar", {"email": "mal", "name": "Ana", "administration": "PE"}, 400
    ),
    "invited": Page(
        COORDINATION,
        "/grupo/invitar",
        {"email": "ana@demo.example", "name": "Ana Pereyra", "administration": "PE", "role": "observer"},
    ),
    "invite-list": Page(COORDINATION, "/grupo/invitar/lista"),
    "invite-list-read": Page(
        COORDINATION,
        "/grupo/invitar/lista",
        {"list": "correo;nombre;administración;función\nana@demo.example;Ana;PE;lector\n"},
    ),
    "invite-list-refused": Page(
        COORDINATION, "/grupo/invitar/lista", {"list": "correo;nombre;administración;función\nmal;Ana;PE;lector\n"}, 400
    ),
    "forbidden": Page(READER, "/coordinacion", status=403),
    "missing": Page(MEMBER, "/propuestas/9999", status=404),
    "too-late": Page(MEMBER, "/propuestas/9/deshacer", {"reason": "Lo que había escrito antes"}, 409),
    "too-large": Page(MEMBER, "/propuestas/16/comentarios", {"body": "x" * 12_000_000}, 413),
    "profile-refused": Page(MEMBER, "/perfil", {"language": "en", "timezone": "Marte/Olimpo"}, 400),
    "password-refused": Page(MEMBER, "/perfil/contrasena", {"current": "no es esta", "password": "corta"}, 400),
    "sign-in-with-form": Page("", "/borradores/1/presentar", {"reason": "Un motivo que alguien escribió"}, 401),
    "sent-again": Page(
        MEMBER, "/borradores/1/presentar", {"csrf_token": "x", "reason": "Un motivo que alguien escribió"}, 400
    ),
    "sign-in-refused": Page("", "/entrar", {"email": "nadie@demo.example", "password": "no es esta"}, 400),
}
PAGES = READING | TALKING | WRITING | ACTS | REFUSING
