"""The rows of the home page: each proposal that waits, with its place, its deadline, its seats and one button.

What waits is `services.worklist`'s; the title of the page is in `situation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import url_for

from reviewtool.rules.lifecycle import State
from reviewtool.rules.permissions import Act
from reviewtool.services import account_notices, notice_words
from reviewtool.services.news import Entered
from reviewtool.services.notices import Owed
from reviewtool.services.standings import Counted
from reviewtool.services.worklist import Own, Queue, Waiting
from reviewtool.web.closings import Closing, Kind, ago, closes, deadline
from reviewtool.web.context import place_name
from reviewtool.web.i18n import dotted, language, localdate, ngettext
from reviewtool.web.i18n import gettext as _
from reviewtool.web.places import Places
from reviewtool.web.positions import position_name
from reviewtool.web.security import may_now
from reviewtool.web.strips import Strip, strip_of
from reviewtool.web.words import StateTag, state_tag

LONGEST_QUOTE = 240  # characters of a comment on the home page


@dataclass(frozen=True)
class Row:
    """One proposal that waits; `action` is address, text and what a screen reader adds."""

    title: str
    url: str
    meta: str
    closing: Closing | None
    strip: Strip | None
    note: str
    action: tuple[str, str, str]


@dataclass(frozen=True)
class Section:
    """One section of the home: a heading, its rows, and where the others are when there are more."""

    key: str
    title: str
    rows: tuple[Row, ...]
    hidden: int
    lead: str = ""


_ACTIONS = {"votes": "#vote", "confirmations": "#vote", "opinions": "#vote", "silences": "", "consultations": ""}


def section(key: str, title: str, queue: Queue, places: Places, lead: str = "") -> Section:
    """Return one kind of waiting proposals as a section."""
    rows = tuple(_row(key, item, places) for item in queue.shown)
    return Section(key, title, rows, queue.total - len(rows), lead)


def _row(key: str, item: Waiting, places: Places) -> Row:
    name = f"P-{item.number}"
    url = url_for("proposals.page", number=item.number)
    silent = item.counted is not None and item.counted.is_silence
    kind: Kind = "consultation" if item.state == State.consultation else "silence" if silent else "ballot"
    text, hidden = _button(key, name)
    return Row(
        title=item.title,
        url=url,
        meta=meta(item, places),
        closing=closes(item.closes_at, kind) if item.closes_at else None,
        strip=strip_of(item.counted),
        note=_confirm(item) if key == "confirmations" else "",
        action=(url + _ACTIONS[key], text, hidden),
    )


def _button(key: str, name: str) -> tuple[str, str]:
    texts = {
        "votes": (_("Revisar y votar"), _("la propuesta %(name)s", name=name)),
        "confirmations": (_("Confirmar el voto"), _("en %(name)s", name=name)),
        "silences": (_("Ver el texto"), _("de %(name)s", name=name)),
        "opinions": (_("Leer y dar su parecer"), _("sobre %(name)s", name=name)),
        "consultations": (_("Leer y comentar"), _("la propuesta %(name)s", name=name)),
    }
    return texts[key]


def _confirm(item: Waiting) -> str:
    if item.is_earlier:
        said = position_name(item.position)
        return _("El texto cambió desde su voto (%(position)s): cuenta cuando lo confirme o lo cambie.", position=said)
    if item.ad_referendum:
        return _("Usted votó ad referéndum: el voto cuenta cuando lo confirme.")
    return _("La coordinación registró su voto por teléfono: cuenta cuando usted lo confirme.")


def meta(item: Waiting, places: Places) -> str:
    """Say number, module, who proposed it and how long reading takes."""
    who = ", ".join(part for part in (item.author, place_name(item.administration)) if part)
    parts = [f"P-{item.number}", places.name(item.paths), _("propuesta de %(who)s", who=who)]
    if item.minutes:
        parts.append(ngettext("%(num)s minuto de lectura", "%(num)s minutos de lectura", item.minutes))
    return dotted(parts)


@dataclass(frozen=True)
class Said:
    """A comment, answer, suggestion or objection that is addressed to the person, or what the whole group is told.

    `id` is that of the notice; None for what is told on one visit and asks for no mark.
    """

    id: int | None
    title: str
    url: str
    meta: str
    quote: str
    original: str
    replacement: str | None
    action: tuple[str, str, str]


def said(unread: Iterable[Owed], person_id: int) -> tuple[Said, ...]:
    """Return what others said to a person, the newest first."""
    return tuple(one_said(notice, person_id) for notice in unread)


def entered(made: Iterable[Entered]) -> tuple[Said, ...]:
    """Return what the coordination entered for the whole group since the person was here: rules and calendars."""
    return tuple(_entered(each) for each in made)


def _entered(made: Entered) -> Said:
    if made.effective_on is None:
        title = _("La coordinación cambió la hora de cierre o los días sin trabajo, para lo que se abra desde ahora")
        action = (url_for("rules.index"), _("Ver el calendario"), _("en las reglas del grupo"))
    else:
        day = localdate(made.effective_on, "long")
        title = _("La coordinación introdujo nuevas reglas, que rigen desde el %(day)s", day=day)
        action = (
            url_for("rules.one", rule_set_id=made.id),
            _("Ver las reglas"),
            _("que rigen desde el %(day)s", day=day),
        )
    who = " · ".join(part for part in (made.by, place_name(made.administration), ago(made.at)) if part)
    return Said(None, title, action[0], who, "", "", None, action)


_FACTORS = frozenset(
    {account_notices.FACTOR_CHANGED, account_notices.RECOVERY_CODE_USED, account_notices.FACTOR_FORGOTTEN}
)


def _of_account(notice: Owed) -> Said:
    title, url = notice_words.headline(notice, language(), own=True), url_for("sign_ins.index")
    action = (url, _("Ver sus sesiones"), _("abiertas"))
    if notice.kind in {account_notices.CERTIFICATION, account_notices.CERTIFICATION_OF}:
        url = url_for("people.index")
        action = (url, _("Ver el grupo"), "")
    elif notice.kind in _FACTORS:
        url = url_for("factors.index")
        action = (url, _("Ver el segundo paso"), "")
    meta = " · ".join(part for part in (_("Su cuenta"), place_name(notice.administration), ago(notice.at)) if part)
    return Said(notice.id, title, url, meta, "", "", None, action)


def one_said(notice: Owed, person_id: int) -> Said:
    """Return one notice as its reader is told it."""
    own = notice.author_id == person_id
    if notice.kind in account_notices.KINDS:
        return _of_account(notice)
    if not notice.proposal:
        return _told_edition(notice)
    name = f"P-{notice.proposal}"
    url = (
        url_for("threads.thread", thread_id=notice.thread_id)
        if notice.thread_id and may_now(Act.read_discussion)
        else url_for("proposals.page", number=notice.proposal)
    )
    suggests = notice.replacement is not None
    text = _("Ver la sugerencia") if suggests else _("Responder")
    if notice.kind in {"objection", "objection_lifted"}:
        text = _("Ver la objeción")
    elif notice.kind == "registered":
        text = _("Ver lo registrado")
    elif notice.kind == "reminder":
        url, text = f"{url}#vote", _("Votar")
    elif notice.kind == "unconfirmed":
        url, text = f"{url}#vote", _("Confirmar el voto")
    elif notice.act == "coauthor_invited":
        url, text = url_for("coauthors.page", number=notice.proposal), _("Responder")
    elif notice.kind in notice_words.CLOSING_KINDS:
        url, text = (f"{url}#vote", _("Votar")) if notice.kind == "closing" else (url, _("Ver la propuesta"))
    elif notice.kind in {*notice_words.WITHOUT_NAMES, "coauthor", "silence_interrupted"}:
        text = _("Ver la propuesta")
    return Said(
        id=notice.id,
        title=notice_words.headline(notice, language(), own=own),
        url=url,
        meta=" · ".join(part for part in (name, place_name(notice.administration), ago(notice.at)) if part),
        quote="" if suggests else _cut(notice.body),
        original=_cut(notice.original or ""),
        replacement=_cut(notice.replacement or "") if suggests else None,
        action=(url, text, _("a %(who)s, en %(name)s", who=notice.by, name=name) if notice.by else name),
    )


def _told_edition(notice: Owed) -> Said:
    title = notice_words.headline(notice, language(), own=False)
    url = url_for("editions.index")
    meta = " · ".join(part for part in (notice.by, place_name(notice.administration), ago(notice.at)) if part)
    return Said(notice.id, title, url, meta, _cut(notice.body), "", None, (url, _("Ver las ediciones"), ""))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True)
class OwnRow:
    """One's own proposal: its state and what its author is to do, or may expect."""

    title: str
    url: str
    state: StateTag
    notes: tuple[str, ...]
    urgent: bool


def own_rows(mine: Iterable[Own], most: int) -> tuple[OwnRow, ...]:
    """Return so many of one's own proposals, those that need their author first."""
    ordered = sorted(mine, key=lambda own: not _is_urgent(own))
    return tuple(
        OwnRow(
            f"P-{own.number} · {own.title}",
            url_for("proposals.page", number=own.number),
            state_tag(own.state),
            tuple(_TODO[code](own) for code in own.todo) or _expect(own),
            _is_urgent(own),
        )
        for own in ordered[:most]
    )


def _is_urgent(own: Own) -> bool:
    return bool({"conflict", "amend"} & set(own.todo))


_TODO: dict[str, Callable[[Own], str]] = {
    "conflict": lambda _own: _("El texto vigente cambió en los mismos pasajes: presente una versión nueva."),
    "amend": lambda _own: _("La votación se suspendió para enmendar: presente una versión nueva."),
    "objection": lambda _own: _("Una objeción formal abierta detiene la incorporación."),
    "interrupted": lambda _own: _("Se interrumpió el silencio; la coordinación decide cómo seguir."),
    "amendment_asked": lambda _own: _("Usted pidió enmendar el texto; espera a la coordinación."),
    "no_decision": lambda _own: _("Faltó quórum. Puede haber segunda convocatoria, o usted puede retomarla."),
    "not_approved": lambda _own: _("No alcanzó la mayoría. Usted puede retomarla con un motivo."),
    "suggestions": lambda own: ngettext(
        "%(num)s sugerencia por aplicar", "%(num)s sugerencias por aplicar", own.suggestions
    ),
    "threads": lambda own: ngettext(
        "%(num)s comentario sin resolver", "%(num)s comentarios sin resolver", own.open_threads
    ),
}


def _expect(own: Own) -> tuple[str, ...]:
    counted: Counted | None = own.counted
    if own.state == State.voting and counted is not None:
        return (_("Cierra el %(day)s.", day=deadline(counted.closes_at)),)
    if own.state == State.consultation and own.closes_at is not None:
        return (_("La consulta cierra el %(day)s.", day=deadline(own.closes_at)),)
    if own.state == State.awaiting_decision:
        return (_("Espera que la coordinación abra la votación."),)
    return (_("Espera que la coordinación la incorpore."),) if own.state == State.approved else ()
