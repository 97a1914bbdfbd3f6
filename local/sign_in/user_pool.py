"""The local user pool: its users, who have no passwords, and its app clients."""

from __future__ import annotations

import re
from dataclasses import dataclass

CLIENT_ID = "local-page"
COMMAND_LINE_CLIENT_ID = "local-command-line"
COMMAND_LINE_REDIRECTS = ("http://localhost:8976/", "http://127.0.0.1:8976/")  # as in template.yaml
SCOPES = ("openid", "email")  # the scopes that template.yaml allows Cognito's app clients

# Of programs: as in template.yaml, with another provider than Cognito
PROGRAM_SCOPES = ("images.read", "images.write")
PROGRAM_NAME = re.compile("[a-z0-9][a-z0-9-]{0,39}")
PROGRAMS = "local-programs"  # the audience that stands for all of them


@dataclass(frozen=True)
class User:
    """A user of the local user pool."""

    username: str
    sub: str  # fixed, so that images keep their owner across runs
    email: str


USERS = {
    user.username: user
    for user in (
        User("alice", "a11ce000-5f0e-4c52-9d3a-2f6c1b7e8a01", "alice@example.com"),
        User("bob", "b0b00000-8c1d-4e27-b6f4-91d3a5c20e02", "bob@example.com"),
    )
}


def find_user(entered: str) -> User | None:
    """Find a user who can sign in; like Cognito, ignore case and surrounding spaces."""
    return USERS.get(entered.strip().casefold())
