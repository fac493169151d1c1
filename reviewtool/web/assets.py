"""Static files: joined and compressed once at the start, served with their content's hash in the address for good.

`static/order.txt` says which sources are joined into which file (`web/joining.py`); pictures, and what `make frontend`
built into `static/vendor/`, are served as they are. Pages name them with `asset(name)`.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from reviewtool.web import joining

FOLDER = Path(__file__).parent / "static"
KEPT_FOR_SECONDS = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """What is sent for a name: bytes, the same as gzip, and their type."""

    data: bytes
    packed: bytes
    mimetype: str


@cache
def load(folder: Path) -> dict[str, Asset]:
    """Return what is served of a folder of static files: name -> asset. Raises FileNotFoundError for a wrong order."""
    contents = {path.name: path.read_bytes() for path in sorted((*folder.glob("*.svg"), *folder.glob("vendor/*.js")))}
    order = joining.order((folder / "order.txt").read_text(encoding="utf-8"))
    homes = {path: name for name, paths in order.items() for path in paths}
    for name, paths in order.items():
        sources = {path: (folder / path).read_text(encoding="utf-8") for path in paths}
        text = joining.stylesheet(sources) if name.endswith(".css") else joining.module(name, sources, homes)
        contents[name] = text.encode()
    return {
        name: Asset(data, gzip.compress(data, mtime=0), mimetypes.guess_type(name)[0] or "application/octet-stream")
        for name, data in contents.items()
    }


def fingerprint(assets: Mapping[str, Asset]) -> str:
    """Return a short hash of everything served: one version for all, as modules import each other by relative names."""
    digest = hashlib.sha256()
    for name, asset in sorted(assets.items()):
        digest.update(name.encode() + b"\0" + asset.data)
    return digest.hexdigest()[:12]


@blueprint.get("/static/<version>/<name>")
def file(version: str, name: str) -> Response:
    """Serve a static file to be kept for good; `version` only makes the address change with the content."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    response = Response(asset.data, mimetype=asset.mimetype)
    if request.accept_encodings.quality("gzip") > 0:
        response.data = asset.packed
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_FOR_SECONDS
    response.cache_control.immutable = True
    return response


def init_app(app: Flask) -> None:
    """Serve `/static/<version>/…` and give templates `asset(name)`, which knows only what is there."""
    assets = load(FOLDER)
    version = fingerprint(assets)
    app.extensions["assets"] = assets

    known: dict[tuple[str, str], str] = {}  # a page names dozens of icons

    def asset(name: str) -> str:
        key = (request.script_root, name)
        if key not in known:
            if name not in assets:
                raise KeyError(name)
            known[key] = url_for("assets.file", version=version, name=name)
        return known[key]

    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset)
