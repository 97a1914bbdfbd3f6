"""What a client does with the running stack; each answer of the API is held against its contract."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import pytest

from local.stack import Stack
from tests.contract import check_answer, operations

PATIENCE = 100.0
Found = TypeVar("Found")
# each route as a request names it, with a name of its own for what stands in braces
ROUTES = tuple(operations())
PATTERNS = {route: re.compile(re.sub(r"\{\w+\}", "[^/?]+", route) + r"(\?.*)?") for route in ROUTES}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Picture:
    """Bytes that no other test has used."""

    content: bytes
    file_name: str = "photo.jpg"
    content_type: str = "image/jpeg"

    @property
    def id(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def request(self) -> dict[str, Any]:
        return {
            "fileName": self.file_name,
            "contentType": self.content_type,
            "size": len(self.content),
            "sha256": self.id,
        }


Arriving = Callable[[], tuple[Picture, Any]]


def send(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """Make a request with these headers and no others of note."""
    parts = urlsplit(url)
    with closing(HTTPConnection(parts.netloc, timeout=30)) as connection:
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())


def hold_to_contract(method: str, path: str, reply: Reply) -> None:
    """Check an answer of the API; one of no route is the gateway's."""
    route = next((route for route in ROUTES if PATTERNS[route].fullmatch(f"{method} {path}")), None)
    if route is None:
        assert (reply.status, reply.document) == (404, {"message": "Not Found"})
        return
    answer: dict[str, Any] = {"statusCode": reply.status, "headers": reply.headers}
    check_answer(route, answer | ({"body": reply.document} if reply.body else {}))


@dataclass
class Pipeline:
    """What one person sees of the stack, and what its owner does."""

    stack: Stack
    owner: str
    token: str

    def __post_init__(self) -> None:
        self.input = self.stack.template.outputs["InputBucketName"]
        self.output = self.stack.template.outputs["OutputBucketName"]
        self.s3 = self.stack.client("s3")

    def key(self, picture: Picture) -> str:
        return f"uploads/{self.owner}/{picture.id}"

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Call the API, signed in unless the headers are given; wait where it has too much to do."""
        sent = {"Authorization": f"Bearer {self.token}"} if headers is None else headers

        def answer() -> Reply | None:
            reply = send(method, self.stack.api_url + path, body, sent)
            hold_to_contract(method, path, reply)
            return None if reply.status == 429 else reply

        return wait_until(answer)

    def ask(self, document: Any) -> Reply:
        """Ask for an upload."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.call("POST", "/uploads", body)

    def permission(self, picture: Picture) -> dict[str, Any]:
        reply = self.ask(picture.request)
        assert reply.status == 201, reply.body
        upload: dict[str, Any] = reply.document["upload"]
        return upload

    def upload(self, picture: Picture) -> None:
        self.put(picture, self.permission(picture))

    def put(self, picture: Picture, upload: dict[str, Any]) -> None:
        """Send a picture by a permission that was given for it."""
        reply = send(upload["method"], upload["url"], picture.content, upload["headers"])
        assert reply.status == 200, reply.body

    def status(self, image_id: str) -> Reply:
        return self.call("GET", f"/images/{image_id}")

    def finished(self, picture: Picture) -> dict[str, Any]:
        """Wait until the image is done or failed, and give the API's answer."""

        def answer() -> dict[str, Any] | None:
            document: dict[str, Any] = self.status(picture.id).document
            return None if document["image"]["status"] == "pending" else document

        return wait_until(answer)

    def recognised(self, picture: Picture) -> dict[str, Any]:
        """Upload, and wait until it is done."""
        self.upload(picture)
        answer = self.finished(picture)
        assert answer["image"]["status"] == "done", answer
        return answer

    def page(self, **query: Any) -> dict[str, Any]:
        reply = self.call("GET", f"/images?{urlencode(query)}")
        assert reply.status == 200, reply.body
        page: dict[str, Any] = reply.document
        return page

    def listed(self, **query: Any) -> list[str]:
        """Give the ids of all pages."""
        page = self.page(**query)
        ids = [image["id"] for image in page["images"]]
        return ids + (self.listed(**query | {"cursor": page["cursor"]}) if page["cursor"] else [])

    def counts(self) -> dict[str, int]:
        """Give the labels in their order."""
        labels = self.call("GET", "/labels").document["labels"]
        return {label["name"]: label["count"] for label in labels}

    def delete(self, image_id: str) -> int:
        return self.call("DELETE", f"/images/{image_id}").status

    def drop(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.input, Key=key, Body=content)

    def result_of(self, key: str) -> dict[str, Any]:
        """Wait for the JSON document of a drop."""
        wait_until(lambda: f"{key}.json" in self.keys(self.output, key) or None)
        document: dict[str, Any] = json.loads(self.object(self.output, f"{key}.json"))
        return document

    def object(self, bucket: str, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def keys(self, bucket: str, prefix: str) -> set[str]:
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return {entry["Key"] for entry in listed.get("Contents", [])}

    def billed(self) -> int:
        return sum(self.stack.rekognition.calls().values())


def wait_until(look: Callable[[], Found | None]) -> Found:
    """Look until there is something to see."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        pause.wait(0.05)
    pytest.fail(f"nothing was seen within {PATIENCE:.0f} seconds")
