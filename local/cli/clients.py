"""`make client-local NAME=shop`: what `make client` does on AWS, for the running local stack."""

from __future__ import annotations

import os
import sys
from typing import Any

from requests import RequestException, Response

from local.cli.programs import ClientArguments, credentials, existing, parse_arguments, table
from local.cli.token import SignInFailed, find_issuer
from local.http import send
from local.server import reachable_url
from local.settings import read_host, read_port
from local.sign_in.programs import CLIENTS_PATH
from local.template.parameters import ParameterError

_COMMAND = "make client-local"
_TIMEOUT_SECONDS = 10
_JSON = {"content-type": "application/json"}


def run(arguments: ClientArguments, page_url: str) -> str:
    """Do what the arguments say, and return what to print. Raises SignInFailed, also if a client exists."""
    issuer = find_issuer(page_url)
    url, name = issuer + CLIENTS_PATH, arguments.name
    if arguments.action == "list":
        clients = _send("GET", url).json()["clients"]
        return table([(each["name"], each["id"], " ".join(each["scopes"]), "active") for each in clients])
    if arguments.action == "revoke":
        _require(_send("DELETE", f"{url}/{name}", headers=_JSON))
        return f"Revoked {name}. Its tokens are no longer accepted."
    created = _send("POST", url, json={"name": name, "scopes": arguments.scopes})
    if created.status_code == 409:
        raise SignInFailed(existing(_COMMAND, name))
    _require(created)
    client: dict[str, Any] = created.json()
    endpoint = _send("GET", f"{issuer}/.well-known/openid-configuration").json()["token_endpoint"]
    api_url = _send("GET", f"{page_url}/config.json").json()["apiUrl"]
    shown = credentials(client["id"], client["secret"], client["scopes"], endpoint, api_url, page_url)
    return f"Created the client {name}.\n{shown}"


def client_ids(issuer: str) -> list[str]:
    """Return the client IDs of the programs at a local provider; none if it doesn't answer."""
    try:
        return [client["id"] for client in _send("GET", issuer + CLIENTS_PATH).json()["clients"]]
    except (SignInFailed, ValueError, LookupError, TypeError):
        return []


def _send(method: str, url: str, **options: Any) -> Response:
    try:
        return send(method, url, timeout=_TIMEOUT_SECONDS, allow_redirects=False, **options)
    except RequestException as error:
        raise SignInFailed(f"The sign-in provider can't be reached at {url}.") from error


def _require(response: Response) -> None:
    if not response.ok:
        raise SignInFailed(response.json()["error"])


def main(values: list[str]) -> int:
    try:
        arguments = parse_arguments(_COMMAND, *values)
        page_url = reachable_url(read_host(os.environ), read_port(os.environ, "WEB_PORT"))
        print(run(arguments, page_url))
    except (ParameterError, SignInFailed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
