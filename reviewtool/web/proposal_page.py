"""The page of a proposal put together: what was asked, what changes, the texts, the conversations, the versions.

`views.proposals` shows it and `views.threads` shows it again with what was typed when a comment is refused. Who may not
read the discussion gets the text, the decision and the reasons, and no conversation is even loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import NotFound, ReviewError
from reviewtool.models import Proposal, Revision
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import (
    attaching,
    catching_up,
    comparing,
    conversations,
    documents,
    ordering,
    overlapping,
    people,
    placing,
    private_notes,
    proposals,
    registering,
    word_files,
)
from reviewtool.services.comparing import Compared
from reviewtool.web import attached, decision, follow_up_rows, remembering, words
from reviewtool.web.comparison import VIEWS, Asked, Reader, row_of
from reviewtool.web.database import act, me, reading, workshop
from reviewtool.web.errors import say
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import spoken
from reviewtool.web.labels import redlined
from reviewtool.web.places import Places
from reviewtool.web.positions import according_to
from reviewtool.web.reading import Placement, views
from reviewtool.web.security import may_now
from reviewtool.web.talk import Talk, ThreadView, place_of, stood

WORDS_A_MINUTE = 200


@dataclass(frozen=True)
class Composer:
    """A comment being written: empty, or as it was typed when it was refused."""

    body: str = ""
    suggestion: str = ""
    path: str = ""
    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=remembering.form_token)


@dataclass(frozen=True)
class Conversations:
    """The threads of the page: beside the text, on what is no longer shown, on the whole; `more` stand elsewhere."""

    placed: tuple[Placement, ...] = ()
    elsewhere: tuple[ThreadView, ...] = ()
    general: tuple[ThreadView, ...] = ()
    more: bool = False


def render(number: int) -> str:
    """Return the page of a proposal as the address asks; raises NotFound for what it names and is not there.

    What is inside the frame is remembered for its reader until anything it depends on changes.
    """
    stamp = proposals.stamp(reading(), number, me().id)
    closed = stamp.closes_at is not None and stamp.closes_at <= now()  # and waits for whoever writes it down
    asked = (*(request.args.get(name) for name in ("version", "desde")), _view(), _whole())
    known = _known(stamp)
    waits = ordering.waits_for(reading(), number)  # of another proposal, whose end raises no version of this one
    beside = overlapping.beside(reading(), number)
    facts = (stamp, known, closed, waits, beside, documents.tip(workshop()))
    key = ("proposal", number, facts, asked, remembering.reader(alone=True))
    return _framed(stamp.title, number, remembering.part(key, lambda: _inside(number, Composer(), known)))


def refused(number: int, typed: Composer, error: ReviewError) -> str:
    """Return the page with the comment as it was typed and why it was refused."""
    field_name = getattr(error, "field", "")
    shown = field_name if field_name in {"body", "suggestion", "quote", "path"} else ""
    stamp = proposals.stamp(reading(), number, me().id)
    inside = _inside(number, replace(typed, errors={shown: say(error)}), _known(stamp))
    return _framed(stamp.title, number, Markup(inside))  # noqa: S704  (Jinja's own output)


def _framed(title: str, number: int, inside: Markup) -> str:
    may_note = may_now(Act.keep_private_note) and people.seat_of(me()) is not None
    return render_template(
        "proposals/page.html",
        title=title,
        name=f"P-{number}",
        number=number,
        inside=inside,
        may_note=may_note,
        note=private_notes.find(reading(), number, me()) if may_note else None,
    )


def _known(stamp: proposals.Stamp) -> int | None:
    return catching_up.since_visit(stamp.earlier, stamp.read_at, me().seen_at)


def _inside(number: int, composer: Composer, known: int | None) -> str:
    session = reading()
    proposal = proposals.get(session, number)
    revisions = comparing.revisions(session, number)
    asked = _asked(proposal, revisions)
    reader = Reader(asked)
    discusses = may_now(Act.read_discussion)
    talk = _conversations(session, proposal, reader, revisions) if discusses else Conversations()
    compared = [(pair, reader.compared(at)) for at, pair in enumerate(reader.pairs, 1)]
    panel = decision.panel(session, proposal, revisions[proposal.latest], proposals.newest_ballot(session, number))
    return render_template(
        "proposals/_page.html",
        proposal=proposal,
        asked=asked,
        revisions=revisions,
        registered=_registered(session, number),
        author_place=place_of(proposal.author),
        state=words.state_tag(proposal.state),
        kind=words.kind(proposal.kind),
        source=source(proposal),
        summary=words.summary(compared),
        minutes=minutes([each for _pair, each in compared]),
        documents=views(reader, talk.placed),
        news=_news(session, asked, known, votes=discusses) if asked.is_newest else (),
        talk=talk,
        discusses=discusses,
        decision=panel,
        composer=composer if discusses and _may_comment(proposal) else None,
        may_suggest=may_now(Act.suggest) and allowed(Act.suggest, State(proposal.state)),
        document_title=Places().document,
        attached=attached.files(attaching.of_proposal(session, number)) if discusses else (),
        may_attach=discusses
        and may_now(Act.attach)
        and allowed(Act.attach, State(proposal.state))
        and attaching.may(proposal, None, me()),
        sharing=_sharing(session, number),
        may_send_word=discusses and _may_comment(proposal),
        word_files=_word_files(number, reader, revisions[proposal.latest]),
        follow_up=follow_up_rows.rows(session, proposal),
        may_follow_up=proposal.state == State.merged and may_now(Act.record_follow_up),
        may_withdraw=may_now(Act.withdraw_for_confidentiality),
        merged_version=panel.merged.revision if panel.merged else 0,
    )


def _word_files(number: int, reader: Reader, newest: Revision) -> list[tuple[str, Markup]]:
    """Return address and title of each document of the newest version that goes to Word."""
    shown = {pair.path: reader.compared(at) for at, pair in enumerate(reader.pairs, 1)}
    found = []
    for at, pair in enumerate(comparing.pairs(workshop(), newest, None), 1):
        if word_files.goes_to_word(workshop(), pair):
            told = shown.get(pair.path) or comparing.tell(workshop(), pair)
            found.append(
                (url_for("word_files.proposal", number=number, position=at), spoken(told.title, told.language))
            )
    return found


def _registered(session: Session, number: int) -> dict[int, str]:
    """Say of each version that the coordination registered according to what, by number."""
    found = registering.versions(session, number)
    return {
        revision: according_to(each.received.channel, each.received.reference, each.received.on)
        for revision, each in found.items()
    }


def _news(session: Session, asked: Asked, known: int | None, *, votes: bool) -> list[tuple[str, str]]:
    """Offer what is new to the reader, as words and address: since the version they knew, since their vote."""
    seat = people.seat_of(me())
    voted = catching_up.since_vote(session, asked.number, me().id, seat.id if seat else None) if votes else None
    found = []
    if known:
        found.append((_("desde su última visita (versión %(number)s)", number=known), known))
    if voted and voted < asked.latest:
        given = _("desde su voto (versión %(number)s)") if seat else _("desde su parecer (versión %(number)s)")
        found.append((given % {"number": voted}, voted))
    return [(said, asked.url(version=asked.latest, desde=since)) for said, since in found]


def _sharing(session: Session, number: int) -> tuple[Proposal, ...]:
    """Return the open proposals that change the same places."""
    found = [other for other, _latest in overlapping.beside(session, number)]
    return tuple(
        proposals.get(session, other) for other in found if overlapping.shared(session, workshop(), number, other)
    )


@dataclass(frozen=True)
class SharedDocument:
    """A document that two proposals change at the same places, with what each does there."""

    title: Markup
    language: str
    mine: tuple[Markup, ...]
    theirs: tuple[Markup, ...]


def shared(session: Session, number: int, other: int) -> tuple[SharedDocument, ...]:
    """Return where two open proposals change the same places, as a reader sees it."""
    places = Places()
    return tuple(
        SharedDocument(
            places.document(each.path),
            places.language(each.path),
            *(tuple(redlined(part.before, part.after) for part in parts) for parts in (each.mine, each.theirs)),
        )
        for each in overlapping.shared(session, workshop(), number, other)
    )


def _may_comment(proposal: Proposal) -> bool:
    return may_now(Act.comment) and allowed(Act.comment, State(proposal.state))


def _asked(proposal: Proposal, revisions: dict[int, Revision]) -> Asked:
    shown = _revision(proposal, revisions, "version", proposal.latest)
    since = _revision(proposal, revisions, "desde", 0)
    if shown is None:
        raise NotFound("revision-unknown", number=proposal.number, revision=0)
    return Asked(proposal.number, shown, since, proposal.latest, _view(), _whole())


def _view() -> str:
    asked = request.args.get("vista") or next((v for v, kept in VIEWS.items() if kept == me().view), "")
    view = asked if asked in VIEWS else "cambios"
    return "completo" if view == "cambios" and _whole() else view  # only the changes, and all: the full text


def _whole() -> bool:
    return request.args.get("todo") == "1"


def _revision(proposal: Proposal, revisions: dict[int, Revision], name: str, default: int) -> Revision | None:
    """Return the revision an argument of the address names, None for 0, which is the base.

    Of a form that is shown again a wrong number is passed over: what was typed matters more.
    """
    raw = request.args.get(name, str(default))
    sent = request.form.get(name, "")
    if sent.isdecimal() and len(sent) < 10 and int(sent) in revisions:
        raw = sent
    if raw == "0":
        return None
    found = revisions.get(int(raw)) if raw.isdecimal() and len(raw) < 10 else None
    if found is None:
        raise NotFound("revision-unknown", number=proposal.number, revision=raw[:20])
    return found


def remember_view(number: int) -> str:
    """Keep the view of a tab that was chosen, in a short transaction of its own; return the address of its page.

    Only the tabs of the page ask for it (`recordar=1`), and the address they lead to is without it: whoever is sent
    that one, or comes from a list, reads the view it names and keeps their own.
    """
    query = request.args.to_dict()
    query.pop("recordar", None)
    chosen = VIEWS.get(query.get("vista", ""))
    if chosen and chosen != me().view:
        with act() as (_session, by):
            by.view = chosen
    path = url_for("proposals.page", number=number)
    return f"{path}?{urlencode(query)}" if query else path


def source(proposal: Proposal) -> str:
    """Say the instrument a proposal rests on, or nothing."""
    parts = [proposal.instrument, proposal.instrument_number]
    if proposal.instrument_paragraph:
        parts.append(_("párrafo %(paragraph)s", paragraph=proposal.instrument_paragraph))
    return ", ".join(part for part in parts if part)


def minutes(compared: list[Compared]) -> int:
    """Return how long reading the changed paragraphs takes, at 200 words a minute, never less than one minute."""
    return max(1, -(-sum(each.words for each in compared) // WORDS_A_MINUTE))


def _conversations(
    session: Session, proposal: Proposal, reader: Reader, revisions: dict[int, Revision]
) -> Conversations:
    first = conversations.first_page(session, proposal.number)
    talk = Talk(session, proposal, first.shown, me())
    in_order = list(revisions.values())
    places = {path: at for at, pair in enumerate(reader.pairs, 1) for path in (pair.old.path, pair.new.path) if path}
    placed: list[Placement] = []
    elsewhere: list[ThreadView] = []
    general: list[ThreadView] = []
    stands = placing.place_all(workshop(), in_order, [each.thread for each in first.shown], reader.asked.shown.number)
    for shown, found in zip(first.shown, stands, strict=True):
        view = stood(talk.view(shown), found, reader.asked.shown.number)
        if found.path is None:
            general.append(view)
        elif found.path not in places:
            elsewhere.append(view)
        else:
            placed.append(_placement(reader, places[found.path], found, view))
    return Conversations(tuple(placed), tuple(elsewhere), tuple(general), first.more)


def _placement(reader: Reader, position: int, found: placing.Placed, view: ThreadView) -> Placement:
    """Put a thread beside the row that holds its passage, or the nearest one when that is lost."""
    later = view.revision > reader.asked.shown.number
    if found.state == "whole" or later:
        return Placement(view, position)
    gone = reader.pairs[position - 1].status == "D"
    final = reader.asked.view == "propuesto" and not gone
    rows = (reader.final(position) if final else reader.compared(position)).rows
    passage = found.passage
    row = row_of(rows, passage.start if passage else found.near, old=gone)
    if passage is None:
        return Placement(view, position, row)
    return Placement(view.beside(view.passage), position, row, passage.quote, passage.prefix)
