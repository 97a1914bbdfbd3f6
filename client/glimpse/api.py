"""Requests to the API: sent again if the connection or the service fails, and page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from glimpse.connection import explained, json_object
from glimpse.credentials import Credentials
from glimpse.errors import NotFound, NotSignedIn, ServiceError, Unreachable, problem_class, problem_of
from glimpse.models import BatchResult
from glimpse.retrying import Retrying

PERHAPS_DONE = (Unreachable, ServiceError)  # after these, a request may have had its effect


@dataclass(frozen=True)
class Api:
    """The API of one stack, for one caller. Raises GlimpseError."""

    url: str
    credentials: Credentials
    http: httpx.Client
    retrying: Retrying

    def pages(self, path: str, parameters: dict[str, str]) -> Iterator[Any]:
        """Yield the images of all pages. One that moves to a later page meanwhile is yielded once."""
        seen: set[str] = set()
        cursor: str | None = None
        while True:
            page = self.call("GET", path, params=parameters | ({"cursor": cursor} if cursor else {}))
            for image in page["images"]:
                if image["id"] not in seen:
                    seen.add(image["id"])
                    yield image
            cursor = page["cursor"]
            if cursor is None:
                return

    def batch(self, body: dict[str, Any], ids: list[str]) -> tuple[list[BatchResult], httpx.Response]:
        """Send a batch until each image has a result that stands.

        An image that a lost attempt may have deleted, and that doesn't exist afterwards, is deleted.
        """
        results: dict[str, BatchResult] = {}
        perhaps_deleted: set[str] = set()

        def attempt() -> httpx.Response:
            missing = [each for each in ids if each not in results]
            try:
                response = self.send("POST", "/images/batch", json=body | {"ids": missing})
            except PERHAPS_DONE:
                if body["action"] == "delete":
                    perhaps_deleted.update(missing)
                raise
            unfinished = None
            for result in json_object(response)["results"]:
                kind = problem_class(result["status"], result.get("code", ""))
                if result["status"] >= 400 and kind.is_transient:
                    unfinished = kind(result["detail"], result["status"], result["code"])
                elif kind is NotFound and result["id"] in perhaps_deleted:
                    results[result["id"]] = {"id": result["id"], "status": 204}
                else:
                    results[result["id"]] = result
            if unfinished:
                raise unfinished
            return response

        response = self.retrying.run(attempt)
        return [results[each] for each in dict.fromkeys(ids)], response

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Return the response's document."""
        return json_object(self.retrying.run(lambda: self.send(method, path, **options)))

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request once, or with a new token if the API rejects the first one.

        What fails before the API is asked is repeated here: only the API's own failures leave it open
        whether the request had its effect.
        """
        token = self.retrying.run(self.credentials.token)
        try:
            return self._send_with(token, method, path, **options)
        except NotSignedIn:
            renewed = self.retrying.run(lambda: self.credentials.token(rejected=token))
            return self._send_with(renewed, method, path, **options)

    def _send_with(self, token: str, method: str, path: str, **options: Any) -> httpx.Response:
        url = self.url + path
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        with explained("The API", url):
            response = self.http.request(method, url, headers=headers, **options)
        if not response.is_success:
            raise problem_of(response)
        return response
