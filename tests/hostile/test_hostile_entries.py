"""The corpus sent to every form with a text or a file: no page becomes active, no fault is made, nothing takes long."""

from __future__ import annotations

import itertools
import time

import pytest

from reviewtool.gitstore import reading
from reviewtool.services import attaching, people
from tests.hostile import corpus, entries
from tests.hostile.strange import encoded, multipart
from tests.support import passive, sent
from tests.support.pages import MEMBER, PAGES

SECONDS = 10  # of the processor, for one request
WHOLE = "\n\n".join(corpus.TEXTS.values())
# Fields that choose among what is offered, or that name a version: the corpus says nothing there.
CHOSEN = frozenset(
    ["act", "what", "kind", "step", "form_token", "token", "seen", "saves", "page", "base", "version", "ballot"]
) | frozenset(["revision", "next"])


def opened(ground, who, path, method="GET", **more):
    """Return what is answered and how it looks where it leads; a fault, a slow answer or an active page fails."""
    began = time.process_time()
    answer = ground.client(who).open(path, method=method, follow_redirects=True, buffered=True, **more)
    spent = time.process_time() - began
    assert answer.status_code < 500, path
    assert spent < SECONDS, f"{path}: {spent:.1f} s"
    if answer.mimetype == "text/html":
        assert passive.complaints(answer.text) == [], path
    for name, value in answer.headers:
        assert "\n" not in value + name
        assert "hostile.example" not in value, name
    return answer


def test_texts_in_every_field_of_every_form_make_no_page_active(fresh):
    rotating = itertools.cycle(corpus.TEXTS.values())
    for form in entries.forms(fresh):
        if form.endpoint in {"sessions.leave", "sign_ins.end_all", "people.save_password", "sessions.enter"}:
            continue
        first = {name: value for name, value in form.fields if name in CHOSEN}
        for filled in (dict.fromkeys(form.names, WHOLE), {name: next(rotating) for name in form.names}):
            pairs = [*(filled | first).items()]
            body = encoded(pairs)
            if form.method == "GET":
                opened(fresh, form.who, form.address, query_string=encoded([(n, v[:1500]) for n, v in pairs]).decode())
            elif form.files:
                data, kind = multipart(pairs, {name: (next(rotating)[:200], b"x") for name in form.files})
                opened(fresh, form.who, form.address, "POST", data=data, content_type=kind)
            else:
                kind = "application/x-www-form-urlencoded"
                opened(fresh, form.who, form.address, "POST", data=body, content_type=kind)
    for page in PAGES.values():  # where what was kept is shown
        if page.sent is None:
            opened(fresh, page.who, page.path)


def test_hostile_files_are_refused_or_made_safe_by_every_form_that_takes_one(fresh):
    takers = [form for form in entries.forms(fresh) if form.files]
    assert {form.endpoint for form in takers} >= {
        "attachments.to_comment",
        "attachments.to_proposal",
        "pictures.add",
        "rules.load",
        "word_uploads.send",
        "invitations.invite_list",
    }
    for form in takers:
        if form.endpoint == "drafts.add":
            continue
        for name, data in corpus.FILES.items():
            for file in form.files:
                body, kind = multipart(list(form.fields), {file: (f"{name[:40]}.docx", data)})
                opened(fresh, form.who, form.address, "POST", data=body, content_type=kind)


def test_hostile_names_of_documents_leave_the_materials_as_they_are(fresh):
    before = reading.refs(fresh.workshop.store, "refs/")
    outside = sorted(path.name for path in fresh.folder.parent.iterdir())
    draft = next(form.address for form in entries.forms(fresh) if form.endpoint == "drafts.add")
    for name in [*corpus.NAMES.values(), *corpus.LINES.values()]:
        for field in ("name", "folder", "module"):
            fields = {"act": "new", "heading": "Uno", "name": "uno", "template": "empty"} | {field: name}
            opened(
                fresh,
                MEMBER,
                draft,
                "POST",
                data=encoded([*fields.items()]),
                content_type="application/x-www-form-urlencoded",
            )
        opened(
            fresh,
            MEMBER,
            draft,
            "POST",
            data=encoded([("act", "existing"), ("path", name)]),
            content_type="application/x-www-form-urlencoded",
        )
        body, kind = multipart([("act", "upload")], {"file": (name, b"# Uno\n")})
        opened(fresh, MEMBER, draft, "POST", data=body, content_type=kind)
    assert reading.refs(fresh.workshop.store, "refs/") == before
    assert sorted(path.name for path in fresh.folder.parent.iterdir()) == outside


def test_hostile_addresses_read_nothing_outside_the_materials(fresh):
    for name in corpus.NAMES.values():
        part = encoded([("", name)]).decode()[1:]
        for place in ("materiales", "archivo", "historial", "por-que", "descargar/word"):
            for raw in (part, part.replace("%2F", "/")):
                answer = opened(fresh, MEMBER, f"/{place}/{raw}")
                assert b"root:" not in answer.data
                assert b"[core]" not in answer.data


@pytest.mark.parametrize("name", corpus.NAMES)
def test_an_attachment_with_a_hostile_name_is_offered_under_a_safe_one(fresh, name):
    with fresh.workshop.database.write() as session:
        by = people.find_by_email(session, "byron.cevallos@demo.example")
        file = (corpus.NAMES[name], sent.PDF)
        found = attaching.to_proposal(session, fresh.workshop, 16, file, by=by)
        session.flush()
        path = f"/adjuntos/{found.id}"
    said = fresh.client(MEMBER).get(path).headers["Content-Disposition"]
    assert said.startswith("attachment; filename")
    assert "/" not in said.replace("UTF-8''", "")
    assert said.isprintable()
