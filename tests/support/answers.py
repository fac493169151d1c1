"""Answers to mails as a mail program sends them: the stored ones, addressed to whom a test wants, and plain ones."""

from __future__ import annotations

import smtplib
from pathlib import Path

MAILS = Path(__file__).parents[1] / "data" / "replies"
BASE = "respuestas@revision.example"


def stored(name: str, sender: str, recipient: str) -> bytes:
    """Return a stored mail as one person's to one address."""
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"rosa@aduana.example", sender.encode())
    return raw.replace(b"respuestas+TOKEN@revision.example", recipient.encode())


def plain(sender: str, recipient: str, words: str, name: str = "x", *headers: str) -> bytes:
    """Return a mail of a few words; `name` makes its Message-ID."""
    lines = [
        f"Return-Path: <{sender}>",
        f"From: {sender}",
        f"To: {recipient}",
        "Subject: Re: P-1",
        f"Message-ID: <{name}@correo.example>",
        "Content-Type: text/plain; charset=utf-8",
        *headers,
        "",
        words,
    ]
    return "\r\n".join(lines).encode()


def deliver(
    port: int, raw: bytes, sender: str, recipient: str, speak: type[smtplib.SMTP] = smtplib.LMTP
) -> tuple[int, bytes]:
    """Hand a mail over as a mail server does; return what was said to it at the end."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    with speak("127.0.0.1", port, timeout=30) as server:
        server.ehlo_or_helo_if_needed()
        code, said = server.mail(sender)
        if code == 250:
            code, said = server.rcpt(recipient)
        return server.data(raw) if code == 250 else (code, said)
