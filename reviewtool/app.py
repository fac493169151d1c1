"""`create_app(settings)`: extensions, blueprints and error pages; nothing else."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, g, request
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from reviewtool.cache import Cache
from reviewtool.db import Database
from reviewtool.gitstore import signing
from reviewtool.gitstore.signer import open_signer
from reviewtool.gitstore.store import Store
from reviewtool.group import Group
from reviewtool.services import document_templates, signatures
from reviewtool.services.workshop import Limits, Workshop
from reviewtool.settings import Settings
from reviewtool.web import (
    assets,
    context,
    database,
    errors,
    hosts,
    i18n,
    identities,
    keeping,
    limits,
    passing,
    proving,
    remembering,
    requests,
    second_step,
    security,
    unseen,
)
from reviewtool.web.views import blueprints

if TYPE_CHECKING:
    from reviewtool.oidc.provider import Provider

# in the order in which they see a request: what comes in, whose name it is sent to, who is there, how often
PARTS = (
    requests,
    hosts,
    database,
    i18n,
    assets,
    security,
    limits,
    identities,
    second_step,
    proving,
    keeping,
    remembering,
    passing,
    errors,
    context,
    unseen,
)


def make_workshop(settings: Settings) -> Workshop:
    """Open the database, the store and the group that the settings name; the key that signs is then one that counts."""
    group = Group.load(settings.group_file)
    signer = open_signer(settings.signing_key_file) if settings.signing_key_file else None
    store = Store(settings.repository_path, signer)
    if signer is not None:
        signing.remember(settings.allowed_signers_path, signatures.principal(group), signer.public)
    return Workshop(
        database=Database(settings.database_url),
        store=store,
        cache=Cache(settings.cache_mb),
        group=group,
        limits=Limits(
            document_bytes=settings.max_document_kb * 1024,
            upload_bytes=settings.max_upload_mb * 1024 * 1024,
            image_edge=settings.max_image_edge_px,
            attachments=settings.max_attachments,
            comment_characters=settings.max_comment_chars,
        ),
        templates=document_templates.load(settings.templates_folder),
        allowed_signers=settings.allowed_signers_path,
    )


def create_app(settings: Settings, workshop: Workshop | None = None) -> Flask:
    """Make the application of one installation; `workshop` may be shared with the recorder's thread."""
    web = Path(__file__).parent / "web"
    app = Flask("reviewtool", template_folder=str(web / "templates"), static_folder=None)
    workshop = workshop or make_workshop(settings)
    app.extensions["workshop"] = workshop
    app.config.update(
        SECRET_KEY=settings.ensure_secret_key(),
        # four times the limit of a file: one that is too large is read to its end, and refused beside its field
        MAX_CONTENT_LENGTH=4 * settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=settings.max_document_kb * 1024 * 3 + 512 * 1024,
        MAX_FORM_PARTS=security.MOST_FIELDS,
        # a browser takes a cookie with this beginning only over HTTPS, for this host alone and all of its pages
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_HOURS=settings.session_idle_hours,
        SESSION_ABSOLUTE_HOURS=settings.session_absolute_hours,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        DEFAULT_LANGUAGE=settings.default_language,
        PUBLIC_URL=settings.public_url,
        VOTE_WITHOUT_SIGN_IN=settings.mail_vote_without_sign_in,
        HOSTS=hosts.known(settings.public_url, settings.extra_hosts, settings.host),
        MAILS=bool(settings.mail_server),
        RATES=settings.rates,
        LIMITS_URL=settings.limits_url,
        MAIL_FOLDER="" if settings.mail_server else str(settings.mail_path),
        GROUP_ZONE=workshop.group.calendar.zone,
    )
    if settings.oidc_issuer:
        app.extensions["provider"] = _provider(settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxy_count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way to wrap
            app.wsgi_app, x_for=settings.proxy_count, x_proto=settings.proxy_count, x_host=settings.proxy_count
        )
    for part in PARTS:
        part.init_app(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    _log_requests(app)
    return app


def _provider(settings: Settings) -> Provider:
    """Return the identity provider; its libraries are loaded only where there is one."""
    from reviewtool.oidc.provider import Provider, Registration  # noqa: PLC0415  (few installations have one)

    back = settings.public_url + identities.BACK
    known = Registration(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_secret, back, settings.oidc_names)
    return Provider(known)


def _log_requests(app: Flask) -> None:
    log = logging.getLogger("reviewtool.requests")

    @app.after_request
    def note(response):  # type: ignore[no-untyped-def]  # flask.Response in and out
        if request.method != "GET" and request.endpoint:
            person = g.get("_login_user")
            log.info(
                "%s %s %s person=%s",
                request.method,
                request.endpoint,
                response.status_code,
                getattr(person, "id", None),
            )
        return response
