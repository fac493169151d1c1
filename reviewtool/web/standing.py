"""The state of a decision in words: one sentence with the arithmetic, the checklist, the seats of the strip.

Facts come from `rules.voting.Standing`; nothing is counted here. Pages, lists, home and desk say the same. The names of
positions, outcomes and channels are in `web.positions`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviewtool import i18n
from reviewtool.rules.voting import Cast, Check, Majority, Outcome, Position, Roll, Standing, one_a_seat
from reviewtool.web.closings import deadline
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, mark, ngettext
from reviewtool.web.words import state_tag

ORDER = ("for", "for_with_remarks", "against", "abstain", "to_be_confirmed", "silence", "recused", "pending")


@dataclass(frozen=True)
class Item:
    """One line of the checklist: `state` is met, unmet or open; `code` is the check's."""

    code: str
    state: str
    title: str
    detail: str


def state_name(state: str) -> str:
    """Say a proposal's state."""
    return state_tag(state).text


def state_tone(state: str) -> str:
    """Return the tone of a proposal's state: "", good, bad, warn or neutral."""
    return state_tag(state).tone


def closing(closes_at: datetime, *, closed: bool = False) -> str:
    """Say when something closes or closed."""
    if closed:
        return _("Cerró el %(day)s.", day=deadline(closes_at))
    return _("Cierra el %(day)s.", day=deadline(closes_at))


def sentence(
    state: Standing,
    *,
    closes_at: datetime | None = None,
    names: Mapping[str, str] | None = None,
    hidden: bool = False,
) -> str:
    """Say where a ballot stands in one sentence with its arithmetic, and when it closes.

    `names` are those of the seats by key; `hidden` keeps the positions back, as some rules do until the close.
    """
    parts = [_ended(state, names or {})] if state.outcome else []
    if hidden and not state.closed:
        parts.append(_took_part_so_far(state))
    elif state.majority is Majority.silence:
        parts += _silence(state)
    elif state.outcome not in {Outcome.suspended, Outcome.superseded}:
        parts += _arithmetic(state)
    parts.append(objections(state.checks, names))
    if closes_at is not None:
        parts.append(closing(closes_at, closed=state.closed))
    return " ".join(part for part in parts if part)


def without_ballot(state: str, consultation_closes_at: datetime | None) -> str:
    """Say where a proposal stands on which nobody votes now and nobody has."""
    said = _(_WITHOUT[state])
    if state == "consultation" and consultation_closes_at is not None:
        return f"{said} {closing(consultation_closes_at)}"
    return said


_WITHOUT: dict[str, str] = {
    "consultation": mark("En consulta: se comenta y se corrige antes de votar."),
    "awaiting_decision": mark("La consulta terminó y falta abrir la votación."),
    "voting": mark("En votación."),
    "approved": mark("Aprobada; falta incorporarla al texto."),
    "merged": mark("Incorporada al texto."),
    "not_approved": mark("No aprobada."),
    "no_decision": mark("Sin decisión."),
    "withdrawn": mark("Retirada por su proponente."),
}


def _ended(state: Standing, names: Mapping[str, str]) -> str:
    if state.broken_by is not None:
        return _("Silencio interrumpido por %(seat)s.", seat=names.get(state.broken_by, state.broken_by))
    return _(_OUTCOMES[Outcome(state.outcome or Outcome.suspended)])


_OUTCOMES: dict[Outcome, str] = {
    Outcome.approved: mark("Aprobada."),
    Outcome.not_approved: mark("No aprobada."),
    Outcome.no_quorum: mark("Sin decisión por falta de quórum."),
    Outcome.superseded: mark("Votación sin efecto."),
    Outcome.suspended: mark("Votación suspendida."),
}


def _took_part_so_far(state: Standing) -> str:
    return _(
        "Se han pronunciado %(count)s de %(base)s. Las posiciones se conocen al cierre.",
        count=state.base - len(state.waiting_for),
        base=state.base,
    )


def _silence(state: Standing) -> list[str]:
    express = ngettext("%(num)s sin objeción expresa", "%(num)s sin objeción expresa", state.no_objection)
    if state.outcome is Outcome.approved:
        silent = ngettext("%(num)s por silencio", "%(num)s por silencio", len(state.silent))
        return [_("Nadie interrumpió el silencio: %(express)s y %(silent)s.", express=express, silent=silent)]
    if state.closed:
        return []
    unanswered = ngettext("%(num)s sin responder", "%(num)s sin responder", len(state.pending))
    parts = [
        _("Procedimiento de silencio: se aprueba si nadie lo interrumpe."),
        _("Hay %(express)s y %(unanswered)s.", express=express, unanswered=unanswered),
    ]
    return [*parts, _to_confirm(state)]


def _arithmetic(state: Standing) -> list[str]:
    checks = {check.code: check for check in state.checks}
    parts = []
    if "nobody_entitled" in checks:
        parts.append(_("Nadie puede votar: todos los puestos quedaron fuera."))
    if "quorum" in checks:
        parts.append(_quorum(checks["quorum"], closed=state.closed))
    parts.append(_majority(state))
    if "certified" in checks and not state.certified_met:
        parts.append(_certified(checks["certified"].facts))
    parts.append(_to_confirm(state))
    return [part for part in parts if part]


def _to_confirm(state: Standing) -> str:
    waiting = len(state.unconfirmed) + len(state.to_be_confirmed)
    if not waiting:
        return ""
    return ngettext("%(num)s voto por confirmar no cuenta.", "%(num)s votos por confirmar no cuentan.", waiting)


def _quorum(check: Check, *, closed: bool) -> str:
    facts = check.facts
    if check.met:
        if closed:
            return _("Hubo quórum (%(took_part)s; se necesitaban %(needed)s).", **_numbers(facts))
        return _("Hay quórum (%(took_part)s; se necesitan %(needed)s).", **_numbers(facts))
    if closed:
        return ngettext(
            "Faltó %(num)s voto para el quórum (%(took_part)s de %(needed)s).",
            "Faltaron %(num)s votos para el quórum (%(took_part)s de %(needed)s).",
            facts["more"],
            **_numbers(facts),
        )
    return ngettext(
        "Falta %(num)s voto para el quórum (%(took_part)s de %(needed)s).",
        "Faltan %(num)s votos para el quórum (%(took_part)s de %(needed)s).",
        facts["more"],
        **_numbers(facts),
    )


def _numbers(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("took_part", "needed")}


def counts(state: Standing) -> str:
    """Say the votes counted: «A favor 4, en contra 1, abstención 1»."""
    in_favour = _("A favor %(count)s", count=state.in_favour)
    if state.with_remarks:
        in_favour = _(
            "A favor %(count)s (%(remarks)s con observaciones)", count=state.in_favour, remarks=state.with_remarks
        )
    parts = [in_favour, _("en contra %(count)s", count=state.against)]
    if state.abstaining:
        parts.append(_("abstención %(count)s", count=state.abstaining))
    return ", ".join(parts)


def _majority(state: Standing) -> str:
    if not state.took_part and not state.closed:
        return _("Nadie se ha pronunciado todavía: %(rule)s.", rule=_(_RULES[state.majority]))
    if state.majority is Majority.two_thirds and not state.votes_cast:
        needs = _(_RULES[Majority.two_thirds])
    else:
        past = state.closed
        needs = _((_NEEDED if past else _NEEDS)[state.majority]) % {
            "cast": state.votes_cast,
            "base": state.base,
            "needed": state.majority_needed,
        }
    return f"{counts(state)}: {needs}."


_RULES: dict[Majority, str] = {
    Majority.simple: mark("se necesitan más votos a favor que en contra"),
    Majority.two_thirds: mark("se necesitan dos tercios de los votos a favor y en contra"),
    Majority.absolute: mark("se necesita más de la mitad de los puestos"),
    Majority.consensus: mark("se necesita que nadie esté en contra"),
}
_NEEDS: dict[Majority, str] = {
    Majority.simple: mark("se necesitan más a favor que en contra"),
    Majority.two_thirds: mark("se necesitan dos tercios de %(cast)s, es decir %(needed)s"),
    Majority.absolute: mark("se necesita más de la mitad de %(base)s, es decir %(needed)s"),
    Majority.consensus: mark("se necesita que nadie esté en contra"),
}
_NEEDED: dict[Majority, str] = {
    Majority.simple: mark("se necesitaban más a favor que en contra"),
    Majority.two_thirds: mark("se necesitaban dos tercios de %(cast)s, es decir %(needed)s"),
    Majority.absolute: mark("se necesitaba más de la mitad de %(base)s, es decir %(needed)s"),
    Majority.consensus: mark("se necesitaba que nadie estuviera en contra"),
}


def _certified(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "Falta %(num)s instructor experto certificado a favor (%(have)s de %(needed)s).",
        "Faltan %(num)s instructores expertos certificados a favor (%(have)s de %(needed)s).",
        facts["more"],
        have=facts["in_favour"],
        needed=facts["needed"],
    )


def objections(checks: Iterable[Check], names: Mapping[str, str] | None = None) -> str:
    """Say which formal objections are open; nothing when none is. `names` are those of the seats by key."""
    facts = next((check.facts for check in checks if check.code == "objections" and not check.met), None)
    if facts is None:
        return ""
    seats, count = _named(facts["seats"], names), facts["count"]
    if not seats:
        return ngettext("%(num)s objeción formal sigue abierta.", "%(num)s objeciones formales siguen abiertas.", count)
    if count == 1:
        return _("Una objeción formal de %(seats)s sigue abierta.", seats=seats[0])
    return _("Siguen abiertas %(count)s objeciones formales: %(seats)s.", count=count, seats=joined(seats))


def _named(seats: Iterable[str], names: Mapping[str, str] | None) -> list[str]:
    return sorted(((names or {}).get(key, key) for key in seats), key=i18n.collated)


def checklist(
    state: Standing, *, closes_at: datetime | None = None, names: Mapping[str, str] | None = None, hidden: bool = False
) -> tuple[Item, ...]:
    """Return what the rules ask for the merge, one line each with its evidence, in reading order."""
    items = []
    for check in state.checks:
        if hidden and not state.closed and check.code not in {"objections", "ballot_open"}:
            continue
        if check.code == "ended" and state.broken_by is not None:  # the check of the silence says it
            continue
        title, detail = _said(check, state, names or {}, closes_at)
        items.append(Item(check.code, _mood(check, state), title, detail))
    return tuple(items)


def _mood(check: Check, state: Standing) -> str:
    if check.met:
        return "open" if check.code == "silence" and not state.closed else "met"
    return "open" if check.code == "ballot_open" else "unmet"


def _said(check: Check, state: Standing, names: Mapping[str, str], closes_at: datetime | None) -> tuple[str, str]:
    facts = check.facts
    match check.code:
        case "quorum":
            return _checked_quorum(check, closed=state.closed)
        case "majority":
            return _(_MAJORITIES[state.majority]), _majority(state)
        case "certified":
            have = _("Hay %(have)s de %(needed)s", have=facts["in_favour"], needed=facts["needed"])
            return _("Instructores expertos certificados a favor"), have
        case "silence":
            return _checked_silence(check, state, names)
        case "objections":
            return _checked_objections(check, names)
        case "ballot_open":
            return _checked_close(closes_at, closed=check.met)
        case "nobody_entitled":
            return _("Nadie puede votar"), _("Todos los puestos se excusaron o quedaron fuera.")
        case _:
            return _ended(state, names), ""


def _checked_objections(check: Check, names: Mapping[str, str]) -> tuple[str, str]:
    if check.met:
        return _("Sin objeciones formales"), ""
    count = check.facts["count"]
    lacking = ngettext("Falta resolver %(num)s objeción formal", "Falta resolver %(num)s objeciones formales", count)
    return lacking, joined(_named(check.facts["seats"], names))


def _checked_close(closes_at: datetime | None, *, closed: bool) -> tuple[str, str]:
    day = deadline(closes_at) if closes_at else ""
    if closed:
        return _("La votación cerró"), day
    return _("La votación sigue abierta"), _("Hasta el %(day)s", day=day) if day else ""


def _checked_quorum(check: Check, *, closed: bool) -> tuple[str, str]:
    facts = _numbers(check.facts) | {"base": check.facts["base"]}
    if closed:
        title = _("Hubo quórum") if check.met else _("No hubo quórum")
        detail = _("Se pronunciaron %(took_part)s de %(base)s; se necesitaban %(needed)s", **facts)
        return title, detail
    more = check.facts["more"]
    lacking = ngettext("Falta %(num)s voto para el quórum", "Faltan %(num)s votos para el quórum", more)
    return (
        _("Hay quórum") if check.met else lacking,
        _("Se han pronunciado %(took_part)s de %(base)s; se necesitan %(needed)s", **facts),
    )


def _checked_silence(check: Check, state: Standing, names: Mapping[str, str]) -> tuple[str, str]:
    if not check.met:
        by = check.facts["by"]
        return _("El silencio se interrumpió"), _("Lo interrumpió %(seat)s", seat=names.get(by, by))
    said = " ".join(part for part in _silence(state) if part)
    return (_("Nadie interrumpió el silencio") if state.closed else _("Nadie ha interrumpido el silencio")), said


_MAJORITIES: dict[Majority, str] = {
    Majority.simple: mark("Mayoría simple"),
    Majority.two_thirds: mark("Mayoría de dos tercios"),
    Majority.absolute: mark("Mayoría absoluta"),
    Majority.consensus: mark("Consenso: nadie en contra"),
    Majority.silence: mark("Procedimiento de silencio"),
}


def majority_name(majority: str) -> str:
    """Say what a majority asks, as a title."""
    return _(_MAJORITIES[Majority(majority)])


def mark_of(cast: Cast | None, *, silent: bool = False) -> str:
    """Return the word of one seat's mark in the strip."""
    if silent:
        return "silence"
    if cast is None:
        return "pending"
    if not cast.counts:
        return "to_be_confirmed"
    return "silence" if cast.position is Position.no_objection else cast.position.value


def _mark(state: Standing, key: str, cast: Cast | None) -> str:
    """Return a seat's mark; the one that broke the silence is against, though it cast no vote."""
    return "against" if key == state.broken_by else mark_of(cast, silent=key in state.silent)


def marks(state: Standing, roll: Roll, casts: Iterable[Cast], objecting: Collection[str] = ()) -> tuple[str, ...]:
    """Return the marks of the strip, one word a seat that votes, in the order of the table.

    `objecting` are the keys of the seats whose formal objection is open.
    """
    current = one_a_seat(roll, casts)
    found = [
        (_mark(state, seat.key, current.get(seat.key)), seat.key in objecting) for seat in roll.seats if seat.votes
    ]
    found.sort(key=lambda each: (ORDER.index(each[0]), not each[1]))
    return tuple(f"{word} objection" if flagged else word for word, flagged in found)


def quorum_line(state: Standing) -> int | None:
    """Return after how many marks the line of the quorum stands, or None without a quorum."""
    return state.quorum_needed or None
