"""Who can sign in; nobody has a password here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """A person of the local user pool."""

    username: str
    sub: str  # fixed, so that pictures stay a person's own from one run to the next
    email: str


USERS = {
    user.username: user
    for user in (
        User("alice", "a11ce000-5f0e-4c52-9d3a-2f6c1b7e8a01", "alice@example.com"),
        User("bob", "b0b00000-8c1d-4e27-b6f4-91d3a5c20e02", "bob@example.com"),
    )
}

# The owner in the files of events/, who cannot sign in: what they leave pending is in nobody's way.
EVENTS_OWNER = User("events", "e7e27500-7c1e-4d4a-8b60-5d0f9a3c4e03", "events@example.com")

_KNOWN = {**USERS, EVENTS_OWNER.username: EVENTS_OWNER}


def known_user(username: str) -> User:
    """Give a user for whom a token can be made; KeyError for anybody else."""
    return _KNOWN[username]


def find_user(typed: str) -> User | None:
    """Find a user as Cognito does, whatever the case and the spaces around."""
    return USERS.get(typed.strip().casefold())
