"""What `make bench-editor` runs: the editor in headless Chromium over a folder of real documents.

It measures and prints; it never fails because something was wrong. `edits.js` is what happens inside the browser.
"""
