"""A person who is signed in to a stack in another process, which can have other parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.contract import check_response
from tests.stack.client import ImageFile, Response, Run, send


class Person:
    """Someone who is signed in to a stack in another process."""

    def __init__(self, api_url: str, token: str) -> None:
        self._api_url = api_url
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: bytes | None = None) -> Response:
        return send(method, self._api_url + path, body, self._headers)

    def request_upload(self, image: ImageFile) -> Response:
        """Request an upload, and check the response."""
        return self._check("POST /uploads", self.call("POST", "/uploads", json.dumps(image.request).encode()))

    def upload(self, image: ImageFile) -> None:
        put = self.request_upload(image).document["upload"]
        assert send(put["method"], put["url"], image.content, put["headers"]).status == 200

    def batch(self, action: str, *ids: str, **fields: Any) -> Response:
        """Act on images, and check the response."""
        body = json.dumps({"action": action, "ids": ids, **fields}).encode()
        return self._check("POST /images/batch", self.call("POST", "/images/batch", body))

    def quota(self) -> dict[str, tuple[int, int]]:
        """Return what is used of each limit, and the limit."""
        quota = self.call("GET", "/labels").document["quota"]
        return {period: (entry["used"], entry["limit"]) for period, entry in quota.items()}

    def _check(self, route: str, response: Response) -> Response:
        result = {"statusCode": response.status, "headers": response.headers, "body": response.document}
        check_response(route, result)
        return response


@contextmanager
def signed_in(run: Run, **environ: str) -> Iterator[Callable[[str], Person]]:
    """Run a stack, and return a function that signs a person in."""
    process = run("local", **environ)
    assert process.stdout
    page = process.stdout.readline().removeprefix("ready ").strip()
    api_url = send("GET", f"{page}/config.json").document["apiUrl"]

    def sign_in(user: str) -> Person:
        command = run("local.cli.token", user, WEB_PORT=page.rpartition(":")[2])
        token, _ = command.communicate(timeout=60)
        return Person(api_url, token.strip())

    yield sign_in
    process.terminate()
    process.communicate(timeout=30)
