"""Flask: views (blueprints, one noun a file), forms, templates, static files. Knows services and rules, never Git."""
