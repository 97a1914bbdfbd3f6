"""`glimpse login` and `glimpse logout`."""

from __future__ import annotations

import sys
from argparse import Namespace
from getpass import getpass

from glimpse.cli.terminal import UsageError, say
from glimpse.session import Session


def login(session: Session, options: Namespace) -> int:
    """Sign a person or a program in."""
    if options.client_id:
        secret = session.environ.get("GLIMPSE_CLIENT_SECRET") or _read_secret()
        if not secret:
            raise UsageError("the client secret is empty")
        name = session.sign_in_program(options.page, options.client_id, secret)
    else:
        name = session.sign_in_person(options.page, say)
    say(f"Signed in as {name}.")
    return 0


def _read_secret() -> str:
    if sys.stdin.isatty():
        return getpass("Client secret: ")
    return sys.stdin.readline().strip()  # such as `… | glimpse login`


def logout(session: Session, options: Namespace) -> int:
    """Forget the credentials."""
    say(f"Signed out of {session.sign_out(options.url)}.")
    return 0
