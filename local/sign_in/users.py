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


def find_user(typed: str) -> User | None:
    """Find a user as Cognito does, whatever the case and the spaces around."""
    return USERS.get(typed.strip().casefold())
