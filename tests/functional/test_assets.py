"""What a browser loads beside the page: one stylesheet and one module for all, what some pages add, and how much it is.

The budgets are those of the design, in bytes as they are sent without compression; 1 KB is 1,000 bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil

import pytest
from flask import Flask

from reviewtool.web import assets, joining
from tests.conftest import ROOT

TEMPLATES = ROOT / "reviewtool" / "web" / "templates"
BUDGETS = {"app.css": 26_000, "app.js": 8_000}
WRITING = {"sheet.css": 4_500}  # on the page where a document is written
EDITOR = 130_000  # the editor of that page, as gzip
ADDED = {".css": 2_500, ".js": 4_000}  # what the pages of one section may add
JINJA = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
USES = re.compile(r'{%-? *(?:include|from|import) +"([^"]+)"')
CLASS = re.compile(r"\.([a-z][\w-]*)")


@pytest.fixture
def client():
    app = Flask("files")
    assets.init_app(app)
    return app.test_client()


@pytest.fixture
def folder(tmp_path):
    """Copy the static files: a test may spoil them."""
    return shutil.copytree(assets.FOLDER, tmp_path / "static")


def served():
    return assets.load(assets.FOLDER)


def order():
    return joining.order((assets.FOLDER / "order.txt").read_text(encoding="utf-8"))


def sources(*suffixes):
    found = (path for path in assets.FOLDER.rglob("*") if path.suffix in suffixes and path.parent.name != "vendor")
    return {path.relative_to(assets.FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in found}


@pytest.mark.parametrize(
    ("name", "kind"), [("app.css", "text/css"), ("app.js", "text/javascript"), ("icons.svg", "image/svg+xml")]
)
def test_a_file_is_sent_with_its_type_to_be_kept_for_good(client, name, kind):
    answer = client.get(f"/static/anything/{name}")
    assert answer.mimetype.replace("application/java", "text/java") == kind
    assert answer.data == served()[name].data
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_browser_that_takes_gzip_gets_the_same_bytes_compressed(client):
    plain = client.get("/static/1/app.css", headers={"Accept-Encoding": "br, gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    packed = client.get("/static/1/app.css", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name", ["nothing.css", "order.txt", "css/tokens.css", "tokens.css", "js/shared.js", "../assets.py"]
)
def test_a_name_that_is_not_served_is_not_found(client, name):
    assert client.get(f"/static/1/{name}").status_code == 404


def test_a_page_can_only_ask_for_what_is_there(client):
    asset = client.application.jinja_env.globals["asset"]
    with client.application.test_request_context("/", base_url="http://group.example/revision"):
        assert re.fullmatch(r"/revision/static/[0-9a-f]{12}/app\.css", asset("app.css"))
        with pytest.raises(KeyError, match=r"ap\.css"):
            asset("ap.css")


def test_addresses_change_when_what_is_sent_changes(folder):
    before = assets.fingerprint(assets.load(folder))
    again = shutil.copytree(folder, folder.parent / "again")
    (again / "css" / "base.css").write_text("/* a remark is not sent */\n" + (folder / "css" / "base.css").read_text())
    assert assets.fingerprint(assets.load(again)) == before
    other = shutil.copytree(folder, folder.parent / "other")
    (other / "css" / "base.css").write_text("a {color: red}")
    assert assets.fingerprint(assets.load(other)) != before


def test_a_file_that_the_order_names_and_is_not_there_stops_the_start(folder):
    (folder / "js" / "controllers" / "page.js").unlink()
    with pytest.raises(FileNotFoundError, match=r"page\.js"):
        assets.load(folder)


def test_every_stylesheet_and_script_is_joined_into_something():
    named = [path for paths in order().values() for path in paths]
    assert sources(".css", ".js").keys() == set(named)


def test_every_controller_is_in_the_module_that_the_order_says():
    homes = {path: name for name, paths in order().items() for path in paths}
    controllers = [path for path in sources(".js") if path.startswith("js/controllers/")]
    assert len(controllers) > 5
    for path in controllers:
        name = path.rpartition("/")[2].removesuffix(".js")
        assert f"attach('{name}'," in served()[homes[path]].data.decode(), name


def used_by(name, known=None):
    """Return a template and everything it includes or imports: name -> text."""
    known = {} if known is None else known
    if name not in known:
        known[name] = (TEMPLATES / name).read_text(encoding="utf-8")
        for other in USES.findall(known[name]):
            used_by(other, known)
    return known


def pages():
    """Return every template that no other one includes, with all that it uses."""
    names = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")]
    trees = {name: used_by(name) for name in names}
    parts = {part for name, tree in trees.items() for part in tree if part != name}
    return {name: "\n".join(tree.values()) for name, tree in trees.items() if name not in parts}


def words_of(attribute, text):
    return {word for value in re.findall(rf'{attribute}="([^"]*)"', JINJA.sub(" ", text)) for word in value.split()}


def test_pages_name_only_controllers_and_load_the_module_that_has_them():
    homes = {path.rpartition("/")[2].removesuffix(".js"): name for name, paths in order().items() for path in paths}
    offenders = []
    for page, text in pages().items():
        for controller in words_of("data-controller", text):
            home = homes.get(controller)
            if home is None or (home != "app.js" and f"asset('{home}')" not in text):
                offenders.append(f"{page}: {controller}, of {home}")
    assert not offenders, offenders


def test_pages_load_a_stylesheet_that_has_their_classes():
    text = sources(".css")
    sheets = {name: paths for name, paths in order().items() if name.endswith(".css")}
    classes = {name: {word for path in paths for word in CLASS.findall(text[path])} for name, paths in sheets.items()}
    some = set().union(*classes.values()) - classes["app.css"]
    offenders = []
    for page, found in pages().items():
        for word in words_of("class", found) & some:
            homes = [name for name in sheets if word in classes[name]]
            if not any(f"asset('{name}')" in found for name in homes):
                offenders.append(f"{page}: {word}, of {homes}")
    assert not offenders, offenders


@pytest.mark.parametrize("name", list(order()))
def test_what_is_sent_stays_within_its_budget(name):
    budget = (BUDGETS | WRITING).get(name, ADDED["." + name.rpartition(".")[2]])
    assert len(served()[name].data) <= budget
    assert len(served()[name].packed) <= budget / 2


def test_stylesheet_and_module_of_every_page_are_sent_in_less_than_11_kb():
    assert sum(len(served()[name].packed) for name in BUDGETS) < 11_000


def test_the_editor_stays_within_its_budget_and_is_the_file_whose_hash_and_licences_are_kept():
    script = served()["editor.js"]
    assert len(script.packed) <= EDITOR
    vendor = assets.FOLDER / "vendor"
    digest = hashlib.sha256(script.data).hexdigest()
    assert (vendor / "editor.js.sha256").read_text(encoding="utf-8") == f"{digest}  editor.js\n"
    licences = (vendor / "editor.licences.txt").read_text(encoding="utf-8")
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    for name in lock["packages"][""]["dependencies"]:
        version = lock["packages"][f"node_modules/{name}"]["version"]
        assert f"{name} {version} (MIT)" in licences


def test_only_the_page_where_a_document_is_written_loads_the_editor():
    assert [name for name, text in pages().items() if "asset('editor.js')" in text] == ["drafts/document.html"]
