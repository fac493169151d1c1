"""What people do, one noun a file, functions named with verbs: `verb(session, …, by=person)`.

Services flush and never commit; the caller's transaction does. The exceptions move refs and take the `Workshop`
(database, store, cache, group): revisions, merging, editions and recording. Flask, HTTP and templates are unknown here.
"""
