"""Entering with an account at the identity provider, linking it to one's own, and showing there who one is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from reviewtool.clock import now
from reviewtool.errors import NotAllowed, NotFound, OutOfDate, ReviewError, Unavailable
from reviewtool.models import Departure
from reviewtool.services import departures, factors, identities, invitations, people, sign_ins
from reviewtool.services.departures import Left, Purpose
from reviewtool.services.invitations import Chosen
from reviewtool.web import browsers, entering, forms, keeping, proving
from reviewtool.web import identities as ways
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language
from reviewtool.web.security import sign_in_page

if TYPE_CHECKING:
    from reviewtool.oidc.provider import Provider
    from reviewtool.oidc.tokens import Identified

log = logging.getLogger(__name__)
blueprint = Blueprint("identities", __name__)


@blueprint.before_request
def only_where_it_is_set() -> None:
    """Know none of these pages without a provider."""
    if ways.provider() is None:
        abort(404)


@blueprint.get("/entrar/con-cuenta")
def start() -> Any:
    """Leave for the provider; who is signed in goes on."""
    wanted = forms.local(request.args.get("next")) or ""
    if current_user.is_authenticated:
        return redirect(wanted or url_for("home.index"))
    return redirect(ways.leave(Left(Purpose.enter), wanted))


@blueprint.post("/entrar/con-cuenta")
def keep() -> Any:
    """Keep the form that waits in the sign-in page until its author is back."""
    sealed = request.form.get("form", "")
    if keeping.opened(sealed) is None:
        return redirect(url_for("sessions.sign_in"), 303)
    try:
        return ways.step(Left(Purpose.enter, form=sealed), _("Lo que escribió queda guardado aquí diez minutos."))
    except Unavailable as error:
        return sign_in_page(error=say(error), form=sealed), status_of(error)


@blueprint.get("/entrar/con-cuenta/<token>")
def go(token: str) -> Any:
    """Send a browser that has just left to the provider."""
    departure = departures.find(reading(), token, now()) if ways.carries(token) else None
    if departure is None:
        return _over()
    end_reading()
    try:
        anew = departure.purpose == Purpose.prove
        address = _provider().address(token, departure.nonce, departure.verifier, language=language(), anew=anew)
    except Unavailable as error:
        back = ways.arrive(token)
        with workshop().database.write() as writing:
            departures.come_back(writing, token, now())
        return _refused(departure, back, error)
    answer = redirect(address)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get(ways.BACK)
def back() -> Any:
    """Take in who comes back from the provider."""
    state = request.args.get("state", "")
    if not ways.carries(state):
        return _over()
    was = ways.arrive(state)
    with workshop().database.write() as writing:
        departure = departures.come_back(writing, state, now())
    if departure is None:
        return _over()
    end_reading()  # nothing of the database is held while the provider is asked
    try:
        return TAKEN_IN[Purpose(departure.purpose)](departure, was, _identified(departure))
    except ReviewError as error:
        log.info("sign-on refused: %s %s", departure.purpose, error.code)
        return _refused(departure, was, error)


def _provider() -> Provider:
    return cast("Provider", ways.provider())


def _identified(departure: Departure) -> Identified:
    """Return who signed in at the provider. Raises NotAllowed, Unavailable."""
    said = request.args.get("error", "")
    if said in {"temporarily_unavailable", "server_error"}:
        raise Unavailable("provider-away")
    if said:
        raise NotAllowed("sign-on-denied")
    code = request.args.get("code", "")
    if not code or request.args.get("iss", _provider().issuer) != _provider().issuer:
        raise NotAllowed("sign-on-refused")
    since = departure.left_at if departure.purpose == Purpose.prove else None
    return _provider().identify(code, departure.nonce, departure.verifier, since=since)


def _enter(departure: Departure, was: str, who: Identified) -> Any:
    person = identities.entering(reading(), who.issuer, who.subject)
    return entering.after_first_step(person, was, departure.form)


def _link(departure: Departure, _was: str, who: Identified) -> Any:
    _ensure_same(departure)
    with act() as (writing, by):
        identities.link(writing, by, who.issuer, who.subject)
    flash(_("Desde ahora puede entrar también con %(name)s.", name=ways.provider_name()), "success")
    return redirect(url_for("people.profile"))


def _accept(departure: Departure, _was: str, who: Identified) -> Any:
    kept = keeping.opened(departure.form)
    if kept is None or departure.invitation_id is None:
        raise NotFound("link-over")
    chosen = Chosen("", **dict(kept.fields))
    with workshop().database.write() as writing:
        person = invitations.accept_with_identity(
            writing, workshop().group, departure.invitation_id, chosen, who.issuer, who.subject
        )
    return entering.let_in(people.get(reading(), person.id), "", "")


def _prove(departure: Departure, _was: str, who: Identified) -> Any:
    _ensure_same(departure)
    form = keeping.opened(departure.form)
    if form is None or identities.entering(reading(), who.issuer, who.subject).id != me().id:
        raise NotAllowed("identity-of-another")
    if factors.held(reading(), me().id):
        ways.note_shown()
        return proving.ask(form), 401
    with workshop().database.write() as writing:
        sign_ins.prove(writing, browsers.this().id, now())
    return render_template("sessions/again.html", form=form, lacking=False, proved=True)


TAKEN_IN = {Purpose.enter: _enter, Purpose.link: _link, Purpose.invitation: _accept, Purpose.prove: _prove}


def _ensure_same(departure: Departure) -> None:
    if not current_user.is_authenticated or me().id != departure.person_id:
        raise OutOfDate("departure-over")


def _over() -> Any:
    error = OutOfDate("departure-over")
    if current_user.is_authenticated:
        raise error
    return sign_in_page(error=say(error)), status_of(error)


def _refused(departure: Departure, was: str, error: ReviewError) -> Any:
    """Say why nobody came in, where they left; a form that waited is there again."""
    form = keeping.opened(departure.form)
    own = current_user.is_authenticated and me().id == departure.person_id
    if departure.purpose == Purpose.invitation and was:
        flash(say(error), "error")
        return redirect(was)
    if departure.purpose == Purpose.prove and own and form is not None:
        return proving.ask(form, say(error)), 401
    if own:
        flash(say(error), "error")
        return redirect(url_for("people.profile"))
    kept = departure.form if departure.purpose in {Purpose.enter, Purpose.prove} else ""
    return sign_in_page(was, error=say(error), form=kept), status_of(error)


@blueprint.post("/perfil/cuenta")
def link() -> Any:
    """Begin to link an account at the provider: its person signs in there."""
    said = _("Entre ahora con esa cuenta: después le servirá para entrar aquí.")
    return ways.step(Left(Purpose.link, person_id=me().id), said)


@blueprint.post("/perfil/cuenta/quitar")
def unlink() -> Any:
    """Let the password be the only way in."""
    try:
        with act() as (writing, by):
            identities.unlink(writing, by=by)
    except ReviewError as error:
        flash(say(error), "error")
    else:
        flash(_("Desde ahora entra solo con su contraseña."), "success")
    return redirect(url_for("people.profile"), 303)
