"""Static files with their content's hash in the address, so that browsers keep them for good.

The stylesheets named in `static/css/order.txt` are served as one, `app.css`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory, url_for

FOLDER = Path(__file__).parent / "static"
KEPT_FOR_SECONDS = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


def stylesheet() -> str:
    """Join the stylesheets in the order of `order.txt`."""
    order = (FOLDER / "css" / "order.txt").read_text(encoding="utf-8").split("\n")
    names = [line.strip() for line in order if line.strip() and not line.startswith("#")]
    return "\n".join((FOLDER / "css" / name).read_text(encoding="utf-8") for name in names)


def fingerprint() -> str:
    """Return a short hash of every static file: one version for all keeps relative module imports right."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(FOLDER)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@blueprint.get("/static/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Serve a static file to be kept for good; `version` only makes the address change with the content."""
    if name == "app.css":
        response = Response(current_app.extensions["stylesheet"], mimetype="text/css")
    else:
        response = send_from_directory(FOLDER, name)
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_FOR_SECONDS
    response.cache_control.immutable = True
    response.cache_control.no_cache = None
    return response


def init_app(app: Flask) -> None:
    """Serve `/static/<version>/…` and give templates `asset(path)`."""
    version = fingerprint()
    app.extensions["stylesheet"] = stylesheet()

    known: dict[tuple[str, str], str] = {}  # a page names dozens of icons

    def asset(path: str) -> str:
        key = (request.script_root, path)
        if key not in known:
            known[key] = url_for("assets.file", version=version, name=path)
        return known[key]

    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset)
