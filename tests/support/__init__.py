"""What the fixtures stand on: a PostgreSQL of our own, a browser, a running server, and a small sample of materials."""
