"""The home page put together for whoever opens it; a person with several roles sees the sections of each."""

from __future__ import annotations

from datetime import date

from flask import render_template, url_for

from reviewtool.models import Person
from reviewtool.rules.permissions import Act, Role
from reviewtool.services import certifications, desk, news, people, rulesets, worklist
from reviewtool.services.worklist import SHOWN, Work
from reviewtool.web import desk_rows, situation, waiting
from reviewtool.web.closings import moment
from reviewtool.web.database import me, reading, workshop
from reviewtool.web.headlines import headline
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localdate
from reviewtool.web.places import Places
from reviewtool.web.security import may_now

DESK_SHOWN = 5
DESK_READ = 20  # proposals of each state looked at for the home page


def render() -> str:
    """Return the home page of the signed-in person."""
    session, person, places = reading(), me(), Places()
    since = news.since(person)
    work = worklist.of_person(session, workshop(), person)
    board = desk.board(session, workshop(), DESK_READ) if may_now(Act.see_desk) else None
    merged, decided, deadlines = news.merged(session, since), news.decided(session, since), news.deadlines(session)
    fresh = [each for each in merged if each.is_new]
    reads = people.roles(person) == {Role.reader}
    return render_template(
        "home/index.html",
        situation=situation.of_home(work, board, len(fresh) + len(decided), deadlines, reads=reads),
        sections=sections(work, places),
        consultations=waiting.section("consultations", _("Leer y comentar"), work.consultations, places),
        said=waiting.said(work.talk, person.id),
        told=(*waiting.entered(news.entered(session, since, person.id)), *waiting.said(work.told, person.id)),
        account=waiting.said(work.account, person.id),
        own=waiting.own_rows(work.own, SHOWN),
        more_own=url_for("proposals.index", persona=person.id, estado="open") if len(work.own) > SHOWN else "",
        drafts=work.drafts,
        to_merge=desk_rows.rows(board.ready[:DESK_SHOWN], places, "ready") if board else (),
        to_decide=desk_rows.rows(board.to_decide[:DESK_SHOWN], places, "to_decide") if board else (),
        is_empty=work.is_empty and not (board and (board.ready or board.to_decide)),
        reads=reads,
        certificates=_certificates(),
        merged=[headline(each) for each in fresh or merged[:4]],
        merged_is_new=bool(fresh),
        decided=[headline(each) for each in decided],
        deadlines=[(each, moment(each.at), situation.what_closes(each)) for each in deadlines],
    )


def _certificates() -> list[tuple[str, str]]:
    """Say whose certification ends soon or has ended: one's own, and to the coordination everybody's."""
    session, today, own = reading(), rulesets.today(workshop().group), me()
    if may_now(Act.manage_people):
        found = certifications.ending(session, today)
    else:
        found = [own] if certifications.is_ending(own, today) else []
    return [(_certificate(each, today), url_for("persons.page", person_id=each.id)) for each in found]


def _certificate(person: Person, today: date) -> str:
    day = localdate(person.certified_until) if person.certified_until else ""
    is_over = person.certified_until is not None and person.certified_until < today
    if person.id == me().id:
        if is_over:
            return _("Su certificación de instructor experto venció el %(day)s.", day=day)
        return _("Su certificación de instructor experto vence el %(day)s.", day=day)
    if is_over:
        return _("La certificación de %(name)s venció el %(day)s.", name=person.name, day=day)
    return _("La certificación de %(name)s vence el %(day)s.", name=person.name, day=day)


def sections(work: Work, places: Places) -> list[waiting.Section]:
    """Return the ballots that wait by kind, the most urgent kind first, without the empty ones."""
    found = [
        waiting.section("votes", _("Votar"), work.votes, places),
        waiting.section("confirmations", _("Confirmar su voto"), work.confirmations, places),
        waiting.section("opinions", _("Dar su parecer"), work.opinions, places),
        waiting.section(
            "silences",
            _("Procedimientos de silencio"),
            work.silences,
            places,
            _("No hace falta responder si está de acuerdo."),
        ),
    ]
    return [each for each in found if each.rows]
