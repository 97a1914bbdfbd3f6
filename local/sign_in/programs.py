"""The programs that may use the API, and the endpoint at which `make client-local` adds and removes them."""

from __future__ import annotations

import json
import math
import secrets
import string
import threading
from typing import Any

from flask import Flask, Response, request

from local.sign_in.clients import ProgramClient, hash_secret
from local.sign_in.store import ProviderStore
from local.sign_in.user_pool import PROGRAM_NAME, PROGRAM_SCOPES

CLIENTS_PATH = "/clients"
_ALPHABET = string.ascii_lowercase + string.digits
_ID_LENGTH, _SECRET_LENGTH = 26, 51  # as Cognito's


class Programs:
    """The clients of programs, by name and by ID."""

    def __init__(self, store: ProviderStore) -> None:
        self._clients = store.programs
        self._lock = threading.Lock()  # of the names

    def ids(self) -> list[str]:
        return [client.id for client in self.all()]

    def all(self) -> list[ProgramClient]:
        """Return the clients in the order of their names."""
        return sorted(self._clients.values(), key=lambda client: client.name)

    def find(self, client_id: str) -> ProgramClient | None:
        return self._clients.get(client_id)

    def create(self, name: str, scopes: tuple[str, ...] = PROGRAM_SCOPES) -> tuple[ProgramClient, str]:
        """Return a new client and its secret, which isn't stored. Raises ValueError if the name is taken."""
        secret = _random(_SECRET_LENGTH)
        with self._lock:
            if self._named(name):
                raise ValueError(f"There is already a client {name}.")
            client = ProgramClient(_random(_ID_LENGTH), name, scopes, hash_secret(secret))
            self._clients.put(client.id, client, math.inf)
        return client, secret

    def revoke(self, name: str) -> bool:
        """Remove a client; return whether there was one. From now on, no route accepts its tokens."""
        with self._lock:
            client = self._named(name)
            return bool(client and self._clients.pop(client.id))

    def _named(self, name: str) -> ProgramClient | None:
        return next((client for client in self.all() if client.name == name), None)


def add_client_routes(app: Flask, programs: Programs) -> None:
    """Add the endpoint. It asks for no password, like all of the local stack, but no web page can use it."""

    def list_clients() -> Response:
        return _answer(200, {"clients": [_public(client) for client in programs.all()]})

    def create_client() -> Response:
        if refusal := _refuse_pages():
            return refusal
        wanted = _parse(request.get_data())
        if wanted is None:
            return _answer(400, {"error": "The body must be a JSON object with a valid name and scopes."})
        try:
            client, secret = programs.create(*wanted)
        except ValueError as error:
            return _answer(409, {"error": str(error)})
        return _answer(201, {**_public(client), "secret": secret})

    def revoke_client(name: str) -> Response:
        if refusal := _refuse_pages():
            return refusal
        found = programs.revoke(name)
        return _answer(200, {}) if found else _answer(404, {"error": f"There is no client {name}."})

    app.add_url_rule(CLIENTS_PATH, view_func=list_clients)
    app.add_url_rule(CLIENTS_PATH, view_func=create_client, methods=["POST"])
    app.add_url_rule(f"{CLIENTS_PATH}/<name>", view_func=revoke_client, methods=["DELETE"])


def _refuse_pages() -> Response | None:
    """Refuse a page's request: one with an origin, or one that a browser would send without asking first."""
    if "Origin" in request.headers:
        return _answer(403, {"error": "Web pages can't change clients."})
    if request.mimetype != "application/json":
        return _answer(415, {"error": "The content type must be application/json."})
    return None


def _parse(body: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return the name and the scopes of a request, or None if it is invalid."""
    try:
        document = json.loads(body)
        name, scopes = document["name"], tuple(document["scopes"])
        is_valid = PROGRAM_NAME.fullmatch(name) and scopes and set(scopes) <= set(PROGRAM_SCOPES)
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (name, scopes) if is_valid else None


def _public(client: ProgramClient) -> dict[str, Any]:
    return {"id": client.id, "name": client.name, "scopes": client.scopes}


def _answer(status: int, document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
