"""The page «Confianza»: what the last verification found, whether there is a backup, and asking for either."""

from __future__ import annotations

from datetime import timedelta

from reviewtool import clock
from reviewtool.models import Inspection
from reviewtool.services import inspections, people
from reviewtool.services.findings import Report, finding
from reviewtool.services.recording import Recorder
from tests.support.words import said


def end(database, kind=inspections.VERIFICATION, findings=(), notes=(), **facts):
    report = Report(clock.now(), 2.25, {"proposals": 3, "votes": 20}, tuple(findings), tuple(notes))
    with database.write() as session:
        return inspections.end(session, kind, report, **facts).id


def test_before_the_first_verification_and_backup_the_page_says_so(sign_in, group):
    page = said(sign_in(group.members[0]).get("/confianza"))
    assert "Nadie ha pedido una comprobación todavía." in page
    assert "No consta ninguna copia de seguridad." in page


def test_a_clean_verification_says_when_it_was_and_what_was_compared(sign_in, group, database):
    end(database)
    end(database, inspections.BACKUP, size=2_400_000, proof="restored")
    page = said(sign_in(group.members[0]).get("/confianza"))
    assert "Lo decidido y el registro dicen lo mismo" in page
    assert "Sin diferencias" in page
    assert "20 votos" in page
    assert "tardó 2,2 segundos" in page
    assert "2,4 MB" in page
    assert "Se restauró en otro lugar y se comprobó: contiene todo." in page


def test_findings_and_notes_are_sentences_in_the_reader_s_language(sign_in, group, database):
    lacking = finding("merge-missing", number=7)
    outside = finding("commit-unexplained", id="abc", subject="Corrección <directa>")
    end(database, findings=[lacking] * 60, notes=[outside])
    answer = sign_in(group.members[0]).get("/confianza")
    page = said(answer)
    assert "La comprobación encontró diferencias" in page
    assert "60 diferencias" in page
    assert page.count("P-7 consta como incorporada") == 50
    assert "Y 10 más." in page
    assert "Corrección <directa>" in page
    assert "<directa>" not in answer.text
    with database.write() as session:
        people.get(session, group.members[0].id).language = "en"
    english = said(sign_in(group.members[0]).get("/confianza"))
    assert "P-7" in english
    assert "consta como" not in english


def test_a_backup_older_than_a_week_is_marked(sign_in, group, database):
    end(database, inspections.BACKUP, size=1, proof="restored")
    with clock.at(clock.now() + timedelta(days=8)):
        assert "Tiene más de siete días." in said(sign_in(group.members[0]).get("/confianza"))


def test_only_the_coordination_asks_and_the_recorder_begins_it_once(sign_in, group, database, app, tmp_path):
    member = sign_in(group.members[0])
    assert "Comprobar ahora" not in said(member.get("/confianza"))
    assert member.post("/confianza/comprobacion").status_code == 403
    coordination = sign_in(group.coordinator)
    for _ in range(2):
        assert coordination.post("/confianza/comprobacion").status_code == 303
    assert "Comprobación en marcha" in said(member.get("/confianza"))
    begun = []
    recorder = Recorder(app.extensions["workshop"], tmp_path / "lock", lambda kind, asked: begun.append((kind, asked)))
    recorder.follow()
    recorder.follow()
    with database.read() as session:
        assert begun == [(inspections.VERIFICATION, session.query(Inspection).one().id)]
    end(database, asked=begun[0][1])
    page = said(member.get("/confianza"))
    assert f"pedida por {group.coordinator.name}" in page
    assert "Comprobación en marcha" not in page


def test_one_that_never_ended_can_be_asked_for_again(sign_in, group, database):
    coordination = sign_in(group.coordinator)
    coordination.post("/confianza/comprobacion")
    with clock.at(clock.now() + timedelta(hours=2)):
        coordination = sign_in(group.coordinator)
        assert "Comprobar ahora" in said(coordination.get("/confianza"))
        coordination.post("/confianza/comprobacion")
    with database.read() as session:
        assert session.query(Inspection).count() == 2


def test_the_coordination_asks_for_a_backup_which_does_not_wait_for_a_verification(
    sign_in, group, database, app, tmp_path
):
    member, coordination = sign_in(group.members[0]), sign_in(group.coordinator)
    assert "Hacer una copia ahora" not in said(member.get("/confianza"))
    assert member.post("/confianza/copia").status_code == 403
    coordination.post("/confianza/comprobacion")
    for _ in range(2):
        assert coordination.post("/confianza/copia").status_code == 303
    page = said(member.get("/confianza"))
    assert "Comprobación en marcha" in page
    assert "Hay una copia en marcha" in page
    begun = []
    recorder = Recorder(app.extensions["workshop"], tmp_path / "lock", lambda kind, asked: begun.append((kind, asked)))
    for _ in range(3):
        recorder.follow()
    assert [kind for kind, _asked in begun] == [inspections.VERIFICATION, inspections.BACKUP]
    end(database, inspections.BACKUP, asked=begun[1][1], size=2_400_000, proof="restored")
    page = said(member.get("/confianza"))
    assert f"2,4 MB · pedida por {group.coordinator.name}" in page
    assert "Hay una copia en marcha" not in page


def test_a_backup_that_could_not_be_made_says_why_beside_the_last_good_one(sign_in, group, database):
    end(database, inspections.BACKUP, size=2_400_000, proof="restored")
    with database.write() as session:
        asked = inspections.ask(session, inspections.BACKUP, by=people.get(session, group.coordinator.id)).id
    with database.write() as session:
        inspections.fail(session, asked, "It cannot be written.\nNo se puede escribir <ahí>.")
    page = said(sign_in(group.members[0]).get("/confianza"))
    assert "La última que se pidió no se pudo hacer:" in page
    assert "No se puede escribir <ahí>." in page
    assert "2,4 MB" in page
    assert "Hacer una copia ahora" in said(sign_in(group.coordinator).get("/confianza"))


def test_a_reader_and_a_stranger_see_nothing_of_it(sign_in, group, client):
    assert sign_in(group.reader).get("/confianza").status_code == 403
    assert client.get("/confianza").status_code == 302
