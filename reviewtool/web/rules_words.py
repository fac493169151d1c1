"""A rule set in words: each rule with its effect on this group, and what changes from one set to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewtool.rules.majorities import ceil_share
from reviewtool.rules.presets import RuleSet
from reviewtool.rules.voting import BallotRules, Majority
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark, ngettext
from reviewtool.web.positions import PRESETS

SHARES: Mapping[str, str] = {  # as a file says them
    "1/3": mark("un tercio"),
    "1/2": mark("la mitad"),
    "2/3": mark("dos tercios"),
    "3/4": mark("tres cuartos"),
}
APPROVED: Mapping[Majority, str] = {  # when a text is approved
    Majority.simple: mark("Se aprueba con más votos a favor que en contra. Un empate no aprueba."),
    Majority.two_thirds: mark(
        "Se aprueba con dos tercios de los votos a favor y en contra. Las abstenciones no cuentan."
    ),
    Majority.absolute: mark("Se aprueba con más de la mitad de los puestos, sin contar a quien se excusa."),
    Majority.consensus: mark("Se aprueba si nadie vota en contra y alguien vota a favor."),
    Majority.silence: mark(
        "Se aprueba si al cierre nadie interrumpió el silencio. No responder nunca cuenta como voto a favor."
    ),
}


@dataclass(frozen=True)
class Effect:
    """One rule: what it is about, and what it does here."""

    key: str
    name: str
    text: str


@dataclass(frozen=True)
class Change:
    """What a rule did and what it will do; `before` or `after` is empty where there was or will be none."""

    name: str
    before: str
    after: str


def numbers(rules: BallotRules, seats: int) -> list[Effect]:
    """Say the procedure and its four numbers."""
    silence = rules.majority is Majority.silence
    days = rules.decision_days
    period = (
        ngettext("El silencio dura %(num)s día hábil.", "El silencio dura %(num)s días hábiles.", days)
        if silence
        else ngettext("La votación dura %(num)s día hábil.", "La votación dura %(num)s días hábiles.", days)
    )
    return [
        Effect("preset", _("Procedimiento"), _(PRESETS[rules.preset]) if rules.preset in PRESETS else rules.preset),
        Effect("consultation_days", _("Consulta"), _consultation(rules.consultation_days)),
        Effect("decision_days", _("Decisión"), period),
        Effect("quorum", _("Quórum"), quorum(rules, seats)),
        Effect("majority", _("Mayoría"), _majority(rules.majority, seats)),
    ]


def _consultation(days: int) -> str:
    if days == 0:
        return _("No hay consulta: la propuesta pasa enseguida a esperar la votación.")
    return ngettext("La consulta dura %(num)s día hábil.", "La consulta dura %(num)s días hábiles.", days)


def quorum(rules: BallotRules, seats: int) -> str:
    """Say how many seats must pronounce themselves."""
    if rules.quorum_kind == "none" or rules.majority is Majority.silence:
        return _("No hace falta quórum.")
    if rules.quorum_kind == "number":
        return _("Tienen que pronunciarse %(needed)s de %(seats)s puestos.", needed=rules.quorum_number, seats=seats)
    return _share(rules.quorum_share, seats)


def _share(share: tuple[int, int], seats: int) -> str:
    return _(
        "Tienen que pronunciarse %(needed)s de %(seats)s puestos (%(share)s, hacia arriba). Quien se excusa no se "
        "cuenta.",
        share=_short(share),
        needed=ceil_share(share, seats),
        seats=seats,
    )


def _short(share: tuple[int, int]) -> str:
    said = "/".join(map(str, share))
    return _(SHARES[said]) if said in SHARES else said


def share_name(share: str) -> str:
    """Say a share of the seats, given as a file says it."""
    said = _("%(share)s de los puestos", share=_(SHARES[share]) if share in SHARES else share)
    return said[:1].upper() + said[1:]


def _majority(majority: Majority, seats: int) -> str:
    said = _(APPROVED[majority])
    if majority is Majority.two_thirds:
        return said + " " + _("Por ejemplo, de 9 votos hacen falta 6.")
    if majority is Majority.absolute:
        return said + " " + _("Hoy: %(needed)s de %(seats)s.", needed=seats // 2 + 1, seats=seats)
    return said


def advanced(rules: BallotRules, certified: int) -> list[Effect]:
    """Say what stands under *Avanzado*, also what is off."""
    author = _("Quien propone vota su propia propuesta.")
    not_author = _("Quien propone no vota su propia propuesta: su puesto no se cuenta.")
    hidden = _("Las posiciones de los demás se ven solo después del cierre.")
    shown = _("Cada posición se ve en cuanto se emite.")
    early = _("La votación cierra antes de su día si ya nada puede cambiar el resultado.")
    not_early = _("La votación cierra en su día, aunque el resultado ya no pueda cambiar.")
    two_thirds = _("El grupo puede decidir por dos tercios seguir adelante pese a una objeción formal.")
    revises = _(
        "Quien propone puede presentar otra versión mientras se vota: cada voto anterior deja de contar hasta que se "
        "confirme, y quedan al menos tres días hábiles; en un silencio, otra vez todos los días."
    )
    frozen = _("El texto no cambia mientras se vota.")
    never = _("Una objeción formal impide incorporar el cambio mientras no se retire.")
    return [
        Effect("author_votes", _("Voto de quien propone"), author if rules.author_votes else not_author),
        Effect("results_hidden_until_closed", _("Posiciones"), hidden if rules.results_hidden_until_closed else shown),
        Effect("certified_in_favour", _("Instructores certificados"), _certified(rules.certified_in_favour, certified)),
        Effect("early_close", _("Cierre anticipado"), early if rules.early_close else not_early),
        Effect("revisions_during_vote", _("Versiones nuevas"), revises if rules.revisions_during_vote else frozen),
        Effect("override", _("Objeción formal"), two_thirds if rules.override == "two_thirds" else never),
        Effect("second_call", _("Segunda convocatoria"), _second_call(rules)),
    ]


def _certified(needed: int, certified: int) -> str:
    if not needed:
        return _("No hace falta el voto de instructores expertos certificados.")
    return ngettext(
        "Entre los votos a favor tiene que estar el de %(num)s instructor experto certificado, de %(all)s que hay.",
        "Entre los votos a favor tiene que haber %(num)s de instructores expertos certificados, de %(all)s que hay.",
        needed,
        all=certified,
    )


def _second_call(rules: BallotRules) -> str:
    days, share = rules.second_call_days, rules.second_call_share
    if days is None and share is None:
        return _("Si falta quórum, una segunda convocatoria con los mismos días y el mismo quórum.")
    lasts = ngettext(
        "Si falta quórum, una segunda convocatoria de %(num)s día hábil.",
        "Si falta quórum, una segunda convocatoria de %(num)s días hábiles.",
        days if days is not None else rules.decision_days,
    )
    if share is None:
        return lasts
    return lasts + " " + _("Su quórum: %(share)s.", share=_short(share))


def everything(rules: BallotRules, seats: int, certified: int) -> list[Effect]:
    """Say all of it."""
    return [*numbers(rules, seats), *advanced(rules, certified)]


def changes(old: RuleSet, new: RuleSet, seats: int, certified: int) -> list[Change]:
    """Say what another rule set changes, the rules for some documents too."""
    pairs = zip(everything(old.rules, seats, certified), everything(new.rules, seats, certified), strict=True)
    found = [Change(now.name, was.text, now.text) for was, now in pairs if was.text != now.text]
    before, after = (
        {
            each.paths: " ".join(_sentence(effect.text) for effect in numbers(each.rules, seats))
            for each in rule_set.documents
        }
        for rule_set in (old, new)
    )
    for paths in {**before, **after}:
        if before.get(paths) != after.get(paths):
            found.append(Change("; ".join(paths), before.get(paths, ""), after.get(paths, "")))
    if not found and [each.paths for each in old.documents] != [each.paths for each in new.documents]:
        order = ["; ".join(each.paths) for each in old.documents], ["; ".join(each.paths) for each in new.documents]
        found.append(Change(_("Orden de las reglas por documento"), ". ".join(order[0]), ". ".join(order[1])))
    return found


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
