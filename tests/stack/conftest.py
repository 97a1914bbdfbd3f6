"""One running stack for all tests of it; each test brings pictures of its own."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from local.stack import Stack

SAMPLES = Path(__file__).parents[2] / "samples"
EVENTS = Path(__file__).parents[2] / "events"
PATIENCE = 100.0  # the processor's own retries take half a minute in all
Found = TypeVar("Found")


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
    def key(self) -> str:
        return f"uploads/public/{self.id}"

    @property
    def request(self) -> dict[str, Any]:
        return {
            "fileName": self.file_name,
            "contentType": self.content_type,
            "size": len(self.content),
            "sha256": self.id,
        }


@dataclass
class Pipeline:
    """What a client sees of the stack, and what its owner does."""

    stack: Stack

    def __post_init__(self) -> None:
        self.input = self.stack.template.outputs["InputBucketName"]
        self.output = self.stack.template.outputs["OutputBucketName"]
        self.s3 = self.stack.client("s3")

    def send(
        self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        parts = urlsplit(url)
        with closing(HTTPConnection(parts.netloc, timeout=30)) as connection:
            connection.request(method, parts._replace(scheme="", netloc="").geturl(), body, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())

    def ask(self, document: Any) -> Reply:
        """Ask for an upload."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.send("POST", f"{self.stack.api_url}/uploads", body, {"Content-Type": "application/json"})

    def permission(self, picture: Picture) -> dict[str, Any]:
        reply = self.ask(picture.request)
        assert reply.status == 201, reply.body
        upload: dict[str, Any] = reply.document["upload"]
        return upload

    def upload(self, picture: Picture) -> None:
        upload = self.permission(picture)
        reply = self.send(upload["method"], upload["url"], picture.content, upload["headers"])
        assert reply.status == 200, reply.body

    def status(self, image_id: str) -> Reply:
        return self.send("GET", f"{self.stack.api_url}/images/{image_id}")

    def finished(self, picture: Picture) -> dict[str, Any]:
        """Wait until the image is done or failed, and give the API's answer."""

        def answer() -> dict[str, Any] | None:
            document: dict[str, Any] = self.status(picture.id).document
            return None if document["image"]["status"] == "pending" else document

        return wait_until(answer)

    def drop(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.input, Key=key, Body=content)

    def result_of(self, key: str) -> dict[str, Any]:
        """Wait for the JSON document of a drop."""

        def document() -> dict[str, Any] | None:
            listed = self.s3.list_objects_v2(Bucket=self.output, Prefix=f"{key}.json")
            if not listed["KeyCount"]:
                return None
            found: dict[str, Any] = json.loads(self.object(self.output, f"{key}.json"))
            return found

        return wait_until(document)

    def object(self, bucket: str, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

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


@pytest.fixture(scope="session")
def pipeline(stack: Stack) -> Pipeline:
    return Pipeline(stack)


@pytest.fixture(scope="session")
def photograph() -> Callable[[], Picture]:
    """Give the sample portrait, made unlike all others by a comment that changes no pixel."""

    def made() -> Picture:
        jpeg, comment = (SAMPLES / "astronaut.jpg").read_bytes(), uuid4().bytes
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        return Picture(jpeg[:2] + segment + jpeg[2:])

    return made


@pytest.fixture(scope="session")
def file_of() -> Callable[..., Picture]:
    """Give a file of other bytes than a picture's, unlike all others."""

    def made(content: bytes, **about: str) -> Picture:
        return Picture(content + uuid4().bytes, **about)

    return made


@pytest.fixture(scope="session")
def event_file() -> Callable[[str], Any]:
    def loaded(name: str) -> Any:
        return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))

    return loaded


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    return wait_until
