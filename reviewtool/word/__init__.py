"""Word in and out: bytes and text in, values out; nothing here knows Flask, Git or the database.

    exporting.document(text, origin, around)          a document as a Word file
    exporting.proposal(base, versions, remarks, …)    a proposal with tracked changes and comments
    consulting.sheet(content, origin, around)         a proposal to take along, for people without an account
    importing.document(base, data, around, limits)    a file that comes back as changes of its base
    opening.Parts(data, limits)                       a file opened with care; `.origin()` names its base

`leaves` has the values in between: `source` reads them from Markdown, `reading` (`looks`, `runs`) from Word, `writing`
(`styles`, `pictures`, `package`) writes them. `pairing`, `rewriting`, `composing` and `inserting` change Markdown.
"""
