"""`make token USER=alice`: an ID token for curl, by the code flow at the running stack's sign-in."""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from local.cli.settings import port
from local.server import reachable_url
from local.sign_in import CLIENT_ID
from local.sign_in.users import USERS
from local.template.parameters import ParameterError

_PATIENCE_SECONDS = 10
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class TokenRefused(Exception):
    """There is no token; the message says why, for a person."""


def id_token(issuer: str, page_url: str, username: str) -> str:
    """Sign in as the page would, and give the ID token. Raises TokenRefused."""
    endpoints = _read(_send("GET", f"{issuer}/.well-known/openid-configuration"))
    verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{page_url}/",
        "scope": "openid email",
        "state": state,
        "code_challenge": _base64url(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    address = f"{endpoints['authorization_endpoint']}?{urlencode(asked)}"
    code = _code(_send("POST", address, {"username": username}), state, username)
    proof = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "redirect_uri": asked["redirect_uri"],
        "code": code,
        "code_verifier": verifier,
    }
    return str(_read(_send("POST", endpoints["token_endpoint"], proof))["id_token"])


def _send(method: str, url: str, form: Mapping[str, str] | None = None) -> tuple[int, str, bytes]:
    """Give the status, the address that the answer leads to, and the body."""
    parts = urlsplit(url)
    body = urlencode(form) if form else None
    try:
        with closing(HTTPConnection(parts.netloc, timeout=_PATIENCE_SECONDS)) as connection:
            target = parts._replace(scheme="", netloc="").geturl()
            connection.request(method, target, body, _FORM if form else {})
            response = connection.getresponse()
            return response.status, response.getheader("Location", ""), response.read()
    except (OSError, HTTPException) as error:
        advice = "Start the stack with make run, or set SIGN_IN_PORT to the port it has there."
        raise TokenRefused(f"Nobody answers at {parts.scheme}://{parts.netloc}. {advice}") from error


def _read(answer: tuple[int, str, bytes]) -> dict[str, Any]:
    """Give the JSON object of an answer that is one, and no refusal."""
    status, _, body = answer
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if status != 200 or not isinstance(document, dict):
        reason = document.get("error_description") if isinstance(document, dict) else None
        raise TokenRefused(f"Sign-in refused ({status}): {reason or 'it is none of the local stack.'}")
    return document


def _code(answer: tuple[int, str, bytes], state: str, username: str) -> str:
    status, address, body = answer
    given = parse_qs(urlsplit(address).query)
    if given.get("state") == [state] and "code" in given:
        return given["code"][0]
    if b"<form" in body:  # it asks once more
        raise TokenRefused(f"Nobody here is called {username}. Sign in as {' or '.join(USERS)}.")
    raise TokenRefused(
        f"Sign-in does not know this page ({status}). Set WEB_PORT to the port that the page has."
    )


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make token USER=alice", description=__doc__)
    parser.add_argument("username", nargs="?", default="alice", help=" or ".join(USERS))
    username: str = parser.parse_args(arguments).username
    host = os.environ.get("HOST") or "127.0.0.1"
    try:
        issuer = reachable_url(host, port(os.environ, "SIGN_IN_PORT", 9000))
        page_url = reachable_url(host, port(os.environ, "WEB_PORT", 8080))
        print(id_token(issuer, page_url, username))
    except (ParameterError, TokenRefused) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
