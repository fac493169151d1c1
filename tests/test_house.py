"""The house rules that a machine can check: who imports whom, sizes, docstrings, templates, no path of one machine.

`docs/map.md` shows the same table to people. Each test reports every offender at once.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "reviewtool"
TEMPLATES = PACKAGE / "web" / "templates"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

# Package or top module -> what of ours it may import, besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "complaints": set(),
    "clock": set(),
    "i18n": {"errors"},
    "cache": {"errors"},
    "setting_examples": set(),
    "key_files": {"complaints"},
    "single_sign_on": {"complaints", "key_files"},
    "settings": {"complaints", "errors", "key_files", "setting_examples", "single_sign_on"},
    "group": {"complaints", "errors"},
    "db": {"settings", "errors", "clock"},
    "migrate": {"db", "errors"},
    "models": {"db", "errors", "clock"},
    "rules": {"group", "errors", "clock"},
    "prose": {"errors"},
    "word": {"prose", "errors"},
    "uploads": {"errors"},
    "gitstore": {"errors", "clock"},
    "services": {
        *("models", "rules", "prose", "word", "uploads", "gitstore", "cache", "i18n", "group", "db", "errors", "clock")
    },
    "oidc": {"errors", "clock"},
    "mail": {"services", "models", "i18n", "settings", "db", "clock", "errors"},
    "worker": {"mail", "services", "models", "i18n", "settings", "db", "clock", "errors"},
    "word_reader": {"services", "models", "db", "clock", "errors"},
    "web": {"oidc", "services", "rules", "prose", "cache", "i18n", "models", "group", "db", "errors", "clock"},
}
# What starts the program: may import everything, and nobody else imports it.
STARTING = {"app", "backups", "cli", "installing", "loading", "serving", "demonstration", "doctor"}
FREE = {"__init__", *STARTING}

WEB_LIBRARIES = {"flask", "flask_limiter", "limits", "flask_login", "flask_wtf", "wtforms", "werkzeug", "jinja2"}
# Library -> the packages of ours that may import it.
ONLY_IN: dict[str, frozenset[str] | set[str]] = {
    "git": {"gitstore"},
    "gitdb": {"gitstore"},
    "diff_match_patch": {"prose"},
    "smtplib": {"mail"},
    "alembic": {"migrate"},
    "gunicorn": {"serving"},
    "rjsmin": {"web"},
    "PIL": {"uploads"},
    "webauthn": {"services"},
    "pyotp": {"services"},
    "cryptography": {"services"},
    "segno": {"web"},
    "authlib": {"oidc"},
    "joserfc": {"oidc"},
    "lxml": {"uploads", "word", "mail"},
    "aiosmtpd": {"mail"},
    "quotequail": {"mail"},
    "sqlalchemy": {"db", "migrate", "models", "services", "mail", "worker", "word_reader", "web", *STARTING},
    **dict.fromkeys(WEB_LIBRARIES, frozenset({"web", *STARTING})),
    "jinja2": {"web", "mail", *STARTING},
}
ALLOWED_ODDITIES = {
    ("models/person.py", "flask_login"),  # UserMixin: a person is what Flask-Login signs in
}
# House files: relative to reviewtool/, vendored and generated ones apart.
SOURCES = (".py", ".html", ".css", ".js")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "cli" if first == "cli" or first.startswith("cli_") else first


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything a module imports, inside functions and type checks too."""
    package = ["reviewtool", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (start, node.module) if part)
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def our_layer(name: str) -> str | None:
    parts = name.split(".")
    if parts[0] != "reviewtool" or len(parts) < 2:
        return None
    return "cli" if parts[1].startswith("cli_") else parts[1]


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def report(offenders: list[str]) -> None:
    assert not offenders, "\n" + "\n".join(offenders)


def test_every_package_has_a_row_in_the_table_of_imports() -> None:
    layers = {layer_of(path) for path in modules()}
    report(sorted(layers - MAY_IMPORT.keys() - FREE))


def test_packages_import_only_what_the_table_allows() -> None:
    offenders = []
    for path in modules():
        layer = layer_of(path)
        for line, name in imported_names(path):
            other = our_layer(name)
            if other is None or other == layer or layer in FREE:
                continue
            if other not in MAY_IMPORT.get(layer, set()):
                offenders.append(f"{place(path, line)} {layer} imports {other}")
    report(offenders)


def test_libraries_stay_in_the_packages_that_own_them() -> None:
    offenders = []
    for path in modules():
        layer, inside = layer_of(path), str(path.relative_to(PACKAGE))
        for line, name in imported_names(path):
            library = name.split(".")[0]
            allowed = ONLY_IN.get(library)
            if allowed is None or layer in allowed or (inside, library) in ALLOWED_ODDITIES:
                continue
            offenders.append(f"{place(path, line)} {layer} imports {library}")
    report(offenders)


def test_every_module_says_what_lives_in_it() -> None:
    supporting = [path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_")]
    everything = [*modules(), *sorted((ROOT / "migrations").rglob("*.py")), *sorted(supporting)]
    report(
        [
            str(path.relative_to(ROOT))
            for path in everything
            if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(ast.parse(path.read_bytes()))
        ]
    )


def test_no_file_grows_beyond_its_size() -> None:
    files = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in SOURCES and "vendor" not in path.parts]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    report([f"{path.relative_to(ROOT)} {lines} lines" for path, lines in lengths.items() if lines > MAX_FILE_LINES])


def test_no_function_grows_beyond_its_size() -> None:
    offenders = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    offenders.append(f"{place(path, node.lineno)} {node.name} {lines} lines")
    report(offenders)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("|safe", r"\|\s*safe\b"),
        ("autoescape off", r"\bautoescape\s+false\b"),
        ("a script without a file", r"<script\b(?![^>]*\bsrc=)"),
        ("a style element", r"<style\b"),
        ("a style attribute", r"\sstyle\s*=\s*[\"'{]"),
        ("an on… attribute", r"\son[a-z]+\s*=\s*[\"']"),
        ("a javascript: address", r"[\"']\s*javascript:"),
    ],
)
def test_no_page_template_contains(what: str, pattern: str) -> None:
    found = re.compile(pattern, re.IGNORECASE)
    offenders = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        if "mail" in path.relative_to(TEMPLATES).parts:  # mail programs know no style sheet
            continue
        text = path.read_text(encoding="utf-8")
        offenders += [place(path, text.count("\n", 0, hit.start()) + 1) for hit in found.finditer(text)]
    report(offenders)


def test_no_tracked_file_names_a_folder_of_somebodys_machine() -> None:
    private = re.compile(rb"(?<![\w.~-])/(?:home/[a-z]|Users/[A-Za-z]|root/|work/)")
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a Git checkout")
    offenders = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        offenders += [place(path, data.count(b"\n", 0, hit.start()) + 1) for hit in private.finditer(data)]
    report(offenders)


def test_every_migration_says_what_it_comes_after() -> None:
    steps = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    numbers = [step.name.split("_")[0] for step in steps]
    assert numbers == [f"{number:04d}" for number in range(1, len(steps) + 1)]
