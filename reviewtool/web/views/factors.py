"""One's own second factor: an app that makes codes, recovery codes, passkeys."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput
from reviewtool.services import code_apps, factor_changes, factors, passkeys, recovery_codes
from reviewtool.services.factor_changes import Kind
from reviewtool.web import browsers, forms, passkey_asks
from reviewtool.web.database import act, end_reading, me, reading, workshop
from reviewtool.web.errors import say, status_of
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, mark

blueprint = Blueprint("factors", __name__, url_prefix="/perfil/segundo-paso")

CHANGES = {
    Kind.app_added: mark("Se puso una aplicación de códigos"),
    Kind.app_removed: mark("Se quitó la aplicación de códigos"),
    Kind.passkey_added: mark("Se agregó una llave de acceso"),
    Kind.passkey_removed: mark("Se quitó una llave de acceso"),
    Kind.codes_made: mark("Se hicieron códigos de recuperación"),
    Kind.code_used: mark("Se usó un código de recuperación"),
    Kind.forgotten: mark("Se quitó todo el segundo paso y se cerraron las sesiones"),
}


@blueprint.get("")
def index() -> Any:
    """Show what one signs in with besides the password, and what happened to it."""
    changes = [(_(CHANGES[Kind(row.kind)]), row) for row in factor_changes.of(reading(), me().id)]
    return render_template(
        "factors/index.html",
        held=factors.held(reading(), me().id),
        lacking=factors.lacks(reading(), me()),
        changes=changes,
        own=me().id,
        passkeys_work=passkey_asks.site() is not None,
    )


@blueprint.post("/aplicacion")
def start_app() -> Any:
    """Make the secret of an app, which counts for nothing before its first code."""
    with act() as (writing, by):
        code_apps.begin(writing, _key(), now(), by=by)
    return redirect(url_for("factors.app"), 303)


@blueprint.get("/aplicacion")
def app() -> Any:
    """Show the secret that waits for its first code."""
    return _app_page({})


@blueprint.post("/aplicacion/confirmar")
def confirm_app() -> Any:
    """Let the app count when its first code is right."""
    end_reading()
    try:
        with act() as (writing, by):
            code_apps.confirm(writing, _key(), request.form.get("code", "")[:100], now(), by=by)
            codes = factors.first_codes(writing, by=by)
    except InvalidInput as error:
        return _app_page({error.field: say(error)}), status_of(error)
    return _done(_("La aplicación quedó puesta: desde ahora se le pedirá un código al entrar."), codes)


def _app_page(errors: dict[str, str]) -> Any:
    secret = code_apps.waiting(reading(), _key(), me().id)
    if secret is None:
        return redirect(url_for("factors.index"), 303)
    address = code_apps.address(secret, of=me().email, issuer=workshop().group.product_name(language()))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    parts = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("factors/app.html", picture=picture, secret=parts, errors=errors)


@blueprint.post("/aplicacion/quitar")
def remove_app() -> Any:
    """Take the app away."""
    with act() as (writing, by):
        code_apps.remove(writing, by=by)
        factors.tidy(writing, by=by)
    flash(_("La aplicación se quitó."), "success")
    return redirect(url_for("factors.index"), 303)


@blueprint.post("/codigos")
def make_codes() -> Any:
    """Make new recovery codes, which end the ones before."""
    with act() as (writing, by):
        if not factors.held(writing, by.id):
            raise Conflict("factor-missing")
        codes = recovery_codes.make(writing, by=by)
    return _done(_("Los códigos anteriores ya no sirven."), codes)


@blueprint.route("/llave", methods=["GET", "POST"])
def add_passkey() -> Any:
    """Register a passkey."""
    site = passkey_asks.site()
    if site is None:
        raise Conflict("passkeys-impossible")
    errors: dict[str, str] = {}
    if request.method == "POST":
        asked = passkey_asks.take_challenge("make") or b""
        end_reading()
        try:
            with act() as (writing, by):
                passkeys.register(writing, site, asked, request.form.get("passkey", ""), forms.line("name"), by=by)
                codes = factors.first_codes(writing, by=by)
        except InvalidInput as error:
            errors = {error.field: say(error)}
        else:
            return _done(_("La llave quedó agregada. Con ella puede entrar también sin contraseña."), codes)
    options = passkeys.asks_to_register(reading(), site, passkey_asks.challenge("make"), by=me())
    name = forms.line("name") or browsers.name(request.user_agent.string)
    page = render_template("factors/passkey.html", options=options, name=name, errors=errors)
    return page, 400 if errors else 200


@blueprint.post("/llaves/<int:passkey_id>/quitar")
def remove_passkey(passkey_id: int) -> Any:
    """Forget a passkey."""
    with act() as (writing, by):
        name = passkeys.remove(writing, passkey_id, by=by)
        factors.tidy(writing, by=by)
    flash(_("La llave «%(name)s» ya no sirve para entrar.", name=name), "success")
    return redirect(url_for("factors.index"), 303)


def _done(said: str, codes: list[str]) -> Any:
    """Show new recovery codes, this once: only their hashes are kept; without any, go back."""
    if codes:
        return render_template("factors/codes.html", said=said, codes=codes)
    flash(said, "success")
    return redirect(url_for("factors.index"), 303)


def _key() -> str:
    return str(current_app.secret_key)
