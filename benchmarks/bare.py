"""The bare page of the same stack: Flask, Jinja with our settings, one template, one SELECT, the session cookie read.

What a page of the product costs is told as a multiple of it: that does not depend on the machine.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, session
from jinja2 import DictLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import select

from reviewtool.models import Person, Proposal
from reviewtool.services.workshop import Workshop

FRAME = """<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} · Revisión de materiales</title>
<link rel="stylesheet" href="/static/app.css">
</head>
<body>
<a class="skip-link" href="#content">Ir al contenido</a>
<header><a class="brand" href="{{ url_for('rows') }}">Revisión de materiales</a>
<nav aria-label="Principal"><ul>
{% for name in ("Inicio", "Materiales", "Propuestas", "Decisiones", "Coordinación") %}
<li><a href="{{ url_for('rows') }}">
<svg class="icon" aria-hidden="true"><use href="/static/icons.svg"/></svg>{{ name }}</a></li>
{% endfor %}
</ul></nav>
<span class="person">{{ person }}</span>
</header>
<main id="content">{% block content %}{% endblock %}</main>
<footer><a href="{{ url_for('rows') }}">Accesibilidad</a></footer>
</body>
</html>
"""
ROWS = """{% extends "frame.html" %}
{% block title %}Propuestas{% endblock %}
{% block content %}
<h1>Propuestas</h1>
<table><thead><tr><th>N.º</th><th>Título</th><th>Estado</th><th>Propone</th><th>Versión</th><th>Cambio</th></tr></thead><tbody>
{% for row in rows %}
<tr class="{{ row.state }}">
<th scope="row"><a href="{{ url_for('one', number=row.number) }}">P-{{ row.number }}</a></th>
<td><a href="{{ url_for('one', number=row.number) }}">{{ row.title }}</a>
<p class="small muted">{{ row.comment_count }} comentarios, {{ row.open_threads }} por resolver</p></td>
<td><span class="tag {{ row.state }}">{{ row.state }}</span></td>
<td>{{ row.name }}<small>{{ row.administration }}</small></td>
<td>{{ row.latest }}</td>
<td><time datetime="{{ row.state_changed_at.isoformat() }}">
{{ row.state_changed_at.strftime("%d/%m/%Y %H:%M") }}</time></td>
</tr>
{% endfor %}
</tbody></table>
{% endblock %}
"""
ONE = """{% extends "frame.html" %}
{% block title %}P-{{ row.number }}{% endblock %}
{% block content %}
<h1>{{ row.title }}</h1>
<p class="lead">{{ row.name }}, {{ row.administration }}, {{ row.state_changed_at.strftime("%d/%m/%Y %H:%M") }}</p>
{% for part in parts %}
{{ part }}
{% endfor %}
{% endblock %}
"""
SHOWN = 50


def make(workshop: Workshop, secret_key: str, ready: dict[int, list[Markup]]) -> Flask:
    """Return the bare application: `/rows` shows a page of proposals, `/one/<n>` a text that is HTML already."""
    app = Flask("bare", static_folder=None)
    app.config["SECRET_KEY"] = secret_key
    app.jinja_loader = DictLoader({"frame.html": FRAME, "rows.html": ROWS, "one.html": ONE})
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    columns: tuple[Any, ...] = (
        Proposal.number,
        Proposal.title,
        Proposal.state,
        Person.name,
        Person.administration,
        Proposal.latest,
        Proposal.open_threads,
        Proposal.comment_count,
        Proposal.state_changed_at,
    )
    query = select(*columns).join(Person, Person.id == Proposal.author_id)

    @app.get("/rows")
    def rows() -> str:
        with workshop.database.read() as reading:
            found = reading.execute(query.order_by(Proposal.number.desc()).limit(SHOWN)).all()
            return render_template("rows.html", rows=found, person=session["_user_id"])

    @app.get("/one/<int:number>")
    def one(number: int) -> str:
        with workshop.database.read() as reading:
            found = reading.execute(query.where(Proposal.number == number)).one()
            return render_template("one.html", row=found, parts=ready[number], person=session["_user_id"])

    return app


def parts(page: bytes) -> list[Markup]:
    """Return what stands in the `main` of a page, line by line, to be put into the bare page as it is."""
    inside = page.decode().partition("<main")[2].partition(">")[2].rpartition("</main>")[0]
    return [Markup(line) for line in inside.split("\n")]
