"""reviewtool: a working group proposes, discusses, votes on and merges changes to its training materials.

The materials live in a bare Git repository; what people do with them lives in a database and is written down in Git.

    models/    tables, one noun a file          rules/     decisions without I/O: permissions, lifecycle, voting
    prose/     text in, values out: rendering, redline, passages, three-way merge
    word/      Word in and out: bytes and text in, values out
    gitstore/  the only package that knows Git  services/  what people do, one noun a file, functions named with verbs
    web/       Flask: views, templates, static  cli.py     init, serve, demo, person, diff, …

A request runs: view (parse the form) -> service(session, …, by=person) -> rules decide -> models and gitstore change
-> redirect or template. `docs/map.md` says more; `docs/glossary.md` has the words.
"""
