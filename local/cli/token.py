"""`make token USER=alice`: print an ID token for the running local stack, for use with curl."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from requests import RequestException, Response

from local.http import send
from local.server import reachable_url
from local.settings import read_host, read_port
from local.sign_in.user_pool import CLIENT_ID, USERS
from local.template.parameters import ParameterError

_TIMEOUT_SECONDS = 10


class SignInFailed(Exception):
    """No token was issued; the message says why, in words for the user."""


def find_issuer(page_url: str) -> str:
    """Return the issuer that the running page signs in at. Raises SignInFailed unless it is a local one."""
    try:
        sign_in = _send("GET", f"{page_url}/config.json").json()["signIn"]
        issuer, client_id = sign_in["issuer"], sign_in["clientId"]
    except (RequestException, ValueError, LookupError, TypeError) as error:
        raise SignInFailed(
            f"No local stack serves its page at {page_url}. "
            "Start one with make run, or set WEB_PORT to the page's port."
        ) from error
    if client_id != CLIENT_ID:
        raise SignInFailed(f"People sign in at {issuer}. Get an ID token there.")
    return str(issuer)


def fetch_tokens(issuer: str, page_url: str, username: str) -> dict[str, Any]:
    """Sign in by the code flow, as the page does, and return the token response. Raises SignInFailed."""
    verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    client = {"client_id": CLIENT_ID, "redirect_uri": f"{page_url}/"}
    query = client | {
        "response_type": "code",
        "scope": "openid email",
        "state": state,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    try:
        endpoints = _parse_json(_send("GET", f"{issuer}/.well-known/openid-configuration"))
        url = endpoints["authorization_endpoint"]
        code = _parse_code(_send("POST", url, params=query, data={"username": username}), state, username)
        form = client | {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        return _parse_json(_send("POST", endpoints["token_endpoint"], data=form))
    except RequestException as error:
        raise SignInFailed(f"The sign-in provider can't be reached at {issuer}.") from error


def _send(method: str, url: str, **options: Any) -> Response:
    return send(method, url, timeout=_TIMEOUT_SECONDS, allow_redirects=False, **options)


def _parse_json(response: Response) -> dict[str, Any]:
    """Return the JSON object of a successful response."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if response.status_code != 200 or not isinstance(document, dict):
        reason = document.get("error_description") if isinstance(document, dict) else None
        default = "this isn't the sign-in of a local stack."
        raise SignInFailed(f"Sign-in failed ({response.status_code}): {reason or default}")
    return document


def _parse_code(response: Response, state: str, username: str) -> str:
    """Return the authorization code of the redirect to the page."""
    query = parse_qs(urlsplit(response.headers.get("Location", "")).query)
    if query.get("state") == [state] and "code" in query:
        return query["code"][0]
    if "<form" in response.text:  # the sign-in page again
        raise SignInFailed(f"There's no user {username}. Sign in as {' or '.join(USERS)}.")
    raise SignInFailed(f"Sign-in doesn't accept this page ({response.status_code}).")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make token USER=alice", description=__doc__)
    parser.add_argument("username", nargs="?", default="alice", help=" or ".join(USERS))
    username: str = parser.parse_args(arguments).username.strip()
    try:
        if not username:
            raise SignInFailed(f"USER is empty. Give one of the users: make token USER={'|'.join(USERS)}")
        page_url = reachable_url(read_host(os.environ), read_port(os.environ, "WEB_PORT"))
        print(fetch_tokens(find_issuer(page_url), page_url, username)["id_token"])
    except (ParameterError, SignInFailed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
