"""What the settings alone say: address, proxies, mails, limits, log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from reviewtool.doctor.finding import Finding, ok, warning, wrong
from reviewtool.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def examine(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Look at the settings."""
    yield _address(settings)
    yield _proxies(settings)
    yield _mail(settings)
    yield _mail_in_the_open(settings)
    yield _limits(settings)
    yield _sessions(settings)
    yield _debugging(settings, environment)


def _address(settings: Settings) -> Finding:
    if settings.secure:
        return ok("address", f"people come to {settings.public_url}")
    todo = "put a proxy with TLS in front and set REVIEWTOOL_PUBLIC_URL=https://…"
    if not settings.public_url:
        return wrong("address", "public_url is not set: cookies go unencrypted, links in mails lead nowhere", todo)
    if urlsplit(settings.public_url).hostname in LOOPBACK:
        return warning("address", f"{settings.public_url} is this machine alone", todo)
    return wrong("address", f"{settings.public_url} is not encrypted: passwords can be read on their way", todo)


def _proxies(settings: Settings) -> Finding:
    near = settings.host in LOOPBACK
    if settings.proxy_count and not near:
        seen = f"it listens on {settings.host} and believes X-Forwarded-For: who comes without the proxy may claim any"
        return wrong("proxies", seen, "set HOST=127.0.0.1, or close the port to everybody but the proxy")
    if settings.secure and not settings.proxy_count:
        seen = "https, and no proxy is believed: everybody has the proxy's address, and waits for anybody's failures"
        return wrong("proxies", seen, "set REVIEWTOOL_PROXY_COUNT=1 behind one proxy that sets X-Forwarded-For")
    if not near:
        seen = f"it listens on {settings.host} without TLS"
        return wrong("proxies", seen, "set HOST=127.0.0.1 and put a proxy with TLS in front")
    return ok("proxies", f"{settings.proxy_count} believed, listening on {settings.host}")


def _mail(settings: Settings) -> Finding:
    if not settings.mail_server:
        todo = "set REVIEWTOOL_MAIL_SERVER, or let the coordination pass links on"
        return warning("mail", "no mail server: mails are written as files and sent to nobody", todo)
    if settings.mail_from.endswith("@localhost"):
        return wrong("mail", f"mails come from {settings.mail_from}", "set REVIEWTOOL_MAIL_FROM to an address of yours")
    return ok("mail", f"through {settings.mail_server}, from {settings.mail_from}")


def _mail_in_the_open(settings: Settings) -> Finding:
    if settings.mail_server and settings.mail_security == "none" and settings.mail_server not in LOOPBACK:
        seen = f"mails, with links that open accounts, go to {settings.mail_server} unencrypted"
        return wrong("mail-encryption", seen, 'set mail_security to "starttls" or "tls"')
    return ok("mail-encryption", settings.mail_security if settings.mail_server else "no mail server")


def _limits(settings: Settings) -> Finding:
    if not settings.limits_url:
        return ok("limits", f"counted in each of {settings.workers} processes")
    if urlsplit(settings.limits_url).hostname not in LOOPBACK and not settings.limits_url.startswith("rediss://"):
        return warning("limits", "Redis on another machine without TLS", "use rediss:// in limits_url")
    from redis import Redis  # noqa: PLC0415  # only where one is used
    from redis.exceptions import RedisError  # noqa: PLC0415  (only where one is used)

    try:
        Redis.from_url(settings.limits_url, socket_timeout=3, socket_connect_timeout=3).ping()
    except RedisError as error:
        seen = f"Redis does not answer ({type(error).__name__}): each process counts for itself"
        return warning("limits", seen, "start it, or empty limits_url")
    return ok("limits", "counted in Redis")


def _sessions(settings: Settings) -> Finding:
    idle, absolute = settings.session_idle_hours, settings.session_absolute_hours
    seen = f"{idle} hours without a visit, {absolute} in any case"
    if idle > 24 or absolute > 24 * 30:
        return warning("sessions", seen, "let sessions end after a day without a visit and a month in any case")
    return ok("sessions", seen)


def _debugging(settings: Settings, environment: Mapping[str, str]) -> Finding:
    on = [name for name in ("FLASK_DEBUG", "PYTHONDEVMODE", "PYTHONINSPECT") if environment.get(name)]
    if on:
        return wrong("debugging", f"{', '.join(on)} set in the environment", "take it out of the environment file")
    if settings.log_level == "DEBUG":
        return warning("debugging", "the log level is DEBUG", "set REVIEWTOOL_LOG_LEVEL=INFO")
    return ok("debugging", f"off, log level {settings.log_level}")
