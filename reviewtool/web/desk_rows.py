"""The rows of the coordination's desk: what is missing as a checklist, the deadline, and the one next step.

What stands where is `services.desk`'s, the checks of a ballot are `web.standing`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import url_for

from reviewtool.rules.lifecycle import State
from reviewtool.rules.voting import Outcome, results_visible
from reviewtool.services.desk import Item
from reviewtool.web.closings import Closing, Kind, ago, closes, short_day
from reviewtool.web.context import place_name
from reviewtool.web.i18n import dotted, joined, ngettext
from reviewtool.web.i18n import gettext as _
from reviewtool.web.places import Places
from reviewtool.web.seats import names_of, seats_joined
from reviewtool.web.standing import checklist, counts, objections
from reviewtool.web.strips import Strip, strip_of

ICONS = {"met": "yes", "unmet": "no", "open": "clock"}
Said = tuple[str, str]  # met, unmet or open; the sentence


@dataclass(frozen=True)
class Check:
    """One line of «Qué falta»."""

    state: str
    icon: str
    text: str


@dataclass(frozen=True)
class DeskRow:
    """One proposal on the desk; `action` is address, text and what a screen reader adds."""

    title: str
    url: str
    meta: str
    ready: bool
    strip: Strip | None
    votes: str
    checks: tuple[Check, ...]
    due: Closing
    action: tuple[str, str, str]
    remind: tuple[str, str, str] | None  # where, to how many, and the proposal's name


def rows(items: Iterable[Item], places: Places, group: str) -> tuple[DeskRow, ...]:
    """Return the rows of one group of the desk."""
    return tuple(_row(item, places, group) for item in items)


def _row(item: Item, places: Places, group: str) -> DeskRow:
    name = f"P-{item.number}"
    who = ", ".join(part for part in (item.author, place_name(item.administration)) if part)
    page = url_for("proposals.page", number=item.number)
    shows_votes = item.ballot is not None and item.state is not State.consultation
    strip = strip_of(item.ballot) if shows_votes else None
    url, text, hidden = _action(item, group, page)
    return DeskRow(
        title=item.title,
        url=page,
        meta=dotted((name, places.name(item.paths), who)),
        ready=group == "ready",
        strip=strip,
        votes=_votes(item, strip),
        checks=tuple(Check(state, ICONS[state], said) for state, said in _checks(item, group)),
        due=_due(item),
        action=(url, text, hidden % {"name": name}),
        remind=_remind(item, name),
    )


def _remind(item: Item, name: str) -> tuple[str, str, str] | None:
    """Offer to remind the seats that have not pronounced themselves."""
    missing = len(item.ballot.standing.pending) if item.ballot is not None and item.state is State.voting else 0
    if not missing:
        return None
    text = ngettext("Recordar a un puesto", "Recordar a %(num)s puestos", missing)
    return url_for("desk.remind", number=item.number), text, name


def _votes(item: Item, strip: Strip | None) -> str:
    ballot = item.ballot
    if strip is None or ballot is None:
        return ""
    if ballot.is_silence or not results_visible(ballot.rules, closed=ballot.closed_at is not None):
        return strip.text
    return counts(ballot.standing)


def _checks(item: Item, group: str) -> Iterator[Said]:
    if item.interrupted_by:
        names = names_of(item.ballot)
        yield "unmet", _("Silencio interrumpido por %(seat)s", seat=names.get(item.interrupted_by, item.interrupted_by))
    yield from _of_state(item, group)
    if item.extensions:
        yield "open", _("Piden prórroga: %(seats)s", seats=seats_joined(item.extensions))
    if item.shared:
        beside = joined([f"P-{other.number}" for other in item.shared])
        yield "open", _("Comparte documento con %(names)s", names=beside)


def _of_state(item: Item, group: str) -> Iterator[Said]:
    match item.state:
        case State.approved:
            yield from _of_approved(item, group)
        case State.voting:
            if item.amendment_asked:
                yield "unmet", _("Quien propone pide enmendar el texto")
            yield from _of_ballot(item)
        case State.consultation:
            yield _talk(item)
        case State.no_decision:
            yield from _of_ballot(item)
        case _:
            yield from _of_awaiting(item)


def _of_approved(item: Item, group: str) -> Iterator[Said]:
    if group == "ready":
        yield "met", _("Cumple la regla de decisión")
        yield "met", _("Se incorpora sin tocar el resto del texto")
    if item.collides:
        yield "unmet", _("El texto vigente cambió en los mismos pasajes: falta una versión nueva")
    if item.objectors:
        yield "unmet", _("Objeción formal de %(seats)s", seats=seats_joined(item.objectors))


def _of_awaiting(item: Item) -> Iterator[Said]:
    if item.amendment_asked:
        yield "open", _("Falta la versión nueva de quien propone")
    elif not item.interrupted_by:
        yield "open", _("La consulta terminó: falta abrir la votación")
    if item.objectors:
        yield "unmet", _("Objeción formal de %(seats)s", seats=seats_joined(item.objectors))
    if item.open_threads:
        yield _talk(item)


def _talk(item: Item) -> Said:
    if not item.open_threads:
        return "met", _("Sin comentarios por resolver")
    return "open", ngettext("%(num)s comentario por resolver", "%(num)s comentarios por resolver", item.open_threads)


def _of_ballot(item: Item) -> Iterator[Said]:
    ballot = item.ballot
    if ballot is None:
        return
    is_open = ballot.closed_at is None
    hidden = not results_visible(ballot.rules, closed=not is_open)
    for check in checklist(ballot.standing, hidden=hidden):
        if check.code == "ballot_open":
            continue
        may_change = is_open and check.state == "unmet" and check.code != "objections"
        said = check.title
        if check.code == "objections" and check.state == "unmet":
            said = objections(ballot.standing.checks, names_of(ballot))
        yield "open" if may_change else check.state, said
    earlier = len(ballot.standing.to_be_confirmed)
    if is_open and earlier:
        yield (
            "open",
            ngettext(
                "%(num)s voto sobre una versión anterior, por confirmar",
                "%(num)s votos sobre una versión anterior, por confirmar",
                earlier,
            ),
        )
    if is_open and ballot.standing.unconfirmed and not hidden:
        waiting = [seat for seat in ballot.roll.seats if seat.key in ballot.standing.unconfirmed]
        yield "open", _("Falta confirmar el voto de %(seats)s", seats=seats_joined(waiting))
    if is_open and ballot.everybody_voted:
        yield "met", _("Todos se han pronunciado")


def _due(item: Item) -> Closing:
    if item.closes_at is not None:
        silent = item.ballot is not None and item.ballot.is_silence
        kind: Kind = "consultation" if item.state is State.consultation else "silence" if silent else "ballot"
        return closes(item.closes_at, kind)
    facts = {"ago": ago(item.state_changed_at), "day": short_day(item.state_changed_at)}
    if item.overdue:
        text = _("Vencida: espera desde el %(day)s (%(ago)s)", **facts)
    elif item.ballot is not None and item.ballot.outcome in {Outcome.approved, Outcome.no_quorum}:
        text = _("Cerró el %(day)s (%(ago)s)", **facts)
    else:
        text = _("Desde el %(day)s (%(ago)s)", **facts)
    return Closing(text, item.overdue, text)


def _action(item: Item, group: str, page: str) -> tuple[str, str, str]:
    if group == "ready":
        return url_for("merging.confirm", number=item.number), _("Incorporar"), "%(name)s"
    if group != "to_decide":
        return page, _("Ver"), "%(name)s"
    match item.state:
        case State.awaiting_decision if item.interrupted_by:
            return page, _("Decidir"), _("cómo seguir con %(name)s")
        case State.awaiting_decision:
            return url_for("ballots.open_one", number=item.number), _("Abrir la votación"), _("de %(name)s")
        case State.no_decision:
            return url_for("ballots.call_again", number=item.number), _("Segunda convocatoria"), _("de %(name)s")
        case State.voting if item.amendment_asked:
            return page, _("Decidir"), _("sobre %(name)s")
        case _ if item.extensions:
            extend = "ballots.extend" if item.state is State.voting else "ballots.extend_consultation"
            return url_for(extend, number=item.number), _("Responder"), _("a la prórroga que se pide en %(name)s")
        case _:
            return url_for("ballots.close", number=item.number), _("Cerrar la votación"), _("de %(name)s")
