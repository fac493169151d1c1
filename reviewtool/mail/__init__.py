"""Mails: what a batch of notices says as text and HTML, its headers, and how it leaves the building."""
