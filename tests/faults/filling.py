"""A disk that fills up: `unshare -rm python -m tests.faults.filling FOLDER DATABASE_URL`, in a mount of its own.

Puts the installation's folder on a small tmpfs, fills it, acts, frees it and acts again; everything that is wrong
ends it with a traceback. The log goes to standard error.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from reviewtool import installing
from reviewtool.app import create_app
from reviewtool.gitstore import maintenance
from reviewtool.models import Comment, Draft, Merge, Proposal
from reviewtool.services import drafts, people, proposals, recording, refmoves
from reviewtool.settings import Settings
from tests import factories
from tests.faults.dying import ROOT
from tests.support import journey, signed_in

SIZE = "24m"
FULL = "No queda espacio en el disco. No se hizo nada; avise a quien administra el sistema."
TYPED = "Convendría citar también la nota interpretativa del artículo 8."


class Scene:
    """The installation on its small disk, and who acts."""

    def __init__(self, folder: Path, url: str) -> None:
        materials = folder.with_name("materials")
        materials.mkdir()
        for name in ("uno", "dos", "tres"):
            (materials / f"{name}.md").write_text(f"# {name}\n\nEl precio pagado.\n", encoding="utf-8")
        settings = Settings(
            var=folder, database_url=url, group_file=ROOT / "config" / "group.toml", secret_key="only-for-tests" * 4
        )
        self.workshop = installing.create(settings, source=str(materials))
        with self.workshop.database.write() as session:
            made = factories.make_group(session)
        with self.workshop.database.read() as session:
            self.member = people.get(session, made.members[1].id)
            self.coordinator = people.get(session, made.coordinator.id)
        self.number = self._propose(made, "uno.md")
        journey.approve(self.workshop, self.number, made)
        self.open = self._propose(made, "dos.md")
        recording.catch_up(self.workshop)
        self._app = create_app(settings, self.workshop)
        self._app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        self._signed_in = {  # before the disk is full: signing in writes
            person.id: signed_in.client(self._app, person) for person in (self.member, self.coordinator)
        }
        self.ballast = folder / "ballast"

    def _propose(self, made: factories.Group, path: str) -> int:
        return journey.propose(self.workshop, made.members[0], path, "precio pagado", "precio efectivamente pagado")

    def post(self, person, path: str, **fields: str):
        """Send a form as a person who has signed in."""
        return self._signed_in[person.id].post(path, data=fields)

    def comment(self, token: str):
        """Comment on the open proposal."""
        fields = {"version": "1", "body": f"{TYPED} {token}", "form_token": token}
        return self.post(self.member, f"/propuestas/{self.open}/comentarios", **fields)

    def merge(self):
        """Merge the approved proposal."""
        return self.post(self.coordinator, f"/propuestas/{self.number}/incorporar", version="1", note="")

    def fill(self) -> None:
        """Leave not one block free."""
        for size in (1 << 20, 4096, 1):
            with self.ballast.open("ab", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass


def main(folder: str, url: str) -> None:
    logging.basicConfig(level=logging.INFO)
    var = Path(folder) / "var"
    var.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(var)], check=True)
    scene = Scene(var, url)
    assert scene.comment("antes").status_code == 303
    draft = _draft(scene)

    scene.fill()
    acknowledged = {"antes"} | {token for token in ("lleno-1", "lleno-2") if _refused_or_done(scene, token)}
    submitted = scene.post(scene.member, f"/borradores/{draft}/presentar", **_presentation(), act="submit")
    assert submitted.status_code == 503, submitted.text
    assert FULL in submitted.text
    merged = scene.merge()
    assert merged.status_code == 503, merged.text
    assert FULL in merged.text or "se terminará sola" in merged.text
    recorder = recording.Recorder(scene.workshop, Path(folder) / "recorder.lock")
    recorder.follow()

    scene.ballast.unlink()
    recorder.follow()
    assert scene.comment("lleno-1").status_code == 303  # with the token of the first press
    acknowledged.add("lleno-1")
    with scene.workshop.database.read() as session:
        done = proposals.get(session, scene.number).state == "merged"
    assert done or scene.merge().status_code == 303
    sent = scene.post(scene.member, f"/borradores/{draft}/presentar", **_presentation(), act="submit")
    assert sent.status_code == 303, sent.text
    _check(scene, acknowledged)


def _refused_or_done(scene: Scene, token: str) -> bool:
    answer = scene.comment(token)
    if answer.status_code == 303:
        return True
    assert answer.status_code == 503, answer.text
    assert FULL in answer.text
    assert TYPED in answer.text
    return False


def _presentation() -> dict[str, str]:
    return {"title": "Aclarar", "reason": "El texto es incompleto.", "instrument": "Opinión"}


def _draft(scene: Scene) -> int:
    with scene.workshop.database.write() as session:
        draft = drafts.start(session, scene.workshop, by=people.get(session, scene.member.id))
        journey.edit(scene.workshop, draft, "tres.md", "pagado", "por pagar")
        drafts.save_meta(draft, journey.META)
        session.flush()
        return draft.id


def _check(scene: Scene, acknowledged: set[str]) -> None:
    refmoves.reconcile(scene.workshop)
    recording.catch_up(scene.workshop)
    with scene.workshop.database.read() as session:
        said = [body.rpartition(" ")[2] for body in session.scalars(select(Comment.body))]
        assert sorted(said) == sorted(acknowledged), said
        assert len(session.scalars(select(Merge)).all()) == 1
        assert len(session.scalars(select(Proposal)).all()) == 3
        assert not session.scalars(select(Draft)).all()
        assert recording.dirty(session) == []
        assert refmoves.pending(session) == []
    assert maintenance.check(scene.workshop.store) == []


if __name__ == "__main__":
    main(*sys.argv[1:])
