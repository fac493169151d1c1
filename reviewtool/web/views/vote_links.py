"""Voting from a mail: the link shows what one votes on and asks for the vote; opening it changes nothing.

Programs that look through mails open every link, so nothing is done with GET, however often. Whoever is signed in as
somebody else is told whose link it is not theirs; who is not signed in signs in first, unless the installation lets the
link do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import Person
from reviewtool.services import factors, people, posting, vote_links
from reviewtool.services.vote_links import Link
from reviewtool.web import ballot_forms, case, offers, security
from reviewtool.web.closings import closes
from reviewtool.web.context import place_name
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.forms import line, text, ticked
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language

blueprint = Blueprint("vote_links", __name__)


@blueprint.route("/votar/correo/<token>", methods=["GET", "POST"])
def vote(token: str) -> Any:
    """Show the vote that a link asks for, and cast it."""
    link = vote_links.link_of(current_app.config["SECRET_KEY"], token)
    if link is None:
        abort(404)
    if not current_user.is_authenticated:
        person = people.get(reading(), link.person)
        if not _is_enough_for(person):
            return security.ask_to_sign_in()
        g.language, g.zone = person.language, person.timezone  # the page speaks to whom the mail was sent
    if request.method != "POST":
        return _page(link, token)
    try:
        with _acting(link) as (session, by):
            vote_links.cast(
                session,
                link,
                by=by,
                position=line("position"),
                reason=text("reason"),
                ad_referendum=ticked("ad_referendum"),
                signed_in=bool(current_user.is_authenticated),
            )
    except ReviewError as error:
        end_reading()
        return _page(link, token, error)
    flash(_("Su voto quedó registrado."), "success")
    if current_user.is_authenticated:
        return redirect(url_for("proposals.page", number=link.proposal, _anchor="vote"), 303)
    return redirect(url_for("vote_links.vote", token=token), 303)


def _is_enough_for(person: Person) -> bool:
    """Say whether the link lets its person vote without signing in: never past a second factor."""
    if not current_app.config["VOTE_WITHOUT_SIGN_IN"] or factors.lacks(reading(), person):
        return False
    return not factors.held(reading(), person.id)


@contextmanager
def _acting(link: Link) -> Iterator[tuple[Session, Person]]:
    """Run the act of who is signed in, else of the link's person."""
    if current_user.is_authenticated:
        with act() as both:
            yield both
    else:
        with workshop().database.write() as session:
            yield session, people.get(session, link.person)


def _page(link: Link, token: str, error: ReviewError | None = None) -> tuple[str, int]:
    """Show the form, with why it was refused, or why the link is of no use now."""
    person = me() if current_user.is_authenticated else people.get(reading(), link.person)
    try:
        vote_links.ensure_usable(reading(), link, by=person, at=now())
    except ReviewError as over:
        return render_template("ballots/link_over.html", link=link, why=say(over)), status_of(over)
    found = case.of_number(reading(), link.proposal, person)
    why_not = offers.why_no_vote(found)
    if why_not or (error is not None and not isinstance(error, InvalidInput)):
        why, status = (why_not, 403) if error is None else (say(error), status_of(error))
        return render_template("ballots/link_over.html", link=link, why=why), status
    form = ballot_forms.with_typed(ballot_forms.vote(found))
    lines, documents = posting.changes(reading(), workshop(), link.proposal, language())
    page = render_template(
        "ballots/link.html",
        form=replace(form, url=url_for("vote_links.vote", token=token)),
        found=found,
        closing=closes(found.ballot.closes_at, "silence" if found.is_silence else "ballot") if found.ballot else None,
        place=place_name(person.administration),
        lines=lines,
        documents=documents,
        errors={error.field: say(error)} if isinstance(error, InvalidInput) else {},
    )
    return page, status_of(error) if error else 200
