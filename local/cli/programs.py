"""What `make client` and `make client-local` have in common: their arguments, and what they print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from local.sign_in.user_pool import PROGRAM_NAME, PROGRAM_SCOPES
from local.template.parameters import ParameterError

ACTIONS = ("create", "revoke", "list")


@dataclass(frozen=True)
class ClientArguments:
    """What to do with which client."""

    action: str
    name: str  # empty for the list
    scopes: tuple[str, ...]
    has_scopes: bool  # whether they were given


def parse_arguments(command: str, name: str, action: str, scopes: str) -> ClientArguments:
    """Parse the values that make passes; empty ones have defaults. Raises ParameterError."""
    wanted = tuple(dict.fromkeys(scopes.replace(",", " ").split()))
    if action and action not in ACTIONS:
        raise ParameterError(f"ACTION must be {', '.join(ACTIONS[:-1])} or {ACTIONS[-1]}, not {action!r}.")
    if action != "list" and not PROGRAM_NAME.fullmatch(name):
        raise ParameterError(
            "Give the program a name of 1 to 40 lowercase letters, digits and hyphens that starts with a "
            f"letter or digit: {command} NAME=shop"
        )
    if unknown := [scope for scope in wanted if scope not in PROGRAM_SCOPES]:
        raise ParameterError(f"There is no scope {unknown[0]}. Use {' or '.join(PROGRAM_SCOPES)}, or both.")
    chosen = tuple(scope for scope in PROGRAM_SCOPES if not wanted or scope in wanted)
    return ClientArguments(action or "create", name, chosen, bool(wanted))


def credentials(
    client_id: str,
    secret: str,
    scopes: Iterable[str],
    token_endpoint: str,
    api_url: str,
    page_url: str,
    prefix: str = "",
) -> str:
    """Return the lines that show a new client and how to use it; its tokens' scopes start with `prefix`."""
    return f"""
  Client ID       {client_id}
  Client secret   {secret}
  Scopes          {" ".join(f"{prefix}{scope}" for scope in scopes)}
  Token endpoint  {token_endpoint}
  API             {api_url}/programs

Keep the secret now: it isn't shown again. The command line asks for it once:

  glimpse login {page_url} --client-id {client_id}

Other programs get a token, which is valid for an hour, and use it for all requests until then:

  curl -u {client_id}:SECRET -d grant_type=client_credentials {token_endpoint}
  curl -H "Authorization: Bearer ACCESS_TOKEN" {api_url}/programs/images"""


def existing(command: str, name: str) -> str:
    """Return why a client isn't created again."""
    return (
        f"{name} already has a client. To get a new secret, revoke it first, and with it all of its tokens: "
        f"{command} NAME={name} ACTION=revoke"
    )


def table(clients: Sequence[tuple[str, str, str, str]]) -> str:
    """Return a table of names, client IDs, scopes and states."""
    if not clients:
        return "There are no clients of programs."
    rows = [("NAME", "CLIENT ID", "SCOPES", "STATE"), *clients]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
